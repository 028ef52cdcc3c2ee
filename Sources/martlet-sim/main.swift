// Placeholder of this front door.

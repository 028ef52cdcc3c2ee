// Colours, where a terminal shows them.

/// Colours text with ANSI escapes, or leaves it alone.
package struct Style: Sendable {
    /// Whether escapes are written at all.
    package var hasColor: Bool
    package init(hasColor: Bool) { self.hasColor = hasColor }
    package static let plain = Style(hasColor: false)

    package enum Color: String, Sendable {
        case red = "31", green = "32", yellow = "33", brightBlue = "94", bold = "1"
    }

    package func paint(_ text: String, _ color: Color?) -> String {
        guard hasColor, let color, !text.isEmpty else { return text }
        return "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m"
    }

    /// The sign before a status and its colour (cli-ux.md, section 3.3).
    package func icon(_ status: String) -> String {
        switch status {
        case "Healthy", "Running", "Completed", "Successful": paint("✔", .green)
        case "Degraded", "Failed", "ReplicaFailure": paint("✖", .red)
        case "Progressing", "Pending", "ContainerCreating", "Terminating": paint("◌", .brightBlue)
        case "Paused": "॥"
        case "ScaledDown": "•"
        case "Inconclusive", "Unknown": paint("?", .yellow)
        case "Error", "InvalidSpec", "ImagePullBackOff", "ErrImagePull", "RegistryUnavailable":
            paint("⚠", .red)
        case "CrashLoopBackOff", "InvalidImageName": paint("✖", .red)
        case let other where other.hasPrefix("Init:"): paint("◌", .brightBlue)
        case let other where other.hasPrefix("Signal:") || other.hasPrefix("ExitCode:"):
            paint("✖", .red)
        case let other where other.hasPrefix("Err") || other.hasSuffix("Error"): paint("⚠", .red)
        default: " "
        }
    }

    /// The colour of the name of an analysis run, experiment or job: those under way stand out.
    package func color(ofPhase phase: String) -> Color? {
        phase == "Pending" || phase == "Running" ? .brightBlue : nil
    }

    /// The colour of a ReplicaSet's tag.
    package func color(ofTag tag: String) -> Color? {
        switch tag {
        case "canary": .yellow
        case "stable", "active": .green
        case "preview", "ping", "pong": .brightBlue
        default: nil
        }
    }
}

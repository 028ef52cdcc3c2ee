// What an Event on an object says.

/// An event to be recorded on an object. Equal ones are counted, not repeated.
package struct KubeEvent: Hashable, Sendable {
    package enum EventType: String, Hashable, Sendable { case normal = "Normal", warning = "Warning" }
    /// The object it is about, with the uid that its events carry.
    package var regarding: ObjectReference
    package var uid: UID
    package var type: EventType
    /// PascalCase, from a list of constants.
    package var reason: String
    /// A sentence for people.
    package var message: String
    package init(
        regarding: ObjectReference, uid: UID, type: EventType, reason: String, message: String
    ) {
        self.regarding = regarding
        self.uid = uid
        self.type = type
        self.reason = reason
        self.message = message
    }
}

// The words of whoever aborted an update, kept on the rollout.

import JSONTree
import KubeModel
import MartletModel

/// What `abort --reason` leaves on a rollout. It says of which revision it speaks, so that it never
/// explains a later abort.
struct AbortNote: Hashable, Sendable {
    static let annotation = "martlet.dev/abort-reason"
    var reason: String

    /// The note that a rollout carries, if it speaks of the present revision.
    init?(_ rollout: KubeObject) {
        guard let text = rollout.annotation(Self.annotation),
            let separator = text.firstIndex(of: ":")
        else { return nil }
        guard text[..<separator] == rollout.status["currentPodHash"].string ?? "" else {
            return nil
        }
        reason = String(text[text.index(after: separator)...]).trimmingBlanks()
    }

    /// The patch that leaves the note, or takes the old one away.
    static func patch(_ reason: String?, on rollout: KubeObject) -> JSON? {
        if reason == nil, rollout.annotation(annotation) == nil { return nil }
        let hash = rollout.status["currentPodHash"].string ?? ""
        let value: JSON = reason.map { .string("\(hash): \($0)") } ?? .null
        return ["metadata": ["annotations": .object([annotation: value])]]
    }
}

// The three kinds of failure that a pass can end with.

package import KubeModel

/// Why a pass did not end in a reconciliation.
package enum Failure: Error, Sendable {
    /// A person must act: tried again only when something it depends on changes.
    case stalled(reason: String, message: String)
    /// Normal: something else has to happen first. No error in logs. Without a time the pass is
    /// repeated when a watched object changes.
    case waiting(reason: String, for: String, until: Timestamp?)
    /// Tried again with a growing pause.
    case transient(any Error, doing: String)

    /// One sentence for people.
    package var message: String {
        switch self {
        case .stalled(_, let message): message
        case .waiting(_, let what, _): "waiting for \(what)"
        case .transient(let error, let doing): "\(doing): \(error)"
        }
    }
}

// When somebody's wish to see Git's present state was first seen.

import KubeModel
import Synchronization

/// A wish (a refresh annotation, a requested sync) is fulfilled by an answer of Git that is newer
/// than the first pass that saw it.
final class RefreshMoments: Sendable {
    private struct Wish {
        var text: String
        var moment: Timestamp
    }
    private let wishes = Mutex<[ObjectKey: Wish]>([:])

    /// The first time that this wish of an object was seen.
    func moment(_ object: KubeObject, _ text: String, now: Timestamp) -> Timestamp {
        wishes.withLock { wishes in
            if let known = wishes[object.key], known.text == text { return known.moment }
            wishes[object.key] = Wish(text: text, moment: now)
            return now
        }
    }

    /// The object has no wish (any more).
    func forget(_ key: ObjectKey) { wishes.withLock { $0[key] = nil } }
}

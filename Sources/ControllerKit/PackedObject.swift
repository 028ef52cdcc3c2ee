// An object as the cache keeps it.

import JSONTree
import KubeModel

/// An object as its text in one piece of memory: much less than its tree, whose every member and
/// string takes memory of its own. Reading it parses the text, which costs a few microseconds; most
/// objects are never read between two changes.
struct PackedObject: Sendable {
    private let text: [UInt8]

    init(_ object: KubeObject) {
        let bytes = object.tree.bytes()
        // The printer's buffer has room to grow; what stays must not.
        text = [UInt8](unsafeUninitializedCapacity: bytes.count) { buffer, count in
            count = buffer.initialize(fromContentsOf: bytes)
        }
    }

    /// The object's tree. What was printed from a tree can be parsed.
    var object: KubeObject { KubeObject((try? JSON.parse(text)) ?? .null) }
}

// A map in the order of its keys, made for scans from a key onwards.

/// An ordered map: chunks of a bounded number of members, each chunk ordered, so that a write moves
/// at most one chunk's members and a scan runs over plain arrays. Look-ups are O(log n).
struct SortedMap<Value: Sendable>: Sendable {
    private struct Chunk: Sendable {
        var keys: [String]
        var values: [Value]
    }

    /// Past this many members a chunk is split in two.
    private static var chunkCountMax: Int { 256 }
    private var chunks: [Chunk] = []
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// The last chunk whose first key is not after that key; 0 when there is none.
    private func chunkIndex(_ key: String) -> Int {
        var low = 0
        var high = chunks.count
        while low < high {
            let middle = (low + high) / 2
            if chunks[middle].keys[0] <= key { low = middle + 1 } else { high = middle }
        }
        return max(0, low - 1)
    }

    /// Where a key is in a chunk, or where it would be.
    private static func position(_ key: String, in keys: [String]) -> Int {
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The value of a key. Assigning nil removes it.
    subscript(key: String) -> Value? {
        get {
            guard !chunks.isEmpty else { return nil }
            let chunk = chunks[chunkIndex(key)]
            let at = Self.position(key, in: chunk.keys)
            return at < chunk.keys.count && chunk.keys[at] == key ? chunk.values[at] : nil
        }
        set {
            if let newValue { insert(newValue, key) } else { remove(key) }
        }
    }

    private mutating func insert(_ value: Value, _ key: String) {
        guard !chunks.isEmpty else {
            chunks = [Chunk(keys: [key], values: [value])]
            count = 1
            return
        }
        let index = chunkIndex(key)
        let at = Self.position(key, in: chunks[index].keys)
        if at < chunks[index].keys.count, chunks[index].keys[at] == key {
            chunks[index].values[at] = value
            return
        }
        chunks[index].keys.insert(key, at: at)
        chunks[index].values.insert(value, at: at)
        count += 1
        if chunks[index].keys.count > Self.chunkCountMax { split(index) }
    }

    private mutating func split(_ index: Int) {
        let half = chunks[index].keys.count / 2
        let tail = Chunk(
            keys: Array(chunks[index].keys[half...]), values: Array(chunks[index].values[half...]))
        chunks[index].keys.removeSubrange(half...)
        chunks[index].values.removeSubrange(half...)
        chunks.insert(tail, at: index + 1)
    }

    private mutating func remove(_ key: String) {
        guard !chunks.isEmpty else { return }
        let index = chunkIndex(key)
        let at = Self.position(key, in: chunks[index].keys)
        guard at < chunks[index].keys.count, chunks[index].keys[at] == key else { return }
        chunks[index].keys.remove(at: at)
        chunks[index].values.remove(at: at)
        count -= 1
        if chunks[index].keys.isEmpty { chunks.remove(at: index) }
    }

    /// Visits members in order, from the first whose key is not before `start`, while the visitor
    /// returns true.
    func scan(from start: String, _ visit: (String, Value) -> Bool) {
        guard !chunks.isEmpty else { return }
        let first = chunkIndex(start)
        for index in first..<chunks.count {
            let chunk = chunks[index]
            let from = index == first ? Self.position(start, in: chunk.keys) : 0
            for at in from..<chunk.keys.count where !visit(chunk.keys[at], chunk.values[at]) { return }
        }
    }

    /// Visits, in order, the members whose keys start with that prefix.
    func scan(prefix: String, from start: String? = nil, _ visit: (String, Value) -> Bool) {
        scan(from: start ?? prefix) { key, value in
            key.utf8.starts(with: prefix.utf8) ? visit(key, value) : false
        }
    }
}

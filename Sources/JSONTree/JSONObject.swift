// The members of a JSON object, in order.

/// A JSON object's members in the order in which they came; a name stands in it once. Two objects
/// are equal when they have equal members in any order.
///
/// Small objects, nearly all, are searched from the front; past `indexThreshold` members an index
/// keeps the look-up constant, so that hostile input cannot make it quadratic.
package struct JSONObject: Sendable {
    package typealias Element = (key: String, value: JSON)

    @usableFromInline struct Member: Sendable {
        var key: String
        var value: JSON
    }

    private static let indexThreshold = 24
    private var members: [Member] = []
    private var index: [String: Int]?

    package init() {}

    /// Takes members in order; of equal names the last value wins, at the first one's place.
    package init(_ elements: some Sequence<(String, JSON)>) {
        for (key, value) in elements { self[key] = value }
    }

    /// Takes members whose names the caller knows to be distinct (the parser has checked).
    init(distinct members: [Member]) {
        self.members = members
        if members.count > Self.indexThreshold { buildIndex() }
    }

    package var count: Int { members.count }
    package var isEmpty: Bool { members.isEmpty }
    package var keys: [String] { members.map(\.key) }
    package var values: [JSON] { members.map(\.value) }

    package func reserving(_ capacity: Int) -> JSONObject {
        var copy = self
        copy.members.reserveCapacity(capacity)
        return copy
    }

    private func position(_ key: String) -> Int? {
        if let index { return index[key] }
        for position in members.indices where members[position].key == key { return position }
        return nil
    }

    private mutating func buildIndex() {
        var index: [String: Int] = [:]
        index.reserveCapacity(members.count)
        for position in members.indices { index[members[position].key] = position }
        self.index = index
    }

    /// The member of that name. Assigning nil removes it; a new one goes to the end.
    package subscript(_ key: String) -> JSON? {
        get { position(key).map { members[$0].value } }
        set {
            switch (position(key), newValue) {
            case (let at?, let value?): members[at].value = value
            case (let at?, nil):
                members.remove(at: at)
                if index != nil { if members.count > Self.indexThreshold { buildIndex() } else { index = nil } }
            case (nil, let value?):
                members.append(Member(key: key, value: value))
                if index != nil {
                    index?[key] = members.count - 1
                } else if members.count > Self.indexThreshold {
                    buildIndex()
                }
            case (nil, nil): break
            }
        }
    }

    /// Changes a member in place, or the default when it is missing.
    package mutating func update<Result>(
        _ key: String, default fallback: JSON, _ change: (inout JSON) throws -> Result
    ) rethrows -> Result {
        if position(key) == nil { self[key] = fallback }
        guard let at = position(key) else { preconditionFailure("a member just stored is found") }
        return try change(&members[at].value)
    }

    /// Removes the members for which the predicate holds, in one pass.
    package mutating func removeAll(where predicate: (String, JSON) throws -> Bool) rethrows {
        try members.removeAll { try predicate($0.key, $0.value) }
        if members.count > Self.indexThreshold { buildIndex() } else { index = nil }
    }

    /// The same members with changed values.
    package func mapValues(_ transform: (JSON) throws -> JSON) rethrows -> JSONObject {
        var copy = self
        for position in copy.members.indices {
            copy.members[position].value = try transform(copy.members[position].value)
        }
        return copy
    }

    /// The members ordered by name, as Go's encoder writes maps.
    package func sorted() -> JSONObject {
        // Go compares bytes; Swift's `<` on strings compares by Unicode scalars, which for UTF-8
        // is the same order.
        JSONObject(distinct: members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) })
    }
}

extension JSONObject: Sequence {
    package struct Iterator: IteratorProtocol {
        private var base: IndexingIterator<[Member]>
        fileprivate init(_ base: IndexingIterator<[Member]>) { self.base = base }
        package mutating func next() -> Element? { base.next().map { ($0.key, $0.value) } }
    }
    package func makeIterator() -> Iterator { Iterator(members.makeIterator()) }
    package var underestimatedCount: Int { members.count }
}

extension JSONObject: Hashable {
    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.members.count == right.members.count else { return false }
        for position in left.members.indices {
            let mine = left.members[position]
            let theirs = right.members[position]
            if mine.key == theirs.key {
                if mine.value != theirs.value { return false }
            } else if right[mine.key] != mine.value {
                return false
            }
        }
        return true
    }

    package func hash(into hasher: inout Hasher) {
        var sum = 0
        for member in members {
            var one = Hasher()
            one.combine(member.key)
            one.combine(member.value)
            sum ^= one.finalize()
        }
        hasher.combine(sum)
        hasher.combine(members.count)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }
}

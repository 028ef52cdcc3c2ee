// Documents that nest up to the parser's limit and past it, and all that is done with a tree.

import JSONTree

/// Makes JSON texts, deep ones and broken ones.
enum DocumentMaker {
    /// What opens a level, and what closes it.
    private static let levels = [
        ("[", "]"), ("{\"a\":", "}"), ("[1,", "]"), ("{\"a\":1,\"b\":", "}"), ("[[],", ",{}]"),
        ("{\"items\":[", "]}"), (" { \"\\u00e9\" : ", " } "),
    ]

    static func text(_ source: inout FuzzSource) -> [UInt8] {
        if source.once(in: 4) { return source.changed(source.tree().bytes()) }
        let level = source.pick(levels)
        let isMixed = source.once(in: 3)
        var opening = ""
        var closing: [String] = []
        for _ in 0..<source.below(source.once(in: 3) ? 30_000 : 600) {
            let (begin, end) = isMixed ? source.pick(levels) : level
            opening += begin
            closing.append(end)
        }
        if source.once(in: 4) { return Array(opening.utf8) }
        let text = opening + source.tree().text() + closing.reversed().joined()
        return source.once(in: 4) ? source.changed(Array(text.utf8)) : Array(text.utf8)
    }

    /// What does not hold of a document; nil: all is well.
    static func problem(_ bytes: [UInt8]) -> String? {
        guard let tree = try? JSON.parse(bytes) else { return nil }
        let printed = tree.text()
        guard let again = try? JSON.parse(printed) else { return "what was printed cannot be read" }
        if again != tree { return "what was printed reads as something else" }
        if Set([tree, again]).count != 1 { return "equal trees have different hashes" }
        if !tree.isEquivalent(to: again) { return "a tree is not equivalent to itself" }
        var other = tree
        other.set(["a"], to: "changed")
        if let patch = MergePatch.difference(from: tree, to: other), other.object != nil,
            tree.object != nil, MergePatch.apply(patch, to: tree) != other
        {
            return "a merge patch makes something else"
        }
        if tree.text(JSON.PrintOptions(indent: 2, sortsKeys: true)).isEmpty { return "no text" }
        return nil
    }
}

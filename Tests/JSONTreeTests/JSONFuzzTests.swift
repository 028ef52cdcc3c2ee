// Random trees, random bytes, mutated documents: nothing crashes, what prints is read back.

import JSONTree
import Testing

/// Repeats from its seed.
struct Dice {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 2 &+ 1 }
    mutating func below(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }

    mutating func string() -> String {
        let pieces = ["a", "b", "key", " ", "\"", "\\", "/", "\n", "\u{0}", "\u{1F}", "é", "€", "😀", "\u{2028}", "<", "&", "a much longer piece of text"]
        return (0..<below(4)).map { _ in pieces[below(pieces.count)] }.joined()
    }

    mutating func tree(depth: Int = 0, nulls: Bool = true) -> JSON {
        switch below(depth > 4 ? 6 : 9) {
        case 0: return nulls ? .null : true
        case 1: return .bool(below(2) == 0)
        case 2: return .int(Int64(below(1000)) - 500)
        case 3: return .double(Double(below(100_000)) / 128)
        case 4, 5: return .string(string())
        case 6: return .array((0..<below(5)).map { _ in tree(depth: depth + 1, nulls: nulls) })
        default: return .object(JSONObject((0..<below(6)).map { _ in (string(), tree(depth: depth + 1, nulls: nulls)) }))
        }
    }
}

@Suite struct JSONFuzzTests {
    @Test(arguments: 0..<8)
    func `what prints is read back, in every layout`(_ seed: Int) throws {
        var dice = Dice(seed: UInt64(seed))
        for _ in 0..<300 {
            let tree = dice.tree()
            #expect(try JSON.parse(tree.text()) == tree)
            #expect(try JSON.parse(tree.text(.pretty)) == tree)
            let options = JSON.PrintOptions(sortsKeys: true, escapesHTML: true)
            #expect(try JSON.parse(tree.text(options)) == tree)
            #expect(try JSON.parse(tree.text(options)).text(options) == tree.text(options))
        }
    }

    @Test(arguments: 0..<8)
    func `random bytes and mutated documents never crash, and what is read is stable`(_ seed: Int) {
        var dice = Dice(seed: UInt64(seed) + 100)
        let alphabet = Array("{}[]\",:\\u0123456789abcdeE+-.tfn \n\u{0}é".utf8)
        for round in 0..<1500 {
            var bytes: [UInt8]
            if round % 3 == 0 {
                bytes = (0..<dice.below(60)).map { _ in alphabet[dice.below(alphabet.count)] }
            } else {
                bytes = dice.tree().bytes()
                for _ in 0...dice.below(4) where !bytes.isEmpty {
                    let at = dice.below(bytes.count)
                    switch dice.below(4) {
                    case 0: bytes[at] = UInt8(dice.below(256))
                    case 1: bytes.remove(at: at)
                    case 2: bytes.insert(alphabet[dice.below(alphabet.count)], at: at)
                    default: bytes = Array(bytes[..<at])
                    }
                }
            }
            guard let tree = try? JSON.parse(bytes) else { continue }
            let again = try? JSON.parse(tree.bytes())
            #expect(again == tree)
        }
    }

    @Test(arguments: 0..<8)
    func `a merge patch made of two trees leads from one to the other`(_ seed: Int) {
        var dice = Dice(seed: UInt64(seed) + 200)
        for _ in 0..<300 {
            // A merge patch cannot write nulls.
            let (from, to) = (dice.tree(nulls: false), dice.tree(nulls: false))
            let patch = MergePatch.difference(from: from, to: to)
            #expect((patch == nil) == (from == to))
            if let patch { #expect(MergePatch.apply(patch, to: from) == to) }
            var near = from
            if near.object != nil { near[dice.string()] = dice.tree(nulls: false) }
            if let patch = MergePatch.difference(from: from, to: near) { #expect(MergePatch.apply(patch, to: from) == near) }
        }
    }

    @Test func `equality and hashes do not depend on the order of members`() {
        var dice = Dice(seed: 5)
        for _ in 0..<300 {
            guard let object = dice.tree().object else { continue }
            let turned = JSONObject(object.map { ($0.key, $0.value) }.reversed())
            #expect(object == turned)
            #expect(object.hashValue == turned.hashValue)
        }
    }
}

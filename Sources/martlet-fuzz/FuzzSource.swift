// Chance by a seed, and the parts that every target makes its input of.

import JSONTree

/// xorshift64*, mixed once, so that neighbouring seeds have nothing in common.
struct FuzzSource: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        var mixed = seed &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        state = (mixed ^ (mixed >> 31)) | 1
    }

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 2_685_821_657_736_338_717
    }

    /// From 0 to below the bound.
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(bound, 1))) }
    /// True once in that many times.
    mutating func once(in count: Int) -> Bool { below(count) == 0 }
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }

    /// A number of the kind that breaks things more often than chance would.
    mutating func number() -> String {
        let special = [
            "0", "1", "-1", "2", "0.5", "1e308", "-1e308", "1e-320", "9223372036854775807",
            "-9223372036854775808",
            "9223372036854775808", "18446744073709551616", "4294967296", "0.1", "1e999", "-0",
            "1_000", "0x7fffffffffffffff",
        ]
        return once(in: 3)
            ? pick(special) : String(Int64(truncatingIfNeeded: next() >> UInt64(below(64))))
    }

    /// A text with all that may stand in one.
    mutating func text() -> String {
        let parts = [
            "a", "é", "\u{1F680}", "\u{301}", "\u{0}", "'", "\"", "\\", "\n", "{{args.x}}", "}}",
            "%s", " ", "b", "1", "(a+)+$", "\u{202E}",
        ]
        return (0..<below(8)).map { _ in pick(parts) }.joined()
    }

    /// A JSON tree of limited size.
    mutating func tree(depth: Int = 0) -> JSON {
        switch below(depth > 4 ? 6 : 9) {
        case 0: .null
        case 1: .bool(once(in: 2))
        case 2: .int(Int64(truncatingIfNeeded: next() >> UInt64(below(64))))
        case 3: .double(Double(bitPattern: next()).isFinite ? Double(below(1000)) / 7 : 0.5)
        case 4: .string(text())
        case 5: .string(number())
        case 6, 7: .array((0..<below(5)).map { _ in tree(depth: depth + 1) })
        default:
            .object(
                JSONObject((0..<below(5)).map { _ in (pick(Self.names), tree(depth: depth + 1)) }))
        }
    }

    /// Names that meet each other in trees and in paths.
    static let names = [
        "a", "b", "data", "result", "value", "é", "", "a.b", "x-y", "0", "len", "'q'",
    ]

    /// Bytes changed a little: a few put in, taken out, doubled or replaced.
    mutating func changed(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<(1 + below(6)) {
            let at = below(bytes.count + 1)
            switch below(6) {
            case 0: bytes.insert(UInt8(truncatingIfNeeded: next()), at: at)
            case 1: if at < bytes.count { bytes.remove(at: at) }
            case 2: if at < bytes.count { bytes[at] = UInt8(truncatingIfNeeded: next()) }
            case 3: bytes.insert(contentsOf: number().utf8, at: at)
            case 4:
                let end = min(bytes.count, at + below(20))
                bytes.insert(contentsOf: bytes[min(at, end)..<end], at: at)
            default:
                let end = min(bytes.count, at + below(20))
                bytes.removeSubrange(min(at, end)..<end)
            }
        }
        return bytes
    }
}

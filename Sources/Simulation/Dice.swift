// Chance that repeats: the same seed, the same throws.

/// A seeded generator (SplitMix64, Steele, Lea and Flood 2014).
package struct Dice: RandomNumberGenerator, Sendable {
    private var state: UInt64
    package init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678_9ABC_DEF1 }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A whole number of the range.
    package mutating func number(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }

    /// True that many times of a thousand.
    package mutating func happens(perThousand: Int) -> Bool { number(0...999) < perThousand }

    /// One of the elements.
    package mutating func pick<Element>(_ elements: [Element]) -> Element { elements[number(0...(elements.count - 1))] }

    package mutating func duration(_ range: ClosedRange<Int>) -> Duration { .milliseconds(number(range)) }
}

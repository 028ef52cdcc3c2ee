// A share of traffic.

/// A share of traffic, in parts of a router's maximum weight (100 unless a Rollout says otherwise).
package struct Weight: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var value: Int
    package init(_ value: Int) { self.value = value }
    package static let zero = Weight(0)
    /// All traffic, where a Rollout sets no other maximum.
    package static let hundred = Weight(100)
    package static func < (left: Weight, right: Weight) -> Bool { left.value < right.value }
    package static func + (left: Weight, right: Weight) -> Weight { Weight(left.value + right.value) }
    package static func - (left: Weight, right: Weight) -> Weight { Weight(left.value - right.value) }
    package var description: String { String(value) }
}

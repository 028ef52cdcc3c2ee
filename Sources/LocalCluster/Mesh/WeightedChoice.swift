// Spreads requests over weighted destinations evenly, without chance.

/// Smooth weighted round robin, as nginx does it: in any window of requests each destination's
/// share differs from its weight by less than one request.
struct WeightedChoice: Sendable {
    private var weights: [Int] = []
    private var credits: [Int] = []

    /// The index of the next destination; nil when all weights are 0. Changed weights start anew.
    mutating func next(_ weights: [Int]) -> Int? {
        let total = weights.reduce(0) { $0 + max(0, $1) }
        guard total > 0 else { return nil }
        if weights != self.weights {
            self.weights = weights
            credits = Array(repeating: 0, count: weights.count)
        }
        var best: Int?
        for index in weights.indices where weights[index] > 0 {
            credits[index] += weights[index]
            if credits[index] > credits[best ?? index] || best == nil { best = index }
        }
        if let best { credits[best] -= total }
        return best
    }
}

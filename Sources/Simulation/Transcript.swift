// What happened, a line an event, as a ship's log.

import KubeModel

/// Lines with virtual times.
package struct Transcript: Sendable {
    package private(set) var lines: [String] = []
    private let start: Timestamp
    /// So many lines are kept; the rest only counts.
    private let lineCountMax = 5000

    init(start: Timestamp) { self.start = start }

    mutating func add(_ actor: String, _ text: String, at time: Timestamp) {
        guard lines.count < lineCountMax else { return }
        let milliseconds = (time - start).wholeNanoseconds / 1_000_000
        let (minutes, seconds) = (milliseconds / 60_000, milliseconds / 1000 % 60)
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let name = actor + String(repeating: " ", count: max(0, 9 - actor.count))
        lines.append("\(two(minutes)):\(two(seconds)).\(milliseconds % 1000 / 100)  \(name) \(text)")
    }

    package var text: String { lines.joined(separator: "\n") + "\n" }
}

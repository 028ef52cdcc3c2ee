// Where a command writes.

package import KubeModel

/// Where a command writes, how much room there is, and what time it is.
package protocol Terminal: Sendable {
    /// Whether colours are shown.
    var style: Style { get }
    var now: Timestamp { get }
    /// The columns and rows of a terminal; nil where the output is read by a program.
    var size: TerminalSize? { get }
    /// Whether somebody wants a watch to end.
    var isInterrupted: Bool { get }
    /// From now on an interrupt ends the watch, not the process.
    func catchInterrupts()
    /// Text as it stands on standard output.
    func write(_ text: String)
    /// A line on standard error.
    func errorLine(_ text: String)
}

/// The room of a terminal.
package struct TerminalSize: Hashable, Sendable {
    package var columns: Int
    package var rows: Int
    package init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }
}

extension Terminal {
    /// A line on standard output.
    func line(_ text: String) { write(text + "\n") }
    /// Lines on standard output.
    func lines(_ lines: [String]) { if !lines.isEmpty { line(lines.joined(separator: "\n")) } }
    /// Something to know on standard error that is no failure.
    func warning(_ text: String) { errorLine("Warning: \(text)") }
}

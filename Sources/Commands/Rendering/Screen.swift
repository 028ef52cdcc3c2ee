// A picture that changes in place: only lines that are others than before are written.

import Synchronization

/// What is on the screen, and the escapes that make it another picture. Lines are cut to the
/// terminal's width, since one that wraps would move all below it.
package struct ScreenPainter: Sendable {
    private var shown: [String]?
    private var size: TerminalSize?

    package init() {}

    /// The bytes that turn what is shown into those lines; empty when it is the same picture.
    package mutating func paint(_ lines: [String], in size: TerminalSize) -> String {
        var picture = lines
        if picture.count > size.rows {
            let hidden = picture.count - size.rows + 1
            picture =
                picture.prefix(size.rows - 1) + ["… \(hidden) more lines: the terminal is too low"]
        }
        picture = picture.map { $0.cut(to: size.columns) }
        // A resized terminal has moved its lines about.
        if size != self.size { shown = nil }
        let before = shown ?? []
        var bytes = shown == nil ? "\u{1B}[H" : ""
        for (row, line) in picture.enumerated()
        where shown == nil || row >= before.count || before[row] != line {
            bytes += "\u{1B}[\(row + 1);1H\(line)\u{1B}[K"
        }
        if shown == nil || before.count > picture.count {
            bytes += picture.count < size.rows ? "\u{1B}[\(picture.count + 1);1H\u{1B}[J" : ""
        }
        shown = picture
        self.size = size
        return bytes
    }
}

/// Shows a changing text: in place on a terminal, one after the other where a program reads.
final class Screen: Sendable {
    private struct State {
        var painter = ScreenPainter()
        var isOpen = false
        var last = ""
    }
    private let terminal: any Terminal
    private let state = Mutex(State())

    init(_ terminal: any Terminal) { self.terminal = terminal }

    func show(_ text: String) {
        let bytes = state.withLock { state -> String in
            guard let size = terminal.size else {
                defer { state.last = text }
                return state.last == text ? "" : text
            }
            var bytes = ""
            if !state.isOpen {
                // The other screen, without a cursor: what the shell showed comes back at the end.
                bytes += "\u{1B}[?1049h\u{1B}[?25l"
                state.isOpen = true
            }
            state.last = text
            var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(
                String.init)
            if lines.last?.isEmpty == true { lines.removeLast() }
            return bytes + state.painter.paint(lines, in: size)
        }
        if !bytes.isEmpty { terminal.write(bytes) }
    }

    /// Gives the terminal back and leaves the last picture on it.
    func close() {
        let bytes = state.withLock { state -> String in
            guard state.isOpen else { return "" }
            state.isOpen = false
            return "\u{1B}[?25h\u{1B}[?1049l" + state.last
        }
        if !bytes.isEmpty { terminal.write(bytes) }
    }
}

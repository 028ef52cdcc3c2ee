// How many columns texts take, and texts made to fit.

extension String {
    /// How many columns the text takes: escapes take none, everything else that we print one.
    var columnCount: Int {
        var count = 0
        var isEscape = false
        for character in self {
            if character == "\u{1B}" {
                isEscape = true
            } else if isEscape {
                isEscape = character != "m"
            } else {
                count += 1
            }
        }
        return count
    }

    /// The text filled with blanks to that many columns.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - columnCount))
    }

    /// The text without blanks at its end.
    var withoutBlanksAtEnd: String {
        var text = self
        while text.hasSuffix(" ") { text.removeLast() }
        return text
    }

    /// The text cut to that many columns, with a sign where something is missing.
    func cut(to width: Int) -> String {
        guard columnCount > width, width > 0 else { return self }
        var result = ""
        var count = 0
        var isEscape = false
        var hasEscape = false
        for character in self {
            if character == "\u{1B}" {
                isEscape = true
                hasEscape = true
            } else if !isEscape {
                count += 1
                if count == width { break }
            } else {
                isEscape = character != "m"
            }
            result.append(character)
        }
        return result + "…" + (hasEscape ? "\u{1B}[0m" : "")
    }

    /// The text as lines of at most that many columns, broken at blanks. A word that is longer
    /// stands alone.
    func wrapped(to width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in split(separator: " ", omittingEmptySubsequences: false) {
            if line.isEmpty {
                line = String(word)
            } else if line.columnCount + 1 + word.count <= width {
                line += " " + word
            } else {
                lines.append(line)
                line = String(word)
            }
        }
        return lines + [line]
    }
}

/// Labels and values below each other, as in the header of `get rollout`.
struct Labelled {
    /// Where values begin.
    var indent = 17
    /// The terminal's columns; nil leaves long values alone, so that programs find them whole.
    var columns: Int?
    private(set) var lines: [String] = []

    init(columns: Int?) { self.columns = columns }

    mutating func add(_ label: String, _ value: String) {
        guard !value.isEmpty else { return lines.append(label) }
        let room = columns.map { max(20, $0 - indent) }
        let parts = room.map { value.wrapped(to: $0) } ?? [value]
        for (position, part) in parts.enumerated() {
            lines.append((position == 0 ? label : "").padded(to: indent) + part)
        }
    }
}

// Columns that line up, as kubectl prints them.

/// Rows of cells, each column as wide as its widest cell.
package struct Table: Sendable {
    /// Blanks between two columns.
    package var gap = 2
    /// The least width of each column.
    package var widthsMin: [Int] = []
    package var rows: [[String]] = []
    package init(gap: Int = 2, widthsMin: [Int] = [], rows: [[String]] = []) {
        self.gap = gap
        self.widthsMin = widthsMin
        self.rows = rows
    }

    /// The lines, without blanks at their ends.
    package var lines: [String] {
        var widths = widthsMin
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column >= widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.columnCount)
            }
        }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                line += column == row.count - 1 ? cell : cell.padded(to: widths[column] + gap)
            }
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }
    }

    package var text: String { lines.joined(separator: "\n") }
}

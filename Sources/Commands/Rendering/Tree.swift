// Trees as lines with branches.

/// A node: the cells of its line, the first of which gets the branches, and what hangs below it.
package struct Tree: Sendable {
    package var cells: [String]
    package var children: [Tree]
    package init(_ cells: [String], children: [Tree] = []) {
        self.cells = cells
        self.children = children
    }

    /// The rows of the tree, branches drawn in the first cell.
    package var rows: [[String]] { rows(prefix: "", below: "") }

    private func rows(prefix: String, below: String) -> [[String]] {
        var result = [[prefix + (cells.first ?? "")] + cells.dropFirst()]
        for (position, child) in children.enumerated() {
            let isLast = position == children.count - 1
            result += child.rows(
                prefix: below + (isLast ? "└──" : "├──"), below: below + (isLast ? "   " : "│  "))
        }
        return result
    }
}

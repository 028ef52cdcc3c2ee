// `why` as text.

import KubeModel

/// Prints an explanation: the answer first, then what it rests on.
struct ExplanationView {
    let explanation: Explanation
    let style: Style
    let columns: Int?

    var lines: [String] {
        let e = explanation
        var head = Labelled(columns: columns)
        head.indent = 13
        let message = e.phase.message.isEmpty ? "" : " - \(e.phase.message)"
        head.add("Rollout:", "\(e.namespace)/\(e.name)")
        head.add("Status:", "\(style.icon(e.phase.phase)) \(e.phase.phase)\(message)")
        head.add("Waits for:", style.paint(e.waitsFor.isEmpty ? "nothing" : e.waitsFor, .bold))
        for (position, text) in e.ends.enumerated() { head.add(position == 0 ? "Ends:" : "", text) }
        for (position, text) in e.evidence.enumerated() {
            head.add(position == 0 ? "Seen:" : "", text)
        }
        return head.lines + section("Steps", steps) + section("Pods", tracks)
            + section("Next writes", moves)
    }

    private func section(_ title: String, _ lines: [String]) -> [String] {
        lines.isEmpty ? [] : ["", title] + lines.map { "  \($0)".withoutBlanksAtEnd }
    }

    private var steps: [String] {
        let width = String(explanation.steps.count).count
        return explanation.steps.enumerated().map { position, step in
            let number = String(position + 1)
            let text =
                String(repeating: " ", count: width - number.count) + number + "  " + step.summary
            switch step.state {
            case .done: return style.paint("✔", .green) + " " + text
            case .current: return style.paint("▶", .yellow) + " " + style.paint(text, .bold)
            case .open: return "  " + text
            }
        }
    }

    private var tracks: [String] {
        let rows = explanation.tracks.map { track in
            [
                style.paint(track.role, style.color(ofTag: track.role)), track.replicaSet,
                "\(track.revision)",
                "\(track.wanted)", "\(track.available)", track.weight.map(String.init) ?? "-",
            ]
        }
        if rows.isEmpty { return [] }
        return Table(
            rows: [["ROLE", "REPLICASET", "REVISION", "WANTED", "AVAILABLE", "WEIGHT"]] + rows
        ).lines
    }

    private var moves: [String] { explanation.moves.map { "\($0.summary)   (\($0.reason))" } }
}

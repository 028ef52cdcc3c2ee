// What people and CI systems read of trials.

package import JSONTree
import KubeModel
import MartletModel

/// Texts of trials.
package enum TrialText {
    /// One measurement in a line; `width` is that of the longest metric's name.
    package static func line(_ told: TrialMeasurement, width: Int) -> String {
        let measurement = told.measurement
        var text = pad(TrialExpectation.seconds(told.after), 9) + pad(told.metric, width + 2)
        text += pad("#\(told.number)", 5) + pad(measurement.phase.rawValue, 13)
        text +=
            measurement.value.isEmpty ? oneLine(measurement.message) : oneLine(measurement.value)
        if !told.wanted.isEmpty, !measurement.value.isEmpty { text += "   wanted \(told.wanted)" }
        if told.wanted.isEmpty, !measurement.value.isEmpty, !measurement.message.isEmpty {
            text += "   \(oneLine(measurement.message))"
        }
        if told.isDryRun { text += "   (dry run)" }
        while text.hasSuffix(" ") { text.removeLast() }
        return text
    }

    /// The verdict, its reason and the evidence.
    package static func verdict(_ trial: AnalysisTrial) -> [String] {
        let status = trial.status
        guard let end = trial.endedAt, let phase = status.phase else {
            return [
                "verdict  Running: the run does not end by itself; \(trial.measurements.count) measurements were taken"
            ]
        }
        let message = status.message.isEmpty ? "" : ": \(oneLine(status.message))"
        var lines = [
            "verdict  \(phase.rawValue) after \(TrialExpectation.seconds(end - trial.startedAt))\(message)"
        ]
        if let evidence = AnalysisEvidence(trial.run), !evidence.metric.isEmpty {
            let wanted = evidence.condition.isEmpty ? "" : ", wanted \(evidence.condition)"
            lines.append("evidence \(evidence.metric) \(oneLine(evidence.value))\(wanted)")
        }
        return lines
    }

    /// A report of a test.
    package static func lines(_ report: TrialReport) -> [String] {
        let names = report.trial.measurements.map(\.metric.count)
        let width = names.max() ?? 0
        var lines = ["\(report.failures.isEmpty ? "ok  " : "FAIL")  \(report.name)"]
        lines += report.trial.measurements.map { "      " + line($0, width: width) }
        if report.trial.status.phase != nil { lines += verdict(report.trial).map { "      \($0)" } }
        lines += report.failures.map { "      ✗ \($0)" }
        return lines
    }

    /// A run as JSON: its measurements, the verdict and the evidence.
    package static func tree(_ trial: AnalysisTrial) -> JSON {
        let status = trial.status
        var tree: JSON = [
            "phase": .string(status.phase?.rawValue ?? AnalysisPhase.running.rawValue)
        ]
        if !status.message.isEmpty { tree["message"] = .string(status.message) }
        if let end = trial.endedAt { tree["seconds"] = .double((end - trial.startedAt).inSeconds) }
        tree["measurements"] = .array(
            trial.measurements.map { told in
                var entry = told.measurement.tree
                entry["metric"] = .string(told.metric)
                entry["number"] = JSON(told.number)
                entry["afterSeconds"] = .double(told.after.inSeconds)
                if !told.wanted.isEmpty { entry["wanted"] = .string(told.wanted) }
                if told.isDryRun { entry["dryRun"] = true }
                return entry
            })
        if let evidence = AnalysisEvidence(trial.run) {
            tree["evidence"] = [
                "metric": .string(evidence.metric), "value": .string(evidence.value),
                "condition": .string(evidence.condition),
            ]
        }
        return tree
    }

    /// JUnit's XML, one suite a file.
    package static func junit(_ suites: [(file: String, reports: [TrialReport])]) -> String {
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        let all = suites.flatMap(\.reports)
        text +=
            "<testsuites tests=\"\(all.count)\" failures=\"\(all.count { !$0.failures.isEmpty })\">\n"
        for (file, reports) in suites {
            let failed = reports.count { !$0.failures.isEmpty }
            text +=
                "  <testsuite name=\"\(escaped(file))\" tests=\"\(reports.count)\" failures=\"\(failed)\">\n"
            for report in reports {
                text +=
                    "    <testcase classname=\"\(escaped(file))\" name=\"\(escaped(report.name))\">\n"
                if let first = report.failures.first {
                    let whole = report.failures.joined(separator: "\n")
                    text +=
                        "      <failure message=\"\(escaped(first))\">\(escaped(whole))</failure>\n"
                }
                text +=
                    "      <system-out>\(escaped(lines(report).joined(separator: "\n")))</system-out>\n"
                text += "    </testcase>\n"
            }
            text += "  </testsuite>\n"
        }
        return text + "</testsuites>\n"
    }

    /// XML's escapes; what XML 1.0 has no place for becomes a replacement character.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n": result += "&#10;"
            case "\t": result += "&#9;"
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(text.count < width ? width - text.count : 1, 0))
    }

    /// A text without line breaks, cut where it is long.
    static func oneLine(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        return line.count > 300 ? line.prefix(300) + "…" : line
    }
}

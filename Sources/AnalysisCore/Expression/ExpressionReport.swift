// What an expression gives, as data: for `martlet analysis eval` and for tests.

package import JSONTree
import MetricProviders

/// Reports of evaluations in the form of ../shared/conformance/expressions.json.
package enum ExpressionReport {
    /// `{value | error, verdict}` of an expression.
    package static func outcome(of text: String, in environment: ExpressionEnvironment) -> JSON {
        do throws(ExpressionError) {
            let value = try Expression.value(of: text, in: environment)
            var tree: JSON = ["value": tagged(value)]
            if case .bool(let holds) = value {
                tree["verdict"] = holds ? "Successful" : "Failed"
            } else {
                tree["conditionError"] = "not-bool"
                tree["verdict"] = "Error"
            }
            return tree
        } catch {
            var tree: JSON = [
                "phase": .string(error.phase.rawValue), "token": .string(error.token), "message": .string(error.message),
            ]
            if let (line, column) = error.place(in: text) {
                tree["line"] = JSON(line)
                tree["column"] = JSON(column)
            }
            return ["error": tree, "verdict": "Error"]
        }
    }

    /// A value with its Go type: `{"t": "float64", "v": "0.5"}`.
    package static func tagged(_ value: ExpressionValue) -> JSON { tagged(value, depth: 0) }

    private static func tagged(_ value: ExpressionValue, depth: Int) -> JSON {
        var tree: JSON = ["t": .string(value.typeName)]
        if depth > ExpressionLimits.valueDepthMax { return tree }
        switch value {
        case .nil, .function: break
        case .bool(let flag): tree["v"] = .bool(flag)
        case .integer(let number, _): tree["v"] = .string(number.description)
        case .number(let number): tree["v"] = .string(number == 0 && number.sign == .minus ? "-0" : GoNumberText.shortest(number))
        case .single(let number): tree["v"] = .string(GoNumberText.shortest(Double(number)))
        case .text(let text):
            if text.isValid { tree["v"] = .string(text.string) } else { tree["b64"] = .string(Base64.text(text.bytes)) }
        case .list(let list): tree["v"] = .array(list.elements.map { tagged($0, depth: depth + 1) })
        case .map(let map):
            if map.keyType == "string" {
                var members = JSONObject()
                for key in map.sortedKeys { members[key.printed] = tagged(map[key] ?? .nil, depth: depth + 1) }
                tree["v"] = .object(members)
            } else {
                let entries = map.keys.map { key in (tagged(key, depth: depth + 1), tagged(map[key] ?? .nil, depth: depth + 1)) }
                tree["entries"] = .array(entries.sorted { $0.0.text() < $1.0.text() }.map { [$0.0, $0.1] })
            }
        case .structure(_, let map):
            var members = JSONObject()
            for key in map.keys { members[key.printed] = tagged(map[key] ?? .nil, depth: depth + 1) }
            tree["fields"] = .object(members)
        case .duration(let span): tree["v"] = .string(span.description)
        case .month(let number), .weekday(let number): tree["v"] = .string(number.description)
        case .time(let time): tree["v"] = .string(time.text(layout: "2006-01-02T15:04:05.999999999Z07:00"))
        case .location(let name): tree["v"] = .string(name)
        }
        return tree
    }
}

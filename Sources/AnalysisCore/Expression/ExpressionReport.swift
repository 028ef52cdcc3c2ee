// What an expression gives, as data: for `martlet analysis eval` and for tests.

package import JSONTree
import KubeModel
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
            if text.isValid { tree["v"] = .string(text.string) } else { tree["b64"] = .string(Base64.encode(text.bytes)) }
        case .list(let list):
            tree["v"] = .array(list.elements.map { tagged($0, depth: depth + 1) })
            if list.isNil { tree["nil"] = true }
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

    /// The value that a tagged value stands for: pointers by what they point to, nil ones as nil.
    package static func value(tagged tree: JSON) -> ExpressionValue {
        let type = tree["t"].string ?? "nil"
        if tree["nil"].bool ?? false { return .nil }
        if type.hasPrefix("*") { return value(tagged: tree["v"]) }
        if let kind = IntegerKind(rawValue: type) { return .integer(Int64(tree["v"].string ?? "") ?? 0, kind) }
        switch type {
        case "nil": return .nil
        case "bool": return .bool(tree["v"].bool ?? false)
        case "float64": return .number(number(tree["v"].string ?? ""))
        case "float32": return .single(Float(number(tree["v"].string ?? "")))
        case "string":
            if let bytes = tree["b64"].string.flatMap(Base64.decode) { return .text(ByteText(bytes: bytes)) }
            return .text(ByteText(tree["v"].string ?? ""))
        case "time.Time": return ExpressionTime(tree["v"].string ?? "", layout: "2006-01-02T15:04:05Z07:00", zone: nil).map { .time($0) } ?? .nil
        case "time.Duration": return .duration(Int64(tree["v"].string ?? "") ?? 0)
        default: break
        }
        if type.hasPrefix("[]") {
            return .list(ExpressionList(tree["v"].elements.map(value(tagged:)), of: String(type.dropFirst(2))))
        }
        let valueType = type.hasPrefix("map[string]") ? String(type.dropFirst(11)) : "any"
        var map = ExpressionMap(valueType: valueType)
        for (key, member) in tree["fields"].object ?? tree["v"].object ?? [:] { map[key] = value(tagged: member) }
        return tree["fields"].isNull ? .map(map) : .structure(type, map)
    }

    private static func number(_ text: String) -> Double { GoNumberParser.double(text) ?? .nan }
}

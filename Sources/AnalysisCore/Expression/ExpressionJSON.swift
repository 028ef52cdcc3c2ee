// JSON to and from the values of expressions, as Go's encoding/json has it.

import JSONTree
import KubeModel
import MetricProviders

/// Conversion to and from JSON.
enum ExpressionJSON {
    /// The text, indented by two, members ordered, HTML's special characters escaped.
    static func text(
        _ value: ExpressionValue, _ machine: ExpressionMachine
    ) throws(ExpressionError) -> String {
        try tree(value, machine, depth: 0).text(JSON.PrintOptions(indent: 2, sortsKeys: true, escapesHTML: true))
    }

    private static func tree(
        _ value: ExpressionValue, _ machine: ExpressionMachine, depth: Int
    ) throws(ExpressionError) -> JSON {
        func unsupported() -> ExpressionError {
            machine.failure("json-unsupported", "json: unsupported value: \(value.printed.prefix(100))")
        }
        if depth > 400 { throw unsupported() }
        switch value {
        case .nil: return .null
        case .bool(let flag): return .bool(flag)
        case .integer(let number, _): return .int(number)
        case .number, .single:
            guard let number = value.double, number.isFinite else { throw unsupported() }
            if case .single(let single) = value { return .number(JSONNumber(validLiteral: GoNumberText.shortest(single))) }
            return .number(JSONNumber(validLiteral: GoNumberText.json(number)))
        case .text(let text): return .string(text.string)
        case .list(let list):
            if list.elementType == "uint8", list.fixedLength == nil {
                return .string(Base64.encode(list.elements.map { UInt8(truncatingIfNeeded: $0.integer ?? 0) }))
            }
            var elements: [JSON] = []
            for element in list.elements { elements.append(try tree(element, machine, depth: depth + 1)) }
            return .array(elements)
        case .map(let map), .structure(_, let map):
            var members = JSONObject()
            for key in map.sortedKeys {
                // A map[any]any cannot be written.
                guard map.keyType == "string" else { throw unsupported() }
                members[key.printed] = try tree(map[key] ?? .nil, machine, depth: depth + 1)
            }
            return .object(members)
        case .duration(let span): return .int(span)
        case .month(let number), .weekday(let number): return JSON(number)
        case .time(let time): return .string(time.text(layout: "2006-01-02T15:04:05.999999999Z07:00"))
        case .location: return [:]
        case .function: throw unsupported()
        }
    }

    /// The value of a JSON text; of equal names the last one counts.
    static func value(
        _ text: ByteText, _ machine: ExpressionMachine
    ) throws(ExpressionError) -> ExpressionValue {
        do {
            // As Go's decoder: of members that have the same name the last counts.
            let limits = JSONLimits(depthMax: 200, byteCountMax: 16 << 20)
            let tree = try JSON.parseKeepingLast(text.bytes, limits: limits).value
            if holdsInfinity(tree) { throw machine.failure("bad-json", "json: number out of range") }
            return ExpressionValue(tree)
        } catch let error as ExpressionError {
            throw error
        } catch {
            throw machine.failure("bad-json", "\(error)")
        }
    }

    private static func holdsInfinity(_ tree: JSON) -> Bool {
        switch tree {
        case .number(let number): number.double.isInfinite
        case .array(let elements): elements.contains(where: holdsInfinity)
        case .object(let members): members.contains { holdsInfinity($0.value) }
        case .null, .bool, .int, .string: false
        }
    }
}

// Puts the values of arguments into metrics.

package import JSONTree
package import MartletModel

/// An argument that a metric uses and nobody gives a value to.
package struct ArgumentError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What stands between the braces.
    package var tag: String
    package var message: String {
        "failed to resolve {{\(tag)}}"
    }
    package var description: String { message }
}

/// Replaces `{{args.NAME}}` by values.
package enum ArgumentExpansion {
    /// What stands in for the value of a Secret where only the shape of a metric matters.
    package static let secretPlaceholder = "temp-for-secret"

    /// Values by name, secrets being given separately.
    ///
    /// - Parameter secrets: Values by the argument's name; nil: a placeholder stands for each.
    package static func values(
        _ arguments: [AnalysisArgument], secrets: [String: String]?
    ) -> [String: String] {
        var values: [String: String] = [:]
        for argument in arguments {
            if let value = argument.value {
                values[argument.name] = value
            } else if argument.secretKey != nil {
                values[argument.name] = secrets.map { $0[argument.name] } ?? secretPlaceholder
            }
        }
        return values
    }

    /// The tree with all tags replaced, in names of members as well.
    ///
    /// Argo replaces tags in the JSON text, with Go's quoting, so that a control character in a
    /// value makes the metric unreadable. Differs from Argo: such a value is put in as it is.
    package static func expand(
        _ tree: JSON, values: [String: String]
    ) throws(ArgumentError) -> JSON {
        switch tree {
        case .string(let text): return .string(try expand(text, values: values))
        case .array(let elements):
            var expanded: [JSON] = []
            expanded.reserveCapacity(elements.count)
            for element in elements { expanded.append(try expand(element, values: values)) }
            return .array(expanded)
        case .object(let members):
            var expanded = JSONObject()
            for (key, value) in members {
                expanded[try expand(key, values: values)] = try expand(value, values: values)
            }
            return .object(expanded)
        case .null, .bool, .int, .number: return tree
        }
    }

    /// The text with all tags replaced; braces that are not closed stay.
    package static func expand(
        _ text: String, values: [String: String]
    ) throws(ArgumentError) -> String {
        let bytes = Array(text.utf8)
        guard let first = find("{{", in: bytes, from: 0) else { return text }
        var result = Array(bytes[..<first])
        var open = first
        while let close = find("}}", in: bytes, from: open + 2) {
            let tag = String(decoding: bytes[(open + 2)..<close], as: UTF8.self)
            guard let value = value(of: tag, values) else { throw ArgumentError(tag: trimmed(tag)) }
            result += value.utf8
            let next = find("{{", in: bytes, from: close + 2) ?? bytes.count
            result += bytes[(close + 2)..<next]
            open = next
            if next == bytes.count { break }
        }
        if open < bytes.count { result += bytes[open...] }
        return String(decoding: result, as: UTF8.self)
    }

    private static func value(of tag: String, _ values: [String: String]) -> String? {
        let name = trimmed(tag)
        guard name.hasPrefix("args.") else { return nil }
        return values[String(name.dropFirst(5))]
    }

    private static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }

    private static func find(_ mark: String, in bytes: [UInt8], from start: Int) -> Int? {
        let mark = Array(mark.utf8)
        var position = start
        while position + 1 < bytes.count {
            if bytes[position] == mark[0], bytes[position + 1] == mark[1] { return position }
            position += 1
        }
        return nil
    }
}

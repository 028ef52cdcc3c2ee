// Operators and functions of CEL.

import JSONTree
import KubeModel

/// What calls do, by name. Arguments are values; macros and short-circuits are the evaluator's.
enum CELFunctions {
    /// Namespaces whose functions look like methods.
    static let libraries: Set<String> = ["optional", "sets", "math", "strings", "ip", "format"]

    static func call(
        _ name: String, receiver: CELValue?, _ arguments: [CELValue]
    ) throws(CELFailure) -> CELValue {
        let all = (receiver.map { [$0] } ?? []) + arguments
        if let result = try operation(name, all) { return result }
        if let result = try conversion(name, all) { return result }
        if let result = try library(name, all) { return result }
        guard let first = all.first else { throw .noOverload }
        let rest = Array(all.dropFirst())
        let result: CELValue? =
            switch first {
            case .string(let text): try CELStringFunctions.call(name, text, rest)
            case .list(let elements): try CELListFunctions.call(name, elements, rest)
            case .timestamp(let time): CELTimeFunctions.call(name, time, rest)
            case .duration(let nanoseconds): CELTimeFunctions.call(name, nanoseconds)
            case .quantity(let quantity): CELLibraryFunctions.call(name, quantity, rest)
            case .url(let url): CELLibraryFunctions.call(name, url)
            case .address(let address): CELNetworkFunctions.call(name, address)
            case .addressRange(let range): try CELNetworkFunctions.call(name, range, rest)
            case .version(let version): CELFormatFunctions.call(name, version, rest)
            case .format(let format): CELFormatFunctions.validate(format, rest)
            case .optional(let wrapped): try CELLibraryFunctions.call(name, wrapped, rest)
            default: nil
            }
        guard let result else { throw .noOverload }
        return result
    }

    // MARK: Operators

    private static func operation(_ name: String, _ all: [CELValue]) throws(CELFailure) -> CELValue? {
        switch (name, all.count) {
        case ("_==_", 2): return .bool(CELValue.areEqual(all[0], all[1]))
        case ("_!=_", 2): return .bool(!CELValue.areEqual(all[0], all[1]))
        case ("_<_", 2): return .bool(try less(all[0], all[1]))
        case ("_>_", 2): return .bool(try less(all[1], all[0]))
        case ("_<=_", 2): return .bool(try less(all[0], all[1]) || CELValue.areEqual(all[0], all[1]))
        case ("_>=_", 2): return .bool(try less(all[1], all[0]) || CELValue.areEqual(all[0], all[1]))
        case ("@in", 2): return .bool(try isMember(all[0], of: all[1]))
        case ("!_", 1):
            guard case .bool(let value) = all[0] else { throw .noOverload }
            return .bool(!value)
        case ("-_", 1): return try negated(all[0])
        case ("_+_", 2): return try sum(all[0], all[1])
        case ("_-_", 2): return try difference(all[0], all[1])
        case ("_*_", 2), ("_/_", 2), ("_%_", 2): return try product(name, all[0], all[1])
        default: return nil
        }
    }

    private static func less(_ left: CELValue, _ right: CELValue) throws(CELFailure) -> Bool {
        guard let result = CELValue.isLess(left, right) else { throw .noOverload }
        return result
    }

    private static func isMember(_ value: CELValue, of container: CELValue) throws(CELFailure) -> Bool {
        switch container {
        case .list(let elements): return elements.contains { CELValue.areEqual($0, value) }
        case .map(let members): return members[value] != nil
        case .object(let members):
            guard case .string(let name) = value else { throw .noOverload }
            return members[CELName.escaped(name)] != nil
        default: throw .noOverload
        }
    }

    private static func checked<Number>(
        _ result: (partialValue: Number, overflow: Bool)
    ) throws(CELFailure) -> Number {
        if result.overflow { throw CELFailure(message: "integer overflow") }
        return result.partialValue
    }

    private static func negated(_ value: CELValue) throws(CELFailure) -> CELValue {
        switch value {
        case .int(let number): return .int(try checked(Int64(0).subtractingReportingOverflow(number)))
        case .double(let number): return .double(-number)
        default: throw .noOverload
        }
    }

    private static func sum(_ left: CELValue, _ right: CELValue) throws(CELFailure) -> CELValue {
        switch (left, right) {
        case (.int(let a), .int(let b)): return .int(try checked(a.addingReportingOverflow(b)))
        case (.uint(let a), .uint(let b)): return .uint(try checked(a.addingReportingOverflow(b)))
        case (.double(let a), .double(let b)): return .double(a + b)
        case (.string(let a), .string(let b)): return .string(a + b)
        case (.bytes(let a), .bytes(let b)): return .bytes(a + b)
        case (.list(let a), .list(let b)): return .list(a + b)
        case (.duration(let a), .duration(let b)): return .duration(try checked(a.addingReportingOverflow(b)))
        case (.timestamp(let time), .duration(let by)), (.duration(let by), .timestamp(let time)):
            return .timestamp(time + .nanoseconds(by))
        default: throw .noOverload
        }
    }

    private static func difference(_ left: CELValue, _ right: CELValue) throws(CELFailure) -> CELValue {
        switch (left, right) {
        case (.int(let a), .int(let b)): return .int(try checked(a.subtractingReportingOverflow(b)))
        case (.uint(let a), .uint(let b)): return .uint(try checked(a.subtractingReportingOverflow(b)))
        case (.double(let a), .double(let b)): return .double(a - b)
        case (.duration(let a), .duration(let b)): return .duration(try checked(a.subtractingReportingOverflow(b)))
        case (.timestamp(let time), .duration(let by)): return .timestamp(time - .nanoseconds(by))
        case (.timestamp(let a), .timestamp(let b)): return .duration(CELValue.nanoseconds(a - b))
        default: throw .noOverload
        }
    }

    private static func product(_ name: String, _ left: CELValue, _ right: CELValue) throws(CELFailure) -> CELValue {
        switch (left, right) {
        case (.int(let a), .int(let b)): return .int(try whole(name, a, b))
        case (.uint(let a), .uint(let b)): return .uint(try whole(name, a, b))
        case (.double(let a), .double(let b)) where name != "_%_": return .double(name == "_*_" ? a * b : a / b)
        default: throw .noOverload
        }
    }

    private static func whole<Number: FixedWidthInteger>(
        _ name: String, _ left: Number, _ right: Number
    ) throws(CELFailure) -> Number {
        if name == "_*_" { return try checked(left.multipliedReportingOverflow(by: right)) }
        if right == 0 { throw CELFailure(message: name == "_/_" ? "division by zero" : "modulus by zero") }
        return try checked(
            name == "_/_" ? left.dividedReportingOverflow(by: right) : left.remainderReportingOverflow(dividingBy: right))
    }

    // MARK: Conversions

    private static func conversion(_ name: String, _ all: [CELValue]) throws(CELFailure) -> CELValue? {
        guard all.count == 1 else { return nil }
        let value = all[0]
        switch name {
        case "size": return .int(Int64(try size(value)))
        case "type": return .type(value.typeName)
        case "dyn": return value
        case "string": return .string(try CELText.converted(value))
        case "int": return .int(try integer(value))
        case "uint":
            let number = try integer(value)
            guard number >= 0 else { throw CELFailure(message: "unsigned integer overflow") }
            return .uint(UInt64(number))
        case "double":
            if let number = value.number { return .double(number) }
            if case .string(let text) = value, let number = Double(text) { return .double(number) }
            throw CELFailure(message: "type conversion error from '\(value.typeName)' to 'double'")
        case "bool":
            if case .bool = value { return value }
            if case .string(let text) = value {
                if ["1", "t", "T", "true", "TRUE", "True"].contains(text) { return .bool(true) }
                if ["0", "f", "F", "false", "FALSE", "False"].contains(text) { return .bool(false) }
            }
            throw CELFailure(message: "type conversion error from '\(value.typeName)' to 'bool'")
        case "bytes":
            if case .string(let text) = value { return .bytes(Array(text.utf8)) }
            return value
        case "timestamp", "duration": return try time(name, value)
        default: return nil
        }
    }

    private static func time(_ name: String, _ value: CELValue) throws(CELFailure) -> CELValue {
        guard case .string(let text) = value else { return value }
        if name == "timestamp", let time = Timestamp(text) { return .timestamp(time) }
        if name == "duration", let duration = Duration.parse(goText: text) {
            return .duration(CELValue.nanoseconds(duration))
        }
        throw CELFailure(message: "type conversion error from 'string' to '\(name)'")
    }

    private static func size(_ value: CELValue) throws(CELFailure) -> Int {
        switch value {
        case .string(let text): return text.unicodeScalars.count
        case .bytes(let bytes): return bytes.count
        case .list(let elements): return elements.count
        case .map(let members): return members.count
        case .object(let members): return members.count
        default: throw .noOverload
        }
    }

    private static func integer(_ value: CELValue) throws(CELFailure) -> Int64 {
        switch value {
        case .int(let number): return number
        case .uint(let number): if let whole = Int64(exactly: number) { return whole }
        case .double(let number): if let whole = Int64(exactly: number.rounded(.towardZero)) { return whole }
        case .string(let text): if let whole = Int64(text) { return whole }
        case .timestamp(let time): return time.wholeSeconds
        default: break
        }
        throw CELFailure(message: "type conversion error from '\(value.typeName)' to 'int'")
    }

    // MARK: Functions without a receiver

    private static func library(_ name: String, _ all: [CELValue]) throws(CELFailure) -> CELValue? {
        switch (name, all.count) {
        case ("optional.of", 1): return .optional(all[0])
        case ("optional.none", 0): return .optional(nil)
        case ("optional.ofNonZeroValue", 1):
            let zeros: [CELValue] = [.null, .bool(false), .int(0), .uint(0), .double(0), .string(""), .list([]), .map([:])]
            return .optional(zeros.contains(all[0]) ? nil : all[0])
        case ("sets.contains", 2), ("sets.equivalent", 2), ("sets.intersects", 2): return try sets(name, all)
        case ("math.greatest", _), ("math.least", _): return try extreme(name, all)
        case ("strings.quote", 1):
            guard case .string(let text) = all[0] else { return nil }
            return .string(JSON.string(text).text())
        case ("quantity", 1):
            guard case .string(let text) = all[0] else { return nil }
            if let quantity = Quantity(text) { return .quantity(quantity) }
            throw CELFailure(
                message: "quantities must match the regular expression "
                    + "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
        case ("isQuantity", 1):
            guard case .string(let text) = all[0] else { return nil }
            return .bool(Quantity(text) != nil)
        case ("url", 1):
            guard case .string(let text) = all[0] else { return nil }
            if let url = CELURL(text) { return .url(url) }
            throw CELFailure(message: "URL parse error during conversion from string: parse \"\(text)\": invalid URI for request")
        case ("isURL", 1):
            guard case .string(let text) = all[0] else { return nil }
            return .bool(CELURL(text) != nil)
        case ("ip", 1), ("isIP", 1), ("cidr", 1), ("isCIDR", 1), ("ip.isCanonical", 1):
            guard case .string(let text) = all[0] else { return nil }
            return try CELNetworkFunctions.call(name, text)
        case ("semver", 1), ("isSemver", 1), ("semver", 2), ("isSemver", 2):
            guard case .string(let text) = all[0] else { return nil }
            return try CELFormatFunctions.call(name, text, Array(all.dropFirst()))
        default: return CELFormatFunctions.named(name, all)
        }
    }

    private static func sets(_ name: String, _ all: [CELValue]) throws(CELFailure) -> CELValue {
        guard case .list(let left) = all[0], case .list(let right) = all[1] else { throw .noOverload }
        func contains(_ list: [CELValue], _ value: CELValue) -> Bool {
            list.contains { CELValue.areEqual($0, value) }
        }
        switch name {
        case "sets.contains": return .bool(right.allSatisfy { contains(left, $0) })
        case "sets.intersects": return .bool(right.contains { contains(left, $0) })
        default: return .bool(right.allSatisfy { contains(left, $0) } && left.allSatisfy { contains(right, $0) })
        }
    }

    private static func extreme(_ name: String, _ all: [CELValue]) throws(CELFailure) -> CELValue {
        var values = all
        if all.count == 1, case .list(let elements) = all[0] { values = elements }
        guard var result = values.first else { throw .noOverload }
        for value in values.dropFirst() {
            let isBetter = name == "math.least" ? try less(value, result) : try less(result, value)
            if isBetter { result = value }
        }
        return result
    }
}

/// Texts of values.
enum CELText {
    /// No expression makes a longer text.
    private static let byteCountMax = 10_000_000

    /// The texts with a separator between them.
    static func joined(_ texts: [String], _ separator: String) throws(CELFailure) -> String {
        let count = texts.reduce(texts.count * separator.utf8.count) { $0 + $1.utf8.count }
        guard count <= byteCountMax else {
            throw CELFailure(message: "operation cancelled: actual cost limit exceeded")
        }
        return texts.joined(separator: separator)
    }

    /// The value as messages show it.
    static func string(_ value: CELValue) -> String { (try? converted(value)) ?? value.typeName }

    /// `string(value)`.
    static func converted(_ value: CELValue) throws(CELFailure) -> String {
        switch value {
        case .string(let text): return text
        case .bool(let value): return value ? "true" : "false"
        case .int(let number): return String(number)
        case .uint(let number): return String(number)
        case .double(let number): return JSON.double(number).text()
        case .timestamp(let time): return time.rfc3339
        case .duration(let nanoseconds): return "\(JSON.double(Double(nanoseconds) / 1e9).text())s"
        case .bytes(let bytes): return String(decoding: bytes, as: UTF8.self)
        case .quantity(let quantity): return quantity.canonicalText
        case .address(let address): return address.text
        case .addressRange(let range): return range.text
        default: throw CELFailure(message: "type conversion error from '\(value.typeName)' to 'string'")
        }
    }
}

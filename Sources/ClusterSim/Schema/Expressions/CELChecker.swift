// Types of CEL expressions: what a rule may name and call.

/// Checks an expression's types before it is accepted. Where a type is not known (`dyn`), the
/// evaluation decides.
struct CELChecker {
    private var variables: [String: CELType]

    /// The type of an expression over these variables.
    static func check(_ node: CELNode, _ variables: [String: CELType]) throws(CELIssue) -> CELType {
        var checker = CELChecker(variables: variables)
        return try checker.type(node)
    }

    private static let typeNames: Set<String> = [
        "bool", "int", "uint", "double", "string", "bytes", "list", "map", "null_type", "type",
    ]

    private mutating func type(_ node: CELNode) throws(CELIssue) -> CELType {
        switch node.kind {
        case .literal(let value): return Self.type(of: value)
        case .identifier(let name):
            if let type = variables[name] { return type }
            if Self.typeNames.contains(name) { return .type }
            throw CELIssue(offset: node.offset, message: "undeclared reference to '\(name)' (in container '')")
        case .select(let operand, let field, let isTest, let isOptional):
            return try select(node, operand, field, isTest: isTest, isOptional: isOptional)
        case .list(let elements):
            var types: Set<CELType> = []
            for element in elements { types.insert(try type(element)) }
            return .list(Self.joined(types))
        case .map(let entries):
            var keys: Set<CELType> = []
            var values: Set<CELType> = []
            for (key, value) in entries {
                keys.insert(try type(key))
                values.insert(try type(value))
            }
            return .map(Self.joined(keys), Self.joined(values))
        case .binding(let variable, let value, let result):
            let outer = variables[variable]
            variables[variable] = try type(value)
            defer { variables[variable] = outer }
            return try type(result)
        case .comprehension(let comprehension): return try self.comprehension(comprehension, node.offset)
        case .call(let receiver, let name, let arguments): return try call(node, receiver, name, arguments)
        }
    }

    private static func joined(_ types: Set<CELType>) -> CELType {
        types.count == 1 ? types.first ?? .dynamic : .dynamic
    }

    private static func type(of value: CELValue) -> CELType {
        switch value {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        default: .dynamic
        }
    }

    // MARK: Selection

    private mutating func select(
        _ node: CELNode, _ operand: CELNode, _ field: String, isTest: Bool, isOptional: Bool
    ) throws(CELIssue) -> CELType {
        if case .identifier("optional") = operand.kind, field == "none" { return .optional(.dynamic) }
        var base = try type(operand)
        var wraps = isOptional
        if case .optional(let wrapped) = base {
            base = wrapped
            wraps = true
        }
        let found: CELType
        switch base {
        case .object(let object):
            guard let type = object.field(field) else {
                throw CELIssue(offset: node.offset, message: "undefined field '\(field)'")
            }
            found = type
        case .map(_, let value): found = value
        case .dynamic: found = .dynamic
        default:
            throw CELIssue(offset: node.offset, message: "type '\(base.name)' does not support field selection")
        }
        if isTest { return .bool }
        return wraps ? .optional(found) : found
    }

    // MARK: Macros

    private mutating func comprehension(_ node: CELNode.Comprehension, _ offset: Int) throws(CELIssue) -> CELType {
        let range = try type(node.range)
        let first: CELType
        let second: CELType
        switch range {
        case .list(let element): (first, second) = node.secondVariable == nil ? (element, .dynamic) : (.int, element)
        case .map(let key, let value): (first, second) = (key, value)
        case .dynamic: (first, second) = (.dynamic, .dynamic)
        case .object: (first, second) = (.string, .dynamic)
        default:
            throw CELIssue(
                offset: node.range.offset,
                message: "expression of type '\(range.name)' cannot be range of a comprehension (must be list, map, or dynamic)")
        }
        let outer = variables
        defer { variables = outer }
        variables[node.variable] = first
        if let name = node.secondVariable { variables[name] = second }
        if let filter = node.filter { try require(.bool, filter, "_?_:_", offset) }
        if node.macro == .map { return .list(try type(node.body)) }
        try require(.bool, node.body, node.macro == .exists ? "_||_" : "_&&_", offset)
        return node.macro == .filter ? .list(first) : .bool
    }

    private mutating func require(_ wanted: CELType, _ node: CELNode, _ name: String, _ offset: Int) throws(CELIssue) {
        let found = try type(node)
        if found != wanted, !found.isDynamic { throw Self.noOverload(name, nil, [.bool, found], node.offset) }
    }

    // MARK: Calls

    private static func noOverload(
        _ name: String, _ receiver: CELType?, _ arguments: [CELType], _ offset: Int
    ) -> CELIssue {
        let list = "(" + arguments.map(\.name).joined(separator: ", ") + ")"
        let applied = receiver.map { "\($0.name).\(list)" } ?? list
        return CELIssue(offset: offset, message: "found no matching overload for '\(name)' applied to '\(applied)'")
    }

    private mutating func call(
        _ node: CELNode, _ receiver: CELNode?, _ name: String, _ arguments: [CELNode]
    ) throws(CELIssue) -> CELType {
        var name = name
        var target: CELType?
        if let receiver {
            if case .identifier(let library) = receiver.kind, variables[library] == nil,
                CELFunctions.libraries.contains(library)
            {
                name = "\(library).\(name)"
            } else {
                target = try type(receiver)
            }
        }
        var types: [CELType] = []
        for argument in arguments { types.append(try type(argument)) }
        if let result = CELSignatures.result(name, target, types) { return result }
        if !CELSignatures.isKnown(name) {
            throw CELIssue(offset: node.offset, message: "undeclared reference to '\(name)' (in container '')")
        }
        throw Self.noOverload(name, target, types, node.offset)
    }
}

/// What functions accept and give.
enum CELSignatures {
    /// The result's type; nil when the arguments do not fit.
    static func result(_ name: String, _ receiver: CELType?, _ arguments: [CELType]) -> CELType? {
        if let receiver {
            return receiver.isDynamic && isKnown(name) ? methodOfUnknown(name) : method(name, receiver, arguments)
        }
        return operation(name, arguments) ?? function(name, arguments)
    }

    static func isKnown(_ name: String) -> Bool { names.contains(name) }

    private static let names: Set<String> = [
        "_&&_", "_||_", "_?_:_", "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "_+_", "_-_", "_*_", "_/_", "_%_",
        "!_", "-_", "@in", "_[_]", "_[?_]", "size", "type", "dyn", "string", "int", "uint", "double", "bool",
        "bytes", "timestamp", "duration", "quantity", "isQuantity", "url", "isURL", "startsWith", "endsWith",
        "contains", "matches", "find", "findAll", "indexOf", "lastIndexOf", "split", "replace", "lowerAscii",
        "upperAscii", "trim", "reverse", "charAt", "substring", "join", "isSorted", "sum", "min", "max",
        "distinct", "flatten", "sort", "slice", "getFullYear", "getMonth", "getDate", "getDayOfMonth",
        "getDayOfWeek", "getDayOfYear", "getHours", "getMinutes", "getSeconds", "getMilliseconds", "sign",
        "isInteger", "asInteger", "asApproximateFloat", "isLessThan", "isGreaterThan", "compareTo", "add",
        "getScheme", "getHost", "getHostname", "getPort", "getEscapedPath", "hasValue", "value", "or", "orValue",
        "optional.of", "optional.none", "optional.ofNonZeroValue", "sets.contains", "sets.equivalent",
        "sets.intersects", "math.greatest", "math.least", "strings.quote", "sub", "ip", "isIP", "ip.isCanonical",
        "cidr", "isCIDR", "family", "isUnspecified", "isLoopback", "isLinkLocalMulticast", "isLinkLocalUnicast",
        "isGlobalUnicast", "containsIP", "containsCIDR", "masked", "prefixLength", "semver", "isSemver", "major",
        "minor", "patch", "format", "format.named", "validate",
    ]

    private static func fits(_ type: CELType, _ wanted: CELType) -> Bool {
        if type == wanted || type.isDynamic || wanted.isDynamic { return true }
        switch (type, wanted) {
        case (.list(let a), .list(let b)): return fits(a, b)
        case (.map(let a, let b), .map(let c, let d)): return fits(a, c) && fits(b, d)
        case (.optional(let a), .optional(let b)): return fits(a, b)
        default: return false
        }
    }

    private static func areEqual(_ left: CELType, _ right: CELType) -> Bool {
        fits(left, right) || left == .null || right == .null
    }

    // MARK: Operators

    private static func operation(_ name: String, _ types: [CELType]) -> CELType? {
        switch (name, types.count) {
        case ("_&&_", 2), ("_||_", 2): return types.allSatisfy { fits($0, .bool) } ? .bool : nil
        case ("!_", 1): return fits(types[0], .bool) ? .bool : nil
        case ("_?_:_", 3):
            guard fits(types[0], .bool), fits(types[1], types[2]) || types.contains(.null) else { return nil }
            return types[1].isDynamic ? types[2] : types[1]
        case ("_==_", 2), ("_!=_", 2): return areEqual(types[0], types[1]) ? .bool : nil
        case ("_<_", 2), ("_<=_", 2), ("_>_", 2), ("_>=_", 2):
            return isOrdered(types[0], types[1]) ? .bool : nil
        case ("@in", 2): return isMembership(types[0], types[1]) ? .bool : nil
        case ("-_", 1): return types[0] == .int || types[0] == .double || types[0].isDynamic ? types[0] : nil
        case ("_[_]", 2): return element(types[0], types[1])
        case ("_[?_]", 2): return element(types[0], types[1]).map { .optional($0) }
        case ("_+_", 2), ("_-_", 2), ("_*_", 2), ("_/_", 2), ("_%_", 2): return arithmetic(name, types[0], types[1])
        default: return nil
        }
    }

    private static func isOrdered(_ left: CELType, _ right: CELType) -> Bool {
        if left.isDynamic || right.isDynamic || (left.isNumber && right.isNumber) { return true }
        return left == right && [.bool, .string, .bytes, .timestamp, .duration].contains(left)
    }

    private static func isMembership(_ value: CELType, _ container: CELType) -> Bool {
        switch container {
        case .list(let element): areEqual(value, element)
        case .map(let key, _): fits(value, key)
        case .dynamic: true
        default: false
        }
    }

    private static func element(_ container: CELType, _ key: CELType) -> CELType? {
        switch container {
        case .list(let element): fits(key, .int) ? element : nil
        case .map(let wanted, let value): fits(key, wanted) ? value : nil
        case .optional(let wrapped): element(wrapped, key).map { .optional($0) }
        case .dynamic: .dynamic
        default: nil
        }
    }

    private static func arithmetic(_ name: String, _ left: CELType, _ right: CELType) -> CELType? {
        if left.isDynamic { return right.isDynamic ? .dynamic : right }
        if right.isDynamic { return left }
        switch (left, right) {
        case (.int, .int), (.uint, .uint): return left
        case (.double, .double): return name == "_%_" ? nil : left
        case (.string, .string), (.bytes, .bytes): return name == "_+_" ? left : nil
        case (.list(let a), .list(let b)):
            guard name == "_+_" else { return nil }
            return fits(a, b) ? .list(a.isDynamic ? b : a) : nil
        case (.duration, .duration): return name == "_+_" || name == "_-_" ? .duration : nil
        case (.timestamp, .duration): return name == "_+_" || name == "_-_" ? .timestamp : nil
        case (.duration, .timestamp): return name == "_+_" ? .timestamp : nil
        case (.timestamp, .timestamp): return name == "_-_" ? .duration : nil
        default: return nil
        }
    }

    // MARK: Functions

    private static func function(_ name: String, _ types: [CELType]) -> CELType? {
        switch (name, types.count) {
        case ("size", 1): return isSized(types[0]) ? .int : nil
        case ("type", 1): return .type
        case ("dyn", 1): return .dynamic
        case ("string", 1): return .string
        case ("int", 1): return .int
        case ("uint", 1): return .uint
        case ("double", 1): return .double
        case ("bool", 1): return .bool
        case ("bytes", 1): return .bytes
        case ("timestamp", 1): return fits(types[0], .string) || types[0] == .timestamp ? .timestamp : nil
        case ("duration", 1): return fits(types[0], .string) || types[0] == .duration ? .duration : nil
        case ("quantity", 1): return fits(types[0], .string) ? .quantity : nil
        case ("url", 1): return fits(types[0], .string) ? .url : nil
        case ("isQuantity", 1), ("isURL", 1): return fits(types[0], .string) ? .bool : nil
        case ("matches", 2): return types.allSatisfy { fits($0, .string) } ? .bool : nil
        case ("optional.none", 0): return .optional(.dynamic)
        case ("optional.of", 1), ("optional.ofNonZeroValue", 1): return .optional(types[0])
        case ("sets.contains", 2), ("sets.equivalent", 2), ("sets.intersects", 2):
            return fits(types[0], types[1]) && fits(types[0], .list(.dynamic)) ? .bool : nil
        case ("math.greatest", _), ("math.least", _): return types.first ?? .dynamic
        case ("strings.quote", 1): return fits(types[0], .string) ? .string : nil
        default: return CELLibrarySignatures.function(name, types)
        }
    }

    private static func isSized(_ type: CELType) -> Bool {
        switch type {
        case .string, .bytes, .list, .map, .dynamic: true
        default: false
        }
    }

    private static func methodOfUnknown(_ name: String) -> CELType {
        switch name {
        case "size", "indexOf", "lastIndexOf", "compareTo": .int
        case "startsWith", "endsWith", "contains", "matches", "isSorted", "isLessThan", "isGreaterThan", "hasValue": .bool
        case "lowerAscii", "upperAscii", "trim", "replace", "find", "join", "charAt", "substring": .string
        case "split", "findAll": .list(.string)
        default: .dynamic
        }
    }

    // MARK: Methods

    private static func method(_ name: String, _ receiver: CELType, _ types: [CELType]) -> CELType? {
        if name == "size", types.isEmpty { return isSized(receiver) ? .int : nil }
        switch receiver {
        case .string: return stringMethod(name, types)
        case .list(let element): return listMethod(name, element, types)
        case .timestamp, .duration: return name.hasPrefix("get") && types.count <= 1 ? .int : nil
        case .quantity: return quantityMethod(name, types)
        case .url: return name.hasPrefix("get") && types.isEmpty ? .string : nil
        case .address, .addressRange, .version, .format:
            return CELLibrarySignatures.method(name, receiver, types)
        case .optional(let wrapped):
            switch (name, types.count) {
            case ("hasValue", 0): return .bool
            case ("value", 0): return wrapped
            case ("orValue", 1): return fits(types[0], wrapped) ? (wrapped.isDynamic ? types[0] : wrapped) : nil
            case ("or", 1): return receiver
            default: return nil
            }
        default: return nil
        }
    }

    private static func stringMethod(_ name: String, _ types: [CELType]) -> CELType? {
        if name == "format", types.count == 1 { return fits(types[0], .list(.dynamic)) ? .string : nil }
        let texts = types.prefix { fits($0, .string) }.count
        let numbers = types.dropFirst(texts).prefix { fits($0, .int) }.count
        guard texts + numbers == types.count else { return nil }
        switch (name, texts, numbers) {
        case ("startsWith", 1, 0), ("endsWith", 1, 0), ("contains", 1, 0), ("matches", 1, 0): return .bool
        case ("find", 1, 0), ("replace", 2, 0), ("replace", 2, 1): return .string
        case ("findAll", 1, 0), ("findAll", 1, 1), ("split", 1, 0), ("split", 1, 1): return .list(.string)
        case ("indexOf", 1, 0), ("indexOf", 1, 1), ("lastIndexOf", 1, 0), ("lastIndexOf", 1, 1): return .int
        case ("lowerAscii", 0, 0), ("upperAscii", 0, 0), ("trim", 0, 0), ("reverse", 0, 0): return .string
        case ("charAt", 0, 1), ("substring", 0, 1), ("substring", 0, 2): return .string
        // An argument of unknown type counts as a text above.
        case ("charAt", 1, 0), ("substring", 1, _), ("substring", 2, 0): return types.contains(.dynamic) ? .string : nil
        default: return nil
        }
    }

    private static func listMethod(_ name: String, _ element: CELType, _ types: [CELType]) -> CELType? {
        switch (name, types.count) {
        case ("isSorted", 0): return .bool
        case ("sum", 0), ("min", 0), ("max", 0): return element
        case ("indexOf", 1), ("lastIndexOf", 1): return fits(types[0], element) ? .int : nil
        case ("join", 0): return fits(element, .string) ? .string : nil
        case ("join", 1): return fits(element, .string) && fits(types[0], .string) ? .string : nil
        case ("distinct", 0), ("reverse", 0), ("sort", 0), ("slice", 2): return .list(element)
        case ("flatten", 0): if case .list = element { return element } else { return .list(element) }
        default: return nil
        }
    }

    private static func quantityMethod(_ name: String, _ types: [CELType]) -> CELType? {
        switch (name, types.count) {
        case ("sign", 0), ("asInteger", 0): return .int
        case ("isInteger", 0): return .bool
        case ("asApproximateFloat", 0): return .double
        case ("isLessThan", 1), ("isGreaterThan", 1): return fits(types[0], .quantity) ? .bool : nil
        case ("compareTo", 1): return fits(types[0], .quantity) ? .int : nil
        case ("add", 1), ("sub", 1): return fits(types[0], .quantity) || types[0] == .int ? .quantity : nil
        default: return nil
        }
    }
}

// Evaluation of CEL.

import JSONTree
import KubeModel

/// Why an expression has no value: `no such key: x`, `division by zero`.
struct CELFailure: Error, Hashable {
    let message: String

    static let noOverload = CELFailure(message: "no such overload")
}

/// Evaluates expressions over variables. Work is counted, so that no rule runs away.
struct CELEvaluator {
    /// How many nodes one rule may visit; the real server's limit on the cost of one call.
    static let stepsMax = 1_000_000

    private var variables: [String: CELValue]
    private var steps = 0

    init(_ variables: [String: CELValue]) { self.variables = variables }

    mutating func value(_ node: CELNode) throws(CELFailure) -> CELValue {
        try spend(1)
        switch node.kind {
        case .literal(let value): return value
        case .identifier(let name):
            if let value = variables[name] { return value }
            if Self.typeNames.contains(name) { return .type(name) }
            throw CELFailure(message: "no such attribute(s): \(name)")
        case .select(let operand, let field, let isTest, let isOptional):
            return try select(operand, field, isTest: isTest, isOptional: isOptional)
        case .list(let elements):
            var values: [CELValue] = []
            for element in elements { values.append(try value(element)) }
            return .list(values)
        case .map(let entries):
            var map: [CELValue: CELValue] = [:]
            for (key, entry) in entries { map[try value(key)] = try value(entry) }
            return .map(map)
        case .binding(let variable, let bound, let result):
            let outer = variables[variable]
            variables[variable] = try value(bound)
            defer { variables[variable] = outer }
            return try value(result)
        case .comprehension(let comprehension): return try self.comprehension(comprehension)
        case .call(let receiver, let name, let arguments): return try call(receiver, name, arguments)
        }
    }

    private static let typeNames: Set<String> = [
        "bool", "int", "uint", "double", "string", "bytes", "list", "map", "null_type", "type",
    ]

    mutating func spend(_ count: Int) throws(CELFailure) {
        steps += count
        if steps > Self.stepsMax { throw CELFailure(message: "operation cancelled: actual cost limit exceeded") }
    }

    // MARK: Selection

    private mutating func select(
        _ operand: CELNode, _ field: String, isTest: Bool, isOptional: Bool
    ) throws(CELFailure) -> CELValue {
        // `optional.none` is a name, not a field.
        if case .identifier("optional") = operand.kind, field == "none" { return .optional(nil) }
        var base = try value(operand)
        var wraps = isOptional
        if case .optional(let wrapped) = base {
            guard let wrapped else { return isTest ? .bool(false) : .optional(nil) }
            base = wrapped
            wraps = !isTest
        }
        let found: CELValue?
        switch base {
        case .object(let members): found = members[field]
        case .map(let members): found = members[.string(field)]
        case .null where wraps: found = nil
        default: throw .noOverload
        }
        if isTest { return .bool(found != nil) }
        if wraps { return .optional(found) }
        guard let found else { throw CELFailure(message: "no such key: \(field)") }
        return found
    }

    private func index(_ base: CELValue, _ key: CELValue) throws(CELFailure) -> CELValue {
        switch base {
        case .list(let elements):
            guard let position = key.number, position == position.rounded() else { throw .noOverload }
            guard position >= 0, position < Double(elements.count) else {
                throw CELFailure(message: "index out of bounds: \(Int64(exactly: position) ?? -1)")
            }
            return elements[Int(position)]
        case .map(let members):
            if let value = members[key] { return value }
            throw CELFailure(message: "no such key: \(CELText.string(key))")
        case .object(let members):
            if case .string(let name) = key, let value = members[CELName.escaped(name)] { return value }
            throw CELFailure(message: "no such key: \(CELText.string(key))")
        default: throw .noOverload
        }
    }

    // MARK: Macros

    private mutating func comprehension(_ node: CELNode.Comprehension) throws(CELFailure) -> CELValue {
        let range = try value(node.range)
        let entries: [(CELValue, CELValue)]
        switch range {
        case .list(let elements):
            entries = node.secondVariable == nil
                ? elements.map { ($0, .null) } : elements.enumerated().map { (.int(Int64($0.offset)), $0.element) }
        case .map(let members): entries = members.sorted { CELText.string($0.key) < CELText.string($1.key) }.map { ($0, $1) }
        case .object(let members): entries = members.sorted { $0.key < $1.key }.map { (.string($0), $1) }
        default: throw .noOverload
        }
        let outer = variables[node.variable]
        let outerSecond = node.secondVariable.flatMap { variables[$0] }
        defer {
            variables[node.variable] = outer
            if let second = node.secondVariable { variables[second] = outerSecond }
        }
        switch node.macro {
        case .all, .exists: return try quantified(node, entries)
        case .existsOne:
            var count = 0
            for entry in entries where try holds(node.body, node, entry) { count += 1 }
            return .bool(count == 1)
        case .filter:
            var kept: [CELValue] = []
            for entry in entries where try holds(node.body, node, entry) { kept.append(entry.0) }
            return .list(kept)
        case .map:
            var mapped: [CELValue] = []
            for entry in entries {
                if let filter = node.filter, try !holds(filter, node, entry) { continue }
                bind(node, entry)
                mapped.append(try value(node.body))
            }
            return .list(mapped)
        }
    }

    private mutating func bind(_ node: CELNode.Comprehension, _ entry: (CELValue, CELValue)) {
        variables[node.variable] = entry.0
        if let second = node.secondVariable { variables[second] = entry.1 }
    }

    private mutating func holds(
        _ condition: CELNode, _ node: CELNode.Comprehension, _ entry: (CELValue, CELValue)
    ) throws(CELFailure) -> Bool {
        bind(node, entry)
        guard case .bool(let result) = try value(condition) else { throw .noOverload }
        return result
    }

    /// `all` and `exists`: an element that decides makes errors of others not matter.
    private mutating func quantified(
        _ node: CELNode.Comprehension, _ entries: [(CELValue, CELValue)]
    ) throws(CELFailure) -> CELValue {
        let decisive = node.macro == .exists
        var failure: CELFailure?
        for entry in entries {
            do throws(CELFailure) {
                if try holds(node.body, node, entry) == decisive { return .bool(decisive) }
            } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
        return .bool(!decisive)
    }

    // MARK: Calls

    private mutating func call(
        _ receiver: CELNode?, _ name: String, _ arguments: [CELNode]
    ) throws(CELFailure) -> CELValue {
        switch name {
        case "_&&_": return try logic(arguments, decisive: false)
        case "_||_": return try logic(arguments, decisive: true)
        case "_?_:_":
            guard case .bool(let condition) = try value(arguments[0]) else { throw .noOverload }
            return try value(arguments[condition ? 1 : 2])
        case "_[_]": return try index(optionalBase(arguments[0]), value(arguments[1]))
        case "_[?_]":
            let base = try optionalBase(arguments[0])
            let key = try value(arguments[1])
            return .optional(try? index(base, key))
        default: break
        }
        if let receiver, case .identifier(let library) = receiver.kind, variables[library] == nil,
            CELFunctions.libraries.contains(library)
        {
            return try CELFunctions.call("\(library).\(name)", receiver: nil, try values(arguments))
        }
        var target: CELValue?
        if let receiver { target = try value(receiver) }
        if name == "orValue", case .optional(let wrapped)? = target {
            if let wrapped { return wrapped }
            return try value(arguments[0])
        }
        let values = try values(arguments)
        try spend(Self.cost(target, values))
        return try CELFunctions.call(name, receiver: target, values)
    }

    private mutating func values(_ nodes: [CELNode]) throws(CELFailure) -> [CELValue] {
        var result: [CELValue] = []
        for node in nodes { result.append(try value(node)) }
        return result
    }

    private mutating func optionalBase(_ node: CELNode) throws(CELFailure) -> CELValue {
        let base = try value(node)
        if case .optional(let wrapped?) = base { return wrapped }
        return base
    }

    /// Long texts and lists cost more than a step.
    private static func cost(_ receiver: CELValue?, _ arguments: [CELValue]) -> Int {
        func size(_ value: CELValue) -> Int {
            switch value {
            case .string(let text): text.utf8.count / 10
            case .list(let elements): elements.count
            default: 0
            }
        }
        return (receiver.map(size) ?? 0) + arguments.reduce(0) { $0 + size($1) }
    }

    /// `&&` and `||` in any order: a decisive side makes an error of the other not matter.
    private mutating func logic(_ arguments: [CELNode], decisive: Bool) throws(CELFailure) -> CELValue {
        var failure: CELFailure?
        for argument in arguments {
            do throws(CELFailure) {
                guard case .bool(let side) = try value(argument) else { throw CELFailure.noOverload }
                if side == decisive { return .bool(decisive) }
            } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
        return .bool(!decisive)
    }
}

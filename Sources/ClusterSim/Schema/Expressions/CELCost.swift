// How much a rule can cost at most, judged by the bounds that its schema declares.

import JSONTree

/// An estimate of evaluation cost, after Kubernetes' documentation ("Resource use by validation
/// functions") and the cost model of cel-go: a step a node, text a tenth of a step a character,
/// macros their body for every element.
enum CELCost {
    /// What a rule may cost over a whole object.
    static let ruleMax = 10_000_000.0
    /// The largest request that the server reads, in bytes: no list or text is longer.
    private static let requestBytesMax = 3_145_728.0

    /// How many elements or members a node can have at most: as declared, else as many of the
    /// smallest kind as fit a request.
    static func countMax(_ schema: TypeSchema) -> Double {
        let constraints = schema.shape.constraints
        switch schema.form {
        case .array:
            if let max = constraints.itemsMax { return Double(max) }
            return (requestBytesMax / (smallestSize(schema.items) + 1)).rounded(.up)
        case .object:
            if let max = constraints.propertiesMax { return Double(max) }
            return requestBytesMax / (smallestSize(schema.shape.additional?.target ?? .any) + 4)
        case .string:
            if let max = constraints.lengthMax { return Double(max) * 4 }
            if let values = constraints.enumeration { return Double(values.map { ($0.string ?? "").utf8.count }.max() ?? 0) }
            return isTime(schema) ? 40 : requestBytesMax
        case .any, .intOrString: return requestBytesMax
        default: return 1
        }
    }

    private static func isTime(_ schema: TypeSchema) -> Bool {
        ["date", "date-time", "duration"].contains(schema.shape.format)
    }

    /// The fewest bytes that a value takes in a request.
    private static func smallestSize(_ schema: TypeSchema) -> Double {
        switch schema.form {
        case .object:
            var size = 2.0
            for field in schema.shape.fields where field.isRequired {
                size += Double(field.name.utf8.count) + 4 + smallestSize(field.schema)
            }
            return size
        case .array, .string: return 2
        case .boolean: return 4
        default: return 1
        }
    }

    /// The highest cost of one evaluation.
    static func estimate(_ node: CELNode, _ schema: TypeSchema) -> Double {
        var estimator = Estimator(variables: ["self": .schema(schema), "oldSelf": .schema(schema)])
        return estimator.visit(node).cost
    }

    /// What is known of a value: its schema, or how large it can be.
    private indirect enum Shape {
        case schema(TypeSchema)
        case list(count: Double, element: Shape)
        case text(count: Double)
        case scalar

        /// Elements, members or characters.
        var count: Double {
            switch self {
            case .schema(let schema): CELCost.countMax(schema)
            case .list(let count, _): count
            case .text(let count): count
            case .scalar: 1
            }
        }

        var element: Shape {
            switch self {
            case .schema(let schema):
                if schema.form == .array { .schema(schema.items) } else if schema.isMap { .text(count: 64) } else { .scalar }
            case .list(_, let element): element
            case .text, .scalar: .scalar
            }
        }
    }

    private struct Estimator {
        var variables: [String: Shape]

        mutating func visit(_ node: CELNode) -> (cost: Double, shape: Shape) {
            switch node.kind {
            case .literal(.string(let text)): return (0, .text(count: Double(text.utf8.count)))
            case .literal: return (0, .scalar)
            case .identifier(let name): return (1, variables[name] ?? .scalar)
            case .select(let operand, let field, let isTest, _):
                let base = visit(operand)
                return (base.cost + 1, isTest ? .scalar : Self.field(field, of: base.shape))
            case .list(let elements):
                let parts = elements.map { visit($0) }
                return (
                    10 + parts.reduce(0) { $0 + $1.cost },
                    .list(count: Double(elements.count), element: parts.first?.shape ?? .scalar)
                )
            case .map(let entries):
                return (30 + entries.reduce(0) { $0 + visit($1.key).cost + visit($1.value).cost }, .scalar)
            case .binding(let variable, let value, let result):
                let bound = visit(value)
                variables[variable] = bound.shape
                let rest = visit(result)
                return (bound.cost + rest.cost, rest.shape)
            case .comprehension(let comprehension): return visit(comprehension)
            case .call(let receiver, let name, let arguments): return visit(receiver, name, arguments)
            }
        }

        private static func field(_ name: String, of shape: Shape) -> Shape {
            guard case .schema(let schema) = shape else { return .scalar }
            if let field = schema.shape.fields.first(where: { CELName.escaped($0.name) == name }) {
                return .schema(field.schema)
            }
            return schema.shape.additional.map { .schema($0.target) } ?? .scalar
        }

        private mutating func visit(_ node: CELNode.Comprehension) -> (cost: Double, shape: Shape) {
            let range = visit(node.range)
            let count = range.shape.count
            variables[node.variable] = node.secondVariable == nil ? range.shape.element : .scalar
            if let second = node.secondVariable { variables[second] = range.shape.element }
            let body = visit(node.body)
            let filter = node.filter.map { visit($0).cost } ?? 0
            let perElement = body.cost + filter + 3
            switch node.macro {
            case .map: return (range.cost + count * (perElement + 10), .list(count: count, element: body.shape))
            case .filter: return (range.cost + count * (perElement + 10), .list(count: count, element: range.shape.element))
            case .all, .exists, .existsOne: return (range.cost + count * perElement, .scalar)
            }
        }

        private mutating func visit(
            _ receiver: CELNode?, _ name: String, _ arguments: [CELNode]
        ) -> (cost: Double, shape: Shape) {
            let target = receiver.map { visit($0) }
            let parts = (target.map { [$0] } ?? []) + arguments.map { visit($0) }
            let base = parts.reduce(0) { $0 + $1.cost }
            let first = parts.first?.shape ?? .scalar
            let second = parts.count > 1 ? parts[1].shape : .scalar
            switch name {
            case "_?_:_": return (parts[0].cost + max(parts[1].cost, parts[2].cost), parts[1].shape)
            case "_[_]": return (base + 1, Self.indexed(first))
            case "@in": return (base + second.count, .scalar)
            case "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_":
                return (base + max(1, min(Self.width(first), Self.width(second)) * 0.1), .scalar)
            case "_+_": return (base + max(1, (Self.width(first) + Self.width(second)) * 0.1), Self.sum(first, second))
            case "contains": return (base + Self.width(first) * 0.1 * max(1, Self.width(second) * 0.1), .scalar)
            case "startsWith", "endsWith": return (base + max(1, Self.width(second) * 0.1), .scalar)
            case "matches", "find", "findAll":
                return (base + (Self.width(first) + 1) * 0.1 * max(1, Self.width(second) * 0.25), .text(count: Self.width(first)))
            case "split", "lowerAscii", "upperAscii", "trim", "replace", "substring", "join", "reverse":
                return (base + max(1, Self.width(first) * 0.1), name == "split" ? .list(count: Self.width(first), element: .text(count: Self.width(first))) : .text(count: Self.width(first)))
            case "isSorted", "sum", "min", "max", "indexOf", "lastIndexOf", "distinct", "sort":
                return (base + first.count, .scalar)
            case "sets.contains", "sets.equivalent", "sets.intersects": return (base + first.count * second.count, .scalar)
            default: return (base + 1, .scalar)
            }
        }

        private static func indexed(_ shape: Shape) -> Shape {
            if case .schema(let schema) = shape, schema.form != .array {
                return schema.shape.additional.map { .schema($0.target) } ?? .scalar
            }
            return shape.element
        }

        /// Characters of a text; other values compare in a step.
        private static func width(_ shape: Shape) -> Double {
            switch shape {
            case .text(let count): count
            case .schema(let schema):
                [.string, .array, .object, .any].contains(schema.form) && !(schema.form == .object && !schema.isMap)
                    ? countMax(schema) : 1
            case .list(let count, _): count
            case .scalar: 1
            }
        }

        private static func sum(_ left: Shape, _ right: Shape) -> Shape {
            switch (left, right) {
            case (.list(let a, let element), _): .list(count: a + right.count, element: element)
            case (.scalar, .scalar): .scalar
            default: .text(count: left.count + right.count)
            }
        }
    }
}

// Validation of custom resources: types, bounds, logic, lists.

import JSONTree

extension SchemaOperations {
    /// Checks types, enums, patterns, bounds, required fields, list keys and CEL rules of a custom
    /// resource. `old` is the stored object at an update, for transition rules.
    static func validate(_ value: JSON, old: JSON?, _ schema: TypeSchema) -> [FieldError] {
        if schema.shape.isBuiltin { return [] }
        var validator = StructuralValidator()
        validator.visit(value, old: old, schema, "")
        var errors = validator.errors
        var lists = ListValidator()
        lists.visit(value, schema, "")
        errors += lists.errors
        errors += EmbeddedResources.errors(value, schema, "")
        guard ruleBearing(schema) else { return errors }
        if errors.contains(where: \.blocksRules) {
            errors.append(
                FieldError(
                    .invalid, "<nil>", value: .null,
                    "some validation rules were not checked because the object was invalid; "
                        + "correct the existing errors to complete validation"))
            return errors
        }
        var rules = RuleValidator()
        rules.visit(value, old: old, schema, "")
        return errors + rules.errors
    }

    /// Whether a value fits a node, for defaults of a CustomResourceDefinition.
    static func validateDefault(_ value: JSON, _ schema: TypeSchema) -> [FieldError] {
        var validator = StructuralValidator()
        validator.visit(value, old: nil, schema, "")
        return validator.errors
    }

    private static func ruleBearing(_ schema: TypeSchema) -> Bool { schema.hasRules }
}

extension FieldError {
    /// Whether CEL rules are not evaluated beside this error.
    fileprivate var blocksRules: Bool {
        switch kind {
        case .notSupported, .required, .tooLong, .tooMany, .typeInvalid: true
        case .invalid, .duplicate, .notFound, .forbidden, .internalError: false
        }
    }
}

/// Validates values as kube-openapi's validator does, with its messages.
struct StructuralValidator {
    private(set) var errors: [FieldError] = []
    /// Errors are for reading; a hostile document gets no longer answer than this.
    private static let errorsMax = 100

    private mutating func add(_ error: FieldError) {
        if errors.count < Self.errorsMax { errors.append(error) }
    }

    /// Checks a value and what is below it.
    ///
    /// - Parameter old: the value that this one replaces, where the two can be told to be the same:
    ///   what an update does not change is not held against it ("validation ratcheting").
    mutating func visit(_ value: JSON, old: JSON?, _ schema: TypeSchema, _ path: String) {
        if value.isNull, schema.shape.isNullable { return }
        if schema.shape.isBuiltin || old == value { return }
        checkType(value, schema, path)
        let constraints = schema.shape.constraints
        checkLogic(value, constraints, path)
        switch value {
        case .string(let text):
            checkString(text, constraints, path)
            StringFormat.check(text, schema.shape.format, path).map { add($0) }
        case .int, .number:
            checkNumber(value, constraints, path)
            checkWidth(value, schema, path)
        case .array(let elements): checkArray(elements, old: old, schema, path)
        case .object(let members): checkObject(members, old: old?.object, schema, path)
        default: break
        }
        if let allowed = constraints.enumeration, !allowed.contains(where: { $0.isEquivalent(to: value) }) {
            add(.notSupported(path, value, allowed.map(Self.plain)))
        }
    }

    private static func plain(_ value: JSON) -> String { value.string ?? value.text() }

    /// Checks the type. What else is demanded of a value's actual type is looked at all the same.
    private mutating func checkType(_ value: JSON, _ schema: TypeSchema, _ path: String) {
        let found = Self.typeName(value)
        let fits: Bool
        let expected: String
        switch schema.form {
        case .any: return
        case .intOrString:
            expected = "integer,string"
            fits = found == "integer" || found == "string"
        case .number:
            expected = "number"
            fits = found == "integer" || found == "number"
        default:
            expected = schema.shape.typeName
            fits = found == expected
        }
        if fits { return }
        add(
            FieldError(
                .typeInvalid, path, value: .string(found),
                "\(path) in body must be of type \(expected): \"\(found)\""))
        if found == "number", schema.form == .integer {
            add(
                FieldError(
                    .invalid, "<nil>", value: "",
                    "Checked value must be of type integer (default format) in \(path)"))
        }
    }

    /// Whole numbers have to fit into their format.
    private mutating func checkWidth(_ value: JSON, _ schema: TypeSchema, _ path: String) {
        guard schema.form == .integer, schema.shape.format == "int32", let number = value.int,
            Int32(exactly: number) == nil
        else { return }
        add(
            FieldError(
                .invalid, "<nil>", value: "",
                "Checked value must be of type integer with format int32 in \(path)"))
    }

    /// The value's JSON schema type; whole numbers are integers however they are written.
    static func typeName(_ value: JSON) -> String {
        if case .number = value, let double = value.double, double == double.rounded(), abs(double) < 1e18 {
            return "integer"
        }
        return value.typeName
    }

    // MARK: Scalars

    private mutating func checkString(_ text: String, _ constraints: SchemaConstraints, _ path: String) {
        if let max = constraints.lengthMax, text.unicodeScalars.count > max {
            add(FieldError(.tooLong, path, "may not be more than \(max) bytes"))
        }
        if let min = constraints.lengthMin, text.unicodeScalars.count < min {
            add(.invalid(path, .string(text), "\(path) in body should be at least \(min) chars long"))
        }
        if let pattern = constraints.pattern, let expression = try? RegularExpression(pattern),
            !expression.matches(text)
        {
            add(.invalid(path, .string(text), "\(path) in body should match '\(pattern)'"))
        }
    }

    private mutating func checkNumber(_ value: JSON, _ constraints: SchemaConstraints, _ path: String) {
        guard let number = value.double else { return }
        if let factor = constraints.multipleOf, let step = factor.double, step != 0 {
            let ratio = number / step
            if abs(ratio - ratio.rounded()) > 1e-9 {
                add(.invalid(path, value, "\(path) in body should be a multiple of \(factor.text())"))
            }
        }
        if let bound = constraints.maximum, let max = bound.double {
            if constraints.isExclusiveMaximum ? number >= max : number > max {
                let word = constraints.isExclusiveMaximum ? "less than" : "less than or equal to"
                add(.invalid(path, value, "\(path) in body should be \(word) \(bound.text())"))
            }
        }
        if let bound = constraints.minimum, let min = bound.double {
            if constraints.isExclusiveMinimum ? number <= min : number < min {
                let word = constraints.isExclusiveMinimum ? "greater than" : "greater than or equal to"
                add(.invalid(path, value, "\(path) in body should be \(word) \(bound.text())"))
            }
        }
    }

    // MARK: Containers

    private mutating func checkArray(_ elements: [JSON], old: JSON?, _ schema: TypeSchema, _ path: String) {
        let constraints = schema.shape.constraints
        if schema.shape.items != nil {
            let items = schema.items
            let before = ListElement.correlated(old, schema)
            for (index, element) in elements.enumerated() {
                visit(element, old: before(element), items, "\(path)[\(index)]")
            }
        }
        if let min = constraints.itemsMin, elements.count < min {
            add(.invalid(path, JSON(elements.count), "\(path) in body should have at least \(min) items"))
        }
        if let max = constraints.itemsMax, elements.count > max {
            add(FieldError(.tooMany, path, value: JSON(elements.count), Self.most(max)))
        }
        if constraints.itemsAreUnique, Set(elements).count < elements.count {
            add(.invalid(path, .array(elements), "\(path) in body shouldn't contain duplicates"))
        }
    }

    private static func most(_ max: Int) -> String { "must have at most \(max) item\(max == 1 ? "" : "s")" }

    private mutating func checkObject(
        _ members: JSONObject, old: JSONObject?, _ schema: TypeSchema, _ path: String
    ) {
        let constraints = schema.shape.constraints
        if let min = constraints.propertiesMin, members.count < min {
            add(.invalid(path, JSON(members.count), "\(path) in body should have at least \(min) properties"))
        }
        if let max = constraints.propertiesMax, members.count > max {
            add(FieldError(.tooMany, path, value: JSON(members.count), Self.most(max)))
        }
        for name in constraints.required where members[name] == nil {
            add(.required(Self.join(path, name)))
        }
        for (name, member) in members {
            if let type = schema.member(name) {
                visit(member, old: old?[name], type, Self.join(path, name))
            } else if constraints.forbidsAdditional {
                add(.invalid(path, .string(""), "\(path).\(name) in body is a forbidden property"))
            }
        }
    }

    static func join(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    // MARK: Logic

    private func failures(_ value: JSON, _ schema: TypeSchema, _ path: String) -> [FieldError] {
        var inner = StructuralValidator()
        inner.visit(value, old: nil, schema, path)
        return inner.errors
    }

    private mutating func addLogic(_ path: String, _ text: String) {
        add(FieldError(.invalid, "<nil>", value: "", "\"\(path)\" \(text)"))
    }

    private mutating func checkLogic(_ value: JSON, _ constraints: SchemaConstraints, _ path: String) {
        if !constraints.anyOf.isEmpty {
            let results = constraints.anyOf.map { failures(value, $0, path) }
            if !results.contains(where: \.isEmpty) {
                addLogic(path, "must validate at least one schema (anyOf)")
                for error in results[0] { add(error) }
            }
        }
        if !constraints.oneOf.isEmpty {
            let results = constraints.oneOf.map { failures(value, $0, path) }
            let valid = results.filter(\.isEmpty).count
            if valid != 1 {
                let count = valid == 0 ? "Found none valid" : "Found \(valid) valid alternatives"
                addLogic(path, "must validate one and only one schema (oneOf). \(count)")
                if valid == 0 { for error in results[0] { add(error) } }
            }
        }
        if !constraints.allOf.isEmpty {
            let results = constraints.allOf.map { failures(value, $0, path) }
            for error in results.joined() { add(error) }
            let valid = results.filter(\.isEmpty).count
            if valid < results.count {
                addLogic(path, "must validate all the schemas (allOf)\(valid == 0 ? ". None validated" : "")")
            }
        }
        if let not = constraints.not, failures(value, not, path).isEmpty {
            addLogic(path, "must not validate the schema (not)")
        }
    }
}

/// What objects inside custom resources need.
enum EmbeddedResources {
    private static func metadata(_ metadata: JSON, _ path: String) -> [FieldError] {
        let name = metadata["name"].string ?? ""
        let wrong = name.isEmpty ? [] : MetadataRules.pathSegmentErrors(name)
        return wrong.map { .invalid("\(path).name", .string(name), $0) }
            + MetadataRules.labels(metadata["labels"], "\(path).labels")
            + MetadataRules.annotations(metadata["annotations"], "\(path).annotations")
    }

    /// The errors of embedded objects: without a type, or with bad metadata.
    static func errors(_ value: JSON, _ schema: TypeSchema, _ path: String) -> [FieldError] {
        if schema.shape.isBuiltin || schema.form.isScalar { return [] }
        var errors: [FieldError] = []
        switch value {
        case .object(let members):
            if schema.shape.isEmbeddedResource {
                for name in ["apiVersion", "kind"] where (members[name]?.string ?? "").isEmpty {
                    errors.append(.required(StructuralValidator.join(path, name), "must not be empty"))
                }
                errors += metadata(members["metadata"] ?? .null, StructuralValidator.join(path, "metadata"))
            }
            for (name, member) in members {
                guard let type = schema.member(name) else { continue }
                errors += Self.errors(member, type, StructuralValidator.join(path, name))
            }
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                errors += Self.errors(element, schema.items, "\(path)[\(index)]")
            }
        default: break
        }
        return errors
    }
}

/// Finds duplicates in sets and map lists.
private struct ListValidator {
    var errors: [FieldError] = []

    mutating func visit(_ value: JSON, _ schema: TypeSchema, _ path: String) {
        switch value {
        case .array(let elements):
            guard schema.form == .array, !schema.shape.isBuiltin else { return }
            if schema.shape.listType != .atomic { checkDuplicates(elements, schema, path) }
            let items = schema.items
            if items.form.isScalar { return }
            for (index, element) in elements.enumerated() { visit(element, items, "\(path)[\(index)]") }
        case .object(let members):
            for (name, member) in members {
                guard let type = schema.member(name), !type.form.isScalar, !type.shape.isBuiltin else { continue }
                visit(member, type, StructuralValidator.join(path, name))
            }
        default: return
        }
    }

    private mutating func checkDuplicates(_ elements: [JSON], _ schema: TypeSchema, _ path: String) {
        var seen: Set<JSON> = []
        for (index, element) in elements.enumerated() {
            let identity: JSON
            if schema.shape.listType == .set {
                identity = element
            } else {
                guard element.object != nil else { continue }
                var keys = JSONObject()
                for name in schema.shape.listMapKeys { keys[name] = element[name] }
                identity = .object(keys.sorted())
            }
            if !seen.insert(identity).inserted { errors.append(.duplicate("\(path)[\(index)]", identity)) }
        }
    }
}

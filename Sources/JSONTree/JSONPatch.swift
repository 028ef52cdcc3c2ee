// JSON Patch (RFC 6902): apply and build.

/// One operation of a JSON patch.
package enum JSONPatchOperation: Hashable, Sendable {
    case add(JSONPointer, JSON)
    case remove(JSONPointer)
    case replace(JSONPointer, JSON)
    case move(from: JSONPointer, to: JSONPointer)
    case copy(from: JSONPointer, to: JSONPointer)
    case test(JSONPointer, JSON)
}

/// Why a JSON patch cannot be read or applied.
package enum JSONPatchError: Error, Hashable, Sendable {
    /// The document is not a list of operations; the text says what is wrong.
    case malformed(String)
    /// A `test` found another value.
    case testFailed(JSONPointer)
    /// A path does not lead anywhere.
    case missing(JSONPointer)
}

/// A JSON patch: operations that all hold, in order, or change nothing.
package struct JSONPatch: Hashable, Sendable {
    package var operations: [JSONPatchOperation]

    package init(_ operations: [JSONPatchOperation]) { self.operations = operations }

    /// Reads the patch document.
    ///
    /// - Throws: `.malformed` when it is not an array of operations with what each needs.
    package init(document: JSON) throws(JSONPatchError) {
        guard case .array(let entries) = document else { throw .malformed("a JSON patch is an array") }
        var operations: [JSONPatchOperation] = []
        for entry in entries { operations.append(try Self.operation(entry)) }
        self.operations = operations
    }

    private static func operation(_ entry: JSON) throws(JSONPatchError) -> JSONPatchOperation {
        func pointer(_ key: String) throws(JSONPatchError) -> JSONPointer {
            guard let text = entry[key].string, let pointer = JSONPointer(text) else {
                throw .malformed("operation without a valid \"\(key)\"")
            }
            return pointer
        }
        func value() throws(JSONPatchError) -> JSON {
            guard let value = entry.object?["value"] else {
                throw .malformed("operation \"\(entry["op"].string ?? "")\" without a value")
            }
            return value
        }
        switch entry["op"].string {
        case "add": return .add(try pointer("path"), try value())
        case "remove": return .remove(try pointer("path"))
        case "replace": return .replace(try pointer("path"), try value())
        case "move": return .move(from: try pointer("from"), to: try pointer("path"))
        case "copy": return .copy(from: try pointer("from"), to: try pointer("path"))
        case "test": return .test(try pointer("path"), entry["value"])
        case let other: throw .malformed("unknown operation \"\(other ?? "")\"")
        }
    }

    /// The patch as a document.
    package var document: JSON {
        .array(
            operations.map { operation in
                switch operation {
                case .add(let path, let value):
                    ["op": "add", "path": .string(path.description), "value": value]
                case .remove(let path): ["op": "remove", "path": .string(path.description)]
                case .replace(let path, let value):
                    ["op": "replace", "path": .string(path.description), "value": value]
                case .move(let from, let to):
                    ["op": "move", "from": .string(from.description), "path": .string(to.description)]
                case .copy(let from, let to):
                    ["op": "copy", "from": .string(from.description), "path": .string(to.description)]
                case .test(let path, let value):
                    ["op": "test", "path": .string(path.description), "value": value]
                }
            })
    }

    /// The target after all operations.
    ///
    /// - Throws: `.testFailed` or `.missing`; the target is then as before.
    package func apply(to target: JSON) throws(JSONPatchError) -> JSON {
        var result = target
        for operation in operations {
            switch operation {
            case .add(let path, let value): try Self.edit(&result, path) { .added(value) }
            case .remove(let path): try Self.edit(&result, path) { .removed }
            case .replace(let path, let value): try Self.edit(&result, path) { .replaced(value) }
            case .move(let from, let to):
                guard let value = result.value(at: from) else { throw .missing(from) }
                if to.tokens.starts(with: from.tokens), to != from { throw .missing(to) }
                try Self.edit(&result, from) { .removed }
                try Self.edit(&result, to) { .added(value) }
            case .copy(let from, let to):
                guard let value = result.value(at: from) else { throw .missing(from) }
                try Self.edit(&result, to) { .added(value) }
            case .test(let path, let value):
                guard (result.value(at: path) ?? .null).isEquivalent(to: value) else { throw .testFailed(path) }
            }
        }
        return result
    }

    private enum Edit { case added(JSON), removed, replaced(JSON) }

    private static func edit(
        _ root: inout JSON, _ path: JSONPointer, _ edit: () -> Edit
    ) throws(JSONPatchError) {
        try apply(edit(), to: &root, path.tokens[...], whole: path)
    }

    private static func apply(
        _ edit: Edit, to value: inout JSON, _ tokens: ArraySlice<String>, whole: JSONPointer
    ) throws(JSONPatchError) {
        guard let token = tokens.first else {
            switch edit {
            case .added(let new), .replaced(let new): value = new
            case .removed: value = .null
            }
            return
        }
        let isLast = tokens.count == 1
        switch value {
        case .object(var object):
            if isLast {
                switch edit {
                case .added(let new): object[token] = new
                // evanphx/json-patch, which the API server uses, lets replace add a map's member.
                case .replaced(let new): object[token] = new
                case .removed:
                    guard object[token] != nil else { throw .missing(whole) }
                    object[token] = nil
                }
            } else {
                guard var child = object[token] else { throw .missing(whole) }
                object[token] = .null
                try apply(edit, to: &child, tokens.dropFirst(), whole: whole)
                object[token] = child
            }
            value = .object(object)
        case .array(var elements):
            try apply(edit, to: &elements, token, tokens, whole: whole)
            value = .array(elements)
        default: throw .missing(whole)
        }
    }

    private static func apply(
        _ edit: Edit, to elements: inout [JSON], _ token: String, _ tokens: ArraySlice<String>,
        whole: JSONPointer
    ) throws(JSONPatchError) {
        let isLast = tokens.count == 1
        if isLast, token == "-", case .added(let new) = edit {
            elements.append(new)
            return
        }
        // evanphx/json-patch counts negative indices from the end; in an add, of the longer array.
        var index = JSON.arrayIndex(token) ?? -1
        if index < 0, token.hasPrefix("-"), let back = JSON.arrayIndex(String(token.dropFirst())), back > 0 {
            var count = elements.count
            if isLast, case .added = edit { count += 1 }
            index = count - back
        }
        guard index >= 0 else { throw .missing(whole) }
        if isLast, case .added(let new) = edit {
            guard index <= elements.count else { throw .missing(whole) }
            elements.insert(new, at: index)
            return
        }
        guard index < elements.count else { throw .missing(whole) }
        guard isLast else {
            try apply(edit, to: &elements[index], tokens.dropFirst(), whole: whole)
            return
        }
        switch edit {
        case .replaced(let new): elements[index] = new
        case .removed: elements.remove(at: index)
        case .added: break
        }
    }
}

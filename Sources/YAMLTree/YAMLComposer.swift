// libyaml's events to trees: anchors, merge keys, duplicate names and limits.

import CYAML
import JSONTree

/// Reads one text. A class because it owns libyaml's parser, which must be freed exactly once.
final class YAMLComposer {
    private struct Node {
        var tree: JSON
        var marks: YAMLMarks
        /// Nodes in it, itself included, aliases expanded.
        var size: Int
        /// Whether it is a plain `<<`.
        var isMergeKey = false
    }

    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let event: UnsafeMutablePointer<yaml_event_t>
    private let file: String
    private let limits: YAMLLimits
    private var anchors: [String: Node] = [:]
    private var nodeCount = 0
    private var isParserReady = false
    private var holdsEvent = false

    /// - Parameter bytes: must outlive the composer.
    init(bytes: UnsafeBufferPointer<UInt8>, file: String, limits: YAMLLimits) {
        parser = .allocate(capacity: 1)
        event = .allocate(capacity: 1)
        self.file = file
        self.limits = limits
        isParserReady = yaml_parser_initialize(parser) == 1
        if isParserReady { yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count) }
    }

    deinit {
        if holdsEvent { yaml_event_delete(event) }
        if isParserReady { yaml_parser_delete(parser) }
        event.deallocate()
        parser.deallocate()
    }

    func documents() throws(YAMLError) -> [YAMLDocument] {
        guard isParserReady else { throw YAMLError("out of memory", mark(yaml_mark_t()), goLine: 0) }
        var documents: [YAMLDocument] = []
        while true {
            try next()
            switch event.pointee.type {
            case YAML_STREAM_END_EVENT, YAML_NO_EVENT: return documents
            case YAML_DOCUMENT_START_EVENT:
                anchors = [:]
                try next()
                let isEmpty = isEmptyScalar
                let node = try node(depth: 0)
                if isEmpty { continue }
                documents.append(YAMLDocument(tree: node.tree, marks: node.marks, file: file))
                if documents.count > limits.documentCountMax {
                    throw error("more than \(limits.documentCountMax) documents")
                }
            default: continue
            }
        }
    }

    // MARK: Events

    private func next() throws(YAMLError) {
        if holdsEvent { yaml_event_delete(event) }
        holdsEvent = false
        guard yaml_parser_parse(parser, event) == 1 else { throw syntaxError() }
        holdsEvent = true
    }

    /// What Go's port of libyaml names as the line is the context's if there is one, and for
    /// scanner errors one more (gopkg.in/yaml.v2, decode.go, `fail`).
    private func syntaxError() -> YAMLError {
        let state = parser.pointee
        let problem = state.problem.map { String(cString: $0) } ?? "unknown problem parsing YAML content"
        let base = state.context_mark.line != 0 ? state.context_mark.line : state.problem_mark.line
        let goLine = base == 0 ? 0 : Int(base) + (state.error == YAML_SCANNER_ERROR ? 1 : 0)
        return YAMLError(problem, mark(state.problem_mark), goLine: goLine)
    }

    private func mark(_ mark: yaml_mark_t) -> YAMLMark {
        YAMLMark(file: file, line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }

    private func error(_ message: String) -> YAMLError { YAMLError(message, mark(event.pointee.start_mark)) }

    private var isEmptyScalar: Bool {
        guard event.pointee.type == YAML_SCALAR_EVENT else { return false }
        let scalar = event.pointee.data.scalar
        return scalar.length == 0 && scalar.style == YAML_PLAIN_SCALAR_STYLE && scalar.anchor == nil
            && scalar.tag == nil
    }

    private func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(cString: $0) }
    }

    // MARK: Nodes

    private func count(_ size: Int) throws(YAMLError) {
        nodeCount += size
        if nodeCount > limits.nodeCountMax {
            throw error("more than \(limits.nodeCountMax) nodes with aliases expanded")
        }
    }

    /// Composes the node that the current event begins.
    private func node(depth: Int) throws(YAMLError) -> Node {
        if depth > limits.depthMax { throw error("nested deeper than \(limits.depthMax) levels") }
        let start = event.pointee.start_mark
        let place = YAMLMarks(line: Int32(truncatingIfNeeded: start.line) + 1, column: Int32(truncatingIfNeeded: start.column) + 1)
        switch event.pointee.type {
        case YAML_ALIAS_EVENT:
            let name = text(event.pointee.data.alias.anchor) ?? ""
            guard let node = anchors[name] else { throw error("unknown anchor '\(name)' referenced") }
            try count(node.size)
            return node
        case YAML_SCALAR_EVENT:
            try count(1)
            return try scalar(place)
        case YAML_SEQUENCE_START_EVENT:
            try count(1)
            return try sequence(place, depth: depth)
        case YAML_MAPPING_START_EVENT:
            try count(1)
            return try mapping(place, depth: depth)
        default: throw error("unexpected end of a document")
        }
    }

    private func remember(_ anchor: String?, _ node: Node) -> Node {
        if let anchor { anchors[anchor] = node }
        return node
    }

    private func scalar(_ place: YAMLMarks) throws(YAMLError) -> Node {
        let scalar = event.pointee.data.scalar
        let value = String(
            decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
        let tag = YAMLTag(text(scalar.tag))
        let isPlain = scalar.plain_implicit != 0
        let tree: JSON
        do throws(YAMLScalarError) {
            tree = try YAMLScalar.value(value, tag: tag, isPlain: isPlain)
        } catch {
            throw self.error(error.message)
        }
        let isMergeKey = value == "<<" && (isPlain && tag == .none || tag == .merge)
        return remember(text(scalar.anchor), Node(tree: tree, marks: place, size: 1, isMergeKey: isMergeKey))
    }

    private func sequence(_ place: YAMLMarks, depth: Int) throws(YAMLError) -> Node {
        let anchor = text(event.pointee.data.sequence_start.anchor)
        var elements: [JSON] = []
        var marks = place
        var size = 1
        try next()
        while event.pointee.type != YAML_SEQUENCE_END_EVENT {
            let element = try node(depth: depth + 1)
            elements.append(element.tree)
            marks.elements.append(element.marks)
            size += element.size
            try next()
        }
        return remember(anchor, Node(tree: .array(elements), marks: marks, size: size))
    }

    private func mapping(_ place: YAMLMarks, depth: Int) throws(YAMLError) -> Node {
        let anchor = text(event.pointee.data.mapping_start.anchor)
        var object = JSONObject()
        var marks = place
        var size = 1
        var merged: [Node] = []
        var keyMarks: [String: YAMLMark] = [:]
        try next()
        while event.pointee.type != YAML_MAPPING_END_EVENT {
            let keyMark = mark(event.pointee.start_mark)
            let key = try node(depth: depth + 1)
            try next()
            let valueMark = mark(event.pointee.start_mark)
            let value = try node(depth: depth + 1)
            size += key.size + value.size
            if key.isMergeKey {
                try collect(value, at: valueMark, into: &merged)
            } else {
                let name = try name(of: key, at: keyMark)
                if let first = keyMarks[name] {
                    throw YAMLError("key \"\(name)\" already set in map, first at \(first)", keyMark)
                }
                keyMarks[name] = keyMark
                object[name] = value.tree
                marks.members[name] = value.marks
            }
            try next()
        }
        merge(merged, into: &object, &marks)
        return remember(anchor, Node(tree: .object(object), marks: marks, size: size))
    }

    // MARK: Names and merge keys

    /// A member's name as sigs.k8s.io/yaml makes it of a scalar that is no string.
    private func name(of key: Node, at place: YAMLMark) throws(YAMLError) -> String {
        switch key.tree {
        case .string(let text): return text
        case .int(let value): return String(value)
        case .bool(let value): return value ? "true" : "false"
        case .number(let number): return number.literal
        case .null, .array, .object:
            throw YAMLError("unsupported map key of type \(key.tree.typeName)", place)
        }
    }

    private func collect(
        _ value: Node, at place: YAMLMark, into merged: inout [Node]
    ) throws(YAMLError) {
        switch value.tree {
        case .object: merged.append(value)
        case .array(let elements) where elements.allSatisfy({ $0.object != nil }):
            for (position, element) in elements.enumerated() {
                merged.append(Node(tree: element, marks: value.marks.elements[position], size: 0))
            }
        default: throw YAMLError("map merge requires map or sequence of maps as the value", place)
        }
    }

    /// Own members win over merged ones, earlier merged mappings over later ones
    /// (https://yaml.org/type/merge.html).
    private func merge(_ merged: [Node], into object: inout JSONObject, _ marks: inout YAMLMarks) {
        for node in merged {
            guard case .object(let source) = node.tree else { continue }
            for (name, value) in source where object[name] == nil {
                object[name] = value
                marks.members[name] = node.marks.members[name]
            }
        }
    }
}

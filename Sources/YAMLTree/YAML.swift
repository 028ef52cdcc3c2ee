// YAML text to and from JSON trees, as Kubernetes' tools read and write it.

package import JSONTree

/// A place in a YAML text.
package struct YAMLMark: Hashable, Sendable, CustomStringConvertible {
    /// The name the text was parsed under; empty when it has none.
    package var file: String
    /// From 1.
    package var line: Int
    /// In characters, from 1.
    package var column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `deploy.yaml:3:7`, or `3:7` without a file.
    package var description: String { (file.isEmpty ? "" : "\(file):") + "\(line):\(column)" }
}

/// Why a text is not YAML that we read, and where.
package struct YAMLError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong: libyaml's words for its syntax errors, ours for the rest.
    package var message: String
    package var mark: YAMLMark
    /// The line that Go's YAML library names for the same error; 0 when it names none.
    package var goLine: Int

    init(_ message: String, _ mark: YAMLMark, goLine: Int? = nil) {
        self.message = message
        self.mark = mark
        self.goLine = goLine ?? mark.line
    }

    package var description: String { "\(mark): \(message)" }
    /// The message as Go's library words it: `yaml: line 5: found character that …`.
    package var goText: String { goLine > 0 ? "yaml: line \(goLine): \(message)" : "yaml: \(message)" }
}

/// Bounds on what is parsed.
package struct YAMLLimits: Sendable {
    /// Bytes of the whole text. The largest manifests in practice, bundles of
    /// CustomResourceDefinitions, have a few megabytes.
    package var byteCountMax = 32 << 20
    /// How deep collections may nest: the tree is walked recursively.
    package var depthMax = 300
    /// Nodes of a text with every alias counted as often as it is used, so that a few lines of
    /// nested aliases cannot stand for billions of nodes.
    package var nodeCountMax = 2_000_000
    /// Documents of one text.
    package var documentCountMax = 20_000

    package init() {}
}

/// One document of a YAML text.
package struct YAMLDocument: Sendable {
    package let tree: JSON
    let marks: YAMLMarks
    let file: String

    /// Where the value at a pointer begins; nil when there is no such value. A value that came
    /// through an alias or a merge key is where it was written.
    package func mark(at pointer: JSONPointer) -> YAMLMark? {
        var marks = marks
        for token in pointer.tokens {
            guard let next = marks.child(token) else { return nil }
            marks = next
        }
        return YAMLMark(file: file, line: Int(marks.line), column: Int(marks.column))
    }
}

/// YAML 1.1 as Kubernetes reads it (sigs.k8s.io/yaml): scalars become JSON values by its table,
/// and names of members become strings.
package enum YAML {
    /// Parses all documents of a text. Documents without any node (only comments) are left out.
    ///
    /// - Parameter file: the name used in marks and errors.
    /// - Throws: `YAMLError` for broken syntax, a name that stands twice in a mapping, values that
    ///   JSON cannot hold (`.inf`), and past the limits.
    package static func parse(
        _ text: String, file: String = "", limits: YAMLLimits = YAMLLimits()
    ) throws(YAMLError) -> [YAMLDocument] {
        guard text.utf8.count <= limits.byteCountMax else {
            throw YAMLError(
                "text has \(text.utf8.count) bytes, more than the limit of \(limits.byteCountMax)",
                YAMLMark(file: file, line: 1, column: 1), goLine: 0)
        }
        var text = text
        let result: Result<[YAMLDocument], YAMLError> = text.withUTF8 { bytes in
            do throws(YAMLError) {
                let composer = YAMLComposer(bytes: bytes, file: file, limits: limits)
                return .success(try composer.documents())
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Parses a text that holds one document.
    ///
    /// - Returns: Null for an empty text.
    /// - Throws: as `parse`, and when there is a second document.
    package static func parseOne(
        _ text: String, file: String = "", limits: YAMLLimits = YAMLLimits()
    ) throws(YAMLError) -> JSON {
        let documents = try parse(text, file: file, limits: limits)
        if documents.count > 1 {
            let mark = documents[1].mark(at: JSONPointer(tokens: []))
            throw YAMLError(
                "expected one document, found \(documents.count)",
                mark ?? YAMLMark(file: file, line: 1, column: 1))
        }
        return documents.first?.tree ?? .null
    }

    /// The tree in block style as `kubectl -o yaml` prints it, members in their order, ending with
    /// a line break. Strings are quoted wherever a YAML 1.1 reader would take them for another type.
    package static func text(_ tree: JSON) -> String { YAMLPrinter.text([tree]) }

    /// Several documents, separated by `---` lines.
    package static func text(documents: [JSON]) -> String {
        documents.map { text($0) }.joined(separator: "---\n")
    }
}

/// The places of a tree's nodes, in the tree's shape.
struct YAMLMarks: Sendable {
    var line: Int32
    var column: Int32
    var elements: [YAMLMarks] = []
    var members: [String: YAMLMarks] = [:]

    func child(_ token: String) -> YAMLMarks? {
        if let member = members[token] { return member }
        guard let index = Int(token), elements.indices.contains(index) else { return nil }
        return elements[index]
    }
}

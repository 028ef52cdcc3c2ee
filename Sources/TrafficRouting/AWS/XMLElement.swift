// The little XML that AWS's query API answers with: elements and text, nothing else.

/// An element with its text or its children. Attributes, comments and declarations are passed over.
struct XMLElement: Hashable {
    var name: String
    var text = ""
    var children: [XMLElement] = []

    /// Deeper answers than that are refused.
    private static let depthMax = 40
    private static let entities = ["lt": "<", "gt": ">", "amp": "&", "quot": "\"", "apos": "'"]

    /// Reads a document; nil when it is none.
    init?(_ document: String) {
        var rest = document[...]
        var open: [XMLElement] = []
        while let start = rest.firstIndex(of: "<") {
            if !open.isEmpty { open[open.count - 1].text += Self.plain(rest[..<start]) }
            guard let end = rest[start...].firstIndex(of: ">") else { return nil }
            let tag = rest[rest.index(after: start)..<end]
            rest = rest[rest.index(after: end)...]
            if tag.hasPrefix("?") || tag.hasPrefix("!") { continue }
            if tag.hasPrefix("/") {
                guard let done = open.popLast(), tag.dropFirst() == done.name else { return nil }
                if open.isEmpty {
                    self = done
                    return
                }
                open[open.count - 1].children.append(done)
                continue
            }
            let name = tag.prefix { !$0.isWhitespace && $0 != "/" }
            guard !name.isEmpty, open.count < Self.depthMax else { return nil }
            let element = XMLElement(name: String(name))
            if !tag.hasSuffix("/") {
                open.append(element)
            } else if open.isEmpty {
                self = element
                return
            } else {
                open[open.count - 1].children.append(element)
            }
        }
        return nil
    }

    private init(name: String) { self.name = name }

    private static func plain(_ text: Substring) -> String {
        guard text.contains("&") else { return String(text) }
        var result = ""
        var rest = text
        while let start = rest.firstIndex(of: "&") {
            result += rest[..<start]
            guard let end = rest[start...].firstIndex(of: ";") else { break }
            let entity = rest[rest.index(after: start)..<end]
            result += entities[String(entity)] ?? ""
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    func child(_ name: String) -> XMLElement? { children.first { $0.name == name } }
    /// A child's text; empty without one.
    subscript(_ name: String) -> String { child(name)?.text ?? "" }
    /// The `member` elements at the end of a path.
    func members(_ path: String...) -> [XMLElement] {
        var element: XMLElement? = self
        for name in path { element = element?.child(name) }
        return element?.children.filter { $0.name == "member" } ?? []
    }
}

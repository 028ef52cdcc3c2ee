// Paths into objects with wildcards and selections, from JSON pointers and jq's simple paths.

package import JSONTree

/// A path into a tree that may stand for several places.
package struct FieldPath: Hashable, Sendable {
    package enum Element: Hashable, Sendable {
        case name(String)
        case index(Int)
        /// All elements of a list, or all members.
        case each
        /// The elements whose member at a path of names has a value.
        case selected([String], JSON)
    }
    package var elements: [Element]

    package init(_ elements: [Element]) { self.elements = elements }

    /// Names, `*` for every element: `spec.http.*.route`.
    package init(names: String) {
        elements = names.split(separator: ".").map { $0 == "*" ? .each : .name(String($0)) }
    }

    /// A JSON pointer; a number is an index where there is a list.
    package init?(jsonPointer text: String) {
        guard let pointer = JSONPointer(text) else { return nil }
        elements = pointer.tokens.map { .name($0) }
    }

    /// Reads jq's paths: `.a.b`, `.a["b.c"]`, `.a[]`, `.a[0]`,
    /// `.a[] | select(.name == "x") | .b`; nil for anything else.
    package init?(jq text: String) {
        var elements: [Element] = []
        var rest = Substring(text)
        while !rest.isEmpty {
            rest = rest.drop { $0 == " " || $0 == "|" || $0 == "\n" }
            if rest.isEmpty { break }
            if rest.hasPrefix("select(") {
                guard let close = rest.firstIndex(of: ")"), case .each? = elements.last,
                    let selection = Self.selection(rest[rest.index(rest.startIndex, offsetBy: 7)..<close])
                else { return nil }
                elements[elements.count - 1] = selection
                rest = rest[rest.index(after: close)...]
                continue
            }
            guard let (element, remainder) = Self.step(rest) else { return nil }
            if let element { elements.append(element) }
            rest = remainder
        }
        guard !elements.isEmpty else { return nil }
        self.elements = elements
    }

    /// One `.name`, `."name"`, `[…]` or lone dot, and what follows it.
    private static func step(_ text: Substring) -> (Element?, Substring)? {
        var rest = text
        if rest.hasPrefix(".") {
            rest.removeFirst()
            if rest.hasPrefix("[") { return (nil, rest) }
            if rest.hasPrefix("\"") {
                let body = rest.dropFirst()
                guard let close = body.firstIndex(of: "\"") else { return nil }
                return (.name(String(body[..<close])), body[body.index(after: close)...])
            }
            let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
            return (name.isEmpty ? nil : .name(String(name)), rest.dropFirst(name.count))
        }
        guard rest.hasPrefix("["), let close = rest.firstIndex(of: "]") else { return nil }
        let inside = rest[rest.index(after: rest.startIndex)..<close]
        let remainder = rest[rest.index(after: close)...]
        if inside.isEmpty { return (.each, remainder) }
        if let index = Int(inside) { return (.index(index), remainder) }
        guard inside.hasPrefix("\""), inside.hasSuffix("\""), inside.count > 1 else { return nil }
        return (.name(String(inside.dropFirst().dropLast())), remainder)
    }

    private static func selection(_ text: Substring) -> Element? {
        guard let mark = text.firstRange(of: "==") else { return nil }
        let left = text[..<mark.lowerBound].filter { $0 != " " }
        let right = text[mark.upperBound...].drop { $0 == " " }
        guard left.hasPrefix("."), let value = try? JSON.parse(String(right)) else { return nil }
        return .selected(left.dropFirst().split(separator: ".").map(String.init), value)
    }

    /// The places in a tree that the path stands for.
    package func places(in tree: JSON) -> [JSONPointer] {
        var open: [(tokens: [String], value: JSON)] = [([], tree)]
        for element in elements {
            open = open.flatMap { place in
                Self.children(of: place.value, element).map { (place.tokens + [$0.token], $0.value) }
            }
        }
        return open.map { JSONPointer(tokens: $0.tokens) }
    }

    private static func children(of value: JSON, _ element: Element) -> [(token: String, value: JSON)] {
        switch (element, value) {
        case (.name(let name), .object(let object)): return object[name].map { [(name, $0)] } ?? []
        case (.name(let name), .array(let list)):
            guard let index = Int(name), list.indices.contains(index) else { return [] }
            return [(name, list[index])]
        case (.index(let index), .array(let list)):
            let position = index < 0 ? list.count + index : index
            return list.indices.contains(position) ? [(String(position), list[position])] : []
        case (.each, .array(let list)): return list.enumerated().map { (String($0.offset), $0.element) }
        case (.each, .object(let object)): return object.map { ($0.key, $0.value) }
        case (.selected(let path, let wanted), .array(let list)):
            return list.enumerated().filter { $0.element.at(path).isEquivalent(to: wanted) }
                .map { (String($0.offset), $0.element) }
        default: return []
        }
    }

    /// The tree without the places; list elements are taken from the end first.
    package func removed(from tree: JSON) -> JSON {
        let places = places(in: tree)
        guard !places.isEmpty else { return tree }
        let operations = places.reversed().map { JSONPatchOperation.remove($0) }
        return (try? JSONPatch(operations).apply(to: tree)) ?? tree
    }
}

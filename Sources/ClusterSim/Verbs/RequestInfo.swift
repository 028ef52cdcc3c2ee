// What a request's path and query ask for.

import HTTPModel
import JSONTree
import KubeModel

/// A request's path, taken apart as k8s.io/apiserver's `RequestInfoFactory` does.
struct RequestInfo: Sendable {
    var isResourceRequest = false
    /// The path without trailing slashes, decoded.
    var path: String
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`; for other
    /// paths the method in lower case.
    var verb: String
    var group = ""
    var version = ""
    var namespace = ""
    var resource = ""
    var name = ""
    var subresource = ""
    /// What follows the subresource, for proxies.
    var rest: [String] = []

    init(_ request: HTTPRequest, query: QueryOptions) {
        let parts = request.path.split(separator: "/").map { HTTPQuery.decoded(String($0)) }
        path = "/" + parts.joined(separator: "/")
        verb = request.method.lowercased()
        var rest = parts[...]
        guard let root = rest.popFirst(), root == "api" || root == "apis" else { return }
        if root == "apis" {
            guard let first = rest.popFirst() else { return }
            group = first
        }
        guard let second = rest.popFirst(), !rest.isEmpty else { return }
        version = second
        isResourceRequest = true
        verb = Self.verbs[request.method] ?? ""
        if rest.first == "watch" {
            // The old form: /api/v1/watch/… (deprecated since 1.11, still served).
            rest.removeFirst()
            if verb == "get" { verb = "watch" }
        }
        parse(rest)
        if name.isEmpty, verb == "get" { verb = query.isWatch ? "watch" : "list" }
        if name.isEmpty, verb == "delete" { verb = "deletecollection" }
    }

    private static let verbs = [
        "GET": "get", "HEAD": "get", "POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete",
    ]

    private mutating func parse(_ parts: ArraySlice<String>) {
        var parts = parts
        if parts.first == "namespaces", parts.count > 1 {
            parts.removeFirst()
            let name = parts.removeFirst()
            namespace = name
            let isOfNamespace = parts.isEmpty || ["status", "finalize"].contains(parts.first ?? "")
            if isOfNamespace {
                resource = "namespaces"
                self.name = name
                subresource = parts.first ?? ""
                return
            }
        }
        resource = parts.popFirst() ?? ""
        name = parts.popFirst() ?? ""
        subresource = parts.popFirst() ?? ""
        rest = Array(parts)
    }
}

/// The query of a request, read leniently as Go's converters do.
struct QueryOptions: Sendable {
    private let pairs: [(name: String, value: String)]

    init(_ request: HTTPRequest) { pairs = request.query }

    /// The first value of a parameter; nil when it is not there.
    subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }
    func all(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }

    /// apimachinery's `Convert_Slice_string_To_bool`: only `false` and `0` are false.
    func flag(_ name: String) -> Bool {
        guard let value = self[name] else { return false }
        return !["false", "0"].contains(value.lowercased())
    }

    /// A whole number; nil when the parameter is missing or empty.
    func integer(_ name: String) throws(StatusError) -> Int64? {
        guard let text = self[name], !text.isEmpty else { return nil }
        guard let value = Int64(text) else {
            throw .badRequest("strconv.ParseInt: parsing \(GoText.quoted(text)): invalid syntax")
        }
        return value
    }

    var isWatch: Bool { flag("watch") }
    var isPretty: Bool? {
        guard let value = self["pretty"] else { return nil }
        return !["false", "0"].contains(value.lowercased())
    }
}

/// Text as Go's `fmt` writes it.
enum GoText {
    /// `%q` for text without odd characters.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// `%q` of a list of strings: `["a" "b"]`.
    static func quotedList(_ texts: [String]) -> String {
        "[" + texts.map(quoted).joined(separator: " ") + "]"
    }

    /// `%v` of a decoded JSON value: `map[a:1 b:[x y]]`.
    static func value(_ value: JSON) -> String {
        switch value {
        case .null: "<nil>"
        case .string(let text): text
        case .array(let elements): "[" + elements.map(Self.value).joined(separator: " ") + "]"
        case .object(let members):
            "map[" + members.sorted().map { "\($0):\(Self.value($1))" }.joined(separator: " ") + "]"
        default: value.text()
        }
    }

    /// `%#v` of a list of strings: `[]string{"a", "b"}`.
    static func literal(_ texts: [String]) -> String {
        "[]string{" + texts.map(quoted).joined(separator: ", ") + "}"
    }
}

// What a request is about, by its method and path: verb, resource, object.

import HTTPModel

/// The API server's `RequestInfo` (k8s.io/apiserver, pkg/endpoints/request/requestinfo.go).
struct RequestTarget: Hashable, Sendable {
    var verb: String
    var isResource = false
    var group = ""
    var version = ""
    var namespace = ""
    var resource = ""
    var subresource = ""
    var name = ""

    init(_ request: HTTPRequest) {
        verb = request.method.lowercased()
        var parts = request.path.split(separator: "/").map { HTTPQuery.decoded(String($0)) }[...]
        guard let root = parts.popFirst(), root == "api" || root == "apis" else { return }
        if root == "apis" {
            guard parts.count >= 3, let group = parts.popFirst() else { return }
            self.group = group
        }
        guard parts.count >= 2, let version = parts.popFirst() else { return }
        self.version = version
        isResource = true
        var isWatch = false
        if parts.first == "watch" {
            isWatch = true
            parts.removeFirst()
        }
        takeObject(parts)
        takeVerb(request, isWatch: isWatch)
    }

    private mutating func takeObject(_ path: ArraySlice<String>) {
        var parts = path
        // `namespaces/NS` and its subresources are about the Namespace itself.
        if parts.first == "namespaces", parts.count >= 2 {
            namespace = parts[parts.startIndex + 1]
            let third = parts.dropFirst(2).first
            if let third, third != "status", third != "finalize" { parts = parts.dropFirst(2) }
        }
        resource = parts.popFirst() ?? ""
        name = parts.popFirst() ?? ""
        subresource = parts.popFirst() ?? ""
    }

    private mutating func takeVerb(_ request: HTTPRequest, isWatch: Bool) {
        switch request.method {
        case "POST": verb = "create"
        case "PUT": verb = "update"
        case "PATCH": verb = "patch"
        case "DELETE": verb = name.isEmpty ? "deletecollection" : "delete"
        case "GET", "HEAD":
            verb = name.isEmpty ? "list" : "get"
            guard request.target.contains("?") || isWatch else { return }
            let query = request.query
            let wish = query.first { $0.name == "watch" }?.value
            if isWatch || (name.isEmpty && wish.map { ["", "1", "true"].contains($0.lowercased()) } == true) {
                verb = "watch"
            }
            let selector = query.first { $0.name == "fieldSelector" }?.value ?? ""
            if name.isEmpty, selector.hasPrefix("metadata.name="), !selector.contains(",") {
                name = String(selector.dropFirst("metadata.name=".count))
            }
        default: break
        }
    }
}

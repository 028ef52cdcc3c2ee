// From a request to the verb that answers it.

import HTTPModel
import JSONTree
import KubeModel

extension ClusterMachine {
    /// Answers a request, or says why not.
    mutating func route(_ request: HTTPRequest, user: UserInfo) throws(StatusError) -> APIAnswer {
        let query = QueryOptions(request)
        let info = RequestInfo(request, query: query)
        refreshAccessRules()
        let user = try impersonated(user, request)
        guard info.isResourceRequest else {
            try authorizePath(user, info)
            return .response(try document(info, request, query))
        }
        guard !info.resource.isEmpty else {
            try authorizePath(user, info)
            return .response(try resourceList(info, request, query))
        }
        try authorize(user, info)
        guard
            let definition = catalog.definition(
                group: info.group, version: info.version, resource: info.resource)
        else {
            // A group that nobody serves is no path at all, nor is anything unknown in custom groups.
            let isBuiltin = info.group.isEmpty || BuiltinResources.all.contains { $0.group == info.group }
            throw isBuiltin ? .pathNotFound : .noPage
        }
        let format = try OutputFormat(accept: request.headers["Accept"], query: query, allowsShapes: true)
        let call = APICall(
            request: request, info: info, query: query, user: user, format: format, definition: definition)
        if let warning = definition.deprecationWarning { warnings.append(warning) }
        return try dispatch(call)
    }

    private mutating func dispatch(_ call: APICall) throws(StatusError) -> APIAnswer {
        let info = call.info
        let definition = call.definition
        try Self.checkPlace(call)
        if !info.subresource.isEmpty { return try subresource(call) }
        guard definition.verbs.contains(info.verb) else { throw .methodNotAllowed }
        if let answer = try review(call) { return answer }
        switch info.verb {
        case "get":
            try call.format.check(isList: false, definition)
            return try get(call)
        case "list":
            try call.format.check(isList: true, definition)
            return try list(call)
        case "watch": return try openWatch(call)
        case "create" where definition.groupKind == GroupKind("", "Binding"): return try createBinding(call)
        case "create": return try create(call)
        case "update": return try replace(call)
        case "patch": return try patch(call)
        case "delete": return try delete(call)
        case "deletecollection": return try deleteCollection(call)
        default: throw .methodNotAllowed
        }
    }

    /// Paths and methods that no resource has: writes to all namespaces, names in a POST, namespaces
    /// of cluster-scoped resources.
    private static func checkPlace(_ call: APICall) throws(StatusError) {
        let info = call.info
        // Custom resources are served behind the built-in ones: what they do not have is no path.
        if call.definition.isCustom,
            call.definition.isNamespaced != !info.namespace.isEmpty,
            !(call.definition.isNamespaced && ["list", "watch"].contains(info.verb))
        {
            throw .noPage
        }
        let isNamespacePath = call.definition.groupKind == .namespace
        if !call.definition.isNamespaced, !info.namespace.isEmpty, !isNamespacePath { throw .pathNotFound }
        if call.definition.isNamespaced, info.namespace.isEmpty {
            if !info.name.isEmpty { throw .pathNotFound }
            if !["list", "watch"].contains(info.verb) { throw .methodNotAllowed }
        }
        guard info.subresource.isEmpty else { return }
        let needsName = ["update", "patch"].contains(info.verb)
        if info.verb == "create" ? !info.name.isEmpty : needsName && info.name.isEmpty {
            throw .methodNotAllowed
        }
    }

    // MARK: Documents

    private mutating func resourceList(
        _ info: RequestInfo, _ request: HTTPRequest, _ query: QueryOptions
    ) throws(StatusError) -> HTTPResponse {
        let format = try OutputFormat.document(request, query)
        guard let list = Discovery(catalog: catalog).resourceList(group: info.group, version: info.version)
        else {
            throw .pathNotFound
        }
        return format.response(200, list)
    }

    /// Everything that is not a resource: discovery, OpenAPI, version, health.
    private mutating func document(
        _ info: RequestInfo, _ request: HTTPRequest, _ query: QueryOptions
    ) throws(StatusError) -> HTTPResponse {
        let parts = info.path.split(separator: "/").map(String.init)
        let isRead = ["GET", "HEAD"].contains(request.method)
        switch parts.first ?? "" {
        case "" where isRead:
            return try OutputFormat.document(request, query).response(200, ["paths": JSON(rootPaths)])
        case "api", "apis":
            return try discovery(parts, request, query)
        case "version" where parts.count == 1:
            return try OutputFormat.document(request, query).response(200, Self.version)
        case "healthz", "livez", "readyz":
            return Self.health(parts, query)
        case "openapi":
            return try openAPI(parts, request, query)
        default: return Self.pageNotFound
        }
    }

    static let pageNotFound = text(404, "404 page not found\n")

    static func text(_ status: Int, _ text: String) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: ["Content-Type": "text/plain; charset=utf-8"], body: Array(text.utf8))
    }

    private var rootPaths: [String] {
        var paths = ["/api", "/api/v1", "/apis"]
        var seen: Set<String> = []
        for definition in catalog.all where !definition.group.isEmpty {
            for path in ["/apis/\(definition.group)", "/apis/\(definition.group)/\(definition.version)"]
            where seen.insert(path).inserted {
                paths.append(path)
            }
        }
        return (paths + ["/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version"]).sorted()
    }

    /// The version that is told to clients: the one whose behaviour is copied.
    static let version: JSON = [
        "major": "1", "minor": "36", "emulationMajor": "1", "emulationMinor": "36",
        "minCompatibilityMajor": "1", "minCompatibilityMinor": "35", "gitVersion": "v1.36.2+martlet",
        "gitCommit": "", "gitTreeState": "clean", "buildDate": "1970-01-01T00:00:00Z", "goVersion": "",
        "compiler": "swiftc", "platform": "linux/amd64",
    ]

    private static func health(_ parts: [String], _ query: QueryOptions) -> HTTPResponse {
        let checks = ["ping", "log", "etcd", "poststarthook/start-apiextensions-controllers"]
        if parts.count > 1 {
            return checks.contains(parts.dropFirst().joined(separator: "/")) ? text(200, "ok") : pageNotFound
        }
        guard query["verbose"] != nil else { return text(200, "ok") }
        let excluded = query.all("exclude")
        let lines = checks.map { excluded.contains($0) ? "[+]\($0) excluded: ok" : "[+]\($0) ok" }
        return text(200, lines.joined(separator: "\n") + "\n\(parts[0]) check passed\n")
    }

    private func discovery(
        _ parts: [String], _ request: HTTPRequest, _ query: QueryOptions
    ) throws(StatusError) -> HTTPResponse {
        guard ["GET", "HEAD"].contains(request.method) else { throw .methodNotAllowed }
        let discovery = Discovery(catalog: catalog)
        let isCore = parts[0] == "api"
        if parts.count == 1 {
            for clause in MediaClause.parse(request.headers["Accept"] ?? "") {
                if let version = Self.aggregatedVersion(clause) {
                    var response = OutputFormat.json.response(
                        200, discovery.aggregated(version: version, isCore: isCore))
                    response.headers["Content-Type"] =
                        "application/json;g=apidiscovery.k8s.io;v=\(version);as=APIGroupDiscoveryList"
                    return response
                }
                if clause.parameters["as"] == nil,
                    ["application/json", "*/*", "application/*", "application/yaml"].contains(clause.type)
                {
                    break
                }
            }
            let format = try OutputFormat.document(request, query)
            return format.response(
                200,
                isCore
                    ? discovery.coreVersions(serverAddress: configuration.serverAddress) : discovery.groupList
            )
        }
        let format = try OutputFormat.document(request, query)
        if isCore {
            guard parts.count == 2, let list = discovery.resourceList(group: "", version: parts[1]) else {
                throw .pathNotFound
            }
            return format.response(200, list)
        }
        guard let group = discovery.group(parts[1]) else { return Self.pageNotFound }
        if parts.count == 2 { return format.response(200, group) }
        guard parts.count == 3, let list = discovery.resourceList(group: parts[1], version: parts[2]) else {
            throw .pathNotFound
        }
        return format.response(200, list)
    }

    private static func aggregatedVersion(_ clause: MediaClause) -> String? {
        guard clause.type == "application/json", clause.parameters["g"] == "apidiscovery.k8s.io",
            clause.parameters["as"] == "APIGroupDiscoveryList", let version = clause.parameters["v"],
            ["v2", "v2beta1"].contains(version)
        else { return nil }
        return version
    }

    private mutating func openAPI(
        _ parts: [String], _ request: HTTPRequest, _ query: QueryOptions
    ) throws(StatusError) -> HTTPResponse {
        switch parts.count {
        case 2 where parts[1] == "v2":
            if Self.wantsProtobuf(request, "v2") {
                let bytes = documents.bytes("v2 protobuf", catalog) { OpenAPI.protobuf(OpenAPI.v2($0.all), .v2) }
                return Self.protobuf(bytes, "v2")
            }
            let clauses = MediaClause.parse(request.headers["Accept"] ?? "")
            let isJSON =
                clauses.isEmpty
                || clauses.contains { ["application/json", "*/*", "application/*"].contains($0.type) }
            guard isJSON else { throw OutputFormat.notAcceptable }
            return json(documents.document("v2", catalog) { OpenAPI.v2($0.all) })
        case 2 where parts[1] == "v3":
            var response = json(documents.document("v3", catalog) { OpenAPI.v3Index($0.all) })
            response.headers["Content-Type"] = "text/plain; charset=utf-8"
            return response
        case 4 where parts[1] == "v3" && parts[2] == "api", 5 where parts[1] == "v3" && parts[2] == "apis":
            let group = parts[2] == "api" ? "" : parts[3]
            let version = parts[parts.count - 1]
            guard catalog.serves(group: group, version: version) else { return Self.pageNotFound }
            if Self.wantsProtobuf(request, "v3") {
                let bytes = documents.bytes("v3/\(group)/\(version) protobuf", catalog) {
                    OpenAPI.protobuf(OpenAPI.v3(group: group, version: version, $0.all) ?? .null, .v3)
                }
                return Self.protobuf(bytes, "v3")
            }
            return json(
                documents.document("v3/\(group)/\(version)", catalog) {
                    OpenAPI.v3(group: group, version: version, $0.all) ?? .null
                })
        default: return Self.pageNotFound
        }
    }

    /// Whether a client asks for an OpenAPI document in protocol buffers, in either spelling.
    private static func wantsProtobuf(_ request: HTTPRequest, _ version: String) -> Bool {
        let first = (request.headers["Accept"] ?? "").split(separator: ",").first ?? ""
        return first.hasPrefix("application/com.github.proto-openapi.spec.\(version)@")
            || first.hasPrefix("application/com.github.proto-openapi.spec.\(version).")
    }

    private static func protobuf(_ bytes: [UInt8], _ version: String) -> HTTPResponse {
        let type = "application/com.github.proto-openapi.spec.\(version).v1.0+protobuf"
        return HTTPResponse(status: 200, headers: ["Content-Type": type], body: bytes)
    }

    private func json(_ bytes: [UInt8]) -> HTTPResponse {
        HTTPResponse(status: 200, headers: ["Content-Type": "application/json"], body: bytes)
    }
}

extension OutputFormat {
    /// The form of a document that is not an object: no tables.
    static func document(_ request: HTTPRequest, _ query: QueryOptions) throws(StatusError) -> OutputFormat {
        try OutputFormat(accept: request.headers["Accept"], query: query, allowsShapes: false)
    }
}

/// Encoded documents, kept while the catalog stays as it is.
struct DocumentCache: Sendable {
    private var generation = -1
    private var texts: [String: [UInt8]] = [:]

    mutating func document(
        _ name: String, _ catalog: ResourceCatalog, _ make: (ResourceCatalog) -> JSON
    ) -> [UInt8] {
        bytes(name, catalog) { make($0).bytes() }
    }

    mutating func bytes(
        _ name: String, _ catalog: ResourceCatalog, _ make: (ResourceCatalog) -> [UInt8]
    ) -> [UInt8] {
        if generation != catalog.generation {
            generation = catalog.generation
            texts = [:]
        }
        if let text = texts[name] { return text }
        let text = make(catalog)
        texts[name] = text
        return text
    }
}

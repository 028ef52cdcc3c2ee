// Paths of OpenAPI documents: what clients look up to know which verbs and parameters there are.

import JSONTree
import KubeModel

/// The path items of one resource.
struct PathWriter {
    let resource: ResourceDefinition
    let dialect: OpenAPI.Dialect

    /// Every path of the resource with its item.
    func paths() -> [(String, JSON)] {
        let prefix = resource.group.isEmpty
            ? "/api/\(resource.version)" : "/apis/\(resource.group)/\(resource.version)"
        let scope = resource.isNamespaced ? "/namespaces/{namespace}" : ""
        let collection = "\(prefix)\(scope)/\(resource.resource)"
        var result: [(String, JSON)] = [(collection, collectionItem())]
        if resource.isNamespaced, resource.verbs.contains("list") {
            let list = item(["get": operation("list", "list")], isNamed: false, isGlobal: true)
            result.append(("\(prefix)/\(resource.resource)", list))
        }
        let named = "\(collection)/{name}"
        if resource.verbs.contains("get") { result.append((named, namedItem())) }
        for subresource in resource.subresources {
            result.append(("\(named)/\(subresource)", subresourceItem(subresource)))
        }
        return result.filter { _, item in item.object?.keys.contains { $0 != "parameters" } ?? false }
    }

    private func collectionItem() -> JSON {
        var operations = JSONObject()
        if resource.verbs.contains("list") { operations["get"] = operation("list", "list") }
        if resource.verbs.contains("create") { operations["post"] = operation("post", "create") }
        if resource.verbs.contains("deletecollection") {
            operations["delete"] = operation("deletecollection", "deletecollection")
        }
        return item(operations, isNamed: false)
    }

    private func namedItem() -> JSON {
        var operations = JSONObject()
        operations["get"] = operation("get", "read")
        if resource.verbs.contains("update") { operations["put"] = operation("put", "replace") }
        if resource.verbs.contains("patch") { operations["patch"] = operation("patch", "patch") }
        if resource.verbs.contains("delete") { operations["delete"] = operation("delete", "delete") }
        return item(operations, isNamed: true)
    }

    private func subresourceItem(_ subresource: String) -> JSON {
        var operations = JSONObject()
        switch subresource {
        case "eviction", "binding", "token":
            operations["post"] = operation("post", "create", subresource)
        case "log": operations["get"] = operation("get", "read", subresource)
        case "exec", "attach", "portforward", "proxy":
            operations["get"] = operation("connect", "connect", subresource)
            operations["post"] = operation("connect", "connect", subresource)
        default:
            operations["get"] = operation("get", "read", subresource)
            operations["put"] = operation("put", "replace", subresource)
            operations["patch"] = operation("patch", "patch", subresource)
        }
        return item(operations, isNamed: true)
    }

    /// An item: operations and the parameters of its path.
    private func item(_ operations: JSONObject, isNamed: Bool, isGlobal: Bool = false) -> JSON {
        var parameters: [JSON] = []
        if isNamed { parameters.append(pathParameter("name", "name of the \(resource.kind)")) }
        if resource.isNamespaced, !isGlobal {
            parameters.append(pathParameter("namespace", "object name and auth scope, such as for teams and projects"))
        }
        var result = operations
        if !parameters.isEmpty { result["parameters"] = .array(parameters) }
        return .object(result)
    }

    private func pathParameter(_ name: String, _ description: String) -> JSON {
        var parameter: JSON = [
            "name": .string(name), "in": "path", "description": .string(description), "required": true,
        ]
        if dialect == .v2 {
            parameter["type"] = "string"
            parameter["uniqueItems"] = true
        } else {
            parameter["schema"] = ["type": "string", "uniqueItems": true]
        }
        return parameter
    }

    // MARK: Operations

    private func operation(_ action: String, _ word: String, _ subresource: String = "") -> JSON {
        let kind = SubresourceKind.kind(subresource, of: resource) ?? resource.groupVersionKind
        let group = resource.group.split(separator: ".").first.map(String.init) ?? "core"
        let titled = group.prefix(1).uppercased() + group.dropFirst() + resource.version.prefix(1).uppercased()
            + resource.version.dropFirst()
        let scope = resource.isNamespaced ? "Namespaced" : ""
        let suffix = subresource.prefix(1).uppercased() + subresource.dropFirst()
        var result: JSON = [
            "description": .string("\(word) \(resource.kind)\(subresource.isEmpty ? "" : " \(subresource)")"),
            "operationId": .string("\(word)\(titled)\(scope)\(resource.kind)\(suffix)"),
            "tags": [.string("\(group)_\(resource.version)")],
            "x-kubernetes-action": .string(action),
            "x-kubernetes-group-version-kind": [
                "group": .string(kind.group), "kind": .string(kind.kind), "version": .string(kind.version),
            ],
        ]
        let parameters = dialect == .v2 ? parametersV2(action, kind) : parametersV3(action)
        if !parameters.isEmpty { result["parameters"] = .array(parameters) }
        let answer: String
        switch action {
        case "list":
            answer = DefinitionWriter.definitionName(
                GroupVersionKind(group: kind.group, version: kind.version, kind: kind.kind)) + "List"
        case "delete", "deletecollection": answer = "io.k8s.apimachinery.pkg.apis.meta.v1.Status"
        default: answer = DefinitionWriter.definitionName(kind)
        }
        addBodies(action, kind, answer, to: &result)
        return result
    }

    private func addBodies(_ action: String, _ kind: GroupVersionKind, _ answer: String, to result: inout JSON) {
        let schema: JSON = ["$ref": .string(dialect.definitionPrefix + answer)]
        if dialect == .v2 {
            result["produces"] = ["application/json", "application/yaml"]
            if action == "patch" { result["consumes"] = JSON(patchTypes) }
            result["responses"] = ["200": ["description": "OK", "schema": schema], "401": ["description": "Unauthorized"]]
            return
        }
        result["responses"] = [
            "200": ["description": "OK", "content": ["application/json": ["schema": schema]]],
            "401": ["description": "Unauthorized"],
        ]
        switch action {
        case "post", "put":
            let body: JSON = ["$ref": .string(dialect.definitionPrefix + DefinitionWriter.definitionName(kind))]
            result["requestBody"] = ["content": ["*/*": ["schema": body]], "required": true]
        case "patch":
            var content = JSONObject()
            for type in patchTypes { content[type] = ["schema": ["type": "object"]] }
            result["requestBody"] = ["content": .object(content), "required": true]
        case "delete", "deletecollection":
            let body: JSON = [
                "$ref": .string(dialect.definitionPrefix + "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions")
            ]
            result["requestBody"] = ["content": ["*/*": ["schema": body]]]
        default: break
        }
    }

    private var patchTypes: [String] {
        let types = ["application/json-patch+json", "application/merge-patch+json"]
        return types + (resource.isCustom ? [] : ["application/strategic-merge-patch+json"])
            + ["application/apply-patch+yaml"]
    }

    // MARK: Parameters

    private static let listParameters = [
        "allowWatchBookmarks", "continue", "fieldSelector", "labelSelector", "limit", "resourceVersion",
        "resourceVersionMatch", "sendInitialEvents", "shardSelector", "timeoutSeconds", "watch",
    ]
    private static let deleteParameters = [
        "dryRun", "gracePeriodSeconds", "ignoreStoreReadErrorWithClusterBreakingPotential",
        "orphanDependents", "propagationPolicy",
    ]
    private static let booleans: Set<String> = [
        "allowWatchBookmarks", "sendInitialEvents", "watch", "orphanDependents", "force",
        "ignoreStoreReadErrorWithClusterBreakingPotential",
    ]
    private static let integers: Set<String> = ["limit", "timeoutSeconds", "gracePeriodSeconds"]

    private static func type(_ name: String) -> JSON {
        booleans.contains(name) ? "boolean" : integers.contains(name) ? "integer" : "string"
    }

    private static func names(_ action: String) -> [String] {
        switch action {
        case "list": listParameters
        case "post", "put": ["dryRun", "fieldManager", "fieldValidation"]
        case "patch": ["dryRun", "fieldManager", "fieldValidation", "force"]
        case "delete": deleteParameters
        case "deletecollection":
            Array(Set(listParameters + deleteParameters).subtracting(["allowWatchBookmarks", "watch"])).sorted()
        default: []
        }
    }

    private func parametersV3(_ action: String) -> [JSON] {
        Self.names(action).map { name in
            ["name": .string(name), "in": "query", "schema": ["type": Self.type(name), "uniqueItems": true]]
        }
    }

    /// v2 documents refer to shared parameters for all but a few.
    private func parametersV2(_ action: String, _ kind: GroupVersionKind) -> [JSON] {
        var result: [JSON] = []
        if action == "post" || action == "put" {
            result.append([
                "name": "body", "in": "body", "required": true,
                "schema": ["$ref": .string(dialect.definitionPrefix + DefinitionWriter.definitionName(kind))],
            ])
        } else if action == "patch" || action.hasPrefix("delete") {
            result.append(["$ref": .string("#/parameters/body-\(action == "patch" ? "patch" : "delete")")])
        }
        for name in Self.names(action) {
            if name == "dryRun" || name == "fieldValidation" {
                result.append(["name": .string(name), "in": "query", "type": "string", "uniqueItems": true])
            } else {
                result.append(["$ref": .string("#/parameters/\(name)")])
            }
        }
        return result
    }

    /// The parameters that v2 operations refer to.
    static var sharedParameters: JSON {
        var result = JSONObject()
        let named = Set(listParameters + deleteParameters + ["fieldManager", "force"]).subtracting(["dryRun"])
        for name in named.sorted() {
            result[name] = ["name": .string(name), "in": "query", "type": type(name), "uniqueItems": true]
        }
        result["body-patch"] = ["name": "body", "in": "body", "required": true, "schema": ["type": "object"]]
        result["body-delete"] = [
            "name": "body", "in": "body",
            "schema": ["$ref": "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions"],
        ]
        return .object(result)
    }
}

// The OpenAPI documents, v2 and v3.

import JSONTree
import KubeModel

/// What clients read to explain, validate and apply. Documents are made of the same types that
/// the verbs use; whoever serves them keeps their bytes until the resources change.
enum OpenAPI {
    /// The two dialects: v2 (Swagger) and v3.
    enum Dialect: Sendable {
        case v2, v3

        /// Where definitions stand.
        var definitionPrefix: String { self == .v2 ? "#/definitions/" : "#/components/schemas/" }
    }

    private static let information: JSON = ["title": "Kubernetes", "version": "v1.36.0"]

    /// `/openapi/v2`.
    static func v2(_ resources: [ResourceDefinition]) -> JSON {
        var definitions = DefinitionWriter(dialect: .v2)
        var paths = JSONObject()
        for resource in resources {
            definitions.add(resource)
            for (path, item) in PathWriter(resource: resource, dialect: .v2).paths() { paths[path] = item }
        }
        return [
            "swagger": "2.0", "info": information, "paths": .object(paths.sorted()),
            "definitions": .object(definitions.finish()), "parameters": PathWriter.sharedParameters,
            "securityDefinitions": [
                "BearerToken": [
                    "description": "Bearer Token authentication", "type": "apiKey", "name": "authorization",
                    "in": "header",
                ]
            ],
            "security": [["BearerToken": []]],
        ]
    }

    /// `/openapi/v3`: paths of the group versions with their hash.
    static func v3Index(_ resources: [ResourceDefinition]) -> JSON {
        var hashes: [(path: String, hash: UInt64)] = []
        var positions: [String: Int] = [:]
        for resource in resources {
            let path = resource.group.isEmpty
                ? "api/\(resource.version)" : "apis/\(resource.group)/\(resource.version)"
            let position = positions[path] ?? hashes.count
            if position == hashes.count {
                positions[path] = position
                hashes.append((path, TextDigest.start))
            }
            hashes[position].hash = TextDigest.combine(hashes[position].hash, fingerprint(resource))
        }
        var paths = JSONObject()
        for (path, hash) in hashes.sorted(by: { $0.path < $1.path }) {
            let digits = String(hash, radix: 16, uppercase: true)
            let padded = String(repeating: "0", count: 16 - digits.count) + digits
            paths[path] = ["serverRelativeURL": .string("/openapi/v3/\(path)?hash=\(padded)")]
        }
        return ["paths": .object(paths)]
    }

    /// What a resource's part of a document depends on. Built-in types only change with the program.
    private static func fingerprint(_ resource: ResourceDefinition) -> String {
        let names = "\(resource.kind) \(resource.resource) \(resource.subresources) \(resource.isNamespaced)"
        return resource.isCustom ? names + (resource.schema?.shape.source.text() ?? "") : names
    }

    /// `/openapi/v3/apis/apps/v1`.
    ///
    /// - Returns: Nil when no resource is of that group and version.
    static func v3(group: String, version: String, _ resources: [ResourceDefinition]) -> JSON? {
        let own = resources.filter { $0.group == group && $0.version == version }
        guard !own.isEmpty else { return nil }
        var definitions = DefinitionWriter(dialect: .v3)
        var paths = JSONObject()
        for resource in own {
            definitions.add(resource)
            for (path, item) in PathWriter(resource: resource, dialect: .v3).paths() { paths[path] = item }
        }
        return [
            "openapi": "3.0.0", "info": information, "paths": .object(paths.sorted()),
            "components": [
                "schemas": .object(definitions.finish()),
                "securitySchemes": [
                    "BearerToken": [
                        "description": "Bearer Token authentication", "type": "apiKey",
                        "name": "authorization", "in": "header",
                    ]
                ],
            ],
        ]
    }
}

/// FNV-1a, 64 bits: the same in every process, unlike Swift's hashes.
enum TextDigest {
    static let start: UInt64 = 0xcbf2_9ce4_8422_2325

    static func combine(_ hash: UInt64, _ text: String) -> UInt64 {
        var hash = hash
        for byte in text.utf8 {
            hash ^= UInt64(byte)
            hash = hash &* 0x0000_0100_0000_01b3
        }
        return hash
    }
}

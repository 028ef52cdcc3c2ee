// Who owns which field after updates and applies.

import JSONTree
import KubeModel
import Testing

@testable import ClusterSim

@Suite struct SchemaManagedFieldsTests {
    private static let now = Timestamp(wholeSeconds: 1_800_000_000)

    private func schema(_ apiVersion: String, _ kind: String) throws -> TypeSchema {
        try #require(BuiltinSchemas.schema(of: GroupVersionKind(apiVersion: apiVersion, kind: kind)))
    }

    @Test func `a create owns what it sets and what was defaulted`() throws {
        var pod: JSON = [
            "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "p", "labels": ["a": "b"]],
            "spec": [
                "containers": [["name": "c", "image": "x", "resources": [:]]],
                "volumes": [["name": "v", "emptyDir": [:]]],
                "tolerations": [["key": "x"]],
            ],
        ]
        let type = try schema("v1", "Pod")
        SchemaOperations.normalize(&pod, type)
        let result = ManagedFields.recordUpdate(
            old: nil, new: pod, manager: "m", subresource: "", apiVersion: "v1", schema: type,
            now: Self.now)
        #expect(
            result["metadata"]["managedFields"] == [
                [
                    "manager": "m", "operation": "Update", "apiVersion": "v1",
                    "time": .string(Self.now.rfc3339), "fieldsType": "FieldsV1",
                    "fieldsV1": [
                        "f:metadata": ["f:labels": [".": [:], "f:a": [:]]],
                        "f:spec": [
                            "f:containers": [
                                #"k:{"name":"c"}"#: [
                                    ".": [:], "f:image": [:], "f:name": [:], "f:resources": [:],
                                ]
                            ],
                            "f:tolerations": [:],
                            "f:volumes": [
                                ".": [:], #"k:{"name":"v"}"#: [".": [:], "f:emptyDir": [:], "f:name": [:]],
                            ],
                        ],
                    ],
                ]
            ])
    }

    @Test func `an update takes the fields it changes from others`() throws {
        let type = try schema("v1", "ConfigMap")
        func map(_ data: JSON) -> JSON {
            ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "a"], "data": data]
        }
        let first = ManagedFields.recordUpdate(
            old: nil, new: map(["x": "1", "y": "1"]), manager: "one", subresource: "", apiVersion: "v1",
            schema: type, now: Self.now)
        let second = ManagedFields.recordUpdate(
            old: first, new: map(["x": "2"]), manager: "two", subresource: "", apiVersion: "v1",
            schema: type, now: Self.now)
        #expect(
            second["metadata"]["managedFields"].elements.map { $0["fieldsV1"] } == [
                ["f:data": [:]], ["f:data": ["f:x": [:]]],
            ])
    }
}

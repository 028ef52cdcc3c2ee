// Strategic merge patches of built-in kinds.

import JSONTree
import KubeModel
import Testing

@testable import ClusterSim

@Suite struct SchemaStrategicPatchTests {
    static let pod: JSON = [
        "spec": [
            "containers": [
                ["name": "a", "image": "a:1", "args": ["x", "y"], "env": [["name": "A", "value": "1"]]],
                ["name": "b", "image": "b:1"],
            ],
            "nodeSelector": ["n": "1"],
        ],
        "metadata": ["finalizers": ["f/1", "f/2"]],
    ]

    private func patched(_ patch: JSON) throws -> JSON {
        let schema = try #require(
            BuiltinSchemas.schema(of: GroupVersionKind(group: "", version: "v1", kind: "Pod")))
        return try SchemaOperations.applyStrategicPatch(patch, to: Self.pod, schema)
    }

    @Test func `lists with a merge key are merged, new elements come last`() throws {
        let result = try patched([
            "spec": ["containers": [["name": "c", "image": "c:1"], ["name": "a", "args": ["z"]]]]
        ])
        #expect(result["spec"]["containers"].elements.map { $0["name"] } == ["c", "a", "b"])
        #expect(result["spec"]["containers"][1]["args"] == ["z"])
        #expect(result["spec"]["containers"][1]["image"] == "a:1")
    }

    @Test func `directives delete and replace`() throws {
        #expect(
            try patched(["spec": ["containers": [["name": "a", "$patch": "delete"]]]])["spec"]["containers"]
                == [["name": "b", "image": "b:1"]])
        #expect(
            try patched(["spec": ["containers": [["name": "z"], ["$patch": "replace"]]]])["spec"]["containers"]
                == [["name": "z"]])
        #expect(
            try patched(["spec": ["nodeSelector": ["$patch": "replace", "m": "2"]]])["spec"]["nodeSelector"]
                == ["m": "2"])
        #expect(
            try patched(["metadata": ["$deleteFromPrimitiveList/finalizers": ["f/1"]]])["metadata"] == [
                "finalizers": ["f/2"]
            ])
    }

    @Test func `a replace directive in a list that is new leaves no trace`() throws {
        let result = try patched([
            "spec": ["containers": [["name": "b", "env": [["$patch": "replace"], ["name": "Z", "value": "1"]]]]]
        ])
        #expect(result["spec"]["containers"].elements.first { $0["name"] == "b" }?["env"] == [["name": "Z", "value": "1"]])
    }

    @Test func `an element order moves elements`() throws {
        let result = try patched([
            "spec": [
                "$setElementOrder/containers": [["name": "b"], ["name": "a"]],
                "containers": [["name": "b", "image": "b:2"]],
            ]
        ])
        #expect(result["spec"]["containers"].elements.map { $0["name"] } == ["b", "a"])
    }

    @Test func `a missing merge key and an unknown directive are server errors`() {
        #expect(throws: APIStatus.self) { try patched(["spec": ["containers": [["image": "x"]]]]) }
        do {
            _ = try patched(["spec": ["$patch": "bad"]])
            Issue.record("no error")
        } catch let status as APIStatus {
            #expect(status.code == 500)
            #expect(status.message == "unknown patch type: bad in map: map[$patch:bad]")
        } catch {
            Issue.record("wrong error")
        }
    }
}

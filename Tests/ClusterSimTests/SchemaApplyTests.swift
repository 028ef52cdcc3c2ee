// Server-side apply: owners, conflicts, removal, merging of lists.

import JSONTree
import KubeModel
import Testing

@testable import ClusterSim

@Suite struct SchemaApplyTests {
    private static let now = Timestamp(wholeSeconds: 1_800_000_000)

    /// A store of one object, written as the server's verbs write it.
    private struct Slot {
        let kind: GroupVersionKind
        let schema: TypeSchema
        var object: JSON?

        init(_ apiVersion: String, _ kind: String) throws {
            self.kind = GroupVersionKind(apiVersion: apiVersion, kind: kind)
            schema = try #require(BuiltinSchemas.schema(of: self.kind))
        }

        mutating func apply(_ manager: String, _ fields: JSON, force: Bool = false) throws {
            let applied = MergePatch.apply(
                fields,
                to: ["apiVersion": .string(kind.apiVersion), "kind": .string(kind.kind), "metadata": ["name": "a"]])
            var result = try ManagedFields.apply(
                live: object, applied: applied, manager: manager, force: force, subresource: "",
                apiVersion: kind.apiVersion, schema: schema, now: SchemaApplyTests.now)
            SchemaOperations.normalize(&result, schema)
            result.set(["metadata", "uid"], to: "u")
            object = result
        }

        mutating func update(_ manager: String, _ patch: JSON) {
            let new = MergePatch.apply(patch, to: object ?? [:])
            object = ManagedFields.recordUpdate(
                old: object, new: new, manager: manager, subresource: "", apiVersion: kind.apiVersion,
                schema: schema, now: SchemaApplyTests.now)
        }

        var owners: JSON {
            var result: JSON = [:]
            for entry in object?["metadata"]["managedFields"].elements ?? [] {
                result[entry["manager"].string ?? ""] = entry["fieldsV1"]
            }
            return result
        }
    }

    @Test func `what a manager no longer applies goes, unless somebody owns it`() throws {
        var slot = try Slot("v1", "ConfigMap")
        try slot.apply("one", ["metadata": ["labels": ["l": "1"]], "data": ["x": "1", "y": "2"]])
        try slot.apply("two", ["data": ["x": "1"]])
        try slot.apply("one", ["data": [:]])
        #expect(slot.object?["data"] == ["x": "1"])
        #expect(slot.object?["metadata"]["labels"].isNull == true)
        #expect(slot.owners == ["one": ["f:data": [:]], "two": ["f:data": ["f:x": [:]]]])
    }

    @Test func `a field of another manager is a conflict unless forced`() throws {
        var slot = try Slot("v1", "ConfigMap")
        try slot.apply("one", ["data": ["x": "1", "y": "1"]])
        do {
            try slot.apply("two", ["data": ["x": "2", "y": "2"]])
            Issue.record("no conflict")
        } catch let status as APIStatus {
            #expect(status.message == "Apply failed with 2 conflicts: conflicts with \"one\":\n- .data.x\n- .data.y")
            #expect(status.causes.map(\.field) == [".data.x", ".data.y"])
        }
        try slot.apply("two", ["data": ["x": "2"]], force: true)
        #expect(slot.owners == ["one": ["f:data": ["f:y": [:]]], "two": ["f:data": ["f:x": [:]]]])
    }

    @Test func `an apply that changes nothing adds an owner without a time`() throws {
        var slot = try Slot("v1", "ConfigMap")
        try slot.apply("one", ["data": ["x": "1"]])
        try slot.apply("two", ["data": ["x": "1"]])
        let entries = slot.object?["metadata"]["managedFields"].elements ?? []
        #expect(entries.map { $0["manager"] } == ["two", "one"])
        #expect(entries.map { $0["time"].isNull } == [true, false])
    }

    @Test func `containers merge by name, ports by number and protocol`() throws {
        var slot = try Slot("apps/v1", "Deployment")
        func spec(_ containers: JSON) -> JSON { ["spec": ["template": ["spec": ["containers": containers]]]] }
        try slot.apply("one", spec([["name": "c", "image": "x", "ports": [["containerPort": 80]]]]))
        try slot.apply("two", spec([["name": "side", "image": "y"], ["name": "c", "env": [["name": "B", "value": "2"]]]]))
        let containers = slot.object?["spec"]["template"]["spec"]["containers"] ?? .null
        #expect(containers.elements.map { $0["name"] } == ["side", "c"])
        #expect(containers[1]["image"] == "x")
        try slot.apply("two", spec([["name": "c"]]))
        let rest = slot.object?["spec"]["template"]["spec"]["containers"] ?? .null
        #expect(rest.elements.map { $0["name"] } == ["c"])
        #expect(rest[0]["env"].isNull)
        #expect(rest[0]["ports"].elements.count == 1)
    }

    @Test func `an update after an apply takes the field over`() throws {
        var slot = try Slot("v1", "ConfigMap")
        try slot.apply("one", ["data": ["x": "1", "y": "1"]])
        slot.update("upd", ["data": ["x": "2"]])
        #expect(slot.owners == ["one": ["f:data": ["f:y": [:]]], "upd": ["f:data": ["f:x": [:]]]])
        #expect(throws: APIStatus.self) { try slot.apply("one", ["data": ["x": "1"]]) }
    }

    @Test func `a reset forgets all owners, and updates do not bring them back`() throws {
        var slot = try Slot("v1", "ConfigMap")
        try slot.apply("one", ["data": ["x": "1"]])
        slot.update("upd", ["metadata": ["managedFields": [[:]]]])
        #expect(slot.owners == [:])
        slot.update("upd", ["data": ["z": "1"]])
        #expect(slot.owners == [:])
        try slot.apply("two", ["data": ["q": "1"]])
        #expect(slot.owners["before-first-apply"] == ["f:data": [".": [:], "f:x": [:], "f:z": [:]]])
    }

    @Test(
        "an applied object that does not fit is refused",
        arguments: [
            (#"{"spec":{"replicas":"x"}}"#, ".spec.replicas: expected numeric (int or float), got string"),
            (#"{"spec":{"foo":1}}"#, ".spec.foo: field not declared in schema"),
            (
                #"{"spec":{"template":{"spec":{"containers":[{"name":"a"},{"name":"a"}]}}}}"#,
                #".spec.template.spec.containers: duplicate entries for key [name="a"]"#
            ),
        ])
    func misfits(body: String, problem: String) throws {
        var slot = try Slot("apps/v1", "Deployment")
        do {
            try slot.apply("m", try JSON.parse(body))
            Issue.record("accepted")
        } catch let status as APIStatus {
            #expect(status.code == 500)
            #expect(
                status.message == "failed to create typed patch object (/a; apps/v1, Kind=Deployment): \(problem)")
        }
    }
}

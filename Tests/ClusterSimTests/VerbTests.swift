// The verbs on objects: create, read, update, patch, delete, watch.

import HTTPModel
import JSONTree
import KubeModel
import Testing

@testable import ClusterSim

@Suite struct VerbTests {
    let path = "/api/v1/namespaces/default/configmaps"

    @Test func `bootstrap objects are all accepted`() {
        let harness = Harness()
        #expect(harness.machine.bootstrapFailures == [])
    }

    @Test func `a created object can be read, listed and deleted`() {
        var harness = Harness()
        let created = harness.send("POST", path, Harness.configMap("a", data: ["x": "1"]))
        #expect(created.status == 201)
        #expect(created.body["metadata"]["uid"].string?.count == 36)
        let read = harness.send("GET", "\(path)/a")
        #expect(read.body == created.body)
        let list = harness.send("GET", "\(path)?fieldSelector=metadata.name%3Da").body
        #expect(list["kind"] == "ConfigMapList")
        #expect(list["items"].elements.map { $0["data"]["x"] } == ["1"])
        #expect(list["items"][0]["kind"].isNull)
        let gone = harness.send("DELETE", "\(path)/a")
        #expect(gone.status == 200)
        #expect(gone.body["details"]["kind"] == "configmaps")
        #expect(harness.send("GET", "\(path)/a").status == 404)
    }

    @Test func `a second create is refused, a generated name is free`() {
        var harness = Harness()
        harness.send("POST", path, Harness.configMap("a"))
        let again = harness.send("POST", path, Harness.configMap("a"))
        #expect(again.status == 409)
        #expect(again.body["reason"] == "AlreadyExists")
        let named = harness.send("POST", path, ["metadata": ["generateName": "g-"]])
        #expect(named.status == 201)
        #expect(named.body["metadata"]["name"].string?.count == 7)
    }

    @Test func `a stale update is a conflict and an equal one keeps the version`() {
        var harness = Harness()
        let first = harness.send("POST", path, Harness.configMap("a", data: ["x": "1"])).body
        let same = harness.send("PUT", "\(path)/a", Harness.configMap("a", data: ["x": "1"]))
        #expect(same.body["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"])
        harness.send("PATCH", "\(path)/a", ["data": ["x": "2"]], type: "application/merge-patch+json")
        let stale = harness.send("PUT", "\(path)/a", first)
        #expect(stale.status == 409)
        #expect(stale.body["message"].string?.contains("the object has been modified") == true)
    }

    @Test func `a finalizer delays a delete`() {
        var harness = Harness()
        var object = Harness.configMap("a")
        object.set(["metadata", "finalizers"], to: ["example.com/f"])
        harness.send("POST", path, object)
        let marked = harness.send("DELETE", "\(path)/a")
        #expect(marked.body["metadata"]["deletionTimestamp"].string != nil)
        harness.send(
            "PATCH", "\(path)/a", ["metadata": ["finalizers": .null]], type: "application/merge-patch+json")
        #expect(harness.send("GET", "\(path)/a").status == 404)
    }

    @Test func `a watch sees objects start and stop matching`() {
        var harness = Harness()
        harness.send("POST", path, Harness.configMap("a", labels: ["s": "in"]))
        let id = harness.watch("\(path)?watch=true&labelSelector=s%3Din")
        for value in ["out", "in"] {
            harness.send(
                "PATCH", "\(path)/a", ["metadata": ["labels": ["s": .string(value)]]],
                type: "application/merge-patch+json")
        }
        harness.send("DELETE", "\(path)/a")
        #expect(harness.events(id).summary == ["ADDED a", "DELETED a", "ADDED a", "DELETED a"])
    }

    @Test func `a cluster comes back from its journal`() {
        var harness = Harness()
        harness.send("POST", path, Harness.configMap("a", data: ["x": "1"]))
        harness.send("POST", path, Harness.configMap("b"))
        harness.send("DELETE", "\(path)/b")
        let before = harness.send("GET", "\(path)/a").body
        var records = harness.machine.drainJournal()
        records.shuffle()
        var restored = harness
        restored.machine = ClusterMachine(
            configuration: harness.machine.configuration, restoring: records, now: harness.now)
        #expect(restored.send("GET", "\(path)/a").body == before)
        #expect(restored.send("GET", "\(path)/b").status == 404)
        #expect(restored.machine.revision >= harness.machine.revision)
    }
}

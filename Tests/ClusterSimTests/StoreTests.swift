// The store: order, history, watches, bounds.

import JSONTree
import KubeModel
import Testing

@testable import ClusterSim

@Suite struct StoreTests {
    @Test func `a sorted map does what a dictionary does, in order`() {
        var map = SortedMap<Int>()
        var model: [String: Int] = [:]
        var generator = IdentityGenerator(seed: 7)
        for step in 0..<5000 {
            let key = "k\(generator.next() % 900)"
            if generator.next() % 3 == 0 {
                map[key] = nil
                model[key] = nil
            } else {
                map[key] = step
                model[key] = step
            }
        }
        var keys: [String] = []
        map.scan(from: "") { key, value in
            #expect(model[key] == value)
            keys.append(key)
            return true
        }
        #expect(keys == model.keys.sorted())
        #expect(map.count == model.count)
        var some: [String] = []
        map.scan(prefix: "k1", from: "k15") { key, _ in
            some.append(key)
            return true
        }
        #expect(some == model.keys.filter { $0.hasPrefix("k1") && $0 >= "k15" }.sorted())
    }

    @Test func `chunks of a list show one revision while others write`() {
        var harness = Harness()
        let path = "/api/v1/namespaces/default/configmaps"
        for name in ["a", "b", "c", "d"] {
            harness.send("POST", path, Harness.configMap(name, labels: ["l": "1"]))
        }
        let first = harness.send("GET", "\(path)?labelSelector=l&limit=2").body
        let token = first["metadata"]["continue"].string ?? ""
        harness.send("DELETE", "\(path)/d")
        harness.send("POST", path, Harness.configMap("e", labels: ["l": "1"]))
        let second = harness.send("GET", "\(path)?labelSelector=l&limit=2&continue=\(token)").body
        #expect(second["items"].elements.map { $0["metadata"]["name"] } == ["c", "d"])
        #expect(second["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"])
    }

    @Test func `a watch goes on from a revision, or is told that it is gone`() {
        var harness = Harness { $0.watchHistoryMax = 20 }
        let path = "/api/v1/namespaces/default/configmaps"
        let version =
            harness.send("POST", path, Harness.configMap("a")).body["metadata"]["resourceVersion"].string
            ?? ""
        harness.send("POST", path, Harness.configMap("b"))
        let resumed = harness.watch("\(path)?watch=true&resourceVersion=\(version)")
        #expect(harness.events(resumed).summary == ["ADDED b"])
        for number in 0..<30 { harness.send("POST", path, Harness.configMap("x\(number)")) }
        let late = harness.watch("\(path)?watch=true&resourceVersion=\(version)")
        let events = harness.events(late)
        #expect(events.first?["type"] == "ERROR")
        #expect(events.first?["object"]["code"] == 410)
        let exact = harness.send("GET", "\(path)?resourceVersion=\(version)&resourceVersionMatch=Exact")
        #expect(exact.status == 410)
    }

    @Test func `initial events end with a bookmark, and the stream at its time`() {
        var harness = Harness()
        let path = "/api/v1/namespaces/default/configmaps"
        harness.send("POST", path, Harness.configMap("a", labels: ["l": "1"]))
        let id = harness.watch(
            "\(path)?watch=true&labelSelector=l&sendInitialEvents=true&allowWatchBookmarks=true"
                + "&resourceVersionMatch=NotOlderThan&timeoutSeconds=5")
        let events = harness.events(id)
        #expect(events.map { $0["type"] } == ["ADDED", "BOOKMARK"])
        #expect(events.last?["object"]["metadata"]["annotations"]["k8s.io/initial-events-end"] == "true")
        #expect(harness.machine.readyWatches.isEmpty)
        harness.machine.tick(now: harness.now + .seconds(5))
        #expect(id.map { harness.machine.drain($0).isEnded } == true)
    }

    @Test func `the same seed gives the same cluster`() {
        var one = Harness { $0.seed = 5 }
        var two = Harness { $0.seed = 5 }
        for name in ["a", "b"] {
            let left = one.send("POST", "/api/v1/namespaces/default/configmaps", Harness.configMap(name))
            let right = two.send("POST", "/api/v1/namespaces/default/configmaps", Harness.configMap(name))
            #expect(left.body == right.body)
        }
    }

    @Test func `every change is in the journal once, in order`() {
        var harness = Harness()
        _ = harness.machine.drainJournal()
        let path = "/api/v1/namespaces/default/configmaps"
        harness.send("POST", path, Harness.configMap("a"))
        harness.send("DELETE", "\(path)/a")
        let records = harness.machine.drainJournal()
        #expect(records.map(\.key) == ["/registry/configmaps/default/a", "/registry/configmaps/default/a"])
        #expect(records.map { $0.value == nil } == [false, true])
        #expect(records[0].revision < records[1].revision)
        #expect(harness.machine.drainJournal() == [])
    }
}

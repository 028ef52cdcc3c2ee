// Many objects: what a write and a list cost must not run away.

import HTTPModel
import JSONTree
import KubeModel
import Testing

@testable import ClusterSim

@Suite struct ScaleTests {
    @Test func `ten thousand objects are listed in chunks and at once`() {
        var harness = Harness()
        let path = "/api/v1/namespaces/default/configmaps"
        for number in 0..<10_000 {
            var body = Harness.configMap("c\(number)", labels: ["n": "\(number % 10)"])
            body.set(["data", "x"], to: .string("value"))
            let request = HTTPRequest(
                method: "POST", target: path, headers: ["Content-Type": "application/json"],
                body: body.bytes())
            _ = harness.machine.handle(request, user: .admin, now: harness.now)
        }
        harness.machine.tick(now: harness.now)
        let all = harness.send("GET", "\(path)?labelSelector=n").body
        #expect(all["items"].elements.count == 10_000)
        var seen = 0
        var token = ""
        repeat {
            let chunk = harness.send("GET", "\(path)?labelSelector=n&limit=4000&continue=\(token)").body
            seen += chunk["items"].elements.count
            token = chunk["metadata"]["continue"].string ?? ""
        } while !token.isEmpty
        #expect(seen == 10_000)
        #expect(harness.send("DELETE", "\(path)?labelSelector=n%3D3").body["items"].elements.count == 1000)
    }

    @Test func `a watcher that does not read is cut off`() {
        var harness = Harness()
        let path = "/api/v1/namespaces/default/configmaps"
        let id = harness.watch("\(path)?watch=true&labelSelector=big")
        let big = String(repeating: "x", count: 900_000)
        for number in 0..<45 {
            harness.send(
                "POST", path,
                Harness.configMap("b\(number % 2)", labels: ["big": ""], data: ["n": "\(number)", "x": big]))
            harness.send("DELETE", "\(path)/b\(number % 2)")
        }
        #expect(id.map { harness.machine.drain($0).isEnded } == true)
    }
}

// A machine and the words to talk to it with.

import HTTPModel
import JSONTree
import KubeModel
import Testing

@testable import ClusterSim

/// A cluster at a fixed time with a client that is its administrator.
struct Harness {
    var machine: ClusterMachine
    var now = Timestamp(wholeSeconds: 1_800_000_000)
    var user = UserInfo.admin

    init(_ change: (inout ClusterConfiguration) -> Void = { _ in }) {
        var configuration = ClusterConfiguration()
        configuration.tokenKey = Array("a key for tests".utf8)
        configuration.adminToken = "admin"
        change(&configuration)
        machine = ClusterMachine(configuration: configuration, now: now)
        machine.tick(now: now)
    }

    /// Sends a request; returns status and body.
    @discardableResult
    mutating func send(
        _ method: String, _ target: String, _ body: JSON? = nil, type: String = "application/json",
        headers: HTTPHeaders = [:]
    ) -> (status: Int, body: JSON) {
        let response = response(method, target, body, type: type, headers: headers)
        return (response.status, (try? JSON.parse(response.body)) ?? .null)
    }

    mutating func response(
        _ method: String, _ target: String, _ body: JSON? = nil, type: String = "application/json",
        headers: HTTPHeaders = [:]
    ) -> HTTPResponse {
        var headers = headers
        if body != nil { headers["Content-Type"] = type }
        headers["User-Agent"] = "tester/1"
        let request = HTTPRequest(
            method: method, target: target, headers: headers, body: body?.bytes() ?? [])
        let answer = machine.handle(request, user: user, now: now)
        machine.tick(now: now)
        guard case .response(let response) = answer else {
            Issue.record("expected a response to \(method) \(target)")
            return HTTPResponse(status: 0)
        }
        return response
    }

    mutating func watch(_ target: String, headers: HTTPHeaders = [:]) -> WatchID? {
        let request = HTTPRequest(method: "GET", target: target, headers: headers)
        guard case .watch(let id, _) = machine.handle(request, user: user, now: now) else {
            Issue.record("expected a watch of \(target)")
            return nil
        }
        return id
    }

    /// The events that a watch has, as `TYPE name`.
    mutating func events(_ id: WatchID?) -> [JSON] {
        guard let id else { return [] }
        let text = String(decoding: machine.drain(id).bytes, as: UTF8.self)
        return text.split(separator: "\n").compactMap { try? JSON.parse(String($0)) }
    }

    static func configMap(_ name: String, labels: [String: String] = [:], data: [String: String] = [:])
        -> JSON
    {
        [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": ["name": .string(name), "labels": JSON(labels)], "data": JSON(data),
        ]
    }
}

extension [JSON] {
    /// `TYPE name` of watch events.
    var summary: [String] {
        map { "\($0["type"].string ?? "") \($0["object"]["metadata"]["name"].string ?? "")" }
    }
}

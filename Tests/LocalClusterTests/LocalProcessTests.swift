// Local processes: their output, their end, and what they are started with.

import ClusterSim
import Foundation
import JSONTree
import KubeModel
import Synchronization
import Testing

@testable import LocalCluster

@Suite struct LocalProcessTests {
    /// What a shell command wrote, and how it ended.
    private func run(
        _ script: String, environment: [String: String] = ["PATH": "/usr/bin:/bin"],
        act: (LocalProcess) async -> Void = { _ in }
    ) async throws -> (output: String, end: ProcessEnd) {
        let output = Mutex<[UInt8]>([])
        let (ends, ending) = AsyncStream<ProcessEnd>.makeStream()
        let process = try await LocalProcess.start(
            LocalProcess.Launch(executable: "/bin/sh", arguments: ["-c", script], environment: environment),
            output: { bytes in output.withLock { $0 += bytes } },
            ended: { end in
                ending.yield(end)
                ending.finish()
            })
        await act(process)
        var end = ProcessEnd(code: -1, signal: -1)
        for await found in ends { end = found }
        return (output.withLock { String(decoding: $0, as: UTF8.self) }, end)
    }

    @Test func `output, environment and exit code arrive`() async throws {
        let (output, end) = try await run(
            "echo $GREETING; echo two >&2; exit 3", environment: ["GREETING": "hello"])
        #expect(output == "hello\ntwo\n")
        #expect(end == ProcessEnd(code: 3, signal: 0))
    }

    @Test func `a signal ends the whole group`() async throws {
        let (_, end) = try await run("sleep 60 & sleep 60") { process in process.signal(15) }
        #expect(end == ProcessEnd(code: 143, signal: 15))
    }

    @Test func `signals that this process ignores are heard by its children`() async throws {
        let (output, end) = try await run("trap 'echo bye; exit 7' TERM; kill -TERM 0; sleep 60 & wait")
        #expect(output == "bye\n")
        #expect(end.code == 7)
    }

    @Test func `an executable that does not exist is said`() async throws {
        await #expect(throws: LaunchError.self) {
            _ = try await LocalProcess.start(
                LocalProcess.Launch(executable: "/nowhere/x", arguments: [], environment: [:]),
                output: { _ in }, ended: { _ in })
        }
    }

    private let pod = KubeObject([
        "metadata": ["name": "web-1", "namespace": "shop", "uid": "u-1", "labels": ["app": "web"]],
        "spec": ["nodeName": "martlet"], "status": ["podIP": "127.64.0.9"],
    ])

    private func variables(_ container: JSON, _ lookup: ContainerEnvironment.Lookup = { _, _ in nil }) throws
        -> [String: String]
    {
        let environment = ContainerEnvironment(pod: pod, container: container, port: 4711)
        return try environment.variables(base: ["PATH": "/bin"], lookup: lookup)
    }

    @Test func `the environment holds fields, references and what only the local cluster knows`() throws {
        let result = try variables(
            [
                "image": "registry:5000/shop/web:v3@sha256:0",
                "envFrom": [["prefix": "C_", "configMapRef": ["name": "settings"]]],
                "env": [
                    ["name": "A", "value": "1"], ["name": "B", "value": "$(A)-$(NONE)-$$(A)"],
                    ["name": "LABEL", "valueFrom": ["fieldRef": ["fieldPath": "metadata.labels['app']"]]],
                    ["name": "IP", "valueFrom": ["fieldRef": ["fieldPath": "status.podIP"]]],
                    ["name": "KEY", "valueFrom": ["secretKeyRef": ["name": "s", "key": "k"]]],
                    [
                        "name": "CPU",
                        "valueFrom": ["resourceFieldRef": ["resource": "limits.cpu", "divisor": "1m"]],
                    ],
                    ["name": "PORT", "value": "8080"],
                ],
                "resources": ["limits": ["cpu": "1500m"]],
            ]
        ) { isSecret, name in
            isSecret ? ["k": "secret"] : ["x": "y"]
        }
        #expect(result["B"] == "1-$(NONE)-$(A)")
        #expect(result["LABEL"] == "web" && result["IP"] == "127.64.0.9" && result["KEY"] == "secret")
        #expect(result["C_x"] == "y" && result["CPU"] == "1500")
        #expect(result["PORT"] == "4711" && result["IMAGE_TAG"] == "v3" && result["POD_NAME"] == "web-1")
    }

    @Test func `a missing reference says which, unless it is optional`() throws {
        let reference: JSON = ["configMapKeyRef": ["name": "gone", "key": "k"]]
        #expect {
            _ = try variables(["image": "x", "env": [["name": "A", "valueFrom": reference]]])
        } throws: {
            ($0 as? ContainerEnvironment.Missing)?.message == "configmap \"gone\" not found"
        }
        var optional = reference
        optional.set(["configMapKeyRef", "optional"], to: true)
        #expect(try variables(["image": "x", "env": [["name": "A", "valueFrom": optional]]])["A"] == nil)
    }

    @Test func `a log keeps its newest lines, and followers get the rest`() async throws {
        let log = ContainerLog()
        for number in 1...3 { log.append(Array("line \(number)\n".utf8)) }
        var request = PodLogRequest(pod: pod.key, uid: "u-1", container: "web")
        request.tailLines = 2
        request.follow = true
        let (text, more) = log.read(request)
        #expect(String(decoding: text, as: UTF8.self) == "line 2\nline 3\n")
        log.append(Array("par".utf8))
        log.append(Array("tial".utf8))
        log.end()
        var rest: [String] = []
        for await line in try #require(more) { rest.append(String(decoding: line.bytes, as: UTF8.self)) }
        #expect(rest == ["partial"])
        for _ in 0..<3000 { log.append(Array((String(repeating: "z", count: 999) + "\n").utf8)) }
        request.tailLines = nil
        request.follow = false
        #expect(log.read(request).text.count <= 1 << 20)
    }
}

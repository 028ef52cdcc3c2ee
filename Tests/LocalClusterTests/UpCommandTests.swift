// `martlet up` as a real process: its refusals, and what is left after it is killed.

import Foundation
import HTTPModel
import JSONTree
import Synchronization
import Testing
import Transport

@testable import LocalCluster

/// The executable beside the tests' own; the quick loop on this room alone does not build it.
enum BuiltMartlet {
    static let path = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appendingPathComponent("martlet").path
    static var exists: Bool { FileManager.default.isExecutableFile(atPath: path) }
}

/// Names that several tasks collect.
private final class Names: Sendable {
    private let names = Mutex<Set<String>>([])
    func insert(_ name: String) { names.withLock { _ = $0.insert(name) } }
    var all: Set<String> { names.withLock { $0 } }
}

@Suite(.enabled(if: BuiltMartlet.exists, "the executable martlet is not built"))
struct UpCommandTests {
    private let folder = NSTemporaryDirectory() + "martlet-" + UUID().uuidString

    /// A started `martlet up`.
    private struct Up {
        var process: LocalProcess
        /// What it has written so far.
        var output: Output
        var ends: AsyncStream<ProcessEnd>

        /// Waits for its end.
        func end() async -> ProcessEnd {
            for await end in ends { return end }
            return ProcessEnd(code: -1, signal: -1)
        }

        final class Output: Sendable {
            private let bytes = Mutex<[UInt8]>([])
            private let signal: AsyncStream<Void>.Continuation
            /// Something was added, or nothing more will be.
            let changes: AsyncStream<Void>
            init() { (changes, signal) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1)) }
            func append(_ more: [UInt8]) {
                bytes.withLock { $0 += more }
                signal.yield()
            }
            func end() { signal.finish() }
            var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
        }
    }

    private func start(_ arguments: [String]) async throws -> Up {
        let output = Up.Output()
        let (ends, ending) = AsyncStream<ProcessEnd>.makeStream()
        let launch = LocalProcess.Launch(
            executable: BuiltMartlet.path, arguments: ["up"] + arguments,
            environment: ["PATH": "/usr/bin:/bin", "HOME": "/tmp"])
        let process = try await LocalProcess.start(
            launch, output: { output.append($0) },
            ended: { end in
                output.end()
                ending.yield(end)
            })
        return Up(process: process, output: output, ends: ends)
    }

    private func waitUntilReady(_ up: Up) async {
        for await _ in up.output.changes where up.output.text.contains("martlet is ready") { return }
        Issue.record("not ready: \(up.output.text)")
    }

    @Test(arguments: [
        ([], 64, "--ephemeral or --data-dir"),
        (["--ephemeral", "--data-dir", "/tmp/x"], 64, "--ephemeral or --data-dir"),
        (["--ephemeral", "--port", "70000"], 64, "--port"),
        (["--ephemeral", "--image", "x"], 64, "NAME=EXECUTABLE"),
        (["--ephemeral", "--image", "x=/nowhere"], 66, "/nowhere"),
        (["--ephemeral", "--apply", "/nowhere"], 66, "/nowhere"),
        (["--ephemeral", "--pod-ready-delay", "soon"], 64, "--pod-ready-delay"),
        (["--ephemeral", "--bad-image-regex", "("], 64, "--bad-image-regex"),
        (["--data-dir", "/dev/null"], 73, "/dev/null"),
        (["--ephemeral", "--port", "0", "--write-kubeconfig", "/nowhere/x"], 73, "/nowhere/x"),
        (["--ephemeral", "--unknown"], 64, "--unknown"),
    ])
    func `what cannot be done is said in a line, with an exit code`(
        arguments: [String], code: Int, mention: String
    ) async throws {
        let up = try await start(arguments)
        let end = await up.end()
        #expect(end == ProcessEnd(code: code, signal: 0), "\(up.output.text)")
        #expect(up.output.text.contains(mention))
        #expect(!up.output.text.contains("martlet is ready"))
    }

    @Test func `SIGTERM ends it well, and its directory is free again`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for _ in 0..<2 {
            let up = try await start(["--data-dir", folder, "--port", "0"])
            await waitUntilReady(up)
            let second = try await start(["--data-dir", folder, "--port", "0"])
            #expect(await second.end().code == 75)
            up.process.signal(15)
            #expect(await up.end() == ProcessEnd(code: 0, signal: 0))
        }
    }

    @Test func `no acknowledged write is lost when it is killed`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let kubeconfig = folder + "/kubeconfig"
        let arguments = ["--data-dir", folder + "/data", "--port", "0", "--write-kubeconfig", kubeconfig]
        let acknowledged = Names()
        for round in 0..<3 {
            let up = try await start(arguments)
            await waitUntilReady(up)
            let api = try API(kubeconfig: kubeconfig)
            let names = try await api.configMaps()
            #expect(names.isSuperset(of: acknowledged.all))
            await withDiscardingTaskGroup { group in
                for writer in 0..<4 {
                    group.addTask {
                        var number = 0
                        while await api.create("r\(round)-w\(writer)-\(number)") {
                            acknowledged.insert("r\(round)-w\(writer)-\(number)")
                            number += 1
                        }
                    }
                }
                group.addTask {
                    while acknowledged.all.count < (round + 1) * 40 { await Task.yield() }
                    up.process.signal(9)
                }
            }
            _ = await up.end()
        }
        let up = try await start(arguments)
        await waitUntilReady(up)
        let names = try await API(kubeconfig: kubeconfig).configMaps()
        #expect(names.isSuperset(of: acknowledged.all))
        up.process.signal(15)
        _ = await up.end()
    }

    /// A client by a kubeconfig that `martlet up` wrote.
    private struct API: Sendable {
        private let client = CurlClient()
        private let server: String
        private let token: String
        private let options: TransferOptions

        init(kubeconfig: String) throws {
            let text = try String(contentsOfFile: kubeconfig, encoding: .utf8)
            func value(_ key: String) -> String {
                let line = text.split(separator: "\n").first { $0.contains("\(key): ") }
                let value = line?.split(separator: ": ", maxSplits: 1).last ?? ""
                return value.trimmingCharacters(in: CharacterSet(charactersIn: "\" "))
            }
            server = value("server")
            token = value("token")
            var options = TransferOptions.standard
            options.tls.certificateAuthorities = Data(base64Encoded: value("certificate-authority-data")).map
            { Array($0) }
            self.options = options
        }

        private func send(_ method: String, _ body: JSON? = nil) async throws -> HTTPResponse {
            try await client.send(
                HTTPRequest(
                    method: method, target: "\(server)/api/v1/namespaces/default/configmaps",
                    headers: ["Authorization": "Bearer \(token)", "Content-Type": "application/json"],
                    body: body?.bytes() ?? []), options: options)
        }

        /// Whether the creation was acknowledged.
        func create(_ name: String) async -> Bool {
            let response = try? await send(
                "POST", ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(name)]])
            return response?.status == 201
        }

        func configMaps() async throws -> Set<String> {
            let list = try JSON.parse(try await send("GET").body)
            return Set(list["items"].elements.compactMap { $0["metadata"]["name"].string })
        }
    }
}

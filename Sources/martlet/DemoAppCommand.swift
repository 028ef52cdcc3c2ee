// `martlet demo-app`: the workload of the demonstrations, one executable for all versions.

import ArgumentParser
import Foundation
import HTTPModel
import Logging
import Serving
import UnixSignals

/// A small web server that answers with its version, and badly where it is told to.
struct DemoAppCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo-app",
        abstract: "Serve the demonstration's workload on $PORT.",
        discussion: """
            IMAGE_TAG is its version. ERROR_PERCENT answers that share of requests with 500, and \
            LATENCY_MS delays all of them; BAD_TAGS=v3:20,v4:100 and SLOW_TAGS=v3:250 do the same for \
            single versions. /healthz always answers 200.
            """)

    func run() async throws {
        let behaviour: DemoBehaviour
        do {
            behaviour = try DemoBehaviour(ProcessInfo.processInfo.environment)
        } catch {
            Console.error("demo-app: \(error.message)")
            throw ExitCode(64)
        }
        let server: HTTPServer
        do {
            var options = ServerOptions(host: "0.0.0.0", port: behaviour.port)
            options.bodyBytesMax = 64 << 10
            server = try await HTTPServer.start(options, logger: Logger(label: "martlet.demo")) {
                request, _ in
                await behaviour.answer(request)
            }
        } catch {
            Console.error("demo-app: \(error)")
            throw ExitCode(69)
        }
        Console.line("demo-app \(behaviour.version) listens on port \(server.port)")
        for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint) { break }
        await server.stop()
        Console.line("demo-app \(behaviour.version) stopped")
    }
}

/// How the demonstration's workload answers.
struct DemoBehaviour: Sendable {
    var version: String
    var pod: String
    var port: Int
    /// 0 to 100.
    var errorPercent: Double
    var latency: Duration

    /// A variable that cannot be read.
    struct Malformed: Error { var message: String }

    init(_ environment: [String: String]) throws(Malformed) {
        let version = environment["IMAGE_TAG"] ?? "latest"
        self.version = version
        pod = environment["POD_NAME"] ?? environment["HOSTNAME"] ?? ""
        guard let port = Int(environment["PORT"] ?? "8080"), (0...65_535).contains(port) else {
            throw Malformed(message: "PORT is not a port")
        }
        self.port = port
        func number(_ all: String, _ byTag: String, _ range: ClosedRange<Double>) throws(Malformed) -> Double
        {
            var value = environment[all]
            for rule in (environment[byTag] ?? "").split(separator: ",") {
                let parts = rule.split(separator: ":").map(String.init)
                guard parts.count == 2 else { throw Malformed(message: "\(byTag) is not TAG:NUMBER[,…]") }
                if parts[0] == version { value = parts[1] }
            }
            guard let number = Double(value ?? "0"), range.contains(number) else {
                throw Malformed(
                    message:
                        "\(all) and \(byTag) take numbers from \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }
        errorPercent = try number("ERROR_PERCENT", "BAD_TAGS", 0...100)
        latency = .milliseconds(Int(try number("LATENCY_MS", "SLOW_TAGS", 0...60_000)))
    }

    /// Answers one request.
    func answer(_ request: HTTPRequest) async -> ServedResponse {
        if request.path == "/healthz" { return .text(200, "ok") }
        if latency > .zero { try? await Task.sleep(for: latency) }
        let isFailure = Double.random(in: 0..<100) < errorPercent
        let body = #"{"version":"\#(version)","pod":"\#(pod)","ok":\#(!isFailure)}"#
        return .whole(
            HTTPResponse(
                status: isFailure ? 500 : 200,
                headers: ["Content-Type": "application/json", "X-Version": version],
                body: Array("\(body)\n".utf8)))
    }
}

// Recorded exchanges with a real API server, replayed against the bare machine: statuses, reasons, causes.

import HTTPModel
import JSONTree
import KubeModel
import Testing
import YAMLTree

@testable import ClusterSim

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Replays the recorded cases without sockets. The player beside the cases compares whole bodies
/// over HTTPS; this one is quick and looks at what a refusal says.
@Suite struct ConformanceReplayTests {
    /// Cases whose outcome hangs on what a bare machine has not: kubectl's steps, another
    /// distribution's objects, a history from before its start.
    private static let leftOut: Set<String> = [
        "crd-kubectl-apply", "ctrl-cronjob", "kubectl-apply-deployment", "kubectl-server-side-apply",
        "list-field-selectors", "ssa-over-client-side-apply", "watch-expired",
    ]

    private static let folder: String = {
        if let value = getenv("MARTLET_SHARED") { return String(cString: value) + "/conformance/apiserver/cases" }
        let parts = #filePath.split(separator: "/").dropLast(4)
        return "/" + parts.joined(separator: "/") + "/shared/conformance/apiserver/cases"
    }()

    private static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".yaml") { names.append(String(name.dropLast(5))) }
        }
        return names.sorted()
    }

    private static func text(_ path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The cases are written by a tool to which a plain `y` is a text; to Kubernetes it is true.
    private static func requoted(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            for letter in ["y", "n", "Y", "N"] {
                if line.hasSuffix(": \(letter)") || line.hasSuffix("- \(letter)") { return line.dropLast() + "'\(letter)'" }
                let body = line.drop { $0 == " " || $0 == "-" }
                if body.hasPrefix("\(letter):") {
                    return line.dropLast(body.count) + "'\(letter)'" + body.dropFirst()
                }
            }
            return line
        }.joined(separator: "\n")
    }

    @Test(.enabled(if: !names(in: folder).isEmpty, "the recorded cases are not beside the repository"))
    func `refusals and statuses are those of the real server`() throws {
        var failures: [String] = []
        var stepCount = 0
        for name in Self.names(in: Self.folder) where !Self.leftOut.contains(name) {
            let tree = try #require(try YAML.parse(Self.requoted(Self.text("\(Self.folder)/\(name).yaml"))).first?.tree)
            var replay = Replay(tree)
            failures += replay.run().map { "\(name): \($0)" }
            stepCount += replay.stepCount
        }
        #expect(stepCount > 500)
        #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
    }
}

/// One case at work.
private struct Replay {
    private var harness = Harness()
    private var values: [String: String] = ["id": "abcdef"]
    private let tree: JSON
    private(set) var stepCount = 0

    init(_ tree: JSON) {
        self.tree = tree
        values["ns"] = "ns-abcdef"
    }

    mutating func run() -> [String] {
        if tree["namespace"] != false { makeNamespace("ns-abcdef") }
        for extra in tree["extraNamespaces"].elements { makeNamespace(filled(extra.string ?? "")) }
        var failures: [String] = []
        for (number, step) in tree["steps"].elements.enumerated() {
            switch step["do"].string {
            case nil, "http":
                if let failure = exchange(step) { failures.append("step \(number + 1) \(failure)") }
            case "sleep": pass(.milliseconds(step["ms"].int ?? 0))
            default: pass(.milliseconds(50))
            }
        }
        return failures
    }

    private mutating func makeNamespace(_ name: String) {
        harness.send("POST", "/api/v1/namespaces", ["metadata": ["name": .string(name)]])
    }

    /// Lets time go by, controllers acting whenever something is due.
    private mutating func pass(_ duration: Duration) {
        let end = harness.now + duration
        while let wake = harness.machine.nextWake, wake <= end {
            harness.now = max(harness.now, wake)
            harness.machine.tick(now: harness.now)
            if wake >= end { break }
        }
        harness.now = max(harness.now, end)
        harness.machine.tick(now: harness.now)
    }

    private func filled(_ text: String) -> String {
        var result = text
        for (key, value) in values {
            while let range = result.firstRange(of: "${\(key)}") { result.replaceSubrange(range, with: value) }
        }
        return result
    }

    /// Sends a step until it is answered as expected or its time is over.
    private mutating func exchange(_ step: JSON) -> String? {
        stepCount += 1
        var tries = step["poll"].isNull ? 1 : 100
        while true {
            let failure = once(step)
            tries -= 1
            if failure == nil || tries == 0 { return failure }
            pass(.milliseconds(200))
        }
    }

    private mutating func once(_ step: JSON) -> String? {
        var headers: HTTPHeaders = ["User-Agent": "conf-runner/1.0"]
        for (name, value) in step["headers"].object ?? [:] { headers[name] = filled(value.string ?? "") }
        var body: [UInt8] = []
        if !step["json"].isNull {
            body = Array(filled(step["json"].text()).utf8)
            if headers["Content-Type"] == nil { headers["Content-Type"] = "application/json" }
        } else if let text = step["body"].string {
            body = Array(filled(text).utf8)
        }
        let target = filled(step["path"].string ?? "")
        let method = step["method"].string ?? "GET"
        let (status, answer) = send(
            HTTPRequest(method: method, target: target, headers: headers, body: body), auth: step["auth"].string)
        pass(.milliseconds(20))
        capture(step["capture"], answer)
        let isPolled = !step["poll"].isNull && step["transform"].isNull && step["expect"]["unordered"].isNull
        return difference(step["expect"], status, answer, isPolled: isPolled).map { "\(method) \(target): \($0)" }
    }

    private mutating func send(_ request: HTTPRequest, auth: String?) -> (Int, JSON) {
        var user: UserInfo? = .admin
        if auth == "none" {
            user = nil
        } else if let auth, auth.hasPrefix("token:") {
            let bearer: HTTPHeaders = ["Authorization": "Bearer \(filled(String(auth.dropFirst(6))))"]
            user = harness.machine.authenticate(bearer, now: harness.now)
        }
        guard let user else {
            let response = ClusterMachine.unauthorized()
            return (response.status, (try? JSON.parse(response.body)) ?? .null)
        }
        switch harness.machine.handle(request, user: user, now: harness.now) {
        case .response(let response):
            if response.headers["Content-Type"] == "application/yaml" {
                let text = String(decoding: response.body, as: UTF8.self)
                return (response.status, (try? YAML.parse(text).first?.tree) ?? .null)
            }
            return (response.status, (try? JSON.parse(response.body)) ?? .null)
        case .watch(let id, _):
            harness.machine.close(id)
            return (200, .null)
        case .podLog: return (200, .null)
        }
    }

    private mutating func capture(_ wishes: JSON, _ answer: JSON) {
        for (name, path) in wishes.object ?? [:] {
            var value = answer
            for part in (path.string ?? "").split(separator: ".") {
                let key = part.prefix { $0 != "[" }
                value = value[String(key)]
                if let index = Int(part.dropFirst(key.count + 1).prefix { $0 != "]" }) { value = value[index] }
            }
            if let text = value.string ?? value.int.map({ String($0) }) { values[name] = text }
        }
    }

    /// Whether an answer has all that was recorded; symbols and prose match anything.
    private func has(_ answer: JSON, _ wanted: JSON) -> Bool {
        switch wanted {
        case .object(let members):
            return members.allSatisfy { key, value in
                ["message", "managedFields"].contains(key) || key.contains("${") || has(answer[key], value)
            }
        case .array(let elements):
            return answer.elements.count == elements.count
                && zip(answer.elements, elements).allSatisfy { has($0, $1) }
        case .string(let text):
            return text.contains("<") || text.contains("${") || answer == wanted
        default: return answer == wanted
        }
    }

    /// What is other than expected: the status, and of a refusal its reason, subject and causes.
    private func difference(_ expect: JSON, _ status: Int, _ answer: JSON, isPolled: Bool) -> String? {
        if let wanted = expect["status"].int, wanted != Int64(status) {
            return "status \(status) instead of \(wanted): \(answer["message"].string ?? "")"
        }
        let wanted = expect["body"]
        if isPolled, !has(answer, wanted) { return "the expected state has not come" }
        guard expect["mode"] != "status", wanted["kind"] == "Status", wanted["status"] == "Failure" else { return nil }
        for path in [["reason"], ["details", "kind"], ["details", "group"]] where answer.at(path) != wanted.at(path) {
            // Groups of recorded definitions have the case's id in them.
            if (wanted.at(path).string ?? "").contains("${") { continue }
            return "\(path.joined(separator: ".")) \(answer.at(path)) instead of \(wanted.at(path))"
        }
        func causes(_ tree: JSON) -> [String] {
            tree["details"]["causes"].elements.map { "\($0["field"]) \($0["reason"])" }.sorted()
        }
        return causes(answer) == causes(wanted) ? nil : "causes \(causes(answer)) instead of \(causes(wanted))"
    }
}

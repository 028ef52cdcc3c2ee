// Step plugins that are asked by HTTP: how they are named, asked, and understood.

package import HTTPModel
package import JSONTree
package import KubeModel
import YAMLTree

/// One entry of the ConfigMap `martlet-step-hooks` (docs/step-plugins.md).
package struct StepHook: Hashable, Sendable {
    /// `vendor/name`, as steps name it.
    package var name: String
    package var url: String
    /// How long an answer may take.
    package var timeout: Duration
    /// How soon it is asked again that is still at it, or could not be asked.
    package var interval: Duration
    /// After so many tries in a row without an answer the step has failed.
    package var triesMax: Int

    /// Why a configuration cannot be read.
    package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        package var description: String
    }

    /// Reads a list of hooks.
    package static func read(_ yaml: String) throws(Problem) -> [StepHook] {
        let tree: JSON
        do { tree = try YAML.parseOne(yaml, file: "hooks") } catch { throw Problem(description: "\(error)") }
        var hooks: [StepHook] = []
        for (index, entry) in tree.elements.enumerated() {
            guard let name = entry["name"].string, name.contains("/") else {
                throw Problem(description: "hooks[\(index)].name is not of the form vendor/name")
            }
            guard let url = entry["url"].string, url.hasPrefix("http://") || url.hasPrefix("https://") else {
                throw Problem(description: "hooks[\(index)].url is no address of HTTP")
            }
            func number(_ key: String, _ fallback: Int64, _ range: ClosedRange<Int64>) throws(Problem) -> Int64 {
                let value = entry[key].int ?? fallback
                if range.contains(value) { return value }
                throw Problem(
                    description: "hooks[\(index)].\(key) is not from \(range.lowerBound) to \(range.upperBound)")
            }
            hooks.append(
                StepHook(
                    name: name, url: url, timeout: .seconds(try number("timeoutSeconds", 10, 1...60)),
                    interval: .seconds(try number("intervalSeconds", 10, 1...3600)),
                    triesMax: Int(try number("tries", 30, 1...10_000))))
        }
        return hooks
    }

    // MARK: The exchange

    /// The request about a wish. Asked twice about the same thing, it carries the same key.
    package func request(_ wish: KubeObject) -> HTTPRequest {
        var body = wish.spec
        body["namespace"] = .string(wish.namespace)
        body["state"] = wish.status["state"]
        return HTTPRequest(
            method: "POST", target: url,
            headers: [
                "Content-Type": "application/json", "Accept": "application/json",
                "Idempotency-Key": "\(wish.uid)-\(wish.generation)",
            ], body: body.bytes())
    }

    /// What is written before it is asked.
    package func begun(_ wish: KubeObject, tries: Int, now: Timestamp) -> JSON {
        [
            "observedGeneration": .int(wish.generation), "phase": "Running", "tries": JSON(tries),
            "nextAskAt": .string((now + interval).rfc3339),
        ]
    }

    /// What an answer comes to.
    package func answered(_ response: HTTPResponse, now: Timestamp) -> JSON {
        guard (200..<300).contains(response.status) else {
            return unanswered("\(name) answered \(response.status)")
        }
        guard let answer = try? JSON.parse(response.body), let phase = answer["phase"].string,
            ["Running", "Successful", "Failed"].contains(phase)
        else { return unanswered("\(name) answered without a phase of Running, Successful or Failed") }
        let seconds = answer["retryAfterSeconds"].int.map { max(1, min($0, 3600)) }
        let next = now + (seconds.map { .seconds($0) } ?? interval)
        return [
            "phase": .string(phase), "message": .string(answer["message"].string ?? ""), "tries": 0,
            "state": answer["state"], "nextAskAt": phase == "Running" ? .string(next.rfc3339) : .null,
        ]
    }

    /// What no answer comes to.
    package func unanswered(_ message: String) -> JSON { ["phase": "Error", "message": .string(message)] }

    /// What too many tries come to.
    package func givenUp(_ wish: KubeObject) -> JSON {
        let message = wish.status["message"].string ?? ""
        return [
            "phase": "Failed", "message": .string("given up after \(triesMax) tries: \(message)"),
            "nextAskAt": .null,
        ]
    }
}

// The ConfigMap that says where alerts go; docs/alerts.md describes it.

import JSONTree
import KubeModel
import YAMLTree

/// Who is told.
package struct AlertReceiver: Hashable, Sendable {
    /// The way of telling.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Any URL that takes a POST of JSON.
        case webhook
        /// Alertmanager's v2 API.
        case alertmanager
    }

    package var name: String
    package var kind: Kind
    package var url: String
    /// The Secret, beside the ConfigMap, whose keys become headers.
    package var headersSecret: String?
    /// JSON with placeholders; nil sends all fields.
    package var template: String?
    /// How often a delivery that failed is tried again.
    package var retries: Int
    package var timeout: Duration
    package var isInsecure: Bool
    /// The phases that are told.
    package var phases: Set<String>
    /// More labels for Alertmanager.
    package var labels: [String: String]
}

/// What is wrong with the ConfigMap.
package struct AlertConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A sentence that names the place.
    package var description: String
    package init(description: String) { self.description = description }
}

/// All receivers.
package struct AlertConfiguration: Hashable, Sendable {
    package var receivers: [AlertReceiver]

    private static let retriesDefault = 10
    private static let receiverCountMax = 100
    private static let fields: Set<String> = [
        "name", "type", "url", "headersFrom", "template", "retries", "timeoutSeconds", "insecure", "phases", "labels",
    ]
    private static let allPhases: Set<String> = ["Failed", "Error", "Inconclusive"]

    /// Reads the ConfigMap's `data.receivers`.
    package init(yaml: String) throws(AlertConfigurationError) {
        let tree: JSON
        do throws(YAMLError) {
            tree = try YAML.parse(yaml, file: "receivers").first?.tree ?? .null
        } catch {
            throw AlertConfigurationError(description: "\(error)")
        }
        if !tree.isNull, tree.array == nil {
            throw AlertConfigurationError(description: "receivers: a list of receivers is expected")
        }
        if tree.elements.count > Self.receiverCountMax {
            throw AlertConfigurationError(description: "receivers: more than \(Self.receiverCountMax) receivers")
        }
        receivers = []
        for (place, entry) in tree.elements.enumerated() {
            let receiver = try Self.receiver(entry, "receivers[\(place)]")
            if receivers.contains(where: { $0.name == receiver.name }) {
                throw AlertConfigurationError(description: "receivers[\(place)].name: two receivers are called \(receiver.name)")
            }
            receivers.append(receiver)
        }
    }

    private static func receiver(_ tree: JSON, _ place: String) throws(AlertConfigurationError) -> AlertReceiver {
        func problem(_ field: String, _ text: String) -> AlertConfigurationError {
            AlertConfigurationError(description: "\(place).\(field): \(text)")
        }
        for key in tree.object?.keys ?? [] where !fields.contains(key) { throw problem(key, "there is no such field") }
        guard let name = tree["name"].string, !name.isEmpty else { throw problem("name", "a receiver needs a name") }
        let type = tree["type"].string ?? ""
        guard let kind = AlertReceiver.Kind(rawValue: type) else {
            throw problem("type", "\"\(type)\" is none of webhook and alertmanager")
        }
        let url = tree["url"].string ?? ""
        guard ["http://", "https://"].contains(where: { url.hasPrefix($0) && url.utf8.count > $0.utf8.count }) else {
            throw problem("url", "\"\(url)\" is no http or https URL")
        }
        let template = tree["template"].string
        if let template, AlertTemplate(template).problem != nil {
            throw problem("template", "is no JSON once its placeholders are filled")
        }
        let phases = tree["phases"].array.map { Set($0.compactMap(\.string)) } ?? allPhases
        if let other = phases.subtracting(allPhases).sorted().first {
            throw problem("on", "\"\(other)\" is none of Failed, Error and Inconclusive")
        }
        let retries = tree["retries"].int ?? Int64(retriesDefault)
        let seconds = tree["timeoutSeconds"].int ?? 10
        guard (0...1000).contains(retries) else { throw problem("retries", "is not from 0 to 1000") }
        guard (1...60).contains(seconds) else { throw problem("timeoutSeconds", "is not from 1 to 60") }
        return AlertReceiver(
            name: name, kind: kind, url: url, headersSecret: tree["headersFrom"]["secret"].string ?? tree["headersFrom"].string,
            template: template, retries: Int(retries), timeout: .seconds(seconds),
            isInsecure: tree["insecure"].bool ?? false, phases: phases, labels: labels(tree["labels"]))
    }

    private static func labels(_ tree: JSON) -> [String: String] {
        var labels: [String: String] = [:]
        for (key, value) in tree.object ?? [:] { labels[key] = value.string ?? value.text() }
        return labels
    }
}

/// JSON with placeholders: `{"text": "{{rollout}}: {{message}}"}`.
package struct AlertTemplate: Hashable, Sendable {
    private let text: String

    package init(_ text: String) { self.text = text }

    /// The text for an alert. Values are escaped for the inside of a JSON string; placeholders that
    /// mean nothing stay.
    package func filled(_ alert: Alert) -> String {
        var result = text
        for (name, value) in alert.fields {
            let escaped = JSON.string(value).text().dropFirst().dropLast()
            result = result.replacing(try? Regex("\\{\\{\\s*\(name)\\s*\\}\\}"), with: String(escaped))
        }
        return result
    }

    /// Why the text gives no JSON, or nil.
    package var problem: String? {
        let sample = Alert(
            id: "i", rollout: "r", namespace: "n", revision: "1", analysisRun: "a", phase: "Failed", metric: "m",
            value: "0", condition: "c", message: "m", startedAt: .epoch)
        do throws(JSONParseError) {
            _ = try JSON.parse(filled(sample))
            return nil
        } catch {
            return error.description
        }
    }
}

extension String {
    fileprivate func replacing(_ pattern: Regex<AnyRegexOutput>?, with text: String) -> String {
        guard let pattern else { return self }
        return replacing(pattern) { _ in text }
    }
}

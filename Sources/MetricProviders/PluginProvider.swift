// Plugins: measurements that somebody else takes, asked over HTTP.

package import HTTPModel
package import JSONTree
import KubeModel

/// Hands a wish to a plugin by a POST, and hears of it in the answer; docs/provider-plugins.md is
/// the protocol. It has the shape of the router plugins': a wish (`spec`) and a `status`.
///
/// Differs from Argo, whose plugins are programs started by the controller.
package struct PluginProvider: MetricProvider {
    package static let field = "plugin"

    private let name: String
    private let configuration: JSON

    private static let timeout = Duration.seconds(10)
    private static let delays = Duration.seconds(1)...Duration.seconds(3600)
    private static let delayDefault = Duration.seconds(15)
    /// Bytes of an answer: it is a verdict, not data.
    private static let answerByteCountMax = 64 << 10
    private static let metadataCountMax = 20
    private static let metadataByteCountMax = 1024

    package init(_ configuration: JSON) throws(ProviderError) {
        let members = configuration.object ?? [:]
        guard members.count == 1, let name = members.keys.first else {
            throw ProviderError("plugin: exactly one plugin must be named, there are \(members.count)")
        }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
            throw ProviderError("plugin: \"\(name)\" is no name like vendor/name")
        }
        self.name = name
        self.configuration = configuration[name]
    }

    /// `metric-plugin-<vendor>-<name>`, in what names of objects may hold.
    private var secretName: String {
        let part = name.lowercased().map { character in
            character.isASCII && (character.isLetter || character.isNumber) ? character : "-"
        }
        return "metric-plugin-\(String(part))"
    }

    package var secretNeed: SecretNeed? { SecretNeed(secretName) }

    package func step(_ answers: [HTTPResponse], _ context: ProviderContext) throws(ProviderError) -> ProviderStep {
        if let answer = answers.first { return .done(try reading(answer, context)) }
        guard let address = context.credentials.secret["url"], !address.isEmpty else {
            throw ProviderError(
                "plugin \(name) is not installed: there is no secret \"\(secretName)\" with a \"url\" in the controller's namespace")
        }
        let url = address.trimmedEnd
        try ProviderConfiguration.checkURL(url, field: "secret \(secretName): url")
        var headers: HTTPHeaders = ["Accept": "application/json", "Content-Type": "application/json"]
        if let token = context.credentials.secret["authorization"], !token.isEmpty {
            headers["Authorization"] = token.trimmedEnd
        }
        let request = HTTPRequest(method: "POST", target: url, headers: headers, body: wish(context).bytes())
        return .send(ProviderCall(request, timeout: Self.timeout))
    }

    private func wish(_ context: ProviderContext) -> JSON {
        let subject = context.subject
        var spec: JSON = [
            "plugin": .string(name), "run": .string(subject.run), "namespace": .string(subject.namespace),
            "uid": .string(subject.uid), "metric": .string(subject.metric), "number": JSON(subject.number),
            "runStartedAt": .string(context.startedAt.rfc3339), "configuration": configuration,
        ]
        if !context.unfinished.isEmpty { spec["metadata"] = JSON(context.unfinished) }
        return ["apiVersion": "martlet.dev/v1alpha1", "kind": "MeasurementWish", "spec": spec]
    }

    // MARK: The answer

    private func reading(_ answer: HTTPResponse, _ context: ProviderContext) throws(ProviderError) -> Reading {
        if answer.body.count > Self.answerByteCountMax {
            throw problem("answered \(answer.body.count) bytes, more than \(Self.answerByteCountMax)")
        }
        guard (200..<300).contains(answer.status) else { throw problem("answered \(answer.status)") }
        let status: JSON
        do {
            status = try JSON(answer: answer.body)["status"]
        } catch {
            throw problem("answered no JSON: \(error)")
        }
        guard status.object != nil else { throw problem("answered without a status") }
        if let error = status["error"].string, !error.isEmpty { throw problem(error) }
        let metadata = try metadata(status["metadata"])
        let result = status["result"]
        let text = status["value"].string ?? (result.isNull ? "" : result.text(JSON.PrintOptions(sortsKeys: true)))
        let message = status["message"].string ?? ""
        var lack: String?
        if status["noData"].bool ?? false { lack = message.isEmpty ? "the plugin \(name) has none" : message }
        guard let phase = status["phase"].string, !phase.isEmpty else {
            if result.isNull, lack == nil { throw problem("answered neither phase nor result") }
            return Reading(.json(result), text: text, metadata: metadata, lack: lack)
        }
        let verdict: ReadingVerdict
        switch phase {
        case "Successful": verdict = .good(message)
        case "Failed": verdict = .bad(message)
        case "Inconclusive": verdict = .doubtful(message)
        case "Running": verdict = .running(message, askAgainAfter: try delay(status["askAgainAfter"]))
        default: throw problem("answered the phase \"\(phase)\", which is none of Successful, Failed, Inconclusive, Running")
        }
        return Reading(.json(result), text: text, metadata: metadata, lack: lack, verdict: verdict)
    }

    private func problem(_ text: String) -> ProviderError { ProviderError("plugin \(name): \(text)") }

    private func delay(_ tree: JSON) throws(ProviderError) -> Duration {
        guard let text = tree.string, !text.isEmpty else { return Self.delayDefault }
        guard let delay = Duration.parse(goText: text), Self.delays.contains(delay) else {
            throw problem("answered askAgainAfter \"\(text)\", which is no duration from 1s to 1h")
        }
        return delay
    }

    private func metadata(_ tree: JSON) throws(ProviderError) -> [String: String] {
        let metadata = KubeObject.strings(tree)
        if metadata.count > Self.metadataCountMax {
            throw problem("answered \(metadata.count) entries of metadata, more than \(Self.metadataCountMax)")
        }
        for (key, value) in metadata where key.utf8.count + value.utf8.count > Self.metadataByteCountMax {
            throw problem("answered metadata \"\(key.prefix(40))\" of more than \(Self.metadataByteCountMax) bytes")
        }
        return metadata
    }
}

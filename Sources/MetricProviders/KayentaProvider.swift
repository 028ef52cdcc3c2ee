// Kayenta: canary judgements of Spinnaker's service, https://github.com/spinnaker/kayenta (its API
// as Swagger describes it: canaryConfig, canary).

package import HTTPModel
package import JSONTree
import KubeModel

/// Has Kayenta judge a canary, and asks until it has. The score decides; conditions do not.
package struct KayentaProvider: MetricProvider {
    package static let field = "kayenta"

    private let address: String
    private let configuration: JSON
    private let pass: Int64
    private let marginal: Int64

    /// Where an unfinished measurement remembers what it asked for.
    private static let executionMetadata = "canaryExecutionId"
    private static let timeout = Duration.seconds(15)
    /// How long after an answer that there is none yet it is asked for again.
    private static let pollDelay = Duration.seconds(15)

    package init(_ configuration: JSON) throws(ProviderError) {
        var address = configuration["address"].string ?? ""
        try ProviderConfiguration.checkURL(address, field: "kayenta.address")
        while address.hasSuffix("/") { address.removeLast() }
        self.address = address
        for field in ["application", "canaryConfigName", "metricsAccountName", "storageAccountName"]
        where (configuration[field].string ?? "").isEmpty {
            throw ProviderError("kayenta.\(field) is not set")
        }
        if configuration["scopes"].elements.isEmpty { throw ProviderError("kayenta.scopes is empty") }
        guard let pass = configuration["threshold"]["pass"].int,
            let marginal = configuration["threshold"]["marginal"].int
        else { throw ProviderError("kayenta.threshold needs pass and marginal") }
        if marginal > pass {
            throw ProviderError("kayenta.threshold.marginal (\(marginal)) is above pass (\(pass))")
        }
        self.configuration = configuration
        self.pass = pass
        self.marginal = marginal
    }

    package func step(_ answers: [HTTPResponse], _ context: ProviderContext) throws(ProviderError) -> ProviderStep {
        if let execution = context.unfinished[Self.executionMetadata] {
            guard let answer = answers.first else { return .send(poll(execution)) }
            return .done(try reading(answer, execution))
        }
        guard let list = answers.first else { return .send(lookUp) }
        let identifier = try identifier(in: list)
        guard answers.count > 1 else { return .send(start(identifier)) }
        let tree = try ProviderConfiguration.json(answers[1], from: "Kayenta")
        guard let execution = tree["canaryExecutionId"].string, !execution.isEmpty else {
            throw ProviderError("Kayenta began no canary: its answer has no canaryExecutionId")
        }
        return .done(waiting(execution))
    }

    // MARK: Requests

    private func text(_ field: String) -> String { configuration[field].string ?? "" }

    /// The account with the configurations; the storage account where it holds them, too.
    private var configurationAccount: String {
        let account = text("configurationAccountName")
        return account.isEmpty ? text("storageAccountName") : account
    }

    private func call(_ method: String, _ path: String, _ form: [(String, String)], _ body: [UInt8] = []) -> ProviderCall {
        var headers: HTTPHeaders = ["Accept": "application/json"]
        if !body.isEmpty { headers["Content-Type"] = "application/json" }
        let query = HTTPQuery.text(form.map { (name: $0.0, value: $0.1) })
        return ProviderCall(
            HTTPRequest(method: method, target: "\(address)/\(path)?\(query)", headers: headers, body: body),
            timeout: Self.timeout)
    }

    private var lookUp: ProviderCall {
        call(
            "GET", "canaryConfig",
            [("application", text("application")), ("configurationAccountName", configurationAccount)])
    }

    private func start(_ identifier: String) -> ProviderCall {
        var scopes: JSON = [:]
        for scope in configuration["scopes"].elements {
            scopes[scope["name"].string ?? "default"] = [
                "controlScope": Self.scope(scope["controlScope"]), "experimentScope": Self.scope(scope["experimentScope"]),
            ]
        }
        let body: JSON = ["scopes": scopes, "thresholds": ["pass": .int(pass), "marginal": .int(marginal)]]
        return call(
            "POST", "canary/\(HTTPQuery.encoded(identifier))",
            [
                ("application", text("application")), ("metricsAccountName", text("metricsAccountName")),
                ("configurationAccountName", configurationAccount), ("storageAccountName", text("storageAccountName")),
            ], body.bytes())
    }

    /// As written; Kayenta has called `region` `location` since 2018.
    private static func scope(_ written: JSON) -> JSON {
        var scope = written
        if scope["location"].isNull, !scope["region"].isNull { scope["location"] = scope["region"] }
        return scope
    }

    private func poll(_ execution: String) -> ProviderCall {
        call("GET", "canary/\(HTTPQuery.encoded(execution))", [("storageAccountName", text("storageAccountName"))])
    }

    // MARK: Answers

    private func identifier(in answer: HTTPResponse) throws(ProviderError) -> String {
        let name = text("canaryConfigName")
        let configurations = try ProviderConfiguration.json(answer, from: "Kayenta").elements
        guard let identifier = configurations.first(where: { $0["name"].string == name })?["id"].string else {
            throw ProviderError("Kayenta has no canary configuration \"\(name)\" of application \"\(text("application"))\"")
        }
        return identifier
    }

    private func waiting(_ execution: String) -> Reading {
        Reading(
            .nothing, text: "", metadata: [Self.executionMetadata: execution],
            verdict: .running("Kayenta is judging", askAgainAfter: Self.pollDelay))
    }

    private func reading(_ answer: HTTPResponse, _ execution: String) throws(ProviderError) -> Reading {
        let tree = try ProviderConfiguration.json(answer, from: "Kayenta")
        guard tree["complete"].bool ?? false else { return waiting(execution) }
        let status = tree["status"].string ?? ""
        guard status == "succeeded" else {
            let problem = tree["exception"]["details"]["errors"][0].string ?? ""
            throw ProviderError("Kayenta's canary ended \(status)\(problem.isEmpty ? "" : ": \(problem)")")
        }
        let score = tree.at("result", "judgeResult", "score", "score")
        guard let number = score.double else { throw ProviderError("Kayenta's canary has no score") }
        // The peer compares the score without its fraction.
        let whole = Int64(max(-1, min(number, 1000)))
        let limits = "pass \(pass), marginal \(marginal)"
        let reason = tree.at("result", "judgeResult", "score", "classificationReason").string ?? ""
        let message = "score \(whole) (\(limits))\(reason.isEmpty ? "" : ": \(reason)")"
        let verdict: ReadingVerdict =
            whole >= pass ? .good("") : whole >= marginal ? .doubtful(message) : .bad(message)
        return Reading(
            .number(number), text: String(whole), metadata: [Self.executionMetadata: execution], verdict: verdict)
    }
}

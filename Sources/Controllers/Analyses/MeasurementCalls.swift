// Carries a measurement's requests, and reads the Secrets that its arguments come from.

package import AnalysisCore
package import ControllerKit
package import HTTPModel
import JSONTree
package import KubeClient
import KubeModel
import MartletModel
import MetricProviders
package import Telemetry
package import Transport

/// The hands of measurements.
package struct MeasurementCalls: Sendable {
    let exchange: any HTTPExchange
    let runtime: any Runtime
    let prometheusAddress: String
    /// Where the Secrets of providers are.
    let namespace: String
    /// The controller's environment variables, in which some providers' credentials may be.
    let environment: [String: String]
    private let metrics: MetricRegistry
    private let gate: MeasurementGate
    private let answers: SharedAnswers<ProviderCall, HTTPResponse, TransportError>

    /// So much older than a measurement may be the question whose answer it shares; scrapes are
    /// further apart.
    private static let sharedAgeMax = Duration.seconds(1)

    /// - Parameters:
    ///   - prometheusAddress: The server of metrics that name none; empty: none.
    ///   - namespace: Where the Secrets of providers are.
    ///   - environment: Variables in which some providers' credentials may be.
    ///   - metrics: Where it is counted how late measurements begin.
    package init(
        exchange: any HTTPExchange, runtime: any Runtime, prometheusAddress: String, namespace: String,
        environment: [String: String], metrics: MetricRegistry = MetricRegistry()
    ) {
        self.exchange = exchange
        self.runtime = runtime
        self.prometheusAddress = prometheusAddress
        self.namespace = namespace
        self.environment = environment
        self.metrics = metrics
        gate = MeasurementGate()
        answers = SharedAnswers(ageMax: Self.sharedAgeMax)
    }

    /// Takes one measurement; whatever goes wrong becomes its outcome.
    package func take(_ request: MeasurementRequest, api: any KubeAPI) async -> MeasurementOutcome {
        await ask(request, api: api).outcome
    }

    /// Takes one measurement, and hands out the provider's last answer as well; nil when there was
    /// none.
    package func ask(
        _ request: MeasurementRequest, api: any KubeAPI
    ) async -> (outcome: MeasurementOutcome, answer: HTTPResponse?) {
        let secrets: [String: String]
        do throws(SecretProblem) {
            secrets = try await readSecrets(request, api)
        } catch {
            let outcome = MeasurementProcedure.unasked(
                "Unable to resolve metric arguments: \(error.message)", now: runtime.now(), endsRun: error.isFinal)
            return (outcome, nil)
        }
        let prepared = MeasurementProcedure.prepare(
            request, secrets: secrets, prometheusAddress: prometheusAddress, now: runtime.now())
        switch prepared {
        case .failure(let failure): return (failure.outcome, nil)
        case .success(var procedure):
            do throws(SecretProblem) {
                procedure.authenticate(with: try await credentials(of: procedure, request, api))
            } catch {
                return (procedure.failed(error.message, now: runtime.now()), nil)
            }
            return await carry(procedure, dueAt: request.dueAt)
        }
    }

    private func carry(
        _ procedure: MeasurementProcedure, dueAt: Timestamp?
    ) async -> (outcome: MeasurementOutcome, answer: HTTPResponse?) {
        var procedure = procedure
        var answer: HTTPResponse?
        while true {
            switch procedure.step(answer, now: runtime.now()) {
            case .done(let outcome): return (outcome, answer)
            case .send(let call):
                do throws(TransportError) {
                    answer = try await send(call, dueAt: answer == nil ? dueAt : nil)
                } catch {
                    return (procedure.failed(Self.problem(call.request, error), now: runtime.now()), nil)
                }
            }
        }
    }

    /// - Parameter dueAt: When a measurement was to begin, with its first request.
    private func send(_ call: ProviderCall, dueAt: Timestamp?) async throws(TransportError) -> HTTPResponse {
        let server = RequestLocation(call.request.target)?.authority ?? ""
        func begins(_ result: String) -> Timestamp {
            let now = runtime.now()
            metrics.add(.measurementRequests, [result])
            if let dueAt { metrics.observe(.measurementLateness, [], max(0, (now - dueAt).inSeconds)) }
            return now
        }
        func ask() async throws(TransportError) -> HTTPResponse {
            try await gate.pass(to: server) { () throws(TransportError) in
                try await exchange.send(Self.signed(call, at: begins("sent")), options: Self.options(call))
            }
        }
        guard let question = call.question else { return try await ask() }
        return try await answers.answer(
            to: question, now: runtime.now(), joining: { _ = begins("shared") }, ask: ask)
    }

    /// The request as it is sent: signed, where its provider wants that.
    private static func signed(_ call: ProviderCall, at now: Timestamp) -> HTTPRequest {
        guard let signing = call.signing,
            let place = RequestLocation(call.request.target)
        else { return call.request }
        var request = call.request
        let credentials = AWSCredentials(
            accessKey: signing.accessKey, secretKey: signing.secretKey, sessionToken: signing.sessionToken)
        // As the Host header names it: without the port that the scheme has anyway.
        let isUsualPort = place.port == (place.scheme == "https" ? 443 : 80)
        AWSSignature(credentials, region: signing.region, service: signing.service)
            .sign(&request, host: isUsualPort ? place.host : place.authority, path: String(place.target.prefix { $0 != "?" }), at: now)
        return request
    }

    private static func options(_ call: ProviderCall) -> TransferOptions {
        var options = TransferOptions()
        options.totalTimeout = call.timeout
        options.connectTimeout = min(call.timeout, .seconds(10))
        options.responseByteCountMax = AnalysisLimits.answerByteCountMax
        options.redirectsMax = 5
        options.tls.isInsecure = call.isInsecure
        return options
    }

    /// What failed, with the place but without the query, which may hold secrets.
    private static func problem(_ request: HTTPRequest, _ error: TransportError) -> String {
        let place = request.path.replacing(/:\/\/[^\/]*@/, with: "://")
        return "\(request.method) \(place): \(error)"
    }

    // MARK: Secrets

    /// The API server among the servers that are asked; no server on the net has this name.
    private static let ownServer = ""

    private struct SecretProblem: Error {
        var message: String
        /// Trying again is no use before somebody does something.
        var isFinal: Bool
    }

    /// A provider's credentials. A Secret that is not there is an empty one: the environment may
    /// hold them, and the provider says what it lacks.
    private func credentials(
        of procedure: MeasurementProcedure, _ request: MeasurementRequest, _ api: any KubeAPI
    ) async throws(SecretProblem) -> ProviderCredentials {
        var credentials = ProviderCredentials(environment: environment)
        guard let need = procedure.secretNeed else { return credentials }
        let place = need.isInRunNamespace ? request.namespace : namespace
        let kind = GroupVersionKind(group: "", version: "v1", kind: "Secret")
        do throws(KubeError) {
            let secret = try await gate.pass(to: Self.ownServer) { () throws(KubeError) in
                try await api.get(ObjectReference(kind, namespace: place, name: need.name))
            }
            for (key, value) in secret.tree["data"].object ?? [:] {
                guard let bytes = value.string.flatMap(Base64.decode) else { continue }
                credentials.secret[key] = String(decoding: bytes, as: UTF8.self)
            }
        } catch {
            if !error.isNotFound {
                throw SecretProblem(
                    message: "secret '\(need.name)' cannot be read: \(error)", isFinal: !error.isTransient)
            }
        }
        return credentials
    }

    private func readSecrets(
        _ request: MeasurementRequest, _ api: any KubeAPI
    ) async throws(SecretProblem) -> [String: String] {
        var values: [String: String] = [:]
        var read: [String: KubeObject] = [:]
        for argument in request.arguments {
            guard argument.value == nil, let (name, key) = argument.secretKey else { continue }
            let secret: KubeObject
            if let known = read[name] { secret = known } else { secret = try await self.secret(name, request.namespace, api) }
            read[name] = secret
            guard let text = secret.tree["data"][key].string, let bytes = Base64.decode(text) else {
                throw SecretProblem(message: "key '\(key)' does not exist in secret '\(name)'", isFinal: true)
            }
            values[argument.name] = String(decoding: bytes, as: UTF8.self)
        }
        return values
    }

    private func secret(
        _ name: String, _ namespace: String, _ api: any KubeAPI
    ) async throws(SecretProblem) -> KubeObject {
        let kind = GroupVersionKind(group: "", version: "v1", kind: "Secret")
        do throws(KubeError) {
            return try await gate.pass(to: Self.ownServer) { () throws(KubeError) in
                try await api.get(ObjectReference(kind, namespace: namespace, name: name))
            }
        } catch {
            if error.isNotFound { throw SecretProblem(message: "secrets \"\(name)\" not found", isFinal: true) }
            throw SecretProblem(message: "secret '\(name)' cannot be read: \(error)", isFinal: !error.isTransient)
        }
    }
}

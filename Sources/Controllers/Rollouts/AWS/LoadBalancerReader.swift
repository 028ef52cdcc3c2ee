// Asks AWS which weights its load balancers have.

package import ControllerKit
import Foundation
import HTTPModel
import KubeModel
import Synchronization
package import Transport
package import TrafficRouting

/// Answers what a load balancer's target groups have in force.
package protocol LoadBalancerReader: Sendable {
    /// The answer about a host name; what went wrong stands in it.
    func answer(about hostName: String) async -> LoadBalancerAnswer
}

/// The live reader: signed requests to Elastic Load Balancing's API.
///
/// Credentials come from the environment: a key (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
/// `AWS_SESSION_TOKEN`), or the role of the pod's ServiceAccount (`AWS_ROLE_ARN` and
/// `AWS_WEB_IDENTITY_TOKEN_FILE`).
package final class AWSLoadBalancers: LoadBalancerReader {
    private let exchange: any HTTPExchange
    private let environment: [String: String]
    private let runtime: any Runtime
    /// A class, because the credentials of a role are shared until they end.
    private let role = Mutex<(credentials: AWSCredentials, end: Timestamp)?>(nil)
    /// Credentials are renewed that long before they end.
    private static let renewal: Duration = .seconds(300)

    package init(exchange: any HTTPExchange, environment: [String: String], runtime: any Runtime) {
        self.exchange = exchange
        self.environment = environment
        self.runtime = runtime
    }

    package func answer(about hostName: String) async -> LoadBalancerAnswer {
        // `name-123.eu-west-1.elb.amazonaws.com`, or `name-123.elb.eu-west-1.amazonaws.com`.
        let labels = hostName.split(separator: ".").map(String.init)
        guard labels.count >= 4 else {
            return LoadBalancerAnswer(problem: "\(hostName) is no load balancer of AWS")
        }
        let region = environment["AWS_REGION"] ?? (labels[1] == "elb" ? labels[2] : labels[1])
        let question = LoadBalancerQuestion(hostName)
        var answers: [String] = []
        while true {
            switch question.step(answers) {
            case .done(let answer): return answer
            case .send(let parameters):
                switch await send(parameters, region: region) {
                case .success(let text): answers.append(text)
                case .failure(let failure): return LoadBalancerAnswer(problem: failure.message)
                }
            }
        }
    }

    private struct AskFailure: Error { var message: String }

    private func send(_ parameters: [LoadBalancerQuestion.Parameter], region: String) async
        -> Result<String, AskFailure>
    {
        let credentials: AWSCredentials
        switch await self.credentials(region: region) {
        case .success(let found): credentials = found
        case .failure(let failure): return .failure(failure)
        }
        let host = "elasticloadbalancing.\(region).amazonaws.com"
        var request = Self.form(parameters.map { ($0.name, $0.value) }, host: host)
        AWSSignature(credentials, region: region, service: "elasticloadbalancing")
            .sign(&request, host: host, path: "/", at: runtime.now())
        return await text(of: request)
    }

    private static func form(_ fields: [(String, String)], host: String) -> HTTPRequest {
        HTTPRequest(
            method: "POST", target: "https://\(host)/",
            headers: ["Content-Type": "application/x-www-form-urlencoded; charset=utf-8"],
            body: Array(HTTPQuery.text(fields.map { (name: $0.0, value: $0.1) }).utf8))
    }

    private func text(of request: HTTPRequest) async -> Result<String, AskFailure> {
        do throws(TransportError) {
            let response = try await exchange.send(request)
            return .success(String(decoding: response.body, as: UTF8.self))
        } catch {
            return .failure(AskFailure(message: "AWS does not answer: \(error)"))
        }
    }

    // MARK: Credentials

    private func credentials(region: String) async -> Result<AWSCredentials, AskFailure> {
        if let key = environment["AWS_ACCESS_KEY_ID"], let secret = environment["AWS_SECRET_ACCESS_KEY"] {
            return .success(
                AWSCredentials(
                    accessKey: key, secretKey: secret,
                    sessionToken: environment["AWS_SESSION_TOKEN"] ?? ""))
        }
        let now = runtime.now()
        if let known = role.withLock({ $0 }), now + Self.renewal < known.end {
            return .success(known.credentials)
        }
        guard let name = environment["AWS_ROLE_ARN"], let file = environment["AWS_WEB_IDENTITY_TOKEN_FILE"],
            let token = try? String(contentsOfFile: file, encoding: .utf8)
        else { return .failure(AskFailure(message: "there are no credentials for AWS")) }
        let fields = [
            ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", name),
            ("RoleSessionName", "martlet"), ("WebIdentityToken", token),
        ]
        switch await text(of: Self.form(fields, host: "sts.\(region).amazonaws.com")) {
        case .failure(let failure): return .failure(failure)
        case .success(let answer):
            guard let found = AWSRoleAnswer(answer), let end = Timestamp(found.expiration) else {
                return .failure(AskFailure(message: "AWS gives no credentials for the role \(name)"))
            }
            let credentials = AWSCredentials(
                accessKey: found.accessKey, secretKey: found.secretKey, sessionToken: found.sessionToken)
            role.withLock { $0 = (credentials, end) }
            return .success(credentials)
        }
    }
}

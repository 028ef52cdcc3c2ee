// `POST /webhook/git`: a push reaches the cluster at once.

package import ControllerKit
package import HTTPModel
import JSONTree
import KubeModel
package import Logging
import MartletModel
import Sealing

/// Answers a Git host's webhook.
package struct GitWebhook: Sendable {
    private let controller: ApplicationController
    private let host: ControllerHost
    /// The secret of the hook; nil accepts unsigned requests.
    private let secret: String?
    private let logger: Logger

    /// The largest payload; GitHub's own limit is 25 MB.
    package static let bodyByteCountMax = 25 << 20

    package init(controller: ApplicationController, host: ControllerHost, secret: String?, logger: Logger) {
        self.controller = controller
        self.host = host
        self.secret = secret
        self.logger = logger
    }

    /// Answers a request: 200 accepted, 400 unreadable, 401 badly signed, 404 another path, 405
    /// another method, 413 too large.
    package func response(to request: HTTPRequest) async -> HTTPResponse {
        guard request.path == "/webhook/git" || request.path == "/api/webhook" else { return Self.answer(404, "not found") }
        guard request.method == "POST" else { return Self.answer(405, "only POST is answered here") }
        guard request.body.count <= Self.bodyByteCountMax else { return Self.answer(413, "the payload is too large") }
        guard isSigned(request) else {
            logger.warning("webhook with a wrong or missing signature was refused")
            return Self.answer(401, "the signature is missing or wrong; check the webhook's secret")
        }
        if request.headers["X-GitHub-Event"] == "ping" { return Self.answer(200, "pong") }
        guard let payload = try? JSON.parse(payloadBytes(request)), let push = GitPush(payload) else {
            return Self.answer(400, "the payload is no push event")
        }
        let concerned = applications(push)
        await controller.pushed(concerned)
        for key in concerned { host.enqueue(key, controller: controller.name) }
        logger.info(
            "push received",
            metadata: [
                "repository": .string(push.addresses.first ?? ""), "reference": .string(push.reference),
                "applications": .stringConvertible(concerned.count),
            ])
        return Self.answer(200, "\(concerned.count) applications are refreshed")
    }

    /// GitHub sends JSON, or a form whose `payload` is that JSON.
    private func payloadBytes(_ request: HTTPRequest) -> [UInt8] {
        guard request.headers["Content-Type"]?.hasPrefix("application/x-www-form-urlencoded") == true else {
            return request.body
        }
        let form = HTTPQuery.parse(String(decoding: request.body, as: UTF8.self))
        return Array((form.first { $0.name == "payload" }?.value ?? "").utf8)
    }

    private func applications(_ push: GitPush) -> Set<ObjectKey> {
        let all = host.snapshot().objects(controller.kind, namespace: nil)
        let concerned = all.filter { object in
            Application(object).spec.sources.contains { push.concerns($0) && push.touches(object, $0) }
        }
        return Set(concerned.map(\.key))
    }

    /// `X-Hub-Signature-256: sha256=…` over the body, as it came.
    private func isSigned(_ request: HTTPRequest) -> Bool {
        guard let secret, !secret.isEmpty else { return true }
        guard let header = request.headers["X-Hub-Signature-256"], header.hasPrefix("sha256="),
            let given = Hexadecimal.bytes(header.dropFirst("sha256=".count))
        else { return false }
        let code = MessageAuthentication.hmacSHA256(key: secret.utf8, message: request.body)
        return MessageAuthentication.isEqual(code, given)
    }

    private static func answer(_ status: Int, _ text: String) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: ["Content-Type": "text/plain; charset=utf-8"], body: Array("\(text)\n".utf8))
    }
}

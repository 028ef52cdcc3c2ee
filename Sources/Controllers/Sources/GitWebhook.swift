// `POST /webhook/git`: a push reaches the cluster at once.

package import ControllerKit
package import HTTPModel
import JSONTree
package import KubeClient
import KubeModel
package import Logging
import MartletModel
import Sealing

/// The secret that Git hosts sign with: key `secret` of the Secret `martlet-webhook`, or
/// `webhook.github.secret` of `argocd-secret`, in our own namespace. Without either, unsigned
/// requests are accepted: they cause a look at the repository and nothing more.
package struct WebhookSecret: Sendable {
    private let api: any KubeAPI
    private let namespace: String
    package init(api: any KubeAPI, namespace: String) {
        self.api = api
        self.namespace = namespace
    }

    func current() async throws(KubeError) -> String? {
        for (name, key) in [("martlet-webhook", "secret"), ("argocd-secret", "webhook.github.secret")] {
            let kind = GroupVersionKind(group: "", version: "v1", kind: "Secret")
            do throws(KubeError) {
                let object = try await api.get(ObjectReference(kind, namespace: namespace, name: name))
                if let text = object.tree["data"][key].string.flatMap(RepositoryCredentials.decoded), !text.isEmpty {
                    return text
                }
            } catch {
                if !error.isNotFound { throw error }
            }
        }
        return nil
    }
}

/// Answers a Git host's webhook.
package struct GitWebhook: Sendable {
    private let controller: ApplicationController
    private let secrets: WebhookSecret
    private let logger: Logger

    /// The largest payload; GitHub's own limit is 25 MB.
    package static let bodyByteCountMax = 25 << 20

    package init(controller: ApplicationController, secrets: WebhookSecret, logger: Logger) {
        self.controller = controller
        self.secrets = secrets
        self.logger = logger
    }

    /// Answers a request: 200 accepted, 400 unreadable, 401 badly signed, 404 another path, 405
    /// another method, 413 too large, 503 while the secret cannot be read.
    package func response(to request: HTTPRequest, host: ControllerHost) async -> HTTPResponse {
        guard request.path == "/webhook/git" || request.path == "/api/webhook" else { return Self.answer(404, "not found") }
        guard request.method == "POST" else { return Self.answer(405, "only POST is answered here") }
        guard request.body.count <= Self.bodyByteCountMax else { return Self.answer(413, "the payload is too large") }
        let secret: String?
        do {
            secret = try await secrets.current()
        } catch {
            logger.warning("the webhook's secret could not be read", metadata: ["error": .string(error.description)])
            return Self.answer(503, "the webhook's secret cannot be read now")
        }
        guard Self.isSigned(request, secret) else {
            logger.warning("webhook with a wrong or missing signature was refused")
            return Self.answer(401, "the signature is missing or wrong; check the webhook's secret")
        }
        if request.headers["X-GitHub-Event"] == "ping" { return Self.answer(200, "pong") }
        guard let payload = try? JSON.parse(payloadBytes(request)), let push = GitPush(payload) else {
            return Self.answer(400, "the payload is no push event")
        }
        let concerned = applications(push, host)
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
        if request.body.first == UInt8(ascii: "{") { return request.body }
        let form = HTTPQuery.parse(String(decoding: request.body, as: UTF8.self))
        return Array((form.first { $0.name == "payload" }?.value ?? "").utf8)
    }

    private func applications(_ push: GitPush, _ host: ControllerHost) -> Set<ObjectKey> {
        let all = host.snapshot().objects(controller.kind, namespace: nil)
        let concerned = all.filter { object in
            Application(object).spec.sources.contains { push.concerns($0) && push.touches(object, $0) }
        }
        return Set(concerned.map(\.key))
    }

    /// `X-Hub-Signature-256: sha256=…` over the body, as it came.
    private static func isSigned(_ request: HTTPRequest, _ secret: String?) -> Bool {
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

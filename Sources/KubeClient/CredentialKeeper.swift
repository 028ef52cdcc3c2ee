// Keeps the present credential: rereads token files, runs exec plugins, and remembers what they say.

import HTTPModel
import JSONTree
import KubeModel
import Transport

/// What a request carries to prove who we are.
struct PresentCredential: Sendable {
    /// The value of `Authorization`; nil without one.
    var authorization: String?
    /// A client certificate and key that replace the configured ones.
    var certificate: (certificate: [UInt8], key: [UInt8])?
    var expiry: Timestamp?
}

/// One user's credential. An actor so that a plugin runs once, however many requests wait for it.
actor CredentialKeeper {
    private let credential: Credential
    private let now: @Sendable () -> Timestamp
    private let run: @Sendable (ExecPlugin) async throws(KubeError) -> JSON
    private var present: PresentCredential?
    private var readAt = Timestamp.epoch
    private var pending: Task<Result<PresentCredential, KubeError>, Never>?

    /// A service account's token is replaced long before it ends; client-go rereads it as often.
    private static let tokenFilePeriod: Duration = .seconds(60)
    /// A credential that is about to end is not used any more.
    private static let expiryMargin: Duration = .seconds(10)

    init(
        _ credential: Credential, now: @escaping @Sendable () -> Timestamp,
        run: @escaping @Sendable (ExecPlugin) async throws(KubeError) -> JSON
    ) {
        self.credential = credential
        self.now = now
        self.run = run
    }

    /// The credential to use now.
    func current() async throws(KubeError) -> PresentCredential {
        if let present, isFresh(present) { return present }
        if let pending { return try await pending.value.get() }
        let task = Task { await self.fetched() }
        pending = task
        let result = await task.value
        pending = nil
        if case .success(let credential) = result {
            present = credential
            readAt = now()
        }
        return try result.get()
    }

    /// The server refused the credential: the next request gets a new one.
    ///
    /// - Returns: Whether there can be another.
    func invalidate() -> Bool {
        switch credential {
        case .tokenFile, .exec:
            present = nil
            return true
        case .none, .token, .basic: return false
        }
    }

    private func isFresh(_ present: PresentCredential) -> Bool {
        switch credential {
        case .none, .token, .basic: true
        case .tokenFile: now() - readAt < Self.tokenFilePeriod
        case .exec: present.expiry.map { now() + Self.expiryMargin < $0 } ?? true
        }
    }

    private func fetched() async -> Result<PresentCredential, KubeError> {
        do throws(KubeError) { return .success(try await fetch()) } catch { return .failure(error) }
    }

    private func fetch() async throws(KubeError) -> PresentCredential {
        switch credential {
        case .none: return PresentCredential()
        case .token(let token): return PresentCredential(authorization: "Bearer \(token)")
        case .basic(let user, let password):
            return PresentCredential(authorization: "Basic " + Base64.encode(Array("\(user):\(password)".utf8)))
        case .tokenFile(let path):
            guard let bytes = LocalFile.read(path) else { throw .configuration("cannot read token file \(path)") }
            let token = String(decoding: bytes, as: UTF8.self).trimmingBlanks()
            if token.isEmpty { throw .configuration("token file \(path) is empty") }
            return PresentCredential(authorization: "Bearer \(token)")
        case .exec(let plugin): return try Self.credential(from: try await run(plugin), plugin)
        }
    }

    /// Reads an `ExecCredential`.
    private static func credential(from tree: JSON, _ plugin: ExecPlugin) throws(KubeError) -> PresentCredential {
        guard tree["kind"].string == "ExecCredential", tree["apiVersion"].string == plugin.apiVersion else {
            throw .configuration("exec plugin \(plugin.command) did not print an ExecCredential of \(plugin.apiVersion)")
        }
        let status = tree["status"]
        var credential = PresentCredential()
        if let token = status["token"].string, !token.isEmpty { credential.authorization = "Bearer \(token)" }
        if let certificate = status["clientCertificateData"].string, let key = status["clientKeyData"].string {
            credential.certificate = (Array(certificate.utf8), Array(key.utf8))
        }
        guard credential.authorization != nil || credential.certificate != nil else {
            throw .configuration("exec plugin \(plugin.command) gave neither a token nor a certificate")
        }
        credential.expiry = status["expirationTimestamp"].string.flatMap { Timestamp($0) }
        return credential
    }
}

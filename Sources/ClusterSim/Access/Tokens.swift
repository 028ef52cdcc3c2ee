// Bearer tokens: the administrator's, and those of service accounts (JSON Web Tokens).

package import HTTPModel
import JSONTree
package import KubeModel

/// What a valid service account token says.
struct TokenClaims: Sendable {
    var user: UserInfo
    var audiences: [String]
}

/// Why a token is refused.
struct TokenError: Error {
    var message: String
}

extension ClusterMachine {
    /// Who tokens are for, and who issues them.
    static let audience = "https://kubernetes.default.svc.cluster.local"

    /// Who sends these headers, by a bearer token. Nil means that credentials are missing or wrong:
    /// answer 401 with `unauthorized()`.
    package func authenticate(_ headers: HTTPHeaders, now: Timestamp) -> UserInfo? {
        guard let value = headers["Authorization"], value.lowercased().hasPrefix("bearer ") else {
            return nil
        }
        let token = String(value.dropFirst(7)).trimmingBlanks()
        let admin = Array(configuration.adminToken.utf8)
        if !admin.isEmpty, SHA256.isEqual(admin, Array(token.utf8)) { return .admin }
        do throws(TokenError) {
            return try claims(token, audiences: [Self.audience], now: now).user
        } catch {
            return nil
        }
    }

    /// The answer to a request without valid credentials.
    package static func unauthorized() -> HTTPResponse {
        OutputFormat.json.response(401, StatusError.unauthorized.tree)
    }

    /// Makes a token of a service account, bound to an object when one is given.
    mutating func makeToken(
        _ account: KubeObject, audiences: [String], seconds: Int64, bound: JSON
    ) -> (token: String, expiry: Timestamp) {
        let issued = now.wholeSeconds
        var kubernetes: JSON = [
            "namespace": .string(account.namespace),
            "serviceaccount": ["name": .string(account.name), "uid": .string(account.uid)],
        ]
        if let kind = bound["kind"].string {
            kubernetes[kind.lowercased()] = ["name": bound["name"], "uid": bound["uid"]]
        }
        let payload: JSON = [
            "aud": JSON(audiences), "exp": .int(issued + seconds), "iat": .int(issued), "nbf": .int(issued),
            "iss": .string(Self.audience), "jti": .string(generator.uid()), "kubernetes.io": kubernetes,
            "sub": .string("system:serviceaccount:\(account.namespace):\(account.name)"),
        ]
        let header: JSON = ["alg": "HS256", "typ": "JWT"]
        let signed = Base64.encodeURL(header.bytes()) + "." + Base64.encodeURL(payload.bytes())
        let code = SHA256.authenticationCode(Array(signed.utf8), key: configuration.tokenKey)
        return (signed + "." + Base64.encodeURL(code), Timestamp(wholeSeconds: issued + seconds))
    }

    /// Checks a service account's token.
    ///
    /// - Throws: the server's words for what is wrong with it.
    func claims(_ token: String, audiences: [String], now: Timestamp) throws(TokenError) -> TokenClaims {
        let invalid = TokenError(message: "invalid bearer token")
        let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard !configuration.tokenKey.isEmpty, parts.count == 3,
            case .success(let code) = Base64.decode(parts[2]),
            case .success(let bytes) = Base64.decode(parts[1]), bytes.count < Limits.bodyByteCountMax
        else { throw invalid }
        let expected = SHA256.authenticationCode(
            Array("\(parts[0]).\(parts[1])".utf8), key: configuration.tokenKey)
        guard SHA256.isEqual(code, expected), let payload = try? JSON.parse(bytes) else { throw invalid }
        guard payload["iss"].string == Self.audience, let expiry = payload["exp"].int else { throw invalid }
        if now.wholeSeconds >= expiry {
            throw TokenError(message: "[invalid bearer token, service account token has expired]")
        }
        let own = payload["aud"].elements.compactMap(\.string)
        let shared = own.filter(audiences.contains)
        if shared.isEmpty {
            throw TokenError(
                message:
                    "[invalid bearer token, token audiences \(GoText.quotedList(own)) is invalid for the "
                    + "target audiences \(GoText.quotedList(audiences))]")
        }
        guard let user = account(payload) else {
            throw TokenError(message: "[invalid bearer token, service account token has been invalidated]")
        }
        return TokenClaims(user: user, audiences: shared)
    }

    /// The account of a token, if it and what the token is bound to are still there.
    private func account(_ payload: JSON) -> UserInfo? {
        let kubernetes = payload["kubernetes.io"]
        let namespace = kubernetes["namespace"].string ?? ""
        let name = kubernetes["serviceaccount"]["name"].string ?? ""
        let key = ObjectKey(namespace: namespace, name: name)
        guard let account = object(GroupKind("", "ServiceAccount"), key),
            account.uid == kubernetes["serviceaccount"]["uid"].string
        else { return nil }
        var extra = ["authentication.kubernetes.io/credential-id": ["JTI=\(payload["jti"].string ?? "")"]]
        for (member, kind) in [("pod", "Pod"), ("secret", "Secret"), ("node", "Node")] {
            guard let bound = kubernetes[member].object else { continue }
            let boundName = bound["name"]?.string ?? ""
            let boundKey = ObjectKey(namespace: kind == "Node" ? "" : namespace, name: boundName)
            guard let object = object(GroupKind("", kind), boundKey), object.uid == bound["uid"]?.string
            else { return nil }
            if kind != "Secret" {
                extra["authentication.kubernetes.io/\(member)-name"] = [boundName]
                extra["authentication.kubernetes.io/\(member)-uid"] = [object.uid]
            }
        }
        return UserInfo(
            name: "system:serviceaccount:\(namespace):\(name)",
            groups: [
                "system:serviceaccounts", "system:serviceaccounts:\(namespace)", "system:authenticated",
            ], uid: account.uid, extra: extra)
    }

    // MARK: TokenRequest

    /// POST of `serviceaccounts/NAME/token`.
    mutating func requestToken(_ call: APICall) throws(StatusError) -> APIAnswer {
        guard let account = object(GroupKind("", "ServiceAccount"), call.key) else {
            throw .notFound(call.definition, call.info.name)
        }
        let body = try RequestBody.tree(call.request, kind: "TokenRequest")
        let spec = body["spec"]
        var audiences = spec["audiences"].elements.compactMap(\.string)
        if audiences.isEmpty { audiences = [Self.audience] }
        let seconds = spec["expirationSeconds"].int ?? 3600
        if seconds < 600 {
            throw .invalid(
                GroupKind("authentication.k8s.io", "TokenRequest"), "",
                [
                    .invalid(
                        "spec.expirationSeconds", .int(seconds),
                        "may not specify a duration less than 10 minutes")
                ])
        }
        if seconds > 1 << 32 {
            throw .invalid(
                GroupKind("authentication.k8s.io", "TokenRequest"), "",
                [
                    .invalid(
                        "spec.expirationSeconds", .int(seconds),
                        "may not specify a duration larger than 2^32 seconds")
                ])
        }
        let bound = try boundObject(spec["boundObjectRef"], namespace: account.namespace)
        let isDryRun = try WriteOptions("CreateOptions", call.query, call.request.headers).isDryRun
        let made = makeToken(account, audiences: audiences, seconds: seconds, bound: bound)
        let answer: JSON = [
            "kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1",
            "metadata": [
                "name": .string(account.name), "namespace": .string(account.namespace),
                "uid": .string(account.uid), "creationTimestamp": .string(now.rfc3339),
            ],
            "spec": [
                "audiences": JSON(audiences), "expirationSeconds": .int(seconds), "boundObjectRef": bound,
            ],
            "status": [
                "token": .string(isDryRun ? "" : made.token),
                "expirationTimestamp": .string(made.expiry.rfc3339),
            ],
        ]
        return .response(call.format.response(201, answer))
    }

    private func boundObject(_ reference: JSON, namespace: String) throws(StatusError) -> JSON {
        guard let kind = reference["kind"].string else { return .null }
        let name = reference["name"].string ?? ""
        let resources = ["Pod": "pods", "Secret": "secrets", "Node": "nodes"]
        guard let resource = resources[kind] else {
            throw .badRequest(
                "cannot bind token to object of type \(reference["apiVersion"].string ?? ""), Kind=\(kind)")
        }
        let key = ObjectKey(namespace: kind == "Node" ? "" : namespace, name: name)
        guard let object = object(GroupKind("", kind), key) else { throw .notFound("", resource, name) }
        let uid = reference["uid"].string ?? ""
        if !uid.isEmpty, uid != object.uid {
            throw StatusError(
                409, "Conflict",
                "Operation cannot be fulfilled on \(resource) \"\(name)\": the UID in the bound object reference "
                    + "(\(uid)) does not match the UID in record. The object might have been deleted and then recreated",
                name: name, kind: resource)
        }
        var bound = reference
        bound["uid"] = .string(object.uid)
        return bound
    }
}

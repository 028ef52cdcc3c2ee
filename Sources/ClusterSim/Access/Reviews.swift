// Questions about access and tokens: the review resources, which store nothing.

import HTTPModel
import JSONTree
import KubeModel

extension ClusterMachine {
    /// Answers a create of a review; nil for all other resources.
    mutating func review(_ call: APICall) throws(StatusError) -> APIAnswer? {
        let answer: JSON
        switch (call.definition.group, call.definition.kind) {
        case ("authentication.k8s.io", "TokenReview"): answer = try tokenReview(call)
        case ("authentication.k8s.io", "SelfSubjectReview"):
            _ = try decodedReview(call)
            answer = [
                "kind": "SelfSubjectReview",
                "apiVersion": .string(call.definition.groupVersionKind.apiVersion),
                "metadata": ["creationTimestamp": .string(now.rfc3339)],
                "status": ["userInfo": Self.tree(call.user)],
            ]
        case ("authorization.k8s.io", "SelfSubjectRulesReview"): answer = try rulesReview(call)
        case ("authorization.k8s.io", "SelfSubjectAccessReview"):
            answer = try accessReview(call) { _ in call.user }
        case ("authorization.k8s.io", "SubjectAccessReview"),
            ("authorization.k8s.io", "LocalSubjectAccessReview"):
            answer = try accessReview(call, Self.user)
        default: return nil
        }
        return .response(call.format.response(201, answer))
    }

    private mutating func decodedReview(_ call: APICall) throws(StatusError) -> JSON {
        let options = try WriteOptions("CreateOptions", call.query, call.request.headers)
        return try decodedBody(call, options)
    }

    private static func tree(_ user: UserInfo) -> JSON {
        var tree: JSON = [:]
        if !user.name.isEmpty { tree["username"] = .string(user.name) }
        if !user.uid.isEmpty { tree["uid"] = .string(user.uid) }
        if !user.groups.isEmpty { tree["groups"] = JSON(user.groups) }
        if !user.extra.isEmpty {
            tree["extra"] = .object(JSONObject(user.extra.sorted { $0.key < $1.key }.map { ($0, JSON($1)) }))
        }
        return tree
    }

    private mutating func tokenReview(_ call: APICall) throws(StatusError) -> JSON {
        var body = try decodedReview(call)
        let token = body["spec"]["token"].string ?? ""
        if token.isEmpty { throw .badRequest("token is required for TokenReview in authentication") }
        let asked = body["spec"]["audiences"].elements.compactMap(\.string)
        let audiences = asked.isEmpty ? [Self.audience] : asked
        body["metadata"] = [:]
        let admin = Array(configuration.adminToken.utf8)
        if !admin.isEmpty, SHA256.isEqual(admin, Array(token.utf8)) {
            body["status"] = [
                "authenticated": true, "user": Self.tree(.admin), "audiences": JSON(audiences),
            ]
            return body
        }
        do throws(TokenError) {
            let claims = try claims(token, audiences: audiences, now: now)
            body["status"] = [
                "authenticated": true, "user": Self.tree(claims.user), "audiences": JSON(claims.audiences),
            ]
        } catch {
            body["status"] = ["user": [:], "error": .string(error.message)]
        }
        return body
    }

    // MARK: Access

    private static func user(_ spec: JSON) -> UserInfo {
        var extra: [String: [String]] = [:]
        for (key, values) in spec["extra"].object ?? [:] {
            extra[key.lowercased()] = values.elements.compactMap(\.string)
        }
        return UserInfo(
            name: spec["user"].string ?? "", groups: spec["groups"].elements.compactMap(\.string),
            uid: spec["uid"].string ?? "", extra: extra)
    }

    private mutating func accessReview(
        _ call: APICall, _ user: (JSON) -> UserInfo
    ) throws(StatusError) -> JSON {
        var body = try decodedReview(call)
        let spec = body["spec"]
        try checkAccessReview(body, call)
        refreshAccessRules()
        let reason = allowance(Self.request(spec), of: user(spec))
        var status: JSON = ["allowed": .bool(reason != nil)]
        if let reason, !reason.isEmpty { status["reason"] = .string(reason) }
        var metadata: JSON = [:]
        if call.definition.isNamespaced { metadata["namespace"] = .string(call.info.namespace) }
        body["metadata"] = metadata
        body["status"] = status
        return body
    }

    private static func request(_ spec: JSON) -> AccessRequest {
        let attributes = spec["resourceAttributes"]
        guard attributes.object != nil else {
            let path = spec["nonResourceAttributes"]["path"].string ?? ""
            return AccessRequest(
                verb: spec["nonResourceAttributes"]["verb"].string ?? "", path: path.isEmpty ? "/" : path)
        }
        func text(_ key: String) -> String { attributes[key].string ?? "" }
        return AccessRequest(
            verb: text("verb"), group: text("group"), resource: text("resource"),
            subresource: text("subresource"), name: text("name"), namespace: text("namespace"))
    }

    /// `ValidateSelfSubjectAccessReview` and its like, with their missing kind.
    private func checkAccessReview(_ body: JSON, _ call: APICall) throws(StatusError) {
        let spec = body["spec"]
        var errors: [FieldError] = []
        let hasResource = spec["resourceAttributes"].object != nil
        let hasPath = spec["nonResourceAttributes"].object != nil
        if hasResource && hasPath {
            let attributes = spec["nonResourceAttributes"]
            errors.append(
                .invalid(
                    "spec.nonResourceAttributes",
                    [
                        "Path": attributes["path"].isNull ? "" : attributes["path"],
                        "Verb": attributes["verb"].isNull ? "" : attributes["verb"],
                    ],
                    "cannot be specified in combination with resourceAttributes"))
        }
        if !hasResource && !hasPath {
            errors.append(
                .invalid(
                    "spec.resourceAttributes", .null,
                    "exactly one of nonResourceAttributes or resourceAttributes must be specified"))
        }
        if !call.definition.kind.hasPrefix("Self"), (spec["user"].string ?? "").isEmpty,
            spec["groups"].elements.isEmpty
        {
            errors.append(.invalid("spec.user", "", "at least one of user or group must be specified"))
        }
        if call.definition.isNamespaced, spec["resourceAttributes"]["namespace"].string != call.info.namespace
        {
            errors.append(
                .invalid(
                    "spec.resourceAttributes.namespace", spec["resourceAttributes"]["namespace"],
                    "must match metadata.namespace"))
        }
        var metadata = body["metadata"].object ?? [:]
        metadata["creationTimestamp"] = nil
        if call.definition.isNamespaced { metadata["namespace"] = nil }
        if !metadata.isEmpty {
            metadata["managedFields"] = managers(of: body, call)
            errors.append(.invalid("metadata", .object(metadata), "must be empty"))
        }
        if !errors.isEmpty { throw .invalid(GroupKind("authorization.k8s.io", ""), "", errors) }
    }

    /// The managers of a review's fields, which the server adds before it looks at the metadata.
    private func managers(of body: JSON, _ call: APICall) -> JSON {
        guard let options = try? WriteOptions("CreateOptions", call.query, call.request.headers) else {
            return .null
        }
        return ManagedFields.recordUpdate(
            old: nil, new: body, manager: options.fieldManager, subresource: "",
            apiVersion: call.definition.groupVersionKind.apiVersion, schema: call.definition.schema ?? .any,
            now: now
        )["metadata"]["managedFields"]
    }

    private mutating func rulesReview(_ call: APICall) throws(StatusError) -> JSON {
        var body = try decodedReview(call)
        let namespace = body["spec"]["namespace"].string ?? ""
        if namespace.isEmpty { throw .badRequest("no namespace on request") }
        refreshAccessRules()
        var rules = (accessRules ?? AccessRules(self)).grants(of: call.user, namespace: namespace).map(\.rule)
        if call.user.groups.contains("system:masters") {
            let everything: JSON = ["verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]]
            rules = [PolicyRule(everything), PolicyRule(["verbs": ["*"], "nonResourceURLs": ["*"]])] + rules
        }
        body["metadata"] = [:]
        body["spec"] = [:]
        body["status"] = [
            "resourceRules": .array(rules.filter { $0.paths.isEmpty }.map(\.tree)),
            "nonResourceRules": .array(rules.filter { !$0.paths.isEmpty }.map(\.tree)),
            "incomplete": false,
        ]
        return body
    }
}

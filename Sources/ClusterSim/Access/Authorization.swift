// Asking the rules: for requests, for impersonation, and in the server's words for a no.

import HTTPModel
import JSONTree
import KubeModel

extension ClusterMachine {
    /// Why a user may do something; nil when not. Members of `system:masters` may do everything.
    func allowance(_ request: AccessRequest, of user: UserInfo) -> String? {
        if user.groups.contains("system:masters") { return "" }
        return (accessRules ?? AccessRules(self)).reason(request, of: user)
    }

    /// Works the rules out if they have changed.
    mutating func refreshAccessRules() {
        if accessRules == nil { accessRules = AccessRules(self) }
    }

    func authorizePath(_ user: UserInfo, _ info: RequestInfo) throws(StatusError) {
        let request = AccessRequest(verb: info.isResourceRequest ? "get" : info.verb, path: info.path)
        guard allowance(request, of: user) == nil else { return }
        throw StatusError(
            403, "Forbidden",
            "forbidden: User \(GoText.quoted(user.name)) cannot \(request.verb) path \(GoText.quoted(info.path))",
            hasDetails: true)
    }

    func authorize(_ user: UserInfo, _ info: RequestInfo) throws(StatusError) {
        try authorize(user, AccessRequest(info))
    }

    func authorize(_ user: UserInfo, verb: String, _ call: APICall) throws(StatusError) {
        var request = AccessRequest(call.info)
        request.verb = verb
        try authorize(user, request)
    }

    private func authorize(_ user: UserInfo, _ request: AccessRequest) throws(StatusError) {
        guard allowance(request, of: user) == nil else { return }
        throw Self.refusal(user, request)
    }

    private static func refusal(_ user: UserInfo, _ request: AccessRequest) -> StatusError {
        let qualified = request.group.isEmpty ? request.resource : "\(request.resource).\(request.group)"
        let place =
            request.namespace.isEmpty
            ? "at the cluster scope" : "in the namespace \(GoText.quoted(request.namespace))"
        let subject = request.name.isEmpty ? qualified : "\(qualified) \(GoText.quoted(request.name))"
        return StatusError(
            403, "Forbidden",
            "\(subject) is forbidden: User \(GoText.quoted(user.name)) cannot \(request.verb) resource "
                + "\(GoText.quoted(request.fullResource)) in API group \(GoText.quoted(request.group)) \(place)",
            name: request.name, group: request.group, kind: request.resource)
    }

    // MARK: Impersonation

    /// The user that a request wants to act as, if it wants and may.
    ///
    /// - Throws: 400 without a user name; 403 when the user may not impersonate.
    func impersonated(_ user: UserInfo, _ request: HTTPRequest) throws(StatusError) -> UserInfo {
        let name = request.headers["Impersonate-User"] ?? ""
        let groups = request.headers.all("Impersonate-Group")
        let uid = request.headers["Impersonate-Uid"] ?? ""
        var extra: [String: [String]] = [:]
        for field in request.headers.fields where field.name.lowercased().hasPrefix("impersonate-extra-") {
            extra[HTTPQuery.decoded(String(field.name.lowercased().dropFirst(18))), default: []].append(
                field.value)
        }
        if name.isEmpty {
            if groups.isEmpty, uid.isEmpty, extra.isEmpty { return user }
            throw .badRequest(
                "requested &user.DefaultInfo{Name:\"\", UID:\(GoText.quoted(uid)), Groups:\(GoText.literal(groups)), "
                    + "Extra:map[string][]string(nil)} without impersonating a user name")
        }
        let wished = UserInfo(name: name, groups: groups, uid: uid, extra: extra)
        guard Self.impersonation(of: wished).allSatisfy({ allowance($0, of: user) != nil }) else {
            let info = RequestInfo(request, query: QueryOptions(request))
            var access = AccessRequest(info)
            access.verb = "impersonate-on:user-info:\(info.verb)"
            throw Self.refusal(user, access)
        }
        return Self.completed(wished)
    }

    /// What one has to be allowed in order to act as a user.
    private static func impersonation(of user: UserInfo) -> [AccessRequest] {
        var requests: [AccessRequest] = []
        let parts = user.name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 4, user.name.hasPrefix("system:serviceaccount:") {
            requests.append(
                AccessRequest(
                    verb: "impersonate", resource: "serviceaccounts", name: parts[3], namespace: parts[2]))
        } else {
            requests.append(AccessRequest(verb: "impersonate", resource: "users", name: user.name))
        }
        requests += user.groups.map { AccessRequest(verb: "impersonate", resource: "groups", name: $0) }
        let group = "authentication.k8s.io"
        if !user.uid.isEmpty {
            requests.append(
                AccessRequest(verb: "impersonate", group: group, resource: "uids", name: user.uid))
        }
        for (key, values) in user.extra {
            requests += values.map {
                AccessRequest(
                    verb: "impersonate", group: group, resource: "userextras", subresource: key, name: $0)
            }
        }
        return requests
    }

    /// A user with the groups that follow from the name.
    private static func completed(_ user: UserInfo) -> UserInfo {
        var user = user
        if user.name == "system:anonymous" {
            if user.groups.isEmpty { user.groups = ["system:unauthenticated"] }
            return user
        }
        let parts = user.name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        if user.groups.isEmpty, parts.count == 4, user.name.hasPrefix("system:serviceaccount:") {
            user.groups = ["system:serviceaccounts", "system:serviceaccounts:\(parts[2])"]
        }
        if !user.groups.contains("system:authenticated") { user.groups.append("system:authenticated") }
        return user
    }
}

extension AccessRequest {
    init(_ info: RequestInfo) {
        self.init(
            verb: info.verb, group: info.group, resource: info.resource, subresource: info.subresource,
            name: info.name, namespace: info.namespace, path: info.isResourceRequest ? "" : info.path)
    }
}

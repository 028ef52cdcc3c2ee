// Role-based access control: who may do what.

package import HTTPModel
import JSONTree
package import KubeModel

/// The rules of all roles and bindings, found by subject.
struct AccessRules: Sendable {}

extension ClusterMachine {
    /// Who sends these headers: by a bearer token, or nobody (`UserInfo.anonymous` is for a request
    /// without any credentials). Nil means that the credentials are wrong or missing: answer 401.
    package func authenticate(_ headers: HTTPHeaders, now: Timestamp) -> UserInfo? {
        guard let token = headers["Authorization"].flatMap({ $0.hasPrefix("Bearer ") ? $0.dropFirst(7) : nil })
        else { return nil }
        let admin = Array(configuration.adminToken.utf8)
        return !admin.isEmpty && SHA256.isEqual(admin, Array(token.utf8)) ? .admin : nil
    }
    func impersonated(_ user: UserInfo, _ request: HTTPRequest) throws(StatusError) -> UserInfo { user }
    func authorizePath(_ user: UserInfo, _ info: RequestInfo) throws(StatusError) {}
    func authorize(_ user: UserInfo, _ info: RequestInfo) throws(StatusError) {}
    func authorize(_ user: UserInfo, verb: String, _ call: APICall) throws(StatusError) {}
    func checkEscalation(
        _ tree: JSON, old: JSON?, _ definition: ResourceDefinition, user: UserInfo
    ) throws(StatusError) {}
    func review(_ call: APICall) throws(StatusError) -> APIAnswer? { nil }
}

enum BootstrapRoles {
    static let all: [KubeObject] = []
}

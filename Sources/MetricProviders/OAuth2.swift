// The client-credentials grant (RFC 6749, section 4.4), as a request before the query.

import HTTPModel
import JSONTree
import KubeModel

/// Credentials that are exchanged for a token.
struct OAuth2Credentials: Hashable, Sendable {
    private let tokenURL: String
    private let clientID: String
    private let clientSecret: String
    private let scopes: [String]

    /// Reads `oauth2`; nil when it is not configured.
    init?(_ tree: JSON) throws(ProviderError) {
        guard let members = tree.object, !members.isEmpty else { return nil }
        tokenURL = tree["tokenUrl"].string ?? ""
        clientID = tree["clientId"].string ?? ""
        clientSecret = tree["clientSecret"].string ?? ""
        scopes = tree["scopes"].elements.compactMap(\.string)
        if tokenURL.isEmpty, clientID.isEmpty, clientSecret.isEmpty { return nil }
        guard !tokenURL.isEmpty, !clientID.isEmpty, !clientSecret.isEmpty else {
            throw ProviderError("authentication.oauth2 needs tokenUrl, clientId and clientSecret")
        }
        try ProviderConfiguration.checkURL(tokenURL, field: "authentication.oauth2.tokenUrl")
    }

    /// The request for a token.
    var request: HTTPRequest {
        var form: [(name: String, value: String)] = [(name: "grant_type", value: "client_credentials")]
        if !scopes.isEmpty { form.append((name: "scope", value: scopes.joined(separator: " "))) }
        let identity = "\(HTTPQuery.encoded(clientID)):\(HTTPQuery.encoded(clientSecret))"
        return HTTPRequest(
            method: "POST", target: tokenURL,
            headers: [
                "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json",
                "Authorization": "Basic \(Base64.encode(Array(identity.utf8)))",
            ],
            body: Array(HTTPQuery.text(form).utf8))
    }

    /// The value of `Authorization` that an answer allows.
    func authorization(from answer: HTTPResponse) throws(ProviderError) -> String {
        guard (200..<300).contains(answer.status) else {
            throw ProviderError("the token endpoint answered \(answer.status)")
        }
        guard let tree = try? JSON(answer: answer.body), let token = tree["access_token"].string, !token.isEmpty else {
            throw ProviderError("the token endpoint's answer holds no access_token")
        }
        return "Bearer \(token)"
    }
}

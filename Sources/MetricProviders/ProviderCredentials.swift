// Where providers take their credentials from.

/// A Secret that a provider's credentials are in (analysis.md, section 5).
package struct SecretNeed: Hashable, Sendable {
    package var name: String
    /// In the run's namespace; else in the controller's.
    package var isInRunNamespace: Bool
    package init(_ name: String, isInRunNamespace: Bool = false) {
        self.name = name
        self.isInRunNamespace = isInRunNamespace
    }
}

/// What a provider may sign or authenticate with. Nothing of it is ever printed.
package struct ProviderCredentials: Hashable, Sendable {
    /// The entries of the Secret that the provider needs.
    package var secret: [String: String]
    /// Environment variables of the controller, as the peers read them.
    package var environment: [String: String]
    package init(secret: [String: String] = [:], environment: [String: String] = [:]) {
        self.secret = secret
        self.environment = environment
    }

    /// An entry that must be there.
    func entry(_ key: String, of secretName: String) throws(ProviderError) -> String {
        guard let value = secret[key], !value.isEmpty else {
            throw ProviderError("secret \"\(secretName)\" in the controller's namespace has no key \"\(key)\"")
        }
        return value.trimmedEnd
    }
}

extension String {
    /// Without the line break with which a text editor ends a file.
    var trimmedEnd: String {
        var text = self
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }
}

/// What AWS Signature Version 4 is made of; whoever sends the request computes it.
package struct AWSSigning: Hashable, Sendable {
    package var accessKey: String
    package var secretKey: String
    /// Of temporary credentials; empty for lasting ones.
    package var sessionToken: String
    package var region: String
    /// The service's signing name: `monitoring`, `aps`.
    package var service: String

    /// From the environment, as AWS' own tools name the variables.
    init(region: String, service: String, _ environment: [String: String]) throws(ProviderError) {
        guard let key = environment["AWS_ACCESS_KEY_ID"], let secret = environment["AWS_SECRET_ACCESS_KEY"],
            !key.isEmpty, !secret.isEmpty
        else {
            throw ProviderError("AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
        }
        let place = region.isEmpty ? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? "" : region
        if place.isEmpty { throw ProviderError("AWS region: set AWS_REGION") }
        accessKey = key
        secretKey = secret
        sessionToken = environment["AWS_SESSION_TOKEN"] ?? ""
        self.region = place
        self.service = service
    }
}

// All repositories that are in use, each once.


/// The repositories of the process by address.
package actor GitRepositories {
    private let git: GitCommands
    private var byKey: [String: GitRepository] = [:]
    private var credentials: [GitCredentialRule] = []
    private var trust = GitTrust()

    package init(git: GitCommands) { self.git = git }

    /// Replaces what is known about credentials (from the labelled Secrets) and servers.
    package func use(credentials rules: [GitCredentialRule], trust: GitTrust = GitTrust()) async {
        credentials = rules
        self.trust = trust
        for repository in byKey.values { await repository.use(best(for: repository.address)) }
    }

    private func best(for address: GitAddress) -> GitCredentials {
        trust.completing(GitCredentialRule.best(credentials, for: address), for: address)
    }

    /// The repository of an address.
    ///
    /// - Throws: `.invalidAddress`.
    package func repository(at text: String) throws(GitError) -> GitRepository {
        let address = try GitAddress(text)
        // Two spellings of an address share their answers only if they are fetched alike.
        let key = "\(address.scheme.rawValue) \(address.key)"
        if let known = byKey[key] { return known }
        let repository = GitRepository(
            address: address, credentials: best(for: address), git: git)
        byKey[key] = repository
        return repository
    }

    /// Forgets repositories that no Application names any more.
    package func retain(only addresses: Set<String>) {
        let keys = Set(addresses.compactMap { text in
            (try? GitAddress(text)).map { "\($0.scheme.rawValue) \($0.key)" }
        })
        byKey = byKey.filter { keys.contains($0.key) }
    }

    /// How often any server was asked, and fetched from.
    package func requestCounts() async -> (asked: Int, fetched: Int) {
        var counts = (asked: 0, fetched: 0)
        for repository in byKey.values {
            counts.asked += await repository.askCount
            counts.fetched += await repository.fetchCount
        }
        return counts
    }
}

/// Credentials and the addresses that they are for.
package struct GitCredentialRule: Hashable, Sendable {
    /// The address, or with `isPrefix` what addresses begin with.
    package var url: String
    package var isPrefix: Bool
    package var credentials: GitCredentials

    package init(url: String, isPrefix: Bool, credentials: GitCredentials) {
        self.url = url
        self.isPrefix = isPrefix
        self.credentials = credentials
    }

    /// An exact address wins over the longest prefix. What was given for an encrypted address does
    /// not go to the same host in the clear.
    package static func best(_ rules: [GitCredentialRule], for address: GitAddress) -> GitCredentials {
        let known = rules.compactMap { rule -> (rule: GitCredentialRule, key: String)? in
            // A host alone is a prefix, and no repository's address.
            guard let own = (try? GitAddress(rule.url)) ?? (try? GitAddress(rule.url + "/-")) else { return nil }
            if own.scheme == .https, address.scheme == .http { return nil }
            return (rule, own.key.hasSuffix("/-") ? String(own.key.dropLast(2)) : own.key)
        }
        if let exact = known.first(where: { !$0.rule.isPrefix && $0.key == address.key }) {
            return exact.rule.credentials
        }
        let prefixes = known.filter { rule, key in
            guard rule.isPrefix else { return false }
            // `host` must not match `host.example`.
            return key.contains("/") ? address.key.hasPrefix(key) : address.host == key
        }
        return prefixes.max { $0.key.count < $1.key.count }?.rule.credentials ?? .none
    }
}

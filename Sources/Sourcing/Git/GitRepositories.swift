// All repositories that are in use, each once.


/// The repositories of the process by address.
package actor GitRepositories {
    private let git: GitCommands
    private var byKey: [String: GitRepository] = [:]
    private var credentials: [GitCredentialRule] = []

    package init(git: GitCommands) { self.git = git }

    /// Replaces what is known about credentials (from the labelled Secrets).
    package func use(credentials rules: [GitCredentialRule]) async {
        credentials = rules
        for repository in byKey.values {
            await repository.use(GitCredentialRule.best(rules, for: repository.address))
        }
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
            address: address, credentials: GitCredentialRule.best(credentials, for: address), git: git)
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

    /// An exact address wins over the longest prefix.
    static func best(_ rules: [GitCredentialRule], for address: GitAddress) -> GitCredentials {
        if let exact = rules.first(where: { !$0.isPrefix && GitAddress.key(of: $0.url) == address.key }) {
            return exact.credentials
        }
        let prefixes = rules.filter { rule in
            guard rule.isPrefix, let key = GitAddress.key(of: rule.url) else { return false }
            return address.key.hasPrefix(key)
        }
        return prefixes.max { $0.url.count < $1.url.count }?.credentials ?? .none
    }
}

// Why a repository could not be read, in words that say what to do.

/// What went wrong with a repository. Descriptions carry no credentials.
package enum GitError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The address cannot be used; address and reason.
    case invalidAddress(String, String)
    /// There is no repository at the address, or we may not see it.
    case repositoryNotFound(String)
    /// The server refused our credentials, or wants some.
    case unauthorized(String)
    /// The host did not answer; address and git's words.
    case unreachable(String, String)
    /// The repository is there, but has no such branch, tag or commit.
    case revisionNotFound(String, revision: String)
    /// The repository has no commit yet.
    case empty(String)
    /// A command did not end in time; what it was doing.
    case timedOut(String, Duration)
    /// The commit holds more than we take; what and how much.
    case tooLarge(String)
    /// The commit holds something we do not put on disk.
    case unsafeTree(String)
    /// The path of the Application is not in the commit.
    case pathNotFound(path: String, commit: String)
    /// There is no `git` program.
    case gitMissing
    /// Anything else, in git's words.
    case failed(String, String)

    package var description: String {
        switch self {
        case .invalidAddress(let address, let reason): "repository address \"\(address)\" cannot be used: \(reason)"
        case .repositoryNotFound(let address):
            "repository \(address) does not exist or is not visible; check repoURL, and the repository Secret"
                + " if it is private"
        case .unauthorized(let address):
            "repository \(address) refused the credentials; check the Secret labelled"
                + " argocd.argoproj.io/secret-type=repository (or repo-creds) for it"
        case .unreachable(let address, let detail): "repository \(address) does not answer: \(detail)"
        case .revisionNotFound(let address, let revision):
            "repository \(address) has no branch, tag or commit \"\(revision)\"; check targetRevision"
        case .empty(let address): "repository \(address) has no commits yet"
        case .timedOut(let doing, let duration): "\(doing) did not end within \(duration)"
        case .tooLarge(let detail): detail
        case .unsafeTree(let detail): detail
        case .pathNotFound(let path, let commit):
            "path \"\(path)\" does not exist in commit \(commit.prefix(7)); check spec.source.path"
        case .gitMissing: "the git program was not found; install git where the controller runs"
        case .failed(let address, let detail): "git failed for \(address): \(detail)"
        }
    }

    /// Whether trying again later may help without anybody changing the Application.
    package var isTransient: Bool {
        switch self {
        case .invalidAddress: false
        default: true
        }
    }

    /// Reads git's standard error.
    static func classified(_ errorText: String, address: GitAddress) -> GitError {
        let lowered = errorText.lowercased()
        let name = address.description
        func says(_ texts: String...) -> Bool { texts.contains { lowered.contains($0) } }
        if says("authentication failed", "permission denied (publickey", "could not read username",
            "could not read password", "http basic: access denied", "returned error: 401", "returned error: 403",
            "terminal prompts disabled", "invalid username or password")
        {
            return .unauthorized(name)
        }
        if says("host key verification failed") {
            return .unreachable(
                name, "its host key is unknown; add it to the ConfigMap argocd-ssh-known-hosts-cm or to known_hosts")
        }
        if says("does not appear to be a git repository", "repository not found", "does not exist",
            "returned error: 404", "not found: did you run", "no such file or directory")
        {
            return .repositoryNotFound(name)
        }
        if says("could not resolve host", "connection refused", "connection timed out", "failed to connect",
            "couldn't connect", "no route to host", "network is unreachable", "operation timed out", "ssl ",
            "certificate", "could not resolve hostname")
        {
            return .unreachable(name, lastSentence(errorText))
        }
        return .failed(name, lastSentence(errorText))
    }

    /// Git's most telling line: the last `fatal:` or `error:`, else the last one.
    static func lastSentence(_ text: String) -> String {
        let lines = text.split(whereSeparator: \.isNewline).map(String.init).filter { !$0.isEmpty }
        let chosen = lines.last { $0.hasPrefix("fatal:") || $0.hasPrefix("error:") } ?? lines.last ?? "no message"
        return String(withoutCredentials(chosen).prefix(400))
    }

    /// Cuts `user:password@` out of addresses in a message.
    static func withoutCredentials(_ text: String) -> String {
        var result = ""
        var rest = Substring(text)
        while let mark = rest.firstRange(of: "://") {
            result += rest[..<mark.upperBound]
            rest = rest[mark.upperBound...]
            let authority = rest.prefix { $0 != "/" && !$0.isWhitespace && $0 != "'" && $0 != "\"" }
            if let at = authority.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        }
        return result + rest
    }
}

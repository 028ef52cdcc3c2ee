// One repository: what it holds now, asked at most once per interval, and its commits on disk.

private import FoundationEssentials
package import KubeModel

/// A repository as all Applications share it: however many ask, the server is asked once per
/// interval, and a commit is fetched and unpacked once.
package actor GitRepository {
    package nonisolated let address: GitAddress
    private let git: GitCommands
    private var credentials: GitCredentials
    private var references: GitReferences?
    private var failure: GitError?
    private var askedAt = Timestamp(nanoseconds: .min)
    private var asking: Task<Result<GitReferences, GitError>, Never>?
    private var unpacking: [String: Task<Result<String, GitError>, Never>] = [:]
    /// Unpacked commits, least recently used first.
    private var kept: [String] = []
    /// How often the server was asked for its references and for a commit's objects.
    package private(set) var askCount = 0
    package private(set) var fetchCount = 0

    init(address: GitAddress, credentials: GitCredentials, git: GitCommands) {
        self.address = address
        self.credentials = credentials
        self.git = git
    }

    /// Takes changed credentials; what failed with the old ones is asked again at once.
    func use(_ credentials: GitCredentials) {
        guard credentials != self.credentials else { return }
        self.credentials = credentials
        askedAt = Timestamp(nanoseconds: .min)
    }

    /// When the server was last asked, with or without success.
    package var lastAsked: Timestamp { askedAt }

    /// The repository's references, no older than that moment.
    ///
    /// - Throws: What the server's answer was, also when it was given to somebody else since then.
    package func references(notBefore moment: Timestamp, now: Timestamp) async throws(GitError) -> GitReferences {
        if askedAt >= moment, asking == nil {
            if let failure { throw failure }
            if let references { return references }
        }
        if let asking { return try await asking.value.get() }
        askCount += 1
        askedAt = now
        let task = Task { await self.ask() }
        asking = task
        let result = await task.value
        asking = nil
        switch result {
        case .success(let answer):
            references = answer
            failure = nil
        case .failure(let error): failure = error
        }
        return try result.get()
    }

    private func ask() async -> Result<GitReferences, GitError> {
        do throws(GitError) {
            let output = try await git.remote(
                ["ls-remote", "--symref", "--", address.url], for: address, credentials: credentials,
                outputByteCountMax: git.limits.referenceByteCountMax)
            return .success(GitReferences(lsRemote: String(decoding: output, as: UTF8.self)))
        } catch {
            return .failure(error)
        }
    }

    /// The commit that a revision stands for, by references no older than that moment. A whole
    /// commit hash is taken at its word, without asking.
    ///
    /// - Throws: `.revisionNotFound` and `.empty`, or why the server could not be asked.
    package func resolve(
        _ revision: String, notBefore moment: Timestamp, now: Timestamp
    ) async throws(GitError) -> String {
        if GitReferences.isWholeHash(revision) { return revision.lowercased() }
        let references = try await references(notBefore: moment, now: now)
        switch references.resolve(revision) {
        case .reference(let commit, _), .commit(let commit): return commit
        case .abbreviation(let short): return try await expand(short)
        case .unknown:
            if references.commits.isEmpty { throw .empty(address.description) }
            throw .revisionNotFound(address.description, revision: revision.isEmpty ? "HEAD" : revision)
        }
    }

    private func expand(_ short: String) async throws(GitError) -> String {
        if let tip = references?.commits.values.first(where: { $0.hasPrefix(short) }) { return tip }
        let unknown = GitError.revisionNotFound(address.description, revision: short)
        for isSecondTry in [false, true] {
            if isSecondTry { try await fetchEverything() }
            let output = try? await git.local(
                ["--git-dir", mirror, "rev-parse", "--verify", "--quiet", "\(short)^{commit}"], for: address)
            if let output {
                return String(decoding: output, as: UTF8.self).trimmingBlanks()
            }
        }
        throw unknown
    }

    /// The directory with the files of a commit, unpacked if it is not there yet.
    ///
    /// - Throws: `.tooLarge`, `.unsafeTree`, `.revisionNotFound`, or why it could not be fetched.
    package func tree(of commit: String) async throws(GitError) -> String {
        let directory = "\(git.directory(of: address))/trees/\(commit)"
        if let position = kept.firstIndex(of: commit), FileManager.default.fileExists(atPath: directory) {
            kept.append(kept.remove(at: position))
            return directory
        }
        if let running = unpacking[commit] { return try await running.value.get() }
        let task = Task { await self.unpack(commit, to: directory) }
        unpacking[commit] = task
        let result = await task.value
        unpacking[commit] = nil
        if case .success = result { keep(commit) }
        return try result.get()
    }

    private func keep(_ commit: String) {
        kept.removeAll { $0 == commit }
        kept.append(commit)
        while kept.count > git.limits.keptTreeCount {
            let old = kept.removeFirst()
            try? FileManager.default.removeItem(atPath: "\(git.directory(of: address))/trees/\(old)")
        }
    }

    private func unpack(_ commit: String, to directory: String) async -> Result<String, GitError> {
        do throws(GitError) {
            if FileManager.default.fileExists(atPath: directory) { return .success(directory) }
            if await !has(commit) { try await fetch(commit) }
            try await GitTree(git: git, address: address, mirror: mirror, commit: commit).write(to: directory)
            return .success(directory)
        } catch {
            return .failure(error)
        }
    }

    // MARK: The local mirror

    private var mirror: String { "\(git.directory(of: address))/mirror.git" }

    private func has(_ commit: String) async -> Bool {
        guard FileManager.default.fileExists(atPath: mirror) else { return false }
        let output = try? await git.local(["--git-dir", mirror, "cat-file", "-e", "\(commit)^{tree}"], for: address)
        return output != nil
    }

    private func makeMirror() async throws(GitError) {
        guard !FileManager.default.fileExists(atPath: mirror + "/HEAD") else { return }
        try? FileManager.default.createDirectory(
            atPath: git.directory(of: address), withIntermediateDirectories: true)
        _ = try await git.local(["init", "--quiet", "--bare", "--template=", mirror], for: address)
    }

    /// Fetches one commit alone; where the server gives out tips only, everything.
    private func fetch(_ commit: String) async throws(GitError) {
        try await makeMirror()
        fetchCount += 1
        let tip = references?.commits.first { $0.value == commit }?.key
        for source in [commit, tip].compactMap({ $0 }) {
            let isFetched =
                (try? await git.remote(
                    ["--git-dir", mirror] + Self.fetchOptions + [
                        "--depth=1", "--", address.url, "+\(source):refs/martlet/\(commit)",
                    ], for: address, credentials: credentials)) != nil
            if isFetched, await has(commit) { return }
        }
        try await fetchEverything()
        guard await has(commit) else { throw .revisionNotFound(address.description, revision: commit) }
    }

    private static let fetchOptions = [
        "fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--no-auto-maintenance",
        "--force",
    ]

    private func fetchEverything() async throws(GitError) {
        try await makeMirror()
        fetchCount += 1
        let isShallow = FileManager.default.fileExists(atPath: mirror + "/shallow")
        _ = try await git.remote(
            ["--git-dir", mirror] + Self.fetchOptions + (isShallow ? ["--unshallow"] : []) + [
                "--", address.url, "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*",
            ], for: address, credentials: credentials)
    }
}

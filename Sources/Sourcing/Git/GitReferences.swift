// What a repository's branches and tags point to, and how a revision is found among them.


/// The references of a repository at one moment.
package struct GitReferences: Hashable, Sendable {
    /// Full names (`refs/heads/main`, `HEAD`) to the commits they stand for; annotated tags are
    /// already followed to their commits.
    package var commits: [String: String]
    /// The branch that `HEAD` names, if it names one.
    package var defaultBranch: String?

    package init(commits: [String: String], defaultBranch: String? = nil) {
        self.commits = commits
        self.defaultBranch = defaultBranch
    }

    /// Reads the output of `git ls-remote --symref`.
    package init(lsRemote text: String) {
        commits = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: "\t", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let name = String(parts[1])
            if parts[0].hasPrefix("ref: refs/heads/"), name == "HEAD" {
                defaultBranch = String(parts[0].dropFirst("ref: refs/heads/".count))
            } else if name.hasSuffix("^{}") {
                commits[String(name.dropLast(3))] = String(parts[0])
            } else if commits[name] == nil {
                commits[name] = String(parts[0])
            }
        }
    }

    /// Names of tags, without `refs/tags/`.
    package var tags: [String] {
        commits.keys.filter { $0.hasPrefix("refs/tags/") }.map { String($0.dropFirst("refs/tags/".count)) }
    }

    /// What a revision's text stands for.
    package enum Resolution: Hashable, Sendable {
        /// A branch, tag or HEAD: the commit and the reference to fetch it by.
        case reference(commit: String, name: String)
        /// A whole commit hash, which need not be any reference's.
        case commit(String)
        /// The beginning of a commit hash; the repository must be asked.
        case abbreviation(String)
        case unknown
    }

    /// Finds a revision: empty and `HEAD` are the default branch; then whole names, branches, tags,
    /// commit hashes, and semantic version ranges, which are looked for among tags alone.
    package func resolve(_ revision: String) -> Resolution {
        if revision.isEmpty || revision == "HEAD" {
            return commits["HEAD"].map { .reference(commit: $0, name: "HEAD") } ?? .unknown
        }
        if Self.isWholeHash(revision) { return .commit(revision.lowercased()) }
        for name in [revision, "refs/\(revision)", "refs/heads/\(revision)", "refs/tags/\(revision)"] {
            if name.hasPrefix("refs/"), let commit = commits[name] {
                return .reference(commit: commit, name: name)
            }
        }
        if let range = SemanticVersionRange(revision), let tag = range.newest(among: tags),
            let commit = commits["refs/tags/\(tag)"]
        {
            return .reference(commit: commit, name: "refs/tags/\(tag)")
        }
        return Self.isAbbreviation(revision) ? .abbreviation(revision.lowercased()) : .unknown
    }

    /// Forty hexadecimal digits.
    package static func isWholeHash(_ text: String) -> Bool { text.utf8.count == 40 && isHexadecimal(text) }
    private static func isAbbreviation(_ text: String) -> Bool {
        (7..<40).contains(text.utf8.count) && isHexadecimal(text)
    }
    private static func isHexadecimal(_ text: String) -> Bool { text.allSatisfy { $0.isASCII && $0.isHexDigit } }
}

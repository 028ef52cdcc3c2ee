// What a Git host's webhook says: which repository, which branch or tag.

import JSONTree
import KubeModel
import MartletModel
import Sourcing

/// A push as GitHub's payload has it.
struct GitPush: Hashable, Sendable {
    /// Every address under which the payload names the repository.
    var addresses: [String]
    /// `refs/heads/main`, or the name alone.
    var reference: String
    var defaultBranch: String
    /// Files added, changed or removed; nil where the payload does not say.
    var files: [String]?

    /// Reads the payload; nil for one without repository or reference.
    init?(_ payload: JSON) {
        let repository = payload["repository"]
        addresses = ["clone_url", "ssh_url", "git_url", "html_url", "url", "git_http_url", "git_ssh_url"]
            .compactMap { repository[$0].string }
        guard !addresses.isEmpty, let reference = payload["ref"].string else { return nil }
        self.reference = reference
        defaultBranch = repository["default_branch"].string ?? repository["master_branch"].string ?? ""
        if let commits = payload["commits"].array, !commits.isEmpty {
            files = commits.flatMap { commit in
                ["added", "modified", "removed"].flatMap { commit[$0].elements.compactMap(\.string) }
            }
        }
    }

    /// The branch's or tag's name.
    var name: String {
        for prefix in ["refs/heads/", "refs/tags/"] where reference.hasPrefix(prefix) {
            return String(reference.dropFirst(prefix.count))
        }
        return reference
    }

    /// Whether a source follows what was pushed.
    func concerns(_ source: ApplicationSource) -> Bool {
        guard let own = GitAddress.key(of: source.repoURL),
            addresses.contains(where: { GitAddress.key(of: $0) == own })
        else { return false }
        let revision = source.targetRevision
        if revision.isEmpty || revision == "HEAD" { return defaultBranch.isEmpty || name == defaultBranch }
        if revision == name || revision == reference { return true }
        guard let range = SemanticVersionRange(revision), let version = SemanticVersion(name) else { return false }
        return range.contains(version)
    }

    /// Whether a push touched what an Application says it is made of
    /// (`argocd.argoproj.io/manifest-generate-paths`).
    func touches(_ application: KubeObject, _ source: ApplicationSource) -> Bool {
        guard let files, let text = application.annotation("argocd.argoproj.io/manifest-generate-paths"), !text.isEmpty
        else { return true }
        let roots = text.split(separator: ";").map { part -> String in
            let path = String(part).trimmingBlanks()
            return Self.normalized(path.hasPrefix("/") ? path : "\(source.path)/\(path)")
        }
        return files.contains { file in roots.contains { $0.isEmpty || file == $0 || file.hasPrefix($0 + "/") } }
    }

    private static func normalized(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return parts.joined(separator: "/")
    }
}

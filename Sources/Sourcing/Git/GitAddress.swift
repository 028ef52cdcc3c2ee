// Where a repository is: which forms we accept, and when two name the same one.

private import KubeModel

/// The address of a Git repository: a local path, `file://`, `http(s)://`, `ssh://` or the short
/// form `user@host:path`.
package struct GitAddress: Hashable, Sendable, CustomStringConvertible {
    /// How the repository is reached.
    package enum Scheme: String, Hashable, Sendable { case path, file, http, https, ssh }

    package let scheme: Scheme
    /// What `git` is given, without credentials.
    package let url: String
    /// The same for all spellings of one repository.
    package let key: String
    /// The user named in the address, if any.
    package let user: String?

    /// Reads an address.
    ///
    /// - Throws: `GitError.invalidAddress` for transports that run programs (`ext::`), options in
    ///   disguise, and what is no address at all.
    package init(_ text: String) throws(GitError) {
        let trimmed = text.trimmingBlanks()
        guard !trimmed.isEmpty else { throw .invalidAddress("", "it is empty") }
        let isPlain = trimmed.unicodeScalars.allSatisfy { $0.value > 32 && $0.value != 127 }
        guard isPlain, !trimmed.hasPrefix("-"), !trimmed.contains("::") else {
            throw .invalidAddress(Self.redacted(trimmed), "it is not a repository's address")
        }
        if let mark = trimmed.firstRange(of: "://") {
            try self.init(schemeName: String(trimmed[..<mark.lowerBound]), rest: String(trimmed[mark.upperBound...]))
            return
        }
        if trimmed.hasPrefix("/") {
            self.init(scheme: .path, url: trimmed, user: nil, hostAndPath: trimmed)
            return
        }
        guard let colon = trimmed.firstIndex(of: ":"), !trimmed[..<colon].contains("/"), colon != trimmed.startIndex
        else {
            throw .invalidAddress(
                Self.redacted(trimmed), "give an absolute path, file://, http://, https:// or ssh://")
        }
        let host = String(trimmed[..<colon])
        let path = String(trimmed[trimmed.index(after: colon)...])
        let parts = host.split(separator: "@", maxSplits: 1)
        guard !host.hasPrefix("-"), let name = parts.last, !name.hasPrefix("-") else {
            throw .invalidAddress(Self.redacted(trimmed), "its host is not a host's name")
        }
        self.init(
            scheme: .ssh, url: trimmed, user: parts.count == 2 ? String(parts[0]) : nil,
            hostAndPath: "\(name)/\(path)")
    }

    private init(schemeName: String, rest: String) throws(GitError) {
        guard let scheme = Scheme(rawValue: schemeName.lowercased()), scheme != .path else {
            throw .invalidAddress("\(schemeName)://…", "the protocol \(schemeName) is not supported")
        }
        if scheme == .file {
            guard rest.hasPrefix("/") else { throw .invalidAddress("file://\(rest)", "file:// needs an absolute path") }
            self.init(scheme: .file, url: "file://\(rest)", user: nil, hostAndPath: rest)
            return
        }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let authority = String(rest[..<slash])
        let path = String(rest[slash...])
        let at = authority.lastIndex(of: "@")
        let host = at.map { String(authority[authority.index(after: $0)...]) } ?? authority
        let userPart: String? = at.map { String(authority[..<$0]) }
        let user: String? = userPart.map { String($0.prefix { $0 != ":" }) }
        guard !host.isEmpty, !host.hasPrefix("-"), path.count > 1 else {
            throw .invalidAddress("\(scheme.rawValue)://\(host)\(path)", "it needs a host and a path")
        }
        // A password in an address would stand in process lists and logs: it is dropped here, and
        // the message for refused credentials says where it belongs.
        let shown = user.map { $0.isEmpty ? "" : "\($0)@" } ?? ""
        self.init(
            scheme: scheme, url: "\(scheme.rawValue)://\(shown)\(host)\(path)", user: user, hostAndPath: host + path)
    }

    private init(scheme: Scheme, url: String, user: String?, hostAndPath: String) {
        self.scheme = scheme
        self.url = url
        self.user = user
        key = Self.canonical(hostAndPath, foldsCase: scheme != .path && scheme != .file)
    }

    private static func canonical(_ hostAndPath: String, foldsCase: Bool) -> String {
        var text = foldsCase ? hostAndPath.lowercased() : hostAndPath
        while text.hasSuffix("/"), text.count > 1 { text.removeLast() }
        if text.hasSuffix(".git"), foldsCase { text.removeLast(4) }
        while let double = text.firstRange(of: "//") { text.replaceSubrange(double, with: "/") }
        return text
    }

    /// The key of any spelling, also of those we would not fetch from: for matching webhooks.
    package static func key(of text: String) -> String? { (try? GitAddress(text))?.key }

    private static func redacted(_ text: String) -> String {
        guard let at = text.lastIndex(of: "@") else { return String(text.prefix(200)) }
        return "…" + String(text[at...].prefix(200))
    }

    /// The host with its port in lower case; empty for a local repository.
    package var host: String { isLocal ? "" : String(key.prefix { $0 != "/" }) }

    /// The host with its port as it stands in the address, which is how git names it.
    var writtenHost: String {
        guard let mark = url.firstRange(of: "://") else { return host }
        let authority = url[mark.upperBound...].prefix { $0 != "/" }
        return String(authority.split(separator: "@").last ?? "")
    }

    /// The address without credentials.
    package var description: String { url }
    /// Whether the repository lies on this machine.
    package var isLocal: Bool { scheme == .path || scheme == .file }
}

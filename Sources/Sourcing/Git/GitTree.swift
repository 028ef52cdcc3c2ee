// Puts the files of a commit on disk, after looking at what they are.

private import FoundationEssentials

#if canImport(Glibc)
private import Glibc
#else
private import Darwin
#endif

/// A commit whose files are to be written. Repositories are not trusted: sizes are bounded,
/// submodules are left out, and a symbolic link that leads out of the tree refuses the commit.
struct GitTree {
    let git: GitCommands
    let address: GitAddress
    let mirror: String
    let commit: String

    /// An entry of `git ls-tree`.
    struct Entry: Equatable {
        var mode: String
        var object: String
        var byteCount: Int
        var path: String
        var isSymbolicLink: Bool { mode == "120000" }
        var isSubmodule: Bool { mode == "160000" }
    }

    /// Writes all files to a directory that appears complete or not at all.
    func write(to directory: String) async throws(GitError) {
        let entries = try await entries()
        let temporary = "\(directory).\(UUID().uuidString.prefix(8)).part"
        let index = temporary + ".index"
        let manager = FileManager.default
        defer {
            try? manager.removeItem(atPath: temporary)
            try? manager.removeItem(atPath: index)
        }
        do {
            try manager.createDirectory(atPath: temporary, withIntermediateDirectories: true)
        } catch {
            throw .failed(address.description, "the cache directory cannot be written; check its space")
        }
        let extra = ["GIT_INDEX_FILE": index, "GIT_WORK_TREE": temporary]
        _ = try await git.local(["--git-dir", mirror, "read-tree", commit], for: address, extra: extra)
        _ = try await git.local(
            ["--git-dir", mirror, "checkout-index", "--all", "--force", "--quiet", "--prefix=\(temporary)/"],
            for: address, extra: extra)
        for link in entries where link.isSymbolicLink { try check(link.path, in: temporary) }
        guard rename(temporary, directory) == 0 || manager.fileExists(atPath: directory) else {
            throw .failed(address.description, "commit \(commit) could not be moved into the cache")
        }
    }

    private func entries() async throws(GitError) -> [Entry] {
        let limits = git.limits
        let output = try await git.local(
            ["--git-dir", mirror, "ls-tree", "-r", "-l", "-z", "--full-tree", commit], for: address,
            outputByteCountMax: 64 << 20)
        let entries = Self.parse(output)
        guard entries.count <= limits.fileCountMax else {
            throw .tooLarge("commit \(commit.prefix(7)) of \(address) has more than \(limits.fileCountMax) files")
        }
        let total = entries.reduce(0) { $0 + $1.byteCount }
        guard total <= limits.treeByteCountMax else {
            throw .tooLarge(
                "the files of commit \(commit.prefix(7)) of \(address) have \(total >> 20) MiB, more than the"
                    + " \(limits.treeByteCountMax >> 20) MiB that are taken")
        }
        return entries
    }

    /// Reads `mode type object size<TAB>path`, each ended by a zero byte.
    static func parse(_ output: [UInt8]) -> [Entry] {
        output.split(separator: 0).compactMap { record in
            guard let tab = record.firstIndex(of: 9) else { return nil }
            let head = record[..<tab].split(separator: 32).map { String(decoding: $0, as: UTF8.self) }
            guard head.count == 4 else { return nil }
            return Entry(
                mode: head[0], object: head[2], byteCount: Int(head[3]) ?? 0,
                path: String(decoding: record[record.index(after: tab)...], as: UTF8.self))
        }
    }

    /// Refuses a link whose end lies outside; takes away one that leads nowhere, since it could
    /// come to lead outside later.
    private func check(_ path: String, in root: String) throws(GitError) {
        let link = "\(root)/\(path)"
        guard let end = Self.realPath(link) else {
            unlink(link)
            return
        }
        guard let base = Self.realPath(root), end == base || end.hasPrefix(base + "/") else {
            throw .unsafeTree(
                "commit \(commit.prefix(7)) of \(address) holds the symbolic link \(path), which leads out of the"
                    + " repository; remove it or make it relative")
        }
    }

    private static func realPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}

// Reads the manifest files of a source's directory, with bounds.

private import FoundationEssentials

/// A file as text, named by its path from the source's directory.
package struct SourceFile: Hashable, Sendable {
    package var path: String
    package var text: String
    package init(path: String, text: String) {
        self.path = path
        self.text = text
    }
}

/// What kind of content a source's directory has.
package enum SourceContent: String, Hashable, Sendable {
    case kustomize = "Kustomize"
    case helm = "Helm"
    case directory = "Directory"
}

/// The directory of one source inside an unpacked commit.
package struct SourceDirectory: Hashable, Sendable {
    /// The commit's files.
    package var root: String
    /// The source's path from the root, without `.` and `..` parts; empty is the root itself.
    package var path: String
    /// The absolute directory.
    package var directory: String { path.isEmpty ? root : "\(root)/\(path)" }

    /// Finds a source's directory.
    ///
    /// - Throws: `.unsafeTree` for a path that leads out, `.pathNotFound` for one that is not there.
    package init(root: String, path: String, commit: String) throws(GitError) {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            guard part != ".." else {
                throw .unsafeTree("path \"\(path)\" leads out of the repository; check spec.source.path")
            }
            parts.append(part)
        }
        self.root = root
        self.path = parts.joined(separator: "/")
        var isDirectory: Bool = false
        guard FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory), isDirectory else {
            throw .pathNotFound(path: path, commit: commit)
        }
    }

    /// What the directory holds, by the names of files in it.
    package var content: SourceContent {
        let manager = FileManager.default
        if manager.fileExists(atPath: directory + "/Chart.yaml") { return .helm }
        return Self.kustomizationNames.contains { manager.fileExists(atPath: "\(directory)/\($0)") }
            ? .kustomize : .directory
    }

    /// The names by which kustomize finds its file.
    package static let kustomizationNames = ["kustomization.yaml", "kustomization.yml", "Kustomization"]

    /// Reads the files that are wanted, ordered by path.
    ///
    /// - Parameter isWanted: Asked for each file with its path from the directory.
    /// - Throws: `.tooLarge` for a file or a total beyond the limits.
    package func files(
        recursive: Bool, limits: SourcingLimits, isWanted: (String) -> Bool
    ) throws(GitError) -> [SourceFile] {
        var result: [SourceFile] = []
        var total = 0
        for name in names(recursive: recursive).sorted() where isWanted(name) {
            guard let data = FileManager.default.contents(atPath: "\(directory)/\(name)") else { continue }
            guard data.count <= limits.manifestByteCountMax else {
                throw .tooLarge("\(name) has \(data.count >> 20) MiB, more than a manifest may have")
            }
            total += data.count
            guard total <= limits.renderedByteCountMax else {
                throw .tooLarge("the manifests in \(path) have more than \(limits.renderedByteCountMax >> 20) MiB")
            }
            result.append(SourceFile(path: name, text: String(decoding: data, as: UTF8.self)))
        }
        return result
    }

    /// The text of one file of the directory; nil when it is not there.
    ///
    /// - Throws: `.tooLarge`.
    package func text(of name: String, limits: SourcingLimits) throws(GitError) -> String? {
        guard let data = FileManager.default.contents(atPath: "\(directory)/\(name)") else { return nil }
        guard data.count <= limits.manifestByteCountMax else {
            throw .tooLarge("\(name) has \(data.count >> 20) MiB, more than a manifest may have")
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// Whether the directory has a file or directory of that name.
    package func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(directory)/\(name)") }

    private func names(recursive: Bool) -> [String] {
        let manager = FileManager.default
        guard recursive else { return (try? manager.contentsOfDirectory(atPath: directory)) ?? [] }
        return ((try? manager.subpathsOfDirectory(atPath: directory)) ?? []).filter { !$0.hasPrefix(".git/") }
    }
}

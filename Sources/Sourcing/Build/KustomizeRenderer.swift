// Renders a kustomization with the kustomize inside kubectl.

private import FoundationEssentials

/// Why a kustomization could not be rendered.
package enum RenderError: Error, Hashable, Sendable, CustomStringConvertible {
    case kubectlMissing(String)
    case timedOut(Duration)
    case tooLarge(Int)
    /// In kustomize's words, without our directories.
    case failed(String)

    package var description: String {
        switch self {
        case .kubectlMissing(let program):
            "the program \(program) was not found; install kubectl where the controller runs, or name it with --kubectl"
        case .timedOut(let duration): "kustomize did not end within \(duration)"
        case .tooLarge(let limit): "kustomize printed more than \(limit >> 20) MiB"
        case .failed(let detail): "kustomize build failed: \(detail)"
        }
    }
}

/// Runs `kubectl kustomize`.
package struct KustomizeRenderer: Sendable {
    private let git: GitCommands
    private let kubectl: String

    /// - Parameter kubectl: The program's name or absolute path.
    package init(git: GitCommands, kubectl: String = "kubectl") {
        self.git = git
        self.kubectl = kubectl
    }

    /// The rendered manifests as one YAML stream.
    ///
    /// - Parameter rewrite: Given the text of the kustomization file, its changed text; then the
    ///   rendering works on a copy of the tree. Nil leaves it as it is.
    package func render(
        _ source: SourceDirectory, rewrite: (@Sendable (String) throws(RenderError) -> String)? = nil
    ) async throws(RenderError) -> String {
        guard let rewrite else { return try await run(source.directory, root: source.root) }
        let copy = "\(git.cacheDirectory)/tmp/\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: copy) }
        do {
            try FileManager.default.createDirectory(
                atPath: git.cacheDirectory + "/tmp", withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: source.root, toPath: copy)
        } catch {
            throw .failed("the files could not be copied in the cache directory; check its space")
        }
        let directory = source.path.isEmpty ? copy : "\(copy)/\(source.path)"
        let names = SourceDirectory.kustomizationNames.map { "\(directory)/\($0)" }
        guard let file = names.first(where: { FileManager.default.fileExists(atPath: $0) }),
            let data = FileManager.default.contents(atPath: file)
        else { throw .failed("there is no kustomization.yaml in \(source.path)") }
        let changed = try rewrite(String(decoding: data, as: UTF8.self))
        do {
            try Data(changed.utf8).write(to: URL(filePath: file))
        } catch {
            throw .failed("the changed kustomization could not be written; check the cache directory's space")
        }
        return try await run(directory, root: copy)
    }

    private func run(_ directory: String, root: String) async throws(RenderError) -> String {
        let limits = git.limits
        let command = Command(
            kubectl, ["kustomize", directory], environment: git.renderEnvironment, timeout: limits.renderTimeout,
            outputByteCountMax: limits.renderedByteCountMax)
        let result: CommandResult
        do {
            result = try await git.runner.run(command)
        } catch {
            switch error {
            case .notFound(let program): throw .kubectlMissing(program)
            case .timedOut(let duration): throw .timedOut(duration)
            case .tooMuchOutput(let limit): throw .tooLarge(limit)
            case .broken(let detail): throw .failed(detail)
            }
        }
        guard result.exitCode == 0 else { throw .failed(Self.message(result.errorText, root: root)) }
        return String(decoding: result.output, as: UTF8.self)
    }

    /// The error's line with paths as the repository names them.
    static func message(_ errorText: String, root: String) -> String {
        let lines = errorText.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("# Warning") }
        let line = lines.last { $0.lowercased().hasPrefix("error") || $0.contains(" err=\"") } ?? lines.last ?? "no message"
        var text = GitError.withoutCredentials(String(line))
        // klog's form of kubectl's last words: `E1121 … "command failed" err="…"`.
        if let mark = text.firstRange(of: " err=\"") {
            text = String(text[mark.upperBound...])
            if text.hasSuffix("\"") { text.removeLast() }
            text = text.replacing("\\\"", with: "\"")
        }
        for prefix in [root + "/", root] { text = text.replacing(prefix, with: "") }
        if text.lowercased().hasPrefix("error: ") { text.removeFirst(7) }
        return String(text.prefix(800))
    }
}

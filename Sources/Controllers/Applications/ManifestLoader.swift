// Sources to manifests: resolve, fetch, unpack, render, parse.

import JSONTree
import KubeModel
import MartletModel
import Sourcing
import SyncCore
import YAMLTree

/// Loads what an Application's sources hold.
struct ManifestLoader: Sendable {
    let repositories: GitRepositories
    let renderer: KustomizeRenderer
    let limits: SourcingLimits

    /// Why nothing could be loaded, and whether a later try may help by itself.
    struct Problem: Error {
        var message: String
        /// Nothing but a new commit, or a changed spec, helps.
        var isPermanent = false
    }

    /// The commits that the revisions stand for.
    func resolve(
        _ request: ManifestRequest, notBefore: Timestamp, now: Timestamp
    ) async throws(Problem) -> [String] {
        var commits: [String] = []
        for (source, revision) in zip(request.sources, request.revisions) {
            guard source.chart.isEmpty else {
                throw Problem(message: "chart \"\(source.chart)\": Helm charts are not supported yet", isPermanent: true)
            }
            do throws(GitError) {
                let repository = try await repositories.repository(at: source.repoURL)
                commits.append(try await repository.resolve(revision, notBefore: notBefore, now: now))
            } catch {
                throw Problem(message: error.description)
            }
        }
        return commits
    }

    /// The manifests of sources at commits.
    func load(
        _ request: ManifestRequest, commits: [String], application: ObjectKey, variables: BuildVariables
    ) async throws(Problem) -> LoadedManifests {
        var result = LoadedManifests(revisions: commits, sourceTypes: [], objects: [])
        for (source, commit) in zip(request.sources, commits) {
            let directory = try await directory(of: source, at: commit)
            let source = try overridden(source, in: directory, of: application)
            var variables = variables
            variables.set(source: source, commit: commit)
            let (type, parsed) = try await render(source, directory, variables)
            result.sourceTypes.append(type.rawValue)
            result.objects += parsed.objects
            result.warnings += parsed.warnings
        }
        return result
    }

    private func directory(of source: ApplicationSource, at commit: String) async throws(Problem) -> SourceDirectory {
        do throws(GitError) {
            let repository = try await repositories.repository(at: source.repoURL)
            let tree = try await repository.tree(of: commit)
            return try SourceDirectory(root: tree, path: source.path, commit: commit)
        } catch {
            throw Problem(message: error.description)
        }
    }

    /// The source with what files in Git say of it (gitops-argocd.md, section 1.2): one for all
    /// Applications, then one for this.
    private func overridden(
        _ source: ApplicationSource, in directory: SourceDirectory, of application: ObjectKey
    ) throws(Problem) -> ApplicationSource {
        var source = source
        for name in [".argocd-source.yaml", ".argocd-source-\(application.name).yaml"] {
            do {
                guard let text = try directory.text(of: name, limits: limits) else { continue }
                var overrides = try YAML.parseOne(text, file: name)
                guard overrides.object != nil else { continue }
                for fixed in ["repoURL", "path", "chart", "targetRevision"] { overrides.set([fixed], to: nil) }
                source.tree = MergePatch.apply(overrides, to: source.tree)
            } catch {
                throw Problem(message: "\(error)")
            }
        }
        return source
    }

    private func render(
        _ source: ApplicationSource, _ directory: SourceDirectory, _ variables: BuildVariables
    ) async throws(Problem) -> (SourceContent, ParsedManifests) {
        switch try content(of: source, directory) {
        case .helm: throw Problem(message: "path \"\(source.path)\" is a Helm chart: Helm is not supported yet", isPermanent: true)
        case .kustomize: return (.kustomize, try await renderKustomize(source, directory, variables))
        case .directory: return (.directory, try parse(source, directory))
        }
    }

    private func content(of source: ApplicationSource, _ directory: SourceDirectory) throws(Problem) -> SourceContent {
        switch source.explicitTools.first {
        case "Plugin": throw Problem(message: "config management plugins are not supported", isPermanent: true)
        case "Helm": return .helm
        case "Kustomize": return .kustomize
        case "Directory": return .directory
        default: return directory.content
        }
    }

    private func renderKustomize(
        _ source: ApplicationSource, _ directory: SourceDirectory, _ variables: BuildVariables
    ) async throws(Problem) -> ParsedManifests {
        var rewrite: (@Sendable (String) throws(RenderError) -> String)?
        if source.hasKustomizeOverrides {
            let overrides = source.kustomize
            rewrite = { text throws(RenderError) in
                do throws(BuildError) {
                    return try KustomizeOverrides.apply(
                        overrides, to: text, exists: { directory.has($0) }, substitute: { variables.substituted($0) })
                } catch {
                    throw .failed(error.message)
                }
            }
        }
        let text: String
        do throws(RenderError) {
            text = try await renderer.render(directory, rewrite: rewrite)
        } catch {
            throw Problem(message: error.description)
        }
        do throws(BuildError) {
            var parsed = ParsedManifests()
            parsed.objects = try ManifestParser.parse(text, file: "kustomize output")
            return parsed
        } catch {
            throw Problem(message: error.message)
        }
    }

    private func parse(_ source: ApplicationSource, _ directory: SourceDirectory) throws(Problem) -> ParsedManifests {
        let options = source.directory
        let files: [SourceFile]
        do throws(GitError) {
            files = try directory.files(recursive: options.recurses, limits: limits) { path in
                ManifestParser.takes(
                    path, extensionsMatter: !options.ignoresExtensions, include: options.include,
                    exclude: options.exclude)
            }
        } catch {
            throw Problem(message: error.description)
        }
        do throws(BuildError) {
            let prefix = directory.path.isEmpty ? "" : directory.path + "/"
            return try ManifestParser.parse(files.map { ManifestFile(path: prefix + $0.path, text: $0.text) })
        } catch {
            throw Problem(message: error.message)
        }
    }
}

/// The `$ARGOCD_APP_…` that overrides may use (gitops-argocd.md, section 1.2).
struct BuildVariables: Sendable {
    private var values: [String: String]

    init(application: ObjectKey, project: String) {
        values = [
            "ARGOCD_APP_NAME": application.name, "ARGOCD_APP_NAMESPACE": application.namespace,
            "ARGOCD_APP_PROJECT_NAME": project,
        ]
    }

    mutating func set(source: ApplicationSource, commit: String) {
        values["ARGOCD_APP_REVISION"] = commit
        values["ARGOCD_APP_REVISION_SHORT"] = String(commit.prefix(7))
        values["ARGOCD_APP_REVISION_SHORT_8"] = String(commit.prefix(8))
        values["ARGOCD_APP_SOURCE_PATH"] = source.path
        values["ARGOCD_APP_SOURCE_REPO_URL"] = source.repoURL
        values["ARGOCD_APP_SOURCE_TARGET_REVISION"] = source.targetRevision
    }

    /// `$NAME` and `${NAME}` replaced where they are known; `$$` is a dollar sign.
    func substituted(_ text: String) -> String {
        guard text.contains("$") else { return text }
        var result = ""
        var rest = Substring(text)
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.hasPrefix("$") {
                result += "$"
                rest.removeFirst()
                continue
            }
            let isBraced = rest.hasPrefix("{")
            let body = isBraced ? rest.dropFirst() : rest
            let name = body.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            let after = body.dropFirst(name.count)
            guard let value = values[String(name)], !isBraced || after.hasPrefix("}") else {
                result += "$"
                continue
            }
            result += value
            rest = isBraced ? after.dropFirst() : after
        }
        return result + rest
    }
}

// What is wrong with manifests, and what will surprise.

import JSONTree
import KubeModel
import MartletModel
import RolloutCore
import YAMLTree

/// Something to know about a manifest.
struct LintFinding: Hashable, Sendable {
    enum Level: String, Sendable { case error, warning }
    var level: Level
    /// `rollout/web`.
    var object: String
    /// The field, as in `spec.strategy.canary.steps[0]`; empty for the object as a whole.
    var field: String
    var message: String
    /// `web.yaml:12:7`.
    var place: String
}

/// Looks at all manifests of some files together.
struct Linter {
    /// A document and where it stands.
    struct Manifest {
        var object: KubeObject
        var document: YAMLDocument
    }
    let manifests: [Manifest]
    private let objects: [KubeObject]

    init(_ documents: [YAMLDocument]) {
        manifests = documents.filter { !$0.tree.isNull }.map {
            Manifest(object: KubeObject($0.tree), document: $0)
        }
        // Files rarely say a namespace: all are taken to be of one.
        objects = manifests.map { manifest in
            var object = manifest.object
            object.tree.set(
                ["metadata", "namespace"], to: object.kindName.hasPrefix("Cluster") ? nil : "")
            return object
        }
    }

    /// Errors first, each kind in the order of the files.
    var findings: [LintFinding] {
        var found: [LintFinding] = []
        for (manifest, object) in zip(manifests, objects) {
            found += findings(about: object, manifest)
        }
        return found.filter { $0.level == .error } + found.filter { $0.level == .warning }
    }

    private func findings(about object: KubeObject, _ manifest: Manifest) -> [LintFinding] {
        func finding(
            _ level: LintFinding.Level, _ field: String, _ message: String, at path: [String]? = nil
        ) -> LintFinding {
            let tokens = path ?? Self.tokens(of: field)
            return LintFinding(
                level: level, object: "\(object.kindName.lowercased())/\(object.name)",
                field: field, message: message,
                place: Self.place(tokens, manifest.document))
        }
        if object.kindName.isEmpty {
            return [finding(.error, "kind", "Required value: the document has no kind")]
        }
        guard object.kind.group == Resources.group else { return [] }
        var found = FieldCheck.findings(in: object).map {
            finding(.error, Self.field(of: $0.path), $0.message, at: $0.path)
        }
        switch object.kindName {
        case "Rollout":
            let check = RolloutLint(object, among: objects)
            if let error = check.error { found.append(finding(.error, error.field, error.detail)) }
            found += check.surprises.map { finding(.warning, $0.field, $0.message) }
        case "AnalysisTemplate", "ClusterAnalysisTemplate", "AnalysisRun":
            let check = AnalysisLint(object)
            if let error = check.error {
                found.append(finding(.error, "spec.\(error.field)", error.problem))
            }
            found += check.surprises.map { finding(.warning, $0.field, $0.message) }
        default: break
        }
        return found
    }

    // MARK: Places

    /// `spec.steps[0].pause` as tokens of a pointer.
    static func tokens(of field: String) -> [String] {
        field.split(whereSeparator: { ".[]".contains($0) }).map(String.init)
    }

    static func field(of path: [String]) -> String {
        var text = ""
        for token in path {
            text += Int(token) != nil ? "[\(token)]" : (text.isEmpty ? "" : ".") + token
        }
        return text
    }

    /// The place of the field, or of the nearest one around it that is written.
    private static func place(_ tokens: [String], _ document: YAMLDocument) -> String {
        var tokens = tokens
        while true {
            if let mark = document.mark(at: JSONPointer(tokens: tokens)) { return mark.description }
            if tokens.isEmpty { return "" }
            tokens.removeLast()
        }
    }
}

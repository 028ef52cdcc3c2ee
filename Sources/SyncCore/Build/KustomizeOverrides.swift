// What an Application changes in a kustomization before it is built.

package import JSONTree
import YAMLTree

/// Applies `spec.source.kustomize` to a kustomization file, as `kustomize edit` would: prefix,
/// suffix, images, replicas, labels, annotations, namespace, patches, components (in that order).
package enum KustomizeOverrides {
    /// The changed file.
    ///
    /// - Parameters:
    ///   - exists: Whether the kustomization's directory has that path, for
    ///     `ignoreMissingComponents`.
    ///   - substitute: Replaces `$ARGOCD_APP_…` in images, labels and annotations.
    /// - Throws: `BuildError` when the file is no kustomization, or an override no override.
    package static func apply(
        _ overrides: JSON, to text: String, exists: (String) -> Bool = { _ in true },
        substitute: (String) -> String = { $0 }
    ) throws(BuildError) -> String {
        var tree: JSON
        do {
            tree = try YAML.parseOne(text, file: "kustomization.yaml")
        } catch {
            throw BuildError("\(error)")
        }
        if tree.isNull { tree = [:] }
        guard tree.object != nil else { throw BuildError("kustomization.yaml is not an object") }
        for name in ["namePrefix", "nameSuffix", "namespace"] {
            if let value = overrides[name].string, !value.isEmpty { tree[name] = .string(value) }
        }
        try setImages(overrides["images"].elements, in: &tree, substitute)
        setReplicas(overrides["replicas"].elements, in: &tree)
        setLabels(overrides, in: &tree, substitute)
        let patches = overrides["patches"].elements
        if !patches.isEmpty { tree["patches"] = .array(tree["patches"].elements + patches) }
        let ignoresMissing = overrides["ignoreMissingComponents"].bool == true
        let components = overrides["components"].elements.filter { !ignoresMissing || exists($0.string ?? "") }
        if !components.isEmpty { tree["components"] = .array(tree["components"].elements + components) }
        return YAML.text(tree)
    }

    private static func setImages(
        _ images: [JSON], in tree: inout JSON, _ substitute: (String) -> String
    ) throws(BuildError) {
        for image in images {
            guard let text = image.string, let edit = ImageEdit(substitute(text)) else {
                throw BuildError("spec.source.kustomize.images: \"\(image.string ?? image.text())\" is not [old=]new[:tag][@digest]")
            }
            var entries = tree["images"].elements
            let old = entries.firstIndex { $0["name"].string == edit.name }
            let previous = old.map { entries[$0] }
            var entry: JSON = ["name": .string(edit.name)]
            if let newName = edit.newName { entry["newName"] = .string(newName) }
            else if let kept = previous?["newName"].string { entry["newName"] = .string(kept) }
            if let tag = edit.tag { entry["newTag"] = .string(tag) }
            if let digest = edit.digest { entry["digest"] = .string(digest) }
            if edit.tag == nil, edit.digest == nil, let kept = previous {
                if !kept["newTag"].isNull { entry["newTag"] = kept["newTag"] }
                if !kept["digest"].isNull { entry["digest"] = kept["digest"] }
            }
            if let old { entries[old] = entry } else { entries.append(entry) }
            entries.sort { ($0["name"].string ?? "") < ($1["name"].string ?? "") }
            tree["images"] = .array(entries)
        }
    }

    private static func setReplicas(_ replicas: [JSON], in tree: inout JSON) {
        for wish in replicas {
            guard let name = wish["name"].string else { continue }
            let count: JSON = wish["count"].string.flatMap { Int64($0) }.map { .int($0) } ?? wish["count"]
            var entries = tree["replicas"].elements.filter { $0["name"].string != name }
            entries.append(["name": .string(name), "count": count])
            tree["replicas"] = .array(entries)
        }
    }

    private static func setLabels(_ overrides: JSON, in tree: inout JSON, _ substitute: (String) -> String) {
        if let labels = overrides["commonLabels"].object, !labels.isEmpty {
            let values = JSON.object(labels.mapValues { .string(substitute($0.string ?? $0.text())) })
            if overrides["labelWithoutSelector"].bool == true {
                var entry: JSON = ["pairs": values]
                if overrides["labelIncludeTemplates"].bool == true { entry["includeTemplates"] = true }
                tree["labels"] = .array(tree["labels"].elements + [entry])
            } else {
                tree["commonLabels"] = MergePatch.apply(values, to: tree["commonLabels"])
            }
        }
        if let annotations = overrides["commonAnnotations"].object, !annotations.isEmpty {
            let isSubstituted = overrides["commonAnnotationsEnvsubst"].bool == true
            let values = JSON.object(
                annotations.mapValues {
                    let text = $0.string ?? $0.text()
                    return .string(isSubstituted ? substitute(text) : text)
                })
            tree["commonAnnotations"] = MergePatch.apply(values, to: tree["commonAnnotations"])
        }
    }

    /// `[old=]new[:tag][@digest]`.
    struct ImageEdit: Equatable {
        var name: String
        var newName: String?
        var tag: String?
        var digest: String?

        init?(_ text: String) {
            let halves = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            var rest = halves.last ?? ""
            if let at = rest.firstIndex(of: "@") {
                digest = String(rest[rest.index(after: at)...])
                rest = String(rest[..<at])
            }
            // A colon before the last slash is a registry's port.
            let slash = rest.lastIndex(of: "/") ?? rest.startIndex
            if let colon = rest[slash...].lastIndex(of: ":") {
                tag = String(rest[rest.index(after: colon)...])
                rest = String(rest[..<colon])
            }
            guard !rest.isEmpty, !halves[0].isEmpty, tag != "", digest != "" else { return nil }
            name = halves.count == 2 ? halves[0] : rest
            newName = halves.count == 2 ? rest : nil
            if newName == nil, tag == nil, digest == nil { return nil }
        }
    }
}

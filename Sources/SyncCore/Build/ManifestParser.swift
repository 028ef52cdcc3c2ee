// Manifest text to objects.

package import KubeModel
import JSONTree
import YAMLTree

/// Why manifests could not be built, for the Application's ComparisonError.
package struct BuildError: Error, Hashable, Sendable, CustomStringConvertible {
    package var message: String
    package init(_ message: String) { self.message = message }
    package var description: String { message }
}

/// A manifest file of a directory source.
package struct ManifestFile: Hashable, Sendable {
    package var path: String
    package var text: String
    package init(path: String, text: String) {
        self.path = path
        self.text = text
    }
}

/// What parsing found.
package struct ParsedManifests: Hashable, Sendable {
    package var objects: [KubeObject] = []
    /// What was passed over, and why.
    package var warnings: [String] = []
    package init() {}
}

/// Reads manifests.
package enum ManifestParser {
    /// Whether a directory source takes a file.
    package static func takes(_ path: String, extensionsMatter: Bool, include: String, exclude: String) -> Bool {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let isManifest = [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) }
        guard isManifest || !extensionsMatter, !name.hasPrefix(".argocd-source") else { return false }
        if !exclude.isEmpty, Glob(exclude).matches(path) { return false }
        return include.isEmpty || Glob(include).matches(path)
    }

    /// Reads the files of a directory source.
    ///
    /// A file that cannot be read as objects and does not even mention `apiVersion:`, `kind:` and
    /// `metadata:` is passed over, as Argo CD does, but not without a word.
    ///
    /// - Throws: `BuildError` with file, line and column.
    package static func parse(_ files: [ManifestFile]) throws(BuildError) -> ParsedManifests {
        var result = ParsedManifests()
        for file in files {
            if file.text.contains("# +argocd:skip-file-rendering") { continue }
            do throws(BuildError) {
                result.objects += try parse(file.text, file: file.path)
            } catch {
                guard !looksLikeObjects(file.text) else { throw error }
                result.warnings.append("\(file.path) was passed over, it holds no objects: \(error.message)")
            }
        }
        return result
    }

    private static func looksLikeObjects(_ text: String) -> Bool {
        let marks = text.contains("{") ? [["apiVersion:", "\"apiVersion\""], ["kind:", "\"kind\""], ["metadata:", "\"metadata\""]]
            : [["apiVersion:"], ["kind:"], ["metadata:"]]
        return marks.allSatisfy { spellings in spellings.contains { text.contains($0) } }
    }

    /// Reads all objects of a text. Lists are opened.
    ///
    /// - Throws: `BuildError` for broken YAML and for documents that are no objects.
    package static func parse(_ text: String, file: String) throws(BuildError) -> [KubeObject] {
        let documents: [YAMLDocument]
        do {
            documents = try YAML.parse(text, file: file)
        } catch {
            throw BuildError("\(error)")
        }
        var objects: [KubeObject] = []
        for document in documents where !isEmpty(document.tree) {
            let place = document.mark(at: JSONPointer(tokens: [])).map { "\($0): " } ?? "\(file): "
            try append(document.tree, to: &objects, place: place, depth: 0)
        }
        return objects
    }

    private static func isEmpty(_ tree: JSON) -> Bool { tree.isNull || tree.object?.isEmpty == true }

    private static func append(
        _ tree: JSON, to objects: inout [KubeObject], place: String, depth: Int
    ) throws(BuildError) {
        guard tree.object != nil else { throw BuildError("\(place)a manifest is an object, this is \(tree.typeName)") }
        let object = KubeObject(tree)
        guard !object.kindName.isEmpty else { throw BuildError("\(place)the object has no kind") }
        guard !object.apiVersion.isEmpty else {
            throw BuildError("\(place)the \(object.kindName) has no apiVersion")
        }
        if object.kindName.hasSuffix("List"), let items = tree["items"].array, depth < 3 {
            for item in items { try append(item, to: &objects, place: place, depth: depth + 1) }
            return
        }
        guard !object.name.isEmpty || object.metadata["generateName"].string?.isEmpty == false else {
            throw BuildError("\(place)the \(object.kindName) has no metadata.name")
        }
        objects.append(object)
    }
}

// Templates read from files, and the spec of a run that is made of them.

package import JSONTree
package import KubeModel
import MartletModel

/// AnalysisTemplates and ClusterAnalysisTemplates by their names. Namespaces don't count: what
/// stands together in files is meant for one namespace.
package struct TemplateShelf: ObjectReader, Sendable {
    private var templates: [KubeObject] = []

    package init() {}

    /// Takes the templates among documents; other kinds are left out.
    package mutating func add(_ documents: [JSON]) throws(TrialProblem) {
        for document in documents {
            let object = KubeObject(document)
            let kind = object.kind.groupKind
            guard kind == AnalysisKinds.template || kind == AnalysisKinds.clusterTemplate else {
                continue
            }
            if self.object(kind, object.key) != nil {
                throw TrialProblem("two \(kind.kind)s have the name \(object.name)")
            }
            templates.append(object)
        }
    }

    package var isEmpty: Bool { templates.isEmpty }

    package func object(_ kind: GroupKind, _ key: ObjectKey) -> KubeObject? {
        templates.first { $0.kind.groupKind == kind && $0.name == key.name }
    }
    package func objects(_ kind: GroupKind, namespace: String?) -> [KubeObject] {
        templates.filter { $0.kind.groupKind == kind }.sorted { $0.name < $1.name }
    }
    package func objects(_ kind: GroupKind, namespace: String, ownedBy uid: UID) -> [KubeObject] {
        []
    }

    /// References to the templates of those names; to the only one that no other includes when no
    /// name is given.
    package func references(_ names: [String]) throws(TrialProblem) -> [JSON] {
        if !names.isEmpty {
            var references: [JSON] = []
            for name in names { references.append(try reference(name)) }
            return references
        }
        let included = Set(
            templates.flatMap {
                $0.spec["templates"].elements.map { $0["templateName"].string ?? "" }
            })
        let tops = templates.filter { !included.contains($0.name) }
        guard tops.count == 1, let only = tops.first else {
            throw TrialProblem(
                tops.isEmpty
                    ? "there is no AnalysisTemplate and no ClusterAnalysisTemplate"
                    : "there are several templates; name one: \(tops.map(\.name).joined(separator: ", "))"
            )
        }
        return [Self.reference(to: only)]
    }

    private func reference(_ name: String) throws(TrialProblem) -> JSON {
        guard let template = templates.first(where: { $0.name == name }) else {
            throw TrialProblem(
                "there is no template \(name); there are \(templates.map(\.name).joined(separator: ", "))"
            )
        }
        return Self.reference(to: template)
    }

    private static func reference(to template: KubeObject) -> JSON {
        [
            "templateName": .string(template.name),
            "clusterScope": JSON(template.kind.groupKind == AnalysisKinds.clusterTemplate),
        ]
    }

    /// The spec of a run of templates, as a rollout would make it.
    ///
    /// - Parameter metrics: Only these; empty: all.
    package func runSpec(
        references: [JSON], arguments: [(name: String, value: JSON)], dryRun: [JSON] = [],
        metrics: [String] = []
    ) throws(TrialProblem) -> JSON {
        do throws(CompositionError) {
            let found = try AnalysisComposition.resolve(
                references: references, namespace: "default", reader: self
            ).get()
            let known = Set(
                found.flatMap { $0.spec["args"].elements.compactMap { $0["name"].string } })
            for (name, _) in arguments where !known.contains(name) {
                throw CompositionError.invalid("no template has an argument \(name)")
            }
            var spec = try AnalysisComposition.runSpec(
                templates: found, args: arguments, dryRun: dryRun, measurementRetention: []
            ).get()
            guard !metrics.isEmpty else { return spec }
            let all = spec["metrics"].elements
            for name in metrics where !all.contains(where: { $0["name"].string == name }) {
                throw CompositionError.invalid("no template has a metric \(name)")
            }
            spec["metrics"] = .array(all.filter { metrics.contains($0["name"].string ?? "") })
            return spec
        } catch {
            throw TrialProblem(error.message)
        }
    }
}

// Puts analysis templates and arguments together to the spec of a run.
//
// analysis.md, section 3: references are expanded depth first, what a template includes standing
// before the template itself; each template counts once; what namespaced templates say comes
// before what cluster-scoped ones say. Differs from Argo: a circle is refused, not followed until
// the process dies.

package import JSONTree
package import KubeModel

/// Composition of AnalysisRuns from templates.
package enum AnalysisComposition {
    /// Looks up templates and all that they include.
    ///
    /// - Parameters:
    ///   - references: `{templateName, clusterScope}`, as a rollout or a template writes them.
    ///   - namespace: Where namespaced templates are looked for.
    ///   - reader: What has been watched.
    /// - Returns: Each template once, namespaced ones first; or what is missing or circular.
    package static func resolve(
        references: [JSON], namespace: String, reader: any ObjectReader
    ) -> Result<[KubeObject], CompositionError> {
        var expansion = Expansion(namespace: namespace, reader: reader)
        do throws(CompositionError) {
            try expansion.add(references, path: [])
        } catch {
            return .failure(error)
        }
        return .success(expansion.namespaced + expansion.clusterWide)
    }

    /// Composes the spec of an AnalysisRun.
    ///
    /// - Parameters:
    ///   - templates: As `resolve` gives them.
    ///   - args: What the caller hands over: a value (text), or an object with `value` or
    ///     `valueFrom`. Arguments that no template knows are left out.
    ///   - dryRun: The caller's rules; they come before the templates'.
    ///   - measurementRetention: The caller's rules; likewise.
    /// - Returns: The spec, or the first conflict.
    package static func runSpec(
        templates: [KubeObject], args: [(name: String, value: JSON)], dryRun: [JSON],
        measurementRetention: [JSON]
    ) -> Result<JSON, CompositionError> {
        do throws(CompositionError) {
            let metrics = try metrics(of: templates)
            let arguments = try arguments(of: templates, overwrittenBy: args)
            let dryRunRules = try rules(
                dryRun, templates, field: "dryRun", duplicate: CompositionError.duplicateDryRun)
            let retentionRules = try rules(
                measurementRetention, templates, field: "measurementRetention",
                duplicate: CompositionError.duplicateRetention)
            var spec: JSON = ["metrics": .array(metrics)]
            if !arguments.isEmpty { spec["args"] = .array(arguments) }
            if !dryRunRules.isEmpty { spec["dryRun"] = .array(dryRunRules) }
            if !retentionRules.isEmpty { spec["measurementRetention"] = .array(retentionRules) }
            return .success(spec)
        } catch {
            return .failure(error)
        }
    }

    private static func metrics(of templates: [KubeObject]) throws(CompositionError) -> [JSON] {
        var metrics: [JSON] = []
        var names: Set<String> = []
        for template in templates {
            for metric in template.spec["metrics"].elements {
                let name = metric["name"].string ?? ""
                guard names.insert(name).inserted else { throw .duplicateMetric(name) }
                metrics.append(metric)
            }
        }
        if metrics.isEmpty { throw .noMetrics(templates: templates.map(\.reference.shortDescription)) }
        return metrics
    }

    private static func arguments(
        of templates: [KubeObject], overwrittenBy incoming: [(name: String, value: JSON)]
    ) throws(CompositionError) -> [JSON] {
        var merged: [AnalysisArgument] = []
        for template in templates {
            for tree in template.spec["args"].elements {
                let argument = AnalysisArgument(tree)
                guard let at = merged.firstIndex(where: { $0.name == argument.name }) else {
                    merged.append(argument)
                    continue
                }
                try merged[at].merge(argument)
            }
        }
        for (name, value) in incoming {
            guard let at = merged.firstIndex(where: { $0.name == name }) else { continue }
            merged[at] = AnalysisArgument(name: name, handedOver: value)
        }
        for argument in merged where !argument.isResolved { throw .unresolvedArgument(argument.name) }
        return merged.map(\.tree)
    }

    private static func rules(
        _ own: [JSON], _ templates: [KubeObject], field: String,
        duplicate: (String) -> CompositionError
    ) throws(CompositionError) -> [JSON] {
        var rules: [JSON] = []
        var names: Set<String> = []
        for rule in own + templates.flatMap({ $0.spec[field].elements }) {
            let name = rule["metricName"].string ?? ""
            guard names.insert(name).inserted else { throw duplicate(name) }
            rules.append(rule)
        }
        return rules
    }
}

/// An entry of `args` of a template or a run.
package struct AnalysisArgument: Hashable, Sendable {
    /// What `{{args.NAME}}` says.
    package var name: String
    package var value: String?
    /// `secretKeyRef` or `fieldRef`; null when there is none.
    package var valueFrom: JSON

    /// Reads an entry. A value that is no string counts by its text.
    package init(_ tree: JSON) {
        name = tree["name"].string ?? ""
        value = Self.text(tree["value"])
        valueFrom = tree["valueFrom"]
    }

    init(name: String, handedOver value: JSON) {
        self.name = name
        if case .object = value {
            self.value = Self.text(value["value"])
            valueFrom = value["valueFrom"]
        } else {
            self.value = Self.text(value)
            valueFrom = .null
        }
    }

    private static func text(_ value: JSON) -> String? {
        switch value {
        case .null: nil
        case .string(let text): text
        default: value.text()
        }
    }

    /// Whether it has a value, or says where one comes from.
    package var isResolved: Bool { value != nil || !valueFrom.isNull }

    /// The Secret and the key in it that hold the value, if it comes from one.
    package var secretKey: (secret: String, key: String)? {
        let reference = valueFrom["secretKeyRef"]
        guard let secret = reference["name"].string, let key = reference["key"].string else { return nil }
        return (secret, key)
    }

    /// Takes over what another template says about the same argument.
    mutating func merge(_ other: AnalysisArgument) throws(CompositionError) {
        if let mine = value, let theirs = other.value, mine != theirs {
            throw .conflictingArgument(name: name, mine, theirs)
        }
        if !valueFrom.isNull, !other.valueFrom.isNull, valueFrom != other.valueFrom {
            throw .conflictingArgument(name: name, valueFrom.text(), other.valueFrom.text())
        }
        value = value ?? other.value
        if valueFrom.isNull { valueFrom = other.valueFrom }
    }

    /// The entry as a run's spec holds it.
    package var tree: JSON {
        var tree: JSON = ["name": .string(name)]
        if let value { tree["value"] = .string(value) }
        if !valueFrom.isNull { tree["valueFrom"] = valueFrom }
        return tree
    }
}

/// Depth-first expansion of template references.
private struct Expansion {
    let namespace: String
    let reader: any ObjectReader
    var namespaced: [KubeObject] = []
    var clusterWide: [KubeObject] = []
    private var finished: Set<ObjectReference> = []

    init(namespace: String, reader: any ObjectReader) {
        self.namespace = namespace
        self.reader = reader
    }

    /// Adds templates and what they include. `path` names the templates being expanded; its
    /// length, and so the recursion, is bounded by the check for circles and the limit.
    mutating func add(_ references: [JSON], path: [String]) throws(CompositionError) {
        for reference in references {
            let name = reference["templateName"].string ?? ""
            let isClusterWide = reference["clusterScope"].bool ?? false
            let kind = isClusterWide ? AnalysisKinds.clusterTemplate : AnalysisKinds.template
            let key = ObjectKey(namespace: isClusterWide ? "" : namespace, name: name)
            guard let template = reader.object(kind, key) else {
                throw .templateNotFound(kind: kind.kind, name: name)
            }
            let step = "\(kind.kind)/\(name)"
            if let start = path.firstIndex(of: step) { throw .templateCycle(Array(path[start...]) + [step]) }
            guard !finished.contains(template.reference) else { continue }
            if path.count + finished.count >= AnalysisLimits.templateCountMax { throw .tooManyTemplates }
            try add(template.spec["templates"].elements, path: path + [step])
            // What it includes may have named it already only by a circle, which is refused above.
            finished.insert(template.reference)
            if isClusterWide { clusterWide.append(template) } else { namespaced.append(template) }
        }
    }
}

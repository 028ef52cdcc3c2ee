// An Experiment as decisions read it.

package import JSONTree
package import KubeModel

/// The parts of an Experiment that decisions read, with defaults filled in (analysis.md, section 7).
package struct Experiment: Hashable, Sendable {
    package var spec: ExperimentSpec
    package var status: ExperimentStatus

    package static let kind = GroupVersionKind(
        group: "argoproj.io", version: "v1alpha1", kind: "Experiment")

    package init(_ object: KubeObject) {
        spec = ExperimentSpec(object.spec)
        status = ExperimentStatus(object.status)
    }
}

/// An Experiment's `spec`.
package struct ExperimentSpec: Hashable, Sendable {
    package var templates: [Template]
    package var analyses: [Analysis]
    /// How long it runs once all pods are available; nil: until its required analyses have ended,
    /// or somebody terminates it.
    package var duration: Duration?
    package var progressDeadlineSeconds: Int
    package var scaleDownDelaySeconds: Int
    /// Somebody asked it to end.
    package var isTerminated: Bool
    package var dryRun: [JSON]
    package var measurementRetention: [JSON]
    package var runLabels: [String: String]
    package var runAnnotations: [String: String]

    /// Pods of one kind.
    package struct Template: Hashable, Sendable {
        package var name: String
        package var replicas: Int
        package var minReadySeconds: Int
        /// The wire form; null when it is missing.
        package var selector: JSON
        package var podTemplate: JSON
        /// A Service in front of the pods is wished for.
        package var hasService: Bool
        /// Its name; empty for that of the ReplicaSet.
        package var serviceName: String

        package init(_ tree: JSON) {
            name = tree["name"].string ?? ""
            replicas = tree["replicas"].int.map { Int($0) } ?? 1
            minReadySeconds = tree["minReadySeconds"].int.map { Int($0) } ?? 0
            selector = tree["selector"]
            podTemplate = tree["template"]
            hasService = tree["service"].object != nil
            serviceName = tree["service"]["name"].string ?? ""
        }
    }

    /// An analysis that runs beside the pods.
    package struct Analysis: Hashable, Sendable {
        package var name: String
        /// `{templateName, clusterScope}`, as the composition of runs reads it.
        package var reference: JSON
        package var arguments: [JSON]
        /// The experiment ends when all such analyses have.
        package var isRequired: Bool

        package init(_ tree: JSON) {
            name = tree["name"].string ?? ""
            reference = ["templateName": tree["templateName"], "clusterScope": tree["clusterScope"]]
            arguments = tree["args"].elements
            isRequired = tree["requiredForCompletion"].bool ?? false
        }
    }

    package init(_ tree: JSON) {
        templates = tree["templates"].elements.map(Template.init)
        analyses = tree["analyses"].elements.map(Analysis.init)
        duration = PauseDuration(tree["duration"]).duration
        progressDeadlineSeconds = tree["progressDeadlineSeconds"].int.map { Int($0) } ?? 600
        scaleDownDelaySeconds = tree["scaleDownDelaySeconds"].int.map { Int($0) } ?? 30
        isTerminated = tree["terminate"].bool ?? false
        dryRun = tree["dryRun"].elements
        measurementRetention = tree["measurementRetention"].elements
        runLabels = KubeObject.strings(tree["analysisRunMetadata"]["labels"])
        runAnnotations = KubeObject.strings(tree["analysisRunMetadata"]["annotations"])
    }
}

extension ExperimentSpec {
    /// The first thing that is wrong, as a sentence that begins with the field's path.
    package var firstError: String? {
        var names: Set<String> = []
        if templates.isEmpty { return "spec.templates: Required value: an experiment needs a template" }
        for (index, template) in templates.enumerated() {
            let field = "spec.templates[\(index)]"
            if template.name.isEmpty { return "\(field).name: Required value: a template needs a name" }
            if !names.insert(template.name).inserted {
                return "\(field).name: Duplicate value: \"\(template.name)\""
            }
            guard let selector = LabelSelector(template.selector), !selector.requirements.isEmpty else {
                return "\(field).selector: Required value: a selector that is not empty"
            }
            let labels = KubeObject.strings(template.podTemplate["metadata"]["labels"])
            if !selector.matches(labels) {
                return "\(field).template.metadata.labels: Invalid value: "
                    + "`selector` does not match template `labels`"
            }
            if template.minReadySeconds > progressDeadlineSeconds {
                return "\(field).minReadySeconds: Invalid value: \(template.minReadySeconds): "
                    + "must not exceed progressDeadlineSeconds (\(progressDeadlineSeconds))"
            }
            if template.replicas < 0 {
                return "\(field).replicas: Invalid value: \(template.replicas): must not be negative"
            }
        }
        var analysisNames: Set<String> = []
        for (index, analysis) in analyses.enumerated() where !analysisNames.insert(analysis.name).inserted {
            return "spec.analyses[\(index)].name: Duplicate value: \"\(analysis.name)\""
        }
        return nil
    }
}

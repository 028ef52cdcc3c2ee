// A measurement that is a Job in the cluster: it is good when the Job completes.
//
// analysis.md, section 5.1.

package import JSONTree
package import KubeModel
package import MartletModel

/// The Job that measures a metric. Conditions are not asked: Complete is success, Failed failure.
package struct JobMeasurement: Hashable, Sendable {
    /// The name of its field in a metric's `provider`.
    package static let field = "job"
    /// The label by which a run's Jobs and their pods are found; its value is the run's uid.
    package static let uidLabel = "analysisrun.argoproj.io/uid"
    /// What a measurement remembers of its Job.
    package static let nameMetadata = "job-name"
    package static let namespaceMetadata = "job-namespace"

    private let configuration: JSON

    /// DNS labels end at 63 bytes; a Job's name becomes a label of its pods.
    private static let nameByteCountMax = 63

    package init(_ configuration: JSON) throws(ProviderError) {
        guard configuration["spec"]["template"].object != nil else {
            throw ProviderError("job.spec.template is missing")
        }
        self.configuration = configuration
    }

    /// The Job of a measurement.
    ///
    /// - Parameter number: Of the measurement, from 1: count + error + 1.
    package func job(for run: KubeObject, metric: String, number: Int) -> KubeObject {
        var metadata = configuration["metadata"]
        if metadata.object == nil { metadata = [:] }
        metadata["name"] = .string(Self.name(run: run, metric: metric, number: number))
        metadata["namespace"] = .string(run.namespace)
        metadata.set(["labels", Self.uidLabel], to: .string(run.uid))
        metadata.set(["annotations", "analysisrun.argoproj.io/name"], to: .string(run.name))
        metadata.set(["annotations", "analysisrun.argoproj.io/namespace"], to: .string(run.namespace))
        metadata.set(["annotations", "analysisrun.argoproj.io/metric-name"], to: .string(metric))
        metadata["ownerReferences"] = .array([OwnerReference(controller: run).tree])
        var spec = configuration["spec"]
        spec.set(["template", "metadata", "labels", Self.uidLabel], to: .string(run.uid))
        return KubeObject([
            "apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": spec,
        ])
    }

    /// `<uid>.<metric>.<number>`, the metric's name cut so that the whole is a label.
    package static func name(run: KubeObject, metric: String, number: Int) -> String {
        let room = nameByteCountMax - run.uid.utf8.count - String(number).utf8.count - 2
        let part = String(decoding: metric.utf8.prefix(max(0, room)), as: UTF8.self)
        return "\(run.uid).\(part).\(number)"
    }

    /// How a Job ended, if it has.
    package static func outcome(of job: KubeObject) -> (phase: AnalysisPhase, message: String)? {
        for condition in job.status["conditions"].elements where condition["status"].string == "True" {
            switch condition["type"].string {
            case "Complete": return (.successful, "")
            case "Failed":
                let reason = condition["reason"].string ?? ""
                let message = condition["message"].string ?? ""
                return (.failed, [reason, message].filter { !$0.isEmpty }.joined(separator: ": "))
            default: break
            }
        }
        return nil
    }
}

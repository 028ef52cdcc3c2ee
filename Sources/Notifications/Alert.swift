// What an alert says, whoever receives it.

package import JSONTree
package import KubeModel

/// A failed, errored or inconclusive analysis of a rollout.
package struct Alert: Hashable, Sendable {
    /// The same for the same run: receivers may use it to drop what they know.
    package var id: String
    package var rollout: String
    package var namespace: String
    /// The rollout's revision that was on trial; empty when it is not known.
    package var revision: String
    package var analysisRun: String
    /// `Failed`, `Error` or `Inconclusive`.
    package var phase: String
    package var metric: String
    /// The value that decided, as text.
    package var value: String
    /// The condition that the value was held against.
    package var condition: String
    package var message: String
    package var startedAt: Timestamp
    /// When a later revision made it good; nil while it lasts.
    package var resolvedAt: Timestamp?

    package init(
        id: String, rollout: String, namespace: String, revision: String, analysisRun: String, phase: String,
        metric: String, value: String, condition: String, message: String, startedAt: Timestamp,
        resolvedAt: Timestamp? = nil
    ) {
        self.id = id
        self.rollout = rollout
        self.namespace = namespace
        self.revision = revision
        self.analysisRun = analysisRun
        self.phase = phase
        self.metric = metric
        self.value = value
        self.condition = condition
        self.message = message
        self.startedAt = startedAt
        self.resolvedAt = resolvedAt
    }

    /// The alert's parts by the names that templates use.
    package var fields: [(name: String, value: String)] {
        [
            ("id", id), ("status", resolvedAt == nil ? "firing" : "resolved"), ("rollout", rollout),
            ("namespace", namespace), ("revision", revision), ("analysisRun", analysisRun), ("phase", phase),
            ("metric", metric), ("value", value), ("condition", condition), ("message", message),
            ("startedAt", startedAt.rfc3339), ("resolvedAt", resolvedAt?.rfc3339 ?? ""),
        ]
    }

    /// The parts as a JSON object: what a webhook without a template is sent.
    package var tree: JSON { .object(JSONObject(fields.map { ($0.name, .string($0.value)) })) }
}

// What a decision about a run sees, and what it says.

package import JSONTree
package import KubeModel
package import MartletModel

/// Everything that one decision about an AnalysisRun needs.
package struct AnalysisSnapshot: Hashable, Sendable {
    package var now: Timestamp
    package var run: Observed<AnalysisRun>
    /// By the metric's name: the measurements that this process has under way or has taken and not
    /// written yet, and the last one that it has written; in the order of their numbers.
    package var activities: [String: [MeasurementActivity]]
    /// The run's Jobs.
    package var jobs: [KubeObject]

    package init(
        now: Timestamp, run: KubeObject, activities: [String: [MeasurementActivity]] = [:],
        jobs: [KubeObject] = []
    ) {
        self.now = now
        self.run = Observed(run, view: AnalysisRun(run))
        self.activities = activities
        self.jobs = jobs
    }
}

/// A measurement that is not in the status yet.
package struct MeasurementActivity: Hashable, Sendable {
    /// Which measurement of the metric it is, from 1, errors included. One that the status holds
    /// already is over, so that an answer never counts twice.
    package var number: Int
    package var startedAt: Timestamp
    /// Nil while it is under way.
    package var outcome: MeasurementOutcome?
    package init(number: Int, startedAt: Timestamp, outcome: MeasurementOutcome? = nil) {
        self.number = number
        self.startedAt = startedAt
        self.outcome = outcome
    }
}

/// How a measurement ended.
package struct MeasurementOutcome: Hashable, Sendable {
    /// With times as exact as the clock.
    package var measurement: Measurement
    /// For the metric's result.
    package var metadata: [String: String]
    /// The run itself cannot go on: a Secret that it needs is missing, say.
    package var runError: String?
    /// False when the provider had nothing to say.
    package var hadData: Bool
    package init(
        _ measurement: Measurement, metadata: [String: String] = [:], runError: String? = nil, hadData: Bool = true
    ) {
        self.measurement = measurement
        self.hadData = hadData
        self.metadata = metadata
        self.runError = runError
    }
}

/// A measurement to be taken now by whoever has hands.
package struct MeasurementRequest: Hashable, Sendable {
    package var metric: String
    package var number: Int
    /// The metric as written; arguments are put in when their secrets have been read.
    package var tree: JSON
    package var arguments: [AnalysisArgument]
    /// Where Secrets are read.
    package var namespace: String
    /// When it was due; nil for a first measurement that is taken as soon as there is a run.
    package var dueAt: Timestamp?
    /// When the run began; nil when that is not known.
    package var runStartedAt: Timestamp?
    package var run: (name: String, uid: UID) { (runName, runUID) }
    private var runName: String
    private var runUID: UID
    /// The measurement as it stands, when it was begun before and its provider is at it.
    package var unfinished: Measurement?
    package init(
        metric: String, number: Int, tree: JSON, arguments: [AnalysisArgument], namespace: String,
        dueAt: Timestamp? = nil, runStartedAt: Timestamp? = nil, run: (name: String, uid: UID) = ("", ""),
        unfinished: Measurement? = nil
    ) {
        runName = run.name
        runUID = run.uid
        self.unfinished = unfinished
        self.dueAt = dueAt
        self.runStartedAt = runStartedAt
        self.metric = metric
        self.number = number
        self.tree = tree
        self.arguments = arguments
        self.namespace = namespace
    }
}

/// What to do about a run.
package struct AnalysisPlan: Hashable, Sendable {
    /// To be started; each comes back as an activity with an outcome.
    package var measurements: [MeasurementRequest] = []
    /// In order.
    package var changes: [AnalysisChange] = []
    /// When to look again if nothing happens before; nil for never.
    package var next: Timestamp?
    /// The run ends with these changes, and what its end leads to is planned by another pass.
    package var endsRun = false
    /// Why, in one sentence.
    package var why = ""
}

/// A write with the events that it justifies.
package struct AnalysisChange: Hashable, Sendable {
    package var change: Change
    package var events: [KubeEvent]
    package var reason: String
    package init(_ change: Change, events: [KubeEvent] = [], reason: String) {
        self.change = change
        self.events = events
        self.reason = reason
    }
}

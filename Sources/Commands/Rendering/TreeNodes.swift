// The lines of the trees below rollouts and experiments.

import JSONTree
import KubeModel

/// Makes a tree's nodes of objects (cli-ux.md, section 3.2).
struct TreeNodes: Sendable {
    let style: Style
    let now: Timestamp
    /// Whether images and nodes have a column.
    let isWide: Bool
    let pods: [KubeObject]
    let jobs: [KubeObject]

    var heading: [String] {
        ["NAME", "KIND", "STATUS", "AGE", "INFO"] + (isWide ? ["IMAGES/NODE"] : [])
    }

    func plain(_ title: String, children: [Tree]) -> Tree {
        Tree([title, "", "", "", ""], children: children)
    }

    func node(
        _ title: String, _ kind: String, _ status: String, _ object: KubeObject,
        information: String = "",
        detail: String = "", children: [Tree] = []
    ) -> Tree {
        let cells = [
            title, kind, "\(style.icon(status)) \(status)",
            Age.text(since: object.creationTimestamp, now: now), information,
        ]
        return Tree(cells + (isWide ? [detail] : []), children: children)
    }

    func replicaSet(_ set: KubeObject, tags: [String]) -> Tree {
        var information = tags.map { style.paint($0, style.color(ofTag: $0)) }
        if let deadline = set.annotation("scale-down-deadline").flatMap({ Timestamp($0) }) {
            information.append(
                deadline > now ? "delay:\(Age.text(deadline - now))" : "delay:passed")
        }
        return node(
            "⧉ " + style.paint(set.name, tags.last.flatMap { style.color(ofTag: $0) }),
            "ReplicaSet",
            Self.status(ofReplicaSet: set), set, information: information.joined(separator: ","),
            detail: RolloutOverview.images(of: set).joined(separator: ","),
            children: pods.filter { $0.controller?.uid == set.uid }.map(pod))
    }

    private func pod(_ pod: KubeObject) -> Tree {
        node(
            "□ \(pod.name)", "Pod", PodStatus.text(pod), pod,
            information: PodStatus.information(pod),
            detail: pod.spec["nodeName"].string ?? "")
    }

    func run(_ run: KubeObject) -> Tree {
        let phase = run.status["phase"].string ?? "Pending"
        let names = Set(
            run.status["metricResults"].elements.flatMap { $0["measurements"].elements }
                .compactMap { $0["metadata"]["job-name"].string })
        let own = jobs.filter { $0.controller?.uid == run.uid || names.contains($0.name) }
            .sorted {
                ($1.creationTimestamp ?? .epoch, $0.name) < (
                    $0.creationTimestamp ?? .epoch, $1.name
                )
            }
        return node(
            "α " + style.paint(run.name, style.color(ofPhase: phase)), "AnalysisRun", phase, run,
            information: Self.counts(of: run), children: own.map(job))
    }

    private func job(_ job: KubeObject) -> Tree {
        let conditions = job.status["conditions"].elements.filter { $0["status"].string == "True" }
        let phase =
            conditions.contains { $0["type"].string == "Complete" }
            ? "Successful"
            : conditions.contains { $0["type"].string == "Failed" } ? "Failed" : "Running"
        return node("⊞ " + style.paint(job.name, style.color(ofPhase: phase)), "Job", phase, job)
    }

    func experiment(_ experiment: KubeObject, sets: [KubeObject], runs: [KubeObject]) -> Tree {
        let phase = experiment.status["phase"].string ?? "Pending"
        return node(
            "Σ " + style.paint(experiment.name, style.color(ofPhase: phase)), "Experiment", phase,
            experiment,
            children: sets.map { replicaSet($0, tags: []) } + runs.map(run))
    }

    /// The measurements of all metrics: `✔ 4,✖ 1`.
    static func counts(of run: KubeObject) -> String {
        [("✔", "successful"), ("✖", "failed"), ("?", "inconclusive"), ("⚠", "error")].compactMap {
            sign, key in
            let sum = run.status["metricResults"].elements.reduce(0) { $0 + ($1[key].int ?? 0) }
            return sum > 0 ? "\(sign) \(sum)" : nil
        }.joined(separator: ",")
    }

    static func status(ofReplicaSet set: KubeObject) -> String {
        let wanted = set.spec["replicas"].int ?? 0
        for condition in set.status["conditions"].elements
        where condition["type"].string == "ReplicaFailure" && condition["status"].string == "True" {
            return "ReplicaFailure"
        }
        if set.generation > (set.status["observedGeneration"].int ?? 0) { return "Progressing" }
        if wanted == 0 { return "ScaledDown" }
        return (set.status["availableReplicas"].int ?? 0) < wanted ? "Progressing" : "Healthy"
    }
}

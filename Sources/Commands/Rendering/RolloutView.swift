// `get rollout` as text: the header, the reason, the tree.

import JSONTree
package import KubeModel

/// Prints an overview as people of Argo Rollouts know it (cli-ux.md, sections 3.1 and 3.2), with
/// one line more: why the rollout is where it is.
package struct RolloutView: Sendable {
    let overview: RolloutOverview
    let style: Style
    let now: Timestamp

    package init(_ overview: RolloutOverview, style: Style, now: Timestamp) {
        self.overview = overview
        self.style = style
        self.now = now
    }

    package var text: String { (header + [""] + treeLines).joined(separator: "\n") + "\n" }

    private func line(_ label: String, _ value: String) -> String {
        let line = label.padded(to: 17) + value
        return value.isEmpty ? label : line
    }

    var header: [String] {
        let rollout = overview.rollout
        let phase = RolloutPhase(of: rollout)
        var lines = [
            line("Name:", rollout.name), line("Namespace:", rollout.namespace),
            line("Status:", "\(style.icon(phase.phase)) \(phase.phase)"),
        ]
        if !phase.message.isEmpty { lines.append(line("Message:", phase.message)) }
        if !overview.why.isEmpty, overview.why != phase.message { lines.append(line("Why:", overview.why)) }
        lines.append(line("Strategy:", overview.strategyName))
        if overview.isCanary {
            let step = overview.stepIndex.map { "\($0)/\(overview.steps.count)" } ?? ""
            lines.append(line("  Step:", step))
            lines.append(line("  SetWeight:", "\(overview.wantedWeight)"))
            lines.append(line("  ActualWeight:", "\(overview.actualWeight)"))
        }
        for (position, entry) in overview.images.enumerated() {
            let tags = entry.tags.map { style.paint($0, style.color(ofTag: $0)) }.joined(separator: ", ")
            lines.append(line(position == 0 ? "Images:" : "", entry.image + (tags.isEmpty ? "" : " (\(tags))")))
        }
        lines.append("Replicas:")
        let status = rollout.status
        let counts: [(String, Int64)] = [
            ("  Desired:", rollout.spec["replicas"].int ?? 1), ("  Current:", status["replicas"].int ?? 0),
            ("  Updated:", status["updatedReplicas"].int ?? 0), ("  Ready:", status["readyReplicas"].int ?? 0),
            ("  Available:", status["availableReplicas"].int ?? 0),
        ]
        return lines + counts.map { line($0.0, "\($0.1)") }
    }

    private var treeLines: [String] {
        let heading = ["NAME", "KIND", "STATUS", "AGE", "INFO"]
        return Table(rows: [heading] + tree.rows).lines
    }

    private var tree: Tree {
        let rollout = overview.rollout
        let phase = RolloutPhase(of: rollout).phase
        let revisions = Set(overview.replicaSets.map(RolloutOverview.revision))
            .union(overview.analysisRuns.map(RolloutOverview.revision))
        return Tree(
            ["⟳ \(rollout.name)", "Rollout", "\(style.icon(phase)) \(phase)", age(rollout), ""],
            children: revisions.sorted(by: >).map { revision in
                Tree(
                    ["# revision:\(revision)", "", "", "", ""],
                    children: overview.replicaSets.filter { RolloutOverview.revision($0) == revision }.map(node)
                        + overview.analysisRuns.filter { RolloutOverview.revision($0) == revision }.map(runNode))
            })
    }

    private func age(_ object: KubeObject) -> String { Age.text(since: object.creationTimestamp, now: now) }

    private func node(_ replicaSet: KubeObject) -> Tree {
        let status = Self.status(replicaSet)
        let tags = overview.tags(replicaSet)
        var information = tags.map { style.paint($0, style.color(ofTag: $0)) }
        if let deadline = replicaSet.annotation("scale-down-deadline").flatMap({ Timestamp($0) }) {
            information.append(deadline > now ? "delay:\(Age.text(deadline - now))" : "delay:passed")
        }
        let pods = overview.pods.filter { $0.controller?.uid == replicaSet.uid }
        return Tree(
            [
                "⧉ " + style.paint(replicaSet.name, tags.last.flatMap { style.color(ofTag: $0) }), "ReplicaSet",
                "\(style.icon(status)) \(status)", age(replicaSet), information.joined(separator: ","),
            ],
            children: pods.map { pod in
                let status = PodStatus.text(pod)
                return Tree([
                    "□ \(pod.name)", "Pod", "\(style.icon(status)) \(status)", age(pod), PodStatus.information(pod),
                ])
            })
    }

    private func runNode(_ run: KubeObject) -> Tree {
        let phase = run.status["phase"].string ?? "Pending"
        var counts: [String] = []
        for (sign, key) in [("✔", "successful"), ("✖", "failed"), ("?", "inconclusive"), ("⚠", "error")] {
            let sum = run.status["metricResults"].elements.reduce(0) { $0 + ($1[key].int ?? 0) }
            if sum > 0 { counts.append("\(sign) \(sum)") }
        }
        return Tree([
            "α \(run.name)", "AnalysisRun", "\(style.icon(phase)) \(phase)", age(run), counts.joined(separator: ","),
        ])
    }

    static func status(_ replicaSet: KubeObject) -> String {
        let wanted = replicaSet.spec["replicas"].int ?? 0
        for condition in replicaSet.status["conditions"].elements
        where condition["type"].string == "ReplicaFailure" && condition["status"].string == "True" {
            return "ReplicaFailure"
        }
        if replicaSet.generation > (replicaSet.status["observedGeneration"].int ?? 0) { return "Progressing" }
        if wanted == 0 { return "ScaledDown" }
        return (replicaSet.status["availableReplicas"].int ?? 0) < wanted ? "Progressing" : "Healthy"
    }
}

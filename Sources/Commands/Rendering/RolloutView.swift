// `get rollout` as text: the header, the reason, the tree.

import JSONTree
package import KubeModel
import MartletModel

/// Prints an overview as people of Argo Rollouts know it (cli-ux.md, sections 3.1 and 3.2), with
/// one line more: why the rollout is where it is.
package struct RolloutView: Sendable {
    let overview: RolloutOverview
    let nodes: TreeNodes
    let now: Timestamp
    /// The terminal's columns, to which long sentences are wrapped.
    let columns: Int?
    private var style: Style { nodes.style }

    package init(
        _ overview: RolloutOverview, style: Style, now: Timestamp, columns: Int? = nil,
        isWide: Bool = false
    ) {
        self.overview = overview
        self.now = now
        self.columns = columns
        nodes = TreeNodes(
            style: style, now: now, isWide: isWide, pods: overview.pods, jobs: overview.jobs)
    }

    package var text: String { (header + [""] + treeLines).joined(separator: "\n") + "\n" }

    var header: [String] {
        let rollout = overview.rollout
        let phase = DisplayedPhase(of: rollout)
        var header = Labelled(columns: columns)
        header.add("Name:", rollout.name)
        header.add("Namespace:", rollout.namespace)
        header.add("Status:", "\(style.icon(phase.phase)) \(phase.phase)")
        if !phase.message.isEmpty { header.add("Message:", phase.message) }
        let why = Reason.text(overview, now: now)
        if !why.isEmpty, why != phase.message { header.add("Why:", why) }
        header.add("Strategy:", overview.strategyName)
        if overview.isCanary {
            let step = overview.steps.isEmpty ? nil : overview.stepIndex
            header.add("  Step:", step.map { "\($0)/\(overview.steps.count)" } ?? "")
            header.add("  SetWeight:", "\(overview.wantedWeight)")
            header.add("  ActualWeight:", "\(overview.actualWeight)")
        }
        addImages(overview.images, to: &header)
        header.add("Replicas:", "")
        let status = rollout.status
        let counts: [(String, Int64)] = [
            ("  Desired:", rollout.spec["replicas"].int ?? 1),
            ("  Current:", status["replicas"].int ?? 0),
            ("  Updated:", status["updatedReplicas"].int ?? 0),
            ("  Ready:", status["readyReplicas"].int ?? 0),
            ("  Available:", status["availableReplicas"].int ?? 0),
        ]
        for (label, count) in counts { header.add(label, "\(count)") }
        return header.lines
    }

    private func addImages(_ images: [(image: String, tags: [String])], to header: inout Labelled) {
        for (position, entry) in images.enumerated() {
            let tags = entry.tags.map { style.paint($0, style.color(ofTag: $0)) }.joined(
                separator: ", ")
            header.add(
                position == 0 ? "Images:" : "", entry.image + (tags.isEmpty ? "" : " (\(tags))"))
        }
    }

    private var treeLines: [String] { Table(rows: [nodes.heading] + tree.rows).lines }

    private var tree: Tree {
        let rollout = overview.rollout
        let phase = DisplayedPhase(of: rollout).phase
        let own = overview.analysisRuns.filter { $0.controller?.uid == rollout.uid }
        let revisions = Set(
            (overview.replicaSets + overview.experiments + own).map(RolloutOverview.revision))
        return nodes.node(
            "⟳ \(rollout.name)", "Rollout", phase, rollout,
            children: revisions.sorted(by: >).map { revision in
                func ofRevision(_ objects: [KubeObject]) -> [KubeObject] {
                    objects.filter { RolloutOverview.revision($0) == revision }
                }
                return nodes.plain(
                    "# revision:\(revision)",
                    children: ofRevision(overview.replicaSets).map {
                        nodes.replicaSet($0, tags: overview.tags($0))
                    }
                        + ofRevision(overview.experiments).map(experiment)
                        + ofRevision(own).map(nodes.run))
            })
    }

    private func experiment(_ experiment: KubeObject) -> Tree {
        nodes.experiment(
            experiment, sets: overview.trialSets.filter { $0.controller?.uid == experiment.uid },
            runs: overview.analysisRuns.filter { $0.controller?.uid == experiment.uid })
    }
}

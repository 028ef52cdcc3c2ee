// An Application: a place in Git whose manifests a cluster is kept in line with.

package import JSONTree
package import KubeModel

/// `spec` of an Application.
package struct ApplicationSpec: Hashable, Sendable {
    package var project: String
    /// The sources in order; more than one only from `spec.sources`.
    package var sources: [ApplicationSource]
    /// Whether they came from `spec.sources`, so that status lists them as well.
    package var hasSourceList: Bool
    package var destination: ApplicationDestination
    package var syncPolicy: SyncPolicy
    package var ignoredDifferences: [IgnoredDifference]
    package var ignoredDifferencesTree: JSON
    package var revisionHistoryLimit: Int

    package init(_ tree: JSON) {
        let project = tree["project"].string ?? ""
        self.project = project.isEmpty ? "default" : project
        let several = tree["sources"].elements
        hasSourceList = !several.isEmpty
        sources =
            hasSourceList
            ? several.map(ApplicationSource.init)
            : tree["source"].object != nil ? [ApplicationSource(tree["source"])] : []
        destination = ApplicationDestination(tree["destination"])
        syncPolicy = SyncPolicy(tree["syncPolicy"])
        ignoredDifferencesTree = tree["ignoreDifferences"]
        ignoredDifferences = tree["ignoreDifferences"].elements.map(IgnoredDifference.init)
        revisionHistoryLimit = Int(clamping: max(0, tree["revisionHistoryLimit"].int ?? 10))
    }

    /// What makes the spec unusable, in Argo CD's words where it has them.
    package var problems: [String] {
        var problems: [String] = []
        if sources.isEmpty { problems.append("spec.source.repoURL and either spec.source.path or spec.source.chart are required") }
        for source in sources {
            if source.repoURL.isEmpty || (source.path.isEmpty && source.chart.isEmpty && source.ref.isEmpty) {
                problems.append("spec.source.repoURL and either spec.source.path or spec.source.chart are required")
            }
            if !source.chart.isEmpty, source.targetRevision.isEmpty {
                problems.append("spec.source.targetRevision is required if the manifest source is a helm chart")
            }
            if source.explicitTools.count > 1 {
                problems.append(
                    "multiple application sources defined: \(source.explicitTools.joined(separator: ","))")
            }
        }
        if !destination.server.isEmpty, !destination.name.isEmpty {
            problems.append(
                "application destination can't have both name and server defined: \(destination.name) \(destination.server)")
        } else if destination.server.isEmpty, destination.name.isEmpty {
            problems.append("Destination server missing from app spec")
        } else if !destination.isInCluster {
            let name = destination.name.isEmpty ? destination.server : destination.name
            problems.append(
                "there is no cluster \"\(name)\": only the controller's own cluster"
                    + " (\(ApplicationNames.inClusterServer), in-cluster) can be a destination yet")
        }
        return problems
    }
}

/// An Application, read for decisions.
package struct Application: Hashable, Sendable {
    package var spec: ApplicationSpec
    package var status: ApplicationStatus
    /// The operation that is asked for.
    package var operation: SyncOperation?

    package init(_ object: KubeObject) {
        spec = ApplicationSpec(object.spec)
        status = ApplicationStatus(object.status)
        operation = object.tree["operation"].object != nil ? SyncOperation(object.tree["operation"]) : nil
    }

    /// What a person asked for with the refresh annotation.
    package enum Refresh: String, Hashable, Sendable { case normal, hard }
    package static func refresh(of object: KubeObject) -> Refresh? {
        object.annotation(ApplicationNames.refresh).map { Refresh(rawValue: $0) ?? .normal }
    }
}

// Everything that one decision about a Rollout needs.

package import JSONTree
package import KubeModel
package import MartletModel
package import TrafficRouting

/// What a decision is made from. What is not in it cannot influence the decision.
package struct RolloutSnapshot: Hashable, Sendable {
    package var now: Timestamp
    package var rollout: Observed<Rollout>
    /// The hash of the pod template, as a new ReplicaSet of it would be named.
    package var templateHash: String
    /// How often that hash was taken already; nil for never.
    package var collisionCount: Int32?
    /// The digest by which ReplicaSets of the template are recognised.
    package var templateDigest: UInt64
    /// The hash of the canary's steps; empty for blue-green.
    package var stepsHash: String
    /// The template and selector, also where they come from a referenced workload.
    package var template: JSON
    package var selector: JSON
    /// The workload whose template is the Rollout's, where one is referenced.
    package var workload: WorkloadView?
    /// The ReplicaSets that the Rollout controls, oldest first.
    package var replicaSets: [ReplicaSetView]
    /// ReplicaSets of the namespace that nobody controls, as far as they are revisions of some Rollout.
    package var orphans: [KubeObject] = []
    /// The Services that the strategy names, by name.
    package var services: [String: ServiceView]
    package var routed: RoutedObjects
    /// The versions in which the cluster serves routers' kinds, for what routers create.
    package var routerVersions: [GroupKind: String]
    /// Whether a cloud's load balancer has to hold the weights before they count.
    package var verifiesLoadBalancers = false
    /// The analysis runs that the Rollout controls, by name.
    package var runs: [AnalysisRunView]
    /// The Experiments that the Rollout controls.
    package var experiments: [ExperimentView]
    /// What the plugins of its steps were told, and their answers.
    package var stepWishes: [StepWishView]
    /// `{template, selector}` of ReplicaSets by name, as far as they were read: they are not cached.
    package var revisionTemplates: [String: JSON]
    /// The pods; nil where nothing depends on them, since they are not watched.
    package var pods: [PodView]?
    /// For each analysis that may have to start, what its run is made of.
    package var analyses: [AnalysisPurpose: [KubeObject]]
    /// Why nothing may be done, where the specification or what it refers to is wrong.
    package var problem: RolloutFieldError?
    /// Whether something that the Rollout names is not there; known where there is a problem.
    package var lacksObjects = false

    package init(now: Timestamp, rollout: Observed<Rollout>) {
        self.now = now
        self.rollout = rollout
        templateHash = ""
        templateDigest = 0
        stepsHash = ""
        template = rollout.object.spec["template"]
        selector = rollout.object.spec["selector"]
        replicaSets = []
        services = [:]
        routed = [:]
        routerVersions = [:]
        runs = []
        experiments = []
        stepWishes = []
        revisionTemplates = [:]
        analyses = [:]
    }

    package var name: String { rollout.object.name }
    package var namespace: String { rollout.object.namespace }
    package var reference: ObjectReference {
        ObjectReference(Rollout.kind, namespace: namespace, name: name)
    }
}

/// What an analysis run is for.
package enum AnalysisPurpose: Hashable, Sendable {
    case step(Int)
    case background
    case prePromotion
    case postPromotion

    /// The run's label and the word in events.
    package var label: String {
        switch self {
        case .step: "Step"
        case .background: "Background"
        case .prePromotion: "PrePromotion"
        case .postPromotion: "PostPromotion"
        }
    }
}

/// A ReplicaSet as decisions read it.
package struct ReplicaSetView: Hashable, Sendable {
    package var name: String
    package var namespace: String
    package var uid: UID
    package var hash: String
    package var digest: UInt64
    package var created: Timestamp
    package var annotations: [String: String]
    /// The names of labels and annotations that its template has itself.
    package var templateKeys: [String: Set<String>]
    package var wished: Int
    package var existing: Int
    package var ready: Int
    package var available: Int
    package var minReadySeconds: Int
    package var isDeleting: Bool
    /// Its controller has seen the present specification.
    package var isObserved: Bool
    /// A condition that says that pods cannot be made.
    package var failure: String?

    package static let kind = GroupVersionKind(group: "apps", version: "v1", kind: "ReplicaSet")

    package var reference: ObjectReference { ObjectReference(Self.kind, namespace: namespace, name: name) }
    package var revision: Int? { annotations[RolloutAnnotations.revision].flatMap { Int($0) } }
    package var desiredReplicas: Int? { annotations[RolloutAnnotations.desiredReplicas].flatMap { Int($0) } }
    package var deadline: Timestamp? {
        annotations[RolloutAnnotations.scaleDownDeadline].flatMap { Timestamp($0) }
    }
    /// The labels and annotations that its template and pods carry for their role.
    package var injectedMetadata: JSON {
        annotations[RolloutAnnotations.ephemeralMetadata].flatMap { try? JSON.parse($0) } ?? [:]
    }
    package var counts: ReplicaCounts {
        ReplicaCounts(
            wished: Int32(clamping: wished), available: Int32(clamping: available),
            existing: Int32(clamping: existing))
    }
}

/// A Service as decisions read it.
package struct ServiceView: Hashable, Sendable {
    package var name: String
    package var uid: UID
    /// The revision that it selects; empty when it selects none.
    package var hash: String
    /// The Rollout that writes its selector.
    package var managedBy: String?

    package static let kind = GroupVersionKind(group: "", version: "v1", kind: "Service")

    package init(_ object: KubeObject) {
        name = object.name
        uid = object.uid
        hash = object.spec["selector"][RolloutLabels.podTemplateHash].string ?? ""
        managedBy = object.annotation(RolloutAnnotations.managedBy)
    }
}

/// An analysis run as decisions read it.
package struct AnalysisRunView: Hashable, Sendable {
    package var name: String
    package var uid: UID
    package var hash: String
    package var kind: String
    package var created: Timestamp
    /// Empty before the first look at it.
    package var phase: String
    package var message: String
    package var isTerminating: Bool

    package init(_ object: KubeObject) {
        name = object.name
        uid = object.uid
        hash = object.label(RolloutLabels.podTemplateHash) ?? ""
        kind = object.label(RolloutLabels.analysisKind) ?? ""
        created = object.creationTimestamp ?? .epoch
        phase = object.status["phase"].string ?? ""
        message = object.status["message"].string ?? ""
        isTerminating = object.spec["terminate"].bool ?? false
    }

    /// Whether its verdict is there.
    package var isCompleted: Bool { AnalysisPhase(rawValue: phase)?.isCompleted ?? false }
}

// A rollout with all that it refers to, where what is not at hand is assumed.

import JSONTree
import KubeModel
import MartletModel
import RolloutCore
import TrafficRouting

/// The objects round a rollout that decisions about it need. What neither files nor a cluster hold
/// is made up as plainly as possible, and named.
struct Scene {
    private(set) var rollout: KubeObject
    private(set) var objects: [KubeObject]
    /// What was made up.
    private(set) var assumed: [(kind: GroupKind, key: ObjectKey)] = []
    private(set) var snapshot: RolloutSnapshot?

    /// Objects that are only counted, never needed.
    private static let optional: Set<String> = [
        "AnalysisRun", "ReplicaSet", "Experiment", "Pod", StepWishView.kind.kind,
    ]

    /// - Parameters:
    ///   - rollout: The one that decisions are about.
    ///   - objects: All that is at hand; the rollout may be among them.
    init(_ rollout: KubeObject, among objects: [KubeObject]) {
        self.rollout = rollout
        self.objects = objects.filter { $0.reference != rollout.reference } + [rollout]
        // Each round finds what the made-up objects of the one before refer to.
        for _ in 0..<4 {
            let reader = LazyReader(nil, holding: self.objects)
            snapshot = RolloutGatherer.gather(rollout.key, reader: reader, now: .epoch)
            let made = reader.absent.filter { !Self.optional.contains($0.kind.kind) }.compactMap {
                absent in
                standIn(absent.kind, absent.key).map { (absent, $0) }
            }
            if made.isEmpty { break }
            assumed += made.map(\.0)
            self.objects += made.map(\.1)
        }
        let reader = LazyReader(nil, holding: self.objects)
        snapshot = RolloutGatherer.gather(rollout.key, reader: reader, now: .epoch)
        let made = Self.made(for: rollout)
        assumed += reader.absent.filter { absent in
            !Self.optional.contains(absent.kind.kind)
                && !made.contains { $0.kind.groupKind == absent.kind && $0.key == absent.key }
        }
    }

    /// What routers make, as a canary's own Ingress: nobody has to bring it.
    private static func made(for rollout: KubeObject) -> [ObjectReference] {
        RolloutSpec(rollout.spec).canary.map { RolloutRouters.makes(of: rollout, $0) } ?? []
    }

    /// What the controller would refuse, as far as it is known.
    var problem: RolloutFieldError? { snapshot?.problem }

    /// Whether a problem is only that something is not at hand.
    func isAboutAbsent(_ problem: RolloutFieldError) -> Bool {
        assumed.contains {
            problem.detail.contains("\"\($0.key.name)\"")
                || problem.detail.contains("/\($0.key.name)\"")
        }
            && problem.detail.contains("not found")
    }

    /// Services that select the pods, and templates with one measurement. Nil for what cannot be
    /// made up: workloads, whose template is the very thing, and routers' objects.
    private func standIn(_ kind: GroupKind, _ key: ObjectKey) -> KubeObject? {
        let metadata: JSON = [
            "name": .string(key.name), "namespace": .string(key.namespace),
            "uid": .string("assumed-\(key.name)"),
        ]
        switch kind.kind {
        case "Service":
            let labels = rollout.spec["template"]["metadata"]["labels"]
            return KubeObject([
                "apiVersion": "v1", "kind": "Service", "metadata": metadata,
                "spec": ["selector": labels.isNull ? [:] : labels],
            ])
        case "AnalysisTemplate", "ClusterAnalysisTemplate":
            return KubeObject([
                "apiVersion": "argoproj.io/v1alpha1", "kind": .string(kind.kind),
                "metadata": metadata,
                "spec": [
                    "metrics": [
                        [
                            "name": .string("assumed-\(key.name)"), "count": 1,
                            "provider": ["job": ["spec": [:]]],
                        ]
                    ]
                ],
            ])
        default: return nil
        }
    }
}

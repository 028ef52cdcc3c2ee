// Setting the stage for a projection: which objects, from which revision to which.

import JSONTree
import KubeModel
import MartletModel
import RolloutCore

/// Where a projection begins and what is changed.
struct ProjectionStage {
    /// The rollout as it will be.
    var wanted: KubeObject
    /// The rollout as it is in the cluster; nil where there is none.
    var live: KubeObject?
    /// Everything at hand: the cluster's objects and the file's.
    var objects: [KubeObject]
    var now: Timestamp
    var podReady: Duration

    /// What a projection came to, with what has to be said about it.
    struct Result {
        var projection: Projection
        /// Sentences before the table.
        var introduction: [String]
        /// Sentences after it.
        var notes: [String]
    }

    /// Runs the projection.
    ///
    /// - Throws: `CommandError` when the controller would refuse the rollout.
    func result() throws(CommandError) -> Result {
        let scene = Scene(wanted, among: objects)
        var notes: [String] = []
        if let problem = scene.problem {
            let place = problem.field.isEmpty ? "" : "\(problem.field): "
            guard scene.isAboutAbsent(problem) || problem.detail.contains("not supported yet")
            else {
                throw CommandError("the controller would refuse this: \(place)\(problem.detail)")
            }
        }
        for absent in scene.assumed where absent.kind.kind != "AnalysisRun" {
            let isMade = ["Service", "AnalysisTemplate", "ClusterAnalysisTemplate"].contains(
                absent.kind.kind)
            if absent.kind.group == "apps" {
                throw CommandError(
                    "\(absent.kind.kind) \"\(absent.key.name)\" is not there",
                    hint: "give it in the file, or apply it first")
            }
            notes.append(
                "\(absent.kind.kind) \"\(absent.key.name)\" is not there\(isMade ? ": assumed" : ": its weights are assumed to follow")"
            )
        }
        let world = ProjectedWorld(
            RouterStandIn.objects(live ?? wanted, scene.objects), now: now.truncatedToSeconds,
            podReady: podReady)
        var projection = Projection(wanted.key, in: world)
        var introduction: [String] = []
        if live == nil {
            projection.run()
            introduction.append(
                "first deployment: all \(pods) pods at once, without steps; ready after \(Age.text(projection.length))"
            )
            introduction.append("the first update after it:")
            renew(&projection)
        } else if !applyWanted(to: &projection), isSettled {
            introduction.append(
                "nothing changes: the template is that of the running revision; an update would go so:"
            )
            renew(&projection)
        }
        projection.run()
        return Result(projection: projection, introduction: introduction, notes: notes)
    }

    private var pods: Int64 { wanted.spec["replicas"].int ?? live?.spec["replicas"].int ?? 1 }

    private var isSettled: Bool {
        guard let live else { return false }
        return RolloutStatus(live.status).isFullyPromoted
    }

    /// - Returns: Whether the update differs from what is there.
    private func applyWanted(to projection: inout Projection) -> Bool {
        guard let live else { return false }
        let before = live.spec
        projection.edit { tree in
            var spec = wanted.spec
            if spec["replicas"].isNull { spec["replicas"] = before["replicas"] }
            tree["spec"] = spec
            tree = RouterStandIn.routed(KubeObject(tree)).tree
        }
        let template = PodTemplateHash.digest(of: wanted.spec["template"])
        return wanted.spec["workloadRef"].isNull
            ? template != PodTemplateHash.digest(of: before["template"])
                || wanted.spec["strategy"] != before["strategy"]
            : wanted.spec["strategy"] != before["strategy"]
    }

    /// A new revision, as the next change of the template will make one.
    private func renew(_ projection: inout Projection) {
        projection.edit { tree in
            if tree["spec"]["workloadRef"].isNull {
                tree.set(
                    ["spec", "template", "metadata", "annotations", "martlet.dev/plan"], to: "next")
            }
        }
    }
}

/// Any router, as one that the projection can carry out: what matters is only when which share of
/// traffic moves, which is the same for all of them.
enum RouterStandIn {
    /// The rollout with the stand-in.
    static func routed(_ rollout: KubeObject) -> KubeObject {
        let routing = rollout.spec["strategy"]["canary"]["trafficRouting"]
        guard !routing.isNull else { return rollout }
        var changed = rollout
        var standIn: JSON = ["istio": ["virtualService": ["name": .string(name(rollout))]]]
        for field in ["managedRoutes", "maxTrafficWeight"] where !routing[field].isNull {
            standIn[field] = routing[field]
        }
        changed.tree.set(["spec", "strategy", "canary", "trafficRouting"], to: standIn)
        let (stable, canary) = services(rollout)
        if rollout.spec["strategy"]["canary"]["pingPong"].isNull {
            changed.tree.set(["spec", "strategy", "canary", "stableService"], to: .string(stable))
            changed.tree.set(["spec", "strategy", "canary", "canaryService"], to: .string(canary))
        }
        return changed
    }

    /// The objects with a stand-in for the rollout's router.
    static func objects(_ rollout: KubeObject, _ objects: [KubeObject]) -> [KubeObject] {
        let others = objects.filter { $0.reference != rollout.reference }
        var start = rollout
        if start.uid.isEmpty { start.tree.set(["metadata", "uid"], to: "planned-rollout") }
        if start.generation == 0 { start.tree.set(["metadata", "generation"], to: 1) }
        let canary = rollout.spec["strategy"]["canary"]
        guard !canary["trafficRouting"].isNull else { return others + [start] }
        let (stable, trial) = services(rollout)
        let weights = rollout.status["canary"]["weights"]
        let share = weights["canary"]["weight"].int ?? 0
        let service: (String) -> KubeObject = { name in
            KubeObject([
                "apiVersion": "v1", "kind": "Service",
                "metadata": [
                    "name": .string(name), "namespace": .string(rollout.namespace),
                    "uid": .string("planned-\(name)"),
                ],
                "spec": ["selector": [:]],
            ])
        }
        let known = Set(others.filter { $0.kindName == "Service" }.map(\.name))
        let virtualService = KubeObject([
            "apiVersion": "networking.istio.io/v1", "kind": "VirtualService",
            "metadata": [
                "name": .string(name(rollout)), "namespace": .string(rollout.namespace),
                "uid": "planned-router",
            ],
            "spec": [
                "hosts": [.string(rollout.name)],
                "http": [
                    [
                        "route": [
                            [
                                "destination": ["host": .string(stable)],
                                "weight": .int(100 - share),
                            ],
                            ["destination": ["host": .string(trial)], "weight": .int(share)],
                        ]
                    ]
                ],
            ],
        ])
        return others + [stable, trial].filter { !known.contains($0) }.map(service) + [
            virtualService, routed(start),
        ]
    }

    private static func name(_ rollout: KubeObject) -> String { "planned-\(rollout.name)" }

    private static func services(_ rollout: KubeObject) -> (stable: String, canary: String) {
        let canary = rollout.spec["strategy"]["canary"]
        if !canary["pingPong"].isNull {
            return (
                canary["pingPong"]["pongService"].string ?? "pong",
                canary["pingPong"]["pingService"].string ?? "ping"
            )
        }
        return (
            canary["stableService"].string ?? "\(rollout.name)-stable",
            canary["canaryService"].string ?? "\(rollout.name)-canary"
        )
    }
}

// A world just big enough for decisions: objects, patches, pods that become ready when told.

import JSONTree
import KubeModel
import MartletModel
import RolloutCore
import Testing
import TrafficRouting

/// Objects by kind and key. Pods appear with `spec.replicas` and become ready on `tick`.
final class TinyWorld: ObjectReader {
    var objects: [GroupKind: [ObjectKey: KubeObject]] = [:]
    var now = Timestamp(wholeSeconds: 1_800_000_000)
    /// What happened, a line a move.
    var lines: [String] = []
    var events: [String] = []
    var writeCount = 0
    /// ReplicaSets of these images never get ready.
    var badImages: Set<String> = []
    /// What a snapshot has besides what is gathered.
    var prepare: (inout RolloutSnapshot) -> Void = { _ in }
    private var version = 0
    let key = ObjectKey(namespace: "shop", name: "web")

    func object(_ kind: GroupKind, _ key: ObjectKey) -> KubeObject? { objects[kind]?[key] }
    func objects(_ kind: GroupKind, namespace: String?) -> [KubeObject] {
        (objects[kind] ?? [:]).values.filter { namespace == nil || $0.namespace == namespace }
            .sorted { $0.name < $1.name }
    }
    func objects(_ kind: GroupKind, namespace: String, ownedBy uid: UID) -> [KubeObject] {
        objects(kind, namespace: namespace).filter { $0.ownerReferences.contains { $0.uid == uid } }
    }

    func put(_ tree: JSON) {
        var tree = tree
        version += 1
        if tree["metadata"]["uid"].isNull {
            tree.set(["metadata", "uid"], to: .string("uid-\(version)"))
            tree.set(["metadata", "creationTimestamp"], to: .string(now.rfc3339))
            tree.set(["metadata", "generation"], to: 1)
        }
        if tree["metadata"]["namespace"].isNull { tree.set(["metadata", "namespace"], to: "shop") }
        tree.set(["metadata", "resourceVersion"], to: .string(String(version)))
        let object = KubeObject(tree)
        objects[object.kind.groupKind, default: [:]][object.key] = object
    }

    func change(_ kind: GroupKind, _ name: String, _ edit: (inout JSON) throws -> Void) throws {
        let found = try #require(object(kind, ObjectKey(namespace: "shop", name: name)))
        var tree = found.tree
        try edit(&tree)
        if tree == found.tree { return }
        if tree["spec"] != found.tree["spec"] {
            tree.set(["metadata", "generation"], to: .int((tree["metadata"]["generation"].int ?? 0) + 1))
        }
        put(tree)
    }

    func send(_ change: Change) throws {
        writeCount += 1
        switch change {
        case .create(let object):
            if self.object(object.kind.groupKind, object.key) == nil { put(object.tree) }
        case .patch(let reference, .merge(let patch), let condition):
            try check(reference, condition)
            try self.change(reference.kind.groupKind, reference.name) { $0 = MergePatch.apply(patch, to: $0) }
        case .patch(let reference, .json(let patch), let condition):
            try check(reference, condition)
            try self.change(reference.kind.groupKind, reference.name) { $0 = try patch.apply(to: $0) }
        case .patchStatus(let reference, let patch, let condition):
            try check(reference, condition)
            try self.change(reference.kind.groupKind, reference.name) { $0 = MergePatch.apply(patch, to: $0) }
        case .delete(let reference, _, _): objects[reference.kind.groupKind]?[reference.key] = nil
        case .apply, .evict: break
        }
    }

    private func check(_ reference: ObjectReference, _ condition: Precondition) throws {
        let found = try #require(object(reference.kind.groupKind, reference.key))
        if let uid = condition.uid { #expect(found.uid == uid) }
        if let wanted = condition.resourceVersion { #expect(found.resourceVersion == wanted) }
    }

    // MARK: Time

    /// One decision, carried out.
    @discardableResult
    func pass() throws -> Plan {
        var snapshot = try #require(RolloutGatherer.gather(key, reader: self, now: now))
        if snapshot.needsTemplates {
            for name in snapshot.revisionNames {
                let key = ObjectKey(namespace: "shop", name: name)
                let set = try #require(object(ReplicaSetView.kind.groupKind, key))
                snapshot.revisionTemplates[name] = [
                    "template": set.spec["template"], "selector": set.spec["selector"],
                ]
            }
        }
        prepare(&snapshot)
        let plan = decide(snapshot)
        #expect(decide(snapshot) == plan)
        for move in plan.moves {
            lines.append(move.summary)
            for change in move.changes { try send(change) }
            events += move.events.map { "\($0.reason): \($0.message)" }
        }
        return plan
    }

    /// Decisions until nothing is left to write.
    @discardableResult
    func settle() throws -> Plan {
        for _ in 0..<40 {
            let plan = try pass()
            try checkInvariants()
            if plan.moves.isEmpty { return plan }
        }
        Issue.record("decisions go round in circles: \(lines.suffix(12))")
        return try pass()
    }

    /// Pods follow their ReplicaSets, and the time goes on.
    func tick(seconds: Int = 1) throws {
        now += .seconds(seconds)
        for set in objects(ReplicaSetView.kind.groupKind, namespace: "shop") {
            let wished = set.spec["replicas"]
            let image = set.spec["template"]["spec"]["containers"][0]["image"].string ?? ""
            try change(ReplicaSetView.kind.groupKind, set.name) { tree in
                let ready = badImages.contains(image) ? 0 : wished
                tree["status"] = [
                    "replicas": wished, "readyReplicas": ready, "availableReplicas": ready,
                    "observedGeneration": tree["metadata"]["generation"],
                ]
            }
        }
    }

    /// Decisions and ticks until the Rollout has that phase.
    func run(until phase: RolloutPhase, step: Int? = nil, limit: Int = 60) throws {
        for _ in 0..<limit {
            try settle()
            if status.phase == phase, step == nil || status.currentStepIndex == step { return }
            try tick()
        }
        Issue.record("never \(phase): \(status.phase as Any) \(status.message) \(lines.suffix(20))")
    }

    var rollout: KubeObject { object(Rollout.kind.groupKind, key) ?? KubeObject(.null) }
    var status: RolloutStatus { RolloutStatus(rollout.status) }
    func setImage(_ image: String) throws {
        try change(Rollout.kind.groupKind, "web") { tree in
            tree.set(
                ["spec", "template", "spec", "containers"], to: [["name": "main", "image": .string(image)]])
        }
    }
    func setStatus(_ patch: JSON) throws {
        try change(Rollout.kind.groupKind, "web") { $0 = MergePatch.apply(["status": patch], to: $0) }
    }
    func setSpec(_ patch: JSON) throws {
        try change(Rollout.kind.groupKind, "web") { $0 = MergePatch.apply(["spec": patch], to: $0) }
    }
    func replicas(_ image: String) -> Int {
        let sets = objects(ReplicaSetView.kind.groupKind, namespace: "shop")
        let set = sets.first { $0.spec["template"]["spec"]["containers"][0]["image"].string == image }
        return set?.spec["replicas"].int.map { Int($0) } ?? -1
    }
    var weights: [Int64] {
        let service = object(IstioRouter.virtualServiceKind.groupKind, key)
        return service?.spec["http"][0]["route"].elements.map { $0["weight"].int ?? 0 } ?? []
    }

    // MARK: Invariants 2, 4 and 10

    private func checkInvariants() throws {
        let weights = weights
        guard !weights.isEmpty else { return }
        #expect(weights.reduce(0, +) == 100)
        let hashes = ["web-stable", "web-canary"].map { name in
            object(ServiceView.kind.groupKind, ObjectKey(namespace: "shop", name: name))
                .map { ServiceView($0).hash } ?? ""
        }
        for (hash, weight) in zip(hashes, weights) where weight > 0 && !hash.isEmpty {
            let set = objects(ReplicaSetView.kind.groupKind, namespace: "shop").map(ReplicaSetView.init)
                .first { $0.hash == hash }
            #expect(
                (set?.available ?? 0) > 0, "traffic \(weight) to \(hash) without pods: \(lines.suffix(8))")
        }
    }

    // MARK: Building

    static func rollout(replicas: Int, canary: JSON, spec: JSON = [:]) -> JSON {
        var tree: JSON = [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
            "metadata": ["name": "web", "namespace": "shop"],
            "spec": [
                "replicas": JSON(replicas), "selector": ["matchLabels": ["app": "web"]],
                "template": [
                    "metadata": ["labels": ["app": "web"]],
                    "spec": ["containers": [["name": "main", "image": "shop/web:1"]]],
                ],
                "strategy": ["canary": canary],
            ],
        ]
        tree["spec"] = MergePatch.apply(spec, to: tree["spec"])
        return tree
    }

    /// A world with a canary, at its first revision and healthy.
    static func healthy(
        replicas: Int = 5, steps: JSON, isRouted: Bool = false, canary: JSON = [:], spec: JSON = [:]
    )
        throws -> TinyWorld
    {
        let world = TinyWorld()
        var strategy: JSON = ["steps": steps]
        if isRouted {
            for name in ["web-stable", "web-canary"] {
                world.put([
                    "apiVersion": "v1", "kind": "Service", "metadata": ["name": .string(name)],
                    "spec": ["selector": ["app": "web"]],
                ])
            }
            world.put([
                "apiVersion": "networking.istio.io/v1alpha3", "kind": "VirtualService",
                "metadata": ["name": "web"],
                "spec": [
                    "http": [
                        [
                            "route": [
                                ["destination": ["host": "web-stable"], "weight": 100],
                                ["destination": ["host": "web-canary"], "weight": 0],
                            ]
                        ]
                    ]
                ],
            ])
            strategy["trafficRouting"] = ["istio": ["virtualService": ["name": "web"]]]
            strategy["stableService"] = "web-stable"
            strategy["canaryService"] = "web-canary"
        }
        strategy = MergePatch.apply(canary, to: strategy)
        world.put(rollout(replicas: replicas, canary: strategy, spec: spec))
        try world.run(until: .healthy)
        world.lines = []
        world.events = []
        world.writeCount = 0
        return world
    }
}

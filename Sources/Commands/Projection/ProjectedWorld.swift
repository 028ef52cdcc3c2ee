// A cluster on paper, in which pods become ready after a given time and analyses succeed.

import JSONTree
import KubeModel
import MartletModel
import RolloutCore

/// Objects and a clock; writes are carried out at once. It stands in for the ReplicaSet controller,
/// the kubelet and the analyses, all of which do as they are wished.
struct ProjectedWorld: ObjectReader {
    private(set) var now: Timestamp
    private(set) var writeCount = 0
    private var objects: [GroupKind: [ObjectKey: KubeObject]] = [:]
    /// When each pod of a ReplicaSet is available, the first ones first.
    private var pods: [ObjectKey: [Timestamp]] = [:]
    /// When what runs has ended.
    private var ends: [ObjectReference: Timestamp] = [:]
    private let podReady: Duration
    private var uidCount = 0

    private static let replicaSets = ReplicaSetView.kind.groupKind
    private static let experiments = GroupKind("argoproj.io", "Experiment")

    init(_ objects: [KubeObject], now: Timestamp, podReady: Duration) {
        self.now = now
        self.podReady = podReady
        for object in objects { put(object) }
        for set in self.objects(Self.replicaSets, namespace: nil) {
            let view = ReplicaSetView(set)
            let coming = max(0, view.existing - view.available)
            pods[set.key] =
                Array(repeating: now, count: view.available)
                + Array(repeating: now + podReady, count: coming)
        }
        settle()
    }

    // MARK: ObjectReader

    func object(_ kind: GroupKind, _ key: ObjectKey) -> KubeObject? { objects[kind]?[key] }
    func objects(_ kind: GroupKind, namespace: String?) -> [KubeObject] {
        (objects[kind] ?? [:]).values.filter { namespace == nil || $0.namespace == namespace }
            .sorted { $0.key < $1.key }
    }
    func objects(_ kind: GroupKind, namespace: String, ownedBy uid: UID) -> [KubeObject] {
        objects(kind, namespace: namespace).filter { $0.ownerReferences.contains { $0.uid == uid } }
    }

    mutating func put(_ object: KubeObject) {
        objects[object.kind.groupKind, default: [:]][object.key] = object
    }

    // MARK: Time

    /// When something happens by itself next.
    var nextEvent: Timestamp? {
        (pods.values.joined().filter { $0 > now } + ends.values.filter { $0 > now }).min()
    }

    mutating func advance(to time: Timestamp) {
        now = max(now, time)
        settle()
    }

    /// Lets the stand-ins do their work up to now.
    private mutating func settle() {
        for set in objects(Self.replicaSets, namespace: nil) { settle(set) }
        for kind in [AnalysisKinds.run, Self.experiments] {
            for object in objects(kind, namespace: nil) { settleRun(object) }
        }
    }

    private mutating func settle(_ set: KubeObject) {
        let wished = Int(set.spec["replicas"].int ?? 1)
        let minReady = Duration.seconds(set.spec["minReadySeconds"].int ?? 0)
        var times = pods[set.key] ?? []
        while times.count < wished { times.append(now + podReady + minReady) }
        times = Array(times.sorted().prefix(wished))
        pods[set.key] = times
        let available = times.count { $0 <= now }
        var changed = set
        changed.tree.set(
            ["status"],
            to: [
                "replicas": JSON(wished), "readyReplicas": JSON(available),
                "availableReplicas": JSON(available),
                "observedGeneration": .int(set.generation),
            ])
        put(changed)
    }

    private mutating func settleRun(_ object: KubeObject) {
        let phase = object.status["phase"].string ?? ""
        guard phase.isEmpty || phase == "Pending" || phase == "Running" else { return }
        let reference = object.reference
        if ends[reference] == nil, let length = Self.length(of: object) {
            ends[reference] = now + length
        }
        let isOver =
            (ends[reference].map { $0 <= now } ?? false) || object.spec["terminate"].bool == true
        var changed = object
        changed.tree.set(["status", "phase"], to: .string(isOver ? "Successful" : "Running"))
        put(changed)
    }

    /// How long a run or experiment takes when all goes well; nil without end.
    static func length(of object: KubeObject) -> Duration? {
        if object.kindName == "Experiment" {
            // Without a duration an experiment lasts as long as its analyses, about which little is known.
            let isAnalysing = !object.spec["analyses"].elements.isEmpty
            return object.spec["duration"].string.flatMap { Duration.parse(goText: $0) }
                ?? (isAnalysing ? .zero : nil)
        }
        var longest: Duration = .zero
        for metric in object.spec["metrics"].elements.map(AnalysisMetric.init) {
            guard let count = metric.effectiveCount else { return nil }
            let length =
                (metric.initialDelay ?? .zero) + (metric.interval ?? .zero) * max(0, count - 1)
            longest = max(longest, length)
        }
        return longest
    }

    // MARK: Writes

    /// Carries a write out.
    ///
    /// - Returns: Whether it changed anything.
    mutating func apply(_ change: Change) -> Bool {
        writeCount += 1
        let before = objects[change.reference.kind.groupKind]?[change.reference.key]
        switch change {
        case .create(let object), .apply(let object, _, _):
            if before != nil { return false }
            create(object)
        case .delete(let reference, _, _):
            objects[reference.kind.groupKind]?[reference.key] = nil
            pods[reference.key] = nil
            return before != nil
        case .evict: return false
        case .patch(_, let patch, _):
            guard let before else { return false }
            return replace(before, with: Self.patched(before.tree, patch))
        case .patchStatus(_, let patch, _):
            guard let before else { return false }
            let isWhole =
                patch.object?.keys.allSatisfy { $0 == "status" || $0 == "metadata" } ?? false
            return replace(
                before, with: MergePatch.apply(isWhole ? patch : ["status": patch], to: before.tree)
            )
        }
        settle()
        return true
    }

    private static func patched(_ tree: JSON, _ patch: Patch) -> JSON {
        switch patch {
        case .merge(let patch): return MergePatch.apply(patch, to: tree)
        case .json(let patch): return (try? patch.apply(to: tree)) ?? tree
        }
    }

    private mutating func create(_ object: KubeObject) {
        var made = object
        uidCount += 1
        made.tree.set(["metadata", "uid"], to: .string("planned-\(uidCount)"))
        made.tree.set(["metadata", "creationTimestamp"], to: .string(now.rfc3339))
        made.tree.set(["metadata", "generation"], to: 1)
        made.tree.set(["metadata", "resourceVersion"], to: .string("\(writeCount)"))
        put(made)
    }

    private mutating func replace(_ before: KubeObject, with tree: JSON) -> Bool {
        var after = KubeObject(tree)
        if after == before { return false }
        if after.spec != before.spec {
            after.tree.set(["metadata", "generation"], to: .int(before.generation + 1))
        }
        after.tree.set(["metadata", "resourceVersion"], to: .string("\(writeCount)"))
        put(after)
        settle()
        return true
    }
}

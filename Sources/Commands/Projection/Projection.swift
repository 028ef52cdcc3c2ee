// An update before it happens: the core's decisions on a clock that only we move.

import JSONTree
import KubeModel
import MartletModel
import RolloutCore

/// What an update will do, stage by stage, when pods come up and analyses succeed.
struct Projection {
    /// A stretch of the update in which one thing is waited for.
    struct Stage: Hashable {
        var title: String
        /// Since the update's beginning.
        var start: Duration
        /// Nil while it is the last one, or until somebody promotes.
        var length: Duration?
        /// Of a hundred, to the new revision; for a step that moves traffic, once it has.
        var share: Int
        /// Pods of the new revision and of all others, available and wished.
        var new: (available: Int, wished: Int)
        var old: (available: Int, wished: Int)
        var needsPromotion = false
        /// A step that moves traffic or pods, and is over when they are there.
        var isMove = false

        static func == (left: Stage, right: Stage) -> Bool {
            left.title == right.title && left.start == right.start && left.length == right.length
                && left.share == right.share && left.new == right.new && left.old == right.old
                && left.needsPromotion == right.needsPromotion
        }
        func hash(into hasher: inout Hasher) {
            hasher.combine(title)
            hasher.combine(start)
        }
    }

    private(set) var stages: [Stage] = []
    /// How long it takes without the waits for somebody.
    private(set) var length: Duration = .zero
    private(set) var promotionCount = 0
    private(set) var writeCount = 0
    /// Why it does not come to its end; nil when it does.
    private(set) var obstacle: String?

    private var world: ProjectedWorld
    private let key: ObjectKey
    /// The step of the stage before.
    private var lastIndex: Int?

    /// No update that people wait for has more decisions, or lasts longer.
    private static let decisionCountMax = 20_000
    private static let lengthMax: Duration = .seconds(366 * 86_400)

    init(_ key: ObjectKey, in world: ProjectedWorld) {
        self.key = key
        self.world = world
    }

    var rollout: KubeObject? { world.object(Rollout.kind.groupKind, key) }

    /// Changes the rollout as a person would, before the projection begins.
    mutating func edit(_ change: (inout JSON) -> Void) {
        guard var object = rollout else { return }
        let spec = object.spec
        change(&object.tree)
        if object.spec != spec {
            object.tree.set(["metadata", "generation"], to: .int(object.generation + 1))
        }
        world.put(object)
    }

    /// Lets the update happen. May be called again after an edit: stages begin anew.
    mutating func run() {
        let start = world.now
        let writesBefore = world.writeCount
        stages = []
        lastIndex = nil
        promotionCount = 0
        obstacle = nil
        for _ in 0..<Self.decisionCountMax {
            guard var snapshot = RolloutGatherer.gather(key, reader: world, now: world.now) else {
                break
            }
            // What is wrong with the specification has been said; here the router is a stand-in.
            snapshot.problem = nil
            if snapshot.needsPods { snapshot.pods = [] }
            for set in world.objects(ReplicaSetView.kind.groupKind, namespace: key.namespace) {
                snapshot.revisionTemplates[set.name] = [
                    "template": set.spec["template"], "selector": set.spec["selector"],
                ]
            }
            let plan = decide(snapshot)
            var hasChanged = false
            for change in plan.moves.flatMap(\.changes) where world.apply(change) {
                hasChanged = true
            }
            observe(since: start)
            if hasChanged { continue }
            if case .stalled(_, let message) = plan.outcome {
                obstacle = message
                break
            }
            let next = [plan.outcome.lookAgain, world.nextEvent].compactMap(\.self).filter {
                $0 > world.now
            }.min()
            if let next, next - start < Self.lengthMax {
                world.advance(to: next)
            } else if !promote() {
                if case .waiting(let reason, _) = plan.outcome, !isPromoted {
                    obstacle = "it waits for \(reason)"
                }
                break
            }
        }
        length = world.now - start
        writeCount = world.writeCount - writesBefore
        if let last = stages.indices.last, stages[last].length == nil, stages[last].start < length {
            stages[last].length = length - stages[last].start
        }
    }

    private var isPromoted: Bool {
        guard let status = rollout.map({ RolloutStatus($0.status) }) else { return false }
        return !status.stableHash.isEmpty && status.isFullyPromoted
    }

    /// Does what a person must do at a pause without end.
    private mutating func promote() -> Bool {
        guard let object = rollout else { return false }
        let isPaused =
            !object.status["pauseConditions"].elements.isEmpty || object.spec["paused"].bool == true
        let patches = RolloutPatches.promote(object)
        guard isPaused, patches.status != nil || patches.spec != nil else { return false }
        var tree = object.tree
        if let status = patches.status { tree = MergePatch.apply(status, to: tree) }
        if let spec = patches.spec {
            tree = MergePatch.apply(spec, to: tree)
            tree.set(["metadata", "generation"], to: .int(object.generation + 1))
        }
        world.put(KubeObject(tree))
        promotionCount += 1
        if let last = stages.indices.last { stages[last].needsPromotion = true }
        return true
    }

    // MARK: Stages

    private mutating func observe(since start: Timestamp) {
        guard let object = rollout else { return }
        let rollout = Rollout(object)
        guard !rollout.status.currentPodHash.isEmpty else { return }
        let sets = world.objects(
            ReplicaSetView.kind.groupKind, namespace: key.namespace, ownedBy: object.uid
        )
        .map(ReplicaSetView.init)
        let new = sets.filter { $0.hash == rollout.status.currentPodHash }
        let old = sets.filter { $0.hash != rollout.status.currentPodHash }
        let title = StageTitle.text(rollout, object, isOldThere: Self.sum(old).wished > 0)
        let time = world.now - start
        if stages.last?.title != title {
            if let last = stages.indices.last {
                stages[last].length = time - stages[last].start
                // The decision that ends a stage belongs to the next one, but for a step that moves
                // traffic: it is that decision.
                if stages[last].isMove {
                    update(last, rollout, new, old)
                } else {
                    stages[last].new = Self.sum(new)
                }
            }
            addPassed(rollout, at: time)
            stages.append(
                Stage(title: title, start: time, length: nil, share: 0, new: (0, 0), old: (0, 0)))
        }
        stages[stages.count - 1].isMove = Self.isMove(rollout)
        update(stages.count - 1, rollout, new, old)
    }

    /// Steps that one decision went through, since nothing had to be waited for.
    private mutating func addPassed(_ rollout: Rollout, at time: Duration) {
        guard let canary = rollout.spec.canary else { return }
        let index = rollout.status.currentStepIndex ?? canary.steps.count
        defer { lastIndex = index }
        guard let lastIndex, index > lastIndex + 1 else { return }
        for passed in (lastIndex + 1)..<index where canary.steps.indices.contains(passed) {
            let title = StageTitle.step(passed, canary)
            let before = stages.last
            stages.append(
                Stage(
                    title: title, start: time, length: .zero, share: before?.share ?? 0,
                    new: before?.new ?? (0, 0),
                    old: before?.old ?? (0, 0)))
        }
    }

    private mutating func update(
        _ index: Int, _ rollout: Rollout, _ new: [ReplicaSetView], _ old: [ReplicaSetView]
    ) {
        stages[index].new = Self.sum(new)
        stages[index].old = Self.sum(old)
        stages[index].share = Self.share(
            rollout, new: Self.sum(new).available, old: Self.sum(old).available)
    }

    /// Whether the present step moves traffic or pods.
    private static func isMove(_ rollout: Rollout) -> Bool {
        guard let canary = rollout.spec.canary, let index = rollout.status.currentStepIndex,
            canary.steps.indices.contains(index)
        else { return false }
        switch canary.steps[index] {
        case .setWeight, .setCanaryScale: return true
        default: return false
        }
    }

    private static func sum(_ sets: [ReplicaSetView]) -> (available: Int, wished: Int) {
        (sets.reduce(0) { $0 + $1.available }, sets.reduce(0) { $0 + $1.wished })
    }

    /// How much of a hundred requests the new revision gets.
    private static func share(_ rollout: Rollout, new: Int, old: Int) -> Int {
        let status = rollout.status
        if status.isFullyPromoted { return 100 }
        switch rollout.spec.strategy {
        case .canary(let canary):
            if canary.trafficRouting != nil {
                let weight = status.canary.weights?.canary.weight.value ?? 0
                return weight * 100 / max(1, canary.maxWeight.value)
            }
            return new + old > 0 ? Int((Double(new) * 100 / Double(new + old)).rounded()) : 0
        case .blueGreen: return status.blueGreen.activeSelector == status.currentPodHash ? 100 : 0
        case .invalid: return 0
        }
    }
}

/// What a stage of an update is called.
enum StageTitle {
    static func text(_ rollout: Rollout, _ object: KubeObject, isOldThere: Bool) -> String {
        let status = rollout.status
        if status.isFullyPromoted {
            return isOldThere
                ? "promoted; old pods are kept for a while" : "promoted; old pods are gone"
        }
        switch rollout.spec.strategy {
        case .canary(let canary): return self.canary(canary, status)
        case .blueGreen: return blueGreen(rollout, status)
        case .invalid: return "nothing"
        }
    }

    private static func canary(_ canary: CanaryStrategy, _ status: RolloutStatus) -> String {
        let index = status.currentStepIndex ?? canary.steps.count
        guard canary.steps.indices.contains(index) else {
            return "all pods of the new revision come up"
        }
        return step(index, canary)
    }

    static func step(_ index: Int, _ canary: CanaryStrategy) -> String {
        let step = canary.steps[index]
        var text = "\(index + 1)/\(canary.steps.count) \(step.summary)"
        if case .analysis(let analysis) = step {
            text +=
                ": "
                + analysis.templates.compactMap { $0["templateName"].string }.joined(
                    separator: ", ")
        }
        return text
    }

    private static func blueGreen(_ rollout: Rollout, _ status: RolloutStatus) -> String {
        let isSwitched = status.blueGreen.activeSelector == status.currentPodHash
        if isSwitched {
            return status.blueGreen.postPromotionRun == nil
                ? "the active Service is switched" : "post-promotion analysis"
        }
        if !status.pauseConditions.isEmpty {
            return "the new revision waits at the preview Service"
        }
        if status.blueGreen.prePromotionRun != nil { return "pre-promotion analysis" }
        return "pods of the new revision come up beside the old ones"
    }
}

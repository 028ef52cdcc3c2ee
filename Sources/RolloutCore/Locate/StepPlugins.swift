// The plugins that perform a canary's steps: which were asked for what, and what they answered.

package import JSONTree
package import KubeModel
package import MartletModel
package import TrafficRouting

/// The object by which a plugin is told what to do at a step, as decisions read it.
/// docs/step-plugins.md is the protocol.
package struct StepWishView: Hashable, Sendable {
    package var name: String
    package var uid: UID
    /// The uid of the controlling object.
    package var owner: UID
    package var spec: JSON
    package var attempt: Int
    /// Nil as long as the plugin has not answered to the specification as it is now.
    package var answer: JSON?

    /// The kind of these objects.
    package static let kind = RouterKind("martlet.dev", "StepWish", "stepwishes", ["v1alpha1"])

    /// The name of a step's object; longer ones than names may be are cut.
    package static func name(_ rollout: String, _ index: Int) -> String {
        let suffix = "-step-\(index)"
        return rollout.prefix(253 - suffix.utf8.count) + suffix
    }

    package init(_ object: KubeObject) {
        name = object.name
        uid = object.uid
        owner = object.controller?.uid ?? ""
        spec = object.spec
        attempt = object.spec["attempt"].int.map { Int($0) } ?? 0
        let isAnswered = object.status["observedGeneration"].int == object.generation
        answer = isAnswered ? object.status : nil
    }
}

/// Keeps the recorded plugin operations of a canary current. Each is recorded before its plugin is
/// told, and again with the answer (invariant 7).
struct CanaryPlugins {
    let snapshot: RolloutSnapshot
    let position: Position
    let strategy: CanaryStrategy
    var events: [KubeEvent] = []
    /// Why the update is to be given up.
    var abortReason: String?

    init(_ snapshot: RolloutSnapshot, _ position: Position, _ strategy: CanaryStrategy) {
        self.snapshot = snapshot
        self.position = position
        self.strategy = strategy
    }

    private var now: Timestamp { snapshot.now.truncatedToSeconds }

    private func wish(_ index: Int) -> StepWishView? {
        let name = StepWishView.name(snapshot.name, index)
        return snapshot.stepWishes.first { $0.name == name }
    }

    // MARK: Answers

    /// Reads the answers into a status: a failed step asks for an abort.
    mutating func observe(_ status: inout RolloutStatus) {
        for position in status.canary.stepPlugins.indices {
            var entry = status.canary.stepPlugins[position]
            if entry.phase.isCompleted { continue }
            guard let wish = wish(entry.index), let answer = wish.answer, wish.attempt == entry.executions,
                wish.spec["operation"].string == entry.operation.rawValue,
                wish.owner == snapshot.rollout.object.uid
            else { continue }
            let before = entry
            entry.phase = answer["phase"].string.flatMap(StepPluginStatus.Phase.init) ?? .running
            entry.message = answer["message"].string ?? ""
            entry.state = answer["state"]
            if entry == before { continue }
            entry.updatedAt = now
            if entry.phase.isCompleted { entry.finishedAt = now }
            status.canary.stepPlugins[position] = entry
            if entry.phase != before.phase {
                events.append(RolloutEvents(snapshot.rollout.object).stepPlugin(entry, from: before.phase))
            }
            if entry.operation == .run, entry.phase == .failed {
                let detail = entry.message.isEmpty ? "" : ": \(entry.message)"
                abortReason = "Step plugin \(entry.name) failed\(detail)"
            }
        }
    }

    // MARK: What is asked

    /// Records what plugins have to be asked for now.
    mutating func start(_ status: inout RolloutStatus) {
        if status.isAborted { return take(back: .abort, &status) }
        if status.promoteFull || position.isFullyPromotedNow(status) { return take(back: .terminate, &status) }
        guard !snapshot.rollout.view.spec.isPaused, status.pauseConditions.isEmpty, !position.isFastTrack,
            !status.stableHash.isEmpty, let index = status.currentStepIndex,
            strategy.steps.indices.contains(index), case .plugin(let step) = strategy.steps[index],
            status.canary.plugin(index, .run) == nil
        else { return }
        status.canary.stepPlugins.append(
            StepPluginStatus(
                index: index, name: step["name"].string ?? "", operation: .run,
                executions: (wish(index)?.attempt ?? 0) + 1, at: now))
    }

    /// An abort undoes what was begun or done, the last step first; a promotion in full only stops
    /// what still goes on.
    private func take(back operation: StepPluginStatus.Operation, _ status: inout RolloutStatus) {
        for entry in status.canary.stepPlugins.reversed() where entry.operation == .run {
            let isDue = operation == .abort ? entry.phase != .failed : !entry.phase.isCompleted
            guard isDue, status.canary.plugin(entry.index, operation) == nil else { continue }
            var asked = StepPluginStatus(
                index: entry.index, name: entry.name, operation: operation, executions: entry.executions, at: now)
            asked.state = entry.state
            status.canary.stepPlugins.append(asked)
        }
    }

    /// The moves that tell the plugins what the status records.
    func moves(_ status: RolloutStatus) -> [Move] {
        var last: [(index: Int, entry: StepPluginStatus)] = []
        for entry in status.canary.stepPlugins {
            last.removeAll { $0.index == entry.index }
            last.append((entry.index, entry))
        }
        return last.compactMap { tell($0.entry) }
    }

    private func tell(_ entry: StepPluginStatus) -> Move? {
        guard strategy.steps.indices.contains(entry.index), case .plugin(let step) = strategy.steps[entry.index],
            !entry.phase.isCompleted
        else { return nil }
        let spec: JSON = [
            "plugin": .string(entry.name), "rollout": .string(snapshot.name), "stepIndex": JSON(entry.index),
            "operation": .string(entry.operation.rawValue), "attempt": JSON(entry.executions),
            "revision": JSON(position.revision), "podTemplateHash": .string(position.hash),
            "stablePodTemplateHash": .string(position.status.stableHash),
            "configuration": step["config"].isNull ? [:] : step["config"],
        ]
        let name = StepWishView.name(snapshot.name, entry.index)
        let reason = "step \(entry.index + 1) is to be \(entry.operation.word)"
        guard let wish = wish(entry.index) else {
            let rollout = snapshot.rollout.object
            let version = snapshot.routerVersions[StepWishView.kind.groupKind]
            let object = KubeObject([
                "apiVersion": .string("martlet.dev/\(version ?? "v1alpha1")"), "kind": "StepWish",
                "metadata": [
                    "name": .string(name), "namespace": .string(snapshot.namespace),
                    "ownerReferences": [OwnerReference(controller: rollout).tree],
                ],
                "spec": spec,
            ])
            return Move(.tellPlugin(name, entry.operation.rawValue), because: reason, [.create(object)])
        }
        // What was told stays as it was told, and an object of that name that is somebody else's is
        // left alone.
        let isTold = wish.attempt == entry.executions && wish.spec["operation"].string == entry.operation.rawValue
        guard !isTold, wish.owner == snapshot.rollout.object.uid,
            let difference = MergePatch.difference(from: wish.spec, to: spec)
        else { return nil }
        let reference = StepWishView.kind.reference(snapshot.namespace, name)
        return Move(
            .tellPlugin(name, entry.operation.rawValue), because: reason,
            [.patch(reference, .merge(["spec": difference]), if: Precondition(uid: wish.uid))])
    }
}

extension StepPluginStatus.Operation {
    /// The operation as a participle.
    var word: String {
        switch self {
        case .run: "performed"
        case .terminate: "stopped"
        case .abort: "undone"
        }
    }
}

extension RolloutStatus.CanaryStatus {
    /// The newest entry of a step and operation.
    package func plugin(_ index: Int, _ operation: StepPluginStatus.Operation) -> StepPluginStatus? {
        stepPlugins.last { $0.index == index && $0.operation == operation }
    }
}

extension CanaryStrategy {
    /// Whether any step is a plugin's.
    package var hasPluginSteps: Bool {
        steps.contains { if case .plugin = $0 { true } else { false } }
    }
}

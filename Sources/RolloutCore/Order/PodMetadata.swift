// Labels and annotations that pods carry while they are canary, stable, preview or active.

import JSONTree
import KubeModel
import MartletModel

/// Which metadata each ReplicaSet and its pods should carry by its role, and the writes that put it
/// there or take it off (rollout-behaviour.md, section 10). Pods are patched where they run: no
/// role ever restarts one.
///
/// Differs from Argo Rollouts: what the pod template says itself is never overwritten (a role could
/// take pods out of their selector), metadata that is no longer configured is taken off, and pods
/// come before the note on their ReplicaSet, so that a controller that ends in between goes on.
struct PodMetadata {
    let snapshot: RolloutSnapshot
    let position: Position

    init(_ snapshot: RolloutSnapshot, _ position: Position) {
        self.snapshot = snapshot
        self.position = position
    }

    /// The parts of metadata, in the order in which others write them.
    static let parts = ["labels", "annotations"]

    // MARK: What should be

    /// The metadata of a new revision's ReplicaSet from its first pod on.
    var ofNewSet: JSON {
        let isOnly = position.stableSet == nil || position.status.stableHash == position.hash
        return Self.without(
            RolloutTrims.metadataKeys(of: snapshot.template), isOnly ? settled : coming)
    }

    /// What the side that users are on carries.
    private var settled: JSON {
        let spec = snapshot.rollout.view.spec
        return spec.canary?.stableMetadata ?? spec.blueGreen?.activeMetadata ?? .null
    }

    /// What the side that is tried carries.
    private var coming: JSON {
        let spec = snapshot.rollout.view.spec
        return spec.canary?.canaryMetadata ?? spec.blueGreen?.previewMetadata ?? .null
    }

    private func wish(for set: ReplicaSetView) -> JSON {
        let isStable = set.hash == position.status.stableHash
        let role: JSON =
            if isStable { settled } else if set.name == position.newSet?.name { ofNewSet } else { .null }
        return Self.without(set.templateKeys, role)
    }

    /// Metadata without what the template has itself, and without empty parts.
    private static func without(
        _ own: @autoclosure () -> [String: Set<String>], _ metadata: JSON
    ) -> JSON {
        var result: JSON = [:]
        if metadata.isNull { return result }
        let own = own()
        for part in parts {
            let values = KubeObject.strings(metadata[part]).filter { !(own[part]?.contains($0.key) ?? false) }
            if !values.isEmpty { result[part] = JSON(values) }
        }
        return result
    }

    // MARK: What has to change

    /// One ReplicaSet whose metadata is another than its role's.
    private struct Duty {
        var set: ReplicaSetView
        var present: JSON
        var wished: JSON
        /// Pods that stay have to be patched as well.
        var hasPods: Bool { self.set.wished > 0 && self.set.existing > 0 }
    }

    private var duties: [Duty] {
        guard position.restart == nil else { return [] }
        return snapshot.replicaSets.filter { !$0.isDeleting }.compactMap { set in
            let duty = Duty(set: set, present: set.injectedMetadata, wished: wish(for: set))
            return duty.present == duty.wished || isUnsettled(set) ? nil : duty
        }
    }

    /// Pods of the old metadata may still be on their way: the ReplicaSet's next status tells.
    private func isUnsettled(_ set: ReplicaSetView) -> Bool {
        set.wished > 0 && set.failure == nil && (set.existing != set.wished || !set.isObserved)
    }

    /// Whether pods have to be seen.
    var needsPods: Bool { duties.contains(where: \.hasPods) }

    /// The moves on ReplicaSets that have no pods yet, before they get some.
    var movesBeforePods: [Move] {
        duties.filter { !$0.hasPods && $0.set.wished == 0 && $0.set.existing == 0 && isCurrent($0.set) }
            .map { move(on: $0, pods: []) }
    }

    /// The moves on all others: their pods, and then they themselves.
    var moves: [Move] {
        duties.compactMap { duty in
            if !duty.hasPods {
                // What goes down keeps its metadata until its pods are gone.
                let isEmpty = duty.set.wished == 0 && duty.set.existing == 0
                return isEmpty && !isCurrent(duty.set) ? move(on: duty, pods: []) : nil
            }
            guard let pods = snapshot.pods else { return nil }
            let changes = pods.filter { $0.owner == duty.set.uid && !$0.isDeleting }
                .sorted { $0.name < $1.name }.compactMap { change(of: $0, duty) }
            return move(on: duty, pods: changes)
        }
    }

    private func isCurrent(_ set: ReplicaSetView) -> Bool {
        set.name == position.newSet?.name || set.name == position.stableSet?.name
    }

    private func move(on duty: Duty, pods: [Change]) -> Move {
        var patch: JSON = [:]
        for part in Self.parts {
            let values = Self.difference(duty.present[part], duty.wished[part])
            for (key, value) in values.sorted(by: { $0.key < $1.key }) {
                patch.set(["spec", "template", "metadata", part, key], to: value.map { .string($0) } ?? .null)
            }
        }
        let note: JSON = duty.wished == [:] ? .null : .string(Self.text(duty.wished))
        patch.set(["metadata", "annotations", RolloutAnnotations.ephemeralMetadata], to: note)
        let change = Change.patch(duty.set.reference, .merge(patch), if: Precondition(uid: duty.set.uid))
        return Move(.relabel(duty.set.name), because: "its role has changed", pods + [change])
    }

    /// The patch of a pod; nil when it carries everything already.
    private func change(of pod: PodView, _ duty: Duty) -> Change? {
        var patch: JSON = [:]
        for (part, carried) in [("labels", pod.labels), ("annotations", pod.annotations)] {
            let values = Self.difference(duty.present[part], duty.wished[part])
            for (key, value) in values.sorted(by: { $0.key < $1.key }) where carried[key] != value {
                patch.set(["metadata", part, key], to: value.map { .string($0) } ?? .null)
            }
            // A pod may have come with a part of it only.
            for (key, value) in KubeObject.strings(duty.wished[part]) where carried[key] != value {
                patch.set(["metadata", part, key], to: .string(value))
            }
        }
        if patch == [:] { return nil }
        let reference = ObjectReference(PodView.kind, namespace: snapshot.namespace, name: pod.name)
        return .patch(reference, .merge(patch), if: Precondition(uid: pod.uid))
    }

    /// What has to be set, and with nil removed.
    private static func difference(_ present: JSON, _ wished: JSON) -> [String: String?] {
        let before = KubeObject.strings(present)
        let after = KubeObject.strings(wished)
        var result: [String: String?] = [:]
        for key in before.keys where after[key] == nil { result[key] = .some(nil) }
        for (key, value) in after where before[key] != value { result[key] = value }
        return result
    }

    /// The note on a ReplicaSet, as others read it: labels first, keys sorted.
    static func text(_ metadata: JSON) -> String {
        var ordered = JSONObject()
        for part in parts where !metadata[part].isNull {
            var values = JSONObject()
            for (key, value) in KubeObject.strings(metadata[part]).sorted(by: { $0.key < $1.key }) {
                values[key] = .string(value)
            }
            ordered[part] = .object(values)
        }
        return JSON.object(ordered).text()
    }
}

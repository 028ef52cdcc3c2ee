// The controller of step hooks: asks by HTTP what a step's plugin is to do, and writes the answer.

package import ControllerKit
import HTTPModel
import JSONTree
import KubeClient
package import KubeModel
import RolloutCore
import TrafficRouting
package import Transport

/// Answers StepWishes whose plugin is a hook; all others are left to their plugins.
package struct StepHookController: Controller {
    package let name = "stephooks"
    package let kind = StepWishView.kind.groupKind
    private let namespace: String
    private let exchange: any HTTPExchange

    /// The ConfigMap with the hooks, in the key `hooks`.
    package static let configurationName = "martlet-step-hooks"
    private static let configurationRetry: Duration = .seconds(30)
    private static let answerByteCountMax = 1 << 20

    /// - Parameters:
    ///   - namespace: Where the ConfigMap is.
    ///   - exchange: Carries the questions.
    package init(namespace: String, exchange: any HTTPExchange) {
        self.namespace = namespace
        self.exchange = exchange
    }

    package var watches: [Watch] {
        let wishes = StepWishView.kind
        let resource = GroupVersionResource(
            group: wishes.group, version: wishes.versions.first ?? "", resource: wishes.resource)
        return [.own(resource, kind: kind, isOptional: true)]
    }

    package func reconcile(_ key: ObjectKey, _ pass: Pass) async throws(Failure) -> Reconciliation {
        guard let wish = pass.reader.object(kind, key), !wish.isDeleting else { return .nothing }
        let status = wish.status
        let isCurrent = status["observedGeneration"].int == wish.generation
        if isCurrent, ["Successful", "Failed"].contains(status["phase"].string) { return .nothing }
        if isCurrent, let next = status["nextAskAt"].string.flatMap({ Timestamp($0) }), next > pass.now {
            return Reconciliation(requeueAt: next)
        }
        guard let hook = try await hook(wish.spec["plugin"].string ?? "", pass) else { return .nothing }
        let tries = isCurrent ? Int(status["tries"].int ?? 0) : 0
        if tries >= hook.triesMax { return write(hook.givenUp(wish), wish, "its plugin does not answer") }
        // That it is asked is written before it is (invariant 7).
        let condition = Precondition(uid: wish.uid, resourceVersion: wish.resourceVersion)
        let begun = PlannedChange(
            .patchStatus(wish.reference, ["status": hook.begun(wish, tries: tries + 1, now: pass.now)], if: condition),
            priority: .status, reason: "its plugin is asked")
        guard let outcome = await pass.execute([begun], false).first, outcome.isSuccess else {
            return Reconciliation(requeueAt: pass.now + .milliseconds(100))
        }
        let answer = await ask(hook, wish, pass.now)
        let next = answer["nextAskAt"].string.flatMap { Timestamp($0) } ?? pass.now + hook.interval
        var result = write(answer, wish, "its plugin has answered")
        if !["Successful", "Failed"].contains(answer["phase"].string) { result.requeueAt = next }
        return result
    }

    private func write(_ status: JSON, _ wish: KubeObject, _ reason: String) -> Reconciliation {
        Reconciliation(
            changes: [
                PlannedChange(
                    .patchStatus(wish.reference, ["status": status], if: Precondition(uid: wish.uid)),
                    priority: .status, reason: reason)
            ], why: reason)
    }

    private func ask(_ hook: StepHook, _ wish: KubeObject, _ now: Timestamp) async -> JSON {
        var options = TransferOptions()
        options.totalTimeout = hook.timeout
        options.connectTimeout = hook.timeout
        options.responseByteCountMax = Self.answerByteCountMax
        do throws(TransportError) {
            return hook.answered(try await exchange.send(hook.request(wish), options: options), now: now)
        } catch {
            return hook.unanswered("\(hook.name) cannot be asked: \(error)")
        }
    }

    private func hook(_ name: String, _ pass: Pass) async throws(Failure) -> StepHook? {
        let kind = GroupVersionKind(group: "", version: "v1", kind: "ConfigMap")
        let reference = ObjectReference(kind, namespace: namespace, name: Self.configurationName)
        let text: String
        do throws(KubeError) {
            text = try await pass.api.get(reference).tree["data"]["hooks"].string ?? ""
        } catch {
            if error.isNotFound { return nil }
            throw .transient(error, doing: "reading ConfigMap \(namespace)/\(Self.configurationName)")
        }
        do throws(StepHook.Problem) {
            return try StepHook.read(text).first { $0.name == name }
        } catch {
            throw .waiting(
                reason: "StepHooks", for: "a repair of ConfigMap \(namespace)/\(Self.configurationName): \(error)",
                until: pass.now + Self.configurationRetry)
        }
    }
}

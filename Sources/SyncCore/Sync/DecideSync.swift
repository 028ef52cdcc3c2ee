// Decides what an Application needs next.
//
// An Application names a place in Git. Its manifests are what is wanted; objects that bear its
// claim are what is managed. One decision compares the two, says so in the status, and, when a sync
// is asked for or automation finds one due, gives the moves of its next step.
//
// Invariants, beside those of architecture.md:
//  1. Only objects that bear our claim, and describe themselves in it, are ever deleted.
//  2. Nothing is applied that does not differ, and nothing while the manifests are not known.
//  3. A wave starts when the objects of the waves before are healthy; the last is not awaited.
//  4. Fields that delivery controllers own are neither compared nor changed.
//  5. A sync that failed is tried again as its policy says, and an automated one not again for the
//     same commit; a new commit is always tried.
//  6. Each wait names what it waits for.

import KubeModel
import MartletModel

/// Decides. Total and pure: the same snapshot gives the same plan.
package func decide(_ snapshot: SyncSnapshot) -> SyncPlan {
    let application = Application(snapshot.application)
    var plan = SyncPlan(status: application.status)
    if snapshot.application.isDeleting { return Deletion.plan(snapshot, application) }
    if snapshot.application.annotation(ApplicationNames.skipReconcile) == "true" {
        plan.wait = SyncWait("the annotation \(ApplicationNames.skipReconcile) to go")
        return plan
    }
    let problems = application.spec.problems
    guard problems.isEmpty else {
        StatusWriter.invalid(&plan, problems, snapshot, application)
        return plan
    }
    switch snapshot.target {
    case .pending: plan.wait = SyncWait("the manifests to be fetched and rendered")
    case .failed(let message):
        StatusWriter.unknown(&plan, message, snapshot, application)
        OperationSteps.stopForMissingManifests(&plan, message, snapshot, application)
    case .loaded(let manifests):
        let comparison = Comparison.of(manifests, snapshot, application)
        StatusWriter.compared(&plan, comparison, manifests, snapshot, application)
        OperationSteps.advance(&plan, comparison, manifests, snapshot, application)
    }
    StatusWriter.finish(&plan, snapshot, application)
    return plan
}

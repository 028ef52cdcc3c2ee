// The part of all traffic that a new revision has.

import KubeModel
import MartletModel

extension RolloutSnapshot {
    /// The share of the revision that is tried, from 0 to 1: by the router's weights, by the active
    /// Service, or else by the pods that are there. 0 where nothing is tried.
    package var trafficShare: Double {
        let status = rollout.view.status
        guard !status.stableHash.isEmpty, status.currentPodHash != status.stableHash else { return 0 }
        if let blueGreen = rollout.view.spec.blueGreen {
            return services[blueGreen.activeService]?.hash == status.currentPodHash ? 1 : 0
        }
        if let canary = rollout.view.spec.canary, canary.trafficRouting != nil {
            guard let weights = status.canary.weights, canary.maxWeight.value > 0 else { return 0 }
            return Double(weights.canary.weight.value) / Double(canary.maxWeight.value)
        }
        let all = replicaSets.reduce(0) { $0 + $1.available }
        let new = replicaSets.first { $0.hash == status.currentPodHash }?.available ?? 0
        return all == 0 ? 0 : Double(new) / Double(all)
    }
}

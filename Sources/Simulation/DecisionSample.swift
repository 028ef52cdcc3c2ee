// A rollout in the middle of an update, as a decision sees it: for benchmarks.

import KubeModel
package import RolloutCore

/// Real snapshots out of simulated worlds.
package enum DecisionSample {
    /// What the rollout controller would gather in the middle of the seed's story; nil when that
    /// story has no rollout by then.
    package static func snapshot(seed: UInt64 = 3, after: Duration = .seconds(30)) -> RolloutSnapshot? {
        var dice = Dice(seed: seed)
        let story = Story.random(&dice)
        var world = World(seed: seed, faults: .none, story: story)
        world.run(until: World.start + after)
        guard let cache = world.controllers.first?.cache else { return nil }
        return RolloutGatherer.gather(Story.key, reader: cache, now: world.now)
    }
}

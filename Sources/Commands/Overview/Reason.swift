// Why a rollout is where it is, in one sentence.

import JSONTree
import KubeModel

/// The sentence of `get rollout`'s *Why* line.
enum Reason {
    static func text(_ overview: RolloutOverview, now: Timestamp) -> String {
        ""
    }
}

// What people do to a rollout: updates, verbs of the plugin, edits by hand, accidents.

import JSONTree
import KubeModel

/// Makes a story's deeds.
struct StoryDeeds: Sendable {
    let objects: StoryObjects
    let rollout: JSON
    let images: [String]

    func patch(_ patch: JSON, _ after: Duration) -> UserAction {
        UserAction(after: after, .patch(Story.rollouts, Story.key, subresource: nil, patch))
    }

    func status(_ patch: JSON, _ after: Duration) -> UserAction {
        UserAction(after: after, .patch(Story.rollouts, Story.key, subresource: "status", ["status": patch]))
    }

    func setImage(_ image: String, after: Duration) -> UserAction {
        patch(["spec": ["template": objects.template(image)]], after)
    }

    /// One deed at any time of the story.
    func interference(_ dice: inout Dice) -> [UserAction] {
        let after = Duration.milliseconds(dice.number(15_000...200_000))
        switch dice.number(0...17) {
        case 0: return [status(["abort": true], after)]
        case 1: return [status(["abort": false], after)]
        case 2: return [status(["promoteFull": true], after)]
        case 3, 4, 5: return [status(["pauseConditions": .null], after)]
        case 6, 7: return [patch(["spec": ["replicas": JSON(dice.number(0...8))]], after)]
        case 8: return [setImage("shop/web:1", after: after)]
        case 9, 10: return [setImage(images[1], after: after)]
        case 11, 12: return [UserAction(after: after, .loseAPod(namespace: Story.namespace))]
        case 13: return [UserAction(after: after, .loseAReplicaSet(namespace: Story.namespace, image: nil))]
        case 14 where objects.kind == .routed:
            return editedRoute(dice.number(0...100), after)
        case 15 where objects.kind != .blueGreen:
            return [patch(["spec": ["strategy": ["canary": ["steps": .array(objects.steps(&dice))]]]], after)]
        case 16:
            // Deleted with all it owns, and made again a little later.
            return [
                UserAction(after: after, .delete(Story.rollouts, Story.key)),
                UserAction(after: after + .seconds(dice.number(1...20)), .apply(rollout)),
            ]
        default: return [patch(["spec": ["paused": .bool(dice.happens(perThousand: 500))]], after)]
        }
    }

    /// Somebody's own weights, all objects as they were at first.
    func editedRoute(_ canary: Int, _ after: Duration) -> [UserAction] {
        objects.route.objects(canary: canary).map { UserAction(after: after, .apply($0)) }
    }

    /// Deeds that leave to Git what Git has: those of the plugin, accidents, a route edited by hand.
    func interferenceBesideGit(_ dice: inout Dice) -> [UserAction] {
        let after = Duration.milliseconds(dice.number(15_000...200_000))
        switch dice.number(0...7) {
        case 0: return [status(["abort": true], after)]
        case 1: return [status(["abort": false], after)]
        case 2: return [status(["promoteFull": true], after)]
        case 3, 4: return [status(["pauseConditions": .null], after)]
        case 5: return [UserAction(after: after, .loseAPod(namespace: Story.namespace))]
        case 6 where objects.kind == .routed:
            return editedRoute(dice.number(0...100), after)
        default: return [patch(["spec": ["replicas": JSON(dice.number(1...8))]], after)]
        }
    }

    /// Whatever came before: unpaused, with two replicas, and promoted again and again.
    func help(besideGit: Bool = false) -> [UserAction] {
        let first = patch(["spec": ["paused": false, "replicas": 2]], .seconds(Story.helpAfterSeconds))
        return (besideGit ? [] : [first])
            + (1...8).map { status(["pauseConditions": .null], .seconds(Story.helpAfterSeconds + 30 * $0)) }
    }
}

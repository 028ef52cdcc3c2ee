// Stories drawn by the dice: a rollout, its updates, and people who interfere.

import JSONTree
import KubeModel

/// What a run plays: the objects it begins with and what people do then.
package struct Story: Sendable {
    package var actions: [UserAction]
    /// What metric providers answer.
    package var metrics: MetricScript
    /// One line for the transcript's head.
    package var title: String
    package var kind: Kind
    /// What Git has, where a story is driven by it.
    package var commits: [StoryCommit] = []
    /// Which router there is, and whether a step may start an experiment: what has to be watched.
    var route: StoryRoute?
    var hasExperiments = false

    /// How the rollout updates.
    package enum Kind: String, Sendable { case routed, basic, blueGreen = "blue-green" }

    static let namespace = "shop"
    static let name = "web"
    static let rollouts = GroupVersionResource(group: "argoproj.io", version: "v1alpha1", resource: "rollouts")
    static let key = ObjectKey(namespace: namespace, name: name)
    /// After that many seconds people only help it to an end.
    static let helpAfterSeconds = 260
    /// Until then it must have ended, and have been quiet for a while.
    package static let endSeconds = 900

    /// A story of the seed's dice.
    package static func random(_ dice: inout Dice) -> Story {
        let kind: Kind = dice.pick([.routed, .routed, .routed, .routed, .routed, .basic, .basic, .blueGreen, .blueGreen, .blueGreen])
        let hasAnalysis = dice.happens(perThousand: 450)
        let images = ["shop/web:2", "shop/web:3"]
        var objects = StoryObjects(kind: kind, hasAnalysis: hasAnalysis)
        if kind == .routed, dice.happens(perThousand: 700) { objects.route = dice.pick(StoryRoute.allCases) }
        objects.hasDynamicStable = dice.happens(perThousand: 200)
        objects.hasExperiments = kind != .blueGreen && dice.happens(perThousand: 150)
        objects.replicas = dice.number(1...6)
        objects.readyMilliseconds = dice.number(50...4000)
        var badImages: Set<String> = []
        if hasAnalysis, dice.happens(perThousand: 500) { badImages.insert(dice.pick(images)) }
        let metrics = MetricScript.random(&dice, badImages: badImages)
        let rollout = objects.rollout(&dice)
        let setUp = objects.setUp(&dice)
        let deeds = StoryDeeds(objects: objects, rollout: rollout, images: images)
        var actions: [UserAction]
        var commits: [StoryCommit] = []
        if objects.route == .virtualService, dice.happens(perThousand: 250) {
            commits = Self.commits(setUp, rollout, objects, images, &dice)
            actions = Self.gitSetUp
            for _ in 0..<dice.number(0...4) { actions += deeds.interferenceBesideGit(&dice) }
        } else {
            actions = setUp.map { UserAction(after: .milliseconds(100), .apply($0)) }
            actions.append(UserAction(after: .milliseconds(200), .apply(rollout)))
            actions.append(deeds.setImage(images[0], after: .seconds(dice.number(8...25))))
            for _ in 0..<dice.number(0...5) { actions += deeds.interference(&dice) }
        }
        actions += deeds.help(besideGit: !commits.isEmpty)
        let steps = rollout["spec"]["strategy"]["canary"]["steps"].elements.map { $0.object?.map(\.key).joined() ?? "" }
        let name = kind == .routed ? objects.route.rawValue : kind.rawValue
        let title = "\(name), \(objects.replicas) replicas, steps [\(steps.joined(separator: " "))]\(hasAnalysis ? ", analysis" : "")"
            + (commits.isEmpty ? "" : ", \(commits.count) commits")
            + (badImages.isEmpty ? "" : ", bad \(badImages.sorted().joined(separator: " "))")
        return Story(
            actions: actions, metrics: metrics, title: title, kind: kind, commits: commits,
            route: kind == .routed ? objects.route : nil, hasExperiments: objects.hasExperiments)
    }

    // MARK: Stories that Git drives

    /// The namespaces and the Application; all else comes from Git.
    private static let gitSetUp: [UserAction] = [
        ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(namespace)]],
        ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(SimulatedSync.key.namespace)]],
        SimulatedSync.application,
    ].map { UserAction(after: .milliseconds(100), .apply($0)) }

    /// The first commit holds everything, the others bring new images, and one perhaps more pods.
    private static func commits(
        _ setUp: [JSON], _ rollout: JSON, _ objects: StoryObjects, _ images: [String], _ dice: inout Dice
    ) -> [StoryCommit] {
        let rest = setUp.filter { $0["kind"] != "Namespace" }
        var rollout = rollout
        func commit(_ after: Duration) -> StoryCommit {
            StoryCommit(after: after, objects: (rest + [rollout]).map { KubeObject($0) })
        }
        var commits = [commit(.milliseconds(500))]
        var seconds = dice.number(10...25)
        for image in images.prefix(dice.number(1...2)) {
            rollout.set(["spec", "template"], to: objects.template(image))
            if dice.happens(perThousand: 300) { rollout.set(["spec", "replicas"], to: JSON(dice.number(1...6))) }
            commits.append(commit(.seconds(seconds)))
            seconds += dice.number(5...120)
        }
        return commits
    }
}

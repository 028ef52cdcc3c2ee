// A scenario: a story written by hand, told as a transcript that a person can review.
//
//     strategy: istio                    # or basic, blue-green, or another router (`StoryRoute`)
//     replicas: 4
//     with: {steps: [{setWeight: 25}, {pause: {}}]}   # what the strategy's stanza says
//     bad: [shop/web:2]                  # images whose analyses fail
//     objects: [{kind: Ingress, …}]      # what is there before, beside Services and route
//     show: [Ingress/web-web-canary metadata.annotations]   # told whenever it changes
//     until: 120                         # seconds
//     story:
//       - {at: 10, image: shop/web:2}    # at seconds; one deed each
//
// Deeds: `image`, `abort`, `retry`, `promote`, `promoteFull`, `replicas`, `paused`, `strategy` (a
// merge patch), `route` (the canary's weight by hand), `deleteRoute`, `deleteService`,
// `losePod`, `loseReplicaSet` (of an image), `crash` and `recover` (an image's running pods, or
// `count` of them), `delete`, `deleteAlone` (what the Rollout owns stays), `applyAgain` (the Rollout
// as it was at first, or `withImage`), `kill` (the controller), `spec` (a merge patch of the Rollout's), `patch`
// (`{kind, name, …}`: what is beside these two is the patch; with a status it goes to the
// subresource), `apply` (an object), `remove` (`{kind, name}`). Pods of an image that is called
// `crash` never get ready. What is shown is a path of an object; of `Pod/web` the values that pods
// have there, ReplicaSet by ReplicaSet.

package import JSONTree
import KubeModel

/// A scenario ready to be played.
package struct Scenario: Sendable {
    private let story: Story
    private let untilSeconds: Int
    private let kills: [Int]
    private let shown: [ShownValue]

    /// Why a text is no scenario.
    package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        package var description: String
        package init(description: String) { self.description = description }
    }

    /// Reads a scenario.
    ///
    /// - Throws: `Problem` that names what is not known.
    package init(_ tree: JSON) throws(Problem) {
        guard let kind = Self.kind(tree["strategy"].string ?? "istio") else {
            throw Problem(description: "no strategy is called \(tree["strategy"].text())")
        }
        var objects = StoryObjects(kind: kind, hasAnalysis: true)
        objects.route = tree["strategy"].string.flatMap { StoryRoute(rawValue: $0) } ?? .virtualService
        objects.replicas = Int(tree["replicas"].int ?? 4)
        objects.readyMilliseconds = Int(tree["readyMilliseconds"].int ?? 1000)
        let bad = Set(tree["bad"].elements.compactMap(\.string))
        var dice = Dice(seed: 0)
        var actions = objects.setUp(&dice).map { UserAction(after: .milliseconds(100), .apply($0)) }
        for object in tree["objects"].elements {
            actions.append(UserAction(after: .milliseconds(150), .apply(ScenarioObjects.placed(object))))
        }
        let rollout = objects.rollout(strategy: tree["with"], rest: tree["spec"])
        actions.append(UserAction(after: .milliseconds(200), .apply(rollout)))
        let deeds = StoryDeeds(objects: objects, rollout: rollout, images: [])
        var kills: [Int] = []
        for entry in tree["story"].elements {
            guard let at = entry["at"].int else { throw Problem(description: "\(entry.text()) has no time") }
            if entry["kill"].bool == true {
                kills.append(Int(at))
                continue
            }
            guard let action = deeds.written(entry, after: .seconds(at)) else {
                throw Problem(description: "\(entry.text()) is no deed")
            }
            actions.append(action)
        }
        untilSeconds = Int(tree["until"].int ?? 120)
        story = Story(
            actions: actions, metrics: MetricScript(badImages: bad), title: tree["title"].string ?? "", kind: kind,
            route: kind == .routed ? objects.route : nil,
            hasExperiments: tree.text().contains("experiment"))
        self.kills = kills
        shown = tree["show"].elements.compactMap { $0.string.map(ShownValue.init) }
    }

    private static func kind(_ name: String) -> Story.Kind? {
        switch name {
        case "basic": .basic
        case "blue-green": .blueGreen
        default: StoryRoute(rawValue: name) == nil ? nil : .routed
        }
    }

    /// Plays it without any fault but those of the story.
    ///
    /// - Returns: The transcript, and which invariants were broken.
    package func play() -> (transcript: String, violations: [String]) {
        var world = World(seed: 0, faults: .none, story: story, telling: .news)
        world.shown = shown
        for second in kills { world.killLater(at: World.start + .seconds(second)) }
        world.run(until: World.start + .seconds(untilSeconds))
        world.tellEnd()
        return (world.transcript.text, world.violations)
    }
}

extension StoryObjects {
    /// The rollout with a strategy as written; what it does not say is what names the objects.
    func rollout(strategy: JSON, rest: JSON) -> JSON {
        var written: JSON = [:]
        switch kind {
        case .routed:
            written = ["trafficRouting": route.stanza]
            if route != .subsets {
                written["stableService"] = "web-stable"
                written["canaryService"] = "web-canary"
            }
        case .blueGreen: written = ["activeService": "web-stable", "previewService": "web-canary"]
        case .basic: break
        }
        if !strategy.isNull { written = MergePatch.apply(strategy, to: written) }
        let spec: JSON = [
            "replicas": JSON(replicas), "selector": ["matchLabels": ["app": "web"]],
            "template": template("shop/web:1"),
            "strategy": kind == .blueGreen ? ["blueGreen": written] : ["canary": written],
        ]
        return [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
            "metadata": ["name": .string(Story.name), "namespace": .string(Story.namespace)],
            "spec": rest.isNull ? spec : MergePatch.apply(rest, to: spec),
        ]
    }
}

extension StoryDeeds {
    /// The deed that an entry of a scenario names.
    func written(_ entry: JSON, after: Duration) -> UserAction? {
        if entry["applyAgain"].bool == true {
            var rollout = rollout
            if let image = entry["withImage"].string {
                rollout.set(["spec", "template"], to: objects.template(image))
            }
            return UserAction(after: after, .apply(rollout))
        }
        if let image = entry["image"].string { return setImage(image, after: after) }
        if entry["abort"].bool == true { return status(["abort": true], after) }
        if entry["retry"].bool == true { return status(["abort": false], after) }
        if entry["promote"].bool == true { return status(["pauseConditions": .null], after) }
        if entry["promoteFull"].bool == true { return status(["promoteFull": true], after) }
        if let count = entry["replicas"].int { return patch(["spec": ["replicas": .int(count)]], after) }
        if let isPaused = entry["paused"].bool { return patch(["spec": ["paused": .bool(isPaused)]], after) }
        if !entry["spec"].isNull { return patch(["spec": entry["spec"]], after) }
        if let action = ScenarioObjects.deed(entry, after: after) { return action }
        if !entry["strategy"].isNull { return patch(["spec": ["strategy": entry["strategy"]]], after) }
        if let weight = entry["route"].int {
            return editedRoute(Int(weight), after).first
        }
        if entry["delete"].bool == true { return UserAction(after: after, .delete(Story.rollouts, Story.key)) }
        if entry["deleteAlone"].bool == true {
            return UserAction(after: after, .deleteAlone(Story.rollouts, Story.key))
        }
        return accident(entry, after: after)
    }

    private func accident(_ entry: JSON, after: Duration) -> UserAction? {
        let namespace = Story.namespace
        if entry["deleteRoute"].bool == true {
            guard let routes = objects.route.kinds.first?.place else { return nil }
            return UserAction(after: after, .delete(routes, ObjectKey(namespace: namespace, name: "web")))
        }
        if let name = entry["deleteService"].string {
            let services = GroupVersionResource(group: "", version: "v1", resource: "services")
            return UserAction(after: after, .delete(services, ObjectKey(namespace: namespace, name: name)))
        }
        if entry["losePod"].bool == true { return UserAction(after: after, .loseAPod(namespace: namespace)) }
        for (deed, isOver) in [("crash", false), ("recover", true)] {
            guard let image = entry[deed].string else { continue }
            return UserAction(after: after, .crash(namespace: namespace, image: image, count: Int(entry["count"].int ?? .max), isOver: isOver))
        }
        if let image = entry["loseReplicaSet"].string {
            return UserAction(after: after, .loseAReplicaSet(namespace: namespace, image: image))
        }
        return nil
    }
}

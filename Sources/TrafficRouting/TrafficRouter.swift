// What every kind of router answers: what it reads, what it holds, how to make it hold a wish.

package import KubeModel
package import MartletModel

/// How traffic is, or should be, divided.
package struct TrafficSplit: Hashable, Sendable {
    /// The canary's share; stable gets what is left of the maximum.
    package var canary: Weight
    package var maximum: Weight
    /// Services of experiments and their shares, which stable gives.
    package var additional: [Additional]
    /// Routes to the canary by header, and copies of requests to it, that should be there. Routes
    /// that are ours by name and not listed are removed.
    package var headerRoutes: [HeaderRoute]
    package var mirrorRoutes: [MirrorRoute]
    /// The revisions behind the two names, for routers that tell pods apart by labels; empty
    /// leaves the labels as they are.
    package var canaryHash: String
    package var stableHash: String

    /// A share for something else than canary and stable.
    package struct Additional: Hashable, Sendable {
        package var service: String
        package var weight: Weight
        package init(service: String, weight: Weight) {
            self.service = service
            self.weight = weight
        }
    }

    package init(canary: Weight, maximum: Weight = .hundred) {
        self.canary = canary
        self.maximum = maximum
        additional = []
        headerRoutes = []
        mirrorRoutes = []
        canaryHash = ""
        stableHash = ""
    }
}

/// The names by which a router knows the two sides.
package struct RouterAddress: Hashable, Sendable {
    package var rollout: String
    package var namespace: String
    package var canaryService: String
    package var stableService: String
    /// Names of routes that are ours to add and remove, in order of precedence.
    package var managedRoutes: [String]
    package init(
        rollout: String, namespace: String, canaryService: String, stableService: String,
        managedRoutes: [String] = []
    ) {
        self.rollout = rollout
        self.namespace = namespace
        self.canaryService = canaryService
        self.stableService = stableService
        self.managedRoutes = managedRoutes
    }
}

/// Why a router's objects cannot hold a split. A person must mend them.
package struct RouterProblem: Error, Hashable, Sendable {
    /// The field of the Rollout that names what is wrong.
    package var field: String
    /// The value of that field.
    package var value: String
    package var message: String
    package init(field: String, value: String, message: String) {
        self.field = field
        self.value = value
        self.message = message
    }
}

/// A patch of one object, and what it is about.
package struct RouterPatch: Hashable, Sendable {
    package var change: Change
    package var subject: Subject
    package enum Subject: Hashable, Sendable {
        case virtualService(String)
        case destinationRule(String)
    }
    package init(change: Change, subject: Subject) {
        self.change = change
        self.subject = subject
    }
}

/// The objects that a router reads, by reference; missing ones are not in it.
package typealias RoutedObjects = [ObjectReference: KubeObject]

/// A kind of router. It is pure, knows nothing of rollouts, and has one wish: a split.
package protocol TrafficRouter: Sendable {
    /// The objects it looks at and patches.
    var reads: [ObjectReference] { get }
    /// What keeps the objects from holding any split, or nil.
    func problem(in objects: RoutedObjects) -> RouterProblem?
    /// The canary's share that the objects hold now; nil when they hold none or differ.
    func observe(_ objects: RoutedObjects) -> Weight?
    /// The patches that make the objects hold the wish, in order; none when they hold it. Each
    /// tests what was looked at, so that somebody's edit in between fails the patch.
    func patches(from objects: RoutedObjects, to wish: TrafficSplit) -> [RouterPatch]
}

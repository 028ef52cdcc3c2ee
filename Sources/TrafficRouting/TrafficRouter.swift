// What every kind of router answers: what it reads, what it holds, how to make it hold a wish.

import JSONTree
package import KubeModel
package import MartletModel

/// How traffic is, or should be, divided.
package struct TrafficSplit: Hashable, Sendable {
    /// The canary's share; stable gets what is left of the maximum.
    package var canary: Weight
    package var maximum: Weight
    /// Services of experiments and their shares, which stable gives.
    package var additional: [Additional]
    /// Services whose share has ended: what was added for them is removed again.
    package var released: Set<String>
    /// Routes to the canary by header, and copies of requests to it, that should be there. Routes
    /// that are ours by name and not listed are removed.
    package var headerRoutes: [HeaderRoute]
    package var mirrorRoutes: [MirrorRoute]
    /// The revisions behind the two names, for routers that tell pods apart by labels; empty
    /// leaves the labels as they are.
    package var canaryHash: String
    package var stableHash: String
    /// The revisions that have pods; a label that points to none of them may change at any time.
    package var servingHashes: Set<String>

    /// What is left for stable.
    package var stable: Weight {
        Weight(max(0, maximum.value - additional.reduce(canary.value) { $0 + $1.weight.value }))
    }

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
        released = []
        headerRoutes = []
        mirrorRoutes = []
        canaryHash = ""
        stableHash = ""
        servingHashes = []
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
    /// The Rollout as the owner of what a router creates; nil where nothing can be created.
    package var owner: OwnerReference?
    /// The version in which the cluster serves a kind, where it isn't the one we prefer.
    package var versions: [GroupKind: String]
    /// Whether a cloud's load balancer has to hold the weights before they count.
    package var verifiesLoadBalancers = false
    package init(
        rollout: String, namespace: String, canaryService: String, stableService: String,
        managedRoutes: [String] = [], owner: OwnerReference? = nil, versions: [GroupKind: String] = [:]
    ) {
        self.rollout = rollout
        self.namespace = namespace
        self.canaryService = canaryService
        self.stableService = stableService
        self.managedRoutes = managedRoutes
        self.owner = owner
        self.versions = versions
    }
}

/// A kind that a router looks at, and how it is found in a cluster.
package struct RouterKind: Hashable, Sendable {
    package var group: String
    package var kind: String
    /// The plural in paths.
    package var resource: String
    /// Versions whose fields we know, the preferred one first.
    package var versions: [String]
    package init(_ group: String, _ kind: String, _ resource: String, _ versions: [String]) {
        self.group = group
        self.kind = kind
        self.resource = resource
        self.versions = versions
    }
    package var groupKind: GroupKind { GroupKind(group, kind) }
    /// `virtualservices.networking.istio.io`, as people name it.
    package var fullName: String { "\(resource).\(group)" }
    /// An object of the kind in the preferred version.
    package func reference(_ namespace: String, _ name: String) -> ObjectReference {
        let kind = GroupVersionKind(group: group, version: versions.first ?? "", kind: kind)
        return ObjectReference(kind, namespace: namespace, name: name)
    }
    /// `apiVersion` of an object that we create.
    package func apiVersion(at address: RouterAddress) -> String {
        "\(group)/\(address.versions[groupKind] ?? versions.first ?? "")"
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

/// A write to one object, and what people are told about it.
package struct RouterPatch: Hashable, Sendable {
    package var change: Change
    package var news: News?

    /// An event's reason and message.
    package struct News: Hashable, Sendable {
        package var reason: String
        package var message: String
        package init(_ reason: String, _ message: String) {
            self.reason = reason
            self.message = message
        }
    }
    package init(_ change: Change, _ news: News? = nil) {
        self.change = change
        self.news = news
    }

    /// The patch of an object that was looked at; nil without operations. Only the very object that
    /// was looked at is patched, in the version in which it was read.
    init?(_ object: KubeObject, _ operations: [JSONPatchOperation], _ news: News? = nil) {
        if operations.isEmpty { return nil }
        self.init(
            .patch(object.reference, .json(JSONPatch(operations)), if: Precondition(uid: object.uid)), news)
    }
}

/// The objects that a router reads, by reference; missing ones are not in it.
package typealias RoutedObjects = [ObjectReference: KubeObject]

/// A kind of router. It is pure, knows nothing of rollouts, and has one wish: a split.
package protocol TrafficRouter: Sendable {
    /// The kinds that it looks at.
    static var kinds: [RouterKind] { get }
    /// Those of them whose objects are named by other objects only.
    static var followedKinds: [RouterKind] { get }
    /// The objects it looks at and patches, as far as the configuration names them.
    var reads: [ObjectReference] { get }
    /// Those of them that it makes itself where they are not there.
    var makes: [ObjectReference] { get }
    /// Further objects, which those that were found name.
    func follows(from objects: RoutedObjects) -> [ObjectReference]
    /// What keeps the objects from holding any split, or nil.
    func problem(in objects: RoutedObjects) -> RouterProblem?
    /// The canary's share that the objects hold now; nil when they hold none or differ.
    func observe(_ objects: RoutedObjects) -> Weight?
    /// The writes that make the objects hold the wish, in order; none when they hold it. Each
    /// patch tests what was looked at, so that somebody's edit in between fails it.
    func patches(from objects: RoutedObjects, to wish: TrafficSplit) -> [RouterPatch]
    /// What is still missing after the writes, where somebody else has to carry them out and says
    /// when that is done; nil when nothing is.
    func unconfirmed(_ objects: RoutedObjects, _ wish: TrafficSplit) -> String?
    /// Host names of load balancers whose state outside the cluster is the truth about the traffic.
    /// Their answers are put among the objects (`LoadBalancerAnswer`), where that is asked for.
    func loadBalancers(_ objects: RoutedObjects) -> [String]
}

extension TrafficRouter {
    package static var followedKinds: [RouterKind] { [] }
    package var makes: [ObjectReference] { [] }
    package func follows(from objects: RoutedObjects) -> [ObjectReference] { [] }
    package func unconfirmed(_ objects: RoutedObjects, _ wish: TrafficSplit) -> String? { nil }
    package func loadBalancers(_ objects: RoutedObjects) -> [String] { [] }
}

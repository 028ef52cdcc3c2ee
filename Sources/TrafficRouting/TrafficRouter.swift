// What every router can say, without doing anything.

package import KubeModel

/// One kind of traffic router, configured by one rollout. Routers do no I/O and know nothing of
/// rollouts: objects and a wish in, patches out.
package protocol TrafficRouter: Sendable {
    /// The objects that the router reads and patches.
    var reads: [RoutedObject] { get }
    /// Checks that the objects have what the router needs, whatever the split is.
    ///
    /// - Parameter objects: Those of `reads` that exist.
    /// - Returns: What is wrong, each with the object that it is wrong with.
    func problems(_ objects: [KubeObject]) -> [RouterError]
    /// The canary's weight in force; nil when the objects do not say.
    func observedCanaryWeight(_ objects: [KubeObject]) -> Int?
    /// The patches that bring the objects to the split; none when they are there.
    ///
    /// - Throws: `RouterError` when an object is missing or not as it must be: nothing is to be
    ///   written then, and traffic stays where it is.
    func changes(to split: TrafficSplit, _ objects: [KubeObject]) throws(RouterError) -> [Change]
}

/// An object that a router reads.
package struct RoutedObject: Hashable, Sendable {
    package var resource: GroupVersionResource
    package var kind: GroupKind
    package var key: ObjectKey
    package init(resource: GroupVersionResource, kind: GroupKind, key: ObjectKey) {
        self.resource = resource
        self.kind = kind
        self.key = key
    }
}

/// Why a router cannot do what is wished.
package struct RouterError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: Hashable, Sendable {
        /// An object is not there.
        case missing
        /// An object is there, but not as the router needs it.
        case invalid
        /// The rollout asks for something that this router cannot do.
        case unsupported
    }
    package var reason: Reason
    /// The object's kind and name: `VirtualService/web`.
    package var object: String
    /// What is wrong and what to do.
    package var message: String
    package init(_ reason: Reason, object: String, _ message: String) {
        self.reason = reason
        self.object = object
        self.message = message
    }
    package var description: String { "\(object): \(message)" }
}

/// What a rollout tells every router about itself.
package struct RoutingContext: Hashable, Sendable {
    package var namespace: String
    package var rolloutName: String
    package var canaryService: String
    package var stableService: String
    /// Names of routes that we may make and remove, the first matching first.
    package var managedRoutes: [String]
    package init(
        namespace: String, rolloutName: String, canaryService: String, stableService: String,
        managedRoutes: [String] = []
    ) {
        self.namespace = namespace
        self.rolloutName = rolloutName
        self.canaryService = canaryService
        self.stableService = stableService
        self.managedRoutes = managedRoutes
    }
}

// What a router is wished to do, and what it does now.

/// Where traffic goes: the one wish that every router understands. Removing a header route is just
/// a split without it.
package struct TrafficSplit: Hashable, Sendable {
    /// The canary's share of `weightMax`.
    package var canaryWeight: Int
    /// What all weights add up to: 100 unless the rollout says otherwise.
    package var weightMax: Int
    /// Further destinations with their shares, as experiments have them.
    package var additional: [Destination]
    /// The pod-template hashes that subsets select; nil leaves a subset as it is.
    package var canaryHash: String?
    package var stableHash: String?
    /// Requests that go to the canary by their headers. Routes of ours that are not listed go away.
    package var headerRoutes: [HeaderRoute]
    /// Requests of which the canary gets a copy.
    package var mirrorRoutes: [MirrorRoute]

    package init(
        canaryWeight: Int, weightMax: Int = 100, additional: [Destination] = [], canaryHash: String? = nil,
        stableHash: String? = nil, headerRoutes: [HeaderRoute] = [], mirrorRoutes: [MirrorRoute] = []
    ) {
        self.canaryWeight = canaryWeight
        self.weightMax = weightMax
        self.additional = additional
        self.canaryHash = canaryHash
        self.stableHash = stableHash
        self.headerRoutes = headerRoutes
        self.mirrorRoutes = mirrorRoutes
    }

    /// What is left for stable.
    package var stableWeight: Int { max(0, weightMax - canaryWeight - additional.reduce(0) { $0 + $1.weight }) }

    /// A further destination: a Service and its share.
    package struct Destination: Hashable, Sendable {
        package var service: String
        package var weight: Int
        package var hash: String
        package init(service: String, weight: Int, hash: String) {
            self.service = service
            self.weight = weight
            self.hash = hash
        }
    }
}

/// How a text is compared: exactly one of the three is set.
package struct StringMatch: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable { case exact, prefix, regex }
    package var kind: Kind
    package var value: String
    package init(_ kind: Kind, _ value: String) {
        self.kind = kind
        self.value = value
    }
}

/// Requests with any of these headers go to the canary.
package struct HeaderRoute: Hashable, Sendable {
    package var name: String
    package var matches: [Header]
    package struct Header: Hashable, Sendable {
        package var name: String
        package var value: StringMatch
        package init(name: String, value: StringMatch) {
            self.name = name
            self.value = value
        }
    }
    package init(name: String, matches: [Header]) {
        self.name = name
        self.matches = matches
    }
}

/// Requests that match are answered by stable and copied to the canary.
package struct MirrorRoute: Hashable, Sendable {
    package var name: String
    /// 0 to 100.
    package var percentage: Int
    package var matches: [Match]
    package struct Match: Hashable, Sendable {
        package var method: StringMatch?
        package var path: StringMatch?
        package var headers: [HeaderRoute.Header]
        package init(method: StringMatch? = nil, path: StringMatch? = nil, headers: [HeaderRoute.Header] = []) {
            self.method = method
            self.path = path
            self.headers = headers
        }
    }
    package init(name: String, percentage: Int, matches: [Match]) {
        self.name = name
        self.percentage = percentage
        self.matches = matches
    }
}

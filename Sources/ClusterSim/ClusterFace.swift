// The values that the machine's face is made of: who asks, how it is set up, what it answers.

package import HTTPModel
package import KubeModel

/// Who asks, as an authenticator has established it.
package struct UserInfo: Hashable, Sendable {
    package var name: String
    package var groups: [String]
    package var uid: String
    package var extra: [String: [String]]
    package init(name: String, groups: [String] = [], uid: String = "", extra: [String: [String]] = [:]) {
        self.name = name
        self.groups = groups
        self.uid = uid
        self.extra = extra
    }
    /// The cluster's administrator: no rule is asked.
    package static let admin = UserInfo(
        name: "martlet-admin", groups: ["system:masters", "system:authenticated"])
    package static let anonymous = UserInfo(name: "system:anonymous", groups: ["system:unauthenticated"])
}

/// What the embedded cluster is told at its start.
package struct ClusterConfiguration: Sendable {
    /// How long a simulated pod takes from being scheduled to Ready.
    package var podReadyDelay: Duration = .milliseconds(300)
    /// Simulated pods whose image matches never become ready.
    package var badImagePattern: String?
    /// Images (without tag) that somebody else runs for real: their pods' statuses are written
    /// from outside, through the API.
    package var externalImages: Set<String> = []
    /// The host and port that clients reach the server at, for discovery and the `kubernetes` Service.
    package var serverAddress: String = "127.0.0.1:6443"
    /// The administrator's bearer token; empty when there is none.
    package var adminToken: String = ""
    /// The certificate authority as PEM, for the `kube-root-ca.crt` ConfigMaps.
    package var certificateAuthorityPEM: String = ""
    /// The key that signs service account tokens (HMAC-SHA256 in the embedded server).
    package var tokenKey: [UInt8] = []
    /// Seeds uids and generated names, so that a simulation repeats.
    package var seed: UInt64 = 0
    /// How many past changes watches can resume from; older ones get 410 Gone.
    package var watchHistoryMax: Int = 20_000
    package init() {}
}

/// Names an open watch.
package struct WatchID: Hashable, Sendable {
    package var number: UInt64
    package init(number: UInt64) { self.number = number }
}

/// The machine's answer to one request.
package enum APIAnswer: Sendable {
    case response(HTTPResponse)
    /// A stream is open: its status and headers; its lines come from `drain(_:)`.
    case watch(WatchID, HTTPHeaders)
    /// The log of a pod's container is wanted: allowed, and the pod exists. Whoever runs the pod
    /// answers; for simulated pods the answer is an empty text.
    case podLog(PodLogRequest)
}

/// What a client wants of a container's log.
package struct PodLogRequest: Hashable, Sendable {
    package var pod: ObjectKey
    /// The pod's uid: another pod of that name has another log.
    package var uid: UID
    package var container: String
    package var follow = false
    package var previous = false
    package var timestamps = false
    package var tailLines: Int?
    package var limitBytes: Int?
    package var sinceSeconds: Int?
    package var sinceTime: Timestamp?
    package init(pod: ObjectKey, uid: UID, container: String) {
        self.pod = pod
        self.uid = uid
        self.container = container
    }
}

/// A change that must be on disk before the request that caused it is answered.
package struct JournalRecord: Hashable, Sendable {
    /// The storage key: `/registry/GROUP/RESOURCE/NAMESPACE/NAME`.
    package var key: String
    /// The object as stored; nil for a deletion.
    package var value: [UInt8]?
    /// The revision that the change made.
    package var revision: Int64
    package init(key: String, value: [UInt8]?, revision: Int64) {
        self.key = key
        self.value = value
        self.revision = revision
    }
}

// The audit log: one audit.k8s.io/v1 event a line for each answered request.

import ClusterSim
import Foundation
import HTTPModel
import JSONTree
import KubeModel

/// A request on its way, as the audit log sees it.
struct AuditedRequest: Sendable {
    var request: HTTPRequest
    var peerAddress: String
    var receivedAt = Timestamp.wallClock
}

/// Appends events to a file. They are written in batches, at most a tenth of a second late.
actor AuditLog {
    private let file: FileHandle
    private var buffer: [UInt8] = []
    private var isFlushScheduled = false
    private static let flushDelay = Duration.milliseconds(100)
    private static let bufferBytesMax = 1 << 20

    /// Opens the file for appending, readable by its owner only: it tells who did what.
    init(path: String) throws(ClusterFailure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .cannotWrite(path: path, reason: String(cString: strerror(errno)))
        }
        file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// Notes a request whose answer is complete.
    func note(_ audited: AuditedRequest, user: UserInfo, status: Int) {
        let line = Self.event(audited, user: user, status: status, completedAt: .wallClock)
        line.write(to: &buffer)
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count >= Self.bufferBytesMax { return flush() }
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        Task {
            try? await Task.sleep(for: Self.flushDelay)
            flush()
        }
    }

    /// Writes what waits.
    func flush() {
        isFlushScheduled = false
        if buffer.isEmpty { return }
        let data = Data(buffer)
        buffer = []
        try? file.write(contentsOf: data)
    }

    /// https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/#audit-k8s-io-v1-Event
    private static func event(
        _ audited: AuditedRequest, user: UserInfo, status: Int, completedAt: Timestamp
    ) -> JSON {
        let target = RequestTarget(audited.request)
        var event: JSON = [
            "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata",
            "auditID": .string(UUID().uuidString.lowercased()), "stage": "ResponseComplete",
            "requestURI": .string(audited.request.target), "verb": .string(target.verb),
            "user": Self.user(user), "sourceIPs": [.string(audited.peerAddress)],
        ]
        if let agent = audited.request.headers["User-Agent"] { event["userAgent"] = .string(agent) }
        if let name = audited.request.headers["Impersonate-User"] {
            event["impersonatedUser"] = [
                "username": .string(name), "groups": JSON(audited.request.headers.all("Impersonate-Group")),
            ]
        }
        if target.isResource { event["objectRef"] = reference(target) }
        event["responseStatus"] = ["metadata": [:], "code": JSON(status)]
        event["requestReceivedTimestamp"] = .string(audited.receivedAt.rfc3339Micro)
        event["stageTimestamp"] = .string(completedAt.rfc3339Micro)
        return event
    }

    private static func user(_ user: UserInfo) -> JSON {
        var json: JSON = ["username": .string(user.name)]
        if !user.uid.isEmpty { json["uid"] = .string(user.uid) }
        json["groups"] = JSON(user.groups)
        if !user.extra.isEmpty {
            json["extra"] = .object(
                JSONObject(user.extra.sorted { $0.key < $1.key }.map { ($0.key, JSON($0.value)) }))
        }
        return json
    }

    private static func reference(_ target: RequestTarget) -> JSON {
        var reference: JSON = ["resource": .string(target.resource)]
        let rest: [(String, String)] = [
            ("namespace", target.namespace), ("name", target.name), ("apiGroup", target.group),
            ("apiVersion", target.version), ("subresource", target.subresource),
        ]
        for (key, value) in rest where !value.isEmpty { reference[key] = .string(value) }
        return reference
    }
}

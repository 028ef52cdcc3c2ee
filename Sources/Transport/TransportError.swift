// Why a request got no whole response.

/// What went wrong between us and a server. Texts never hold a URL's user information or query.
package enum TransportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The request cannot be sent as it is: a malformed URL or header.
    case invalid(String)
    /// The host's name has no address.
    case unresolved(host: String)
    /// No connection came about.
    case unreachable(String)
    /// TLS failed: a certificate is not trusted or does not match, or the server refused ours.
    case untrusted(String)
    /// A limit of `TransferOptions` was reached.
    case timedOut(String)
    /// The response is larger than allowed.
    case tooLarge(limit: Int)
    /// The connection broke before the response was whole.
    case interrupted(String)
    /// The task that asked was cancelled.
    case cancelled
    /// The client has been closed.
    case closed

    /// Whether the request surely never reached the server.
    package var isBeforeSending: Bool {
        switch self {
        case .invalid, .unresolved, .unreachable, .untrusted, .closed: true
        case .timedOut, .tooLarge, .interrupted, .cancelled: false
        }
    }

    package var description: String {
        switch self {
        case .invalid(let text): "invalid request: \(text)"
        case .unresolved(let host): "no address for host \(host)"
        case .unreachable(let text): "no connection: \(text)"
        case .untrusted(let text): "TLS: \(text)"
        case .timedOut(let text): "timed out: \(text)"
        case .tooLarge(let limit): "response larger than \(limit) bytes"
        case .interrupted(let text): "connection broke: \(text)"
        case .cancelled: "cancelled"
        case .closed: "client closed"
        }
    }
}

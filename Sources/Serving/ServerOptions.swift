// What a server is told at its start, and its limits.

package import HTTPModel

/// Where and how a server listens.
package struct ServerOptions: Sendable {
    package var host = "127.0.0.1"
    /// 0 asks the system for a free port.
    package var port = 0
    /// Nil serves plain HTTP/1.1; otherwise TLS with HTTP/2 or HTTP/1.1, as the client offers.
    package var tls: TLSIdentity?
    /// A request with a longer body is answered with 413.
    package var bodyBytesMax = Limits.bodyBytesMax
    /// That answer.
    package var bodyTooLarge = HTTPResponse(
        status: 413, body: Array("the request is too large\n".utf8))
    /// A connection without any request is closed after that time.
    package var idleTimeout: Duration? = .seconds(300)
    package init(host: String = "127.0.0.1", port: Int = 0, tls: TLSIdentity? = nil) {
        self.host = host
        self.port = port
        self.tls = tls
    }
}

/// A server's certificate chain and private key as PEM text.
package struct TLSIdentity: Sendable {
    package var certificateChainPEM: String
    package var privateKeyPEM: String
    package init(certificateChainPEM: String, privateKeyPEM: String) {
        self.certificateChainPEM = certificateChainPEM
        self.privateKeyPEM = privateKeyPEM
    }
}

/// Why a server did not start.
package enum ServingError: Error, CustomStringConvertible {
    case portInUse(host: String, port: Int)
    case cannotListen(host: String, port: Int, reason: String)
    /// The certificate or key is not usable. The reason holds no key material.
    case badIdentity(reason: String)

    package var description: String {
        switch self {
        case .portInUse(let host, let port): "\(host):\(port) is already in use"
        case .cannotListen(let host, let port, let reason): "cannot listen on \(host):\(port): \(reason)"
        case .badIdentity(let reason): "the server's certificate or key cannot be used: \(reason)"
        }
    }
}

/// Bounds on what a client may send.
package enum Limits {
    /// kube-apiserver's `MaxRequestBodyBytes`: 3 MiB, twice etcd's limit.
    package static let bodyBytesMax = 3 * 1024 * 1024
    /// One header field, as Go's default of 1 MiB for all is generous and a bearer token is small.
    static let headerFieldBytesMax = 64 * 1024
    static let headerListBytesMax = 256 * 1024
    static let headerCountMax = 200
    /// Requests at once on an HTTP/2 connection: watches are many and mostly idle.
    static let streamCountMax = 1000
    /// Pings, priorities, settings; resets; stream errors: each in 30 seconds on one connection.
    /// libcurl sends a priority with each request, and a client may cancel as many as it makes.
    static let frameCountMax = 200_000
    /// What a client may send ahead of our reading, of one body and on one connection.
    static let windowBytes = 1 << 20
    /// What is taken of a stream's output before its writer has to wait.
    static let outputBytes = 256 << 10
    /// Connections that wait to be accepted: a burst of a few thousand clients must not be refused.
    static let backlog = 4096
}

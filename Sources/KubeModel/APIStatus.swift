// The API server's way to say no.

package import JSONTree

/// A `Status` that reports a failure.
package struct APIStatus: Error, Hashable, Sendable, CustomStringConvertible {
    /// The HTTP status code.
    package var code: Int
    /// `NotFound`, `Conflict`, …; empty for some of the server's own errors.
    package var reason: String
    package var message: String
    /// What to wait before the next try, where the server says so.
    package var retryAfterSeconds: Int?
    package var causes: [Cause]

    /// One thing that is wrong with a request.
    package struct Cause: Hashable, Sendable {
        package var field: String
        package var reason: String
        package var message: String
        package init(field: String, reason: String, message: String) {
            self.field = field
            self.reason = reason
            self.message = message
        }
    }

    package init(
        code: Int, reason: String, message: String, retryAfterSeconds: Int? = nil, causes: [Cause] = []
    ) {
        self.code = code
        self.reason = reason
        self.message = message
        self.retryAfterSeconds = retryAfterSeconds
        self.causes = causes
    }

    /// Reads the body of an answer of that code; a body that is no `Status` becomes the message.
    package init(code: Int, body: JSON?, text: String) {
        self.code = body?["code"].int.map(Int.init) ?? code
        reason = body?["reason"].string ?? ""
        message = body?["message"].string ?? String(text.prefix(500))
        let details = body?["details"] ?? .null
        retryAfterSeconds = details["retryAfterSeconds"].int.map(Int.init)
        causes = details["causes"].elements.map {
            Cause(
                field: $0["field"].string ?? "", reason: $0["reason"].string ?? "",
                message: $0["message"].string ?? "")
        }
    }

    package var isNotFound: Bool { code == 404 }
    package var isAlreadyExists: Bool { code == 409 && reason == "AlreadyExists" }
    package var isConflict: Bool { code == 409 && reason != "AlreadyExists" }
    package var isGone: Bool { code == 410 }
    package var isInvalid: Bool { code == 422 || code == 400 }
    package var isForbidden: Bool { code == 403 || code == 401 }
    /// A later try may succeed without anybody's doing.
    package var isTransient: Bool { code == 429 || code >= 500 }

    package var description: String { reason.isEmpty ? "\(code): \(message)" : "\(reason): \(message)" }
}

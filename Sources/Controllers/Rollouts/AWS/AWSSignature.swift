// Signature Version 4, by which AWS knows who sends a request.

package import HTTPModel
package import KubeModel
import Sealing

/// Whose requests they are.
package struct AWSCredentials: Hashable, Sendable {
    package var accessKey: String
    package var secretKey: String
    /// Of temporary credentials; empty otherwise.
    package var sessionToken: String
    package init(accessKey: String, secretKey: String, sessionToken: String = "") {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
    }
}

/// Signs requests to one service in one region
/// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
package struct AWSSignature: Sendable {
    let credentials: AWSCredentials
    let region: String
    let service: String

    package init(_ credentials: AWSCredentials, region: String, service: String) {
        self.credentials = credentials
        self.region = region
        self.service = service
    }

    /// Adds the headers that sign a request.
    ///
    /// - Parameter path: The path of the request's target, which begins with the host's own.
    package func sign(_ request: inout HTTPRequest, host: String, path: String, at now: Timestamp) {
        let time = now.truncatedToSeconds.rfc3339.filter { $0 != "-" && $0 != ":" }
        let day = String(time.prefix(8))
        request.headers["X-Amz-Date"] = time
        if !credentials.sessionToken.isEmpty {
            request.headers["X-Amz-Security-Token"] = credentials.sessionToken
        }
        var headers = [("host", host)]
        for field in request.headers.fields { headers.append((field.name.lowercased(), field.value)) }
        headers.sort { $0.0 < $1.0 }
        let names = headers.map(\.0).joined(separator: ";")
        let query = request.query.map { (HTTPQuery.encoded($0.name), HTTPQuery.encoded($0.value)) }
            .sorted { $0 < $1 }.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
        let canonical =
            "\(request.method)\n\(path)\n\(query)\n" + headers.map { "\($0.0):\($0.1)\n" }.joined()
            + "\n\(names)\n" + Hexadecimal.text(Digest.sha256(request.body))
        let scope = "\(day)/\(region)/\(service)/aws4_request"
        let text =
            "AWS4-HMAC-SHA256\n\(time)\n\(scope)\n"
            + Hexadecimal.text(Digest.sha256(canonical.utf8))
        var key = Array("AWS4\(credentials.secretKey)".utf8)
        for part in [day, region, service, "aws4_request"] {
            key = MessageAuthentication.hmacSHA256(key: key, message: part.utf8)
        }
        let signature = Hexadecimal.text(MessageAuthentication.hmacSHA256(key: key, message: text.utf8))
        request.headers["Authorization"] =
            "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope), SignedHeaders=\(names), "
            + "Signature=\(signature)"
    }
}

// The client-credentials grant (RFC 6749, section 4.4), as a request before the query.

import HTTPModel
import JSONTree

/// Credentials that are exchanged for a token.
struct OAuth2Credentials: Hashable, Sendable {
    private let tokenURL: String
    private let clientID: String
    private let clientSecret: String
    private let scopes: [String]

    /// Reads `oauth2`; nil when it is not configured.
    init?(_ tree: JSON) throws(ProviderError) {
        guard let members = tree.object, !members.isEmpty else { return nil }
        tokenURL = tree["tokenUrl"].string ?? ""
        clientID = tree["clientId"].string ?? ""
        clientSecret = tree["clientSecret"].string ?? ""
        scopes = tree["scopes"].elements.compactMap(\.string)
        if tokenURL.isEmpty, clientID.isEmpty, clientSecret.isEmpty { return nil }
        guard !tokenURL.isEmpty, !clientID.isEmpty, !clientSecret.isEmpty else {
            throw ProviderError("authentication.oauth2 needs tokenUrl, clientId and clientSecret")
        }
        try ProviderConfiguration.checkURL(tokenURL, field: "authentication.oauth2.tokenUrl")
    }

    /// The request for a token.
    var request: HTTPRequest {
        var form: [(name: String, value: String)] = [(name: "grant_type", value: "client_credentials")]
        if !scopes.isEmpty { form.append((name: "scope", value: scopes.joined(separator: " "))) }
        let identity = "\(HTTPQuery.encoded(clientID)):\(HTTPQuery.encoded(clientSecret))"
        return HTTPRequest(
            method: "POST", target: tokenURL,
            headers: [
                "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json",
                "Authorization": "Basic \(Base64.text(Array(identity.utf8)))",
            ],
            body: Array(HTTPQuery.text(form).utf8))
    }

    /// The value of `Authorization` that an answer allows.
    func authorization(from answer: HTTPResponse) throws(ProviderError) -> String {
        guard (200..<300).contains(answer.status) else {
            throw ProviderError("the token endpoint answered \(answer.status)")
        }
        guard let tree = try? JSON.parse(answer.body), let token = tree["access_token"].string, !token.isEmpty else {
            throw ProviderError("the token endpoint's answer holds no access_token")
        }
        return "Bearer \(token)"
    }
}

/// RFC 4648, section 4.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The text of some bytes, padded.
    package static func text(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count + 2) / 3 * 4)
        var start = 0
        while start < bytes.count {
            let count = min(3, bytes.count - start)
            var group: UInt32 = 0
            for place in 0..<3 { group = group << 8 | (place < count ? UInt32(bytes[start + place]) : 0) }
            for place in 0..<4 {
                let index = Int(group >> UInt32(18 - 6 * place) & 63)
                result.append(place <= count ? alphabet[index] : UInt8(ascii: "="))
            }
            start += 3
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The bytes of a padded text; nil for anything else. Line breaks are skipped, as Go does.
    package static func bytes(_ text: String) -> [UInt8]? {
        var result: [UInt8] = []
        var group: UInt32 = 0
        var count = 0
        var padding = 0
        for byte in text.utf8 where byte != 10 && byte != 13 {
            if byte == UInt8(ascii: "=") {
                padding += 1
                if count < 2 || count + padding > 4 { return nil }
                if count + padding == 4 {
                    let whole = group << UInt32(6 * (4 - count))
                    for place in 0..<(count - 1) {
                        result.append(UInt8(truncatingIfNeeded: whole >> UInt32(16 - 8 * place)))
                    }
                    count = 0
                    group = 0
                }
                continue
            }
            guard padding == 0, let value = alphabet.firstIndex(of: byte) else { return nil }
            group = group << 6 | UInt32(value)
            count += 1
            if count == 4 {
                for place in 0..<3 { result.append(UInt8(truncatingIfNeeded: group >> UInt32(16 - 8 * place))) }
                group = 0
                count = 0
            }
        }
        return count == 0 ? result : nil
    }
}

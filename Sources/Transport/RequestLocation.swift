// The parts of an http or https URL.

/// A URL taken apart as far as sending needs it.
package struct RequestLocation: Hashable, Sendable {
    package var scheme: String
    /// `user:password`; never shown.
    var userInformation: String?
    /// Without the brackets of an IPv6 address.
    package var host: String
    package var port: Int
    /// Path and query, from the slash on.
    package var target: String

    /// - Returns: Nil for anything but an absolute http or https URL.
    package init?(_ url: String) {
        guard !url.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }), let mark = url.firstRange(of: "://") else {
            return nil
        }
        scheme = url[..<mark.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let rest = url[mark.upperBound...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        var authority = rest[..<end]
        let tail = rest[end...].prefix { $0 != "#" }
        target = tail.hasPrefix("/") ? String(tail) : "/" + tail
        if let at = authority.lastIndex(of: "@") {
            userInformation = String(authority[..<at])
            authority = authority[authority.index(after: at)...]
        }
        var portText: Substring?
        if authority.hasPrefix("[") {
            guard let close = authority.firstIndex(of: "]") else { return nil }
            host = String(authority[authority.index(after: authority.startIndex)..<close])
            let after = authority[authority.index(after: close)...]
            guard after.isEmpty || after.hasPrefix(":") else { return nil }
            portText = after.isEmpty ? nil : after.dropFirst()
        } else {
            let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count <= 2 else { return nil }
            host = String(parts[0])
            portText = parts.count == 2 ? parts[1] : nil
        }
        guard !host.isEmpty else { return nil }
        if let portText {
            guard let number = Int(portText), (1...65_535).contains(number) else { return nil }
            port = number
        } else {
            port = scheme == "https" ? 443 : 80
        }
    }

    private var hostText: String { host.contains(":") ? "[\(host)]" : host }
    /// `host:port`.
    package var authority: String { "\(hostText):\(port)" }
    /// The URL for messages: without user information and query.
    package var safeText: String { "\(scheme)://\(authority)\(target.prefix { $0 != "?" })" }

    /// The URL with another host in it.
    func url(host other: String) -> String {
        let user = userInformation.map { "\($0)@" } ?? ""
        return "\(scheme)://\(user)\(other.contains(":") ? "[\(other)]" : other):\(port)\(target)"
    }
}

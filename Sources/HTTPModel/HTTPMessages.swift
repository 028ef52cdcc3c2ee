// Requests and responses as values; no sockets.

/// Header fields in order. Names compare without regard to case.
package struct HTTPHeaders: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    package private(set) var fields: [Field] = []

    package struct Field: Hashable, Sendable {
        package var name: String
        package var value: String
    }

    package init() {}
    package init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { add(name, value) }
    }

    /// The first value of a name. Assigning replaces all of them; nil removes them.
    package subscript(_ name: String) -> String? {
        get { fields.first { Self.equal($0.name, name) }?.value }
        set {
            fields.removeAll { Self.equal($0.name, name) }
            if let newValue { fields.append(Field(name: name, value: newValue)) }
        }
    }

    package func all(_ name: String) -> [String] { fields.filter { Self.equal($0.name, name) }.map(\.value) }
    package mutating func add(_ name: String, _ value: String) { fields.append(Field(name: name, value: value)) }

    private static func equal(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count && zip(left.utf8, right.utf8).allSatisfy { a, b in
            a == b || (a | 0x20 == b | 0x20 && (97...122).contains(a | 0x20))
        }
    }
}

/// A request to a server: `target` is the path with its query for a server's side, a whole URL for
/// a client's.
package struct HTTPRequest: Hashable, Sendable {
    package var method: String
    package var target: String
    package var headers: HTTPHeaders
    package var body: [UInt8]
    package init(method: String, target: String, headers: HTTPHeaders = [:], body: [UInt8] = []) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
    }

    /// The path without the query, percent-encoding left as it came.
    package var path: String { String(target.prefix { $0 != "?" }) }
    /// The decoded query, in order.
    package var query: [(name: String, value: String)] {
        guard let mark = target.firstIndex(of: "?") else { return [] }
        return HTTPQuery.parse(String(target[target.index(after: mark)...]))
    }
}

/// A whole response.
package struct HTTPResponse: Hashable, Sendable {
    package var status: Int
    package var headers: HTTPHeaders
    package var body: [UInt8]
    package init(status: Int, headers: HTTPHeaders = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// The `application/x-www-form-urlencoded` text of names and values.
package enum HTTPQuery {
    /// Decodes a query; a broken escape stays as it stands.
    package static func parse(_ text: String) -> [(name: String, value: String)] {
        text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (decoded(String(parts[0]), plus: true), parts.count > 1 ? decoded(String(parts[1]), plus: true) : "")
        }
    }

    package static func text(_ pairs: [(name: String, value: String)]) -> String {
        pairs.map { "\(encoded($0.name))=\(encoded($0.value))" }.joined(separator: "&")
    }

    /// Percent-encodes everything but RFC 3986's unreserved characters.
    package static func encoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, 45, 46, 95, 126: result.append(Character(UnicodeScalar(byte)))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                result += hex.count == 1 ? "%0\(hex)" : "%\(hex)"
            }
        }
        return result
    }

    package static func decoded(_ text: String, plus: Bool = false) -> String {
        guard text.contains("%") || (plus && text.contains("+")) else { return text }
        var bytes: [UInt8] = []
        let source = Array(text.utf8)
        var position = 0
        while position < source.count {
            let byte = source[position]
            if byte == UInt8(ascii: "%"), position + 2 < source.count,
                let high = Character(UnicodeScalar(source[position + 1])).hexDigitValue,
                let low = Character(UnicodeScalar(source[position + 2])).hexDigitValue
            {
                bytes.append(UInt8(high << 4 | low))
                position += 3
            } else {
                bytes.append(byte == UInt8(ascii: "+") && plus ? 0x20 : byte)
                position += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

// Istio's StringMatch and the conditions of a VirtualService's http routes.

import HTTPModel
import JSONTree

/// `exact`, `prefix` or `regex`
/// (https://istio.io/latest/docs/reference/config/networking/virtual-service/#StringMatch).
enum StringMatch: Sendable {
    case exact(String)
    case prefix(String)
    /// RE2 in Istio: the whole value has to match.
    case regex(String)
    /// Present, whatever its value: an empty match.
    case any

    init(_ json: JSON) {
        if let text = json["exact"].string {
            self = .exact(text)
        } else if let text = json["prefix"].string {
            self = .prefix(text)
        } else if let text = json["regex"].string {
            self = .regex(text)
        } else {
            self = .any
        }
    }

    func matches(_ value: String, ignoringCase: Bool = false) -> Bool {
        let value = ignoringCase ? value.lowercased() : value
        switch self {
        case .exact(let text): return value == (ignoringCase ? text.lowercased() : text)
        case .prefix(let text): return value.hasPrefix(ignoringCase ? text.lowercased() : text)
        case .regex(let text): return (try? Regex(text).wholeMatch(in: value)) != nil
        case .any: return true
        }
    }
}

/// One entry of a route's `match`: all of its conditions must hold.
struct RouteCondition: Sendable {
    private var uri: StringMatch?
    private var ignoresURICase: Bool
    private var method: StringMatch?
    private var authority: StringMatch?
    private var headers: [(String, StringMatch)]
    private var withoutHeaders: [(String, StringMatch)]
    private var query: [(String, StringMatch)]

    init(_ json: JSON) {
        func match(_ name: String) -> StringMatch? {
            json[name].object == nil ? nil : StringMatch(json[name])
        }
        func matches(_ name: String) -> [(String, StringMatch)] {
            (json[name].object ?? [:]).map { ($0.0, StringMatch($0.1)) }
        }
        uri = match("uri")
        ignoresURICase = json["ignoreUriCase"].bool ?? false
        method = match("method")
        authority = match("authority")
        headers = matches("headers")
        withoutHeaders = matches("withoutHeaders")
        query = matches("queryParams")
    }

    func holds(for request: HTTPRequest) -> Bool {
        if let uri, !uri.matches(request.path, ignoringCase: ignoresURICase) { return false }
        if let method, !method.matches(request.method) { return false }
        if let authority, !authority.matches(request.headers["Host"] ?? "") { return false }
        for (name, match) in headers {
            guard let value = request.headers[name], match.matches(value) else { return false }
        }
        for (name, match) in withoutHeaders {
            if let value = request.headers[name], match.matches(value) { return false }
        }
        if query.isEmpty { return true }
        let pairs = request.query
        return query.allSatisfy { name, match in
            pairs.contains { $0.name == name && match.matches($0.value) }
        }
    }
}

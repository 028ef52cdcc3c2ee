// A VirtualService as the gateway reads it.

import HTTPModel
import JSONTree
import KubeModel

/// A VirtualService's hosts and http routes.
struct VirtualServiceRules: Sendable {
    var key: ObjectKey
    /// As written; `MeshHost` compares them.
    var hosts: [String]
    var routes: [VirtualServiceRoute]

    init(_ object: KubeObject) {
        key = object.key
        hosts = object.spec["hosts"].elements.compactMap(\.string)
        routes = object.spec["http"].elements.map { VirtualServiceRoute($0) }
    }
}

/// One http route.
struct VirtualServiceRoute: Sendable {
    /// One weighted destination.
    struct Destination: Sendable {
        var host: String
        var subset: String?
        var port: Int?
        var weight: Int
        var headers: HeaderChanges
    }

    /// `headers.request` and `headers.response`: what is set, added and removed.
    struct HeaderChanges: Sendable {
        var request: JSON
        var response: JSON
        init(_ json: JSON) {
            request = json["request"]
            response = json["response"]
        }

        static func apply(_ change: JSON, to headers: inout HTTPHeaders) {
            for (name, value) in change["set"].object ?? [:] { headers[name] = value.string }
            for (name, value) in change["add"].object ?? [:] {
                if let text = value.string { headers.add(name, text) }
            }
            for name in change["remove"].elements { if let name = name.string { headers[name] = nil } }
        }
    }

    /// An answer without any destination.
    enum Direct: Sendable {
        case redirect(JSON)
        case response(JSON)
    }

    /// Any of these, or every request when there is none.
    var conditions: [RouteCondition]
    var destinations: [Destination]
    var direct: Direct?
    var rewrite: JSON
    /// What of the matched path a rewrite replaces: the prefix.
    var matchedPrefixes: [String]
    var headers: HeaderChanges
    var timeout: Duration?
    var fault: JSON
    var mirrors: [(destination: Destination, percent: Double)]

    init(_ json: JSON) {
        conditions = json["match"].elements.map { RouteCondition($0) }
        matchedPrefixes = json["match"].elements.compactMap { $0["uri"]["prefix"].string }
        let routes = json["route"].elements
        destinations = routes.map { Destination($0, isOnly: routes.count == 1) }
        if json["redirect"].object != nil {
            direct = .redirect(json["redirect"])
        } else if json["directResponse"].object != nil {
            direct = .response(json["directResponse"])
        }
        rewrite = json["rewrite"]
        headers = HeaderChanges(json["headers"])
        timeout = json["timeout"].string.flatMap { Duration.parse(goText: $0) }
        fault = json["fault"]
        mirrors = json["mirrors"].elements.map {
            (
                Destination(["destination": $0["destination"]], isOnly: true),
                $0["percentage"]["value"].double ?? 100
            )
        }
        if json["mirror"].object != nil {
            let percent = json["mirrorPercentage"]["value"].double ?? json["mirrorPercent"].double ?? 100
            mirrors.append((Destination(["destination": json["mirror"]], isOnly: true), percent))
        }
    }

    func matches(_ request: HTTPRequest) -> Bool {
        conditions.isEmpty || conditions.contains { $0.holds(for: request) }
    }

    /// The target as the destination sees it.
    func rewritten(_ target: String) -> String {
        guard let uri = rewrite["uri"].string else { return target }
        let path = target.prefix { $0 != "?" }
        let query = target[path.endIndex...]
        guard let prefix = matchedPrefixes.first(where: { path.hasPrefix($0) }) else { return uri + query }
        return uri + path.dropFirst(prefix.count) + query
    }
}

extension VirtualServiceRoute.Destination {
    /// A single destination without a weight gets everything, among several it gets nothing.
    init(_ json: JSON, isOnly: Bool) {
        let destination = json["destination"]
        host = destination["host"].string ?? ""
        subset = destination["subset"].string
        port = destination["port"]["number"].int.map(Int.init)
        weight = Int(json["weight"].int ?? (isOnly ? 100 : 0))
        if isOnly, weight == 0 { weight = 100 }
        headers = VirtualServiceRoute.HeaderChanges(json["headers"])
    }
}

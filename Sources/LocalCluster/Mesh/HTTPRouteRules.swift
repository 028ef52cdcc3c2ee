// A Gateway API HTTPRoute as the gateway reads it: put into a VirtualService's terms.

import JSONTree
import KubeModel

extension VirtualServiceRules {
    /// Reads an HTTPRoute (https://gateway-api.sigs.k8s.io/reference/spec/#httproute). Its rules do
    /// not go by their order but by how narrow each match is, so that every match becomes a route.
    init(httpRoute object: KubeObject) {
        key = ObjectKey(namespace: object.namespace, name: "httproute/\(object.name)")
        // A route may be a Service's (a mesh's) instead of a Gateway's.
        let services = object.spec["parentRefs"].elements.filter { $0["kind"].string == "Service" }
            .compactMap { $0["name"].string }
        let hostnames = object.spec["hostnames"].elements.compactMap(\.string)
        hosts = services.isEmpty ? (hostnames.isEmpty ? ["*"] : hostnames) : services
        let everything: JSON = ["path": ["type": "PathPrefix", "value": "/"]]
        var ranked: [(rank: HTTPRouteRank, route: VirtualServiceRoute)] = []
        for rule in object.spec["rules"].elements {
            let matches = rule["matches"].elements
            for match in matches.isEmpty ? [everything] : matches {
                let route = VirtualServiceRoute(rule: rule, match: match, namespace: object.namespace)
                ranked.append((HTTPRouteRank(match, order: ranked.count), route))
            }
        }
        routes = ranked.sorted { $0.rank < $1.rank }.map(\.route)
    }
}

/// How narrow a match is; narrower ones come first, of equal ones the earlier.
private struct HTTPRouteRank: Comparable {
    private let values: [Int]

    init(_ match: JSON, order: Int) {
        let path = match["path"]
        let kinds = ["Exact": 2, "RegularExpression": 1]
        values = [
            -(kinds[path["type"].string ?? ""] ?? 0), -(path["value"].string ?? "/").utf8.count,
            match["method"].isNull ? 0 : -1, -match["headers"].elements.count,
            -match["queryParams"].elements.count, order,
        ]
    }

    static func < (left: Self, right: Self) -> Bool { left.values.lexicographicallyPrecedes(right.values) }
}

extension VirtualServiceRoute {
    /// One match of a rule, with what the rule does.
    fileprivate init(rule: JSON, match: JSON, namespace: String) {
        let path = match["path"]
        let value = path["value"].string ?? "/"
        var tree: JSON = ["match": .array(Self.conditions(match, path, value))]
        tree["route"] = .array(
            rule["backendRefs"].elements.filter { $0["weight"].int != 0 }.map { backend in
                let weight = backend["weight"].int ?? 1
                return ["destination": Self.destination(backend, namespace), "weight": .int(weight)]
            })
        for filter in rule["filters"].elements { Self.add(filter, to: &tree, namespace) }
        self.init(tree)
        if path["type"].string ?? "PathPrefix" == "PathPrefix" {
            // What replaces `/old` by `/` must not leave two slashes.
            matchedPrefixes = [rewrite["uri"].string == "/" && value != "/" ? value + "/" : value]
        }
    }

    /// A prefix is one of whole segments: `/old` is no prefix of `/older`.
    private static func conditions(_ match: JSON, _ path: JSON, _ value: String) -> [JSON] {
        var rest: JSON = [:]
        if !match["method"].isNull { rest["method"] = ["exact": match["method"]] }
        for (from, to) in [("headers", "headers"), ("queryParams", "queryParams")] {
            for entry in match[from].elements {
                let kind = entry["type"].string == "RegularExpression" ? "regex" : "exact"
                rest.set([to, entry["name"].string ?? ""], to: .object([kind: entry["value"]]))
            }
        }
        func condition(_ kind: String, _ text: String) -> JSON {
            var condition = rest
            condition["uri"] = .object([kind: .string(text)])
            return condition
        }
        switch path["type"].string {
        case "Exact": return [condition("exact", value)]
        case "RegularExpression": return [condition("regex", value)]
        default:
            let bare = value.hasSuffix("/") ? String(value.dropLast()) : value
            return bare.isEmpty
                ? [condition("prefix", "/")] : [condition("exact", bare), condition("prefix", bare + "/")]
        }
    }

    private static func destination(_ backend: JSON, _ namespace: String) -> JSON {
        let place = backend["namespace"].string ?? namespace
        var destination: JSON = [
            "host": .string("\(backend["name"].string ?? "").\(place).svc.cluster.local")
        ]
        if !backend["port"].isNull { destination["port"] = ["number": backend["port"]] }
        return destination
    }

    private static func add(_ filter: JSON, to tree: inout JSON, _ namespace: String) {
        switch filter["type"].string {
        case "RequestHeaderModifier":
            tree.set(["headers", "request"], to: changes(filter["requestHeaderModifier"]))
        case "ResponseHeaderModifier":
            tree.set(["headers", "response"], to: changes(filter["responseHeaderModifier"]))
        case "URLRewrite":
            let rewrite = filter["urlRewrite"]
            let path = rewrite["path"]
            let uri = path["replacePrefixMatch"].string ?? path["replaceFullPath"].string
            if let uri { tree.set(["rewrite", "uri"], to: .string(uri)) }
            if let name = rewrite["hostname"].string { tree.set(["rewrite", "authority"], to: .string(name)) }
        case "RequestRedirect":
            let wanted = filter["requestRedirect"]
            var redirect: JSON = ["redirectCode": .int(wanted["statusCode"].int ?? 302)]
            if !wanted["hostname"].isNull { redirect["authority"] = wanted["hostname"] }
            if !wanted["scheme"].isNull { redirect["scheme"] = wanted["scheme"] }
            if let uri = wanted["path"]["replaceFullPath"].string { redirect["uri"] = .string(uri) }
            tree["redirect"] = redirect
        case "RequestMirror":
            let mirror = filter["requestMirror"]
            var percent = mirror["percent"].double ?? 100
            if let part = mirror["fraction"]["numerator"].double {
                percent = part * 100 / max(1, mirror["fraction"]["denominator"].double ?? 100)
            }
            let entry: JSON = [
                "destination": destination(mirror["backendRef"], namespace),
                "percentage": ["value": .double(percent)],
            ]
            tree["mirrors"] = .array(tree["mirrors"].elements + [entry])
        default: break
        }
    }

    /// `[{name, value}]` as an object.
    private static func changes(_ modifier: JSON) -> JSON {
        func object(_ name: String) -> JSON {
            .object(JSONObject(modifier[name].elements.map { ($0["name"].string ?? "", $0["value"]) }))
        }
        return ["set": object("set"), "add": object("add"), "remove": modifier["remove"]]
    }
}

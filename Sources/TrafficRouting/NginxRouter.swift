// NGINX ingress: a canary Ingress beside each stable one.

import JSONTree
package import KubeModel
package import MartletModel

/// Gives the canary an Ingress of its own: the stable one's rules with another backend, and
/// annotations that say what share it gets
/// (https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#canary).
/// The stable Ingress is only read. The canary's stays, with weight 0, as long as the Rollout.
package struct NginxRouter: TrafficRouter {
    let routing: NginxRouting
    let address: RouterAddress

    package static let ingresses = RouterKind("networking.k8s.io", "Ingress", "ingresses", ["v1"])
    package static let kinds = [ingresses]
    /// The annotation that named the class before `spec.ingressClassName`.
    static let legacyClass = "kubernetes.io/ingress.class"

    package init(_ routing: NginxRouting, at address: RouterAddress) {
        self.routing = routing
        self.address = address
    }

    private func reference(_ name: String) -> ObjectReference {
        Self.ingresses.reference(address.namespace, name)
    }

    /// `<rollout>-<ingress>-canary`; what is too long is cut before the suffix.
    private func canaryName(_ name: String) -> String {
        let suffix = "-canary"
        return String("\(address.rollout)-\(name)".prefix(Limits.nameLengthMax - suffix.count)) + suffix
    }

    package var reads: [ObjectReference] {
        routing.ingresses.flatMap { [reference($0), reference(canaryName($0))] }
    }
    package var makes: [ObjectReference] { routing.ingresses.map { reference(canaryName($0)) } }

    package func problem(in objects: RoutedObjects) -> RouterProblem? {
        for (index, name) in routing.ingresses.enumerated() {
            let field = IngressRules.field(
                "nginx.stableIngress", hasSingle: routing.hasSingle, index: index,
                list: "nginx.stableIngresses")
            guard let stable = objects[reference(name)] else {
                return IngressRules.missing(name, field)
            }
            if !IngressRules.hasPath(stable, to: address.stableService) {
                return RouterProblem(
                    field: field, value: name,
                    message: "ingress `\(name)` has no rules using service \(address.stableService) backend")
            }
            if let canary = objects[reference(canaryName(name))], let owner = address.owner,
                canary.controller?.uid != owner.uid
            {
                return RouterProblem(
                    field: field, value: name,
                    message: "ingress `\(canary.name)` is not controlled by this Rollout")
            }
        }
        return nil
    }

    package func observe(_ objects: RoutedObjects) -> Weight? {
        let weights = Set(
            routing.ingresses.map { name in
                objects[reference(canaryName(name))]?.annotation(key("canary-weight")).flatMap { Int($0) }
            })
        return weights.count == 1 ? weights.first?.map { Weight($0) } : nil
    }

    package func patches(from objects: RoutedObjects, to wish: TrafficSplit) -> [RouterPatch] {
        routing.ingresses.compactMap { name in
            guard let stable = objects[reference(name)] else { return nil }
            guard let canary = objects[reference(canaryName(name))] else {
                return create(canaryName(name), stable, wish)
            }
            return update(canary, stable, wish)
        }
    }

    // MARK: The canary's Ingress

    private func key(_ name: String) -> String { "\(routing.annotationPrefix)/\(name)" }

    private func annotations(of stable: KubeObject, _ wish: TrafficSplit) -> [String: String] {
        var annotations: [String: String] = [:]
        if let name = stable.annotation(Self.legacyClass) { annotations[Self.legacyClass] = name }
        for (name, value) in routing.additionalAnnotations {
            annotations[name.hasPrefix(routing.annotationPrefix) ? name : key(name)] = value
        }
        annotations.merge(routing.canaryAnnotations) { $1 }
        annotations[key("canary")] = "true"
        annotations[key("canary-weight")] = String(wish.canary.value)
        if wish.maximum != .hundred {
            annotations[key("canary-weight-total")] = String(wish.maximum.value)
        }
        return annotations
    }

    /// The stable Ingress's rules that have a path to the stable Service, which becomes the
    /// canary's there.
    private func spec(of stable: KubeObject) -> JSON {
        var spec: JSON = [:]
        if !stable.spec["ingressClassName"].isNull {
            spec["ingressClassName"] = stable.spec["ingressClassName"]
        }
        spec["rules"] = .array(
            stable.spec["rules"].elements.compactMap { rule in
                let paths = rule["http"]["paths"].elements
                guard paths.contains(where: { IngressRules.service(of: $0) == address.stableService })
                else { return nil }
                var rule = rule
                let rewritten = paths.map { path -> JSON in
                    guard IngressRules.service(of: path) == address.stableService else { return path }
                    var path = path
                    path.set(["backend", "service", "name"], to: .string(address.canaryService))
                    return path
                }
                rule.set(["http", "paths"], to: .array(rewritten))
                return rule
            })
        if !stable.spec["tls"].isNull { spec["tls"] = stable.spec["tls"] }
        return spec
    }

    private func create(_ name: String, _ stable: KubeObject, _ wish: TrafficSplit) -> RouterPatch? {
        guard let owner = address.owner else { return nil }
        let metadata: JSON = [
            "name": .string(name), "namespace": .string(address.namespace),
            "annotations": JSON(annotations(of: stable, wish)), "ownerReferences": [owner.tree],
        ]
        let object = KubeObject([
            "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata,
            "spec": spec(of: stable),
        ])
        let news = RouterPatch.News(
            "CreatingCanaryIngress", "Creating canary ingress `\(name)` with weight `\(wish.canary)`")
        return RouterPatch(.create(object), news)
    }

    /// One merge: annotations that are not ours stay, and the rules follow the stable ones.
    private func update(_ canary: KubeObject, _ stable: KubeObject, _ wish: TrafficSplit) -> RouterPatch? {
        var patch: JSON = [:]
        for (name, value) in annotations(of: stable, wish).sorted(by: { $0.key < $1.key })
        where canary.annotation(name) != value {
            patch.set(["metadata", "annotations", name], to: .string(value))
        }
        let spec = spec(of: stable)
        for name in ["ingressClassName", "rules", "tls"] where canary.spec[name] != spec[name] {
            patch.set(["spec", name], to: spec[name])
        }
        if patch == [:] { return nil }
        let news = RouterPatch.News(
            "PatchingCanaryIngress", "Updating ingress `\(canary.name)` to desiredWeight '\(wish.canary)'")
        return RouterPatch(
            .patch(canary.reference, .merge(patch), if: Precondition(uid: canary.uid)), news)
    }
}

/// What routers read in an Ingress.
enum IngressRules {
    /// The Service of one path.
    static func service(of path: JSON) -> String? { path["backend"]["service"]["name"].string }

    /// Whether any path leads to a Service.
    static func hasPath(_ ingress: KubeObject, to service: String) -> Bool {
        ingress.spec["rules"].elements.flatMap { $0["http"]["paths"].elements }
            .contains { Self.service(of: $0) == service }
    }

    static func field(_ single: String, hasSingle: Bool, index: Int, list: String) -> String {
        hasSingle ? "\(RouterProblem.root).\(single)" : "\(RouterProblem.root).\(list)[\(index)]"
    }

    static func missing(_ name: String, _ field: String) -> RouterProblem {
        RouterProblem(
            field: field, value: name, message: "ingress.networking.k8s.io \"\(name)\" not found")
    }
}

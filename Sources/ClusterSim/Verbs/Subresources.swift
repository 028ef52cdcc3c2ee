// Subresources: status, scale, and those with a verb of their own.

import HTTPModel
import JSONTree
import KubeModel

extension ClusterMachine {
    /// A request for a subresource of an object.
    mutating func subresource(_ call: APICall) throws(StatusError) -> APIAnswer {
        let name = call.info.subresource
        guard call.definition.subresources.contains(name), !call.info.name.isEmpty,
            call.info.rest.isEmpty || name == "proxy"
        else {
            // A custom resource that is there lacks the subresource, not the path.
            if call.definition.isCustom, ["status", "scale"].contains(name) {
                throw .notFound(call.definition, call.info.name)
            }
            throw .pathNotFound
        }
        guard SubresourceShape(name, of: call.definition).verbs.contains(call.info.verb) else {
            throw .methodNotAllowed
        }
        switch name {
        case "scale": return try scale(call)
        case "token": return try requestToken(call)
        case "eviction": return try evict(call)
        case "binding": return try bind(call)
        case "finalize": return try replace(call)
        case "log": return try podLog(call)
        case "exec", "attach", "portforward", "proxy":
            guard store.object(StorageID(call.definition), call.key) != nil else {
                throw .notFound(call.definition, call.info.name)
            }
            throw .badRequest("the embedded cluster has no streams into containers")
        default: break
        }
        switch call.info.verb {
        case "get": return try get(call)
        case "update": return try replace(call)
        case "patch": return try patch(call)
        default: throw .methodNotAllowed
        }
    }

    /// `Status: Success` as subresources of their own answer it.
    private static let done: JSON = [
        "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "code": 201,
    ]

    // MARK: Pods

    /// POST of `pods/NAME/binding`: the scheduler's decision.
    private mutating func bind(_ call: APICall) throws(StatusError) -> APIAnswer {
        let body = try RequestBody.tree(call.request, kind: "Binding")
        return try bind(call, body, pod: call.key)
    }

    /// POST of `bindings`, the old form.
    mutating func createBinding(_ call: APICall) throws(StatusError) -> APIAnswer {
        let body = try RequestBody.tree(call.request, kind: "Binding")
        let name = body["metadata"]["name"].string ?? ""
        return try bind(call, body, pod: ObjectKey(namespace: call.info.namespace, name: name))
    }

    private mutating func bind(_ call: APICall, _ body: JSON, pod key: ObjectKey) throws(StatusError)
        -> APIAnswer
    {
        let options = try WriteOptions("CreateOptions", call.query, call.request.headers)
        let target = body["target"]
        let kind = target["kind"].string ?? ""
        let node = target["name"].string ?? ""
        if !["", "Node"].contains(kind) {
            throw .plain(
                FieldError.notSupported("target.kind", .string(kind), ["Node", "<empty>"]).description)
        }
        if node.isEmpty { throw .plain(FieldError.required("target.name").description) }
        guard let definition = catalog.definition(of: .pod), object(.pod, key) != nil else {
            throw .notFound("", "pods", key.name)
        }
        var named = definition
        named.resource = "pods/binding"
        _ = try update(definition, key, subresource: "binding", options, user: call.user) {
            machine, pod throws(StatusError) in
            let uid = body["metadata"]["uid"].string ?? ""
            if !uid.isEmpty, uid != pod.uid {
                throw .conflict(
                    named, pod.name,
                    "Precondition failed: UID in precondition: \(uid), UID in object meta: \(pod.uid)")
            }
            if pod.isDeleting {
                throw .conflict(
                    named, pod.name, "pod \(pod.name) is being deleted, cannot be assigned to a host")
            }
            let current = pod.spec["nodeName"].string ?? ""
            if !current.isEmpty {
                throw .conflict(named, pod.name, "pod \(pod.name) is already assigned to node \"\(current)\"")
            }
            if !pod.spec["schedulingGates"].elements.isEmpty {
                throw .conflict(named, pod.name, "pod \(pod.name) has non-empty .spec.schedulingGates")
            }
            return Self.bound(pod, to: node, annotations: body["metadata"]["annotations"], now: machine.now)
        }
        return .response(call.format.response(201, Self.done))
    }

    private static func bound(_ pod: KubeObject, to node: String, annotations: JSON, now: Timestamp) -> JSON {
        var tree = pod.tree
        tree.set(["spec", "nodeName"], to: .string(node))
        for (key, value) in annotations.object ?? [:] {
            tree.set(["metadata", "annotations", key], to: value)
        }
        var conditions = tree["status"]["conditions"].elements.filter { $0["type"] != "PodScheduled" }
        conditions.append([
            "type": "PodScheduled", "status": "True", "lastProbeTime": .null,
            "lastTransitionTime": .string(now.rfc3339),
        ])
        tree.set(["status", "conditions"], to: .array(conditions))
        return tree
    }

    /// POST of `pods/NAME/eviction`: a delete that disruption budgets may refuse
    /// (k8s.io/kubernetes, pkg/registry/core/pod/storage/eviction.go).
    private mutating func evict(_ call: APICall) throws(StatusError) -> APIAnswer {
        let body = try RequestBody.tree(call.request, kind: "Eviction")
        if let name = body["metadata"]["name"].string, !name.isEmpty, name != call.info.name {
            throw .badRequest("name in URL does not match name in Eviction object")
        }
        let writes = try WriteOptions("CreateOptions", call.query, call.request.headers)
        var options = try DeleteOptions(
            body["deleteOptions"].isNull ? [:] : body["deleteOptions"], call.query)
        options.isDryRun = options.isDryRun || writes.isDryRun
        guard let pod = object(.pod, call.key) else { throw .notFound(call.definition, call.info.name) }
        let isOver = ["Succeeded", "Failed"].contains(pod.status["phase"].string ?? "")
        let isPending = pod.status["phase"] == "Pending"
        if !isOver, !isPending, !pod.isDeleting {
            try useBudget(of: pod, isDryRun: options.isDryRun, user: call.user)
        }
        _ = try delete(call.definition, call.key, options, user: call.user)
        return .response(call.format.response(201, Self.done))
    }

    /// Takes one disruption from the pod's budget.
    ///
    /// - Throws: 429 when there is none left; 500 when several budgets are for the pod.
    private mutating func useBudget(of pod: KubeObject, isDryRun: Bool, user: UserInfo) throws(StatusError) {
        let kind = GroupKind("policy", "PodDisruptionBudget")
        let budgets = objects(kind, namespace: pod.namespace).filter { budget in
            guard budget.spec["selector"].object != nil else { return false }
            return LabelSelector(budget.spec["selector"])?.matches(pod.labels) ?? false
        }
        guard let budget = budgets.first, let definition = catalog.definition(of: kind) else { return }
        if budgets.count > 1 {
            throw .plain(
                "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
            )
        }
        let isReady = pod.status["conditions"].elements.contains {
            $0["type"] == "Ready" && $0["status"] == "True"
        }
        let status = budget.status
        let healthy = status["currentHealthy"].int ?? 0
        let desired = status["desiredHealthy"].int ?? 0
        if !isReady {
            let policy = budget.spec["unhealthyPodEvictionPolicy"].string ?? "IfHealthyBudget"
            if policy == "AlwaysAllow" || healthy >= desired && desired > 0 { return }
        }
        if (status["observedGeneration"].int ?? 0) < budget.generation {
            throw Self.disruptionError(
                "The disruption budget \(budget.name) is still being processed by the server.", retryAfter: 10
            )
        }
        let allowed = status["disruptionsAllowed"].int ?? 0
        guard allowed > 0 else {
            throw Self.disruptionError(
                "The disruption budget \(budget.name) needs \(desired) healthy pods and has \(healthy) currently"
            )
        }
        guard !isDryRun else { return }
        let when = JSON.string(now.rfc3339)
        _ = try update(
            definition, budget.key, subresource: "status", WriteOptions(fieldManager: "kube-apiserver"),
            user: user
        ) { _, current in
            var tree = current.tree
            tree.set(["status", "disruptionsAllowed"], to: .int(allowed - 1))
            tree.set(["status", "disruptedPods", pod.name], to: when)
            return tree
        }
    }

    private static func disruptionError(_ cause: String, retryAfter seconds: Int? = nil) -> StatusError {
        var error = StatusError(
            429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.",
            causes: [APIStatus.Cause(field: "", reason: "DisruptionBudget", message: cause)])
        error.status.retryAfterSeconds = seconds
        return error
    }

    /// GET of `pods/NAME/log`.
    private func podLog(_ call: APICall) throws(StatusError) -> APIAnswer {
        guard let pod = object(.pod, call.key) else { throw .notFound(call.definition, call.info.name) }
        let query = call.query
        let lists = ["containers", "initContainers", "ephemeralContainers"]
        let names = lists.flatMap { pod.spec[$0].elements.compactMap { $0["name"].string } }
        var container = query["container"] ?? ""
        if container.isEmpty {
            let chosen = pod.annotation("kubectl.kubernetes.io/default-container") ?? ""
            let main = pod.spec["containers"].elements.compactMap { $0["name"].string }
            if names.contains(chosen) {
                container = chosen
            } else if main.count == 1 {
                container = main[0]
            } else {
                throw .badRequest(
                    "a container name must be specified for pod \(pod.name), choose one of: [\(main.joined(separator: " "))]"
                )
            }
        }
        guard names.contains(container) else {
            throw .badRequest("container \(container) is not valid for pod \(pod.name)")
        }
        var log = PodLogRequest(pod: pod.key, uid: pod.uid, container: container)
        log.follow = query.flag("follow")
        log.previous = query.flag("previous")
        log.timestamps = query.flag("timestamps")
        log.tailLines = try query.integer("tailLines").flatMap { Int(exactly: $0) }
        log.limitBytes = try query.integer("limitBytes").flatMap { Int(exactly: $0) }
        log.sinceSeconds = try query.integer("sinceSeconds").flatMap { Int(exactly: $0) }
        log.sinceTime = query["sinceTime"].flatMap { Timestamp($0) }
        return .podLog(log)
    }
}

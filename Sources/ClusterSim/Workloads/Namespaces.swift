// Namespaces: what each begins with, and how one ends.

import JSONTree
import KubeModel

extension Workloads {
    static let rootCertificateName = "kube-root-ca.crt"
    private static let namespaceFinalizer = "kubernetes"
    private static let rootCertificateNote =
        "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints "
        + "such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across "
        + "distributions of Kubernetes clusters."

    mutating func syncNamespace(_ name: String, _ cluster: inout some WorkloadCluster) -> Bool {
        guard let namespace = cluster.object(Kinds.namespace.groupKind, ObjectKey(namespace: "", name: name)) else {
            terminatingNamespaces.remove(name)
            return true
        }
        if namespace.isDeleting {
            terminatingNamespaces.insert(name)
            return empty(namespace, &cluster)
        }
        return furnish(name, &cluster)
    }

    /// Makes the objects that each namespace has.
    private mutating func furnish(_ namespace: String, _ cluster: inout some WorkloadCluster) -> Bool {
        let account = ObjectKey(namespace: namespace, name: "default")
        if cluster.object(Kinds.serviceAccount.groupKind, account) == nil {
            let tree: JSON = [
                "apiVersion": "v1", "kind": "ServiceAccount",
                "metadata": ["name": "default", "namespace": .string(namespace)],
            ]
            guard case .success = create(KubeObject(tree), as: ControllerUser.serviceAccount, &cluster)
            else { return false }
        }
        let key = ObjectKey(namespace: namespace, name: Self.rootCertificateName)
        let data: JSON = ["ca.crt": .string(configuration.certificateAuthorityPEM)]
        if let known = cluster.object(Kinds.configMap.groupKind, key) {
            guard !known.isDeleting, known.tree["data"] != data else { return true }
            return patch(known.reference, ["data": data], as: ControllerUser.rootCertificate, &cluster) != nil
        }
        let tree: JSON = [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": [
                "name": .string(Self.rootCertificateName), "namespace": .string(namespace),
                "annotations": ["kubernetes.io/description": .string(Self.rootCertificateNote)],
            ],
            "data": data,
        ]
        guard case .success = create(KubeObject(tree), as: ControllerUser.rootCertificate, &cluster)
        else { return false }
        return true
    }

    /// Deletes what is in a namespace; lets it go when nothing is left.
    private mutating func empty(_ namespace: KubeObject, _ cluster: inout some WorkloadCluster) -> Bool {
        for uid in index.contents(of: namespace.name) {
            guard let entry = index[uid], !entry.isDeleting,
                let object = cluster.object(entry.reference.kind.groupKind, entry.reference.key)
            else { continue }
            remove(object, as: ControllerUser.namespace, &cluster)
        }
        if index.isEmpty(namespace.name) { return release(namespace, &cluster) }
        return describeRemains(namespace, &cluster)
    }

    private mutating func release(_ namespace: KubeObject, _ cluster: inout some WorkloadCluster) -> Bool {
        terminatingNamespaces.remove(namespace.name)
        let left = namespace.spec["finalizers"].elements.filter { $0.string != Self.namespaceFinalizer }
        let patched = patch(
            namespace.reference, ["spec": ["finalizers": left.isEmpty ? .null : .array(left)]],
            subresource: "finalize", as: ControllerUser.namespace, &cluster)
        if patched == nil { return false }
        guard left.isEmpty, namespace.finalizers.isEmpty,
            let still = cluster.object(Kinds.namespace.groupKind, namespace.key), still.uid == namespace.uid
        else { return true }
        return remove(still, as: ControllerUser.namespace, &cluster)
    }

    private mutating func describeRemains(_ namespace: KubeObject, _ cluster: inout some WorkloadCluster) -> Bool {
        var byResource: [String: Int] = [:]
        var byFinalizer: [String: Int] = [:]
        for uid in index.contents(of: namespace.name) {
            guard let entry = index[uid],
                let object = cluster.object(entry.reference.kind.groupKind, entry.reference.key)
            else { continue }
            byResource[Self.resourceName(entry.reference.kind), default: 0] += 1
            for finalizer in object.finalizers { byFinalizer[finalizer, default: 0] += 1 }
        }
        let remains = byResource.sorted { $0.key < $1.key }.map { "\($0.key) has \($0.value) resource instances" }
        let finalizers = byFinalizer.sorted { $0.key < $1.key }.map { "\($0.key) in \($0.value) resource instances" }
        var status = namespace.status
        status["phase"] = "Terminating"
        let conditions: [(String, Bool, String, String)] = [
            ("NamespaceDeletionDiscoveryFailure", false, "ResourcesDiscovered", "All resources successfully discovered"),
            ("NamespaceDeletionGroupVersionParsingFailure", false, "ParsedGroupVersions", "All legacy kube types successfully parsed"),
            ("NamespaceDeletionContentFailure", false, "ContentDeleted", "All content successfully deleted, may be waiting on finalization"),
            (
                "NamespaceContentRemaining", true, "SomeResourcesRemain",
                "Some resources are remaining: " + remains.joined(separator: ", ")
            ),
            (
                "NamespaceFinalizersRemaining", !finalizers.isEmpty,
                finalizers.isEmpty ? "ContentHasNoFinalizers" : "SomeFinalizersRemain",
                finalizers.isEmpty
                    ? "All content-preserving finalizers finished"
                    : "Some content in the namespace has finalizers remaining: " + finalizers.joined(separator: ", ")
            ),
        ]
        status["conditions"] = .array(
            conditions.map { type, holds, reason, message in
                let state: JSON = holds ? "True" : "False"
                let known = Pods.condition(namespace, type)
                let time = known["status"] == state ? known["lastTransitionTime"] : JSON.string(now.rfc3339)
                return [
                    "type": .string(type), "status": state, "lastTransitionTime": time,
                    "reason": .string(reason), "message": .string(message),
                ]
            })
        return setStatus(namespace, status, as: ControllerUser.namespace, &cluster)
    }

    /// `configmaps.`, `deployments.apps`: how the namespace controller names what remains.
    private static func resourceName(_ kind: GroupVersionKind) -> String {
        let known = BuiltinResources.all.first { $0.groupKind == kind.groupKind }
        return "\(known?.resource ?? kind.kind.lowercased()).\(kind.group)"
    }
}

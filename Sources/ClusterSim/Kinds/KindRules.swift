// The rules of built-in kinds: defaults, what a create or update may touch, validation.

import JSONTree
import KubeModel

/// What the rules of a kind may ask of the cluster.
protocol ClusterView {
    func object(_ kind: GroupKind, _ key: ObjectKey) -> KubeObject?
    func objects(_ kind: GroupKind, namespace: String?) -> [KubeObject]
}

/// The rules of built-in kinds, all pure. Metadata's own rules (names, labels, finalizers) belong
/// to the verbs.
enum KindRules {
    /// Fills in a built-in kind's defaults (`SetDefaults_*` of k8s.io/kubernetes). Custom resources
    /// are left alone. Applying it twice is the same as once.
    static func applyDefaults(_ object: inout JSON, _ resource: ResourceDefinition) {
        guard !resource.isCustom, let rule = KindDefaults.rules[resource.groupKind] else { return }
        rule(&object)
    }

    /// What the server does before validating a new object: admission, dropping the status, setting
    /// immutable or allocated fields (cluster IPs, node ports, QoS, selectors of Jobs, …).
    ///
    /// - Parameter object: Defaulted, with its name, namespace, uid and creation time.
    /// - Throws: What admission refuses (403), or an allocation that fails (422).
    static func prepareForCreate(
        _ object: inout JSON, _ resource: ResourceDefinition, view: some ClusterView, now: Timestamp,
        isDryRun: Bool = false
    ) throws(APIStatus) {
        guard !resource.isCustom else { return }
        if resource.groupKind == Kinds.pod.groupKind { try PodAdmission.admit(&object, view: view) }
        Preparation.prepareNew(&object, resource, now: now)
        if resource.groupKind == Kinds.service.groupKind {
            try ServiceAllocation.allocateNew(&object, resource, view: view, isDryRun: isDryRun)
        }
        try QuotaAdmission.admit(object, resource, view: view)
    }

    /// The same at an update: what the subresource (empty for the main resource) may not touch is
    /// taken from `old`.
    static func prepareForUpdate(
        _ object: inout JSON, old: JSON, subresource: String, _ resource: ResourceDefinition,
        view: some ClusterView, now: Timestamp, isDryRun: Bool = false
    ) throws(APIStatus) {
        guard !resource.isCustom else { return }
        Preparation.prepareChanged(&object, old: old, subresource: subresource, resource, now: now)
        if resource.groupKind == Kinds.service.groupKind, subresource.isEmpty {
            try ServiceAllocation.allocateChanged(&object, old: old, resource, view: view, isDryRun: isDryRun)
        }
    }

    /// Validates an object, at an update (`old` given) its immutable fields as well.
    static func validate(
        _ object: JSON, old: JSON?, subresource: String, _ resource: ResourceDefinition,
        view: some ClusterView
    ) -> [FieldError] {
        guard !resource.isCustom else { return [] }
        return KindValidation.errors(in: object, old: old, subresource: subresource, resource)
    }

    /// Whether the difference raises `metadata.generation` of a kind that has one.
    static func raisesGeneration(_ object: JSON, old: JSON, _ resource: ResourceDefinition) -> Bool {
        switch (resource.group, resource.kind) {
        // kubernetes/pkg/registry/apps/deployment/strategy.go: annotations count as well.
        case ("apps", "Deployment"):
            return object["spec"] != old["spec"] || object["metadata"]["annotations"] != old["metadata"]["annotations"]
        // kubernetes/pkg/registry/discovery/endpointslice/strategy.go: labels count as well.
        case ("discovery.k8s.io", "EndpointSlice"):
            return contents(object) != contents(old) || object["metadata"]["labels"] != old["metadata"]["labels"]
        case ("scheduling.k8s.io", _): return false
        default: return contents(object) != contents(old)
        }
    }

    private static func contents(_ object: JSON) -> JSON {
        guard var members = object.object else { return object }
        for key in ["metadata", "status", "apiVersion", "kind"] { members[key] = nil }
        return .object(members)
    }

    /// Warnings for the `Warning` header.
    static func warnings(_ object: JSON, old: JSON?, _ resource: ResourceDefinition) -> [String] {
        guard !resource.isCustom else { return [] }
        return KindWarnings.warnings(object, old: old, resource)
    }
}

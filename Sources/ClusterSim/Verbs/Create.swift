// Create: a new object, checked, named and stored.

import HTTPModel
import JSONTree
import KubeModel

extension ClusterMachine {
    /// POST of a collection.
    mutating func create(_ call: APICall) throws(StatusError) -> APIAnswer {
        let options = try WriteOptions("CreateOptions", call.query, call.request.headers)
        var tree = try decodedBody(call, options)
        try Self.matchNamespace(&tree, call)
        let object = try create(tree, call.definition, options, user: call.user)
        return .response(call.format.response(201, call.format.tree(object, call.definition, now: now)))
    }

    /// Takes the namespace of the path; refuses another one in the body.
    static func matchNamespace(_ tree: inout JSON, _ call: APICall) throws(StatusError) {
        guard call.definition.isNamespaced else {
            if !(tree["metadata"]["namespace"].string ?? "").isEmpty {
                tree.set(["metadata", "namespace"], to: nil)
            }
            return
        }
        let given = tree["metadata"]["namespace"].string ?? ""
        if given.isEmpty {
            tree.set(["metadata", "namespace"], to: .string(call.info.namespace))
        } else if given != call.info.namespace {
            throw .badRequest(
                "the namespace of the provided object does not match the namespace sent on the request")
        }
    }

    /// Creates an object that has been decoded and has its namespace.
    mutating func create(
        _ tree: JSON, _ requested: ResourceDefinition, _ options: WriteOptions, user: UserInfo
    ) throws(StatusError) -> KubeObject {
        let definition = catalog.stored(requested)
        var tree = tree
        try checkDefinition(requested, name: tree["metadata"]["name"].string ?? "")
        if let version = tree["metadata"]["resourceVersion"].string, let number = UInt64(version), number != 0
        {
            throw .plain("resourceVersion should not be set on objects to be created")
        }
        let namespace = tree["metadata"]["namespace"].string ?? ""
        if definition.isNamespaced {
            try checkNamespace(namespace, definition, name: tree["metadata"]["name"].string ?? "")
        }
        if !options.skipsManagedFields {
            tree = ManagedFields.recordUpdate(
                old: nil, new: tree, manager: options.fieldManager, subresource: "",
                apiVersion: requested.groupVersionKind.apiVersion, schema: requested.schema ?? .any, now: now)
        }
        if definition.groupVersionKind != requested.groupVersionKind {
            tree = VersionConversion.convert(KubeObject(tree), to: definition).tree
        }
        let base =
            tree["metadata"]["name"].string.flatMap { $0.isEmpty ? nil : $0 } == nil
            ? tree["metadata"]["generateName"].string ?? "" : ""
        var tries = base.isEmpty ? 1 : Limits.nameGenerationMax
        while true {
            var candidate = tree
            if !base.isEmpty {
                candidate.set(["metadata", "name"], to: .string(base.prefix(58) + generator.nameSuffix()))
            }
            let object = try prepared(candidate, definition, options, user: user)
            tries -= 1
            let storage = StorageID(definition)
            if store.object(storage, object.key) != nil {
                if tries > 0 { continue }
                throw .alreadyExists(requested, object.name)
            }
            return try finish(creating: object, definition, options, user: user)
        }
    }

    private mutating func finish(
        creating object: KubeObject, _ definition: ResourceDefinition, _ options: WriteOptions, user: UserInfo
    ) throws(StatusError) -> KubeObject {
        warnings += KindRules.warnings(object.tree, old: nil, definition)
        if definition.isCustom { warnings += MetadataRules.finalizerWarnings(object.metadata, old: .null) }
        if options.isDryRun {
            var tree = object.tree
            tree.set(["metadata", "resourceVersion"], to: nil)
            return KubeObject(MetadataRules.ordered(tree))
        }
        return put(object, definition)
    }

    /// A new object with everything that the server sets, valid.
    private mutating func prepared(
        _ tree: JSON, _ definition: ResourceDefinition, _ options: WriteOptions, user: UserInfo
    ) throws(StatusError) -> KubeObject {
        var tree = tree
        let name = tree["metadata"]["name"].string ?? ""
        for field in ["deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "resourceVersion"] {
            tree.set(["metadata", field], to: nil)
        }
        tree.set(["metadata", "uid"], to: .string(generator.uid()))
        tree.set(["metadata", "creationTimestamp"], to: .string(now.rfc3339))
        if GenerationRules.hasGeneration(definition) { tree.set(["metadata", "generation"], to: 1) }
        tree = MetadataRules.ordered(tree)
        do throws(APIStatus) {
            try KindRules.prepareForCreate(
                &tree, definition, view: self, now: now, isDryRun: options.isDryRun)
        } catch {
            throw StatusError(error, definition, name: name)
        }
        if definition.groupKind == .customResourceDefinition {
            tree["status"] = Self.initialStatus(ofDefinition: tree)
        }
        if definition.isCustom, definition.subresources.contains("status") { tree.set(["status"], to: nil) }
        try validate(creating: tree, definition, name: name)
        try checkEscalation(tree, old: nil, definition, user: user)
        if let schema = definition.schema { SchemaOperations.normalizeForStorage(&tree, schema) }
        return KubeObject(MetadataRules.ordered(tree))
    }

    private func validate(creating tree: JSON, _ definition: ResourceDefinition, name: String)
        throws(StatusError)
    {
        var errors = MetadataRules.validate(tree["metadata"], definition)
        if definition.checksFinalizers { errors += MetadataRules.validateFinalizerNames(tree["metadata"]) }
        if definition.isCustom, let schema = definition.schema {
            errors += SchemaOperations.validate(tree, old: nil, schema)
        } else if definition.groupKind == .customResourceDefinition {
            errors += CustomResources.validate(tree, old: nil)
        }
        errors += KindRules.validate(tree, old: nil, subresource: "", definition, view: self)
        if !errors.isEmpty { throw .invalid(definition.groupKind, name, errors) }
    }

    /// The namespace of a new object has to be there and not be going (admission's
    /// NamespaceLifecycle).
    private func checkNamespace(
        _ namespace: String, _ definition: ResourceDefinition, name: String
    ) throws(StatusError) {
        guard let object = object(.namespace, ObjectKey(namespace: "", name: namespace)) else {
            throw .notFound("", "namespaces", namespace)
        }
        guard object.isDeleting else { return }
        var error = StatusError.forbidden(
            definition, name,
            "unable to create new content in namespace \(namespace) because it is being terminated")
        error.status.causes = [
            APIStatus.Cause(
                field: "metadata.namespace", reason: "NamespaceTerminating",
                message: "namespace \(namespace) is being terminated")
        ]
        throw error
    }
}

/// Which kinds count the changes of their specs.
enum GenerationRules {
    /// The kinds whose strategies set the generation at a create.
    private static let kinds: Set<GroupKind> = [
        GroupKind("", "Pod"), GroupKind("", "PodTemplate"), GroupKind("", "ReplicationController"), GroupKind("apps", "Deployment"),
        GroupKind("apps", "ReplicaSet"), GroupKind("apps", "StatefulSet"), GroupKind("apps", "DaemonSet"),
        GroupKind("batch", "Job"), GroupKind("batch", "CronJob"), GroupKind("networking.k8s.io", "Ingress"),
        GroupKind("networking.k8s.io", "IngressClass"), GroupKind("networking.k8s.io", "NetworkPolicy"),
        GroupKind("policy", "PodDisruptionBudget"), GroupKind("discovery.k8s.io", "EndpointSlice"),
        GroupKind("scheduling.k8s.io", "PriorityClass"), .customResourceDefinition,
        GroupKind("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
        GroupKind("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
        GroupKind("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
        GroupKind("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
        GroupKind("flowcontrol.apiserver.k8s.io", "FlowSchema"),
        GroupKind("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"),
    ]

    static func hasGeneration(_ definition: ResourceDefinition) -> Bool {
        definition.isCustom || kinds.contains(definition.groupKind)
    }

    /// Whether a change raises the generation. Custom resources count every change but metadata's
    /// and, with a status subresource, the status'.
    static func raisesGeneration(_ new: JSON, old: JSON, _ definition: ResourceDefinition) -> Bool {
        guard hasGeneration(definition) else { return false }
        guard definition.isCustom else { return KindRules.raisesGeneration(new, old: old, definition) }
        func content(_ tree: JSON) -> JSON {
            var members = tree.object ?? [:]
            members["metadata"] = nil
            if definition.subresources.contains("status") { members["status"] = nil }
            return .object(members)
        }
        return content(new) != content(old)
    }
}

extension GroupKind {
    static let namespace = GroupKind("", "Namespace")
    static let pod = GroupKind("", "Pod")
    static let customResourceDefinition = GroupKind("apiextensions.k8s.io", "CustomResourceDefinition")
}

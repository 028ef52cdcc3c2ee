// Update: PUT, and the part that it shares with patches.

import HTTPModel
import JSONTree
import KubeModel

/// What becomes of an update.
struct UpdateOutcome: Sendable {
    var object: KubeObject
    var isCreated = false
}

/// How an update records the managers of fields.
enum ManagerRecording: Sendable {
    case update
    /// The change has set them itself (server-side apply).
    case done
}

extension ClusterMachine {
    /// PUT of an object or subresource.
    mutating func replace(_ call: APICall) throws(StatusError) -> APIAnswer {
        let options = try WriteOptions("UpdateOptions", call.query, call.request.headers)
        var tree = try decodedBody(call, options)
        try Self.matchName(&tree, call)
        let definition = call.definition
        guard store.object(StorageID(definition), call.key) != nil else {
            guard Self.createsOnUpdate(definition), call.info.subresource.isEmpty else {
                throw .notFound(definition, call.info.name)
            }
            let object = try create(tree, definition, options, user: call.user)
            return .response(call.format.response(201, call.format.tree(object, definition, now: now)))
        }
        try Self.checkVersionSyntax(tree)
        let body = tree
        let outcome = try update(
            definition, call.key, subresource: call.info.subresource, options, user: call.user
        ) { machine, current throws(StatusError) in
            try machine.checkPreconditions(body, current, definition)
            return body
        }
        return .response(
            call.format.response(200, call.format.tree(outcome.object, definition, now: now)))
    }

    /// Kinds whose PUT makes a missing object (`AllowCreateOnUpdate`).
    static func createsOnUpdate(_ definition: ResourceDefinition) -> Bool {
        switch definition.group {
        case "rbac.authorization.k8s.io", "coordination.k8s.io": true
        case "": ["Service", "Endpoints", "Event", "LimitRange", "PodTemplate"].contains(definition.kind)
        case "events.k8s.io": true
        default: false
        }
    }

    /// Kinds whose PUT needs a resourceVersion (no `AllowUnconditionalUpdate`).
    static func needsVersion(_ definition: ResourceDefinition) -> Bool {
        if definition.isCustom { return true }
        switch definition.group {
        case "coordination.k8s.io", "policy", "apiextensions.k8s.io", "apiregistration.k8s.io",
            "admissionregistration.k8s.io", "node.k8s.io", "flowcontrol.apiserver.k8s.io":
            return true
        default: return false
        }
    }

    /// The body's name and namespace have to be the path's.
    static func matchName(_ tree: inout JSON, _ call: APICall) throws(StatusError) {
        let name = tree["metadata"]["name"].string ?? ""
        if name.isEmpty {
            throw .badRequest(
                "the name of the object (\(call.info.name) based on URL) was undeterminable: name must be provided"
            )
        }
        if name != call.info.name {
            throw .badRequest(
                "the name of the object (\(name)) does not match the name on the URL (\(call.info.name))")
        }
        try matchNamespace(&tree, call)
    }

    private static func checkVersionSyntax(_ tree: JSON) throws(StatusError) {
        guard let version = tree["metadata"]["resourceVersion"].string, !version.isEmpty,
            UInt64(version) == nil
        else { return }
        throw .plain("strconv.ParseUint: parsing \(GoText.quoted(version)): invalid syntax")
    }

    /// The uid and resourceVersion of a body have to be the stored object's, when they are given.
    func checkPreconditions(
        _ tree: JSON, _ current: KubeObject, _ definition: ResourceDefinition
    ) throws(StatusError) {
        let uid = tree["metadata"]["uid"].string ?? ""
        if !uid.isEmpty, uid != current.uid {
            let key = "\(StorageID(definition).prefix)/\(ObjectStore.key(current.key))"
            throw .conflict(
                definition, current.name,
                "StorageError: invalid object, Code: 4, Key: \(key), ResourceVersion: 0, AdditionalErrorMsg: "
                    + "Precondition failed: UID in precondition: \(uid), UID in object meta: \(current.uid)")
        }
        let version = tree["metadata"]["resourceVersion"].string ?? ""
        if version.isEmpty || version == "0" {
            guard Self.needsVersion(definition) else { return }
            // The real server names the resource here where it names the kind elsewhere.
            throw .invalid(
                GroupKind(definition.group, definition.resource), current.name,
                [.invalid("metadata.resourceVersion", 0, "must be specified for an update")])
        }
        if version != current.resourceVersion {
            throw .conflict(definition, current.name, StatusError.modified)
        }
    }

    /// Changes a stored object: `change` gets it in the requested version and returns what it should
    /// be; the rest — what may not change, validation, managers, generation — is done here.
    ///
    /// - Throws: 404 when there is no such object; whatever `change` and the rules refuse.
    mutating func update(
        _ requested: ResourceDefinition, _ key: ObjectKey, subresource: String, _ options: WriteOptions,
        user: UserInfo, recording: ManagerRecording = .update,
        _ change: (inout ClusterMachine, KubeObject) throws(StatusError) -> JSON
    ) throws(StatusError) -> UpdateOutcome {
        let definition = catalog.stored(requested)
        guard let stored = store.object(StorageID(definition), key) else {
            throw .notFound(requested, key.name)
        }
        let old = stored.object
        let presented = requested.presented(old)
        var new = try change(&self, presented)
        if recording == .update, !options.skipsManagedFields {
            new = ManagedFields.recordUpdate(
                old: presented.tree, new: new, manager: options.fieldManager, subresource: subresource,
                apiVersion: requested.groupVersionKind.apiVersion, schema: requested.schema ?? .any, now: now)
        }
        if definition.groupVersionKind != requested.groupVersionKind {
            new = VersionConversion.convert(KubeObject(new), to: definition).tree
        }
        keepServerFields(&new, old: old)
        do throws(APIStatus) {
            try KindRules.prepareForUpdate(
                &new, old: old.tree, subresource: subresource, definition, view: self, now: now,
                isDryRun: options.isDryRun)
        } catch {
            throw StatusError(error, definition, name: key.name)
        }
        if definition.isCustom {
            Self.keepOtherHalf(&new, old: old.tree, subresource: subresource, definition)
        }
        // Neither a status nor a binding is a change of what is wished.
        if !["status", "binding"].contains(subresource),
            GenerationRules.raisesGeneration(new, old: old.tree, definition)
        {
            new.set(["metadata", "generation"], to: .int(old.generation + 1))
        }
        try validate(updating: new, old: old, subresource: subresource, definition)
        try checkEscalation(new, old: old.tree, definition, user: user)
        if let schema = definition.schema { SchemaOperations.normalizeForStorage(&new, schema) }
        let object = KubeObject(MetadataRules.ordered(new))
        warnings += KindRules.warnings(object.tree, old: old.tree, definition)
        if definition.isCustom {
            warnings += MetadataRules.finalizerWarnings(object.metadata, old: old.metadata)
        }
        return try finish(updating: object, old: old, definition, options)
    }

    private mutating func finish(
        updating object: KubeObject, old: KubeObject, _ definition: ResourceDefinition,
        _ options: WriteOptions
    ) throws(StatusError) -> UpdateOutcome {
        if Self.isSame(object, old) { return UpdateOutcome(object: old) }
        if options.isDryRun { return UpdateOutcome(object: object) }
        if Self.isReadyToGo(object, definition) {
            _ = remove(old.key, definition)
            return UpdateOutcome(object: object)
        }
        return UpdateOutcome(object: put(object, definition))
    }

    /// What a client cannot change in metadata: taken from the stored object.
    private func keepServerFields(_ new: inout JSON, old: KubeObject) {
        var metadata = new["metadata"].object ?? [:]
        let before = old.metadata
        for field in ["creationTimestamp", "generation", "resourceVersion", "selfLink"] {
            metadata[field] = before[field].isNull ? nil : before[field]
        }
        for field in ["uid", "name", "namespace", "generateName"]
        where (metadata[field]?.string ?? "").isEmpty {
            metadata[field] = before[field].isNull ? nil : before[field]
        }
        // A deletion cannot be taken back.
        for field in ["deletionTimestamp", "deletionGracePeriodSeconds"]
        where metadata[field] ?? .null == .null && !before[field].isNull {
            metadata[field] = before[field]
        }
        if metadata["deletionTimestamp"]?.isNull ?? false { metadata["deletionTimestamp"] = nil }
        new["metadata"] = .object(metadata)
        new = MetadataRules.ordered(new)
    }

    /// A custom resource with a status subresource: the main resource leaves the status alone, the
    /// subresource everything else.
    private static func keepOtherHalf(
        _ new: inout JSON, old: JSON, subresource: String, _ definition: ResourceDefinition
    ) {
        guard definition.subresources.contains("status") else { return }
        if subresource == "status" {
            let status = new["status"]
            let managers = new["metadata"]["managedFields"]
            new = old
            new.set(["status"], to: status.isNull ? nil : status)
            new.set(["metadata", "managedFields"], to: managers.isNull ? nil : managers)
        } else {
            new.set(["status"], to: old["status"].isNull ? nil : old["status"])
        }
    }

    private func validate(
        updating new: JSON, old: KubeObject, subresource: String, _ definition: ResourceDefinition
    ) throws(StatusError) {
        let metadata = MetadataRules.validateUpdate(new["metadata"], old: old.metadata)
        var errors = metadata + metadata
        if definition.checksFinalizers { errors += MetadataRules.validateFinalizerNames(new["metadata"]) }
        if definition.isCustom, let schema = definition.schema {
            errors += SchemaOperations.validate(new, old: old.tree, schema)
        } else if definition.groupKind == .customResourceDefinition, subresource.isEmpty {
            errors += CustomResources.validate(new, old: old.tree)
        }
        errors += KindRules.validate(new, old: old.tree, subresource: subresource, definition, view: self)
        if !errors.isEmpty { throw .invalid(definition.groupKind, old.name, errors) }
    }

    /// Whether nothing changed but, at most, times in managedFields.
    static func isSame(_ new: KubeObject, _ old: KubeObject) -> Bool {
        if new == old { return true }
        func timeless(_ object: KubeObject) -> JSON {
            var tree = object.tree
            let entries = tree["metadata"]["managedFields"].elements.map { entry in
                var entry = entry
                entry.set(["time"], to: nil)
                return entry
            }
            tree.set(["metadata", "managedFields"], to: .array(entries))
            return tree
        }
        return timeless(new) == timeless(old)
    }

    /// Whether an object that is being deleted has nothing left to wait for.
    static func isReadyToGo(_ object: KubeObject, _ definition: ResourceDefinition) -> Bool {
        guard object.isDeleting, object.finalizers.isEmpty else { return false }
        if definition.groupKind == .namespace { return object.spec["finalizers"].elements.isEmpty }
        return (object.metadata["deletionGracePeriodSeconds"].int ?? 0) == 0
    }
}

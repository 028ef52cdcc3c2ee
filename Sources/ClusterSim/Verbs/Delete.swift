// Delete: at once, gracefully, or after finalizers.

import HTTPModel
import JSONTree
import KubeModel

/// What a delete did.
struct DeleteOutcome: Sendable {
    var object: KubeObject
    var isGone: Bool
}

extension ClusterMachine {
    /// DELETE of an object.
    mutating func delete(_ call: APICall) throws(StatusError) -> APIAnswer {
        let options = try deleteOptions(call)
        let outcome = try delete(call.definition, call.key, options, user: call.user)
        let isForeground = options.orphanDependents == false
        let status = !outcome.isGone && isForeground ? 202 : 200
        if outcome.isGone, !Self.returnsDeleted(call.definition) {
            return .response(call.format.response(status, Self.success(outcome.object, call.definition)))
        }
        return .response(
            call.format.response(status, call.format.tree(outcome.object, call.definition, now: now)))
    }

    /// DELETE of a collection: each object on its own; the answer lists what there was.
    mutating func deleteCollection(_ call: APICall) throws(StatusError) -> APIAnswer {
        let options = try deleteOptions(call)
        var list = try ListOptions(call.query)
        list.limit = 0
        let objects = try select(call, list)
        var deleted: [StoredObject] = []
        for stored in objects {
            do throws(StatusError) {
                _ = try delete(call.definition, stored.object.key, options, user: call.user)
                deleted.append(stored)
            } catch {
                if error.status.code != 404 { throw error }
            }
        }
        return .response(
            call.format.response(
                list: deleted, metadata: ["resourceVersion": .string(String(store.revision))],
                call.definition, now: now))
    }

    private func deleteOptions(_ call: APICall) throws(StatusError) -> DeleteOptions {
        guard !call.request.body.isEmpty else { return try DeleteOptions(.null, call.query) }
        let body = try RequestBody.tree(call.request, kind: "DeleteOptions")
        if let kind = body["kind"].string, !kind.isEmpty, kind != "DeleteOptions" {
            throw .badRequest("decoded object cannot be converted to DeleteOptions")
        }
        return try DeleteOptions(body, call.query)
    }

    /// Kinds whose delete answers with the object (`ReturnDeletedObject`).
    private static func returnsDeleted(_ definition: ResourceDefinition) -> Bool {
        guard definition.group.isEmpty || definition.group == "storage.k8s.io" else { return false }
        return [
            "Pod", "Service", "ServiceAccount", "PersistentVolume", "PersistentVolumeClaim", "PodTemplate",
            "ResourceQuota", "StorageClass", "CSIDriver", "CSINode", "VolumeAttachment", "CSIStorageCapacity",
        ].contains(definition.kind)
    }

    private static func success(_ object: KubeObject, _ definition: ResourceDefinition) -> JSON {
        var details: JSON = ["name": .string(object.name)]
        if !definition.group.isEmpty { details["group"] = .string(definition.group) }
        details["kind"] = .string(definition.resource)
        details["uid"] = .string(object.uid)
        return [
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "details": details,
        ]
    }

    /// Deletes an object, or marks it as being deleted when something has to happen first.
    mutating func delete(
        _ requested: ResourceDefinition, _ key: ObjectKey, _ options: DeleteOptions, user: UserInfo
    ) throws(StatusError) -> DeleteOutcome {
        let definition = catalog.stored(requested)
        guard let old = store.object(StorageID(definition), key)?.object else {
            throw .notFound(requested, key.name)
        }
        try Self.check(options.precondition, old, definition)
        if definition.groupKind == .namespace { return try deleteNamespace(old, definition, options) }
        var object = old
        let finalizers = Self.finalizers(for: old, definition, options)
        if finalizers != old.finalizers {
            object.tree.set(["metadata", "finalizers"], to: finalizers.isEmpty ? nil : JSON(finalizers))
        }
        let isGraceful = definition.groupKind == .pod
        if isGraceful {
            Self.markGracefully(&object, seconds: options.graceSeconds, now: now)
        } else if !finalizers.isEmpty {
            Self.mark(&object, after: 0, now: now)
        }
        let seconds = object.metadata["deletionGracePeriodSeconds"].int ?? 0
        if finalizers.isEmpty, seconds == 0 {
            return finish(deleting: object, definition, options, isGraceful: isGraceful)
        }
        if object == old || options.isDryRun { return DeleteOutcome(object: object, isGone: false) }
        object.tree = MetadataRules.ordered(object.tree)
        return DeleteOutcome(object: put(object, definition), isGone: false)
    }

    private mutating func finish(
        deleting object: KubeObject, _ definition: ResourceDefinition, _ options: DeleteOptions,
        isGraceful: Bool
    ) -> DeleteOutcome {
        var object = object
        if !options.isDryRun, let last = remove(object.key, definition), !isGraceful { object = last }
        // An object that was only marked in passing has no version of its own.
        if isGraceful {
            object.tree.set(["metadata", "resourceVersion"], to: nil)
            object.tree = MetadataRules.ordered(object.tree)
        }
        return DeleteOutcome(object: object, isGone: true)
    }

    private static func check(
        _ precondition: Precondition, _ object: KubeObject, _ definition: ResourceDefinition
    ) throws(StatusError) {
        var named = definition
        named.resource = definition.kind
        if let uid = precondition.uid, uid != object.uid {
            throw .conflict(
                named, object.name,
                "the UID in the precondition (\(uid)) does not match the UID in record (\(object.uid)). The "
                    + "object might have been deleted and then recreated")
        }
        if let version = precondition.resourceVersion, version != object.resourceVersion {
            throw .conflict(
                named, object.name,
                "the ResourceVersion in the precondition (\(version)) does not match the ResourceVersion in "
                    + "record (\(object.resourceVersion)). The object might have been modified")
        }
    }

    /// The finalizers with those of garbage collection as the propagation policy wants them
    /// (`deletionFinalizersForGarbageCollection`).
    private static func finalizers(
        for object: KubeObject, _ definition: ResourceDefinition, _ options: DeleteOptions
    ) -> [String] {
        guard let propagation = options.propagation, definition.kind != "Event" else {
            return object.finalizers
        }
        var finalizers = object.finalizers.filter { $0 != "orphan" && $0 != "foregroundDeletion" }
        switch propagation {
        case .background: break
        case .orphan: finalizers.append("orphan")
        case .foreground: finalizers.append("foregroundDeletion")
        }
        return finalizers
    }

    /// Marks a pod: it has that many seconds to end; a later delete can only shorten the time
    /// (k8s.io/apiserver, `rest.BeforeDelete`; `podStrategy.CheckGracefulDelete`).
    private static func markGracefully(_ pod: inout KubeObject, seconds: Int64?, now: Timestamp) {
        var period = seconds ?? pod.spec["terminationGracePeriodSeconds"].int ?? 30
        if (pod.spec["nodeName"].string ?? "").isEmpty { period = 0 }
        if ["Failed", "Succeeded"].contains(pod.status["phase"].string ?? "") { period = 0 }
        if period < 0 { period = 1 }
        guard let marked = pod.deletionTimestamp else {
            mark(&pod, after: period, now: now)
            return
        }
        let before = pod.metadata["deletionGracePeriodSeconds"].int ?? 0
        guard period < before else { return }
        let due = marked - .seconds(before - period)
        pod.tree.set(["metadata", "deletionTimestamp"], to: .string(due.rfc3339))
        pod.tree.set(["metadata", "deletionGracePeriodSeconds"], to: .int(period))
    }

    /// Marks an object as being deleted, if it is not yet.
    private static func mark(_ object: inout KubeObject, after seconds: Int64, now: Timestamp) {
        guard !object.isDeleting else { return }
        object.tree.set(["metadata", "deletionTimestamp"], to: .string((now + .seconds(seconds)).rfc3339))
        object.tree.set(["metadata", "deletionGracePeriodSeconds"], to: .int(seconds))
        if object.generation > 0 {
            object.tree.set(["metadata", "generation"], to: .int(object.generation + 1))
        }
    }

    /// A namespace stays, Terminating, until its own finalizers are gone.
    private mutating func deleteNamespace(
        _ old: KubeObject, _ definition: ResourceDefinition, _ options: DeleteOptions
    ) throws(StatusError) -> DeleteOutcome {
        if ["default", "kube-system", "kube-public"].contains(old.name) {
            throw .forbidden(definition, old.name, "this namespace may not be deleted")
        }
        var object = old
        if !object.isDeleting {
            object.tree.set(["metadata", "deletionTimestamp"], to: .string(now.rfc3339))
            object.tree.set(["status", "phase"], to: "Terminating")
        }
        let finalizers = Self.finalizers(for: old, definition, options)
        if finalizers != old.finalizers {
            object.tree.set(["metadata", "finalizers"], to: finalizers.isEmpty ? nil : JSON(finalizers))
        }
        if options.isDryRun { return DeleteOutcome(object: object, isGone: false) }
        if object.finalizers.isEmpty, object.spec["finalizers"].elements.isEmpty {
            return DeleteOutcome(object: remove(object.key, definition) ?? object, isGone: true)
        }
        if object == old { return DeleteOutcome(object: old, isGone: false) }
        object.tree = MetadataRules.ordered(object.tree)
        return DeleteOutcome(object: put(object, definition), isGone: false)
    }
}

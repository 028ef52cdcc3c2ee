// The life of CustomResourceDefinitions: accepted, established, served, cleaned up.

import JSONTree
import KubeModel

extension ClusterMachine {
    /// Takes note of a changed CustomResourceDefinition; what follows is done at the next tick.
    mutating func noteDefinition(_ change: StoreChange) {
        let name = change.new.object.name
        if change.isDeletion {
            endWatches(ofDefinition: name)
            catalog.setCustom(name, [])
        } else {
            definitionsToCheck.insert(name)
            if isEstablished(change.new.object) { serve(change.new.object) }
        }
        // A name that has become free may be another one's wish.
        if change.isDeletion {
            for other in objects(.customResourceDefinition, namespace: nil) {
                definitionsToCheck.insert(other.name)
            }
        }
    }

    private func isEstablished(_ definition: KubeObject) -> Bool {
        definition.status["conditions"].elements.contains {
            $0["type"] == "Established" && $0["status"] == "True"
        }
    }

    /// Serves the resources of an accepted definition.
    mutating func serve(_ definition: KubeObject) {
        let resources = CustomResources.resources(of: definition.tree)
        catalog.setCustom(definition.name, resources)
        guard let resource = resources.first else { return }
        // Defaults that came later are seen when an object is read, without a new version of it.
        let stored = catalog.stored(resource)
        guard let schema = stored.schema else { return }
        store.reread(StorageID(stored)) { object in
            SchemaOperations.applyDefaults(&object.tree, schema)
        }
    }

    private mutating func endWatches(ofDefinition name: String) {
        for definition in catalog.custom[name] ?? [] { hub.endAll(StorageID(definition)) }
    }

    /// Brings CustomResourceDefinitions on: names, conditions, clean-up.
    mutating func checkCustomResourceDefinitions() {
        while let name = definitionsToCheck.sorted().first {
            definitionsToCheck.remove(name)
            guard let definition = object(.customResourceDefinition, ObjectKey(namespace: "", name: name))
            else { continue }
            if definition.isDeleting { cleanUp(definition) } else { accept(definition) }
        }
    }

    // MARK: Acceptance

    /// Decides on a definition's names and establishes it (apiextensions-apiserver, `status`'
    /// naming controller and `establish`).
    private mutating func accept(_ definition: KubeObject) {
        let conflict = nameConflict(definition)
        var status = definition.status.object ?? [:]
        var conditions = status["conditions"]?.elements ?? []
        let wasEstablished = isEstablished(definition)
        if let conflict {
            set(&conditions, "NamesAccepted", "False", conflict.reason, conflict.message)
            if !wasEstablished {
                set(&conditions, "Established", "False", "NotAccepted", "not all names are accepted")
            }
        } else {
            set(&conditions, "NamesAccepted", "True", "NoConflicts", "no conflicts found")
            status["acceptedNames"] = definition.spec["names"]
            if !wasEstablished {
                set(
                    &conditions, "Established", "True", "InitialNamesAccepted",
                    "the initial names have been accepted")
            }
        }
        if status["acceptedNames"] == nil { status["acceptedNames"] = ["plural": "", "kind": ""] }
        let storage = definition.spec["versions"].elements.first { $0["storage"] == true }?["name"] ?? .null
        var stored = status["storedVersions"]?.elements ?? []
        if !storage.isNull, !stored.contains(storage) { stored.append(storage) }
        status["storedVersions"] = .array(stored)
        status["conditions"] = .array(conditions)
        var changed = definition
        changed.tree["status"] = .object(status)
        let finalizers = changed.finalizers
        if !finalizers.contains(Self.cleanupFinalizer) {
            changed.tree.set(["metadata", "finalizers"], to: JSON(finalizers + [Self.cleanupFinalizer]))
        }
        write(changed, instead: definition)
    }

    /// The status of a new definition, before its names are looked at.
    static func initialStatus(ofDefinition tree: JSON) -> JSON {
        let stored = tree["spec"]["versions"].elements.filter { $0["storage"] == true }.map { $0["name"] }
        return [
            "conditions": .null, "acceptedNames": ["plural": "", "kind": ""],
            "storedVersions": .array(stored),
        ]
    }

    private static let cleanupFinalizer = "customresourcecleanup.apiextensions.k8s.io"

    private mutating func write(_ changed: KubeObject, instead old: KubeObject) {
        guard changed != old, let definition = catalog.definition(of: .customResourceDefinition) else {
            return
        }
        var changed = changed
        changed.tree = MetadataRules.ordered(changed.tree)
        _ = put(changed, definition)
    }

    private func set(
        _ conditions: inout [JSON], _ type: String, _ status: String, _ reason: String, _ message: String
    ) {
        var condition: JSON = [
            "type": .string(type), "status": .string(status), "lastTransitionTime": .string(now.rfc3339),
            "reason": .string(reason), "message": .string(message),
        ]
        guard let at = conditions.firstIndex(where: { $0["type"].string == type }) else {
            conditions.append(condition)
            return
        }
        if conditions[at]["status"] == condition["status"] {
            condition["lastTransitionTime"] = conditions[at]["lastTransitionTime"]
        }
        conditions[at] = condition
    }

    /// The first name of a definition that another accepted one of the group has already.
    private func nameConflict(_ definition: KubeObject) -> (reason: String, message: String)? {
        let group = definition.spec["group"]
        var resources: Set<String> = []
        var kinds: Set<String> = []
        for other in objects(.customResourceDefinition, namespace: nil)
        where other.name != definition.name && other.spec["group"] == group {
            let names = other.status["acceptedNames"]
            for name in [names["plural"], names["singular"]] + names["shortNames"].elements {
                if let name = name.string, !name.isEmpty { resources.insert(name) }
            }
            for kind in [names["kind"], names["listKind"]] {
                if let kind = kind.string, !kind.isEmpty { kinds.insert(kind) }
            }
        }
        let names = definition.spec["names"]
        var found: (reason: String, message: String)?
        func check(_ name: JSON, _ taken: Set<String>, _ reason: String) {
            if let name = name.string, taken.contains(name) {
                found = (reason, "\(GoText.quoted(name)) is already in use")
            }
        }
        // The last conflict is the one that is told.
        check(names["plural"], resources, "PluralConflict")
        check(names["singular"], resources, "SingularConflict")
        let short = names["shortNames"].elements.compactMap(\.string).filter(resources.contains)
        if !short.isEmpty {
            found = (
                "ShortNamesConflict",
                short.map { "\(GoText.quoted($0)) is already in use" }.joined(separator: ", ")
            )
        }
        check(names["kind"], kinds, "KindConflict")
        check(names["listKind"], kinds, "ListKindConflict")
        return found
    }

    // MARK: Deletion

    /// Deletes the custom resources of a definition that is going; when none is left, lets it go.
    private mutating func cleanUp(_ definition: KubeObject) {
        guard definition.finalizers.contains(Self.cleanupFinalizer) else { return }
        let resources = catalog.custom[definition.name] ?? []
        guard let resource = resources.first else {
            finishCleanUp(definition)
            return
        }
        let storage = StorageID(resource)
        var keys: [ObjectKey] = []
        store.scan(storage, namespace: nil) { _, stored in
            if !stored.object.isDeleting { keys.append(stored.object.key) }
            return true
        }
        for key in keys {
            // An object that cannot be deleted now is tried again when anything of it changes.
            _ = try? delete(resource, key, DeleteOptions(), user: .admin)
        }
        if store.count(storage) == 0 {
            finishCleanUp(definition)
            return
        }
        var changed = definition
        var conditions = changed.status["conditions"].elements
        set(
            &conditions, "Terminating", "True", "InstanceDeletionInProgress",
            "CustomResource deletion is in progress")
        changed.tree.set(["status", "conditions"], to: .array(conditions))
        write(changed, instead: definition)
    }

    private mutating func finishCleanUp(_ definition: KubeObject) {
        guard let resource = catalog.definition(of: .customResourceDefinition) else { return }
        var changed = definition
        let finalizers = changed.finalizers.filter { $0 != Self.cleanupFinalizer }
        changed.tree.set(["metadata", "finalizers"], to: finalizers.isEmpty ? nil : JSON(finalizers))
        if finalizers.isEmpty {
            _ = remove(definition.key, resource)
        } else {
            write(changed, instead: definition)
        }
    }

    /// Looks at a definition that is being deleted again when one of its objects has gone.
    mutating func noteRemoval(_ definition: ResourceDefinition) {
        guard definition.isCustom else { return }
        definitionsToCheck.insert("\(definition.resource).\(definition.group)")
    }

    /// Refuses new custom resources of a definition that is being deleted.
    func checkDefinition(_ definition: ResourceDefinition, name: String) throws(StatusError) {
        guard definition.isCustom,
            let owner = object(
                .customResourceDefinition,
                ObjectKey(namespace: "", name: "\(definition.resource).\(definition.group)")),
            owner.isDeleting
        else { return }
        throw .forbidden(
            definition, name, "create not allowed while custom resource definition is terminating")
    }
}

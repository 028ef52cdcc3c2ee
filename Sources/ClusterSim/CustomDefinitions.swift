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
            for other in objects(.customResourceDefinition, namespace: nil) { definitionsToCheck.insert(other.name) }
        }
    }

    private func isEstablished(_ definition: KubeObject) -> Bool {
        definition.status["conditions"].elements.contains { $0["type"] == "Established" && $0["status"] == "True" }
    }

    /// Serves the resources of an accepted definition.
    mutating func serve(_ definition: KubeObject) {
        catalog.setCustom(definition.name, CustomResources.resources(of: definition.tree))
    }

    private mutating func endWatches(ofDefinition name: String) {
        for definition in catalog.custom[name] ?? [] { hub.endAll(StorageID(definition)) }
    }

    /// Brings CustomResourceDefinitions on: names, conditions, clean-up.
    mutating func checkCustomResourceDefinitions() {
        while let name = definitionsToCheck.sorted().first {
            definitionsToCheck.remove(name)
            guard let definition = object(.customResourceDefinition, ObjectKey(namespace: "", name: name)) else { continue }
            if definition.isDeleting { cleanUp(definition) } else { accept(definition) }
        }
    }

    private func accept(_ definition: KubeObject) {}
    private func cleanUp(_ definition: KubeObject) {}
}

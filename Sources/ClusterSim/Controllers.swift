// How the built-in controllers and the kinds' rules use the machine: through the same verbs.

import JSONTree
import KubeModel

extension ClusterMachine: ClusterView {}

extension ClusterMachine: WorkloadCluster {
    func objects(_ kind: GroupKind, namespace: String, ownedBy uid: UID) -> [KubeObject] {
        guard let definition = catalog.definition(of: kind) else { return [] }
        return store.dependents(of: uid, storage: StorageID(definition))
            .map(\.object)
            .filter { namespace.isEmpty || $0.namespace == namespace }
    }

    private static func controller(_ name: String) -> UserInfo {
        UserInfo(name: name, groups: ["system:masters", "system:authenticated"])
    }

    /// The name that managedFields have for a controller: the last part of its user's.
    private static func manager(_ user: String) -> String {
        String(user.split(separator: ":").last ?? "kube-controller-manager")
    }

    private func definition(_ kind: GroupVersionKind) throws(StatusError) -> ResourceDefinition {
        if let definition = catalog.definition(of: kind) ?? catalog.definition(of: kind.groupKind) {
            return definition
        }
        throw .pathNotFound
    }

    mutating func create(_ object: KubeObject, as user: String) -> Result<KubeObject, APIStatus> {
        do throws(StatusError) {
            let definition = try definition(object.kind)
            let options = WriteOptions(fieldManager: Self.manager(user))
            var tree = object.tree
            try clean(&tree, definition, options, isPatch: false)
            return .success(try create(tree, definition, options, user: Self.controller(user)))
        } catch {
            return .failure(error.status)
        }
    }

    mutating func patch(
        _ reference: ObjectReference, _ patch: JSON, subresource: String, as user: String
    ) -> Result<KubeObject, APIStatus> {
        do throws(StatusError) {
            let definition = try definition(reference.kind)
            let options = WriteOptions(fieldManager: Self.manager(user))
            let outcome = try update(
                definition, reference.key, subresource: subresource, options, user: Self.controller(user)
            ) { machine, current throws(StatusError) in
                var tree = MergePatch.apply(patch, to: current.tree)
                let version = patch["metadata"]["resourceVersion"].string ?? ""
                if !version.isEmpty, version != current.resourceVersion {
                    throw .conflict(definition, current.name, StatusError.modified)
                }
                if tree != current.tree { try machine.clean(&tree, definition, options, isPatch: true) }
                return tree
            }
            return .success(outcome.object)
        } catch {
            return .failure(error.status)
        }
    }

    mutating func delete(
        _ reference: ObjectReference, precondition: Precondition, propagation: Change.Propagation?,
        graceSeconds: Int?, as user: String
    ) -> Result<Void, APIStatus> {
        do throws(StatusError) {
            let definition = try definition(reference.kind)
            var options = DeleteOptions()
            options.precondition = precondition
            options.propagation = propagation
            options.graceSeconds = graceSeconds.map(Int64.init)
            _ = try delete(definition, reference.key, options, user: Self.controller(user))
            return .success(())
        } catch {
            return .failure(error.status)
        }
    }

    mutating func random() -> UInt64 { generator.next() }
}

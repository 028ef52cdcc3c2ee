// Which fields other managers own, for Applications that ignore these: the caches do not keep them.

import ControllerKit
import JSONTree
import KubeClient
import KubeModel
import SyncCore

/// Reads `metadata.managedFields` of single objects, once for each of their versions.
actor ForeignFields {
    private struct Entry {
        var version: ResourceVersion
        var fields: JSON
    }
    private var known: [ResourceKey: Entry] = [:]
    /// Beyond this many objects all are forgotten and read again when they are needed.
    private static let objectCountMax = 2000

    /// An object with the managed fields that the cache dropped.
    ///
    /// - Throws: `.transient` when the server cannot be asked.
    func completed(_ object: KubeObject, _ api: any KubeAPI) async throws(Failure) -> KubeObject {
        let key = ResourceKey(object)
        var fields = known[key].flatMap { $0.version == object.resourceVersion ? $0.fields : nil }
        if fields == nil {
            do throws(KubeError) {
                let whole = try await api.get(object.reference)
                fields = whole.metadata["managedFields"]
                if known.count >= Self.objectCountMax { known = [:] }
                known[key] = Entry(version: whole.resourceVersion, fields: whole.metadata["managedFields"])
            } catch {
                if error.isNotFound { return object }
                throw .transient(error, doing: "reading who owns the fields of \(key)")
            }
        }
        var result = object
        if let fields, !fields.isNull { result.tree.set(["metadata", "managedFields"], to: fields) }
        return result
    }
}

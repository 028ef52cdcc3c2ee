// A cluster small enough to see through, for passes of the Application controller.

import ControllerKit
import Foundation
import JSONTree
import KubeClient
import KubeModel
import Logging
import Synchronization
import Testing

/// Objects in memory: applies merge, deletions remove. Reads of passes and of the API see the same.
final class SmallCluster: ObjectReader, KubeAPI {
    private struct State {
        var objects: [GroupKind: [ObjectKey: KubeObject]] = [:]
        var version = 0
        var sent: [String] = []
        var reads: [String] = []
        var watched: Set<GroupKind> = []
        var refusals: [String: APIStatus] = [:]
    }
    private let state = Mutex(State())
    /// Kinds that are served; plural names are made by rule.
    let served: [GroupKind: Bool]

    init(served: [GroupKind: Bool]) { self.served = served }

    // MARK: What tests do and see

    /// Changes that were sent, as `verb Kind/name`.
    var sent: [String] { state.withLock { $0.sent } }
    /// Objects that were read past the caches.
    var reads: [String] { state.withLock { $0.reads } }
    /// Kinds that the controller wanted watched.
    var watched: Set<GroupKind> { state.withLock { $0.watched } }

    /// Puts an object as somebody else would.
    func put(_ object: KubeObject) {
        state.withLock { state in
            var object = object
            state.version += 1
            object.tree["metadata"]["resourceVersion"] = .string(String(state.version))
            if object.uid.isEmpty { object.tree["metadata"]["uid"] = .string("uid-\(state.version)") }
            state.objects[object.kind.groupKind, default: [:]][object.key] = object
        }
    }

    /// Lets the server refuse writes to objects of that name, once each.
    func refuse(_ name: String, _ status: APIStatus) { state.withLock { $0.refusals[name] = status } }

    /// A pass of a controller over a key, with its own writes sent after it.
    func pass(_ controller: some Controller, _ key: ObjectKey, now: Timestamp) async throws(Failure) -> Reconciliation {
        let pass = Pass(
            reader: self, now: now, api: self,
            execute: { [self] changes, _ in changes.map { execute($0.change) } },
            watch: { [self] watches in
                state.withLock { $0.watched.formUnion(watches.map(\.kind)) }
                return true
            })
        let result = try await controller.reconcile(key, pass)
        for change in result.changes { _ = execute(change.change) }
        return result
    }

    // MARK: Writing

    func execute(_ change: Change) -> ChangeOutcome {
        let reference = change.reference
        let kind = reference.kind.groupKind
        let key = ObjectKey(namespace: reference.namespace, name: reference.name)
        return state.withLock { state in
            state.sent.append("\(change.verb) \(reference.kind.kind)/\(reference.name)")
            if let status = state.refusals.removeValue(forKey: reference.name) { return .failed(.status(status)) }
            let present = state.objects[kind]?[key]
            var tree: JSON
            switch change {
            case .create(let object): tree = object.tree
            case .apply(let object, _, _): tree = MergePatch.apply(object.tree, to: present?.tree ?? [:])
            case .patch(_, .merge(let patch), _), .patchStatus(_, let patch, _):
                guard let present else { return .gone(.malformed("gone")) }
                tree = MergePatch.apply(patch, to: present.tree)
            case .delete:
                state.objects[kind]?[key] = nil
                return .done(nil)
            case .patch, .evict: return .failed(.malformed("not made for this"))
            }
            state.version += 1
            tree["metadata"]["resourceVersion"] = .string(String(state.version))
            if tree["metadata"]["uid"].string == nil { tree["metadata"]["uid"] = .string("uid-\(state.version)") }
            let object = KubeObject(tree)
            state.objects[kind, default: [:]][key] = object
            return .done(object)
        }
    }

    func write(_ change: Change, options: WriteOptions) async throws(KubeError) -> KubeObject? {
        if case .done(let object) = execute(change) { return object }
        throw .malformed("refused")
    }

    // MARK: Reading

    func object(_ kind: GroupKind, _ key: ObjectKey) -> KubeObject? { state.withLock { $0.objects[kind]?[key] } }

    func objects(_ kind: GroupKind, namespace: String?) -> [KubeObject] {
        let all = state.withLock { $0.objects[kind] ?? [:] }
        return all.values.filter { namespace == nil || $0.namespace == namespace }.sorted { $0.name < $1.name }
    }

    func objects(_ kind: GroupKind, namespace: String, ownedBy uid: UID) -> [KubeObject] {
        objects(kind, namespace: namespace).filter { $0.ownerReferences.contains { $0.uid == uid } }
    }

    func get(_ reference: ObjectReference) async throws(KubeError) -> KubeObject {
        state.withLock { $0.reads.append("\(reference.kind.kind)/\(reference.name)") }
        let key = ObjectKey(namespace: reference.namespace, name: reference.name)
        guard let object = object(reference.kind.groupKind, key) else { throw .unknownKind("object") }
        return object
    }

    func resource(for kind: GroupVersionKind) async throws(KubeError) -> ResourceMapping {
        guard let isNamespaced = served[kind.groupKind] else { throw .unknownKind(kind.kind) }
        return ResourceMapping(
            resource: GroupVersionResource(group: kind.group, version: kind.version, resource: kind.kind.lowercased() + "s"),
            kind: kind.kind, isNamespaced: isNamespaced)
    }

    func list(
        _ resource: GroupVersionResource, _ scope: ListScope, limit: Int, continueToken: String?,
        trim: @escaping @Sendable (JSON) -> JSON
    ) async throws(KubeError) -> ObjectPage { throw .malformed("not made for this") }

    func watch(
        _ resource: GroupVersionResource, _ scope: ListScope, from version: ResourceVersion, timeoutSeconds: Int
    ) async throws(KubeError) -> AsyncThrowingStream<WatchEvent, any Error> { throw .malformed("not made for this") }

    func raw(_ path: String) async throws(KubeError) -> JSON { throw .malformed("not made for this") }
}

/// A Git repository in a directory of its own, made with the real git.
struct WorkRepository {
    let directory: String
    var path: String { directory + "/work" }

    init() throws {
        directory = NSTemporaryDirectory() + "martlet-controllers-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try git("init", "--quiet", "--initial-branch=main")
    }

    @discardableResult
    func git(_ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["git", "-C", path, "-c", "user.name=t", "-c", "user.email=t@example.test"] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "git \(arguments)")
        return String(decoding: data, as: UTF8.self).trimmingBlanks()
    }

    /// Commits files; those given as nil are removed.
    @discardableResult
    func commit(_ files: [String: String?]) throws -> String {
        for (name, text) in files {
            let file = "\(path)/\(name)"
            guard let text else {
                try FileManager.default.removeItem(atPath: file)
                continue
            }
            let folder = URL(filePath: file).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try text.write(toFile: file, atomically: true, encoding: .utf8)
        }
        try git("add", "--all")
        try git("commit", "--quiet", "--allow-empty", "-m", "change")
        return try git("rev-parse", "HEAD")
    }

    func remove() { try? FileManager.default.removeItem(atPath: directory) }
}

// Plays each router's fixtures: what is there and a wish, and exactly what is written.

import Foundation
import JSONTree
import KubeModel
import MartletModel
import Testing
import TrafficRouting
import YAMLTree

/// A folder `Fixtures/<router>/<case>` holds `before.yaml` (the objects), `split.yaml` (how the
/// router is configured and what is wished, a document a wish) and `after.yaml` (what is written for
/// each wish, one after the other). `RECORD=1` writes `after.yaml` anew.
@Suite struct RouterFixtureTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Fixtures")

    static let cases: [String] = {
        let routers = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return routers.flatMap { router in
            let cases = try? FileManager.default.contentsOfDirectory(
                atPath: folder.appendingPathComponent(router).path)
            return (cases ?? []).map { "\(router)/\($0)" }
        }.sorted()
    }()

    static func documents(_ path: String) throws -> [JSON] {
        let data = try Data(contentsOf: folder.appendingPathComponent(path))
        return try YAML.parse(String(decoding: data, as: UTF8.self), file: path).map(\.tree)
    }

    @Test(arguments: cases) func `every fixture plays as written`(_ name: String) throws {
        var world = RoutedWorld(try Self.documents("\(name)/before.yaml"))
        let wishes = try Self.documents("\(name)/split.yaml")
        var written: [JSON] = []
        for tree in wishes {
            let scene = RoutedScene(tree)
            let router = try #require(scene.router)
            if let problem = router.problem(in: world.objects(of: router)) {
                written.append([
                    "problem": ["field": .string(problem.field), "message": .string(problem.message)]
                ])
                continue
            }
            var writes: [JSON] = []
            // What is written in several looks is written until nothing is left.
            for look in 0..<4 {
                let patches = router.patches(from: world.objects(of: router), to: scene.wish)
                if patches.isEmpty { break }
                #expect(look < 3, "\(name): the router never rests")
                for patch in patches {
                    writes.append(RoutedWorld.tree(of: patch))
                    try world.send(patch.change)
                }
            }
            if scene.isObservable {
                let observed = router.observe(world.objects(of: router))
                #expect(observed == scene.wish.canary, "\(name): observes \(observed as Any)")
            }
            written.append(["writes": .array(writes)])
        }
        try compare(written, "\(name)/after.yaml")
    }

    private func compare(_ written: [JSON], _ path: String) throws {
        if ProcessInfo.processInfo.environment["RECORD"] == "1" {
            let text = YAML.text(documents: written)
            try Data(text.utf8).write(to: Self.folder.appendingPathComponent(path))
            return
        }
        let wanted = try Self.documents(path)
        #expect(written.count == wanted.count, "\(path)")
        for (index, pair) in zip(written, wanted).enumerated() where pair.0 != pair.1 {
            let (wrote, wanted) = (YAML.text(pair.0), YAML.text(pair.1))
            Issue.record("\(path), document \(index): wrote\n\(wrote)\nwanted\n\(wanted)")
        }
    }

    @Test func `every router has a fixture and an example`() throws {
        let examples = Self.folder.deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("examples")
        for name in TrafficRoutingSpec.names {
            #expect(Self.cases.contains { $0.hasPrefix("\(name)/") }, "no fixture of \(name)")
            let folder = examples.appendingPathComponent("canary-\(name.lowercased())").path
            #expect(FileManager.default.fileExists(atPath: folder), "no \(folder)")
        }
    }
}

/// A wish as a fixture writes it.
struct RoutedScene {
    var router: (any TrafficRouter)?
    var wish: TrafficSplit
    /// Whether the objects themselves say what they hold.
    var isObservable: Bool

    static let owner = OwnerReference([
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "web", "uid": "rollout-uid",
        "controller": true, "blockOwnerDeletion": true,
    ])

    init(_ tree: JSON) {
        let routing = TrafficRoutingSpec(tree["trafficRouting"])
        var versions: [GroupKind: String] = [:]
        for (name, version) in KubeObject.strings(tree["versions"]) {
            let kinds = (routing?.routers ?? []).flatMap { RouterCatalog.type(of: $0).kinds }
            if let kind = kinds.first(where: { $0.kind == name }) { versions[kind.groupKind] = version }
        }
        let address = RouterAddress(
            rollout: "web", namespace: "shop", canaryService: tree["canaryService"].string ?? "web-canary",
            stableService: tree["stableService"].string ?? "web-stable",
            managedRoutes: routing?.managedRoutes ?? [], owner: Self.owner, versions: versions)
        router = routing.flatMap { RouterCatalog.routers(for: $0, at: address).first }
        wish = TrafficSplit(
            canary: Weight(Int(tree["canary"].int ?? 0)), maximum: routing?.maxWeight ?? .hundred)
        wish.canaryHash = tree["canaryHash"].string ?? ""
        wish.stableHash = tree["stableHash"].string ?? ""
        wish.released = Set(tree["released"].elements.compactMap(\.string))
        wish.servingHashes = Set(tree["servingHashes"].elements.compactMap(\.string))
        wish.headerRoutes = tree["headerRoutes"].elements.map(HeaderRoute.init)
        wish.mirrorRoutes = tree["mirrorRoutes"].elements.map(MirrorRoute.init)
        wish.additional = tree["additional"].elements.map {
            .init(service: $0["service"].string ?? "", weight: Weight(Int($0["weight"].int ?? 0)))
        }
        isObservable = !(routing?.has("plugins") ?? false) || (routing?.has("gatewayAPI") ?? false)
    }
}

/// Objects that take patches.
struct RoutedWorld {
    private var objects: [GroupKind: [ObjectKey: KubeObject]] = [:]

    init(_ trees: [JSON]) { for tree in trees where !tree.isNull { put(tree) } }

    private mutating func put(_ tree: JSON) {
        var tree = tree
        if tree["metadata"]["namespace"].isNull { tree.set(["metadata", "namespace"], to: "shop") }
        if tree["metadata"]["uid"].isNull {
            tree.set(["metadata", "uid"], to: .string("uid-\(tree["metadata"]["name"].string ?? "")"))
        }
        let object = KubeObject(tree)
        objects[object.kind.groupKind, default: [:]][object.key] = object
    }

    func find(_ reference: ObjectReference) -> KubeObject? {
        objects[reference.kind.groupKind]?[reference.key]
    }

    func objects(of router: any TrafficRouter) -> RoutedObjects {
        RouterCatalog.objects(of: [router], find: find)
    }

    mutating func send(_ change: Change) throws {
        switch change {
        case .create(let object):
            #expect(find(object.reference) == nil)
            put(object.tree)
        case .patch(let reference, .json(let patch), let condition):
            let found = try #require(find(reference))
            #expect(condition.uid == found.uid)
            put(try patch.apply(to: found.tree))
        case .patch(let reference, .merge(let patch), let condition):
            let found = try #require(find(reference))
            #expect(condition.uid == found.uid)
            put(MergePatch.apply(patch, to: found.tree))
        case .delete(let reference, let condition, _):
            #expect(condition.uid == find(reference)?.uid)
            objects[reference.kind.groupKind]?[reference.key] = nil
        case .apply, .patchStatus, .evict: Issue.record("routers don't \(change.verb)")
        }
    }

    /// A write as a fixture shows it.
    static func tree(of patch: RouterPatch) -> JSON {
        var tree: JSON = [:]
        let place = JSON.string(patch.change.reference.shortDescription)
        switch patch.change {
        case .create(let object): tree["create"] = object.tree
        case .patch(_, .json(let operations), _):
            tree["patch"] = place
            tree["json"] = operations.document
        case .patch(_, .merge(let merge), _):
            tree["patch"] = place
            tree["merge"] = merge
        case .delete: tree["delete"] = place
        case .apply, .patchStatus, .evict: tree["other"] = place
        }
        if let news = patch.news { tree["event"] = .string("\(news.reason): \(news.message)") }
        return tree
    }
}

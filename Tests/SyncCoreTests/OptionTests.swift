// What sync options change: how objects are written, which are, and in which order.

import JSONTree
import KubeModel
import MartletModel
import SyncCore
import Testing

private func map(_ name: String, _ data: String = "{k: v}", options: String = "") -> String {
    let annotations = options.isEmpty ? "" : ", annotations: {argocd.argoproj.io/sync-options: \"\(options)\"}"
    return "{apiVersion: v1, kind: ConfigMap, metadata: {name: \(name)\(annotations)}, data: \(data)}"
}

private func automated(_ options: String...) -> String {
    "{syncPolicy: {automated: {prune: true, selfHeal: true}, retry: {limit: 0}, syncOptions: [\(options.joined(separator: ", "))]}}"
}

@Suite struct WriteStyleTests {
    /// The kinds of changes by which a second commit reaches an object.
    private func verbs(_ options: String, app: String = "", force: Bool = false) throws -> [String] {
        var world = try World(map("a", options: options), spec: automated(app))
        world.pass()
        try world.commit(map("a", "{n: '2'}", options: options), revision: "c2")
        if force {
            world.application.tree.set(["spec", "syncPolicy", "automated"], to: nil)
            world.application.tree["operation"] = ["sync": ["syncStrategy": ["hook": ["force": true]]]]
        }
        let move = try #require(decide(world.snapshot).moves.first)
        return move.changes.map(\.verb) + move.recreation.map { "or \($0.verb)" }
    }

    @Test func `an object's options and the sync's say how it is written`() throws {
        #expect(try verbs("") == ["apply"])
        #expect(try verbs("Replace=true") == ["patch", "apply"])
        #expect(try verbs("", app: "Replace=true") == ["patch", "apply"])
        #expect(try verbs("Replace=false", app: "Replace=true") == ["apply"])
        #expect(try verbs("Force=true") == ["apply", "or delete", "or apply"])
        #expect(try verbs("Force=true,Replace=true") == ["delete", "apply"])
        // Of a whole Application only the sync itself can be forced.
        #expect(try verbs("", app: "Force=true") == ["apply"])
        #expect(try verbs("", force: true) == ["apply", "or delete", "or apply"])
    }

    @Test func `replacing takes away what Git does not name, and keeps what the server wrote`() throws {
        var world = try World(map("a", options: "Replace=true"), spec: automated())
        world.pass()
        let key = world.key("ConfigMap", "a")
        world.live[key]?.tree["data"]["others"] = "x"
        world.live[key]?.tree["metadata"]["finalizers"] = ["kept/by"]
        world.live[key]?.tree["metadata"]["labels"] = ["by": "hand"]
        try world.commit(map("a", "{k: w}", options: "Replace=true"), revision: "c2")
        world.pass()
        let live = try #require(world.live[key])
        #expect(live.tree["data"] == ["k": "w"])
        #expect(live.metadata["labels"].isNull)
        #expect(live.finalizers == ["kept/by"])
        #expect(live.uid == "uid-a")
        #expect(world.sent.last == "replace ConfigMap/a")
        #expect(world.status.operationState?.syncResult?.resources.first?.message == "configmap/a replaced")
    }

    @Test func `recreating says what kubectl says, and spares namespaces and definitions`() throws {
        var world = try World(map("a", options: "Force=true,Replace=true"), spec: automated())
        world.pass()
        try world.commit(map("a", "{k: w}", options: "Force=true,Replace=true"), revision: "c2")
        world.pass()
        #expect(world.sent.last == "recreate ConfigMap/a")
        let message = world.status.operationState?.syncResult?.resources.first?.message
        #expect(message == "configmap \"a\" deleted from prod namespace\nconfigmap/a replaced")

        let space = "{apiVersion: v1, kind: Namespace, metadata: {name: space, labels: {l: LABEL}, annotations: {argocd.argoproj.io/sync-options: \"Force=true,Replace=true\"}}}"
        var other = try World(space.replacing("LABEL", with: "one"), spec: automated())
        other.pass()
        try other.commit(space.replacing("LABEL", with: "two"), revision: "c2")
        let move = try #require(decide(other.snapshot).moves.first)
        #expect(move.changes.map(\.verb) == ["patch", "apply"])
        #expect(move.recreation.isEmpty)
    }

    @Test func `an object that is still going is awaited before it is made anew`() throws {
        var world = try World(map("a", options: "Force=true"), spec: automated())
        world.pass()
        try world.commit(map("a", "{k: w}", options: "Force=true"), revision: "c2")
        let key = world.key("ConfigMap", "a")
        world.live[key]?.tree["metadata"]["deletionTimestamp"] = .string(time(1).rfc3339)
        world.pass()
        #expect(world.sent == ["create ConfigMap/a"])
        #expect(world.plan?.wait?.what.hasPrefix("deletion of") == true)
        world.live[key] = nil
        world.pass()
        #expect(world.sent.last == "create ConfigMap/a")
        #expect(world.phase == .succeeded)
    }
}

@Suite struct TaskOptionTests {
    @Test func `ApplyOutOfSyncOnly leaves what is in sync out of the result`() throws {
        for (options, names) in [([], ["a", "b"]), (["ApplyOutOfSyncOnly=true"], ["a"])] as [([String], [String])] {
            var world = try World([map("a"), map("b")].joined(separator: "\n---\n"), spec: automated(options.joined()))
            world.pass()
            try world.commit([map("a", "{k: w}"), map("b")].joined(separator: "\n---\n"), revision: "c2")
            world.pass()
            #expect(world.sent == ["create ConfigMap/a", "create ConfigMap/b", "apply ConfigMap/a"])
            #expect(world.status.operationState?.syncResult?.resources.map(\.name) == names)
        }
    }

    @Test func `PruneLast removes after everything else, also by annotation`() throws {
        let wave = { (name: String, wave: Int) in
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: \(name), annotations: {argocd.argoproj.io/sync-wave: '\(wave)'}}}"
        }
        for (app, own, expected) in [
            ("", "", ["prune ConfigMap/old", "create ConfigMap/new"]),
            ("PruneLast=true", "", ["create ConfigMap/new", "prune ConfigMap/old"]),
            ("", "PruneLast=true", ["create ConfigMap/new", "prune ConfigMap/old"]),
        ] {
            var world = try World([map("old", options: own), wave("keep", 0)].joined(separator: "\n---\n"), spec: automated(app))
            world.pass()
            world.sent = []
            try world.commit([wave("keep", 0), wave("new", 1)].joined(separator: "\n---\n"), revision: "c2")
            world.pass()
            #expect(world.sent == expected)
        }
    }

    @Test func `waves go up when they are applied and down when they are pruned`() throws {
        let waves = (0..<3).map {
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: w\($0), annotations: {argocd.argoproj.io/sync-wave: '\($0 - 1)'}}}"
        }
        var world = try World((waves.reversed() + [map("stays")]).joined(separator: "\n---\n"), spec: automated())
        world.pass()
        #expect(world.sent == ["create ConfigMap/w0", "create ConfigMap/stays", "create ConfigMap/w1", "create ConfigMap/w2"])
        world.sent = []
        try world.commit(map("stays"), revision: "c2")
        world.pass()
        #expect(world.sent == ["prune ConfigMap/w2", "prune ConfigMap/w1", "prune ConfigMap/w0"])
    }

    @Test func `history keeps ten revisions, or as many as the spec says`() throws {
        for (limit, kept) in [("", 10), ("3", 3), ("0", 0)] {
            let spec = limit.isEmpty ? automated() : "{revisionHistoryLimit: \(limit), syncPolicy: {automated: {}}}"
            var world = try World(map("a", "{k: '0'}"), revision: "c0", spec: spec)
            world.pass()
            for number in 1..<13 {
                try world.commit(map("a", "{k: '\(number)'}"), revision: "c\(number)")
                world.pass(after: 1)
            }
            #expect(world.status.history.map(\.id) == (13 - Int64(kept)..<13).map(\.self))
        }
    }

    @Test func `a child Application is compared without its status and its operation`() throws {
        let child = """
            {apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: child, namespace: argocd},
             spec: {project: default, source: {repoURL: /git/child, path: .}, destination: {name: in-cluster, namespace: child}}}
            """
        var world = try World(child, spec: automated())
        world.pass()
        let key = ResourceKey(group: "argoproj.io", kind: "Application", namespace: "argocd", name: "child")
        world.live[key]?.tree["status"] = ["sync": ["status": "OutOfSync"], "health": ["status": "Missing"]]
        world.live[key]?.tree["operation"] = ["sync": [:]]
        world.pass(after: 5)
        #expect(world.sent == ["create Application/child"])
        #expect(world.status.syncCode == .synced)
        #expect(world.status.healthCode == .healthy)
    }
}

@Suite struct IgnoredManagerTests {
    private let manifest = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {replicas: 2, minReadySeconds: 5}}"
    private let rule = "ignoreDifferences: [{group: apps, kind: Deployment, managedFieldsManagers: [scaler]}]"

    private func scaled(_ spec: String) throws -> World {
        var world = try World(manifest, spec: spec)
        world.pass()
        let key = world.key("Deployment", "d", group: "apps")
        world.live[key]?.tree["spec"]["replicas"] = 7
        world.live[key]?.tree["metadata"]["managedFields"] = [
            ["manager": "scaler", "operation": "Update", "fieldsV1": ["f:spec": ["f:replicas": [:]]]]
        ]
        return world
    }

    @Test func `fields of ignored managers are no difference`() throws {
        for (spec, code) in [("{\(rule)}", SyncCode.synced), ("{}", .outOfSync)] {
            var world = try scaled("{syncPolicy: {automated: {}}, \(spec.dropFirst().dropLast())}")
            world.pass(after: 5)
            #expect(world.status.syncCode == code)
        }
    }

    @Test func `they are left alone when something else is applied, if that is wanted`() throws {
        for (options, replicas) in [("[]", 2), ("[RespectIgnoreDifferences=true]", 7)] as [(String, Int64)] {
            var world = try scaled("{syncPolicy: {automated: {}, syncOptions: \(options)}, \(rule)}")
            try world.commit(manifest.replacing("minReadySeconds: 5", with: "minReadySeconds: 6"), revision: "c2")
            world.pass(after: 5)
            let live = try #require(world.live[world.key("Deployment", "d", group: "apps")])
            #expect(live.spec["minReadySeconds"] == 6)
            #expect(live.spec["replicas"].int == replicas)
        }
    }
}

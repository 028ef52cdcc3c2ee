// Whole syncs, decision by decision.

import JSONTree
import KubeModel
import MartletModel
import SyncCore
import Testing

private let twoMaps = """
    {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: v}}
    ---
    {apiVersion: v1, kind: ConfigMap, metadata: {name: b}, data: {k: v}}
    """
private let oneMap = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: v}}"
private let automated = "{syncPolicy: {automated: {prune: true, selfHeal: true}}}"

@Suite struct SyncTests {
    @Test func `an automated sync applies, records and costs one write of the Application`() throws {
        var world = try World(twoMaps, spec: automated)
        world.pass()
        #expect(world.sent == ["create ConfigMap/a", "create ConfigMap/b"])
        #expect(world.writes == 1)
        #expect(world.phase == .succeeded)
        #expect(world.status.syncCode == .synced)
        #expect(world.status.healthCode == .healthy)
        #expect(world.status.revision == "c1")
        #expect(world.status.history.map(\.revision) == ["c1"])
        #expect(world.status.operationState?.message == "successfully synced (all tasks run)")
        #expect(world.live[world.key("ConfigMap", "a")]?.annotation(ApplicationNames.trackingID) == "app:/ConfigMap:prod/a")
    }

    @Test func `nothing changed means nothing is written`() throws {
        var world = try World(twoMaps, spec: automated)
        world.pass()
        for _ in 0..<3 { world.pass(after: 120) }
        #expect(world.writes == 1)
        #expect(world.sent.count == 2)
    }

    @Test func `without automation the Application is OutOfSync until somebody asks`() throws {
        var world = try World(oneMap)
        world.pass()
        #expect(world.status.syncCode == .outOfSync)
        #expect(world.status.healthCode == .missing)
        #expect(world.sent.isEmpty)
        world.application.tree["operation"] = ["sync": ["revision": ""], "initiatedBy": ["username": "me"]]
        world.pass()
        #expect(world.phase == .succeeded)
        #expect(world.application.tree["operation"].isNull)
        #expect(world.status.syncCode == .synced)
    }

    @Test func `a file that left Git is pruned, if pruning is wanted`() throws {
        var world = try World(twoMaps, spec: automated)
        world.pass()
        try world.commit(oneMap, revision: "c2")
        world.pass()
        #expect(world.sent.last == "prune ConfigMap/b")
        #expect(world.live[world.key("ConfigMap", "b")] == nil)
        #expect(world.status.history.map(\.revision) == ["c1", "c2"])

        var careful = try World(twoMaps, spec: "{syncPolicy: {automated: {}}}")
        careful.pass()
        try careful.commit(oneMap, revision: "c2")
        careful.pass()
        #expect(careful.live[careful.key("ConfigMap", "b")] != nil)
        #expect(careful.status.syncCode == .outOfSync)
        #expect(careful.status.history.count == 1)
    }

    @Test func `a commit without any object is not synced automatically`() throws {
        var world = try World(oneMap, spec: automated)
        world.pass()
        try world.commit("", revision: "c2")
        world.pass()
        #expect(world.live[world.key("ConfigMap", "a")] != nil)
        #expect(world.status.conditions.map(\.kind) == [.syncError])
        world.application.tree["spec"]["syncPolicy"]["automated"]["allowEmpty"] = true
        world.pass()
        #expect(world.live[world.key("ConfigMap", "a")] == nil)
        #expect(world.status.conditions.isEmpty)
    }

    @Test func `objects of others are never pruned`() throws {
        var world = try World(oneMap, spec: automated)
        world.pass()
        let original = try #require(world.live[world.key("ConfigMap", "a")])
        var copy = original
        copy.tree["metadata"]["name"] = "copy"
        world.live[world.key("ConfigMap", "copy")] = copy
        var foreign = original
        foreign.tree["metadata"]["name"] = "foreign"
        foreign.tree["metadata"]["annotations"] = [ApplicationNames.trackingID: "other:/ConfigMap:prod/foreign"]
        world.live[world.key("ConfigMap", "foreign")] = foreign
        world.pass()
        #expect(world.sent == ["create ConfigMap/a"])
        #expect(world.status.syncCode == .synced)
    }

    @Test func `drift is healed, again and again with growing pauses`() throws {
        var world = try World(oneMap, spec: automated)
        world.pass()
        for (pause, isHealed) in [(0, true), (0, false), (2, true), (2, false), (4, true)] as [(Int64, Bool)] {
            world.live[world.key("ConfigMap", "a")]?.tree["data"]["k"] = "edited"
            world.pass(after: pause)
            let value = world.live[world.key("ConfigMap", "a")]?.tree["data"]["k"].string
            #expect((value == "v") == isHealed)
            if !isHealed { #expect(world.plan?.wait?.until != nil) }
        }
        #expect(world.status.history.count == 1)
        try world.commit("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: w}}", revision: "c2")
        world.pass()
        #expect(world.status.operationState?.operation.selfHealAttemptCount == 0)
    }

    @Test func `without selfHeal drift is shown and left`() throws {
        var world = try World(oneMap, spec: "{syncPolicy: {automated: {prune: true}}}")
        world.pass()
        world.live[world.key("ConfigMap", "a")]?.tree["data"]["k"] = "edited"
        world.pass()
        #expect(world.status.syncCode == .outOfSync)
        #expect(world.sent.count == 1)
    }

    @Test func `waves wait for health; the last is not awaited`() throws {
        var world = try World(
            """
            {apiVersion: apps/v1, kind: Deployment, metadata: {name: mid}, spec: {replicas: 1}}
            ---
            {apiVersion: v1, kind: ConfigMap, metadata: {name: first, annotations: {argocd.argoproj.io/sync-wave: "-1"}}}
            ---
            {apiVersion: apps/v1, kind: Deployment, metadata: {name: last, annotations: {argocd.argoproj.io/sync-wave: "2"}}, spec: {replicas: 1}}
            """, spec: automated)
        world.pass()
        #expect(world.sent == ["create ConfigMap/first", "create Deployment/mid"])
        #expect(world.phase == .running)
        #expect(world.status.operationState?.message == "waiting for healthy state of apps/Deployment/mid")
        world.pass(after: 5)
        #expect(world.sent.count == 2)
        world.live[world.key("Deployment", "mid", group: "apps")]?.tree["status"] = [
            "observedGeneration": 1, "updatedReplicas": 1, "replicas": 1, "availableReplicas": 1,
        ]
        world.pass(after: 5)
        #expect(world.sent.last == "create Deployment/last")
        #expect(world.phase == .succeeded)
        #expect(world.status.healthCode == .progressing)
    }

    @Test func `a refused object fails the sync, its neighbours are applied`() throws {
        var world = try World(twoMaps, spec: "{syncPolicy: {automated: {}, retry: {limit: 1, backoff: {duration: 1s}}}}")
        world.refused["b"] = "ConfigMap \"b\" is invalid"
        world.pass()
        #expect(world.live[world.key("ConfigMap", "a")] != nil)
        #expect(world.phase == .running)
        #expect(world.status.operationState?.retryCount == 1)
        #expect(world.plan?.wait?.until == time(2))
        world.pass(after: 3)
        #expect(world.phase == .failed)
        #expect(world.status.operationState?.message.hasSuffix("ConfigMap \"b\" is invalid (retried 1 times).") == true)
        world.pass(after: 60)
        #expect(world.status.conditions.map(\.kind) == [.syncError])
        let count = world.sent.count
        world.pass(after: 60)
        #expect(world.sent.count == count, "the same commit is not tried again")
        world.refused = [:]
        try world.commit(twoMaps, revision: "c2")
        world.pass()
        #expect(world.phase == .succeeded)
        #expect(world.status.conditions.isEmpty)
    }

    @Test func `an unknown kind stops the sync before the first write, and says which`() throws {
        var world = try World(
            oneMap + "\n---\n{apiVersion: example.com/v1, kind: Thing, metadata: {name: t}}", spec: automated)
        world.application.tree["spec"]["syncPolicy"]["retry"] = ["limit": 0]
        world.unserved = [GroupKind("example.com", "Thing")]
        world.pass()
        #expect(world.sent.isEmpty)
        #expect(world.phase == .failed)
        let result = try #require(world.status.operationState?.syncResult?.resources.first)
        #expect(result.message.contains("Make sure the \"Thing\" CRD is installed"))
    }

    @Test func `a definition and its objects go in one sync`() throws {
        var world = try World(
            """
            {apiVersion: example.com/v1, kind: Thing, metadata: {name: t}}
            ---
            {apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: things.example.com},
             spec: {group: example.com, scope: Namespaced, names: {kind: Thing, plural: things}}}
            """, spec: automated)
        world.unserved = [GroupKind("example.com", "Thing")]
        world.pass()
        #expect(world.sent == ["create CustomResourceDefinition/things.example.com"])
        #expect(world.plan?.wait?.what == "the kind Thing.example.com to be served")
        world.unserved = []
        world.pass(after: 1)
        #expect(world.sent.last == "create Thing/t")
        #expect(world.phase == .succeeded)
    }

    @Test func `missing manifests make the status unknown, and all is well after`() throws {
        var world = try World(oneMap, spec: automated)
        world.pass()
        let good = world.manifests
        world.manifests = .failed("repository /git/app does not exist")
        world.pass()
        #expect(world.status.syncCode == .unknown)
        #expect(world.status.healthCode == .healthy)
        #expect(world.status.conditions.map(\.kind) == [.comparisonError])
        #expect(world.status.revision == "main")
        let writes = world.writes
        world.pass(after: 60)
        #expect(world.writes == writes)
        world.manifests = good
        world.pass()
        #expect(world.status.syncCode == .synced)
        #expect(world.status.conditions.isEmpty)
    }

    @Test func `CreateNamespace makes the namespace first, without a claim`() throws {
        var world = try World(oneMap, spec: "{syncPolicy: {automated: {}, syncOptions: [CreateNamespace=true]}}")
        let key = ResourceKey(group: "", kind: "Namespace", namespace: "", name: "prod")
        world.live[key] = nil
        world.pass()
        #expect(world.sent == ["create Namespace/prod", "create ConfigMap/a"])
        #expect(world.live[key]?.annotation(ApplicationNames.trackingID) == nil)
        #expect(world.phase == .succeeded)
    }

    @Test func `Prune=false keeps the object and the Application OutOfSync`() throws {
        var world = try World(
            twoMaps.replacing("name: b}", with: "name: b, annotations: {argocd.argoproj.io/sync-options: Prune=false}}"),
            spec: automated)
        world.pass()
        try world.commit(oneMap, revision: "c2")
        world.pass()
        #expect(world.phase == .succeeded)
        #expect(world.status.syncCode == .outOfSync)
        let results = world.status.operationState?.syncResult?.resources ?? []
        #expect(results.last?.status == .pruneSkipped)
        let writes = world.writes
        world.pass(after: 10)
        #expect(world.sent.count == 2)
        #expect(world.writes <= writes + 2)
    }

    @Test func `deletion takes managed objects along in reverse waves`() throws {
        var world = try World(
            """
            {apiVersion: v1, kind: ConfigMap, metadata: {name: late, annotations: {argocd.argoproj.io/sync-wave: "1"}}}
            ---
            {apiVersion: v1, kind: ConfigMap, metadata: {name: early}}
            ---
            {apiVersion: v1, kind: ConfigMap, metadata: {name: kept, annotations: {argocd.argoproj.io/sync-options: Delete=false}}}
            """, spec: automated, metadata: ["finalizers": ["resources-finalizer.argocd.argoproj.io", "other"]])
        world.pass()
        world.application.tree["metadata"]["deletionTimestamp"] = "2023-11-14T22:13:20Z"
        world.sent = []
        world.pass()
        #expect(world.sent == ["delete ConfigMap/late", "delete ConfigMap/early"])
        #expect(world.live[world.key("ConfigMap", "kept")] != nil)
        #expect(world.application.finalizers == ["other"])
    }

    @Test func `the refresh annotation is honoured and removed in one write`() throws {
        var world = try World(oneMap, spec: automated)
        world.pass()
        world.application.tree["metadata"]["annotations"] = [ApplicationNames.refresh: "normal"]
        world.pass()
        #expect(world.application.annotation(ApplicationNames.refresh) == nil)
        #expect(world.writes == 2)
    }

    @Test func `a bad destination or source is an InvalidSpecError`() throws {
        var world = try World(oneMap, spec: "{destination: {server: 'https://elsewhere'}}")
        world.pass()
        #expect(world.status.conditions.map(\.kind) == [.invalidSpecError])
        #expect(world.status.syncCode == .unknown)
        #expect(world.status.healthCode == .unknown)
    }

    @Test func `a sync of chosen objects leaves the others and makes no history`() throws {
        var world = try World(twoMaps)
        world.application.tree["operation"] = ["sync": ["resources": [["kind": "ConfigMap", "name": "b"]]]]
        world.pass()
        #expect(world.sent == ["create ConfigMap/b"])
        #expect(world.status.history.isEmpty)
        #expect(world.status.syncCode == .outOfSync)
    }
}

@Suite struct RetryTests {
    @Test func `a new commit does not wait for the old one's retries`() throws {
        var world = try World(twoMaps, spec: automated)
        world.refused["b"] = "no"
        world.pass()
        #expect(world.phase == .running)
        try world.commit(oneMap, revision: "c2")
        world.pass(after: 1)
        #expect(world.status.syncCode == .synced)
        #expect(world.phase == .failed)
        #expect(world.status.operationState?.message.hasSuffix("A newer commit needs no sync.") == true)
        try world.commit("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: w}}", revision: "c3")
        world.pass(after: 1)
        #expect(world.phase == .succeeded)
        #expect(world.status.history.map(\.revision) == ["c3"])
    }

    @Test func `a commit that mends an unknown kind is synced at once, and writes no more after`() throws {
        var world = try World("{apiVersion: example.com/v1, kind: Thing, metadata: {name: t}}", spec: automated)
        world.unserved = [GroupKind("example.com", "Thing")]
        world.pass()
        #expect(world.phase == .running)
        #expect(world.status.operationState?.retryCount == 1)
        // The pass before the commit sees the manifests of the sync's own commit.
        world.pass(after: 1)
        #expect(world.sent.isEmpty)
        try world.commit(twoMaps, revision: "c2")
        world.pass(after: 1)
        #expect(world.sent == ["create ConfigMap/a", "create ConfigMap/b"])
        #expect(world.phase == .succeeded)
        #expect(world.status.operationState?.retryCount == 0)
        #expect(world.status.syncCode == .synced)
        #expect(world.status.history.map(\.revision) == ["c2"])
        let writes = world.writes
        world.pass(after: 60)
        #expect(world.writes == writes)
    }

    @Test func `a newer commit that is broken too is tried at its own pace`() throws {
        var world = try World("{apiVersion: example.com/v1, kind: Thing, metadata: {name: t}}", spec: automated)
        world.unserved = [GroupKind("example.com", "Thing")]
        world.pass()
        try world.commit("{apiVersion: example.com/v1, kind: Thing, metadata: {name: u}}", revision: "c2")
        world.pass(after: 1)
        #expect(world.status.operationState?.syncResult?.revision == "c2")
        #expect(world.status.operationState?.retryCount == 1)
        let writes = world.writes
        world.pass(after: 1)
        #expect(world.writes == writes)
        world.pass(after: 10)
        #expect(world.status.operationState?.retryCount == 2)
    }

    @Test func `terminating a sync ends it`() throws {
        var world = try World(
            "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}}\n---\n"
                + "{apiVersion: v1, kind: ConfigMap, metadata: {name: z, annotations: {argocd.argoproj.io/sync-wave: '1'}}}")
        world.application.tree["operation"] = ["sync": [:], "initiatedBy": ["username": "me"]]
        world.pass()
        #expect(world.phase == .running)
        world.application.tree["status"]["operationState"]["phase"] = "Terminating"
        world.pass()
        #expect(world.phase == .failed)
        #expect(world.status.operationState?.message == "Operation terminated")
        #expect(world.application.tree["operation"].isNull)
    }
}

@Suite struct SharingTests {
    @Test func `a shared object is warned of, and fails the sync where that is wanted`() throws {
        var world = try World(oneMap, spec: "{syncPolicy: {automated: {}, syncOptions: [FailOnSharedResource=true], retry: {limit: 0}}}")
        world.live[world.key("ConfigMap", "a")] = try object(
            """
            {apiVersion: v1, kind: ConfigMap, data: {k: theirs},
             metadata: {name: a, namespace: prod, annotations: {argocd.argoproj.io/tracking-id: "other:/ConfigMap:prod/a"}}}
            """)
        world.pass()
        #expect(world.phase == .failed)
        #expect(world.status.operationState?.message == "Shared resource found: ConfigMap/a is part of applications argocd/app and other")
        #expect(world.live[world.key("ConfigMap", "a")]?.tree["data"]["k"] == "theirs")
    }

    @Test func `a kind that may be missing fails alone`() throws {
        var world = try World(
            oneMap + "\n---\n{apiVersion: example.com/v1, kind: Thing, metadata: {name: t}}",
            spec: "{syncPolicy: {automated: {}, syncOptions: [SkipDryRunOnMissingResource=true], retry: {limit: 0}}}")
        world.unserved = [GroupKind("example.com", "Thing")]
        world.pass()
        #expect(world.sent == ["create ConfigMap/a"])
        #expect(world.phase == .failed)
    }
}

// The cache, its snapshots and indexes; trimming; the ledger.

@testable import ControllerKit
import JSONTree
import KubeModel
import Testing

@Suite struct ObjectCacheTests {
    private let kind = GroupKind("", "ConfigMap")

    @Test func `objects are found by name, namespace and owner, ordered by name`() {
        let cache = ObjectCache()
        cache.apply(
            [
                .upsert(sample("b", 1, owner: "x")), .upsert(sample("a", 2, owner: "x")), .upsert(sample("c", 3, owner: "y")),
                .upsert(sample("d", 4, namespace: "other", owner: "x")),
            ], to: kind, version: "9")
        let reader = cache.snapshot()
        #expect(reader.object(kind, key("a"))?.resourceVersion == "2")
        #expect(reader.objects(kind, namespace: "ns").map(\.name) == ["a", "b", "c"])
        #expect(reader.objects(kind, namespace: nil).map(\.name) == ["a", "b", "c", "d"])
        #expect(reader.objects(kind, namespace: "ns", ownedBy: "uid-x").map(\.name) == ["a", "b"])
        #expect(reader.objects(GroupKind("", "Pod"), namespace: nil).isEmpty)
        #expect(reader.version(of: kind) == "9")
    }

    @Test func `a snapshot does not change, the cache does`() {
        let cache = ObjectCache()
        cache.apply([.upsert(sample("a", 1, owner: "x"))], to: kind, version: "1")
        let before = cache.snapshot()
        let effects = cache.apply([.upsert(sample("a", 2, owner: "y")), .remove(key("b"))], to: kind, version: "2")
        #expect(effects.count == 1)
        #expect(effects[0].old?.resourceVersion == "1")
        #expect(effects[0].new?.resourceVersion == "2")
        #expect(before.object(kind, key("a"))?.resourceVersion == "1")
        #expect(before.objects(kind, namespace: "ns", ownedBy: "uid-x").count == 1)
        let after = cache.snapshot()
        #expect(after.objects(kind, namespace: "ns", ownedBy: "uid-x").isEmpty)
        #expect(after.objects(kind, namespace: "ns", ownedBy: "uid-y").count == 1)
        cache.apply([.remove(key("a"))], to: kind, version: "3")
        #expect(cache.snapshot().objects(kind, namespace: "ns", ownedBy: "uid-y").isEmpty)
        #expect(cache.counts() == [kind: 0])
        #expect(after.object(kind, key("a")) != nil)
    }

    @Test func `of managed fields only what chosen managers applied stays`() {
        var tree: JSON = ["data": ["a": "b"]]
        let plain = tree
        let mine: JSON = ["manager": "sync", "operation": "Apply", "fieldsV1": ["f:data": [:]]]
        let update: JSON = ["manager": "sync", "operation": "Update"]
        tree.set(["metadata", "name"], to: "x")
        let named = tree
        tree["metadata"]["managedFields"] = [["manager": "kubectl", "operation": "Apply"], update, mine]
        #expect(CacheTrim.withoutManagedFields(tree, kept: []) == named)
        #expect(CacheTrim.withoutManagedFields(plain, kept: []) == plain)
        let kept = CacheTrim.withoutManagedFields(tree, kept: ["sync"])
        #expect(kept["metadata"]["managedFields"] == [mine])
    }

    @Test func `a packed object is the object`() {
        let object = sample("a", 1, ["data": ["text": "line\n\"quoted\" \u{1F600}", "n": 1.5, "no": .null]])
        #expect(PackedObject(object).object == object)
    }

    @Test func `what two trims keep is kept`() {
        let left: JSON = ["a": 1, "b": ["x": 1], "list": [["n": 1], ["n": 2]]]
        let right: JSON = ["b": ["y": 2], "c": 3, "list": [["m": 5], ["n": 2]]]
        #expect(
            TrimUnion.of(left, right)
                == ["a": 1, "b": ["x": 1, "y": 2], "c": 3, "list": [["n": 1, "m": 5], ["n": 2]]])
    }
}

@Suite struct KnownEchoTests {
    private func map(_ name: String, version: String) -> KubeObject {
        KubeObject([
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": ["name": .string(name), "namespace": "ns", "resourceVersion": .string(version)],
        ])
    }

    @Test func `what arrives while a plan is written is judged when it has been`() {
        let object = map("a", version: "8")
        let (kind, owner) = (object.kind.groupKind, WriteLedger.Owner(controller: "c", key: object.key))
        /// Whether another pass is needed after these versions arrived during the write of 8.
        func needsPass(_ versions: [String], isKnown: Bool = true) -> Bool {
            var ledger = WriteLedger()
            ledger.beginsWriting(owner)
            for version in versions {
                let isEcho = ledger.isEcho(map("a", version: version), to: owner)
                #expect(isEcho)
            }
            ledger.wrote(kind, version: "8", by: owner, isKnown: isKnown, now: at(0))
            return ledger.endsWriting(owner, kind)
        }
        #expect(!needsPass([]))
        #expect(!needsPass(["8"]))
        #expect(needsPass(["8", "9"]))
        #expect(needsPass(["7"]))
        #expect(needsPass(["8"], isKnown: false))
    }

    @Test func `only the very write that was reckoned with is a known echo`() {
        let object = map("a", version: "7")
        let owner = WriteLedger.Owner(controller: "c", key: object.key)
        var ledger = WriteLedger()
        func isEcho(_ object: KubeObject, to owner: WriteLedger.Owner) -> Bool {
            var copy = ledger
            return copy.isEcho(object, to: owner)
        }
        #expect(!isEcho(object, to: owner))
        ledger.wrote(object.kind.groupKind, version: "7", by: owner, now: at(0))
        #expect(!isEcho(object, to: owner))
        ledger.wrote(object.kind.groupKind, version: "8", by: owner, isKnown: true, now: at(1))
        #expect(isEcho(map("a", version: "8"), to: owner))
        // Somebody else wrote before or after; another object; another controller.
        #expect(!isEcho(map("a", version: "7"), to: owner))
        #expect(!isEcho(map("a", version: "9"), to: owner))
        #expect(!isEcho(map("b", version: "8"), to: owner))
        #expect(!isEcho(map("a", version: "8"), to: WriteLedger.Owner(controller: "d", key: object.key)))
    }
}

@Suite struct WriteLedgerTests {
    private let kind = GroupKind("", "ConfigMap")
    private let owner = WriteLedger.Owner(controller: "c", key: key("a"))

    @Test func `a pass waits until the cache shows what was written`() {
        var ledger = WriteLedger()
        ledger.wrote(kind, version: "10", by: owner, now: at(0))
        ledger.wrote(kind, version: "8", by: owner, now: at(0))
        #expect((ledger.isSeen(by: owner, now: at(1)) { _ in "9" }) == false)
        #expect((ledger.isSeen(by: WriteLedger.Owner(controller: "c", key: key("b")), now: at(1)) { _ in "9" }) == true)
        #expect((ledger.isSeen(by: owner, now: at(1)) { _ in "10" }) == true)
        #expect(ledger.ownerCount == 0)
    }

    @Test func `what cannot be seen is not waited for`() {
        var ledger = WriteLedger()
        ledger.wrote(kind, version: "10", by: owner, now: at(0))
        #expect((ledger.isSeen(by: owner, now: at(1)) { _ in nil }) == true)
        ledger.wrote(kind, version: "10", by: owner, now: at(0))
        #expect((ledger.isSeen(by: owner, now: at(11)) { _ in "9" }) == true)
        ledger.wrote(kind, version: "opaque", by: owner, now: at(0))
        #expect((ledger.isSeen(by: owner, now: at(0)) { _ in "9" }) == true)
    }
}

@Suite struct TokenBucketTests {
    @Test func `a burst, then one by one`() {
        var bucket = TokenBucket(perSecond: 10, burst: 2, now: at(0))
        #expect(bucket.take(now: at(0)) == true)
        #expect(bucket.take(now: at(0)) == true)
        #expect(bucket.take(now: at(0)) == false)
        #expect(bucket.nextTime(now: at(0)) == at(0.1))
        #expect(bucket.take(now: at(0.11)) == true)
        #expect(bucket.take(now: at(0.05)) == false)
    }
}

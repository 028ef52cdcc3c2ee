// Replica arithmetic against what Argo Rollouts computed.

import JSONTree
import KubeModel
import MartletModel
import RolloutCore
import Testing

/// Recorded rows; null where the recordings are absent.
private let splitData = Conformance.json("replica-counts.json")

@Suite(.enabled(if: !splitData.isNull, "recorded data is absent"))
struct ReplicaSplitTests {
    @Test func `limits round a surge up and unavailability down`() {
        for row in splitData["fence"].elements {
            let surge = row[1].isNull ? .percent(25) : IntOrPercent(row[1])
            let unavailable = row[2].isNull ? .percent(25) : IntOrPercent(row[2])
            let limits = ReplicaSplit.limits(
                replicas: int(row[0]), maxSurge: surge, maxUnavailable: unavailable)
            #expect(limits == (int(row[3]), int(row[4])), "\(row)")
        }
    }

    @Test func `pods for a share of traffic are rounded up`() {
        for row in splitData["trafficReplicas"].elements {
            let count = ReplicaSplit.replicas(
                for: Weight(Int(int(row[1]))), of: Weight(Int(int(row[2]))), replicas: int(row[0]))
            #expect(count == int(row[3]), "\(row)")
        }
    }

    @Test func `the nearest split is chosen`() {
        for row in splitData["approx"].elements {
            let pair = ReplicaSplit.nearest(
                replicas: int(row[0]), weight: Weight(Int(int(row[1]))), of: Weight(Int(int(row[2]))),
                surge: int(row[3]))
            #expect(pair == ReplicaPair(canary: int(row[4]), stable: int(row[5])), "\(row)")
        }
    }

    @Test func `a threshold lets a step complete early`() {
        for row in splitData["threshold"].elements {
            var threshold: JSON = [:]
            threshold["type"] = row[0]
            threshold["value"] = row[1]
            let strategy = CanaryStrategy(["replicaProgressThreshold": threshold])
            let split = ReplicaSplit(strategy: strategy, replicas: 1, weight: .zero, canary: nil, stable: nil)
            let met = counts(row[2]).map { split.isCanaryReached($0, int(row[3])) } ?? false
            #expect(met == row[4].bool, "\(row)")
        }
    }

    @Test func `a canary without a router moves within its limits`() {
        for row in splitData["basic"].elements {
            let split = Self.split(row["in"])
            let wish = split.basicStep
            #expect(wish == ReplicaPair(canary: int(row["out"][0]), stable: int(row["out"][1])), "\(row)")
            #expect(split.weight == Weight(Int(int(row["weight"]))), "\(row)")
            let olderAvailable = split.older.contains { $0.available > 0 }
            #expect(split.isBasicReached(hasOlderAvailable: olderAvailable) == row["at"].bool, "\(row)")
        }
    }

    @Test func `a routed canary has pods for its share`() {
        for row in splitData["traffic"].elements {
            let wish = Self.split(row["in"]).routedGoal
            #expect(wish == ReplicaPair(canary: int(row["out"][0]), stable: int(row["out"][1])), "\(row)")
        }
    }

    @Test func `a preview has its own size until it is checked`() {
        for row in splitData["blueGreen"].elements {
            var preview = ReplicaSplit.Preview(
                previewReplicas: row[1].isNull ? nil : int(row[1]), activeHash: row[2].string ?? "",
                newHash: "new",
                currentHash: row[4].string ?? "")
            preview.isFullyPromoted = row[3].bool ?? false
            preview.isPaused = row[5].bool ?? false
            preview.isPastCheckpoint = row[7].bool ?? false
            #expect(preview.replicas(of: int(row[0])) == int(row[8]), "\(row)")
        }
    }

    private static func split(_ row: JSON) -> ReplicaSplit {
        var tree: JSON = ["steps": .array(row["steps"].elements.map(step))]
        for (key, name) in [
            ("ms", "maxSurge"), ("mu", "maxUnavailable"), ("dyn", "dynamicStableScale"),
            ("min", "minPodsPerReplicaSet"),
            ("delay", "abortScaleDownDelaySeconds"),
        ] where !row[key].isNull { tree[name] = row[key] }
        if row["tr"].bool ?? false {
            tree["trafficRouting"] = ["plugins": [:]]
            if !row["max"].isNull { tree.set(["trafficRouting", "maxTrafficWeight"], to: row["max"]) }
        }
        let strategy = CanaryStrategy(tree)
        let stableHash = row["sh"].string ?? ""
        let isFinal = row["full"].bool ?? false || stableHash.isEmpty || stableHash == row["ch"].string
        let isAborted = row["abort"].bool ?? false
        let target = TargetWeight(
            strategy,
            at: .init(stepIndex: row["i"].int.map { Int($0) }, isAborted: isAborted, isFinal: isFinal))
        var split = ReplicaSplit(
            strategy: strategy, replicas: row["r"].int.map { Int($0) } ?? 1, weight: target.podWeight,
            canary: counts(row["n"]), stable: row["s"].string == "=" ? nil : counts(row["s"]))
        split.explicitCanary = target.explicitReplicas
        split.older = row["o"].elements.compactMap(counts)
        split.isAborting = isAborted
        if isAborted, strategy.dynamicStableScale, !isFinal, target.explicitReplicas == nil {
            split.weight = TargetWeight.abortWeight(
                strategy, replicas: split.replicas, canaryAvailable: split.canary?.available ?? 0,
                stableAvailable: split.stable?.available ?? 0)
        }
        if let actual = row["w"].array { split.actual = (int(actual[0]), int(actual[1])) }
        return split
    }

    private static func step(_ row: JSON) -> JSON {
        switch row[0].string {
        case "w": ["setWeight": row[1]]
        case "r": ["setCanaryScale": ["replicas": row[1]]]
        case "sw": ["setCanaryScale": ["weight": row[1]]]
        case "rw": ["setCanaryScale": ["replicas": row[1], "weight": row[2]]]
        case "m": ["setCanaryScale": ["matchTrafficWeight": true]]
        default: ["pause": [:]]
        }
    }
}

private func int(_ value: JSON) -> Int32 { Int32(clamping: value.int ?? 0) }

private func counts(_ row: JSON) -> ReplicaCounts? {
    guard let values = row.array, values.count >= 2 else { return nil }
    return ReplicaCounts(
        wished: int(values[0]), available: int(values[1]),
        existing: int(values.count > 2 ? values[2] : values[0]))
}

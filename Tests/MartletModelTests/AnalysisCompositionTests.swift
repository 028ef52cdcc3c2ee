// Templates and arguments put together to runs.

import JSONTree
import KubeModel
import MartletModel
import Testing

/// A reader over a few objects.
private struct Shelf: ObjectReader {
    var all: [KubeObject]
    func object(_ kind: GroupKind, _ key: ObjectKey) -> KubeObject? {
        all.first { $0.kind.groupKind == kind && $0.key == key }
    }
    func objects(_ kind: GroupKind, namespace: String?) -> [KubeObject] {
        all.filter { $0.kind.groupKind == kind && (namespace == nil || $0.namespace == namespace) }
    }
    func objects(_ kind: GroupKind, namespace: String, ownedBy uid: UID) -> [KubeObject] { [] }
}

private func template(
    _ name: String, cluster: Bool = false, metrics: [String] = [], args: [JSON] = [],
    templates: [JSON] = [], dryRun: [String] = []
) -> KubeObject {
    KubeObject([
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": cluster ? "ClusterAnalysisTemplate" : "AnalysisTemplate",
        "metadata": cluster ? ["name": .string(name)] : ["name": .string(name), "namespace": "shop"],
        "spec": [
            "metrics": .array(metrics.map { ["name": .string($0)] }), "args": .array(args),
            "templates": .array(templates),
            "dryRun": .array(dryRun.map { ["metricName": .string($0)] }),
        ],
    ])
}

private func reference(_ name: String, cluster: Bool = false) -> JSON {
    cluster ? ["templateName": .string(name), "clusterScope": true] : ["templateName": .string(name)]
}

@Suite struct AnalysisCompositionTests {
    @Test func `included templates come once, namespaced ones first`() {
        let shelf = Shelf(all: [
            template("a", metrics: ["a"], templates: [reference("b"), reference("c", cluster: true)]),
            template("b", metrics: ["b"]), template("c", cluster: true, metrics: ["c"]),
        ])
        let found = AnalysisComposition.resolve(
            references: [reference("c", cluster: true), reference("a"), reference("b")],
            namespace: "shop", reader: shelf)
        #expect((try? found.get())?.map(\.name) == ["b", "a", "c"])
    }

    @Test func `a circle is refused with the way round it`() {
        let shelf = Shelf(all: [
            template("a", templates: [reference("b")]), template("b", templates: [reference("a")]),
        ])
        let found = AnalysisComposition.resolve(references: [reference("a")], namespace: "shop", reader: shelf)
        #expect(throws: CompositionError.templateCycle(["AnalysisTemplate/a", "AnalysisTemplate/b", "AnalysisTemplate/a"])) {
            try found.get()
        }
    }

    @Test func `a missing template is named`() {
        let found = AnalysisComposition.resolve(
            references: [reference("gone", cluster: true)], namespace: "shop", reader: Shelf(all: []))
        #expect(throws: CompositionError.templateNotFound(kind: "ClusterAnalysisTemplate", name: "gone")) {
            try found.get()
        }
    }

    @Test func `a caller's arguments overwrite known ones and unknown ones are left out`() throws {
        let spec = try AnalysisComposition.runSpec(
            templates: [
                template("a", metrics: ["m"], args: [["name": "x", "value": "1"], ["name": "y"]]),
                template("b", metrics: ["n"], args: [["name": "y"], ["name": "x"]], dryRun: ["n"]),
            ],
            args: [(name: "y", value: "two"), (name: "z", value: "3")],
            dryRun: [["metricName": "m"]], measurementRetention: []
        ).get()
        #expect(spec["args"] == [["name": "x", "value": "1"], ["name": "y", "value": "two"]])
        #expect(spec["dryRun"] == [["metricName": "m"], ["metricName": "n"]])
        #expect(spec["measurementRetention"].isNull)
        #expect(spec["metrics"].elements.map { $0["name"].string } == ["m", "n"])
    }

    @Test func `conflicts are named`() {
        func failure(_ templates: [KubeObject], dryRun: [JSON] = []) -> CompositionError? {
            let result = AnalysisComposition.runSpec(
                templates: templates, args: [], dryRun: dryRun, measurementRetention: [])
            if case .failure(let error) = result { return error }
            return nil
        }
        #expect(failure([template("a", metrics: ["m", "m"])]) == .duplicateMetric("m"))
        #expect(
            failure([
                template("a", metrics: ["m"], args: [["name": "x", "value": "1"]]),
                template("b", args: [["name": "x", "value": "2"]]),
            ]) == .conflictingArgument(name: "x", "1", "2"))
        #expect(failure([template("a", metrics: ["m"], args: [["name": "x"]])]) == .unresolvedArgument("x"))
        #expect(
            failure([template("a", metrics: ["m"], dryRun: ["m"])], dryRun: [["metricName": "m"]])
                == .duplicateDryRun("m"))
        #expect(failure([template("a")]) == .noMetrics(templates: ["AnalysisTemplate/a"]))
        #expect(CompositionError.unresolvedArgument("x").message == "args.x was not resolved")
    }
}

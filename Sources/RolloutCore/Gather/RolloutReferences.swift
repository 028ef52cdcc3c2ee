// What a Rollout refers to, and what is wrong with it.

import JSONTree
import KubeModel
import MartletModel
import TrafficRouting

/// The objects that a Rollout names: read, and checked (rollout-crd.md, sections 5 to 7).
struct RolloutReferences {
    let object: KubeObject
    let rollout: Rollout
    let reader: any ObjectReader

    init(_ object: KubeObject, _ rollout: Rollout, _ reader: any ObjectReader) {
        self.object = object
        self.rollout = rollout
        self.reader = reader
    }

    private var namespace: String { object.namespace }

    // MARK: What it reads

    /// The template of a referenced workload; nil when none is referenced.
    func workload() -> Result<(object: KubeObject, template: JSON, selector: JSON), RolloutFieldError>? {
        guard let reference = rollout.spec.workloadReference else { return nil }
        let kind = GroupVersionKind(apiVersion: reference.apiVersion, kind: reference.kind).groupKind
        let plurals = [
            GroupKind("apps", "Deployment"): "deployments.apps",
            GroupKind("apps", "ReplicaSet"): "replicasets.apps",
            GroupKind("", "PodTemplate"): "podtemplates",
        ]
        guard let plural = plurals[kind] else {
            return .failure(RolloutFieldError(field: "", detail: "workload of type \(kind) is not supported"))
        }
        guard let workload = reader.object(kind, ObjectKey(namespace: namespace, name: reference.name)) else {
            return .failure(
                RolloutFieldError(field: "", detail: "\(plural) \"\(namespace)/\(reference.name)\" not found")
            )
        }
        if kind.kind == "PodTemplate" {
            return .success((workload, workload.tree["template"], object.spec["selector"]))
        }
        return .success((workload, workload.spec["template"], workload.spec["selector"]))
    }

    /// The Services that the strategy names, in the order in which they are checked.
    var serviceNames: [String] { namedServices.map(\.name) }

    private var namedServices: [(field: String, name: String)] {
        switch rollout.spec.strategy {
        case .canary(let canary):
            [
                ("canary.canaryService", canary.canaryService),
                ("canary.stableService", canary.stableService),
                ("canary.pingPong.pingService", canary.pingPong?.ping),
                ("canary.pingPong.pongService", canary.pingPong?.pong),
            ].compactMap { field, name in name.map { (field, $0) } }
        case .blueGreen(let blueGreen):
            [
                ("blueGreen.activeService", blueGreen.activeService),
                ("blueGreen.previewService", blueGreen.previewService),
            ]
            .compactMap { field, name in name.map { (field, $0) } }
        case .invalid: []
        }
    }

    private var routers: [any TrafficRouter] {
        rollout.spec.canary.map { RolloutRouters.routers(of: object, $0) } ?? []
    }

    func routedObjects() -> RoutedObjects {
        RouterCatalog.objects(of: routers) { reader.object($0.kind.groupKind, $0.key) }
    }

    /// The templates of every analysis that is configured; missing ones are left to `problem`.
    func analyses() -> [AnalysisPurpose: [KubeObject]] {
        var found: [AnalysisPurpose: [KubeObject]] = [:]
        for (purpose, analysis, _) in configuredAnalyses {
            let resolved = AnalysisComposition.resolve(
                references: analysis.templates, namespace: namespace, reader: reader)
            if case .success(let templates) = resolved { found[purpose] = templates }
        }
        return found
    }

    private var configuredAnalyses: [(purpose: AnalysisPurpose, analysis: RolloutAnalysis, field: String)] {
        switch rollout.spec.strategy {
        case .canary(let canary):
            var all: [(purpose: AnalysisPurpose, analysis: RolloutAnalysis, field: String)] = []
            for case (let index, .analysis(let analysis)) in canary.steps.enumerated() {
                all.append((.step(index), analysis, "canary.steps[\(index)].analysis"))
            }
            if let background = canary.backgroundAnalysis {
                all.append((.background, background, "canary.analysis"))
            }
            return all
        case .blueGreen(let blueGreen):
            return [
                (.prePromotion, blueGreen.prePromotionAnalysis, "blueGreen.prePromotionAnalysis"),
                (.postPromotion, blueGreen.postPromotionAnalysis, "blueGreen.postPromotionAnalysis"),
            ].compactMap { purpose, analysis, field in analysis.map { (purpose, $0, field) } }
        case .invalid: return []
        }
    }

    /// Whether an object that is named is not there, or not yet.
    var lacksObjects: Bool {
        if case .failure? = workload() { return true }
        let services = serviceNames.map {
            ObjectReference(ServiceView.kind, namespace: namespace, name: $0)
        }
        let isMissing = (services + routers.flatMap(\.reads)).contains {
            reader.object($0.kind.groupKind, $0.key) == nil
        }
        return isMissing || analyses().count < configuredAnalyses.count
    }

    // MARK: What is wrong

    /// The first thing that is wrong with the specification or what it refers to.
    func problem(in snapshot: RolloutSnapshot) -> RolloutFieldError? {
        var spec = object.spec
        spec["template"] = snapshot.template
        spec["selector"] = snapshot.selector
        return RolloutValidation.firstError(in: spec) ?? templateProblem(snapshot) ?? serviceProblem(snapshot)
            ?? routerProblem(snapshot) ?? analysisProblem(snapshot)
    }

    /// A field of the pod template that cannot be read. It is named, and stays as it was written:
    /// dropping it would run pods that nobody asked for.
    private func templateProblem(_ snapshot: RolloutSnapshot) -> RolloutFieldError? {
        TypedEncoder.shared.unreadable(snapshot.template, type: "PodTemplateSpec").map {
            .invalid("spec.template.\($0.path)", $0.value, $0.wanted)
        }
    }

    private func serviceProblem(_ snapshot: RolloutSnapshot) -> RolloutFieldError? {
        for (path, name) in namedServices {
            let field = "spec.strategy.\(path)"
            let key = ObjectKey(namespace: namespace, name: name)
            guard let service = reader.object(ServiceView.kind.groupKind, key) else {
                return .invalid(field, .string(name), "service \"\(name)\" not found")
            }
            let labels = KubeObject.strings(snapshot.template["metadata"]["labels"])
            for (label, value) in KubeObject.strings(service.spec["selector"]).sorted(by: { $0.key < $1.key })
            where label != RolloutLabels.podTemplateHash && labels[label] != value {
                return .invalid(
                    field, .string(name), "Service \"\(name)\" has unmatch label \"\(label)\" in rollout")
            }
            if let owner = service.annotation(RolloutAnnotations.managedBy), owner != object.name {
                return .invalid(field, .string(name), "Service \"\(name)\" is managed by another Rollout")
            }
        }
        return nil
    }

    private func routerProblem(_ snapshot: RolloutSnapshot) -> RolloutFieldError? {
        for router in routers {
            if let problem = router.problem(in: snapshot.routed) {
                return .invalid(problem.field, .string(problem.value), problem.message)
            }
        }
        return nil
    }

    private func analysisProblem(_ snapshot: RolloutSnapshot) -> RolloutFieldError? {
        for (purpose, analysis, path) in configuredAnalyses {
            let field = "spec.strategy.\(path).templates"
            let names = analysis.templates.compactMap { $0["templateName"].string }
            let resolved = AnalysisComposition.resolve(
                references: analysis.templates, namespace: namespace, reader: reader)
            switch resolved {
            case .failure(let error): return .invalid(field, .string(names.first ?? ""), error.message)
            case .success(let templates):
                if let endless = purpose == .background ? nil : endlessMetric(in: templates) {
                    return .invalid(field, .string(endless.template), endless.message)
                }
                let arguments = analysis.arguments.map { argument -> (name: String, value: JSON) in
                    (argument["name"].string ?? "", argument["value"].string.map { .string($0) } ?? "")
                }
                let spec = AnalysisComposition.runSpec(
                    templates: templates, args: arguments, dryRun: analysis.dryRun,
                    measurementRetention: analysis.measurementRetention)
                if case .failure(let error) = spec {
                    return .invalid(
                        field, .string("templateNames: [\(names.joined(separator: " "))]"),
                        Self.plain(error.message))
                }
            }
        }
        return nil
    }

    /// A composition's sentence without the place in the composed run, which nobody wrote.
    private static func plain(_ message: String) -> String {
        message.hasPrefix("spec.metrics: ") ? String(message.dropFirst("spec.metrics: ".count)) : message
    }

    /// A metric that a step would wait for without end.
    private func endlessMetric(in templates: [KubeObject]) -> (template: String, message: String)? {
        for template in templates {
            for metric in template.spec["metrics"].elements
            where metric["count"].isNull && !(metric["interval"].string ?? "").isEmpty {
                let name = metric["name"].string ?? ""
                return (
                    template.name,
                    "\(template.kindName) \(template.name) has metric \(name) which runs indefinitely. "
                        + "Invalid value for count: <nil>"
                )
            }
        }
        return nil
    }
}

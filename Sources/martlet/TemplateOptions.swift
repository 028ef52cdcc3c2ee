// Which template is tried, with which arguments, and who is asked.

import AnalysisCore
import ArgumentParser
import ControllerKit
import Controllers
import Foundation
import JSONTree
import KubeClient
import KubeModel
import MartletModel
import Transport

/// What `analysis run` and `analysis backtest` have in common.
struct TemplateOptions: ParsableArguments {
    @Argument(help: "A file of templates, or the name of a template in the cluster.") var template:
        String
    @Option(
        name: .customLong("arg"),
        help: ArgumentHelp("An argument of the template.", valueName: "name=value"))
    var arguments: [String] = []
    @Option(
        name: .customLong("run"), help: "Which template of the file; needed when there are several."
    )
    var chosen: [String] = []
    @Option(name: .customLong("metric"), help: "Only this metric; may stand several times.")
    var metrics: [String] = []
    @Option(help: "Ask this Prometheus, whatever address the template names.") var address: String?
    @Option(help: "Path to the kubeconfig file: for a template by name, and for Secrets.")
    var kubeconfig: String?
    @Option(help: "The kubeconfig's context to use.") var context: String?
    @Option(name: .shortAndLong, help: "The template's namespace.") var namespace: String?
    @Flag(help: "The name is that of a ClusterAnalysisTemplate.") var clusterScope = false

    func validate() throws {
        for argument in arguments where !argument.contains("=") {
            throw ValidationError("--arg \(argument): give name=value")
        }
    }

    private var environment: [String: String] { ProcessInfo.processInfo.environment }
    private var isFile: Bool { FileManager.default.fileExists(atPath: template) }

    /// The cluster, and the namespace that its configuration names.
    private func cluster() throws -> (api: any KubeAPI, namespace: String) {
        if isFile, kubeconfig == nil, context == nil {
            return (NoCluster(), namespace ?? "default")
        }
        do {
            let access = try ClusterAccess.find(
                kubeconfig: kubeconfig, context: context, environment: environment)
            let runtime = SystemRuntime()
            let client = KubeClient(access, exchange: CurlClient(), now: { runtime.now() })
            return (client, namespace ?? access.namespace)
        } catch {
            throw ValidationError("\(error); give --kubeconfig FILE, or a file of templates")
        }
    }

    /// Reads the template and puts the arguments in.
    func prepare() async throws -> PreparedTemplate {
        let (api, place) = try cluster()
        let values = arguments.map { argument -> (name: String, value: JSON) in
            let parts = argument.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), .string(String(parts[1])))
        }
        do {
            let shelf: TemplateShelf
            var names = chosen
            if isFile {
                shelf = try TemplateFiles.shelf([template])
            } else {
                shelf = try await Self.fetch(template, isClusterWide: clusterScope, place, api)
                names = [template]
            }
            var spec = try shelf.runSpec(
                references: try shelf.references(names), arguments: values, metrics: metrics)
            if let address { Self.readdress(&spec, address) }
            let runtime = SystemRuntime()
            let calls = MeasurementCalls(
                exchange: CurlClient(), runtime: runtime,
                prometheusAddress: environment["ARGO_ROLLOUTS_PROMETHEUS_ADDRESS"] ?? "",
                namespace: environment["POD_NAMESPACE"] ?? "martlet-system",
                environment: environment)
            return PreparedTemplate(spec: spec, namespace: place, calls: calls, api: api)
        } catch let problem as TrialProblem {
            throw ValidationError(problem.message)
        }
    }

    private static func readdress(_ spec: inout JSON, _ address: String) {
        spec["metrics"] = .array(
            spec["metrics"].elements.map { metric in
                var metric = metric
                if metric["provider"]["prometheus"].object != nil {
                    metric.set(["provider", "prometheus", "address"], to: .string(address))
                }
                if metric["provider"]["judge"].object != nil {
                    metric.set(
                        ["provider", "judge", "prometheus", "address"], to: .string(address))
                }
                return metric
            })
    }

    /// A template of the cluster, and those that it includes.
    private static func fetch(
        _ name: String, isClusterWide: Bool, _ namespace: String, _ api: any KubeAPI
    ) async throws -> TemplateShelf {
        var shelf = TemplateShelf()
        var open = [(name: name, isClusterWide: isClusterWide)]
        var seen: Set<String> = []
        while let next = open.popLast() {
            let group = next.isClusterWide ? AnalysisKinds.clusterTemplate : AnalysisKinds.template
            guard seen.insert("\(group.kind)/\(next.name)").inserted else { continue }
            let kind = GroupVersionKind(apiVersion: AnalysisKinds.apiVersion, kind: group.kind)
            let reference = ObjectReference(
                kind, namespace: next.isClusterWide ? "" : namespace, name: next.name)
            let object: KubeObject
            do throws(KubeError) { object = try await api.get(reference) } catch {
                throw TrialProblem("\(group.kind)/\(next.name): \(error)")
            }
            var tree = object.tree
            tree["apiVersion"] = .string(AnalysisKinds.apiVersion)
            tree["kind"] = .string(group.kind)
            try shelf.add([tree])
            for entry in object.spec["templates"].elements {
                open.append(
                    (entry["templateName"].string ?? "", entry["clusterScope"].bool ?? false))
            }
        }
        return shelf
    }
}

/// A template that can be tried.
struct PreparedTemplate: Sendable {
    var spec: JSON
    var namespace: String
    var calls: MeasurementCalls
    var api: any KubeAPI
}

/// In place of a cluster where none is named: Secrets are not there.
private struct NoCluster: KubeAPI {
    private static let error = KubeError.status(
        APIStatus(
            code: 404, reason: "NotFound", message: "no cluster is asked: give --kubeconfig FILE"))

    func resource(for kind: GroupVersionKind) async throws(KubeError) -> ResourceMapping {
        throw Self.error
    }
    func get(_ reference: ObjectReference) async throws(KubeError) -> KubeObject {
        throw Self.error
    }
    func list(
        _ resource: GroupVersionResource, _ scope: ListScope, limit: Int, continueToken: String?,
        trim: @escaping @Sendable (JSON) -> JSON
    ) async throws(KubeError) -> ObjectPage { throw Self.error }
    func watch(
        _ resource: GroupVersionResource, _ scope: ListScope, from version: ResourceVersion,
        timeoutSeconds: Int
    ) async throws(KubeError) -> AsyncThrowingStream<WatchEvent, any Error> { throw Self.error }
    func write(_ change: Change, options: WriteOptions) async throws(KubeError) -> KubeObject? {
        throw Self.error
    }
    func raw(_ path: String) async throws(KubeError) -> JSON { throw Self.error }
}

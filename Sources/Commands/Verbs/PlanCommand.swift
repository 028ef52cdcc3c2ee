// `plan FILE`: what an update will do, before it is applied.

package import ArgumentParser
import JSONTree
import KubeModel
import MartletModel
import RolloutCore
import YAMLTree

/// `plan FILE | plan --rollout NAME`
package struct PlanCommand: Verb {
    package static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show step by step, with times, what applying a file would do.",
        discussion: """
            The controller's own decisions, run on a clock of their own: pods are ready after \
            --pod-ready, analyses succeed when they have all their measurements. Nothing is written. \
            Where the cluster has the rollout, the plan begins with what is there, also in the middle \
            of an update; --offline asks no cluster. Services and templates that are nowhere are \
            assumed, and named. Exit code 1 when the controller would refuse the file, or the update \
            would not come to its end.

            Examples:
              kubectl martlet plan web.yaml
              kubectl martlet plan web.yaml --pod-ready 45s --offline
              kubectl martlet plan --rollout web                 what is still to come
              kustomize build . | kubectl martlet plan - -o json
            """)
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The file with the rollout; - is standard input.") var file: String?
    @Option(help: "A rollout of the cluster: from where it is now, or one of several in the file.")
    var rollout: String?
    @Option(help: "How long a pod takes to be ready.") var podReady = "10s"
    @Flag(help: "Ask no cluster.") var offline = false
    @Flag(name: .customLong("no-color"), help: "Print without colours.") var isPlain = false
    package init() {}

    package func validate() throws {
        if file == nil, rollout == nil { throw ValidationError("give a file, or --rollout NAME") }
        if file == nil, offline { throw ValidationError("--offline needs a file") }
    }

    package func run() async throws {
        let terminal = StandardTerminal()
        if offline { return try await run(nil, terminal) }
        let access: any CommandCluster
        do { access = try await KubeAccess.connect(connection) } catch {
            guard file != nil else { throw error }
            terminal.warning("without a cluster: \(FailureText(error).text)")
            return try await run(nil, terminal)
        }
        try await run(access, terminal)
    }

    package func run(_ access: any CommandCluster, _ terminal: any Terminal) async throws {
        let cluster: (any CommandCluster)? = access
        try await run(cluster, terminal)
    }

    /// - Parameter access: Nil where no cluster is to be asked.
    private func run(_ access: (any CommandCluster)?, _ terminal: any Terminal) async throws {
        let ready = try Span.parse(podReady, flag: "--pod-ready")
        let namespace = connection.namespace ?? access?.defaultNamespace ?? ""
        let given = try objects(namespace)
        var wanted = try chosen(given)
        let place = wanted?.namespace ?? namespace
        let reader = LazyReader(access, holding: given.filter { $0.kindName != "Rollout" })
        var live: KubeObject?
        if let access, let name = wanted?.name ?? rollout {
            live = try await access.find(
                Rollout.kind.groupKind, ObjectKey(namespace: place, name: name))
        }
        if wanted == nil { wanted = live }
        guard let wanted else {
            throw CommandError("rollout.argoproj.io \"\(rollout ?? "")\" not found")
        }
        let objects = try await self.objects(wanted, live, reader, terminal.now)
        let stage = ProjectionStage(
            wanted: wanted, live: live,
            objects: objects + given.filter { $0.kindName != "Rollout" }, now: terminal.now,
            podReady: ready)
        let result = try stage.result()
        let view = ProjectionView(
            result: result, rollout: wanted, podReady: ready,
            style: isPlain ? .plain : terminal.style,
            columns: terminal.size?.columns)
        if let text = output.text(view.tree, name: wanted.commandName) {
            terminal.line(text)
        } else {
            terminal.lines(view.lines)
        }
        if result.projection.obstacle != nil { throw ExitStatus(code: 1) }
    }

    /// The file's objects, those without a namespace in the one that is meant.
    private func objects(_ namespace: String) throws -> [KubeObject] {
        guard let file else { return [] }
        let documents = try ManifestFile.trees(
            in: LocalText.bytes(file, flag: "FILE"), file == "-" ? "stdin" : file)
        return documents.filter { !$0.tree.isNull }.map { document in
            var object = KubeObject(document.tree)
            if object.namespace.isEmpty, !object.kindName.hasPrefix("Cluster") {
                object.tree.set(["metadata", "namespace"], to: .string(namespace))
            }
            return object
        }
    }

    private func chosen(_ objects: [KubeObject]) throws(CommandError) -> KubeObject? {
        let rollouts = objects.filter {
            $0.kindName == "Rollout" && $0.kind.group == Resources.group
        }
        guard let file else { return nil }
        if let rollout {
            guard let found = rollouts.first(where: { $0.name == rollout }) else {
                throw CommandError("\(file) holds no rollout \"\(rollout)\"")
            }
            return found
        }
        guard let only = rollouts.first, rollouts.count == 1 else {
            throw CommandError(
                "\(file) holds \(rollouts.count) rollouts",
                hint: rollouts.isEmpty
                    ? "plan needs an object of kind Rollout" : "say which: --rollout NAME")
        }
        return only
    }

    /// The cluster's objects that the rollout refers to and owns.
    private func objects(
        _ wanted: KubeObject, _ live: KubeObject?, _ reader: LazyReader, _ now: Timestamp
    ) async throws -> [KubeObject] {
        var merged = wanted
        if let live { merged.tree["metadata"] = live.metadata }
        reader.hold(merged)
        _ = try await reader.settled { reader in
            RolloutGatherer.gather(merged.key, reader: reader, now: now)
        }
        return reader.held.filter { $0.kindName != "Rollout" }
    }
}

// `create -f FILE`: creates objects of our kinds, refusing fields that nobody knows.

package import ArgumentParser
import JSONTree
import KubeModel
import YAMLTree

/// `create -f FILE...`
package struct Create: Verb {
    package static let configuration = CommandConfiguration(
        abstract: "Create a rollout, experiment or analysis from a file.",
        discussion: """
            One object a file, YAML or JSON. A field that the cluster does not know is an error, not \
            passed over.

            Examples:
              kubectl martlet create -f web.yaml --watch
              kubectl martlet create analysisrun --from success-rate -a service=web
            """,
        subcommands: [CreateAnalysisRun.self])
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions
    @Option(
        name: [.customShort("f"), .customLong("filename")],
        help: "The file; repeatable. - is standard input.")
    var files: [String] = []
    @Flag(name: [.short, .long], help: "Then show the rollout or experiment as it moves.")
    var watch = false
    @Flag(name: .customLong("no-color"), help: "Print without colours.") var isPlain = false
    package init() {}

    /// The kinds that may be created, and the name that the plugin prints for them.
    private static let kinds: [String: String] = [
        "Rollout": "rollout", "Experiment": "experiment", "AnalysisTemplate": "analysistemplate",
        // As Argo's plugin prints it.
        "ClusterAnalysisTemplate": "analysistemplate", "AnalysisRun": "analysisrun",
    ]

    package func run(_ access: any CommandCluster, _ terminal: any Terminal) async throws {
        if files.isEmpty {
            throw CommandError("no file given", hint: "kubectl martlet create -f FILE")
        }
        let namespace = connection.namespace(access)
        let objects = try files.map {
            try Self.object(in: LocalText.bytes($0, flag: "--filename"), $0, namespace)
        }
        if watch, objects.count != 1 || !["Rollout", "Experiment"].contains(objects[0].kindName) {
            throw CommandError(
                "--watch shows one rollout or experiment only",
                hint: "give one file, of such a kind")
        }
        for object in objects {
            let created = try await access.create(object)
            let name = Self.kinds[object.kindName] ?? object.kindName
            terminal.line(output.report(created, "\(name).argoproj.io/\(created.name) created"))
        }
        guard watch, let object = objects.first else { return }
        var arguments = [object.name, "--watch", "--namespace", object.namespace]
        if isPlain { arguments.append("--no-color") }
        if object.kindName == "Rollout" {
            try await GetRollout.parse(arguments).run(access, terminal)
        } else {
            try await GetExperiment.parse(arguments).run(access, terminal)
        }
    }

    /// The one object of a file.
    static func object(in bytes: [UInt8], _ path: String, _ namespace: String) throws(CommandError)
        -> KubeObject
    {
        let trees = try ManifestFile.trees(in: bytes, path).map(\.tree).filter { !$0.isNull }
        guard let tree = trees.first, trees.count == 1 else {
            throw CommandError(
                "\(path) holds \(trees.count) objects",
                hint: "give one object a file, or use kubectl create")
        }
        var object = KubeObject(tree)
        guard kinds[object.kindName] != nil, object.kind.group == Resources.group else {
            throw CommandError(
                "creates of kind \(object.kindName.isEmpty ? "(none)" : object.kindName) unsupported",
                hint: "this command creates: \(kinds.keys.sorted().joined(separator: ", "))")
        }
        if object.kindName != "ClusterAnalysisTemplate", object.namespace.isEmpty {
            object.tree.set(["metadata", "namespace"], to: .string(namespace))
        }
        return object
    }
}

/// Files of manifests, as people write them.
enum ManifestFile {
    /// The documents of a file: YAML, or JSON when it begins with a brace.
    ///
    /// - Throws: `CommandError` that names the file and the place.
    static func trees(in bytes: [UInt8], _ path: String) throws(CommandError) -> [YAMLDocument] {
        do throws(YAMLError) {
            return try YAML.parse(String(decoding: bytes, as: UTF8.self), file: path)
        } catch { throw CommandError("\(error)") }
    }
}

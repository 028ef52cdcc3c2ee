// `create analysisrun`: a run by hand, of a template or a file.

package import ArgumentParser
import JSONTree
import KubeModel
import MartletModel
import YAMLTree

/// `create analysisrun --from TEMPLATE | --from-file FILE`
package struct CreateAnalysisRun: Verb {
    package static let configuration = CommandConfiguration(
        commandName: "analysisrun", abstract: "Run an analysis by hand.",
        discussion: """
            Examples:
              kubectl martlet create analysisrun --from success-rate -a service=web
              kubectl martlet create analysisrun --from success-rate --global --name try-1
              kubectl martlet create analysisrun --from-file template.yaml -a service=web
            """,
        aliases: ["ar", "analysisruns"])
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions
    @Option(help: "The AnalysisTemplate to run.") var from: String?
    @Option(help: "A file with the template to run.") var fromFile: String?
    @Flag(help: "Read a ClusterAnalysisTemplate.") var global = false
    @Option(help: "The run's name.") var name: String?
    @Option(help: "What the run's name begins with; TEMPLATE- when not said.") var generateName:
        String?
    @Option(help: "The controller that is to run it.") var instanceId: String?
    @Option(
        name: [.customShort("a"), .long],
        help: "NAME=VALUE for the template's argument; repeatable.")
    var argument: [String] = []
    package init() {}

    package func validate() throws {
        if (from == nil) == (fromFile == nil) {
            throw ValidationError("one of --from or --from-file must be given")
        }
    }

    package func run(_ access: any CommandCluster, _ terminal: any Terminal) async throws {
        let namespace = connection.namespace(access)
        let template = try await template(access, namespace)
        let arguments = try Self.pairs(argument)
        let spec = try Self.spec(
            of: template, arguments, try await included(template, access, namespace))
        var metadata: JSON = ["namespace": .string(namespace)]
        if let name {
            metadata["name"] = .string(name)
        } else {
            metadata["generateName"] = .string(generateName ?? "\(template.name)-")
        }
        if let instanceId {
            metadata["labels"] = .object([
                "argo-rollouts.argoproj.io/controller-instance-id": .string(instanceId)
            ])
        } else if !template.metadata["labels"].isNull {
            metadata["labels"] = template.metadata["labels"]
        }
        let run = KubeObject([
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun", "metadata": metadata,
            "spec": spec,
        ])
        let created = try await access.create(run)
        terminal.line(output.report(created, "analysisrun.argoproj.io/\(created.name) created"))
    }

    private func template(_ access: any CommandCluster, _ namespace: String) async throws
        -> KubeObject
    {
        if let fromFile {
            let trees = try ManifestFile.trees(
                in: LocalText.bytes(fromFile, flag: "--from-file"), fromFile
            ).map(\.tree)
            guard let tree = trees.first(where: { !$0.isNull }),
                ["AnalysisTemplate", "ClusterAnalysisTemplate"].contains(tree["kind"].string ?? "")
            else { throw CommandError("\(fromFile) holds no AnalysisTemplate") }
            return KubeObject(tree)
        }
        let resource = global ? Resources.clusterTemplates : Resources.templates
        return try await access.get(resource, namespace: global ? "" : namespace, name: from ?? "")
    }

    /// The templates that the template includes, and itself.
    private func included(
        _ template: KubeObject, _ access: any CommandCluster, _ namespace: String
    ) async throws -> [KubeObject] {
        let references = template.spec["templates"].elements
        if references.isEmpty { return [template] }
        let reader = LazyReader(access)
        let result = try await reader.settled { reader in
            AnalysisComposition.resolve(
                references: references, namespace: namespace, reader: reader)
        }
        switch result {
        case .success(let found): return found + [template]
        case .failure(let error): throw CommandError(error.message)
        }
    }

    /// `NAME=VALUE` each.
    static func pairs(_ texts: [String]) throws(CommandError) -> [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        for text in texts {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                throw CommandError("--argument: \"\(text)\" is not NAME=VALUE")
            }
            pairs.append((String(text[..<equals]), String(text[text.index(after: equals)...])))
        }
        return pairs
    }

    static func spec(
        of template: KubeObject, _ arguments: [(name: String, value: String)],
        _ templates: [KubeObject]
    ) throws(CommandError) -> JSON {
        let declared = Set(
            templates.flatMap { $0.spec["args"].elements }.compactMap { $0["name"].string })
        for argument in arguments where !declared.contains(argument.name) {
            let names = declared.sorted().joined(separator: ", ")
            throw CommandError(
                "the template \"\(template.name)\" declares no argument \"\(argument.name)\"",
                hint: names.isEmpty ? "it takes none" : "it takes: \(names)")
        }
        let spec = AnalysisComposition.runSpec(
            templates: templates, args: arguments.map { ($0.name, .string($0.value)) }, dryRun: [],
            measurementRetention: [])
        switch spec {
        case .success(let spec): return spec
        case .failure(.unresolvedArgument(let name)):
            throw CommandError(
                "the argument \"\(name)\" has no value", hint: "give it: -a \(name)=VALUE")
        case .failure(let error): throw CommandError(error.message)
        }
    }
}

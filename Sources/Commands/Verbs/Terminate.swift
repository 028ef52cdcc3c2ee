// `terminate`: ends analysis runs and experiments before their time.

package import ArgumentParser
import JSONTree
import KubeModel

/// `terminate`
package struct Terminate: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "End an analysis run or an experiment before its time.",
        discussion: """
            Examples:
              kubectl martlet terminate analysisrun web-7c9f-2-1
              kubectl martlet terminate experiment trial
            """,
        subcommands: [TerminateAnalysisRun.self, TerminateExperiment.self])
    package init() {}

    static func end(
        _ resource: GroupVersionResource, _ name: String, namespace: String,
        _ access: any CommandCluster
    ) async throws -> KubeObject {
        try await access.patch(
            resource, namespace: namespace, name: name, subresource: nil,
            ["spec": ["terminate": true]])
    }
}

/// `terminate analysisrun NAME...`
package struct TerminateAnalysisRun: Verb {
    package static let configuration = CommandConfiguration(
        commandName: "analysisrun", abstract: "End analysis runs.", aliases: ["ar", "analysisruns"])
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "Names of analysis runs.") var names: [String]
    package init() {}
    package func run(_ access: any CommandCluster, _ terminal: any Terminal) async throws {
        for name in names {
            let run = try await Terminate.end(
                Resources.analysisRuns, name, namespace: connection.namespace(access), access)
            terminal.line(output.report(run, "analysisRun '\(name)' terminated"))
        }
    }
}

/// `terminate experiment NAME...`
package struct TerminateExperiment: Verb {
    package static let configuration = CommandConfiguration(
        commandName: "experiment", abstract: "End experiments.", aliases: ["exp", "experiments"])
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "Names of experiments.") var names: [String]
    package init() {}
    package func run(_ access: any CommandCluster, _ terminal: any Terminal) async throws {
        for name in names {
            let experiment = try await Terminate.end(
                Resources.experiments, name, namespace: connection.namespace(access), access)
            // Differs from Argo, which says "retried" here by mistake.
            terminal.line(output.report(experiment, "experiment '\(name)' terminated"))
        }
    }
}

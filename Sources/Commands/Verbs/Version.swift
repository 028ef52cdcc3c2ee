// `version`: which plugin this is.

package import ArgumentParser
import JSONTree

/// `version [--short]`
package struct Version: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(abstract: "Print the version.")
    package static let number = "0.1.0"
    @Flag(help: "Only the version.") var short = false
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions
    package init() {}

    package func run() async throws { run(StandardTerminal()) }

    func run(_ terminal: any Terminal) {
        let facts: [(label: String, key: String, value: String)] = [
            ("API", "api", "argoproj.io/v1alpha1"), ("Compiler", "compiler", Self.compiler),
            ("Platform", "platform", Self.platform),
        ]
        if output.format == .json || output.format == .yaml || output.format == .name {
            var members: [(String, JSON)] = [("version", .string("v\(Self.number)"))]
            members += facts.map { ($0.key, .string($0.value)) }
            let tree = JSON.object(JSONObject(members))
            return terminal.line(output.text(tree, name: "v\(Self.number)") ?? "")
        }
        terminal.line("kubectl-martlet: v\(Self.number)")
        if short { return }
        for fact in facts { terminal.line("  \(fact.label): \(fact.value)") }
    }

    private static var compiler: String {
        #if swift(>=6.3)
            "swift 6.3"
        #else
            "swift 6.2"
        #endif
    }

    private static var platform: String {
        #if os(Linux)
            let system = "linux"
        #elseif os(macOS)
            let system = "darwin"
        #else
            let system = "other"
        #endif
        #if arch(x86_64)
            return "\(system)/amd64"
        #elseif arch(arm64)
            return "\(system)/arm64"
        #else
            return system
        #endif
    }
}

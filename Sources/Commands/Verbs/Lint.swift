// `lint -f FILE`: looks at manifests without a cluster.

package import ArgumentParser
import JSONTree
import YAMLTree

/// `lint -f FILE...`
package struct Lint: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "Say what the controller would refuse, and what will surprise.",
        discussion: """
            Needs no cluster. Errors end with code 1; warnings only with --strict. What a rollout \
            refers to is looked for in the same files.

            Examples:
              kubectl martlet lint -f web.yaml
              kubectl martlet lint -f web.yaml -f services.yaml --strict
              kustomize build . | kubectl martlet lint -f -
            """)
    @Option(
        name: [.customShort("f"), .customLong("filename")],
        help: "The file; repeatable. - is standard input.")
    var files: [String] = []
    @Flag(help: "Warnings are failures too.") var strict = false
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions
    package init() {}

    package func validate() throws {
        if files.isEmpty { throw ValidationError("no file given: lint -f FILE") }
    }

    package func run() async throws { try run(StandardTerminal()) }

    func run(_ terminal: any Terminal) throws {
        var documents: [YAMLDocument] = []
        for file in files {
            documents += try ManifestFile.trees(
                in: LocalText.bytes(file, flag: "--filename"), file == "-" ? "stdin" : file)
        }
        let findings = Linter(documents).findings
        let errors = findings.filter { $0.level == .error }
        if let text = output.text(Self.tree(findings), name: "") {
            terminal.line(text)
        } else {
            for error in errors { terminal.line(error.message) }
            for warning in findings where warning.level == .warning {
                terminal.warning("\(warning.place): \(warning.object): \(warning.message)")
            }
        }
        if let first = errors.first {
            let text = first.field.isEmpty ? first.message : "\(first.field): \(first.message)"
            throw CommandError(text, hint: "\(first.place), \(first.object)")
        }
        if strict, !findings.isEmpty {
            throw CommandError(
                "\(findings.count) \(findings.count == 1 ? "warning" : "warnings"), and --strict was given"
            )
        }
    }

    private static func tree(_ findings: [LintFinding]) -> JSON {
        .array(
            findings.map {
                [
                    "level": .string($0.level.rawValue), "object": .string($0.object),
                    "field": .string($0.field),
                    "message": .string($0.message), "place": .string($0.place),
                ]
            })
    }
}

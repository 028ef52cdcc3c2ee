// What may come next on a command line.

import ArgumentParser
import KubeModel

/// A command line up to the cursor, and what completes it.
struct CompletionRequest: Sendable {
    /// Verbs or flags that fit, whatever their beginning.
    private(set) var words: [String] = []
    /// Objects whose names fit.
    private(set) var names: GroupVersionResource?
    private(set) var offersFiles = false
    /// What the cursor's word begins with.
    let prefix: String
    /// Names that are on the line already.
    private(set) var taken: [String] = []
    /// The connection flags on the line.
    private(set) var connection: [String] = []

    /// Flags that have a value behind them.
    private static let valued: Set<String> = [
        "-n", "--namespace", "--kubeconfig", "--context", "--cluster", "--user", "-s", "--server",
        "--token", "--as",
        "--as-group", "--as-uid", "--request-timeout", "-o", "--output", "-t", "--timeout",
        "--timeout-seconds",
        "--to-revision", "-i", "--in", "--reason", "-f", "--filename", "--from", "--from-file",
        "--name",
        "--generate-name", "--instance-id", "-a", "--argument", "--pod-ready",
    ]
    private static let connected: Set<String> = [
        "-n", "--namespace", "--kubeconfig", "--context", "-s", "--server", "--token", "--as",
        "--request-timeout",
    ]

    /// - Parameter line: The words behind `kubectl martlet`; the last one is what is being typed.
    init(_ line: [String]) {
        prefix = line.last ?? ""
        var command: any ParsableCommand.Type = RootCommand.self
        var path: [String] = []
        var values: [String] = []
        var before = line.dropLast()[...]
        while let word = before.popFirst() {
            if word.hasPrefix("-") {
                guard Self.valued.contains(word) else {
                    let flag = word.split(separator: "=").first.map(String.init) ?? word
                    if Self.connected.contains(flag) { connection.append(word) }
                    continue
                }
                guard let value = before.popFirst() else {
                    complete(valueOf: word)
                    return
                }
                if Self.connected.contains(word) { connection += [word, value] }
                continue
            }
            if let next = Self.subcommands(of: command).first(where: {
                Self.names(of: $0).contains(word)
            }) {
                command = next
                path.append(Self.name(of: next))
            } else {
                values.append(word)
            }
        }
        taken = values
        let verbs = Self.subcommands(of: command)
        if prefix.hasPrefix("-") {
            words = Self.flags(of: command)
        } else if !verbs.isEmpty, values.isEmpty {
            words = verbs.map(Self.name).sorted()
        } else {
            complete(path, isFirst: values.isEmpty)
        }
    }

    private mutating func complete(valueOf flag: String) {
        switch flag {
        case "-o", "--output": words = OutputFormat.allCases.map(\.rawValue)
        case "-f", "--filename", "--from-file", "--kubeconfig": offersFiles = true
        case "--from": names = Resources.templates
        default: break
        }
    }

    private mutating func complete(_ path: [String], isFirst: Bool) {
        let takesMany = [
            "abort", "pause", "retry rollout", "retry experiment", "terminate analysisrun",
            "terminate experiment",
        ]
        let verb = path.joined(separator: " ")
        guard isFirst || takesMany.contains(verb) else { return }
        switch verb {
        case "get experiment", "retry experiment", "terminate experiment":
            names = Resources.experiments
        case "terminate analysisrun": names = Resources.analysisRuns
        case "abort", "pause", "get rollout", "promote", "restart", "retry rollout", "set image",
            "status", "undo", "why":
            names = Resources.rollouts
        case "completion": words = CompletionScripts.shells
        case "plan": offersFiles = true
        default: break
        }
    }

    private static func subcommands(of command: any ParsableCommand.Type)
        -> [any ParsableCommand.Type]
    {
        command.configuration.subcommands
    }

    private static func name(of command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? "\(command)".lowercased()
    }

    private static func names(of command: any ParsableCommand.Type) -> [String] {
        [name(of: command)] + command.configuration.aliases
    }

    /// The long flags, as the command's own help names them.
    private static func flags(of command: any ParsableCommand.Type) -> [String] {
        let help = command.helpMessage(columns: 200)
        var flags: [String] = []
        for line in help.split(separator: "\n") where line.hasPrefix("  -") {
            for word in line.split(whereSeparator: { " ,/".contains($0) }).prefix(4)
            where word.hasPrefix("--") {
                flags.append(String(word))
            }
        }
        return flags.sorted()
    }
}

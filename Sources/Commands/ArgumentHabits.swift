// Ways to write flags that people have from kubectl, brought to the one that our parser reads.

/// `-n shop get rollout web`, `--watch=false`, `--full=true`: kubectl's plugins take them all.
enum ArgumentHabits {
    /// Flags without a value, by their long names.
    private static let flags: Set<String> = [
        "watch", "no-color", "full", "all-namespaces", "skip-current-step", "skip-all-steps",
        "timestamps", "short",
        "global", "insecure-skip-tls-verify", "disable-compression", "exit-on-paused", "strict",
        "offline",
    ]
    /// Flags that may stand before the verb and have a value behind them.
    private static let connectionFlags: Set<String> = [
        "-n", "--namespace", "--kubeconfig", "--context", "--cluster", "--user", "-s", "--server",
        "--token", "--as",
        "--as-group", "--as-uid", "--certificate-authority", "--client-certificate", "--client-key",
        "--tls-server-name", "--request-timeout", "--cache-dir", "-v", "--kloglevel", "--loglevel",
    ]

    static func normalized(_ arguments: [String]) -> [String] {
        var leading: [String] = []
        var rest = arguments[...]
        while let first = rest.first, first.hasPrefix("-") {
            let name = first.split(separator: "=").first.map(String.init) ?? first
            let isFlag = flags.contains(String(name.drop { $0 == "-" }))
            let hasValueBehind = connectionFlags.contains(first)
            guard hasValueBehind || connectionFlags.contains(name) || isFlag else { break }
            leading += rest.prefix(hasValueBehind ? 2 : 1)
            rest = rest.dropFirst(hasValueBehind ? 2 : 1)
        }
        // Without a verb there is nothing that they could belong to.
        if rest.isEmpty { return arguments }
        let end = rest.firstIndex(of: "--") ?? rest.endIndex
        let moved = Array(rest[..<end]) + leading + Array(rest[end...])
        let hasWatchOn = rest.first == "status"
        return moved.flatMap { plainFlag($0, hasWatchOn) }
    }

    /// `--flag=true` is the flag; `--flag=false` is its absence, but for the one of `status`, which is
    /// on from the beginning.
    private static func plainFlag(_ argument: String, _ hasWatchOn: Bool) -> [String] {
        guard argument.hasPrefix("-"), let equals = argument.firstIndex(of: "=") else {
            return [argument]
        }
        let name = String(argument[..<equals])
        let long = name == "-w" ? "watch" : String(name.drop { $0 == "-" })
        guard flags.contains(long) else { return [argument] }
        switch argument[argument.index(after: equals)...].lowercased() {
        case "true", "1", "t": return ["--\(long)"]
        case "false", "0", "f": return long == "watch" && hasWatchOn ? ["--no-watch"] : []
        default: return [argument]
        }
    }
}

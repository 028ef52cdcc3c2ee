// The git commands that we run, shielded from the repository, the user and the machine.

private import FoundationEssentials
private import Sealing

/// Runs git. Its configuration is one file of ours: the machine's and the user's are not read, a
/// fetched repository has none, hooks and submodules are off, and no transport runs programs.
package struct GitCommands: Sendable {
    let runner: any CommandRunner
    let limits: SourcingLimits
    /// Where clones, unpacked commits and temporary files live.
    let cacheDirectory: String
    private let environment: [String: String]
    /// Lines of `known_hosts` for all repositories without their own.
    private let knownHosts: String

    /// - Parameter environment: The process's; only what git needs of it is handed on (`PATH`,
    ///   proxies, certificates, the ssh agent).
    /// - Throws: `.failed` when the cache directory cannot be written.
    package init(
        cacheDirectory: String, environment: [String: String], knownHosts: String = "",
        limits: SourcingLimits = SourcingLimits(), runner: any CommandRunner = ProcessRunner()
    ) throws(GitError) {
        self.runner = runner
        self.limits = limits
        self.cacheDirectory = cacheDirectory
        self.knownHosts = knownHosts
        let file = cacheDirectory + "/gitconfig"
        self.environment = Self.shielded(environment, configuration: file, home: cacheDirectory)
        do {
            try FileManager.default.createDirectory(
                atPath: cacheDirectory, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            try Data(Self.configuration.utf8).write(to: URL(filePath: file), options: .atomic)
        } catch {
            throw .failed(cacheDirectory, "the cache directory cannot be written; check its permissions and space")
        }
    }

    /// Git reads `safe.directory` from files of the user alone, so that it goes here: a local
    /// repository often belongs to another user.
    private static let configuration = """
        [safe]
        \tdirectory = *
        [core]
        \thooksPath = /dev/null
        \tfsmonitor = false
        \tquotePath = false
        [protocol]
        \tallow = never
        [protocol "file"]
        \tallow = always
        [protocol "http"]
        \tallow = always
        [protocol "https"]
        \tallow = always
        [protocol "ssh"]
        \tallow = always
        [fetch]
        \trecurseSubmodules = false
        [gc]
        \tauto = 0
        [maintenance]
        \tauto = false
        [advice]
        \tdetachedHead = false
        [http]
        \tlowSpeedLimit = 1000
        \tlowSpeedTime = 30

        """

    private static func shielded(
        _ inherited: [String: String], configuration: String, home: String
    ) -> [String: String] {
        let kept = [
            "PATH", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy",
            "all_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR", "SSH_AUTH_SOCK", "TMPDIR", "LD_LIBRARY_PATH",
        ]
        var result = inherited.filter { kept.contains($0.key) }
        // ssh looks for known hosts and keys in the home of the user.
        result["HOME"] = inherited["HOME"] ?? home
        result["LC_ALL"] = "C"
        result["GIT_CONFIG_NOSYSTEM"] = "1"
        result["GIT_CONFIG_GLOBAL"] = configuration
        result["GIT_TERMINAL_PROMPT"] = "0"
        result["GIT_ATTR_NOSYSTEM"] = "1"
        result["GIT_ASKPASS"] = "/bin/false"
        result["GIT_LFS_SKIP_SMUDGE"] = "1"
        return result
    }

    /// The environment for programs that may call git themselves (`kubectl kustomize` does for
    /// remote bases).
    var renderEnvironment: [String: String] {
        var result = environment
        result["HOME"] = cacheDirectory
        result["GIT_SSH_COMMAND"] = "ssh -o BatchMode=yes -o StrictHostKeyChecking=yes"
        return result
    }

    /// Runs a command without the network.
    func local(
        _ arguments: [String], for address: GitAddress, extra: [String: String] = [:], input: [UInt8] = [],
        outputByteCountMax: Int = 16 << 20
    ) async throws(GitError) -> [UInt8] {
        try await run(
            arguments, for: address, environment: environment.merging(extra) { $1 }, input: input,
            outputByteCountMax: outputByteCountMax)
    }

    /// Runs a command that talks to the repository's server.
    func remote(
        _ arguments: [String], for address: GitAddress, credentials: GitCredentials, outputByteCountMax: Int = 1 << 20
    ) async throws(GitError) -> [UInt8] {
        let files = try CredentialFiles(
            credentials, for: address, directory: "\(cacheDirectory)/tmp/\(UUID().uuidString)",
            knownHosts: knownHosts)
        let result = try await run(
            arguments, for: address, environment: environment.merging(files.environment) { $1 }, input: [],
            outputByteCountMax: outputByteCountMax)
        // The files must outlive the command.
        return withExtendedLifetime(files) { result }
    }

    private func run(
        _ arguments: [String], for address: GitAddress, environment: [String: String], input: [UInt8],
        outputByteCountMax: Int
    ) async throws(GitError) -> [UInt8] {
        let command = Command(
            "git", arguments, environment: environment, input: input, timeout: limits.gitTimeout,
            outputByteCountMax: outputByteCountMax)
        let result: CommandResult
        do {
            result = try await runner.run(command)
        } catch {
            let verb = arguments.first { !$0.hasPrefix("-") && !$0.hasPrefix("/") } ?? ""
            switch error {
            case .notFound: throw .gitMissing
            case .timedOut(let duration): throw .timedOut("git \(verb) for \(address)", duration)
            case .tooMuchOutput(let limit):
                throw .tooLarge("git \(verb) for \(address) printed more than \(limit) bytes")
            case .broken(let detail): throw .failed(address.description, detail)
            }
        }
        guard result.exitCode == 0 else { throw .classified(result.errorText, address: address) }
        return result.output
    }

    /// The directory of everything we keep of a repository.
    func directory(of address: GitAddress) -> String {
        "\(cacheDirectory)/git/\(Digest.sha256Hex(address.key).prefix(32))"
    }
}

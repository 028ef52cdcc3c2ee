// Secrets for a repository, and how git gets them without anybody seeing.

private import FoundationEssentials


/// What opens a private repository. Its description never shows a secret.
package struct GitCredentials: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    package var username = ""
    package var password = ""
    package var bearerToken = ""
    /// A private key in OpenSSH's or PEM's text.
    package var sshPrivateKey = ""
    /// Lines for `known_hosts`; empty means those of the machine.
    package var knownHosts = ""
    /// Neither certificates nor host keys are checked.
    package var isInsecure = false
    /// An HTTP proxy of this repository alone.
    package var proxy = ""

    package init() {}
    package static let none = GitCredentials()
    package var description: String { self == .none ? "no credentials" : "credentials (not shown)" }
    package var debugDescription: String { description }

    /// Reads the data of a repository Secret: keys as Argo CD documents them.
    package init(secretData data: [String: String]) {
        username = data["username"] ?? ""
        password = data["password"] ?? ""
        bearerToken = data["bearerToken"] ?? ""
        sshPrivateKey = data["sshPrivateKey"] ?? ""
        isInsecure = data["insecure"] == "true" || data["insecureIgnoreHostKey"] == "true"
        proxy = data["proxy"] ?? ""
    }
}

/// Files and variables that hand credentials to one git command; the files go when this does.
final class CredentialFiles: Sendable {
    /// Added to the command's environment.
    let environment: [String: String]
    private let directory: String?

    /// Writes what a command needs into a new directory that only we can read.
    init(_ credentials: GitCredentials, directory: String, knownHosts: String) throws(GitError) {
        var environment: [String: String] = [:]
        var settings: [(String, String)] = []
        var files: [(name: String, text: String, mode: Int)] = []
        if !credentials.password.isEmpty {
            // Git asks the program for each of them; the answers are in variables of its process.
            let script = "#!/bin/sh\ncase \"$1\" in Username*) printf '%s\\n' \"$MARTLET_GIT_USERNAME\";; "
                + "*) printf '%s\\n' \"$MARTLET_GIT_PASSWORD\";; esac\n"
            files.append(("askpass", script, 0o700))
            environment["GIT_ASKPASS"] = directory + "/askpass"
            environment["MARTLET_GIT_USERNAME"] = credentials.username.isEmpty ? "git" : credentials.username
            environment["MARTLET_GIT_PASSWORD"] = credentials.password
        }
        if !credentials.bearerToken.isEmpty {
            settings.append(("http.extraHeader", "Authorization: Bearer \(credentials.bearerToken)"))
        }
        if credentials.isInsecure { settings.append(("http.sslVerify", "false")) }
        if !credentials.proxy.isEmpty { settings.append(("http.proxy", credentials.proxy)) }
        var ssh = "ssh -o BatchMode=yes -o ConnectTimeout=15"
        if !credentials.sshPrivateKey.isEmpty {
            let key = credentials.sshPrivateKey
            files.append(("key", key.hasSuffix("\n") ? key : key + "\n", 0o600))
            ssh += " -o IdentitiesOnly=yes -i '\(directory)/key'"
        }
        let hosts = credentials.knownHosts.isEmpty ? knownHosts : credentials.knownHosts
        if credentials.isInsecure {
            ssh += " -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"
        } else if hosts.isEmpty {
            ssh += " -o StrictHostKeyChecking=yes"
        } else {
            files.append(("known_hosts", hosts, 0o600))
            ssh += " -o StrictHostKeyChecking=yes -o UserKnownHostsFile='\(directory)/known_hosts'"
        }
        environment["GIT_SSH_COMMAND"] = ssh
        environment["GIT_CONFIG_COUNT"] = String(settings.count)
        for (position, (key, value)) in settings.enumerated() {
            environment["GIT_CONFIG_KEY_\(position)"] = key
            environment["GIT_CONFIG_VALUE_\(position)"] = value
        }
        self.environment = environment
        self.directory = files.isEmpty ? nil : directory
        guard !files.isEmpty else { return }
        do {
            let manager = FileManager.default
            try manager.createDirectory(
                atPath: directory, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            for file in files {
                let isWritten = manager.createFile(
                    atPath: "\(directory)/\(file.name)", contents: Data(file.text.utf8),
                    attributes: [.posixPermissions: file.mode])
                guard isWritten else { throw CocoaError(.fileWriteUnknown) }
            }
        } catch {
            throw .failed("credentials", "a temporary file could not be written in the cache directory")
        }
    }

    deinit {
        if let directory { try? FileManager.default.removeItem(atPath: directory) }
    }
}

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
    /// Authorities in PEM that sign the server's certificate; empty means those of the machine.
    package var authorities = ""
    /// A certificate and its key in PEM, shown to servers that ask for one.
    package var clientCertificate = ""
    package var clientKey = ""
    /// Neither certificates nor host keys are checked.
    package var isInsecure = false
    /// Username and password go along unasked.
    package var forcesBasicAuth = false
    /// An HTTP proxy of this repository alone, and the hosts that are reached without it.
    package var proxy = ""
    package var noProxy = ""

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
        // Argo CD keeps these two in ConfigMaps alone; Flux has them in the Secret.
        knownHosts = data["known_hosts"] ?? data["sshKnownHosts"] ?? ""
        authorities = data["ca.crt"] ?? data["caFile"] ?? ""
        clientCertificate = data["tlsClientCertData"] ?? ""
        clientKey = data["tlsClientCertKey"] ?? ""
        isInsecure = data["insecure"] == "true" || data["insecureIgnoreHostKey"] == "true"
        forcesBasicAuth = data["forceHttpBasicAuth"] == "true"
        proxy = data["proxy"] ?? ""
        noProxy = data["noProxy"] ?? ""
    }
}

/// Whom we believe: servers' keys and authorities that hold for all repositories.
package struct GitTrust: Hashable, Sendable {
    /// Lines for `known_hosts`.
    package var knownHosts = ""
    /// Authorities in PEM by host.
    package var authorities: [String: String] = [:]
    package init() {}

    /// Credentials completed for an address; what they say themselves counts.
    func completing(_ credentials: GitCredentials, for address: GitAddress) -> GitCredentials {
        var credentials = credentials
        if credentials.knownHosts.isEmpty { credentials.knownHosts = knownHosts }
        if credentials.authorities.isEmpty {
            let name = String(address.host.prefix { $0 != ":" })
            credentials.authorities = authorities[address.host] ?? authorities[name] ?? ""
        }
        return credentials
    }
}

/// The variables and files by which credentials reach a command.
private struct CredentialWriter {
    let directory: String
    var environment: [String: String] = [:]
    var settings: [(String, String)] = []
    var files: [(name: String, text: String, mode: Int)] = []

    mutating func file(_ name: String, _ text: String, mode: Int = 0o600) -> String {
        files.append((name, text.hasSuffix("\n") ? text : text + "\n", mode))
        return "\(directory)/\(name)"
    }

    /// Git asks a program for name and password; the answers are in variables of its process. A
    /// server that sends git elsewhere must not get them, so the question has to name our host.
    private static let askPass = """
        #!/bin/sh
        case "$1" in
        "Username for '$MARTLET_GIT_SCHEME://$MARTLET_GIT_HOST"[\\'/]*) printf '%s\\n' "$MARTLET_GIT_USERNAME";;
        "Password for '$MARTLET_GIT_SCHEME://"*"@$MARTLET_GIT_HOST"[\\'/]*) printf '%s\\n' "$MARTLET_GIT_PASSWORD";;
        *) exit 1;;
        esac
        """

    mutating func web(_ credentials: GitCredentials, _ address: GitAddress) {
        if !credentials.password.isEmpty {
            let name = credentials.username.isEmpty ? address.user ?? "git" : credentials.username
            environment["GIT_ASKPASS"] = file("askpass", Self.askPass, mode: 0o700)
            environment["MARTLET_GIT_SCHEME"] = address.scheme.rawValue
            environment["MARTLET_GIT_HOST"] = address.writtenHost
            environment["MARTLET_GIT_USERNAME"] = name
            environment["MARTLET_GIT_PASSWORD"] = credentials.password
            if credentials.forcesBasicAuth {
                authorize("Basic " + Data("\(name):\(credentials.password)".utf8).base64EncodedString())
            }
        }
        if !credentials.bearerToken.isEmpty { authorize("Bearer " + credentials.bearerToken) }
        if credentials.isInsecure { settings.append(("http.sslVerify", "false")) }
        if !credentials.authorities.isEmpty {
            environment["GIT_SSL_CAINFO"] = file("authorities", credentials.authorities)
        }
        if !credentials.clientCertificate.isEmpty, !credentials.clientKey.isEmpty {
            environment["GIT_SSL_CERT"] = file("certificate", credentials.clientCertificate)
            environment["GIT_SSL_KEY"] = file("certificate-key", credentials.clientKey)
        }
        if !credentials.proxy.isEmpty { settings.append(("http.proxy", credentials.proxy)) }
        if !credentials.noProxy.isEmpty {
            environment["NO_PROXY"] = credentials.noProxy
            environment["no_proxy"] = credentials.noProxy
        }
    }

    /// A header goes wherever a server sends git: then it may not send it anywhere.
    private mutating func authorize(_ value: String) {
        settings.append(("http.extraHeader", "Authorization: \(value)"))
        settings.append(("http.followRedirects", "false"))
    }

    mutating func shell(_ credentials: GitCredentials, knownHosts: String) {
        var ssh = "ssh -o BatchMode=yes -o ConnectTimeout=15"
        if !credentials.sshPrivateKey.isEmpty {
            ssh += " -o IdentitiesOnly=yes -i '\(file("key", credentials.sshPrivateKey))'"
        }
        let hosts = credentials.knownHosts.isEmpty ? knownHosts : credentials.knownHosts
        if credentials.isInsecure {
            ssh += " -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"
        } else if hosts.isEmpty {
            ssh += " -o StrictHostKeyChecking=yes"
        } else {
            ssh += " -o StrictHostKeyChecking=yes -o UserKnownHostsFile='\(file("known_hosts", hosts))'"
        }
        environment["GIT_SSH_COMMAND"] = ssh
    }

    mutating func finish() {
        environment["GIT_CONFIG_COUNT"] = String(settings.count)
        for (position, (key, value)) in settings.enumerated() {
            environment["GIT_CONFIG_KEY_\(position)"] = key
            environment["GIT_CONFIG_VALUE_\(position)"] = value
        }
    }
}

/// Files and variables that hand credentials to one git command; the files go when this does.
final class CredentialFiles: Sendable {
    /// Added to the command's environment.
    let environment: [String: String]
    private let directory: String?

    /// Writes what a command needs into a new directory that only we can read.
    init(
        _ credentials: GitCredentials, for address: GitAddress, directory: String, knownHosts: String
    ) throws(GitError) {
        var writer = CredentialWriter(directory: directory)
        switch address.scheme {
        case .http, .https: writer.web(credentials, address)
        case .ssh: writer.shell(credentials, knownHosts: knownHosts)
        case .path, .file: break
        }
        writer.finish()
        environment = writer.environment
        let files = writer.files
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

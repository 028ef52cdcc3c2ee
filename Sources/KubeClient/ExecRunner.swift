// Runs a credential plugin as a process.

import JSONTree
import Subprocess

extension ExecPlugin {
    /// An ExecCredential with a certificate has a few kilobytes.
    private static let outputByteCountMax = 1 << 20
    /// A plugin may ask an identity provider; a person is not there to answer.
    private static let timeLimit: Duration = .seconds(60)

    /// Runs the command and reads what it prints.
    ///
    /// - Throws: `.configuration` when it cannot be started, fails, takes longer than a minute or
    ///   prints no JSON. What it printed is not repeated: it may hold secrets.
    func run() async throws(KubeError) -> JSON {
        let output: Result<String, KubeError> = await withTaskGroup(of: Result<String, KubeError>.self) { group in
            group.addTask { await self.output() }
            group.addTask {
                try? await Task.sleep(for: Self.timeLimit)
                return .failure(.configuration("exec plugin \(self.command) took longer than a minute"))
            }
            let first = await group.next() ?? .failure(.configuration("exec plugin \(self.command) did not run"))
            group.cancelAll()
            return first
        }
        let text = try output.get()
        guard let tree = try? JSON.parse(text) else {
            throw .configuration("exec plugin \(command) printed no JSON")
        }
        return tree
    }

    private func output() async -> Result<String, KubeError> {
        var overrides: [Environment.Key: String?] = ["KUBERNETES_EXEC_INFO": info.text()]
        for (key, value) in environment { overrides[Environment.Key(stringLiteral: key)] = value }
        do {
            // `env` takes names and paths alike, where Subprocess wants to know which it is.
            let result = try await Subprocess.run(
                .name("env"), arguments: Arguments([command] + arguments), environment: .inherit.updating(overrides),
                output: .string(limit: Self.outputByteCountMax), error: .discarded)
            guard result.terminationStatus.isSuccess else {
                return .failure(.configuration("exec plugin \(command) failed (\(result.terminationStatus))\(hint)"))
            }
            return .success(result.standardOutput)
        } catch {
            return .failure(.configuration("exec plugin \(command) cannot be run\(hint)"))
        }
    }

    private var hint: String { installHint.isEmpty ? "" : ": \(installHint.prefix(300))" }

    /// `KUBERNETES_EXEC_INFO`: what the command may want to know.
    private var info: JSON {
        var spec: JSON = ["interactive": false]
        if providesClusterInfo, let clusterInfo {
            var cluster: JSON = ["server": .string(clusterInfo.server)]
            if let name = clusterInfo.tlsServerName { cluster["tls-server-name"] = .string(name) }
            if clusterInfo.isInsecure { cluster["insecure-skip-tls-verify"] = true }
            if let data = clusterInfo.certificateAuthorityData { cluster["certificate-authority-data"] = .string(data) }
            if let proxy = clusterInfo.proxy { cluster["proxy-url"] = .string(proxy) }
            spec["cluster"] = cluster
        }
        return ["apiVersion": .string(apiVersion), "kind": "ExecCredential", "spec": spec]
    }
}

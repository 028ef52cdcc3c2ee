// Credentials of repositories from labelled Secrets, and whom to trust from ConfigMaps.

import ControllerKit
import JSONTree
import KubeModel
import MartletModel
import Sourcing
import SyncCore

/// Hands changed Secrets and ConfigMaps to the repositories.
actor RepositoryCredentials {
    static let selector = "\(ApplicationNames.secretTypeLabel) in (repository,repo-creds)"
    /// The label that Argo CD's own ConfigMaps bear.
    static let trustSelector = "app.kubernetes.io/part-of=argocd"
    static let knownHostsMap = "argocd-ssh-known-hosts-cm"
    static let authoritiesMap = "argocd-tls-certs-cm"
    private let namespaces: [String]
    private var versions: [ResourceKey: ResourceVersion] = [:]

    /// - Parameter namespaces: Where Secrets and ConfigMaps count. Elsewhere anybody who may write
    ///   a Secret could have the repositories of others fetched by a proxy of theirs.
    init(namespaces: [String]) { self.namespaces = namespaces }

    /// Keeps of Secrets and ConfigMaps that are cached for us what we read.
    @Sendable static func trimmed(_ tree: JSON) -> JSON {
        let isOurs = tree["metadata"]["labels"][ApplicationNames.secretTypeLabel].string != nil
            || [knownHostsMap, authoritiesMap].contains(tree["metadata"]["name"].string ?? "")
        return isOurs ? tree : ApplicationGatherer.trimmed(tree)
    }

    /// Reads the Secrets and ConfigMaps again where one of them changed.
    func update(_ repositories: GitRepositories, from reader: any ObjectReader & Sendable) async {
        let secrets = namespaces.flatMap { reader.objects(GroupKind("", "Secret"), namespace: $0) }.filter {
            ["repository", "repo-creds"].contains($0.label(ApplicationNames.secretTypeLabel) ?? "")
        }
        let maps = namespaces.flatMap { namespace in
            [Self.knownHostsMap, Self.authoritiesMap].compactMap {
                reader.object(GroupKind("", "ConfigMap"), ObjectKey(namespace: namespace, name: $0))
            }
        }
        let seen = Dictionary((secrets + maps).map { (ResourceKey($0), $0.resourceVersion) }) { first, _ in first }
        guard seen != versions else { return }
        versions = seen
        var trust = GitTrust()
        for map in maps {
            let data = KubeObject.strings(map.tree["data"])
            if map.name == Self.authoritiesMap {
                trust.authorities.merge(data) { first, _ in first }
            } else {
                trust.knownHosts += (data["ssh_known_hosts"] ?? "") + "\n"
            }
        }
        let rules = secrets.compactMap { secret -> GitCredentialRule? in
            let data = KubeObject.strings(secret.tree["data"]).compactMapValues(Self.decoded)
            guard let url = data["url"], ["", "git"].contains(data["type"] ?? "") else { return nil }
            return GitCredentialRule(
                url: url, isPrefix: secret.label(ApplicationNames.secretTypeLabel) == "repo-creds",
                credentials: GitCredentials(secretData: data))
        }
        await repositories.use(credentials: rules, trust: trust)
    }

    /// Standard Base64 as the API writes it.
    static func decoded(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var value: UInt32 = 0
        var bitCount = 0
        for byte in text.utf8 {
            let digit: UInt32
            switch byte {
            case 65...90: digit = UInt32(byte) - 65
            case 97...122: digit = UInt32(byte) - 71
            case 48...57: digit = UInt32(byte) + 4
            case UInt8(ascii: "+"): digit = 62
            case UInt8(ascii: "/"): digit = 63
            case UInt8(ascii: "="), UInt8(ascii: "\n"): continue
            default: return nil
            }
            value = value << 6 | digit
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(value >> UInt32(bitCount) & 255))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

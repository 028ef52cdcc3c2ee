// Credentials of repositories from labelled Secrets.

import ControllerKit
import JSONTree
import KubeModel
import MartletModel
import Sourcing

/// Hands changed Secrets to the repositories.
actor RepositoryCredentials {
    static let selector = "\(ApplicationNames.secretTypeLabel) in (repository,repo-creds)"
    private var versions: [ObjectKey: ResourceVersion] = [:]

    /// Reads the Secrets again where one of them changed.
    func update(_ repositories: GitRepositories, from reader: any ObjectReader & Sendable) async {
        let secrets = reader.objects(GroupKind("", "Secret"), namespace: nil).filter {
            ["repository", "repo-creds"].contains($0.label(ApplicationNames.secretTypeLabel) ?? "")
        }
        let seen = Dictionary(secrets.map { ($0.key, $0.resourceVersion) }) { first, _ in first }
        guard seen != versions else { return }
        versions = seen
        let rules = secrets.compactMap { secret -> GitCredentialRule? in
            let data = KubeObject.strings(secret.tree["data"]).compactMapValues(Self.decoded)
            guard let url = data["url"], ["", "git"].contains(data["type"] ?? "") else { return nil }
            return GitCredentialRule(
                url: url, isPrefix: secret.label(ApplicationNames.secretTypeLabel) == "repo-creds",
                credentials: GitCredentials(secretData: data))
        }
        await repositories.use(credentials: rules)
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

// The data directory: what comes back, and what is refused.

import ClusterSim
import Foundation
import Testing

@testable import LocalCluster

@Suite struct StorageTests {
    /// A directory that is removed with the value.
    private final class Folder {
        let path = NSTemporaryDirectory() + "martlet-" + UUID().uuidString
        deinit { try? FileManager.default.removeItem(atPath: path) }
        var database: String { path + "/cluster.sqlite" }
    }

    private func record(_ name: String, _ revision: Int64, _ value: String?) -> JournalRecord {
        JournalRecord(
            key: "/registry/pods/default/\(name)", value: value.map { Array($0.utf8) }, revision: revision)
    }

    @Test func `commits come back in the order of their revisions, with the newest revision`() async throws {
        let folder = Folder()
        let identity = try await write(to: folder)
        let second = try Journal.open(DataDirectory(folder.path))
        #expect(
            second.records == [
                record("a", 3, "{\"x\":1}"), JournalRecord(key: Journal.revisionKey, value: nil, revision: 5),
            ])
        #expect(second.identity.json == identity.json)
    }

    /// Two commits into a new directory, which is closed again.
    private func write(to folder: Folder) async throws -> ClusterIdentity {
        let opened = try Journal.open(DataDirectory(folder.path))
        #expect(opened.records.isEmpty)
        try await opened.journal.commit([record("b", 2, "{}"), record("a", 3, "{\"x\":1}")])
        try await opened.journal.commit([record("b", 5, nil)])
        try opened.journal.close()
        return opened.identity
    }

    @Test func `a directory in use is refused`() throws {
        let folder = Folder()
        let first = try DataDirectory(folder.path)
        #expect {
            _ = try DataDirectory(folder.path)
        } throws: {
            ($0 as? ClusterFailure)?.exitCode == 75
        }
        _ = first
    }

    @Test func `nobody else may read the database`() throws {
        let folder = Folder()
        _ = try Journal.open(DataDirectory(folder.path))
        let mode =
            try FileManager.default.attributesOfItem(atPath: folder.database)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test(arguments: ["empty", "garbage", "truncated", "flipped"])
    func `a damaged database is refused and left as it is`(damage: String) async throws {
        let folder = Folder()
        do {
            let opened = try Journal.open(DataDirectory(folder.path))
            let value = "{\"data\":\"" + String(repeating: "x", count: 20_000) + "\"}"
            try await opened.journal.commit((1...20).map { record("p\($0)", Int64($0), value) })
            try opened.journal.close()
        }
        var bytes = try Data(contentsOf: URL(fileURLWithPath: folder.database))
        switch damage {
        case "empty": bytes = Data()
        case "garbage": bytes = Data(repeating: 7, count: 8192)
        case "truncated": bytes = bytes.prefix(bytes.count / 2)
        default: bytes[try #require(bytes.firstRange(of: Data("xxxx".utf8))).lowerBound] ^= 0x20
        }
        try bytes.write(to: URL(fileURLWithPath: folder.database))
        #expect {
            _ = try Journal.open(DataDirectory(folder.path))
        } throws: {
            ($0 as? ClusterFailure)?.exitCode == 65
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.database)) == bytes)
    }

    @Test func `a kubeconfig is private and replaces the old one whole`() throws {
        let folder = Folder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let path = folder.path + "/config"
        let kubeconfig = Kubeconfig(
            server: "https://127.0.0.1:1", authorityPEM: "PEM", user: "admin", token: "secret")
        try "old".write(toFile: path, atomically: false, encoding: .utf8)
        try kubeconfig.write(to: path)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == kubeconfig.text)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["config"])
    }
}

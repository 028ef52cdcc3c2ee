// The durable state in SQLite: one row an object, and what identifies the cluster.

import ClusterSim
import Foundation
import GRDB
import JSONTree

/// The database of a data directory.
///
/// **Guarantees.** When `commit` returns, the records survive `kill -9` and a power cut: WAL with
/// `synchronous = FULL` flushes each commit. **Assumes** that the directory's lock is held.
final class Journal: Sendable {
    private let queue: DatabaseQueue
    private let directory: DataDirectory

    /// What a data directory held.
    struct Opened: Sendable {
        var journal: Journal
        var identity: ClusterIdentity
        /// All objects, and a deletion with the newest revision, so that the counter goes on.
        var records: [JournalRecord]
    }

    private init(queue: DatabaseQueue, directory: DataDirectory) {
        self.queue = queue
        self.directory = directory
    }

    /// Opens a directory's database, or makes a new one with a new identity.
    /// - Throws: `dataDamaged` when there is one that cannot be read whole; it is left as it is.
    static func open(_ directory: DataDirectory) throws(ClusterFailure) -> Opened {
        let path = directory.databasePath
        if !FileManager.default.fileExists(atPath: path) {
            if FileManager.default.fileExists(atPath: "\(path)-wal") {
                throw .dataDamaged(
                    path: path, reason: "its write-ahead log is there, but the file itself is missing")
            }
            try create(path)
        }
        try checkHeader(path)
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            let (identity, records) = try queue.read { try load($0, path: path) }
            try queue.writeWithoutTransaction { database in
                _ = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
                try database.execute(sql: "PRAGMA synchronous = FULL")
            }
            return Opened(
                journal: Journal(queue: queue, directory: directory), identity: identity, records: records)
        } catch let failure as ClusterFailure {
            throw failure
        } catch {
            throw .dataDamaged(path: path, reason: "\(error)")
        }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(1)
        return configuration
    }

    /// Builds the database beside its place and moves it there when it is whole: a file that exists
    /// and is empty is damage, never a start that was interrupted.
    private static func create(_ path: String) throws(ClusterFailure) {
        let temporary = "\(path).new"
        do {
            try? FileManager.default.removeItem(atPath: temporary)
            let identity = try ClusterIdentity.make()
            let queue = try DatabaseQueue(path: temporary, configuration: configuration)
            try queue.write { database in
                try database.execute(
                    sql: """
                        PRAGMA application_id = \(applicationID);
                        PRAGMA user_version = \(formatVersion);
                        CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
                        CREATE TABLE objects (
                            key TEXT PRIMARY KEY, revision INTEGER NOT NULL, checksum INTEGER NOT NULL,
                            value BLOB NOT NULL) WITHOUT ROWID;
                        """)
                try database.execute(
                    sql: "INSERT INTO meta VALUES ('identity', ?), ('revision', '0')",
                    arguments: [identity.json.text()])
            }
            try queue.close()
            chmod(temporary, 0o600)
        } catch {
            throw .dataDirectoryUnusable(path: path, reason: "\(error)")
        }
        guard rename(temporary, path) == 0 else {
            throw .dataDirectoryUnusable(path: path, reason: String(cString: strerror(errno)))
        }
    }

    /// Looks at the file before SQLite does: it would take an empty one for a new database, and
    /// throw the write-ahead log beside it away.
    private static func checkHeader(_ path: String) throws(ClusterFailure) {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw .dataDirectoryUnusable(path: path, reason: String(cString: strerror(errno)))
        }
        let header = (try? file.read(upToCount: 100)) ?? nil
        try? file.close()
        // https://www.sqlite.org/fileformat.html#the_database_header
        guard let header, header.count == 100, header.starts(with: Array("SQLite format 3\0".utf8)) else {
            throw .dataDamaged(path: path, reason: "it does not begin as an SQLite database does")
        }
    }

    private static func load(_ database: Database, path: String) throws -> (ClusterIdentity, [JournalRecord])
    {
        guard try Int.fetchOne(database, sql: "PRAGMA application_id") == applicationID else {
            throw ClusterFailure.dataDamaged(path: path, reason: "it is not a database of martlet's")
        }
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard version == formatVersion else {
            throw ClusterFailure.dataDirectoryUnusable(
                path: path, reason: "its format is \(version), and this martlet knows \(formatVersion)")
        }
        let check = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "no answer"
        guard check == "ok" else { throw ClusterFailure.dataDamaged(path: path, reason: check) }
        let text = try String.fetchOne(database, sql: "SELECT value FROM meta WHERE name = 'identity'") ?? ""
        guard let tree = try? JSON.parse(text), let identity = ClusterIdentity(tree) else {
            throw ClusterFailure.dataDamaged(path: path, reason: "the cluster's identity is missing")
        }
        let newest =
            try String.fetchOne(database, sql: "SELECT value FROM meta WHERE name = 'revision'") ?? ""
        guard let revision = Int64(newest) else {
            throw ClusterFailure.dataDamaged(path: path, reason: "the revision is missing")
        }
        var records: [JournalRecord] = []
        let rows = try Row.fetchCursor(
            database, sql: "SELECT key, revision, checksum, value FROM objects ORDER BY revision")
        while let row = try rows.next() {
            let key: String = row[0]
            let value = [UInt8](row[3] as Data)
            guard row[2] as Int64 == checksum(key, value) else {
                throw ClusterFailure.dataDamaged(path: path, reason: "\(key) does not match its checksum")
            }
            records.append(JournalRecord(key: key, value: value, revision: row[1]))
        }
        if revision > 0 { records.append(JournalRecord(key: revisionKey, value: nil, revision: revision)) }
        return (identity, records)
    }

    /// Writes records in one transaction.
    func commit(_ records: [JournalRecord]) async throws {
        try await queue.write { database in
            let replace = try database.cachedStatement(
                sql: "INSERT OR REPLACE INTO objects (key, revision, checksum, value) VALUES (?, ?, ?, ?)")
            let delete = try database.cachedStatement(sql: "DELETE FROM objects WHERE key = ?")
            for record in records {
                if let value = record.value {
                    try replace.execute(arguments: [
                        record.key, record.revision, Self.checksum(record.key, value), Data(value),
                    ])
                } else {
                    try delete.execute(arguments: [record.key])
                }
            }
            guard let newest = records.map(\.revision).max() else { return }
            try database.cachedStatement(sql: "UPDATE meta SET value = ? WHERE name = 'revision'")
                .execute(arguments: [String(newest)])
        }
    }

    /// Folds the log into the file and closes it.
    func close() throws { try queue.close() }

    /// The key of the record that only carries the newest revision.
    static let revisionKey = "/registry/martlet.dev/revision"
    /// `MART`: says whose database a file is.
    private static let applicationID = 0x4D41_5254
    private static let formatVersion = 1

    /// FNV-1a, 64 bits: finds flipped bits, which SQLite's own check does not look for.
    private static func checksum(_ key: String, _ value: [UInt8]) -> Int64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in key.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        for byte in value { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Int64(bitPattern: hash)
    }
}

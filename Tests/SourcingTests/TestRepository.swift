// A Git repository in a directory of its own, made with the real git.

import Foundation
import KubeModel
import Sourcing
import Testing

/// A working repository that tests commit to.
struct TestRepository {
    let directory: String
    var path: String { directory + "/work" }
    var cache: String { directory + "/cache" }

    init() throws {
        directory = NSTemporaryDirectory() + "martlet-sourcing-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: directory + "/work", withIntermediateDirectories: true)
        try git("init", "--quiet", "--initial-branch=main")
    }

    @discardableResult
    func git(_ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["git", "-C", path, "-c", "user.name=t", "-c", "user.email=t@example.test"] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "git \(arguments)")
        return String(decoding: data, as: UTF8.self).trimmingBlanks()
    }

    /// Writes files and commits them all.
    @discardableResult
    func commit(_ files: [String: String?], message: String = "change") throws -> String {
        for (name, text) in files {
            let file = "\(path)/\(name)"
            if let text {
                let folder = URL(filePath: file).deletingLastPathComponent()
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                try text.write(toFile: file, atomically: true, encoding: .utf8)
            } else {
                try FileManager.default.removeItem(atPath: file)
            }
        }
        try git("add", "--all")
        try git("commit", "--quiet", "--allow-empty", "-m", message)
        return try git("rev-parse", "HEAD")
    }

    func commands(limits: SourcingLimits = SourcingLimits()) throws -> GitCommands {
        try GitCommands(
            cacheDirectory: cache, environment: ProcessInfo.processInfo.environment, limits: limits)
    }

    func repository(limits: SourcingLimits = SourcingLimits()) async throws -> GitRepository {
        try await GitRepositories(git: commands(limits: limits)).repository(at: path)
    }

    func remove() { try? FileManager.default.removeItem(atPath: directory) }
}

/// Seconds after a fixed start.
func time(_ seconds: Int64) -> Timestamp { Timestamp(wholeSeconds: 1_700_000_000 + seconds) }

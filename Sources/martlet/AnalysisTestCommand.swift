// `martlet analysis test`: unit tests of analysis templates.

import AnalysisCore
import ArgumentParser
import Foundation
import JSONTree
import YAMLTree

/// `martlet analysis test FILE…`.
struct AnalysisTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Play written or recorded series through analysis templates in virtual time.",
        discussion: """
            A file names templates, what their metrics measure, and what is expected; see docs/analysis.md.
            Exit codes: 0 all tests passed, 1 one failed, 64 a file cannot be used.
            """)

    @Argument(help: "YAML files of tests.") var files: [String]
    @Option(help: "Write the outcome as JUnit's XML into this file.") var junit: String?
    @Flag(name: .shortAndLong, help: "Print the measurements of tests that passed as well.")
    var verbose = false

    func run() async throws {
        var suites: [(file: String, reports: [TrialReport])] = []
        for file in files {
            let reports = try TemplateFiles.tests(file).cases.map { $0.played() }
            suites.append((file, reports))
            for report in reports {
                let lines = TrialText.lines(report)
                (verbose || !report.failures.isEmpty ? lines : Array(lines.prefix(1))).forEach(
                    Console.line)
            }
        }
        let all = suites.flatMap(\.reports)
        let failed = all.count { !$0.failures.isEmpty }
        Console.line("\(all.count - failed) passed, \(failed) failed")
        if let junit {
            do {
                try Data(TrialText.junit(suites).utf8).write(to: URL(fileURLWithPath: junit))
            } catch {
                throw ValidationError("--junit \(junit): \(error.localizedDescription)")
            }
        }
        if failed > 0 { throw ExitCode(1) }
    }
}

/// Reads files of templates and tests.
enum TemplateFiles {
    private static let byteCountMax = 64 << 20

    /// The documents of a YAML or JSON file.
    static func documents(_ path: String) throws(TrialProblem) -> [JSON] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw TrialProblem("\(path): cannot be read")
        }
        guard data.count <= byteCountMax else {
            throw TrialProblem("\(path): has more than 64 MiB")
        }
        if path.hasSuffix(".json") {
            do { return [try JSON.parse([UInt8](data))] } catch {
                throw TrialProblem("\(path): \(error)")
            }
        }
        do {
            return try YAML.parse(String(decoding: data, as: UTF8.self), file: path).map(\.tree)
        } catch {
            throw TrialProblem("\(error)")
        }
    }

    /// The templates of files.
    static func shelf(_ paths: [String]) throws(TrialProblem) -> TemplateShelf {
        var shelf = TemplateShelf()
        for path in paths { try shelf.add(try documents(path)) }
        return shelf
    }

    /// The tests of a file; names of files in it are relative to it.
    static func tests(_ path: String) throws -> TrialFile {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        do throws(TrialProblem) {
            let documents = try documents(path)
            guard documents.count == 1 else {
                throw TrialProblem("\(path): holds one document, not \(documents.count)")
            }
            return try TrialFile(documents[0]) { name throws(TrialProblem) in
                try self.documents(
                    name.hasPrefix("/") ? name : folder.appendingPathComponent(name).path)
            }
        } catch {
            throw ValidationError(error.message)
        }
    }
}

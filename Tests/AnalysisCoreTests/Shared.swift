// Where the recorded data is.

import Foundation
import JSONTree

/// Files of ../shared/conformance beside the repository.
enum Shared {
    private static func path(_ name: String) -> String {
        if let root = ProcessInfo.processInfo.environment["MARTLET_SHARED"] { return "\(root)/conformance/\(name)" }
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let beside = tests.appendingPathComponent("../../../shared/conformance/\(name)").standardizedFileURL.path
        return beside
    }

    static func hasFile(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    static func json(_ name: String) throws -> JSON {
        try JSON.parse([UInt8](Data(contentsOf: URL(fileURLWithPath: path(name)))))
    }
}

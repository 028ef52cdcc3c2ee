// Finds the recorded data that tests replay.

import Foundation
import JSONTree

/// Recorded data beside the repository, or where `MARTLET_SHARED` says.
enum Conformance {
    /// The folder of recordings.
    static var folder: String {
        let root =
            ProcessInfo.processInfo.environment["MARTLET_SHARED"]
            ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared").path
        return root + "/conformance"
    }

    /// A recording's tree; null where it is absent.
    static func json(_ name: String) -> JSON {
        guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)") else { return .null }
        return (try? JSON.parse(Array(data))) ?? .null
    }

    /// The names of the files in a folder of recordings.
    static func names(_ name: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)")) ?? []).sorted()
    }
}

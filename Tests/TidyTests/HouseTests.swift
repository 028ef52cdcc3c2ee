// Sources/README.md, enforced: who may import whom.

import Foundation
import Testing

@Suite struct HouseTests {
    struct Room {
        var floor: String
        var name: String
        var imports: Set<String>
    }

    /// The table of the house.
    static let rooms: [Room] = {
        let text = (try? String(contentsOf: Checkout.root.appendingPathComponent("Sources/README.md"), encoding: .utf8)) ?? ""
        let rows = text.components(separatedBy: "\n").compactMap { line -> (String, String, String)? in
            let cells = line.components(separatedBy: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count >= 6, ["0", "1", "2", "3", "4", "roof"].contains(cells[1]) else { return nil }
            return (cells[1], cells[2].trimmingCharacters(in: ["`"]), cells[4])
        }
        func floor(_ wanted: Set<String>) -> Set<String> { Set(rows.filter { wanted.contains($0.0) }.map(\.1)) }
        return rows.map { row in
            var imports = Set(row.2.components(separatedBy: "`").enumerated().filter { $0.offset % 2 == 1 }.map(\.element))
            if row.2.contains("floor 0") { imports.formUnion(floor(["0"])) }
            if row.2.contains("but `MartletModel`") { imports.remove("MartletModel") }
            if row.2.contains("floors 0 and 1") { imports.formUnion(floor(["0", "1"])) }
            if row.2.contains("floors 0 to 2") { imports.formUnion(floor(["0", "1", "2"])) }
            if row.2.contains("Foundation") { imports.formUnion(["Foundation", "FoundationEssentials", "Glibc", "Darwin", "Dispatch"]) }
            return Room(floor: row.0, name: row.1, imports: imports)
        }
    }()

    static func imports(of file: Checkout.SourceFile) -> [String] {
        file.lines.compactMap { line in
            var words = Checkout.code(line).split(separator: " ").map(String.init)
            while let first = words.first, ["public", "package", "internal", "private", "fileprivate", "@testable", "@preconcurrency", "@_exported"].contains(first) {
                words.removeFirst()
            }
            guard words.first == "import", let module = words.last else { return nil }
            return module.split(separator: ".").first.map(String.init)
        }
    }

    @Test func `every room stands in the table and every row has its room`() {
        let folders = Set(Checkout.sources.map(\.room))
        let named = Set(Self.rooms.map(\.name))
        #expect(folders.subtracting(named).isEmpty, "rooms that Sources/README.md does not name")
        #expect(named.subtracting(folders).isEmpty, "rows of Sources/README.md without a room")
    }

    @Test func `a room imports only what its row allows`() {
        let free: Set<String> = ["Swift", "Synchronization", "RegexBuilder", "_StringProcessing"]
        for file in Checkout.sources {
            guard let room = Self.rooms.first(where: { $0.name == file.room }), room.floor != "roof" else { continue }
            for module in Self.imports(of: file) where module != room.name && !free.contains(module) {
                #expect(room.imports.contains(module), "\(file.path) imports \(module)")
            }
        }
    }

    @Test func `the mind has no hands`() {
        let pure: Set<String> = ["RolloutCore", "AnalysisCore", "SyncCore", "TrafficRouting", "MetricProviders", "ClusterSim"]
        let banned: [Regex<Substring>] = [
            /\basync\b/, /\bawait\b/, /\bDate\(/, /\bTask\s*[\{.]/, /\.random\(in/, /\bLogger\b/, /\bMutex</, /\bimport Foundation/,
        ]
        for file in Checkout.sources where pure.contains(file.room) {
            for (number, line) in file.lines.enumerated() {
                let code = Checkout.code(line)
                for word in banned {
                    guard let found = code.firstMatch(of: word) else { continue }
                    Issue.record("\(file.path):\(number + 1): \(found.output) in a pure room")
                }
            }
        }
    }
}

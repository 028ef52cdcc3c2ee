// The style that a machine can check: banned calls, sizes, comments.

import Foundation
import Testing

@Suite struct StyleTests {
    /// Files over the limit that were so when the rule came. The list may only shrink.
    static let longFiles: [String: Int] = [:]
    static let lineCountMax = 500
    static let testLineCountMax = 600

    @Test func `nothing on a path of input can crash`() {
        let banned: [Regex<Substring>] = [
            /\btry!/, /\bfatalError\(/, /\bas!\s/, /\bDispatchQueue\b/, /\bNSLock\b/, /unowned\(unsafe\)/,
        ]
        for file in Checkout.sources {
            for (number, line) in file.lines.enumerated() {
                let code = Checkout.code(line)
                for word in banned {
                    guard let found = code.firstMatch(of: word) else { continue }
                    Issue.record("\(file.path):\(number + 1): \(found.output)")
                }
                if code.contains("@unchecked Sendable") || code.contains("nonisolated(unsafe)") {
                    let above = file.lines[max(0, number - 4)..<number]
                    #expect(above.contains { $0.contains("// SAFETY:") }, "\(file.path):\(number + 1): no // SAFETY: above")
                }
            }
        }
    }

    @Test func `only the terminal and the roof print`() {
        let printers = ["martlet", "kubectl-martlet", "martlet-sim", "martlet-fuzz", "martlet-bench"]
        for file in Checkout.sources where !printers.contains(file.room) {
            for (number, line) in file.lines.enumerated() where Checkout.code(line).contains(" print(") {
                Issue.record("\(file.path):\(number + 1): print")
            }
        }
    }

    @Test func `nothing is left for later`() {
        for file in Checkout.sources + Checkout.tests where file.room != "TidyTests" {
            for (number, line) in file.lines.enumerated() where line.contains("FIXME") || line.contains("TODO") {
                Issue.record("\(file.path):\(number + 1): \(line.trimmingCharacters(in: .whitespaces))")
            }
        }
    }

    @Test func `every file says its purpose in its first line`() {
        for file in Checkout.sources + Checkout.tests {
            #expect(file.lines.first?.hasPrefix("// ") == true, "\(file.path)")
        }
    }

    @Test func `files stay short`() {
        for file in Checkout.sources {
            let limit = Self.longFiles[file.path] ?? Self.lineCountMax
            #expect(file.lines.count <= limit + 1, "\(file.path) has \(file.lines.count) lines, over \(limit)")
        }
        for file in Checkout.tests {
            #expect(file.lines.count <= Self.testLineCountMax + 1, "\(file.path) has \(file.lines.count) lines")
        }
        for path in Self.longFiles.keys {
            #expect(Checkout.sources.contains { $0.path == path }, "\(path) is gone: take it off the list")
        }
    }

    @Test func `tests do not sleep`() {
        for file in Checkout.tests where file.room != "TidyTests" {
            for (number, line) in file.lines.enumerated() {
                let code = Checkout.code(line)
                if code.contains("Task.sleep") || code.contains("usleep(") || code.contains("Thread.sleep") {
                    Issue.record("\(file.path):\(number + 1): watch for the state instead")
                }
            }
        }
    }

    @Test func `texts name no machine's folders`() {
        for file in Checkout.sources + Checkout.tests where file.room != "TidyTests" {
            for (number, line) in file.lines.enumerated() {
                for folder in ["/work/", "/root/", "/home/"] where line.contains("\"\(folder)") || line.contains(" \(folder)") {
                    Issue.record("\(file.path):\(number + 1): \(folder)")
                }
            }
        }
    }
}

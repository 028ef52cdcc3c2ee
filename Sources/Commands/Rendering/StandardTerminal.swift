// The process's own standard output and error.

import Foundation
import Glibc
package import KubeModel
import Synchronization

/// Whether an interrupt has arrived. Global, since a signal's handler knows nothing else.
private let interrupted = Atomic<Bool>(false)

/// Prints to the process's streams; colours go to terminals only, unless NO_COLOR or TERM=dumb.
package struct StandardTerminal: Terminal {
    package let style: Style
    private let isTerminal: Bool

    package init() {
        let environment = ProcessInfo.processInfo.environment
        isTerminal = isatty(STDOUT_FILENO) == 1 && environment["TERM"] != "dumb"
        style = Style(hasColor: isTerminal && environment["NO_COLOR", default: ""].isEmpty)
    }

    static var time: Timestamp {
        Timestamp(nanoseconds: Int64(Date().timeIntervalSince1970 * 1_000_000_000))
    }

    package var now: Timestamp { Self.time }

    package var size: TerminalSize? {
        guard isTerminal else { return nil }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0
        else {
            return TerminalSize(columns: 80, rows: 24)
        }
        return TerminalSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
    }

    package var isInterrupted: Bool { interrupted.load(ordering: .relaxed) }

    package func catchInterrupts() {
        for signal in [SIGINT, SIGTERM] {
            Foundation.signal(signal) { _ in interrupted.store(true, ordering: .relaxed) }
        }
    }

    package func write(_ text: String) { Self.write(text, to: STDOUT_FILENO) }
    package func errorLine(_ text: String) { Self.write(text + "\n", to: STDERR_FILENO) }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes {
                Foundation.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return }  // Whoever reads has gone away.
            bytes = bytes.dropFirst(count)
        }
    }
}

// The process's own standard output and error.

import Foundation
package import KubeModel

/// Prints to the process's streams; colours go to terminals only, unless NO_COLOR or TERM=dumb.
package struct StandardTerminal: Terminal {
    package let style: Style

    package init() {
        let environment = ProcessInfo.processInfo.environment
        let isColored = isatty(STDOUT_FILENO) == 1 && environment["NO_COLOR", default: ""].isEmpty
            && environment["TERM"] != "dumb"
        style = Style(hasColor: isColored)
    }

    package var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    package func line(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }
    package func errorLine(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

    /// Home, then each line with the rest of the old one erased, then everything below: one write,
    /// so that nothing blinks.
    package func screen(_ text: String) {
        guard style.hasColor || isatty(STDOUT_FILENO) == 1 else { return write(text, to: STDOUT_FILENO) }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\u{1B}[K\n")
        write("\u{1B}[H\(lines)\u{1B}[J", to: STDOUT_FILENO)
    }

    private func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count <= 0 { return }  // Whoever reads has gone away.
            bytes = bytes.dropFirst(count)
        }
    }
}

// Log lines as logfmt or JSON, one event a line.

package import Logging

import Glibc

/// Where log lines go.
package protocol LogOutput: Sendable {
    /// Takes one line, its line break included.
    func write(_ line: [UInt8])
}

/// Standard error; a line is one `write`, so that lines of several threads do not mix.
package struct StandardErrorOutput: LogOutput {
    package init() {}
    package func write(_ line: [UInt8]) {
        line.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Glibc.write(2, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                if count <= 0 { return }
                rest = rest.dropFirst(count)
            }
        }
    }
}

/// A swift-log handler that writes lines for people (`logfmt`) or for machines (JSON).
package struct LineLogHandler: LogHandler {
    package enum Format: String, Sendable, CaseIterable { case logfmt, json }

    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level
    private let label: String
    private let format: Format
    private let output: any LogOutput
    private let clock: @Sendable () -> (seconds: Int, microseconds: Int)

    /// A value longer than this is cut, with a sign.
    private static let valueByteCountMax = 8192

    package init(
        label: String, level: Logger.Level, format: Format = .logfmt,
        output: any LogOutput = StandardErrorOutput(),
        clock: @escaping @Sendable () -> (seconds: Int, microseconds: Int) = LineLogHandler.systemClock
    ) {
        self.label = label
        self.format = format
        self.output = output
        self.clock = clock
        logLevel = level
    }

    /// The wall clock.
    package static let systemClock: @Sendable () -> (seconds: Int, microseconds: Int) = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return (Int(time.tv_sec), Int(time.tv_nsec) / 1000)
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var pairs: [(String, String)] = [
            ("time", timeText()), ("level", event.level.rawValue), ("logger", label), ("msg", event.message.description),
        ]
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let given = event.metadata { all.merge(given) { $1 } }
        if let error = event.error, all["error"] == nil { all["error"] = "\(error)" }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) { pairs.append((key, value.description)) }
        output.write(format == .logfmt ? Self.logfmt(pairs) : Self.json(pairs))
    }

    private func timeText() -> String {
        let (seconds, microseconds) = clock()
        var time = time_t(seconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        func padded(_ value: some BinaryInteger, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let date = "\(padded(parts.tm_year + 1900, 4))-\(padded(parts.tm_mon + 1, 2))-\(padded(parts.tm_mday, 2))"
        let clock = "\(padded(parts.tm_hour, 2)):\(padded(parts.tm_min, 2)):\(padded(parts.tm_sec, 2))"
        return "\(date)T\(clock).\(padded(microseconds / 1000, 3))Z"
    }

    private static func logfmt(_ pairs: [(String, String)]) -> [UInt8] {
        var line: [UInt8] = []
        for (key, value) in pairs {
            if !line.isEmpty { line.append(0x20) }
            line += key.utf8.map { $0 > 0x20 && $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: "\"") ? $0 : UInt8(ascii: "_") }
            line.append(UInt8(ascii: "="))
            if isBare(value) { line += value.utf8 } else { quote(value, to: &line) }
        }
        line.append(0x0A)
        return line
    }

    private static func json(_ pairs: [(String, String)]) -> [UInt8] {
        var line: [UInt8] = [UInt8(ascii: "{")]
        for (position, (key, value)) in pairs.enumerated() {
            if position > 0 { line.append(UInt8(ascii: ",")) }
            quote(key, to: &line)
            line.append(UInt8(ascii: ":"))
            quote(value, to: &line)
        }
        line += [UInt8(ascii: "}"), 0x0A]
        return line
    }

    private static func isBare(_ value: String) -> Bool {
        !value.isEmpty && value.utf8.count <= valueByteCountMax
            && value.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x3D && $0 != 0x5C && $0 != 0x7F }
    }

    /// A JSON string, which logfmt's readers take as well.
    private static func quote(_ value: String, to line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        var text = Substring(value)
        if value.utf8.count > valueByteCountMax { text = value.prefix(valueByteCountMax / 4) }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): line += [UInt8(ascii: "\\"), byte]
            case 0x0A: line += "\\n".utf8
            case 0x09: line += "\\t".utf8
            case 0x0D: line += "\\r".utf8
            case 0..<0x20, 0x7F:
                let hex = String(byte, radix: 16)
                line += ("\\u00" + (hex.count == 1 ? "0" : "") + hex).utf8
            default: line.append(byte)
            }
        }
        if text.endIndex != value.endIndex { line += "…".utf8 }
        line.append(UInt8(ascii: "\""))
    }
}

// Lines to the terminal.

import Foundation

/// The process's standard streams.
enum Console {
    /// Writes one line to standard output at once, also into a pipe.
    static func line(_ text: String) { FileHandle.standardOutput.write(Data("\(text)\n".utf8)) }
    /// Writes one line to standard error.
    static func error(_ text: String) { FileHandle.standardError.write(Data("martlet: \(text)\n".utf8)) }
}

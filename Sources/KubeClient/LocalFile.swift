// Small files with credentials and configuration.

import Glibc

/// Reads whole files, up to a limit.
package enum LocalFile {
    /// A kubeconfig of a thousand clusters has a few megabytes.
    private static let byteCountMax = 16 << 20

    /// The file's bytes.
    ///
    /// - Returns: Nil when it cannot be opened or read, or is larger than 16 MiB.
    package static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "rb") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { return ferror(file) == 0 ? bytes : nil }
            bytes += buffer[..<count]
            if bytes.count > byteCountMax { return nil }
        }
    }

    /// A path relative to a file's folder, unless it is absolute.
    static func path(_ path: String, relativeTo file: String) -> String {
        guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
        return file[...slash] + path
    }
}

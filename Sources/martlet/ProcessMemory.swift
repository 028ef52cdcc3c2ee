// How the process takes memory from the system and gives it back.

import CMalloc
import Foundation
import Synchronization

/// Settings of the allocator, for a process that lives long and is idle most of the time.
enum ProcessMemory {
    /// Call before the first threads start.
    static func configure() {
        #if canImport(Glibc)
        // An arena a thread would keep what its thread once needed; two serve our few threads.
        mallopt(M_ARENA_MAX, 2)
        // Bodies of lists come and go: from this size on each is a mapping of its own and leaves no
        // hole. Said once, the threshold does not grow with what is freed.
        mallopt(M_MMAP_THRESHOLD, 128 << 10)
        mallopt(M_TRIM_THRESHOLD, 256 << 10)
        code.withLock { $0 = unchangedMappings() }
        #endif
    }

    /// Gives free pages back to the system, and those of code that was needed once.
    static func release() {
        #if canImport(Glibc)
        malloc_trim(0)
        releaseCode()
        #endif
    }

    #if canImport(Glibc)
    private struct Mapping {
        var start: UInt
        var byteCount: Int
        var path: Substring
    }
    /// What was mapped from files, and not changed since, when the process had but one thread: the
    /// program and the libraries that it is linked with, which stay where they are.
    private static let code = Mutex<[Mapping]>([])

    /// Lets go of pages that are as they are in their files: starting up, and each first cast to a
    /// protocol, look through tables all over the program. What is needed again is mapped again
    /// from the page cache.
    private static func releaseCode() {
        for mapping in code.withLock({ $0 }) {
            guard let start = UnsafeMutableRawPointer(bitPattern: mapping.start) else { continue }
            madvise(start, mapping.byteCount, MADV_DONTNEED)
        }
    }

    private static func unchangedMappings() -> [Mapping] {
        guard let maps = try? String(contentsOfFile: "/proc/self/smaps", encoding: .utf8) else { return [] }
        var mappings: [Mapping] = []
        var programs: Set<Substring> = []
        var present: Mapping?
        for line in maps.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count >= 6, words[0].contains("-") {
                present = unwritable(words)
                if words[1].contains("x") { programs.insert(words[5]) }
            } else if words.first == "Anonymous:" {
                // A page that was changed, as by relocation, is not in the file: nothing of such a
                // mapping may go.
                if let mapping = present, words.count > 1, words[1] == "0" { mappings.append(mapping) }
                present = nil
            }
        }
        // Other files may be let go of by whoever mapped them.
        return mappings.filter { programs.contains($0.path) }
    }

    /// A mapping of a file that cannot be written: `55d0-55d8 r-xp 0000 fe:00 12 /bin/x`.
    private static func unwritable(_ words: [Substring]) -> Mapping? {
        let ends = words[0].split(separator: "-")
        guard ends.count == 2, words[1].hasPrefix("r-"), words[1].hasSuffix("p"), words[5].hasPrefix("/"),
            let start = UInt(ends[0], radix: 16), let end = UInt(ends[1], radix: 16), start < end
        else { return nil }
        return Mapping(start: start, byteCount: Int(end - start), path: words[5])
    }
    #endif
}

// How the process takes memory from the system and gives it back.

import CMalloc
import Foundation

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
    /// Lets go of pages that are as they are in their files: starting up, and each first cast to a
    /// protocol, look through tables all over the program. What is needed again is mapped again
    /// from the page cache.
    private static func releaseCode() {
        guard let maps = try? String(contentsOfFile: "/proc/self/smaps", encoding: .utf8) else { return }
        var range: (start: UInt, end: UInt)?
        for line in maps.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count >= 6, let mapping = unwritable(words) {
                range = mapping
            } else if words.first == "Anonymous:" {
                // A page that was changed, as by relocation, is not in the file: nothing of such a
                // mapping may go.
                if let range, words.count > 1, words[1] == "0", let start = UnsafeMutableRawPointer(bitPattern: range.start) {
                    madvise(start, Int(range.end - range.start), MADV_DONTNEED)
                }
                range = nil
            }
        }
    }

    /// The range of a mapping of a file that cannot be written: `55d0-55d8 r-xp 0000 fe:00 12 /bin/x`.
    private static func unwritable(_ words: [Substring]) -> (start: UInt, end: UInt)? {
        let ends = words[0].split(separator: "-")
        guard ends.count == 2, words[1].hasPrefix("r-"), words[1].hasSuffix("p"), words[5].hasPrefix("/"),
            let start = UInt(ends[0], radix: 16), let end = UInt(ends[1], radix: 16), start < end
        else { return nil }
        return (start, end)
    }
    #endif
}

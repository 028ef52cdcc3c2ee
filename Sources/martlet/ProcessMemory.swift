// How the process takes memory from the system and gives it back.

import CMalloc

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

    /// Gives free pages back to the system.
    static func release() {
        #if canImport(Glibc)
        malloc_trim(0)
        #endif
    }
}

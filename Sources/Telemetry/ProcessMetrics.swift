// What the kernel knows of this process, read when somebody asks.

import Glibc

extension MetricRegistry {
    /// Adds the process's memory, CPU time, open files and start to the exposition.
    package func sampleProcess() {
        let start = ProcessFacts.wallClockSeconds()
        sample(.processStart) { [([], start)] }
        sample(.processMemory) { ProcessFacts.residentByteCount().map { [([], $0)] } ?? [] }
        sample(.processCPU) { [([], ProcessFacts.cpuSeconds())] }
        sample(.processOpenFiles) { ProcessFacts.openFileCount().map { [([], $0)] } ?? [] }
    }
}

enum ProcessFacts {
    static func wallClockSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The second number of /proc/self/statm: resident pages (proc(5)).
    static func residentByteCount() -> Double? {
        guard let file = fopen("/proc/self/statm", "r") else { return nil }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 128)
        guard fgets(&buffer, CInt(buffer.count), file) != nil else { return nil }
        let text = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        let parts = text.split(separator: " ")
        guard parts.count > 1, let pages = Double(parts[1]) else { return nil }
        return pages * Double(sysconf(CInt(_SC_PAGESIZE)))
    }

    static func openFileCount() -> Double? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        return Double(max(0, count - 3))  // `.`, `..` and the folder itself.
    }
}

// Plays cases one after the other, and watches over what each may cost.

import Foundation
import Synchronization

/// What one case may cost.
enum Limits {
    /// A case that takes longer has found something: the fuel of an expression is about a second.
    static let secondsMax = 5.0
    /// A case after which the process holds this much more than at the start has found something.
    static let bytesMax = 600 << 20
    /// A quarter of what the controllers' threads have. What a debug build puts on the stack is
    /// several times as large.
    #if DEBUG
        static let stackByteCount = 8 << 20
    #else
        static let stackByteCount = 2 << 20
    #endif
}

/// The case under way, for the watch and for the handler of crashes.
enum Watch {
    static let target = Atomic<Int>(0)
    static let seed = Atomic<UInt64>(0)
    /// How much of the processor, in milliseconds, had been used when the case began: a busy machine
    /// is no finding.
    static let began = Atomic<Int>(0)

    static var now: Int { Int(DispatchTime.now().uptimeNanoseconds / 1_000_000) }

    /// Milliseconds of the processor that the process has used.
    static var used: Int {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }

    static func say(_ what: String) {
        let target = FuzzTarget.all[Watch.target.load(ordering: .relaxed)]
        let seed = Watch.seed.load(ordering: .relaxed)
        show("\(what): martlet-fuzz \(target.name) --only \(seed)")
    }

    /// Writes a line at once: what is buffered is lost in a crash.
    static func show(_ text: String) { FileHandle.standardOutput.write(Data("\(text)\n".utf8)) }

    /// The bytes that the process holds.
    static var residentBytes: Int {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
            return 0
        }
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
    }
}

/// Takes the arguments apart.
struct Wish: Sendable {
    var targets: [Int] = []
    var seconds = 20.0
    var from: UInt64 = 1
    var only: UInt64?

    init?(_ arguments: [String]) {
        var rest = arguments[...]
        while let word = rest.popFirst() {
            switch word {
            case "--seconds": seconds = rest.popFirst().flatMap(Double.init) ?? 0
            case "--from": from = rest.popFirst().flatMap { UInt64($0) } ?? 0
            case "--only": only = rest.popFirst().flatMap { UInt64($0) }
            default:
                guard let at = FuzzTarget.all.firstIndex(where: { $0.name == word }) else {
                    return nil
                }
                targets.append(at)
            }
        }
        guard seconds > 0, from > 0 else { return nil }
        if targets.isEmpty { targets = Array(FuzzTarget.all.indices) }
    }
}

/// Plays cases on a thread as small as the controllers' are, while the caller watches.
enum Fuzzer {
    /// Plays one case; what is wrong with its outcome, or nil.
    private static func play(_ target: Int, _ seed: UInt64, isShown: Bool) -> String? {
        Watch.target.store(target, ordering: .relaxed)
        Watch.seed.store(seed, ordering: .relaxed)
        Watch.began.store(Watch.used, ordering: .relaxed)
        var source = FuzzSource(seed: seed)
        return FuzzTarget.all[target].play(&source, isShown)
    }

    /// Names the case when it crashes the process. On a stack of its own: what a case has used up
    /// may be the stack.
    private static func handleCrashes() {
        var stack = stack_t()
        stack.ss_size = 256 << 10
        stack.ss_sp = UnsafeMutableRawPointer.allocate(byteCount: stack.ss_size, alignment: 16)
        sigaltstack(&stack, nil)
        for number in [SIGSEGV, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE] {
            var action = sigaction()
            action.sa_flags = SA_ONSTACK
            // The process ends anyway; naming the case is worth the risk.
            action.__sigaction_handler.sa_handler = { number in
                Watch.say("crashed by signal \(number)")
                _exit(1)
            }
            sigaction(number, &action, nil)
        }
    }

    private static func playAll(_ wish: Wish) {
        handleCrashes()
        if let seed = wish.only {
            for target in wish.targets {
                let began = Watch.now
                let problem = play(target, seed, isShown: true)
                Watch.show(
                    "\(FuzzTarget.all[target].name) \(seed): \(problem ?? "fine") in \(Watch.now - began) ms"
                )
            }
            exit(0)
        }
        var failed = 0
        for target in wish.targets { failed += playFor(wish.seconds, target, from: wish.from) }
        Watch.show(failed == 0 ? "nothing found" : "\(failed) found")
        exit(failed == 0 ? 0 : 1)
    }

    /// Plays cases of a target for a time; how many found something.
    private static func playFor(_ seconds: Double, _ target: Int, from first: UInt64) -> Int {
        let end = Watch.now + Int(seconds * 1000)
        let before = Watch.residentBytes
        var seed = first
        var failed = 0
        var slowest = (milliseconds: 0, seed: seed)
        while Watch.now < end, failed < 20 {
            let began = Watch.used
            if let problem = play(target, seed, isShown: false) {
                Watch.say(problem)
                failed += 1
            }
            let took = Watch.used - began
            if took > slowest.milliseconds { slowest = (took, seed) }
            seed += 1
        }
        let grown = Watch.residentBytes - before
        Watch.show(
            "\(FuzzTarget.all[target].name): \(seed - first) cases, slowest \(slowest.milliseconds) ms (\(slowest.seed)), "
                + "memory grown by \(grown >> 20) MiB")
        return failed
    }

    /// Plays what is wished; ends the process.
    static func run(_ wish: Wish) -> Never {
        let startBytes = Watch.residentBytes
        Watch.began.store(Watch.used, ordering: .relaxed)
        let worker = Thread { playAll(wish) }
        worker.stackSize = Limits.stackByteCount
        worker.start()
        while true {
            usleep(50_000)
            if Watch.used - Watch.began.load(ordering: .relaxed) > Int(Limits.secondsMax * 1000) {
                Watch.say("takes more than \(Limits.secondsMax) s")
                exit(1)
            }
            if Watch.residentBytes - startBytes > Limits.bytesMax {
                Watch.say("holds more than \(Limits.bytesMax >> 20) MiB")
                exit(1)
            }
        }
    }
}

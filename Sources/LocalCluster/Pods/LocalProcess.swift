// One local process that never outlives this one.

import Foundation
import Synchronization

/// How a process ended.
struct ProcessEnd: Hashable, Sendable {
    /// The exit code; 128 + the signal's number when a signal ended it, as container runtimes say.
    var code: Int
    /// The signal that ended it; 0 when it exited by itself.
    var signal: Int
}

/// A child process in a process group of its own.
///
/// **Guarantees.** It dies with this process, however that ends: a thread of its own starts it
/// through `setpriv --pdeathsig KILL` (util-linux) and lives until it has ended, because Linux ties
/// that signal to the starting thread. What it leaves behind in its group is killed at its end.
final class LocalProcess: Sendable {
    /// What to run.
    struct Launch: Sendable {
        var executable: String
        var arguments: [String]
        /// The whole environment.
        var environment: [String: String]
    }

    let pid: pid_t
    private let isReaped = Mutex(false)

    private init(pid: pid_t) { self.pid = pid }

    /// Starts a process.
    ///
    /// - Parameters:
    ///   - output: Takes what it writes to standard output and error, on the process's thread.
    ///   - ended: Called once, after the last output, on that thread.
    static func start(
        _ launch: Launch, output: @escaping @Sendable ([UInt8]) -> Void,
        ended: @escaping @Sendable (ProcessEnd) -> Void
    ) async throws(LaunchError) -> LocalProcess {
        let started: Result<LocalProcess, LaunchError> = await withCheckedContinuation { continuation in
            let thread = Thread {
                switch spawn(launch) {
                case .failure(let error): continuation.resume(returning: .failure(error))
                case .success(let (process, pipe)):
                    continuation.resume(returning: .success(process))
                    process.follow(pipe, output)
                    ended(process.reap())
                }
            }
            thread.stackSize = 256 << 10
            thread.start()
        }
        return try started.get()
    }

    /// Sends a signal to the process and its group; nothing when it has ended.
    func signal(_ signal: Int32) {
        isReaped.withLock { isReaped in
            if !isReaped { _ = kill(-pid, signal) }
        }
    }

    // MARK: On the process's thread

    private static let guardian = "/usr/bin/setpriv"

    private static func spawn(_ launch: Launch) -> Result<(LocalProcess, Int32), LaunchError> {
        guard access(launch.executable, X_OK) == 0 else {
            return .failure(LaunchError(reason: "\(launch.executable): \(String(cString: strerror(errno)))"))
        }
        var pipes: [Int32] = [0, 0]
        guard pipe(&pipes) == 0 else {
            return .failure(LaunchError(reason: "pipe: \(String(cString: strerror(errno)))"))
        }
        defer { close(pipes[1]) }
        keepDescriptorsFromChildren()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, pipes[1], 1)
        posix_spawn_file_actions_adddup2(&actions, pipes[1], 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var words = [launch.executable] + launch.arguments
        if access(guardian, X_OK) == 0 { words = [guardian, "--pdeathsig", "KILL", "--"] + words }
        let environment = launch.environment.map { "\($0.key)=\($0.value)" }
        var pid: pid_t = 0
        let program = words[0]
        let result = withCStrings(words) { words in
            withCStrings(environment) { posix_spawn(&pid, program, &actions, &attributes, words, $0) }
        }
        guard result == 0 else {
            close(pipes[0])
            return .failure(LaunchError(reason: "\(launch.executable): \(String(cString: strerror(result)))"))
        }
        return .success((LocalProcess(pid: pid), pipes[0]))
    }

    /// Nothing of ours is inherited: a connection or a listening port must not live on in a pod.
    private static func keepDescriptorsFromChildren() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? [] {
            if let descriptor = Int32(name), descriptor > 2 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        }
    }

    /// Reads the pipe until the process has ended. A grandchild may hold the pipe open longer than
    /// its parent lives, so the end of the pipe is not the only sign.
    private func follow(_ pipe: Int32, _ output: (([UInt8]) -> Void)) {
        defer { close(pipe) }
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            var waiting = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
            let count = poll(&waiting, 1, 1000)
            if count > 0 {
                let read = read(pipe, &buffer, buffer.count)
                if read > 0 { output(Array(buffer[..<read])) } else if read == 0 || errno != EINTR { return }
            } else if count == 0, hasEnded(WNOHANG) {
                return
            }
        }
    }

    private func hasEnded(_ options: Int32) -> Bool {
        var information = siginfo_t()
        return waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT | options) == 0
            && information.si_signo == SIGCHLD
    }

    /// Waits for the end, kills what is left of the group, and only then gives the pid back.
    private func reap() -> ProcessEnd {
        while !hasEnded(0) { if errno != EINTR { break } }
        return isReaped.withLock { isReaped in
            _ = kill(-pid, SIGKILL)
            var status: Int32 = 0
            waitpid(pid, &status, 0)
            isReaped = true
            let signal = Int(status & 0x7f)
            return ProcessEnd(code: signal == 0 ? Int(status >> 8 & 0xff) : 128 + signal, signal: signal)
        }
    }

    private static func withCStrings<Result>(
        _ words: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = words.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}

/// Why a process did not start.
struct LaunchError: Error, Sendable {
    var reason: String
}

// The thread that drives libcurl: commands in, callbacks out.

import CCurl
import HTTPModel
import Synchronization

import Glibc

/// Where a transfer's result goes.
enum TransferSink: Sendable {
    case whole(@Sendable (Result<HTTPResponse, TransportError>) -> Void)
    /// The head, once; then the body through the channel.
    case stream(BodyChannel, @Sendable (Result<HTTPResponse, TransportError>) -> Void)
}

/// Hands commands to the thread. Everything of libcurl is touched by that thread alone, but for
/// `curl_multi_wakeup`, which is made to be called from others.
final class CurlLoop: Sendable {
    enum Command: Sendable {
        case start(TransferJob, TransferSink)
        case cancel(UInt64)
        /// The reader has made room: a paused transfer goes on.
        case resume(UInt64)
        case close
    }
    private struct State {
        var commands: [Command] = []
        var isClosed = false
        /// Where `curl_multi_wakeup` goes; nil before the thread runs and after it ended.
        var wakeHandle: Handle?
    }
    /// A libcurl handle that may be named on other threads.
    // SAFETY: only `curl_multi_wakeup` is called through it elsewhere, under the lock that the
    // thread takes before it frees the handle.
    struct Handle: @unchecked Sendable { let pointer: UnsafeMutableRawPointer }

    private let state = Mutex(State())
    private let lastID = Atomic<UInt64>(0)
    let userAgent: String
    let connectionsPerHostMax: Int

    /// Connections that stay open for further requests, over all servers.
    private static let keptConnectionsMax = 256

    /// The loops whose threads run, for the end of the process.
    private static let running = Mutex<[ObjectIdentifier: (loop: CurlLoop, thread: pthread_t)]>([:])

    /// libcurl's own start, once a process. Handlers at exit run in the order that is the reverse of
    /// their registration: so the threads end before OpenSSL frees what they work with.
    private static let isLibraryReady: Bool = {
        guard curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK else { return false }
        return atexit { CurlLoop.endAll() } == 0
    }()

    /// Ends all threads, and waits for that. A thread that a name server holds up is not waited for
    /// longer than a second.
    private static func endAll() {
        let loops = running.withLock { running in
            defer { running = [:] }
            return Array(running.values)
        }
        for (loop, _) in loops { loop.submit(.close) }
        var deadline = timespec()
        clock_gettime(CLOCK_REALTIME, &deadline)
        deadline.tv_sec += 1
        for (_, thread) in loops { _ = pthread_timedjoin_np(thread, nil, &deadline) }
    }

    init(userAgent: String, connectionsPerHostMax: Int) {
        self.userAgent = userAgent
        self.connectionsPerHostMax = connectionsPerHostMax
    }

    func makeID() -> UInt64 { lastID.add(1, ordering: .relaxed).newValue }

    /// Starts the thread. Without one (no memory, no threads left) every request fails as closed.
    func start() {
        guard Self.isLibraryReady else { return markClosed() }
        let context = Unmanaged.passRetained(self)
        let isStarted = Self.running.withLock { running in
            var thread = pthread_t()
            let status = pthread_create(
                &thread, nil,
                { context in
                    guard let context else { return nil }
                    let loop = Unmanaged<CurlLoop>.fromOpaque(context).takeRetainedValue()
                    loop.run()
                    // Nobody joins it, unless the process is at its end and has taken it over.
                    let isOwn = CurlLoop.running.withLock { $0.removeValue(forKey: ObjectIdentifier(loop)) } != nil
                    if isOwn { pthread_detach(pthread_self()) }
                    return nil
                }, context.toOpaque())
            if status == 0 { running[ObjectIdentifier(self)] = (self, thread) }
            return status == 0
        }
        if !isStarted {
            context.release()
            markClosed()
        }
    }

    func submit(_ command: Command) {
        let isTaken = state.withLock { state in
            if state.isClosed { return false }
            state.commands.append(command)
            if let handle = state.wakeHandle { curl_multi_wakeup(handle.pointer) }
            return true
        }
        if !isTaken, case .start(_, let sink) = command { Self.fail(sink, .closed) }
    }

    private static func fail(_ sink: TransferSink, _ error: TransportError) {
        switch sink {
        case .whole(let done): done(.failure(error))
        case .stream(let channel, let head):
            channel.finish(error)
            head(.failure(error))
        }
    }

    /// No more commands are taken; those that wait fail.
    private func markClosed() {
        let left = state.withLock { state in
            state.isClosed = true
            state.wakeHandle = nil
            defer { state.commands = [] }
            return state.commands
        }
        for case .start(_, let sink) in left { Self.fail(sink, .closed) }
    }

    // MARK: On the thread

    private func run() {
        guard let multi = curl_multi_init() else { return markClosed() }
        martlet_multi_setopt_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
        martlet_multi_setopt_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, connectionsPerHostMax)
        // Fewer than may be open at once would close and open them in every burst.
        martlet_multi_setopt_long(multi, CURLMOPT_MAXCONNECTS, Self.keptConnectionsMax)
        martlet_multi_setopt_long(multi, CURLMOPT_MAX_CONCURRENT_STREAMS, 250)
        state.withLock { $0.wakeHandle = Handle(pointer: multi) }
        let worker = CurlWorker(multi: multi, userAgent: userAgent)
        while true {
            let commands = state.withLock { state in
                defer { state.commands = [] }
                return state.commands
            }
            var closes = false
            for command in commands {
                switch command {
                case .start(let job, let sink): worker.start(job, sink)
                case .cancel(let id): worker.cancel(id)
                case .resume(let id): worker.resume(id)
                case .close: closes = true
                }
            }
            if closes { break }
            worker.perform()
        }
        markClosed()
        worker.close()
        curl_multi_cleanup(multi)
    }
}

/// The transfers under way; lives on the loop's thread only.
final class CurlWorker {
    private let multi: UnsafeMutableRawPointer
    private let userAgent: String
    private var transfers: [UInt64: CurlTransfer] = [:]
    private var ids: [UnsafeMutableRawPointer: UInt64] = [:]

    init(multi: UnsafeMutableRawPointer, userAgent: String) {
        self.multi = multi
        self.userAgent = userAgent
    }

    func start(_ job: TransferJob, _ sink: TransferSink) {
        if job.isCancelled.load(ordering: .acquiring) {
            return CurlTransfer.deliver(.failure(.cancelled), to: sink)
        }
        guard let transfer = CurlTransfer(job, sink, userAgent: userAgent) else {
            return CurlTransfer.deliver(.failure(.invalid("cannot be set up")), to: sink)
        }
        transfers[job.id] = transfer
        ids[transfer.easy] = job.id
        let code = curl_multi_add_handle(multi, transfer.easy)
        if code != CURLM_OK { finish(job.id, .unreachable(String(cString: curl_multi_strerror(code)))) }
    }

    func cancel(_ id: UInt64) { finish(id, .cancelled) }

    func resume(_ id: UInt64) {
        if let transfer = transfers[id] { curl_easy_pause(transfer.easy, CURLPAUSE_CONT) }
    }

    /// Moves all transfers on and waits for something to do: at most a minute, which is only a
    /// safety net since commands wake the wait.
    func perform() {
        var runningCount: CInt = 0
        _ = curl_multi_perform(multi, &runningCount)
        var leftCount: CInt = 0
        while let message = curl_multi_info_read(multi, &leftCount) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
                let id = ids[easy], let transfer = transfers[id]
            else { continue }
            let code = message.pointee.data.result
            finish(id, code == CURLE_OK ? nil : transfer.error(for: code))
        }
        _ = curl_multi_poll(multi, nil, 0, 60_000, nil)
    }

    func close() {
        for id in Array(transfers.keys) { finish(id, .closed) }
    }

    private func finish(_ id: UInt64, _ error: TransportError?) {
        guard let transfer = transfers.removeValue(forKey: id) else { return }
        ids[transfer.easy] = nil
        curl_multi_remove_handle(multi, transfer.easy)
        transfer.finish(error)
    }
}

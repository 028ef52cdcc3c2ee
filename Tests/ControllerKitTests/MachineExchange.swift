// The embedded cluster's machine as a server that is reached without a network, and can fail.

import ClusterSim
import ControllerKit
import HTTPModel
import KubeClient
import KubeModel
import Synchronization
import Transport

/// Carries requests to a `ClusterMachine`. Watches can be cut and requests be made to fail.
actor MachineExchange: HTTPExchange {
    private var machine: ClusterMachine
    private var waiters: [WatchID: CheckedContinuation<Void, Never>] = [:]
    private var cutWatches: Set<WatchID> = []
    private var openWatches: Set<WatchID> = []
    private var clock: Task<Void, Never>?
    private(set) var log: [String] = []
    /// Fails what it gives an error for.
    private var fault: @Sendable (HTTPRequest) -> TransportError? = { _ in nil }

    init(watchHistoryMax: Int = 20_000) {
        var configuration = ClusterConfiguration()
        configuration.watchHistoryMax = watchHistoryMax
        machine = ClusterMachine(configuration: configuration, now: SystemRuntime().now())
    }

    func setFault(_ fault: @escaping @Sendable (HTTPRequest) -> TransportError?) { self.fault = fault }

    nonisolated func client() -> KubeClient {
        KubeClient(ClusterAccess(server: "https://machine"), exchange: self, now: { SystemRuntime().now() })
    }

    /// How many requests began with this.
    func count(_ prefix: String) -> Int { log.count { $0.hasPrefix(prefix) } }

    /// Breaks all watches.
    func cutWatchesOff() {
        cutWatches = openWatches
        for id in openWatches { waiters.removeValue(forKey: id)?.resume() }
    }

    private func handle(_ request: HTTPRequest) throws(TransportError) -> APIAnswer {
        if clock == nil { clock = Task { [weak self] in await Self.run(self) } }
        if let error = fault(request) { throw error }
        var request = request
        request.target = String(request.target.dropFirst("https://machine".count))
        log.append("\(request.method) \(request.target)")
        let answer = machine.handle(request, user: .admin, now: SystemRuntime().now())
        settle()
        return answer
    }

    private static func run(_ exchange: MachineExchange?) async {
        while !Task.isCancelled {
            try? await pause(.milliseconds(5))
            guard let exchange else { return }
            await exchange.tick()
        }
    }

    private func tick() {
        let now = SystemRuntime().now()
        while let wake = machine.nextWake, wake <= now { machine.tick(now: now) }
        settle()
    }

    private func settle() {
        _ = machine.drainJournal()
        for id in machine.readyWatches { waiters.removeValue(forKey: id)?.resume() }
    }

    func send(_ request: HTTPRequest, options: TransferOptions) async throws(TransportError) -> HTTPResponse {
        switch try handle(request) {
        case .response(let response): return response
        case .watch(let id, _):
            machine.close(id)
            throw .invalid("a watch is a stream")
        default: throw .invalid("not for tests")
        }
    }

    func stream(_ request: HTTPRequest, options: TransferOptions) async throws(TransportError) -> HTTPStream {
        switch try handle(request) {
        case .response(let response):
            let body = AsyncThrowingStream<[UInt8], any Error> { continuation in
                continuation.yield(response.body)
                continuation.finish()
            }
            return HTTPStream(head: HTTPResponse(status: response.status, headers: response.headers), body: body)
        case .watch(let id, let headers):
            openWatches.insert(id)
            return HTTPStream(
                head: HTTPResponse(status: 200, headers: headers),
                body: AsyncThrowingStream { try await self.next(id) })
        default: throw .invalid("not for tests")
        }
    }

    private func next(_ id: WatchID) async throws -> [UInt8]? {
        while !Task.isCancelled {
            if cutWatches.remove(id) != nil {
                close(id)
                throw TransportError.interrupted("cut")
            }
            let (bytes, isEnded) = machine.drain(id)
            if isEnded { openWatches.remove(id) }
            if !bytes.isEmpty { return bytes }
            if isEnded { return nil }
            await withTaskCancellationHandler {
                await withCheckedContinuation { waiters[id] = $0 }
            } onCancel: {
                Task { await self.wake(id) }
            }
        }
        close(id)
        throw TransportError.cancelled
    }

    private func wake(_ id: WatchID) { waiters.removeValue(forKey: id)?.resume() }

    private func close(_ id: WatchID) {
        openWatches.remove(id)
        machine.close(id)
    }
}

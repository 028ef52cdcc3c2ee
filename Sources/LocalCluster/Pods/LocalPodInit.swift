// The init containers of a local pod: one after the other, each to its end.

import JSONTree
import KubeModel

extension LocalPod {
    /// Runs the init containers. One without an executable of its own is over at once; one that
    /// restarts always (a sidecar) is left running.
    ///
    /// - Returns: Whether the other containers may start.
    func initialize() async -> Bool {
        for index in inits.indices {
            if isStopping { return false }
            if inits[index].spec["restartPolicy"] == "Always" {
                Task { await self.keepRunning(index) }
            } else if await !complete(index) {
                return false
            }
        }
        return !isStopping
    }

    /// Runs an init container until it succeeds, or fails for good.
    private func complete(_ index: Int) async -> Bool {
        while !isStopping {
            guard let end = await runOnce(index) else {
                try? await Task.sleep(for: Self.configurationRetry)
                continue
            }
            inits[index].state = .terminated(end)
            inits[index].isReady = end.code == 0
            report()
            if end.code == 0 { return true }
            if isStopping || pod.spec["restartPolicy"].string == "Never" { return false }
            await backOff(index, end)
        }
        return false
    }

    private func keepRunning(_ index: Int) async {
        while !isStopping {
            guard let end = await runOnce(index) else {
                try? await Task.sleep(for: Self.configurationRetry)
                continue
            }
            // Without an executable it is taken to run.
            guard inits[index].executable != nil else {
                inits[index].state = .running(since: end.startedAt)
                inits[index].isReady = true
                inits[index].isStarted = true
                return report()
            }
            inits[index].isReady = false
            inits[index].state = .terminated(end)
            report()
            await backOff(index, end)
        }
    }

    private func backOff(_ index: Int, _ end: ContainerRun.End) async {
        inits[index].lastEnd = end
        inits[index].restartCount += 1
        inits[index].previousLog = inits[index].log
        inits[index].log = ContainerLog()
        let delay = inits[index].nextBackOff(ranFor: end.finishedAt - end.startedAt)
        if delay > .zero {
            let text = "back-off \(delay.goText) restarting failed container=\(inits[index].name) pod=\(pod.name)"
            inits[index].state = .waiting(reason: "CrashLoopBackOff", message: text)
            report()
        }
        try? await Task.sleep(for: max(delay, .milliseconds(50)))
    }

    /// Runs an init container once.
    ///
    /// - Returns: How it ended; nil when it could not be started.
    private func runOnce(_ index: Int) async -> ContainerRun.End? {
        let start = Timestamp.wallClock
        guard let executable = inits[index].executable else {
            inits[index].run += 1
            let identity = inits[index].containerID(podUID: pod.uid)
            return ContainerRun.End(code: 0, signal: 0, startedAt: start, finishedAt: start, containerID: identity)
        }
        do {
            let launch = try await self.launch(inits[index], executable)
            let log = inits[index].log
            let (ends, continuation) = AsyncStream<ProcessEnd>.makeStream()
            let process = try await LocalProcess.start(launch) {
                log.append($0)
            } ended: { end in
                log.end()
                continuation.yield(end)
                continuation.finish()
            }
            inits[index].run += 1
            inits[index].process = process
            inits[index].state = .running(since: start)
            inits[index].isStarted = true
            if inits[index].spec["restartPolicy"] == "Always" { inits[index].isReady = true }
            if isStopping { process.signal(StopSignal.term) }
            report()
            var found = ProcessEnd(code: 0, signal: 0)
            for await end in ends { found = end }
            inits[index].process = nil
            inits[index].isStarted = false
            if isStopping { finishIfQuiet() }
            return ContainerRun.End(
                code: found.code, signal: found.signal, startedAt: start, finishedAt: .wallClock,
                containerID: inits[index].containerID(podUID: pod.uid))
        } catch {
            inits[index].state = waitingState(for: error)
            report()
            return nil
        }
    }
}

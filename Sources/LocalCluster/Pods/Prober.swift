// Asks a container whether it is well, as a kubelet does.

import HTTPModel
import JSONTree
import KubeModel
import Transport

/// One of a container's probes, with Kubernetes' defaults.
struct Probe: Sendable {
    var spec: JSON
    var period: Duration
    var timeout: Duration
    var initialDelay: Duration
    var successThreshold: Int
    var failureThreshold: Int

    /// Nil when the container has no such probe.
    init?(_ spec: JSON) {
        guard spec.object != nil else { return nil }
        self.spec = spec
        func number(_ name: String, _ standard: Int64) -> Int64 { max(spec[name].int ?? standard, 0) }
        period = .seconds(max(number("periodSeconds", 10), 1))
        timeout = .seconds(max(number("timeoutSeconds", 1), 1))
        initialDelay = .seconds(number("initialDelaySeconds", 0))
        successThreshold = Int(max(number("successThreshold", 1), 1))
        failureThreshold = Int(max(number("failureThreshold", 3), 1))
    }
}

/// Carries probes out against a container's own port.
struct Prober: Sendable {
    let exchange: any HTTPExchange
    /// The container's loopback port.
    let port: Int
    /// For `exec` probes.
    let environment: [String: String]

    /// Nil when the container is well, else what is wrong in a few words.
    func failure(of probe: Probe) async -> String? {
        if probe.spec["httpGet"].object != nil { return await httpFailure(probe) }
        if probe.spec["tcpSocket"].object != nil { return await tcpFailure(probe) }
        if probe.spec["exec"].object != nil { return await execFailure(probe) }
        // gRPC is not spoken here.
        return nil
    }

    /// A status of 200 to 399 is success.
    private func httpFailure(_ probe: Probe) async -> String? {
        let get = probe.spec["httpGet"]
        var headers: HTTPHeaders = ["User-Agent": "kube-probe/1.36", "Connection": "close"]
        for header in get["httpHeaders"].elements {
            guard let name = header["name"].string, let value = header["value"].string else { continue }
            headers.add(name, value)
        }
        var path = get["path"].string ?? "/"
        if !path.hasPrefix("/") { path = "/" + path }
        let request = HTTPRequest(method: "GET", target: "http://127.0.0.1:\(port)\(path)", headers: headers)
        do {
            let response = try await exchange.send(request, options: options(probe))
            return (200..<400).contains(response.status)
                ? nil : "HTTP probe failed with statuscode: \(response.status)"
        } catch {
            return "Get \"\(path)\": \(error)"
        }
    }

    /// Whatever the server says, a connection came about.
    private func tcpFailure(_ probe: Probe) async -> String? {
        let request = HTTPRequest(method: "GET", target: "http://127.0.0.1:\(port)/")
        do {
            _ = try await exchange.send(request, options: options(probe))
            return nil
        } catch {
            return error.isBeforeSending ? "dial tcp 127.0.0.1:\(port): \(error)" : nil
        }
    }

    private func execFailure(_ probe: Probe) async -> String? {
        let words = probe.spec["exec"]["command"].elements.compactMap(\.string)
        guard let first = words.first else { return "no command" }
        let launch = LocalProcess.Launch(
            executable: first, arguments: Array(words.dropFirst()), environment: environment)
        let (ends, ending) = AsyncStream<ProcessEnd>.makeStream()
        do {
            let process = try await LocalProcess.start(launch, output: { _ in }, ended: { ending.yield($0) })
            let deadline = Task {
                try await Task.sleep(for: probe.timeout)
                process.signal(9)
            }
            defer { deadline.cancel() }
            for await end in ends { return end.code == 0 ? nil : "command exited with \(end.code)" }
            return "cancelled"
        } catch {
            return error.reason
        }
    }

    private func options(_ probe: Probe) -> TransferOptions {
        var options = TransferOptions.standard
        options.connectTimeout = probe.timeout
        options.totalTimeout = probe.timeout
        options.responseByteCountMax = 64 << 10
        options.acceptsCompression = false
        options.proxy = ""
        return options
    }
}

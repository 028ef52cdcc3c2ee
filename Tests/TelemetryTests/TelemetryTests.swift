// Metrics' text and log lines.

import Logging
import Synchronization
import Telemetry
import Testing

@Suite struct MetricRegistryTests {
    @Test func `counters, gauges and histograms print in Prometheus' text format`() {
        let registry = MetricRegistry()
        registry.add(.queueAdds, ["b\"\\\n"])
        registry.add(.queueAdds, ["a"], by: 2)
        registry.set(.isLeader, to: 0.5)
        registry.observe(.rolloutReconcile, ["ns", "web"], 0.2)
        registry.observe(.rolloutReconcile, ["ns", "web"], 7)
        #expect(
            registry.exposition() == """
                # HELP martlet_leader 1 while this process leads.
                # TYPE martlet_leader gauge
                martlet_leader 0.5
                # HELP rollout_reconcile Seconds of a rollout's passes.
                # TYPE rollout_reconcile histogram
                rollout_reconcile_bucket{namespace="ns",name="web",le="0.01"} 0
                rollout_reconcile_bucket{namespace="ns",name="web",le="0.15"} 0
                rollout_reconcile_bucket{namespace="ns",name="web",le="0.25"} 1
                rollout_reconcile_bucket{namespace="ns",name="web",le="0.5"} 1
                rollout_reconcile_bucket{namespace="ns",name="web",le="1"} 1
                rollout_reconcile_bucket{namespace="ns",name="web",le="+Inf"} 2
                rollout_reconcile_sum{namespace="ns",name="web"} 7.2
                rollout_reconcile_count{namespace="ns",name="web"} 2
                # HELP workqueue_adds_total Keys that were added.
                # TYPE workqueue_adds_total counter
                workqueue_adds_total{name="a"} 2
                workqueue_adds_total{name="b\\"\\\\\\n"} 1

                """)
    }

    @Test func `series of a deleted object are removed`() {
        let registry = MetricRegistry()
        registry.set(.rolloutInfo, ["ns", "web", "Canary", "Istio", "Paused"], to: 1)
        registry.set(.rolloutInfo, ["ns", "api", "Canary", "Istio", "Paused"], to: 1)
        registry.set(.rolloutReplicasDesired, ["ns", "web"], to: 3)
        registry.add(.queueAdds, ["q"])
        registry.removeAll(where: ["namespace": "ns", "name": "web"])
        #expect(registry.seriesCount(.rolloutInfo) == 1)
        #expect(registry.seriesCount(.rolloutReplicasDesired) == 0)
        #expect(registry.value(.queueAdds, ["q"]) == 1)
    }

    @Test func `labels cannot multiply without bound`() {
        let registry = MetricRegistry(seriesMax: 3)
        for number in 0..<10 { registry.add(.queueAdds, ["q\(number)"]) }
        #expect(registry.seriesCount(.queueAdds) == 4)
        #expect(registry.value(.queueAdds, ["other"]) == 7)
    }

    @Test func `the process is sampled`() throws {
        let registry = MetricRegistry()
        registry.sampleProcess()
        #expect(registry.exposition().contains("\nprocess_resident_memory_bytes "))
    }

    @Test func `names are distinct and well formed`() {
        #expect(Set(Metric.all.map(\.name)).count == Metric.all.count)
        for metric in Metric.all {
            #expect(metric.name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 })
            #expect(metric.kind != .histogram || !metric.buckets.isEmpty)
        }
    }
}

@Suite struct LogHandlerTests {
    private final class Lines: LogOutput {
        let text = Mutex("")
        func write(_ line: [UInt8]) { text.withLock { $0 += String(decoding: line, as: UTF8.self) } }
    }

    private func logged(_ format: LineLogHandler.Format, _ body: (inout Logger) -> Void) -> String {
        let lines = Lines()
        var logger = Logger(label: "test") { label in
            LineLogHandler(label: label, level: .info, format: format, output: lines) { (1_700_000_000, 5000) }
        }
        body(&logger)
        return lines.text.withLock { $0 }
    }

    @Test func `logfmt quotes what needs it`() {
        let text = logged(.logfmt) { logger in
            logger[metadataKey: "rollout"] = "ns/web"
            logger.info("moved", metadata: ["reason": "2 of 5\n\"x\"", "empty": ""])
            logger.debug("not shown")
        }
        #expect(
            text == "time=2023-11-14T22:13:20.005Z level=info logger=test msg=moved empty=\"\" "
                + "reason=\"2 of 5\\n\\\"x\\\"\" rollout=ns/web\n")
    }

    @Test func `json lines are objects`() {
        let text = logged(.json) { $0.warning("a \"b\"", metadata: ["n": "1"]) }
        #expect(
            text == "{\"time\":\"2023-11-14T22:13:20.005Z\",\"level\":\"warning\",\"logger\":\"test\","
                + "\"msg\":\"a \\\"b\\\"\",\"n\":\"1\"}\n")
    }
}

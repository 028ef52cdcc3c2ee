"""Rows of analyses: thousands of AnalysisRuns that ask a real Prometheus.

Every run asks five questions of its own service, as templates with an argument do, so that no
answer can serve two runs. Runs are created evenly over two intervals; what is measured begins after
that, when each has been measured at least once.
"""
import http.server
import json
import os
import tempfile
import threading
import time
import urllib.request

from measure import (Audit, Cluster, Line, cpu_seconds, forget_peak, free_port, histogram, megabytes, pause, quantile, share_below,
                     until)

from cluster import Process, write

RUNS = "/apis/argoproj.io/v1alpha1/namespaces/default/analysisruns"
INTERVAL = 10
LATENESS = "martlet_measurement_lateness_seconds"
METRICS = {
    "success-rate": ('sum(rate(http_requests_total{service="%s",code!~"5.."}[30s])) / sum(rate(http_requests_total{service="%s"}[30s]))',
                     "result[0] >= 0.95"),
    "errors": ('sum(rate(http_requests_total{service="%s",code=~"5.."}[30s]))', "len(result) == 0 || result[0] < 5"),
    "latency": ('histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{service="%s"}[30s])))',
                "result[0] < 1"),
    "requests": ('sum(rate(http_requests_total{service="%s"}[30s]))', "result[0] > 0"),
    "saturation": ('max(worker_saturation{service="%s"})', "result[0] < 0.9"),
}


class Exporter(http.server.BaseHTTPRequestHandler):
    """Requests of many services, a hundred a second each with one in a hundred gone wrong."""
    count, started = 0, 0.0

    def do_GET(self):
        total = int((time.time() - Exporter.started) * 100)
        lines = []
        for number in range(Exporter.count):
            name = "s%d" % number
            lines.append('http_requests_total{service="%s",code="200"} %d' % (name, total * 99 // 100))
            lines.append('http_requests_total{service="%s",code="500"} %d' % (name, total // 100))
            for bound, share in (("0.1", 80), ("0.5", 98), ("+Inf", 100)):
                lines.append('http_request_duration_seconds_bucket{service="%s",le="%s"} %d' % (name, bound, total * share // 100))
            lines.append('worker_saturation{service="%s"} 0.4' % name)
        body = ("\n".join(lines) + "\n").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class Prometheus:
    """Debian's, on a free port, with enough samples that every query has an answer."""

    def __init__(self, folder, services):
        Exporter.count, Exporter.started = services, time.time()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Exporter)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        port = free_port()
        self.address = "http://127.0.0.1:%d" % port
        config = os.path.join(folder, "prometheus.yml")
        write(config, json.dumps({"global": {"scrape_interval": "5s"}, "scrape_configs": [
            {"job_name": "services", "static_configs": [{"targets": ["127.0.0.1:%d" % self.server.server_address[1]]}]}]}))
        self.process = Process(
            os.path.join(folder, "prometheus.log"), "prometheus", "--config.file=" + config,
            "--storage.tsdb.path=" + os.path.join(folder, "data"), "--web.listen-address=127.0.0.1:%d" % port)
        query = METRICS["success-rate"][0].replace("%s", "s%d" % (services - 1))
        until("Prometheus to answer", lambda: self.query(query), 60)

    def query(self, query):
        with urllib.request.urlopen(self.address + "/api/v1/query?query=" + urllib.request.quote(query), timeout=5) as answer:
            return json.load(answer)["data"]["result"]

    def figures(self):
        """What it counts itself: instant queries answered, connections accepted."""
        with urllib.request.urlopen(self.address + "/metrics", timeout=20) as answer:
            lines = answer.read().decode().splitlines()

        def total(*starts):
            return sum(float(line.rsplit(" ", 1)[1]) for line in lines if all(part in line for part in starts))
        return {"queries": total("prometheus_http_requests_total{", 'handler="/api/v1/query"'),
                "connections": total("net_conntrack_listener_conn_accepted_total{"),
                "cpu": cpu_seconds(self.process.process.pid)}

    def stop(self):
        self.process.stop()
        self.server.shutdown()
        self.server.server_close()


def run(number, address, count):
    service = "s%d" % number
    metrics = [{
        "name": name, "interval": "%ds" % INTERVAL, "count": count, "successCondition": condition,
        "provider": {"prometheus": {"address": address, "query": query.replace("%s", service)}}}
        for name, (query, condition) in METRICS.items()]
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun", "metadata": {"name": "run-%d" % number}, "spec": {"metrics": metrics}}


def create(cluster, count, address, measurements, seconds):
    """So many runs, evenly over so many seconds."""
    line, start = Line(cluster), time.monotonic()
    for number in range(count):
        pause(start + seconds * number / count - time.monotonic())
        line.post(RUNS, run(number, address, measurements))


def runs(cluster):
    line, token, items = Line(cluster), "", []
    while True:
        page = line.get(RUNS + "?limit=250" + ("&continue=" + token if token else ""))
        items += page["items"]
        token = page["metadata"].get("continue", "")
        if not token:
            return items


def metrics_of(process):
    command = open("/proc/%d/cmdline" % process.process.pid).read().split("\0")
    with urllib.request.urlopen("http://127.0.0.1:%s/metrics" % command[command.index("--metrics-port") + 1], timeout=20) as answer:
        return answer.read().decode()


def late(before, after):
    """The controller's own histogram between two looks at it: as many measurements, that late."""
    earlier = dict(histogram(before, LATENESS))
    return [(bound, total - earlier.get(bound, 0)) for bound, total in histogram(after, LATENESS)]


def measure(table, options):
    count, window = options.analyses, options.analyses_seconds
    created = 2 * INTERVAL
    measurements = (created + window) // INTERVAL + 3
    with tempfile.TemporaryDirectory(prefix="martlet-bench-") as folder:
        log = os.path.join(folder, "audit.log")
        cluster = Cluster("--audit-log", log)
        prometheus = Prometheus(folder, count)
        try:
            controller = cluster.controller()
            until("the controller", lambda: "martlet_leader 1" in metrics_of(controller), 30)
            create(cluster, count, prometheus.address, measurements, created)
            pause(INTERVAL + 2)
            rows(table, cluster, controller, prometheus, Audit(log), count, window)
            finished(table, cluster, count, measurements)
        finally:
            try:
                cluster.stop()
            finally:
                prometheus.stop()


def rows(table, cluster, controller, prometheus, audit, count, window):
    pid, name = controller.process.pid, "%d AnalysisRuns x 5 metrics every %d s" % (count, INTERVAL)
    audit.take()
    forget_peak(pid)
    before, figures, cpu, server = metrics_of(controller), prometheus.figures(), cpu_seconds(pid), cpu_seconds(cluster.up.process.pid)
    start = time.monotonic()
    pause(window)
    spent = time.monotonic() - start
    used, server = cpu_seconds(pid) - cpu, cpu_seconds(cluster.up.process.pid) - server
    after, now = metrics_of(controller), prometheus.figures()
    buckets = late(before, after)
    writes = Audit.writes(audit.take())
    taken = buckets[-1][1] if buckets else 0
    table.row("%s: lateness of measurements, p99" % name, "<= 1 s", "under %g s (median under %g s; %.2f %% within 1 s; %.0f in %.0f s)" % (
        quantile(buckets, 0.99), quantile(buckets, 0.5), share_below(buckets, 1) * 100, taken, spent), quantile(buckets, 0.99) <= 1)
    # The interval counts from a measurement's end, so that each begins a little later than the last.
    table.row("the same: measurements a second", ">= %.0f" % (count * 5 / INTERVAL * 0.97), "%.0f" % (taken / spent),
              taken / spent >= count * 5 / INTERVAL * 0.97)
    table.row("the same: queries that Prometheus answered, a measurement", "1", "%.2f (%.0f a second; its CPU %.2f cores)" % (
        (now["queries"] - figures["queries"]) / max(taken, 1), (now["queries"] - figures["queries"]) / spent,
        (now["cpu"] - figures["cpu"]) / spent), None)
    table.row("the same: connections to Prometheus, opened in that time", "<= 20", "%.0f (%.0f since it began)" % (
        now["connections"] - figures["connections"], now["connections"]), now["connections"] - figures["connections"] <= 20)
    table.row("the same: controller CPU a measurement", "-", "%.2f ms (%.2f cores; the server %.2f)" % (
        used / max(taken, 1) * 1e3, used / spent, server / spent), None)
    table.row("the same: controller memory, peak", "-", "%.0f MiB" % megabytes(pid, "VmHWM"), None)
    table.row("the same: write requests a measurement", "<= 0.25", "%.3f (%s)" % (
        len(writes) / max(taken, 1), Audit.by_kind(writes)), len(writes) <= 0.25 * taken)


def finished(table, cluster, count, measurements):
    """Every run has its count of every metric, and no measurement was lost or went wrong."""
    def ended():
        items = runs(cluster)
        return items if all((r.get("status") or {}).get("phase") in ("Successful", "Failed", "Error", "Inconclusive") for r in items) else None
    items = until("all runs to end", ended, 120, every=3)
    good = sum(1 for r in items if r["status"]["phase"] == "Successful"
               and all(m["count"] == m["successful"] == measurements for m in r["status"]["metricResults"]))
    table.row("the same: runs that ended Successful with %d measurements of each metric" % measurements, "%d" % count, "%d" % good, good == count)

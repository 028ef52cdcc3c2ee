"""Rows of rollouts on an embedded cluster, with the controller as a process of its own."""
import base64
import os
import random
import subprocess
import time

import yaml

import manifests
from measure import ROLLOUTS, Audit, Cluster, Line, cpu_seconds, forget_peak, histogram, megabytes, pause, quantile, settle, until

PEER_SECONDS = 264  # Argo Rollouts with default flags: 1,000 rollouts updated at once.


class Field:
    """A cluster with many routed rollouts (m0, m1, ...), each with Services and a VirtualService."""

    def __init__(self, table):
        self.table, self.count = table, 0
        self.log = "/tmp/martlet-bench-audit-%d.log" % os.getpid()
        self.cluster = Cluster("--audit-log", self.log, "--pod-ready-delay", "200ms")
        self.audit = Audit(self.log)
        self.controller = None

    def start(self):
        """The controller; its metrics are read at `metrics()`."""
        self.controller = self.cluster.controller()
        return self.controller.process.pid

    @property
    def pid(self):
        return self.controller.process.pid

    def metrics(self):
        command = open("/proc/%d/cmdline" % self.pid).read().split("\0")
        port = command[command.index("--metrics-port") + 1]
        return subprocess.run(["curl", "-s", "http://127.0.0.1:%s/metrics" % port], capture_output=True, text=True, check=True).stdout

    def halt(self):
        self.controller.stop()
        self.cluster.others.remove(self.controller)

    def close(self):
        self.cluster.stop()
        if os.path.exists(self.log):
            os.unlink(self.log)

    def grow(self, count):
        """Rollouts until there are so many, all Healthy with one revision."""
        steps = [{"setWeight": w} for w in (20, 40, 60, 80)]
        for first in range(self.count, count, 50):
            objects = []
            for i in range(first, min(first + 50, count)):
                objects += manifests.app("m%d" % i, steps=steps, replicas=1)
            self.cluster.kubectl("apply", "--server-side", "-f", "-", input=yaml.dump_all(objects, Dumper=DUMPER))
        self.count = count
        until("all healthy", lambda: self.healthy() == count, 900, every=3)
        settle(self.audit)

    def items(self):
        """All of them, in pages as clients read them."""
        line, token, items = Line(self.cluster), "", []
        while True:
            page = line.get(ROLLOUTS + "?limit=500" + ("&continue=" + token if token else ""))
            items += page["items"]
            token = page["metadata"].get("continue", "")
            if not token:
                return [r for r in items if r["metadata"]["name"].startswith("m")]

    def healthy(self, version=None):
        """How many have arrived at their present specification, which is of that image."""
        def arrived(rollout):
            status = rollout.get("status") or {}
            image = rollout["spec"]["template"]["spec"]["containers"][0]["image"]
            return (status.get("phase") == "Healthy" and (version is None or image.endswith(version))
                    and status.get("observedGeneration") == str(rollout["metadata"]["generation"])
                    and status["stableRS"] == status["currentPodHash"])
        return sum(1 for rollout in self.items() if arrived(rollout))

    def update(self, numbers, version, every=0):
        """Sets a new image, all at once or one every so many seconds; when each request was sent."""
        line, sent = Line(self.cluster), {}
        for number in numbers:
            name = "m%d" % number
            pause(every)
            sent[name] = time.time()
            line.patch(ROLLOUTS + "/" + name, [
                {"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "shop/web" + version}])
        return sent


DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def reactions(writes, sent):
    """For each updated rollout, the seconds until its first write arrived."""
    first = {}
    for event in writes:
        base = event.get("objectRef", {}).get("name", "").split("-")[0].split(".")[0]
        moment = Audit.moment(event)
        if base in sent and moment >= sent[base]:
            first[base] = min(first.get(base, moment), moment)
    return sorted(first[name] - sent[name] for name in first)


# MARK: Rows

def one_canary(field):
    import http.server
    import threading

    class Stub(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = b'{"value": 1}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    cluster = field.cluster
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    template = {"apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisTemplate", "metadata": {"name": "ok"}, "spec": {"metrics": [{
        "name": "m", "interval": "1s", "count": 5, "successCondition": "result == 1",
        "provider": {"web": {"url": "http://127.0.0.1:%d/" % server.server_address[1], "jsonPath": "{$.value}"}}}]}}
    steps = [{"setWeight": 10}, {"pause": {"duration": 1}}, {"setWeight": 30}, {"pause": {"duration": 1}}, {"setWeight": 60},
             {"pause": {"duration": 1}}, {"analysis": {"templates": [{"templateName": "ok"}]}}, {"setWeight": 100}]
    cluster.apply(template, *manifests.app("one", steps=steps, replicas=5))
    until("one", lambda: cluster.phase("one") == "Healthy", 60)
    settle(field.audit)
    cluster.kubectl("patch", "rollout", "one", "--type=json", "-p",
                    '[{"op":"replace","path":"/spec/template/spec/containers/0/image","value":"shop/web:2"}]')
    until("updated", lambda: cluster.phase("one") == "Healthy" and cluster.rollout("one")["status"]["stableRS"]
          == cluster.rollout("one")["status"]["currentPodHash"], 90)
    writes = Audit.writes(settle(field.audit))
    server.shutdown()
    field.table.most("write requests of one Istio canary (8 steps, 5 measurements, 5 replicas), events included",
                     30, len(writes), "%d", " (%s)" % Audit.by_kind(writes))


def wave(field, version, rows=True):
    """All rollouts get a new image at once."""
    table, count, pid = field.table, field.count, field.pid
    numbers = list(range(count))
    random.Random(1).shuffle(numbers)
    forget_peak(pid)
    before = field.metrics()
    cpu, start = cpu_seconds(pid), time.time()
    sent = field.update(numbers, version)
    sending = time.time() - start
    until("all updated", lambda: field.healthy(version) == count, 900, every=3)
    events = settle(field.audit)
    used, peak = cpu_seconds(pid) - cpu, megabytes(pid, "VmHWM")
    if not rows:
        return
    writes = Audit.writes(events)
    done = {}
    for event in writes:
        if Audit.resource(event) == "rollouts":
            name = event["objectRef"]["name"]
            done[name] = max(done.get(name, 0), Audit.moment(event))
    times = sorted(done[name] - sent[name] for name in sent if name in done)
    took = max(done.values()) - start
    table.most("%d rollouts updated at once: all Healthy" % count, PEER_SECONDS / 5 * count / 1000, took, "%.1f s",
               " (sending the updates took %.1f s)" % sending)
    delays = reactions(writes, sent)
    table.most("first reaction to each of those updates, p99", 1, delays[int(len(delays) * 0.99)], "%.2f s",
               " (median %.3f)" % delays[len(delays) // 2])
    table.most("slowest of those rollouts, to the median", 1.5, times[-1] / times[len(times) // 2], "%.2f x",
               " (median %.1f s, slowest %.1f s)" % (times[len(times) // 2], times[-1]))
    table.most("writes an update (4 weight steps, no pauses)", 10, len(writes) / count, "%.1f",
               " (%s)" % Audit.by_kind(writes, per=count))
    table.most("controller CPU an update", 6, used / count * 1e3, "%.1f ms")
    table.most("process memory, %d rollouts, peak in the update" % count, 80 if count <= 1000 else 180, peak, "%.0f MiB")
    first_writes(field, "watch event to the first write leaving, in that wave", before)


def first_writes(field, what, before):
    """The controller's own histogram since an earlier look at it."""
    name = "martlet_first_write_seconds"
    earlier = dict(histogram(before, name))
    buckets = [(bound, total - earlier.get(bound, 0)) for bound, total in histogram(field.metrics(), name)]
    median, late = quantile(buckets, 0.5) * 1e3, quantile(buckets, 0.99) * 1e3
    field.table.row(what, "<= 5 ms median, <= 25 ms p99", "under %.0f ms median, under %.0f ms p99" % (median, late),
                    median <= 5 and late <= 25)


def paced(field, version):
    """A few updates a second, as people make them."""
    before = field.metrics()
    numbers = list(range(min(field.count, 60)))
    field.update(numbers, version, every=0.25)
    settle(field.audit)
    first_writes(field, "watch event to the first write leaving, 4 updates a second", before)


def idle(field, budget, seconds=60):
    """Requests, CPU and memory while nothing happens."""
    table, count, pid = field.table, field.count, field.pid
    settle(field.audit)
    cpu, start = cpu_seconds(pid), time.time()
    pause(seconds)
    events = Audit.beyond(field.audit.take())
    used = (cpu_seconds(pid) - cpu) * 60 / (time.time() - start)
    note = " (%s)" % Audit.by_kind(events) if events else ""
    table.most("idle, %d rollouts: requests besides leases and watches in %d s" % (count, seconds), 0, len(events), "%d", note)
    table.most("idle, %d rollouts: CPU a minute" % count, 0.02, used, "%.2f s")
    table.most("process memory, %d rollouts, idle" % count, budget, megabytes(pid), "%.0f MiB")


def restart(field, changed=0):
    """The controller ends and comes back; meanwhile `changed` rollouts get a new image."""
    table, count = field.table, field.count
    settle(field.audit)
    field.halt()
    field.audit.take()
    sent = field.update(random.Random(2).sample(range(count), changed), ":9") if changed else {}
    field.audit.take()
    start = time.time()
    pid = field.start()
    seen = settle(field.audit)
    used = cpu_seconds(pid)
    writes, last = Audit.writes(seen), max(Audit.moment(e) for e in seen) - start
    if not changed:
        table.most("restart with %d rollouts: last request" % count, 5, last, "%.1f s")
        table.most("restart with %d rollouts: CPU" % count, 1.5, used, "%.2f s")
        table.most("restart with %d rollouts: writes" % count, 0, len(writes), "%d", " (%s)" % Audit.by_kind(writes) if writes else "")
        cold_start(field, seen, start)
        return
    lists = max(Audit.moment(e) for e in seen if e["verb"] == "list")
    delays = reactions(writes, {name: lists for name in sent})
    table.most("restart with %d rollouts, %d changed while it was down: first reaction after the lists" % (count, changed),
               1, delays[-1], "%.2f s", " (%d of %d reacted)" % (len(delays), changed))
    rest = [e for e in Audit.beyond(seen) if e["verb"] != "list" and e not in writes]
    table.row("the same: requests", "the lists, and what the %d need" % changed, "%d lists, %.1f writes each, %d other%s" % (
        sum(1 for e in seen if e["verb"] == "list"), len(writes) / changed, len(rest), " (%s)" % Audit.by_kind(rest) if rest else ""),
        len(writes) / changed <= 12 and len(rest) <= 2 * changed)


def cold_start(field, seen, start):
    """The controller's lists compared with curl's time for the same ones."""
    lists = [e for e in seen if e["verb"] == "list" and e["responseStatus"]["code"] == 200]
    took = max(Audit.moment(e, "stageTimestamp") for e in lists) - start
    config = ["cacert = %s" % os.path.join(field.cluster.work, "ca.crt"), 'header = "Authorization: Bearer %s"' % field.cluster.token]
    with open(os.path.join(field.cluster.work, "ca.crt"), "w") as file:
        file.write(base64.b64decode(field.cluster.ca).decode())
    for event in lists:
        config += ['url = "%s%s"' % (field.cluster.server, event["requestURI"]), 'output = "/dev/null"']
    start = time.time()
    subprocess.run(["curl", "-sf", "--compressed", "-K", "-"], input="\n".join(config), text=True, check=True)
    curl = time.time() - start
    field.table.most("cold start to whole caches, %d rollouts, to curl's time for the same lists" % field.count, 2, took / curl, "%.1f x",
                     " (%.2f s, curl %.2f s, %d lists)" % (took, curl, len(lists)))


def measure(table, options):
    """The rows of rollouts, smallest world first, so that each size is grown once."""
    field = Field(table)
    try:
        field.start()
        one_canary(field)
        count = options.rollouts
        field.grow(count)
        wave(field, ":2", rows=False)  # So that each has two ReplicaSets.
        idle(field, 60 if count <= 1000 else 140, options.idle_seconds)
        wave(field, ":3")
        paced(field, ":6")
        restart(field)
        restart(field, changed=20)
        for more, budget in options.larger:
            field.grow(more)
            wave(field, ":4" if more < 5000 else ":5", rows=more < 5000)
            restart(field)
            idle(field, budget, options.idle_seconds)
    finally:
        field.close()

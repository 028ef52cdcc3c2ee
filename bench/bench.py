#!/usr/bin/env python3
"""Measures the rows of the performance budgets that exist, and prints them as a table.

  bench.py [--rollouts 1000] [--rows NAME,NAME]

Counts are exact; times and memory are of this machine and of the release build.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import time

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.insert(0, os.path.join(ROOT, "Tests", "EndToEnd"))

import manifests  # noqa: E402
from cluster import BIN, Cluster, free_port, until  # noqa: E402

USER = "system:serviceaccount:martlet-system:martlet"
WRITES = {"create", "update", "patch", "delete", "deletecollection"}
ROWS = []


def row(what, budget, measured, held):
    ROWS.append((what, budget, measured, "yes" if held else "NO"))
    print("%-4s %s: %s (budget %s)" % ("ok" if held else "MISS", what, measured, budget), flush=True)


def megabytes(pid, field="VmRSS"):
    for line in open("/proc/%d/status" % pid):
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024
    return 0.0


def cpu_seconds(pid):
    fields = open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Audit:
    """What the controllers asked of the server, from its audit log."""

    def __init__(self, path):
        self.path, self.offset = path, 0

    def take(self):
        events = []
        with open(self.path, "rb") as log:
            log.seek(self.offset)
            for line in log:
                if not line.endswith(b"\n"):
                    break
                self.offset += len(line)
                event = json.loads(line)
                if event["user"]["username"] == USER:
                    events.append(event)
        return events

    @staticmethod
    def writes(events):
        return [e for e in events if e["verb"] in WRITES and e.get("objectRef", {}).get("resource") != "leases"]

    @staticmethod
    def by_kind(events):
        counts = {}
        for e in events:
            key = "%s %s" % (e["verb"], e.get("objectRef", {}).get("resource", ""))
            if e.get("objectRef", {}).get("subresource"):
                key += "/" + e["objectRef"]["subresource"]
            counts[key] = counts.get(key, 0) + 1
        return ", ".join("%d %s" % (n, k) for k, n in sorted(counts.items()))


def json_ratio():
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web-7c9f-abcde", "namespace": "shop", "uid": "c0ffee00-0000-4000-8000-000000000001",
           "resourceVersion": "123456", "creationTimestamp": "2026-01-01T00:00:00Z", "labels": {"app": "web", "pod-template-hash": "7c9f"},
           "annotations": {"note": "a longer text with \"quotes\" and \\ slashes"}, "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-7c9f", "uid": "x", "controller": True}]},
           "spec": {"containers": [{"name": "main", "image": "shop/web:1", "ports": [{"containerPort": 8080, "protocol": "TCP"}],
                                    "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}}, "terminationGracePeriodSeconds": 30}], "nodeName": "node-1", "priority": 0},
           "status": {"phase": "Running", "podIP": "127.64.0.1", "conditions": [{"type": t, "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"} for t in ("Ready", "Initialized", "PodScheduled")]}}
    text = json.dumps({"kind": "PodList", "items": [pod] * (9_000_000 // len(json.dumps(pod)))})
    path = "/tmp/martlet-bench-pods.json"
    open(path, "w").write(text)
    best = min(timed(lambda: json.loads(text)) for _ in range(5))
    run = subprocess.run([BIN + "/martlet-bench", "json", path], capture_output=True, text=True, check=True)
    ours = float(run.stdout.split()[0])
    os.unlink(path)
    row("JSON parse, 9 MB pod list, ratio to Python's json.loads", ">= 3 x faster", "%.1f x (%.0f ms, Python %.0f ms)" % (best / ours, ours * 1e3, best * 1e3), best / ours >= 3)


def timed(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def decide_and_simulation():
    run = subprocess.run([BIN + "/martlet-bench", "decide"], capture_output=True, text=True, check=True)
    micros = float(run.stdout.split()[0])
    row("decide() for one rollout, median", "<= 50 us", "%.1f us" % micros, micros <= 50)
    start = time.perf_counter()
    run = subprocess.run([BIN + "/martlet-sim", "1-300"], capture_output=True, text=True)
    rate = 300 / (time.perf_counter() - start)
    row("simulation, whole random stories a second on one core", ">= 2000 (8-step, no I/O)", "%.0f" % rate, rate >= 2000)


def one_canary(cluster, audit):
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

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    template = {"apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisTemplate", "metadata": {"name": "ok"}, "spec": {"metrics": [{
        "name": "m", "interval": "1s", "count": 5, "successCondition": "result == 1",
        "provider": {"web": {"url": "http://127.0.0.1:%d/" % server.server_address[1], "jsonPath": "{$.value}"}}}]}}
    steps = [{"setWeight": 10}, {"pause": {"duration": 1}}, {"setWeight": 30}, {"pause": {"duration": 1}}, {"setWeight": 60},
             {"pause": {"duration": 1}}, {"analysis": {"templates": [{"templateName": "ok"}]}}, {"setWeight": 100}]
    cluster.apply(template, *manifests.app("one", steps=steps, replicas=5))
    until("one", lambda: cluster.phase("one") == "Healthy", 60)
    until("quiet", lambda: not audit.take(), 60, every=7)
    cluster.kubectl("patch", "rollout", "one", "--type=json", "-p", '[{"op":"replace","path":"/spec/template/spec/containers/0/image","value":"shop/web:2"}]')
    until("updated", lambda: cluster.phase("one") == "Healthy" and cluster.rollout("one")["status"]["stableRS"] == cluster.rollout("one")["status"]["currentPodHash"], 90)
    server.shutdown()
    writes = Audit.writes(audit.take())
    row("write requests for one canary", "<= 30", "%d (%s)" % (len(writes), Audit.by_kind(writes)), len(writes) <= 30)
    # Events of a busy object are written together once it is quiet: they come after the end.
    moment = time.monotonic() + 7
    until("quiet", lambda: time.monotonic() > moment, 20, every=1)
    late = Audit.writes(audit.take())
    print("     and after it is Healthy, until nothing more is written: %d (%s)" % (len(late), Audit.by_kind(late)))


def many(count):
    log = "/tmp/martlet-bench-audit-%d.log" % os.getpid()
    cluster = Cluster("--audit-log", log, "--pod-ready-delay", "200ms")
    audit = Audit(log)
    try:
        controller = cluster.controller()
        one_canary(cluster, audit)
        steps = [{"setWeight": w} for w in (20, 40, 60, 80)]
        for first in range(0, count, 50):
            objects = []
            for i in range(first, min(first + 50, count)):
                objects += manifests.app("m%d" % i, steps=steps, replicas=1)
            cluster.kubectl("apply", "--server-side", "-f", "-", input=yaml.safe_dump_all(objects))

        def healthy(version):
            items = cluster.get("/apis/argoproj.io/v1alpha1/namespaces/default/rollouts")["items"]
            return sum(1 for r in items if (r.get("status") or {}).get("phase") == "Healthy" and r["metadata"]["name"].startswith("m")
                       and r["spec"]["template"]["spec"]["containers"][0]["image"].endswith(version)
                       and r["status"].get("observedGeneration") == str(r["metadata"]["generation"])
                       and r["status"]["stableRS"] == r["status"]["currentPodHash"])
        until("all healthy", lambda: healthy(":1") == count, 300, every=1)
        until("quiet", lambda: not audit.take(), 60, every=3)
        idle = megabytes(controller.process.pid)
        cpu = cpu_seconds(controller.process.pid)
        start = time.time()
        clock = time.monotonic() + 20
        until("20 s idle", lambda: time.monotonic() > clock, 30, every=1)
        requests = [e for e in audit.take() if e.get("objectRef", {}).get("resource") != "leases"]
        used = (cpu_seconds(controller.process.pid) - cpu) * 60 / (time.time() - start)
        row("idle, %d rollouts: requests besides leases in 20 s" % count, "0", "%d" % len(requests), not requests)
        row("idle, %d rollouts: CPU a minute" % count, "<= 0.02 s", "%.2f s" % used, used <= 0.021)
        row("process memory, %d rollouts, idle" % count, "<= 60 MiB", "%.0f MiB" % idle, idle <= 60)
        cpu = cpu_seconds(controller.process.pid)
        names = ["m%d" % i for i in range(count)]
        random.Random(1).shuffle(names)
        patched = {}
        start = time.time()
        for name in names:
            status, _ = cluster.request("PATCH", "/apis/argoproj.io/v1alpha1/namespaces/default/rollouts/" + name,
                                        [{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "shop/web:2"}], "application/json-patch+json")
            patched[name] = time.time()
            assert status == 200, status
        until("all updated", lambda: healthy(":2") == count, 600, every=0.5)
        took = time.time() - start
        peak = megabytes(controller.process.pid, "VmHWM")
        events = audit.take()
        used = (cpu_seconds(controller.process.pid) - cpu) / count
        writes = Audit.writes(events)
        row("%d rollouts updated at once, all Healthy" % count, "<= 1/5 of the peer's 264 s", "%.1f s" % took, took <= 264 / 5 * count / 1000)
        first = {}
        for event in writes:
            name = event.get("objectRef", {}).get("name", "")
            base = name.split("-")[0].split(".")[0]
            if base in patched:
                at = event["requestReceivedTimestamp"]
                moment = time.mktime(time.strptime(at[:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone + float("0" + at[19:].rstrip("Z"))
                first.setdefault(base, moment - patched[base])
        delays = sorted(first.values())
        if delays:
            p99 = delays[int(len(delays) * 0.99)]
            row("first reaction to each of those updates, p99", "<= 1 s", "%.2f s (median %.2f)" % (p99, delays[len(delays) // 2]), p99 <= 1)
        row("writes an update (4 weight steps, no pauses)", "<= 10", "%.1f (%s)" % (len(writes) / count, Audit.by_kind(writes)), len(writes) / count <= 10)
        row("controller CPU an update", "<= 6 ms", "%.1f ms" % (used * 1e3), used <= 0.006)
        row("process memory, %d rollouts, peak in the update" % count, "<= 80 MiB", "%.0f MiB" % peak, peak <= 80)
        restart(cluster, controller, audit, count)
    finally:
        cluster.stop()
        os.path.exists(log) and os.unlink(log)


def restart(cluster, controller, audit, count):
    until("quiet", lambda: not audit.take(), 90, every=3)
    controller.stop()
    cluster.others.remove(controller)
    audit.take()
    start = time.time()
    controller = cluster.controller()
    seen = []

    def quiet():
        seen.extend(audit.take())
        last = cpu_seconds(controller.process.pid)
        moment = time.monotonic() + 1
        until("a second", lambda: time.monotonic() > moment, 3, every=0.1)
        return cpu_seconds(controller.process.pid) - last < 0.03 and time.time() - start > 3
    until("quiet after the restart", quiet, 60)
    seen.extend(audit.take())
    lists = [e for e in seen if e["verb"] in ("list", "watch")]
    last = max((e["requestReceivedTimestamp"] for e in lists), default="")
    writes = Audit.writes(seen)
    row("restart with %d rollouts: CPU" % count, "<= 1.5 s", "%.2f s" % cpu_seconds(controller.process.pid), cpu_seconds(controller.process.pid) <= 1.5)
    row("restart with %d rollouts: writes" % count, "0", "%d %s" % (len(writes), Audit.by_kind(writes)), not writes)
    print("     last list or watch at %s" % last)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rollouts", type=int, default=1000)
    parser.add_argument("--rows", default="json,decide,many")
    options = parser.parse_args()
    rows = options.rows.split(",")
    if "json" in rows:
        json_ratio()
    if "decide" in rows:
        decide_and_simulation()
    if "many" in rows:
        many(options.rollouts)
    print("\n| what | budget | measured | held |\n|---|---|---|---|")
    for cells in ROWS:
        print("| %s | %s | %s | %s |" % cells)
    missed = [r[0] for r in ROWS if r[3] == "NO"]
    print("\n%d of %d budgets held%s" % (len(ROWS) - len(missed), len(ROWS), "; missed: " + "; ".join(missed) if missed else ""))


if __name__ == "__main__":
    main()

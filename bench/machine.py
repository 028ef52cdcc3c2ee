"""Rows that need no cluster: parsing, deciding, simulating, comparing."""
import json
import os
import shutil
import subprocess
import tempfile
import time

from measure import BIN, HERE

CONDITIONS = [{"type": t, "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"} for t in ("Ready", "Initialized", "PodScheduled")]
POD = {
    "apiVersion": "v1", "kind": "Pod",
    "metadata": {"name": "web-7c9f-abcde", "namespace": "shop", "uid": "c0ffee00-0000-4000-8000-000000000001",
                 "resourceVersion": "123456", "creationTimestamp": "2026-01-01T00:00:00Z",
                 "labels": {"app": "web", "pod-template-hash": "7c9f"},
                 "annotations": {"note": "a longer text with \"quotes\" and \\ slashes"},
                 "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-7c9f", "uid": "x", "controller": True}]},
    "spec": {"containers": [{"name": "main", "image": "shop/web:1", "ports": [{"containerPort": 8080, "protocol": "TCP"}],
                             "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}}, "terminationGracePeriodSeconds": 30}],
             "nodeName": "node-1", "priority": 0},
    "status": {"phase": "Running", "podIP": "127.64.0.1", "conditions": CONDITIONS}}


def bench(*arguments, **environment):
    run = subprocess.run([BIN + "/martlet-bench", *arguments], capture_output=True, text=True, check=True,
                         env={**os.environ, **environment})
    return run.stdout


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def parsing(table):
    text = json.dumps({"kind": "PodList", "items": [POD] * (9_000_000 // len(json.dumps(POD)))})
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(text)
        file.flush()
        # Turn about, so that other work on the machine slows both.
        python, ours = [], []
        for _ in range(3):
            python += [seconds(lambda: json.loads(text)) for _ in range(3)]
            ours.append(float(bench("json", file.name).split()[0]))
    ratio = min(python) / min(ours)
    table.row("JSON parse, 9 MB pod list, to Python's json.loads", ">= 3 x faster",
              "%.1f x (%.0f ms, Python %.0f ms)" % (ratio, min(ours) * 1e3, min(python) * 1e3), ratio >= 3)


def allocations(table, what, *arguments):
    """Allocations of one round: those of many rounds less those of a few, by a counting malloc."""
    compiler = shutil.which("cc") or shutil.which("clang")
    if not compiler:
        table.row("%s: allocations" % what, "<= 200", "not measured: no C compiler", None)
        return
    with tempfile.TemporaryDirectory() as folder:
        library = os.path.join(folder, "count.so")
        subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", library, os.path.join(HERE, "allocations.c")], check=True)

        def counted(rounds):
            report = os.path.join(folder, "count-%d" % rounds)
            bench(*arguments, str(rounds), LD_PRELOAD=library, ALLOCATIONS=report)
            return int(open(report).read())
        one = (counted(1100) - counted(100)) / 1000
    table.most("%s: allocations" % what, 200, one, "%.0f")


def deciding(table):
    words = bench("decide", "2000").split()
    table.most("decide() for one rollout, median", 50, float(words[0]), "%.1f us", " (p99 %.1f)" % float(words[3]))
    allocations(table, "decide() for one rollout", "decide")


def simulating(table):
    count = 200
    spent = seconds(lambda: subprocess.run([BIN + "/martlet-sim", "1-%d" % count], capture_output=True, check=False))
    table.row("simulation, whole random stories with faults a second on one core", ">= 2000 (8 steps, no I/O)",
              "%.0f" % (count / spent), count / spent >= 2000)


def comparing(table):
    words = bench("diff").split()
    table.most("diff of an Application with 1,000 objects against the cache", 150, float(words[0]), "%.0f ms",
               " (%s)" % " ".join(words[2:]))


def judging(table):
    """Simulated rollouts; docs/judge.md has all rows of `martlet-bench judge`."""
    words = bench("judge", "2000").split()
    table.most("judge: equal versions called bad, looked at every 10 s for 30 min", 1.0, float(words[0]), "%.2f %%")
    table.row("judge: errors 1 % to 2 %, 50 requests a second: found, median", "sooner than the 5-minute query",
              "%s s, query %s s" % (words[3], words[6]), int(words[3]) < int(words[6]))


def measure(table):
    parsing(table)
    deciding(table)
    comparing(table)
    judging(table)
    simulating(table)

"""Rows of Applications: what it costs when Git has nothing new."""
import os
import subprocess
import tempfile

import manifests
from measure import Audit, Cluster, cpu_seconds, pause, settle, until


def make_repository(folder):
    """A bare repository with one folder an Application."""
    bare, tree = os.path.join(folder, "shop.git"), os.path.join(folder, "tree")

    def git(*arguments, at=None):
        subprocess.run(["git", *arguments], cwd=at, check=True, capture_output=True)
    git("init", "-q", "--bare", "-b", "main", bare)
    git("init", "-q", "-b", "main", tree)
    for number in range(10):
        place = os.path.join(tree, "app%d" % number)
        os.makedirs(place)
        with open(os.path.join(place, "settings.yaml"), "w") as file:
            file.write("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings%d}\ndata: {a: b}\n" % number)
    git("add", ".", at=tree)
    git("-c", "user.name=a", "-c", "user.email=a@test", "commit", "-qm", "first", at=tree)
    git("push", "-q", bare, "main", at=tree)
    return bare


def counting_git(folder):
    """A `git` that notes its arguments before it runs the real one; gives its folder and the notes' path."""
    real = subprocess.run(["sh", "-c", "command -v git"], capture_output=True, text=True, check=True).stdout.strip()
    notes = os.path.join(folder, "git.log")
    place = os.path.join(folder, "bin")
    os.makedirs(place)
    script = os.path.join(place, "git")
    with open(script, "w") as file:
        file.write('#!/bin/sh\necho "$@" >> %s\nexec %s "$@"\n' % (notes, real))
    os.chmod(script, 0o755)
    return place, notes


def measure(table):
    interval, intervals = 5, 6
    with tempfile.TemporaryDirectory(prefix="martlet-bench-") as folder:
        bare = make_repository(folder)
        place, notes = counting_git(folder)
        log = os.path.join(folder, "audit.log")
        os.environ["PATH"] = place + ":" + os.environ["PATH"]
        cluster = Cluster("--audit-log", log)
        try:
            controller = cluster.controller("--sync-interval", str(interval))
            cluster.kubectl("create", "namespace", "shop")
            for number in range(10):
                cluster.apply(manifests.application("app%d" % number, "file://" + bare, "shop", path="app%d" % number))

            def synced():
                items = cluster.get("/apis/argoproj.io/v1alpha1/namespaces/martlet-system/applications")["items"]
                return len(items) == 10 and all((a.get("status") or {}).get("sync", {}).get("status") == "Synced" for a in items)
            until("synced", synced, 60)
            audit = Audit(log)
            settle(audit, calm=interval + 2)
            open(notes, "w").close()
            cpu = cpu_seconds(controller.process.pid)
            pause(interval * intervals)
            commands = open(notes).read().splitlines()
            requests = Audit.beyond(audit.take())
            used = (cpu_seconds(controller.process.pid) - cpu) / intervals
        finally:
            cluster.stop()
            os.environ["PATH"] = os.environ["PATH"].replace(place + ":", "", 1)
    asked = [c for c in commands if "ls-remote" in c]
    others = [c for c in commands if "ls-remote" not in c]
    # The interval has a jitter of a tenth, and the window may hold one question more.
    table.row("no-change Git reconcile, 10 Applications of one repository: questions to Git an interval", "1",
              "%.1f (%d in %d intervals; other git commands: %d)" % (len(asked) / intervals, len(asked), intervals, len(others)),
              len(asked) <= intervals + 1 and not others)
    note = " (%s)" % Audit.by_kind(requests) if requests else ""
    table.most("the same: requests to the API server", 0, len(requests), "%d", note + "; CPU %.0f ms an interval" % (used * 1e3))

"""The recorded behaviour of the real programs, replayed where the recordings are at hand."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from cluster import ROOT, SHARED, Cluster

CONFORMANCE = os.path.join(SHARED, "conformance")
# What the present state of the project has to pass: a share of the cases, or of the scenarios.
API_SHARE = 0.95
ROLLOUT_SHARE = 0.90
# Our write requests to the peer's, over the scenarios that pass.
WRITES_SHARE = 0.65
USER = "system:serviceaccount:martlet-system:martlet"
COST = re.compile(r"(?m)^ok +\S+:.*; writes (\d+) \(peer \[(\d+)[^]]*\]\), events (\d+) \(peer \[(\d+)")


def costs(text):
    """Write requests of the scenarios that pass, events included: ours, and the least that the peer needed."""
    rows = [list(map(int, found)) for found in COST.findall(text)]
    return sum(r[0] + r[2] for r in rows), sum(r[1] + r[3] for r in rows)


@unittest.skipUnless(os.path.isdir(CONFORMANCE), "skipped: no conformance recordings beside the checkout")
class ConformanceTests(unittest.TestCase):
    def test_the_api_server_answers_as_recorded(self):
        cluster = Cluster(crds=False)
        try:
            out = os.path.join(cluster.work, "apiserver.json")
            run = subprocess.run([sys.executable, CONFORMANCE + "/apiserver/run.py", "--kubeconfig", cluster.kubeconfig, "--json", out, "-j", "4"],
                                 capture_output=True, text=True)
        finally:
            cluster.stop()
        last = run.stdout.strip().split("\n")[-1]
        passed, failed = map(int, re.match(r"(\d+) passed, (\d+) failed", last).groups())
        print("apiserver: " + last)
        self.assertGreaterEqual(passed / (passed + failed), API_SHARE, run.stdout[-6000:])

    def test_rollouts_move_as_recorded(self):
        work = tempfile.mkdtemp(prefix="martlet-audit-")
        audit = os.path.join(work, "audit.log")
        cluster = Cluster("--bad-image-regex", "bad", "--audit-log", audit, crds=False)
        try:
            cluster.kubectl("apply", "--server-side", "-f", CONFORMANCE + "/rollouts/routing-crds.yaml", "-f", ROOT + "/crds")
            cluster.controller()
            folder = CONFORMANCE + "/rollouts/scenarios"
            files = [os.path.join(folder, f) for f in sorted(os.listdir(folder))]
            run = subprocess.run([sys.executable, CONFORMANCE + "/rollouts/play.py", "--kubeconfig", cluster.kubeconfig,
                                  "--scenario", *files, "--compare", "--jobs", "4", "--audit", audit, "--user", USER],
                                 capture_output=True, text=True)
        finally:
            cluster.stop()
            shutil.rmtree(work)
        print("rollouts: " + run.stdout.strip().split("\n")[-1])
        good = len(re.findall(r"(?m)^ok +\S+:", run.stdout))
        failed = re.findall(r"(?m)^FAIL (\S+?):", run.stdout)
        print("scenarios: %d of %d pass; not: %s" % (good, len(files), " ".join(failed)))
        ours, peers = costs(run.stdout)
        print("write requests, events included: %d, the peer %d (%.0f %%)" % (ours, peers, 100 * ours / max(1, peers)))
        self.assertGreaterEqual(good / len(files), ROLLOUT_SHARE, run.stdout[-6000:])
        self.assertLessEqual(ours, peers * WRITES_SHARE)


if __name__ == "__main__":
    unittest.main()

"""The recorded behaviour of the real programs, replayed where the recordings are at hand."""
import json
import os
import re
import subprocess
import sys
import unittest

from cluster import ROOT, SHARED, Cluster

CONFORMANCE = os.path.join(SHARED, "conformance")
# What the present state of the project has to pass: a share of the cases, or of the scenarios.
API_SHARE = 0.95
ROLLOUT_SHARE = 0.80
SCENARIOS = re.compile(
    r"^(canary-basic-.*|canary-initial-deploy|istio-host|istio-named-routes|istio-abort.*|istio-promote-full|istio-rollback-to-stable"
    r"|istio-second-update|abort-.*|pause-.*|promote-.*|rollback-.*|second-update.*|scale-.*-mid|analysis-inline-.*|analysis-background.*"
    r"|analysis-count-interval|analysis-prometheus.*|invalid-spec-basic|deadline-no-abort|pods-crash-mid|history-limit)$")


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
        cluster = Cluster("--bad-image-regex", "bad", crds=False)
        try:
            cluster.kubectl("apply", "--server-side", "-f", CONFORMANCE + "/rollouts/routing-crds.yaml", "-f", ROOT + "/crds")
            cluster.controller()
            folder = CONFORMANCE + "/rollouts/scenarios"
            files = [os.path.join(folder, f) for f in sorted(os.listdir(folder)) if SCENARIOS.match(f[:-5])]
            run = subprocess.run([sys.executable, CONFORMANCE + "/rollouts/play.py", "--kubeconfig", cluster.kubeconfig,
                                  "--scenario", *files, "--compare", "--jobs", "4"], capture_output=True, text=True)
        finally:
            cluster.stop()
        print("rollouts: " + run.stdout.strip().split("\n")[-1])
        good = len(re.findall(r"(?m)^ok +\S+:", run.stdout))
        failed = re.findall(r"(?m)^FAIL (\S+?):", run.stdout)
        print("scenarios: %d of %d pass; not: %s" % (good, len(files), " ".join(failed)))
        self.assertGreaterEqual(good / len(files), ROLLOUT_SHARE, run.stdout[-6000:])


if __name__ == "__main__":
    unittest.main()

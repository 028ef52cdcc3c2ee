"""Rollouts that another controller left in mid-flight go on: nothing is replaced, nothing restarted."""
import os
import re
import subprocess
import sys
import unittest

import manifests
from cluster import MARTLET, ROOT, SHARED, Cluster, free_port, until

CONFORMANCE = os.path.join(SHARED, "conformance", "rollouts")


class TakeOverTests(unittest.TestCase):
    @unittest.skipUnless(os.path.isdir(CONFORMANCE), "skipped: no conformance recordings beside the checkout")
    def test_recorded_states_are_taken_over(self):
        cluster = Cluster("--bad-image-regex", "bad", crds=False)
        try:
            cluster.kubectl("apply", "--server-side", "-f", CONFORMANCE + "/routing-crds.yaml", "-f", ROOT + "/crds")
            own = cluster.install()
            command = "exec '%s' controller --kubeconfig '%s' --namespace martlet-system --metrics-port %d > '%s/controller.log' 2>&1" % (
                MARTLET, own, free_port(), cluster.work)
            run = subprocess.run([sys.executable, CONFORMANCE + "/takeover.py", "--kubeconfig", cluster.kubeconfig, "--then", command,
                                  CONFORMANCE + "/takeover"], capture_output=True, text=True, timeout=600,
                                 env={**os.environ, "POD_NAMESPACE": "martlet-system", "PYTHONDONTWRITEBYTECODE": "1"})
        finally:
            cluster.stop()
        print("takeover: " + (run.stdout.strip().split("\n") or [""])[-1])
        self.assertRegex(run.stdout, r"(?m)^\d+ passed, 0 failed$", run.stdout[-6000:] + run.stderr[-2000:])
        self.assertGreater(int(re.findall(r"(?m)^(\d+) passed", run.stdout)[-1]), 50)

    def test_the_script_of_the_migration(self):
        cluster = Cluster()
        try:
            peer = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "argo-rollouts", "namespace": "argo-rollouts"}, "spec": {
                "replicas": 1, "selector": {"matchLabels": {"app": "argo"}}, "template": {"metadata": {"labels": {"app": "argo"}}, "spec": {
                    "containers": [{"name": "c", "image": "argo-rollouts:1"}]}}}}
            cluster.kubectl("create", "namespace", "argo-rollouts")
            cluster.apply(peer)
            first = cluster.controller()
            cluster.apply(manifests.service("web-stable", "web"), manifests.service("web-canary", "web"), manifests.virtual_service("web"),
                          manifests.rollout("web", steps=[{"setWeight": 20}, {"pause": {}}]))
            until("the rollout is there", lambda: cluster.phase("web") == "Healthy")
            cluster.kubectl("patch", "rollout", "web", "--type=json", "-p",
                            '[{"op":"replace","path":"/spec/template/spec/containers/0/image","value":"shop/web:2"}]')
            until("it is under way", lambda: cluster.phase("web") == "Paused")
            first.stop()
            replicas = lambda name, namespace: cluster.get("/apis/apps/v1/namespaces/%s/deployments/%s" % (namespace, name))["spec"]["replicas"]
            for way, on, off in (("over", ("martlet", "martlet-system"), ("argo-rollouts", "argo-rollouts")),
                                 ("back", ("argo-rollouts", "argo-rollouts"), ("martlet", "martlet-system")),
                                 ("over", ("martlet", "martlet-system"), ("argo-rollouts", "argo-rollouts"))):
                controller = cluster.controller() if way == "over" else None
                run = subprocess.run([ROOT + "/examples/migration/take-over.sh", way], capture_output=True, text=True, timeout=120,
                                     env={**os.environ, "KUBECONFIG": cluster.kubeconfig, "SETTLE": "3"})
                self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
                self.assertIn("nothing was restarted", run.stdout)
                self.assertGreater(replicas(*on), 0)
                self.assertEqual(replicas(*off), 0)
                if controller:
                    controller.stop()
            self.assertEqual(cluster.phase("web"), "Paused")
        finally:
            cluster.stop()


if __name__ == "__main__":
    unittest.main()

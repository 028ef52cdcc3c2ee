"""kill -9 at random moments: the server loses no acknowledged object, the controller finishes every rollout."""
import http.client
import json
import os
import random
import signal
import tempfile
import threading
import time
import unittest

import manifests
from cluster import Cluster, free_port, until

KILLS = int(os.environ.get("MARTLET_KILLS", "50"))
ROLLOUTS = 3


class KillTests(unittest.TestCase):
    def test_nothing_is_lost_and_every_rollout_ends(self):
        seed = int(os.environ.get("MARTLET_SEED", "7"))
        dice = random.Random(seed)
        cluster = Cluster("--pod-ready-delay", "100ms", data_dir=tempfile.mkdtemp(prefix="martlet-kills-"), port=free_port())
        try:
            controller = cluster.controller()
            names = ["r%d" % i for i in range(ROLLOUTS)]
            for name in names:
                cluster.apply(*manifests.app(name, steps=[{"setWeight": 20}, {"pause": {"duration": 1}}, {"setWeight": 60}, {"pause": {"duration": 1}}]))
            for name in names:
                until(name, lambda: cluster.phase(name) == "Healthy", 60)
            acknowledged, stop, gap = [], threading.Event(), threading.Event()

            def write():
                number = 0
                while not stop.is_set():
                    number += 1
                    try:
                        status, _ = cluster.request("POST", "/api/v1/namespaces/default/configmaps", {
                            "metadata": {"name": "ack-%d" % number}, "data": {"n": str(number)}})
                        if status == 201:
                            acknowledged.append("ack-%d" % number)
                    except (OSError, http.client.HTTPException, ValueError):
                        gap.wait(0.02)

            writer = threading.Thread(target=write, daemon=True)
            writer.start()
            version = 1
            for kill in range(KILLS):
                version += 1
                name = dice.choice(names)
                try:
                    cluster.kubectl("patch", "rollout", name, "--type=json", "-p", json.dumps(
                        [{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "shop/web:%d" % version}]))
                except AssertionError:
                    version -= 1
                moment = time.monotonic() + dice.random() * 1.2
                until("the moment", lambda: time.monotonic() >= moment, every=0.01)
                if dice.random() < 0.5:
                    cluster.up.stop(signal.SIGKILL)
                    cluster.start()
                else:
                    controller.stop(signal.SIGKILL)
                    cluster.others.remove(controller)
                    controller = cluster.controller()
            stop.set()
            writer.join(10)
            for name in names:
                until(name + " ends (seed %d)" % seed, lambda: cluster.phase(name) == "Healthy", 90)
                path = "/apis/networking.istio.io/v1/namespaces/default/virtualservices/" + name
                until(name + "'s weights", lambda: [r["weight"] for r in cluster.get(path)["spec"]["http"][0]["route"]] == [100, 0], 60)
                status = cluster.rollout(name)["status"]
                self.assertEqual(status["stableRS"], status["currentPodHash"])
            items = cluster.get("/api/v1/namespaces/default/configmaps")["items"]
            kept = {i["metadata"]["name"] for i in items}
            missing = [n for n in acknowledged if n not in kept]
            self.assertEqual(missing, [], "acknowledged, but gone")
            print("%d kills, %d acknowledged objects, none missing; %d rollouts ended Healthy" % (KILLS, len(acknowledged), ROLLOUTS))
        finally:
            cluster.stop()


if __name__ == "__main__":
    unittest.main()

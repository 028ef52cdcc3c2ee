"""Every manifest in examples/ is applied and driven to its end."""
import http.server
import json
import os
import shutil
import subprocess
import threading
import unittest

import yaml

from cluster import PLUGIN, ROOT, Cluster, read, until, write
from git_servers import commit, git

EXAMPLES = os.path.join(ROOT, "examples")


class Desk(http.server.BaseHTTPRequestHandler):
    """Prometheus, which answers what the test sets, and whoever is told of failures."""
    value, told = "1", []

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.startswith("/told/"):
            Desk.told.append((self.path, json.loads(body or b"{}")))
            return self.answer({})
        self.answer({"status": "success", "data": {"resultType": "vector", "result": [{"metric": {}, "value": [1700000000, Desk.value]}]}})

    do_GET = do_POST

    def answer(self, body):
        raw = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *args):
        pass


def files(folder):
    """The manifests of a folder: all YAML but kustomizations."""
    found = []
    for place, _, names in os.walk(os.path.join(EXAMPLES, folder)):
        found += [os.path.join(place, n) for n in names if n.endswith((".yaml", ".yml")) and not n.startswith("kustomization")]
    return sorted(found)


def identity(manifest):
    return manifest["kind"], manifest["metadata"]["name"]


class ExampleTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster()
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Desk)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.desk = "http://127.0.0.1:%d" % cls.server.server_address[1]

    @classmethod
    def tearDownClass(cls):
        cls.cluster.stop()
        cls.server.shutdown()
        cls.server.server_close()

    def controller(self, *flags):
        """The controllers until the test ends: two sets of them at once would undo each other's syncs."""
        process = self.cluster.controller(*flags)

        def end():
            self.cluster.others.remove(process)
            process.stop()
        self.addCleanup(end)
        return process

    def exists(self, kind, name, namespace=None):
        place = ["-n", namespace] if namespace else []
        return self.cluster.kubectl("get", kind, name, "-o", "name", *place, check=False).returncode == 0

    def test_no_example_is_left_out(self):
        known = {"analysis-judge", "analysis-test", "install", "migration", "quickstart", *self.canaries()}  # Those of analyses: test_analysis.py.
        self.assertEqual({n for n in os.listdir(EXAMPLES) if os.path.isdir(os.path.join(EXAMPLES, n))}, known,
                         "a new folder of examples wants a test here")
        self.assertTrue(self.canaries())

    def test_install(self):
        self.cluster.kubectl("apply", "-k", EXAMPLES + "/install")
        for file in files("install"):
            for manifest in yaml.safe_load_all(read(file)):
                kind, name = identity(manifest)
                self.assertTrue(self.exists("%s.%s" % (kind, manifest["apiVersion"].split("/")[0]) if "/" in manifest["apiVersion"] else kind,
                                            name, manifest["metadata"].get("namespace")), "%s %s of %s" % (kind, name, file))
        self.cluster.kubectl("rollout", "status", "deployment/martlet", "-n", "martlet-system", "--timeout=60s")

    def canaries(self):
        return sorted(n for n in os.listdir(EXAMPLES) if n.startswith("canary-"))

    def plugin(self):
        """A router plugin as docs/router-plugins.md has it: what is wished is so."""
        while not self.ends.wait(0.1):
            for wish in (self.cluster.get("/apis/martlet.dev/v1alpha1/trafficwishes") or {"items": []})["items"]:
                answer = {"observedGeneration": wish["metadata"]["generation"], "canaryWeight": wish["spec"]["canary"]["weight"]}
                if wish.get("status") != answer:
                    self.cluster.request("PATCH", "/apis/martlet.dev/v1alpha1/namespaces/%s/trafficwishes/%s/status" % (
                        wish["metadata"]["namespace"], wish["metadata"]["name"]), {"status": answer}, "application/merge-patch+json")

    def test_canaries_behind_each_router(self):
        """What each folder's README says: apply it, set an image, promote."""
        self.cluster.install()
        controller = self.controller()

        def martlet(name, *words):
            run = subprocess.run([PLUGIN, *words, "--kubeconfig", self.cluster.kubeconfig, "-n", name], capture_output=True, text=True, timeout=60)
            self.assertEqual(run.returncode, 0, "%s: %s %s" % (name, words, run.stderr))

        def all_are(phase, seconds, image):
            def ready(name):
                rollout = self.cluster.rollout("web", name)
                return rollout and rollout["spec"]["template"]["spec"]["containers"][0]["image"] == image and self.cluster.phase("web", name) == phase
            waiting = set(self.canaries())

            def left():
                waiting.difference_update([n for n in waiting if ready(n)])
                return not waiting
            try:
                until("all are " + phase, left, seconds)
            except AssertionError:
                said = {n: (self.cluster.rollout("web", n).get("status") or {}).get("message") for n in waiting}
                self.fail("not %s: %s" % (phase, said))

        self.ends = threading.Event()
        self.addCleanup(self.ends.set)
        threading.Thread(target=self.plugin, daemon=True).start()
        for name in self.canaries():
            self.cluster.kubectl("create", "namespace", name)
            self.cluster.kubectl("apply", "-n", name, "-k", os.path.join(EXAMPLES, name))
            for file in files(name):
                for manifest in yaml.safe_load_all(read(file)):
                    group = manifest["apiVersion"].split("/")[0] if "/" in manifest["apiVersion"] else ""
                    kind = "%s.%s" % (manifest["kind"], group) if group else manifest["kind"]
                    self.assertTrue(self.exists(kind, manifest["metadata"]["name"], manifest["metadata"].get("namespace", name)), file)
        all_are("Healthy", 60, "shop/web:1")
        for name in self.canaries():
            martlet(name, "set", "image", "web", "web=shop/web:2")
        all_are("Paused", 60, "shop/web:2")
        for name in self.canaries():
            martlet(name, "promote", "web")
        all_are("Healthy", 90, "shop/web:2")
        self.assertIsNone(controller.process.poll(), "the controller ended: " + controller.text()[-2000:])

    def weights(self):
        service = self.cluster.get("/apis/networking.istio.io/v1/namespaces/shop/virtualservices/web")
        return service["spec"]["http"][0]["route"][1].get("weight", 0)

    def application(self):
        return (self.cluster.get("/apis/argoproj.io/v1alpha1/namespaces/martlet-system/applications/shop") or {}).get("status") or {}

    def test_quickstart(self):
        self.cluster.install()
        controller = self.controller("--sync-interval", "2")
        clone, bare = os.path.join(self.cluster.work, "shop"), os.path.join(self.cluster.work, "shop.git")
        shutil.copytree(EXAMPLES + "/quickstart/app", clone + "/app")
        template = clone + "/app/analysistemplate.yaml"
        write(template, read(template).replace("http://127.0.0.1:9090", self.desk))
        subprocess.run(["git", "init", "-q", "-b", "main", clone], check=True)
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", bare], check=True)
        git(clone, "remote", "add", "origin", bare)

        def release(tag):
            file = "app/kustomization.yaml"
            text = read(os.path.join(clone, file))
            commit(clone, {file: text.replace("newTag: " + text.split("newTag: ")[1].split()[0], "newTag: " + tag)})
            git(clone, "push", "-q", "origin", "main")

        release("v1")
        alerts = read(EXAMPLES + "/quickstart/alerts.yaml")
        self.cluster.kubectl("apply", "-f", "-", input=alerts.replace("WEBHOOK", self.desk + "/told/chat").replace("ALERTMANAGER", self.desk + "/told"))
        self.cluster.kubectl("apply", "-f", "-", input=read(EXAMPLES + "/quickstart/application.yaml").replace("REPOSITORY", bare))
        until("v1 is healthy", lambda: self.cluster.phase("web", "shop") == "Healthy", 60)
        for file in files("quickstart/app"):
            for manifest in yaml.safe_load_all(read(file)):
                self.assertTrue(self.exists(*identity(manifest), "shop"), "%s of %s" % (identity(manifest), file))

        release("v2")
        seen = []

        def finished(phase):
            weight = self.weights()
            if seen[-1:] != [weight]:
                seen.append(weight)
            template = self.cluster.rollout("web", "shop")["spec"]["template"]["spec"]["containers"][0]["image"]
            return template == "shop/web:" + phase[1] and self.cluster.phase("web", "shop") == phase[0]
        until("v2 is healthy", lambda: finished(("Healthy", "v2")), 120, every=0.05)
        steps = [w for w in seen if w]
        self.assertEqual(steps[:3], [10, 30, 60])
        until("stable serves everybody", lambda: self.weights() == 0)

        Desk.value = "0.5"
        release("v3")
        until("v3 is taken back", lambda: finished(("Degraded", "v3")), 90)
        until("traffic is on stable", lambda: self.weights() == 0)
        for path in ("/told/chat", "/told/api/v2/alerts"):
            until("told at " + path, lambda: any(p.startswith(path) and "success-rate" in json.dumps(b) for p, b in Desk.told), 60)
        self.assertEqual(self.application()["sync"]["status"], "Synced")
        self.assertEqual(self.application()["health"]["status"], "Degraded")

        Desk.value = "1"
        git(clone, "revert", "--no-edit", "HEAD")
        git(clone, "push", "-q", "origin", "main")
        until("v2 is healthy again", lambda: finished(("Healthy", "v2")), 60)
        until("the Application too", lambda: self.application()["health"]["status"] == "Healthy")
        self.assertIsNone(controller.process.poll(), "the controller ended: " + controller.text()[-2000:])


if __name__ == "__main__":
    unittest.main()

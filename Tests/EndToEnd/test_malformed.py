"""Whatever comes in broken: a clear message on the right object, traffic on stable, and it goes on when repaired."""
import copy
import http.server
import json
import os
import shutil
import subprocess
import threading
import unittest

import manifests
from cluster import Cluster, free_port, until, write


class Prometheus(http.server.BaseHTTPRequestHandler):
    """Answers what a test sets: a value, an empty vector, NaN."""
    value = "1"

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        result = [] if Prometheus.value is None else [{"metric": {}, "value": [1700000000, Prometheus.value]}]
        body = json.dumps({"status": "success", "data": {"resultType": "vector", "result": result}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer

    def log_message(self, *args):
        pass


class Receiver(http.server.BaseHTTPRequestHandler):
    bodies = []

    def do_POST(self):
        Receiver.bodies.append(json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}"))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


def serve(handler, port=0):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class MalformedTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster()
        cls.prometheus = serve(Prometheus)
        cls.url = "http://127.0.0.1:%d" % cls.prometheus.server_address[1]
        cls.cluster.install()
        cls.receiver_port = free_port()
        cls.cluster.kubectl("apply", "-f", "-", input=json.dumps({
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "martlet-alerts", "namespace": "martlet-system"},
            "data": {"receivers": "- name: chat\n  type: webhook\n  url: http://127.0.0.1:%d/\n" % cls.receiver_port}}))
        cls.controller = cls.cluster.controller("--sync-interval", "2")

    @classmethod
    def tearDownClass(cls):
        cls.cluster.stop()
        cls.prometheus.shutdown()
        cls.prometheus.server_close()

    def tearDown(self):
        self.assertIsNone(self.controller.process.poll(), "the controller ended: " + self.controller.text()[-2000:])

    def healthy(self, name, namespace="default", seconds=40):
        until(name + " healthy", lambda: self.cluster.phase(name, namespace) == "Healthy", seconds)

    def update(self, name, image):
        self.cluster.kubectl("patch", "rollout", name, "--type=json", "-p", json.dumps(
            [{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": image}]))

    def weight(self, name):
        service = self.cluster.get("/apis/networking.istio.io/v1/namespaces/default/virtualservices/" + name)
        return service["spec"]["http"][0]["route"][1].get("weight", 0)

    def message(self, name):
        return (self.cluster.rollout(name).get("status") or {}).get("message", "")

    def test_a_weight_of_120_is_refused_by_name_and_repaired(self):
        broken = manifests.app("heavy", steps=[{"setWeight": 120}])
        self.cluster.apply(*broken)
        until("InvalidSpec", lambda: "setWeight" in self.message("heavy") and self.cluster.phase("heavy") == "Degraded")
        self.cluster.apply(*manifests.app("heavy", steps=[{"setWeight": 20}]))
        self.healthy("heavy")

    def test_a_rollout_without_a_selector_says_so(self):
        broken = manifests.rollout("blind", routed=False)
        whole = copy.deepcopy(broken)
        del broken["spec"]["selector"]
        self.cluster.apply(broken)
        until("InvalidSpec", lambda: "spec.selector" in self.message("blind"))
        self.cluster.kubectl("delete", "rollout", "blind")
        self.cluster.apply(whole)
        self.healthy("blind")

    def analysed(self, name, value, word, **more):
        """An update whose analysis gets that answer: aborted with a clear message, weight 0; then repaired."""
        Prometheus.value = "1"
        self.cluster.apply(manifests.template(name, more.get("url", self.url), initialDelay="0s", consecutiveErrorLimit=0))
        self.cluster.apply(*manifests.app(name, steps=[{"setWeight": 20}, {"analysis": {"templates": [{"templateName": name}]}}]))
        self.healthy(name)
        Prometheus.value = value
        self.update(name, "shop/web:2")
        until(name + " degraded", lambda: self.cluster.phase(name) == "Degraded", 40)
        self.assertIn("success-rate", self.message(name))
        runs = self.cluster.get("/apis/argoproj.io/v1alpha1/namespaces/default/analysisruns")["items"]
        run = next(r for r in runs if r["metadata"]["name"].startswith(name + "-"))
        texts = json.dumps(run["status"])
        self.assertRegex(texts, word)
        until("traffic on stable", lambda: self.weight(name) == 0)
        Prometheus.value = "1"
        self.cluster.apply(manifests.template(name, self.url))
        self.cluster.kubectl("patch", "rollout", name, "--subresource=status", "--type=merge", "-p", '{"status":{"abort":false}}')
        self.healthy(name)

    def test_a_query_that_returns_nothing(self):
        self.analysed("nothing", None, r"(?i)no data|empty|out of range")

    def test_a_query_that_returns_nan(self):
        self.analysed("nan", "NaN", r"NaN")

    def test_prometheus_is_down(self):
        self.analysed("down", "1", r"(?i)refused|connect", url="http://127.0.0.1:%d" % free_port())

    def test_the_alert_waits_for_its_receiver(self):
        self.analysed("alerted", "0.5", r"0\.5")
        receiver = serve(Receiver, self.receiver_port)
        try:
            body = until("the alert", lambda: next((b for b in Receiver.bodies if "alerted" in json.dumps(b)), None), 60)
            for word in ("success-rate", "0.5", "result[0] >= 0.95"):
                self.assertIn(word, json.dumps(body))
        finally:
            receiver.shutdown()
            receiver.server_close()

    # -- Git -----------------------------------------------------------------------------------

    def repository(self, name, files):
        path = os.path.join(self.cluster.work, name)
        subprocess.run(["git", "init", "-q", "-b", "main", path], check=True)
        self.commit(path, files)
        return path

    def commit(self, path, files):
        for file, text in files.items():
            write(os.path.join(path, file), text)
        git = ["git", "-C", path, "-c", "user.name=t", "-c", "user.email=t@example.com"]
        subprocess.run(git + ["add", "-A"], check=True)
        subprocess.run(git + ["commit", "-q", "-m", "change"], check=True)

    def app_status(self, name):
        return (self.cluster.get("/apis/argoproj.io/v1alpha1/namespaces/martlet-system/applications/" + name) or {}).get("status") or {}

    def until_synced(self, name, seconds=40):
        until(name + " synced", lambda: self.app_status(name).get("sync", {}).get("status") == "Synced", seconds)

    def until_said(self, name, *words):
        def said():
            text = json.dumps(self.app_status(name))
            return all(w in text for w in words)
        until("%s says %s" % (name, words), said, 40)

    CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\ndata: {a: '1'}\n"

    def test_bad_yaml_in_git(self):
        path = self.repository("badyaml", {"a.yaml": self.CONFIG % "good"})
        self.cluster.apply(manifests.application("badyaml", path, "badyaml"))
        self.until_synced("badyaml")
        self.commit(path, {"b.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x\n  data: [\n"})
        self.until_said("badyaml", "b.yaml", "ComparisonError")
        self.assertTrue(self.cluster.get("/api/v1/namespaces/badyaml/configmaps/good"))
        self.commit(path, {"b.yaml": self.CONFIG % "mended"})
        self.until_synced("badyaml")
        until("mended", lambda: self.cluster.get("/api/v1/namespaces/badyaml/configmaps/mended"))

    def test_an_unknown_kind_in_git(self):
        path = self.repository("unknown", {"a.yaml": "apiVersion: nowhere.io/v1\nkind: Gadget\nmetadata: {name: x}\n"})
        self.cluster.apply(manifests.application("unknown", path, "unknown"))
        self.until_said("unknown", "Gadget")
        self.commit(path, {"a.yaml": self.CONFIG % "known"})
        until("known", lambda: self.cluster.get("/api/v1/namespaces/unknown/configmaps/known"), 40)
        self.until_synced("unknown")

    def test_a_repository_that_disappears(self):
        path = self.repository("leaving", {"a.yaml": self.CONFIG % "here"})
        self.cluster.apply(manifests.application("leaving", path, "leaving"))
        self.until_synced("leaving")
        shutil.move(path, path + ".away")
        self.until_said("leaving", "ComparisonError")
        self.assertTrue(self.cluster.get("/api/v1/namespaces/leaving/configmaps/here"))
        shutil.move(path + ".away", path)
        self.commit(path, {"b.yaml": self.CONFIG % "again"})
        until("again", lambda: self.cluster.get("/api/v1/namespaces/leaving/configmaps/again"), 40)
        self.until_synced("leaving")


if __name__ == "__main__":
    unittest.main()

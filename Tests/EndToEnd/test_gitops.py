"""Git to the cluster: webhooks, Applications of Applications, ways of writing, kustomize."""
import hashlib
import hmac
import http.client
import json
import os
import time
import unittest

import manifests
from cluster import Cluster, free_port, until
from git_servers import commit, repository

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\ndata: {a: '%s'}\n"
SECRET = "of-the-webhook"


class GitOpsTests(unittest.TestCase):
    """Git is polled every ten minutes here: whatever arrives earlier came by webhook."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster()
        cls.cluster.install()
        cls.cluster.apply({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "martlet-webhook", "namespace": "martlet-system"},
                           "stringData": {"secret": SECRET}}, namespace="martlet-system")
        cls.port = free_port()
        cls.controller = cls.cluster.controller("--sync-interval", "600", "--webhook-port", str(cls.port))

    @classmethod
    def tearDownClass(cls):
        cls.cluster.stop()

    def tearDown(self):
        self.assertIsNone(self.controller.process.poll(), "the controller ended: " + self.controller.text()[-2000:])

    def post(self, body, method="POST", event="push", **headers):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        signature = "sha256=" + hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, "/webhook/git", raw, {
            "Content-Type": "application/json", "X-GitHub-Event": event, "X-Hub-Signature-256": signature, **headers})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status

    def push(self, path, files, **more):
        commit(path, files)
        self.assertEqual(self.post({"ref": "refs/heads/main", "repository": {"clone_url": path, "default_branch": "main"}, **more}), 200)

    def repository(self, name, files):
        return repository(os.path.join(self.cluster.work, name), files)

    def app(self, name, path, **spec):
        application = manifests.application(name, path, name, spec.pop("path", "."))
        policy = spec.pop("syncPolicy", None)
        if policy is not None:
            application["spec"]["syncPolicy"] = policy
        application["spec"].update(spec)
        self.cluster.apply(application)
        return application

    def status(self, name):
        return (self.cluster.get("/apis/argoproj.io/v1alpha1/namespaces/martlet-system/applications/" + name) or {}).get("status") or {}

    def until_synced(self, name, seconds=20):
        until(name + " synced", lambda: self.status(name).get("sync", {}).get("status") == "Synced"
              and self.status(name).get("operationState", {}).get("phase") == "Succeeded", seconds)

    def config(self, namespace, name):
        return (self.cluster.get("/api/v1/namespaces/%s/configmaps/%s" % (namespace, name)) or {}).get("data")

    def test_a_push_reaches_the_cluster_at_once_if_it_is_signed(self):
        path = self.repository("pushed", {"a.yaml": CONFIG % ("a", 1)})
        self.app("pushed", path)
        self.until_synced("pushed")
        commit(path, {"a.yaml": CONFIG % ("a", 2)})
        payload = {"ref": "refs/heads/main", "repository": {"clone_url": path, "default_branch": "main"}}
        self.assertEqual(self.post(payload, **{"X-Hub-Signature-256": "sha256=" + "0" * 64}), 401)
        self.assertEqual(self.post(payload, **{"X-Hub-Signature-256": ""}), 401)
        self.assertEqual(self.post(b"{broken"), 400)
        self.assertEqual(self.post({"zen": "…"}, event="ping"), 200)
        self.assertEqual(self.post(payload, method="GET"), 405)
        # Another branch, another repository: nobody is concerned.
        self.assertEqual(self.post({**payload, "ref": "refs/heads/other"}), 200)
        self.assertEqual(self.post({**payload, "repository": {"clone_url": path + "-other"}}), 200)
        time.sleep(1)
        self.assertEqual(self.config("pushed", "a"), {"a": "1"})
        began = time.time()
        self.assertEqual(self.post(payload), 200)
        until("the pushed commit", lambda: self.config("pushed", "a") == {"a": "2"}, 10, every=0.02)
        print("from push to cluster: %.2f s" % (time.time() - began))

    def test_a_push_supersedes_a_sync_that_is_being_retried(self):
        path = self.repository("mended", {"a.yaml": "apiVersion: nowhere.io/v1\nkind: Gadget\nmetadata: {name: x}\n"})
        self.app("mended", path)
        until("refused", lambda: self.status("mended").get("operationState", {}).get("retryCount", 0) > 0)
        self.push(path, {"a.yaml": CONFIG % ("a", 1)})
        until("the mended commit", lambda: self.config("mended", "a"), 10)
        self.until_synced("mended")
        self.assertFalse(self.status("mended").get("conditions"))

    def test_history_keeps_ten_revisions(self):
        path = self.repository("history", {"a.yaml": CONFIG % ("a", 0)})
        self.app("history", path)
        self.until_synced("history")
        for number in range(1, 12):
            self.push(path, {"a.yaml": CONFIG % ("a", number)})
            until("revision %d" % number, lambda: (self.status("history").get("history") or [{}])[-1].get("id") == number, 15)
        self.assertEqual([entry["id"] for entry in self.status("history")["history"]], list(range(2, 12)))

    def test_an_application_of_applications(self):
        child = lambda name: json.dumps({**manifests.application(name, path, name, name), "metadata": {
            "name": name, "namespace": "martlet-system", "finalizers": ["resources-finalizer.argocd.argoproj.io"]}})
        path = os.path.join(self.cluster.work, "family")
        self.repository("family", {"one/a.yaml": CONFIG % ("a", 1), "two/b.yaml": CONFIG % ("b", 1),
                                   "apps/one.yaml": child("family-one"), "apps/two.yaml": child("family-two"),
                                   "family-one/a.yaml": CONFIG % ("a", 1), "family-two/b.yaml": CONFIG % ("b", 1)})
        root = manifests.application("family", path, "martlet-system", "apps")
        self.cluster.apply(root)
        for name in ("family", "family-one", "family-two"):
            self.until_synced(name)
        self.assertEqual(self.config("family-two", "b"), {"a": "1"})
        self.push(path, {"apps/two.yaml": None, "family-one/a.yaml": CONFIG % ("a", 2)})
        until("the child is gone", lambda: not self.status("family-two"), 20)
        until("what it managed is gone", lambda: not self.config("family-two", "b"), 20)
        until("the other child is synced", lambda: self.config("family-one", "a") == {"a": "2"}, 20)
        self.until_synced("family")

    def test_replace_and_force(self):
        config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: {argocd.argoproj.io/sync-options: Replace=true}}\ndata: {k: %s}\n"
        job = ("apiVersion: batch/v1\nkind: Job\nmetadata: {name: j, annotations: {argocd.argoproj.io/sync-options: '%s'}}\nspec: {template: {spec: "
               "{restartPolicy: Never, containers: [{name: c, image: 'shop/job:1', command: [%s]}]}}}\n")
        path = self.repository("forced", {"a.yaml": config % "one", "j.yaml": job % ("", "'true'")})
        self.app("forced", path, syncPolicy={"automated": {}, "syncOptions": ["CreateNamespace=true"], "retry": {"limit": 0}})
        self.until_synced("forced")
        self.cluster.kubectl("patch", "configmap", "a", "-n", "forced", "-p", '{"data":{"by-hand":"x"}}')
        uid = lambda: self.cluster.get("/apis/batch/v1/namespaces/forced/jobs/j")["metadata"]["uid"]
        first = uid()
        self.push(path, {"a.yaml": config % "two", "j.yaml": job % ("", "date")})
        until("the job is refused", lambda: self.status("forced")["operationState"]["phase"] == "Failed", 15)
        self.assertIn("immutable", self.status("forced")["operationState"]["message"])
        self.assertEqual(self.config("forced", "a"), {"k": "two"}, "replacing takes away what was added by hand")
        for options, command in (("Force=true", "date"), ("Force=true,Replace=true", "uptime")):
            self.push(path, {"j.yaml": job % (options, command)})
            until("made anew with " + options, lambda: uid() != first, 20)
            first = uid()
            self.until_synced("forced")
        self.assertIn("replaced", json.dumps(self.status("forced")["operationState"]["syncResult"]))

    def test_fields_of_others_are_left_alone(self):
        web = ("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {replicas: 1, selector: {matchLabels: {app: d}}, minReadySeconds: %d,\n"
               " template: {metadata: {labels: {app: d}}, spec: {containers: [{name: c, image: 'shop/web:1'}]}}}\n")
        path = self.repository("owned", {"d.yaml": web % 0, "a.yaml": CONFIG % ("a", 1)})
        self.app("owned", path, ignoreDifferences=[
            {"group": "apps", "kind": "Deployment", "managedFieldsManagers": ["scaler"]},
            {"kind": "ConfigMap", "name": "a", "jsonPointers": ["/data/a"]}], syncPolicy={
                "automated": {"prune": True, "selfHeal": True}, "syncOptions": ["CreateNamespace=true", "RespectIgnoreDifferences=true"]})
        self.until_synced("owned")
        self.cluster.kubectl("patch", "deployment", "d", "-n", "owned", "--field-manager=scaler", "-p", '{"spec":{"replicas":3}}')
        self.cluster.kubectl("patch", "configmap", "a", "-n", "owned", "-p", '{"data":{"a":"by hand"}}')
        replicas = lambda: self.cluster.get("/apis/apps/v1/namespaces/owned/deployments/d")["spec"]["replicas"]
        time.sleep(3)
        self.assertEqual((replicas(), self.config("owned", "a")), (3, {"a": "by hand"}))
        self.until_synced("owned")
        self.push(path, {"d.yaml": web % 1, "b.yaml": CONFIG % ("b", 1)})
        until("the rest is applied", lambda: self.config("owned", "b"))
        self.until_synced("owned")
        self.assertEqual((replicas(), self.config("owned", "a")), (3, {"a": "by hand"}))
        # What nobody ignores is healed.
        self.cluster.kubectl("patch", "configmap", "b", "-n", "owned", "-p", '{"data":{"a":"by hand"}}')
        until("healed", lambda: self.config("owned", "b") == {"a": "1"}, 20)

    def test_a_shared_object_fails_the_sync_where_that_is_wanted(self):
        path = self.repository("shared", {"a.yaml": CONFIG % ("a", 1)})
        self.app("shared", path)
        self.until_synced("shared")
        other = self.repository("sharing", {"a.yaml": CONFIG % ("a", 2)})
        self.app("sharing", other, destination={"name": "in-cluster", "namespace": "shared"}, syncPolicy={
            "automated": {}, "retry": {"limit": 0}, "syncOptions": ["FailOnSharedResource=true"]})
        until("refused", lambda: self.status("sharing").get("operationState", {}).get("phase") == "Failed", 15)
        self.assertIn("ConfigMap/a is part of applications", self.status("sharing")["operationState"]["message"])
        self.assertEqual(self.config("shared", "a"), {"a": "1"})


if __name__ == "__main__":
    unittest.main()

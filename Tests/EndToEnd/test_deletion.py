"""What a deleted Rollout leaves: Services that reach pods, and pods that a new Rollout takes over."""
import json
import unittest

from cluster import Cluster, until

LABELS = {"app": "web"}


def template(image):
    return {"metadata": {"labels": LABELS}, "spec": {"containers": [{"name": "web", "image": image}]}}


def rollout(image):
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": {"name": "web"},
            "spec": {"replicas": 2, "selector": {"matchLabels": LABELS}, "template": template(image),
                     "strategy": {"blueGreen": {"activeService": "active", "previewService": "preview",
                                                "autoPromotionEnabled": False}}}}


def service(name):
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name},
            "spec": {"selector": LABELS, "ports": [{"port": 80}]}}


class Deletion(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster()
        cls.controller = cls.cluster.controller()

    @classmethod
    def tearDownClass(cls):
        cls.cluster.stop()

    def setUp(self):
        cluster = self.cluster
        cluster.apply(service("active"), service("preview"), rollout("shop/web:1"))
        until("the first version is there", lambda: cluster.phase("web") == "Healthy")
        patch = {"spec": {"template": template("shop/web:2")}}
        cluster.kubectl("patch", "rollout", "web", "--type=merge", "-p", json.dumps(patch))
        until("the preview waits", lambda: cluster.phase("web") == "Paused")

    def tearDown(self):
        self.cluster.kubectl("delete", "rollout,deployment,replicaset,service", "--all", "--wait=false")
        until("all is gone", lambda: not self.pods() and not self.cluster.rollout("web"))

    def pods(self):
        """Names of the pods that there are, with their images."""
        items = self.cluster.get("/api/v1/namespaces/default/pods")["items"]
        return {pod["metadata"]["name"]: pod["spec"]["containers"][0]["image"] for pod in items}

    def reached(self, name):
        """The images behind a Service."""
        endpoints = self.cluster.get("/api/v1/namespaces/default/endpoints/" + name) or {}
        pods = self.pods()
        return sorted(pods.get(address["targetRef"]["name"], "gone")
                      for subset in endpoints.get("subsets") or [] for address in subset.get("addresses") or [])

    def selector(self, name):
        return self.cluster.get("/api/v1/namespaces/default/services/" + name)["spec"]["selector"]

    def test_with_its_pods(self):
        self.cluster.kubectl("delete", "rollout", "web")
        for name in ("active", "preview"):
            until(name + " is free", lambda: self.selector(name) == LABELS)
        self.cluster.apply({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
                            "spec": {"replicas": 2, "selector": {"matchLabels": LABELS}, "template": template("shop/web:3")}})
        until("a Deployment is reached", lambda: self.reached("active") == ["shop/web:3"] * 2)

    def test_while_the_controller_is_down(self):
        type(self).controller.stop()
        self.cluster.others.remove(self.controller)
        self.cluster.kubectl("delete", "rollout", "web")
        until("the pods are gone", lambda: not self.pods())
        self.assertIn("rollouts-pod-template-hash", self.selector("active"))
        type(self).controller = self.cluster.controller()
        for name in ("active", "preview"):
            until(name + " is free", lambda: self.selector(name) == LABELS)

    def test_without_its_pods_and_made_again(self):
        pods = self.pods()
        self.assertEqual(sorted(pods.values()), ["shop/web:1"] * 2 + ["shop/web:2"] * 2)
        self.cluster.kubectl("delete", "rollout", "web", "--cascade=orphan")
        until("it is gone", lambda: not self.cluster.rollout("web"))
        # A marker that the controller answers to after it has seen the deletion.
        self.cluster.apply(dict(rollout("shop/other:1"), metadata={"name": "other"}, spec=dict(
            rollout("shop/other:1")["spec"], strategy={"canary": {}}, selector={"matchLabels": {"app": "other"}},
            template={**template("shop/other:1"), "metadata": {"labels": {"app": "other"}}})))
        until("the marker is there", lambda: self.cluster.phase("other") == "Healthy")
        self.assertEqual(self.reached("active"), ["shop/web:1"] * 2)
        self.assertEqual(self.reached("preview"), ["shop/web:2"] * 2)
        self.cluster.kubectl("delete", "rollout", "other")
        self.cluster.apply(rollout("shop/web:1"))
        until("it is taken over", lambda: self.cluster.phase("web") == "Healthy")
        self.assertEqual(self.reached("active"), ["shop/web:1"] * 2)
        first = {name for name, image in pods.items() if image == "shop/web:1"}
        self.assertTrue(first <= set(self.pods()), "a pod was made anew")
        sets = self.cluster.get("/apis/apps/v1/namespaces/default/replicasets")["items"]
        owners = {owner["name"] for s in sets for owner in s["metadata"].get("ownerReferences", [])}
        self.assertEqual((len([s for s in sets if s["metadata"]["labels"].get("app") == "web"]), owners - {"other"}), (2, {"web"}))


if __name__ == "__main__":
    unittest.main()

"""Kustomizations as people write them, through an Application."""
import base64
import json
import os
import unittest

import manifests
from cluster import Cluster, until
from git_servers import commit, repository

TREE = {
    "base/kustomization.yaml": """
resources: [web.yaml, config.yaml]
configMapGenerator:
- name: settings
  literals: [mode=base, level=info]
commonAnnotations: {team: shop}
""",
    "base/web.yaml": """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: "shop/web:1", envFrom: [{configMapRef: {name: settings}}, {secretRef: {name: key}}], env: [{name: SERVICE, value: unset}]}
      - {name: helper, image: "shop/helper:1"}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, minReplicas: 1, maxReplicas: 3}
""",
    "base/config.yaml": "{apiVersion: v1, kind: ConfigMap, metadata: {name: plain}, data: {a: '1'}}\n",
    "components/debug/kustomization.yaml": """
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
- target: {kind: Deployment, name: web}
  patch: |
    - {op: add, path: /spec/template/spec/containers/0/args, value: [--debug]}
""",
    "overlay/kustomization.yaml": """
resources: [../base]
components: [../components/debug]
namePrefix: "live-"
nameSuffix: "-eu"
labels:
- {pairs: {env: live}, includeSelectors: false, includeTemplates: true}
images:
- {name: shop/web, newName: registry.test/web, newTag: "2"}
- {name: shop/helper, digest: "sha256:24a0c4b4a4c0eb97a1aabb8e29f18e917d05abfe1b7a7c07857230879ce7d3d3"}
replicas: [{name: web, count: 4}]
patches:
- path: resources.yaml
- target: {kind: HorizontalPodAutoscaler, name: w.*}
  patch: |
    $patch: delete
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata: {name: any}
configMapGenerator:
- name: settings
  behavior: merge
  literals: [mode=overlay]
- name: files
  files: [notes.txt]
  options: {disableNameSuffixHash: true}
secretGenerator:
- name: key
  literals: [word=hush]
replacements:
- source: {kind: Service, name: web, fieldPath: metadata.name}
  targets:
  - select: {kind: Deployment}
    fieldPaths: ["spec.template.spec.containers.[name=web].env.[name=SERVICE].value"]
""",
    "overlay/resources.yaml": """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {replicas: 9, template: {spec: {containers: [{name: web, resources: {limits: {memory: 64Mi}}}]}}}
""",
    "overlay/notes.txt": "read me\n",
}


class KustomizeTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster()
        cls.cluster.install()
        cls.controller = cls.cluster.controller("--sync-interval", "2")

    @classmethod
    def tearDownClass(cls):
        cls.cluster.stop()

    def tearDown(self):
        self.assertIsNone(self.controller.process.poll(), "the controller ended: " + self.controller.text()[-2000:])

    def status(self, name):
        return (self.cluster.get("/apis/argoproj.io/v1alpha1/namespaces/martlet-system/applications/" + name) or {}).get("status") or {}

    def synced(self, name, files, path, kustomize=None):
        place = repository(os.path.join(self.cluster.work, name), files)
        application = manifests.application(name, place, name, path)
        if kustomize:
            application["spec"]["source"]["kustomize"] = kustomize
        self.cluster.apply(application)
        until(name + " synced", lambda: self.status(name).get("sync", {}).get("status") == "Synced", 40)
        self.assertEqual(self.status(name)["sourceType"], "Kustomize")
        return place

    def get(self, kind, namespace, name):
        group = {"deployments": "/apis/apps/v1", "horizontalpodautoscalers": "/apis/autoscaling/v2"}.get(kind, "/api/v1")
        return self.cluster.get("%s/namespaces/%s/%s/%s" % (group, namespace, kind, name))

    def items(self, kind, namespace):
        return {i["metadata"]["name"]: i for i in self.cluster.get("/api/v1/namespaces/%s/%s" % (namespace, kind))["items"]}

    def test_an_overlay_with_everything(self):
        place = self.synced("overlay", TREE, "overlay")
        web = self.get("deployments", "overlay", "live-web-eu")
        pod = web["spec"]["template"]["spec"]
        self.assertEqual(web["spec"]["replicas"], 4, "replicas win over the patch")
        self.assertEqual([c["image"] for c in pod["containers"]], [
            "registry.test/web:2", "shop/helper@sha256:24a0c4b4a4c0eb97a1aabb8e29f18e917d05abfe1b7a7c07857230879ce7d3d3"])
        main = pod["containers"][0]
        self.assertEqual(main["args"], ["--debug"])
        self.assertEqual(main["resources"]["limits"], {"memory": "64Mi"})
        self.assertEqual(web["metadata"]["labels"]["env"], "live")
        self.assertEqual(web["metadata"]["annotations"]["team"], "shop")
        self.assertEqual(web["spec"]["selector"]["matchLabels"], {"app": "web"})
        self.assertEqual(web["spec"]["template"]["metadata"]["labels"]["env"], "live")
        self.assertEqual({e["name"]: e["value"] for e in main["env"]}["SERVICE"], "live-web-eu")
        maps = self.items("configmaps", "overlay")
        settings = main["envFrom"][0]["configMapRef"]["name"]
        self.assertRegex(settings, r"^live-settings-eu-[a-z0-9]{10}$")
        self.assertEqual(maps[settings]["data"], {"mode": "overlay", "level": "info"})
        self.assertEqual(maps["live-files-eu"]["data"], {"notes.txt": "read me\n"})
        self.assertIn("live-plain-eu", maps)
        secret = main["envFrom"][1]["secretRef"]["name"]
        self.assertRegex(secret, r"^live-key-eu-[a-z0-9]{10}$")
        self.assertEqual(base64.b64decode(self.items("secrets", "overlay")[secret]["data"]["word"]), b"hush")
        self.assertIsNone(self.get("horizontalpodautoscalers", "overlay", "live-web-eu"))
        # A changed literal is a new ConfigMap; the old one is pruned after the rollout that leaves it.
        commit(place, {"overlay/kustomization.yaml": TREE["overlay/kustomization.yaml"].replace("mode=overlay", "mode=again")})
        until("the new settings", lambda: self.get("deployments", "overlay", "live-web-eu")["spec"]["template"]["spec"][
            "containers"][0]["envFrom"][0]["configMapRef"]["name"] != settings)
        until("the old ones are gone", lambda: settings not in self.items("configmaps", "overlay"))

    def test_what_the_application_changes(self):
        files = {**TREE, ".unused": "", "base/.argocd-source-changed.yaml": "kustomize:\n  images: ['shop/helper:9']\n  nameSuffix: -y\n"}
        self.synced("changed", files, "base", {
            "namePrefix": "x-", "images": ["shop/web=registry.test/web:3"], "replicas": [{"name": "web", "count": "2"}],
            "commonLabels": {"from": "$ARGOCD_APP_NAME"}, "commonAnnotations": {"commit": "${ARGOCD_APP_REVISION_SHORT}"},
            "commonAnnotationsEnvsubst": True, "components": ["../components/debug", "../components/none"],
            "ignoreMissingComponents": True, "patches": [{
                "target": {"kind": "Service"}, "patch": '[{"op": "replace", "path": "/spec/ports/0/port", "value": 81}]'}]})
        web = self.get("deployments", "changed", "x-web-y")
        self.assertEqual(web["spec"]["replicas"], 2)
        # The file's list replaces the Application's.
        self.assertEqual([c["image"] for c in web["spec"]["template"]["spec"]["containers"]], ["shop/web:1", "shop/helper:9"])
        self.assertEqual(web["spec"]["selector"]["matchLabels"]["from"], "changed")
        self.assertEqual(web["spec"]["template"]["spec"]["containers"][0]["args"], ["--debug"])
        self.assertRegex(web["metadata"]["annotations"]["commit"], r"^[0-9a-f]{7}$")
        self.assertEqual(self.get("services", "changed", "x-web-y")["spec"]["ports"][0]["port"], 81)

    def test_a_broken_kustomization_says_what_is_wrong_and_is_mended(self):
        place = repository(os.path.join(self.cluster.work, "broken"), {**TREE, "overlay/kustomization.yaml": "resources: [../base, nowhere.yaml]\n"})
        self.cluster.apply(manifests.application("broken", place, "broken", "overlay"))
        until("it says so", lambda: "nowhere.yaml" in json.dumps(self.status("broken").get("conditions")))
        self.assertNotIn(self.cluster.work, json.dumps(self.status("broken")["conditions"]), "no path of ours")
        commit(place, {"overlay/kustomization.yaml": TREE["overlay/kustomization.yaml"]})
        until("synced", lambda: self.status("broken").get("sync", {}).get("status") == "Synced", 40)
        self.assertFalse(self.status("broken").get("conditions"))


if __name__ == "__main__":
    unittest.main()

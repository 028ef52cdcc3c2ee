"""Real kubectl against the embedded cluster: every kind of command that people use."""
import json
import os
import subprocess
import threading
import unittest

from cluster import Cluster, until, write

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: main, image: "shop/web:1", ports: [{containerPort: 8080}]}
"""


class KubectlTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster()
        cls.file = os.path.join(cls.cluster.work, "web.yaml")
        write(cls.file, DEPLOYMENT)
        cls.run_ok("create", "namespace", "shop")
        cls.run_ok("apply", "-n", "shop", "-f", cls.file)
        cls.run_ok("rollout", "status", "deployment/web", "-n", "shop", "--timeout=30s")

    @classmethod
    def tearDownClass(cls):
        cls.cluster.stop()

    @classmethod
    def run_ok(cls, *args, input=None):
        return cls.cluster.kubectl(*args, input=input)

    def check(self, args, *patterns, input=None):
        """Runs a command in the namespace; its output must match all patterns."""
        output = self.run_ok(*args.split(), "-n", "shop", input=input)
        for pattern in patterns:
            self.assertRegex(output, pattern)
        return output

    def fails(self, args, *patterns, input=None):
        run = self.cluster.kubectl(*args.split(), "-n", "shop", input=input, check=False)
        self.assertNotEqual(run.returncode, 0, run.stdout)
        for pattern in patterns:
            self.assertRegex(run.stderr, pattern)

    def test_version_and_cluster_info(self):
        self.check("version", r"Server Version: v1\.\d+")
        self.check("cluster-info", r"control plane.*is running at")

    def test_api_resources_and_versions(self):
        self.check("api-resources", r"deployments\s+deploy\s+apps/v1\s+true\s+Deployment", r"rollouts\s+ro\s+argoproj.io/v1alpha1")
        self.check("api-resources --namespaced=false", r"namespaces\s+ns", r"customresourcedefinitions")
        self.check("api-versions", r"apps/v1", r"argoproj.io/v1alpha1")

    def test_get_tables(self):
        self.check("get deployments", r"NAME\s+READY\s+UP-TO-DATE\s+AVAILABLE\s+AGE", r"web\s+2/2\s+2\s+2")
        self.check("get pods -o wide", r"NAME\s+READY\s+STATUS.*IP\s+NODE", r"web-\S+\s+1/1\s+Running")
        self.check("get rs,deploy", r"replicaset.apps/web-", r"deployment.apps/web")
        self.check("get pods --show-labels", r"app=web")
        self.check("get ns shop --no-headers", r"^shop\s+Active")

    def test_get_formats(self):
        self.assertEqual(json.loads(self.check("get deployment web -o json"))["spec"]["replicas"], 2)
        self.check("get deployment web -o yaml", r"(?m)^kind: Deployment$", r"(?m)^  replicas: 2$")
        self.assertEqual(self.check("get deployment web -o name"), "deployment.apps/web\n")
        self.assertEqual(self.check("get deployment web -o jsonpath={.spec.template.spec.containers[0].image}"), "shop/web:1")
        self.check("get pods -o custom-columns=NAME:.metadata.name,IMAGE:.spec.containers[0].image", r"NAME\s+IMAGE", r"shop/web:1")

    def test_selectors(self):
        self.assertEqual(len(self.check("get pods -l app=web -o name").split()), 2)
        self.assertEqual(self.check("get pods -l app=web,app!=web -o name"), "")
        self.assertEqual(len(self.check("get pods -l app=web --field-selector status.phase=Running -o name").split()), 2)
        self.assertEqual(self.check("get pods --field-selector metadata.name=none -o name"), "")
        self.check("get pods --sort-by=.metadata.name -o name", r"pod/web-")
        self.assertEqual(len(self.check("get pods -l app=web --chunk-size=1 -o name").split()), 2)

    def test_describe(self):
        self.check("describe deployment web", r"Replicas:\s+2 desired", r"StrategyType:\s+RollingUpdate", r"ScalingReplicaSet")
        pod = self.check("get pods -l app=web -o name").split()[0]
        self.check("describe " + pod, r"Status:\s+Running", r"Controlled By:\s+ReplicaSet/web-")
        self.check("describe ns shop", r"Status:\s+Active")
        self.check("describe crd rollouts.argoproj.io", r"Kind:\s+CustomResourceDefinition")

    def test_create_kinds(self):
        self.check("create configmap settings --from-literal=a=1", r"configmap/settings created")
        self.fails("create configmap settings --from-literal=a=1", r"AlreadyExists|already exists")
        self.check("create secret generic hidden --from-literal=k=v", r"secret/hidden created")
        self.check("create serviceaccount robot", r"serviceaccount/robot created")
        self.check("create role reader --verb=get,list --resource=pods", r"role.rbac.authorization.k8s.io/reader created")
        self.check("create rolebinding reads --role=reader --serviceaccount=shop:robot", r"created")
        self.check("create deployment quick --image=shop/quick:1 --replicas=1", r"deployment.apps/quick created")
        self.check("create service clusterip quick --tcp=80:8080", r"service/quick created")
        self.check("create job once --image=shop/once:1", r"job.batch/once created")
        self.check("create token robot", r"^[\w-]+\.[\w-]+\.[\w-]+\s*$")

    def test_dry_run_writes_nothing(self):
        self.check("create configmap ghost --from-literal=a=1 --dry-run=server", r"created \(server dry run\)")
        self.fails("get configmap ghost", r"NotFound")

    def test_label_annotate_patch(self):
        self.check("create configmap marked", r"created")
        self.check("label configmap marked tier=gold", r"labeled")
        self.fails("label configmap marked tier=silver", r"overwrite")
        self.check("label configmap marked tier=silver --overwrite", r"labeled")
        self.check("annotate configmap marked note=hello", r"annotated")
        self.check("label configmap marked tier-", r"unlabeled|labeled")
        self.check("""patch configmap marked --type=merge -p {"data":{"a":"1"}}""", r"patched")
        self.check("""patch configmap marked --type=json -p [{"op":"replace","path":"/data/a","value":"2"}]""", r"patched")
        self.assertEqual(self.check("get configmap marked -o jsonpath={.data.a}"), "2")
        self.check("""patch deployment web -p {"spec":{"template":{"metadata":{"annotations":{"x":"1"}}}}}""", r"patched")

    def test_client_side_apply_and_diff(self):
        text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: applied}\ndata: {a: '1', b: '2'}\n"
        self.check("apply -f -", r"configmap/applied created", input=text)
        self.check("apply -f -", r"configmap/applied unchanged", input=text)
        changed = text.replace("b: '2'", "c: '3'")
        run = self.cluster.kubectl("diff", "-n", "shop", "-f", "-", input=changed, check=False)
        self.assertEqual(run.returncode, 1, run.stderr)
        self.assertRegex(run.stdout, r'(?m)^-\s+b: "2"')
        self.check("apply -f -", r"configmap/applied configured", input=changed)
        self.assertEqual(json.loads(self.check("get configmap applied -o json"))["data"], {"a": "1", "c": "3"})

    def test_server_side_apply_conflict_and_force(self):
        text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shared}\ndata: {a: '%s'}\n"
        self.check("apply --server-side --field-manager=one -f -", r"serverside-applied", input=text % 1)
        self.fails("apply --server-side --field-manager=two -f -", r'conflict with "one"', input=text % 2)
        self.check("apply --server-side --field-manager=two --force-conflicts -f -", r"serverside-applied", input=text % 2)
        self.check("get configmap shared -o yaml --show-managed-fields", r"manager: two")

    def test_lists_are_validated_diffed_and_pruned(self):
        """Kinds that kubectl validates by the v2 document, which it reads as protocol buffers."""
        item = "- {apiVersion: v1, kind: ConfigMap, metadata: {name: %s, labels: {set: many}}, %s: {a: '%s'}}\n"
        text = "apiVersion: v1\nkind: List\nitems:\n" + item % ("many-a", "data", 1) + item % ("many-b", "data", 1)
        self.check("apply -f -", r"configmap/many-a created", r"configmap/many-b created", input=text)
        changed = text.replace("'1'", "'2'", 1)
        run = self.cluster.kubectl("diff", "-n", "shop", "-f", "-", input=changed, check=False)
        self.assertEqual(run.returncode, 1, run.stderr)
        self.assertRegex(run.stdout, r'(?m)^\+\s+a: "2"')
        self.check("apply -f -", r"many-a configured", r"many-b unchanged", input=changed)
        self.fails("apply --validate=strict -f -", r'unknown field "dat"', input=text.replace(" data:", " dat:", 1))
        one = "apiVersion: v1\nkind: List\nitems:\n" + item % ("many-a", "data", 2)
        self.check("apply --prune -l set=many -f -", r"many-b pruned", input=one)

    def test_replace_and_edit(self):
        self.check("create configmap edited --from-literal=a=1", r"created")
        whole = json.loads(self.check("get configmap edited -o json"))
        whole["data"]["a"] = "2"
        self.check("replace -f -", r"replaced", input=json.dumps(whole))
        editor = os.path.join(self.cluster.work, "editor")
        write(editor, "#!/bin/sh\nexec sed -i 's/a: \"2\"/a: \"3\"/' \"$1\"\n")
        os.chmod(editor, 0o755)
        run = subprocess.run(["kubectl", "--kubeconfig", self.cluster.kubeconfig, "edit", "configmap", "edited", "-n", "shop"],
                             env={**os.environ, "EDITOR": editor}, capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("edited", run.stdout)
        whole["data"]["a"] = "9"
        self.fails("replace -f -", r"Conflict|modified", input=json.dumps(whole))

    def test_scale_and_rollouts_of_deployments(self):
        self.check("create deployment moving --image=shop/a:1 --replicas=1", r"created")
        self.check("scale deployment moving --replicas=3", r"scaled")
        self.check("rollout status deployment/moving --timeout=30s", r"successfully rolled out")
        self.check("set image deployment/moving a=shop/a:2", r"image updated")
        self.check("rollout status deployment/moving --timeout=30s", r"successfully rolled out")
        self.check("rollout history deployment/moving", r"REVISION", r"(?m)^2\s")
        self.check("rollout undo deployment/moving", r"rolled back")
        self.check("rollout restart deployment/moving", r"restarted")
        self.check("rollout pause deployment/moving", r"paused")
        self.check("rollout resume deployment/moving", r"resumed")
        self.assertEqual(self.check("get deployment moving -o jsonpath={.spec.template.spec.containers[0].image}"), "shop/a:1")

    def test_wait(self):
        self.check("wait --for=condition=Available deployment/web --timeout=20s", r"condition met")
        self.check("wait --for=jsonpath={.status.phase}=Active ns/shop --timeout=5s", r"condition met")
        self.check("create configmap leaving", r"created")
        self.check("delete configmap leaving --wait=false", r"deleted")
        self.check("wait --for=delete configmap/leaving --timeout=10s")

    def test_watch(self):
        process = subprocess.Popen(["kubectl", "--kubeconfig", self.cluster.kubeconfig, "get", "configmaps", "-n", "shop",
                                    "--watch-only", "-o", "name"], stdout=subprocess.PIPE, text=True)
        try:
            lines, made = [], [0]
            threading.Thread(target=lambda: lines.append(process.stdout.readline()), daemon=True).start()

            def seen():
                # What was made before the watch began is not told: another one, until one is.
                made[0] += 1
                self.run_ok("create", "configmap", "seen-%d" % made[0], "-n", "shop")
                return lines and lines[0]
            line = until("an object is seen", seen, every=0.3)
            self.assertRegex(line, r"configmap/seen-\d")
        finally:
            process.kill()
            process.wait()
            process.stdout.close()

    def test_delete(self):
        self.check("create configmap gone", r"created")
        self.check("delete configmap gone", r'configmap "gone" deleted')
        self.fails("delete configmap gone", r"NotFound")
        self.check("delete configmap gone --ignore-not-found")
        self.check("create deployment tree --image=shop/t:1", r"created")
        until("pods of tree", lambda: self.run_ok("get", "pods", "-n", "shop", "-l", "app=tree", "-o", "name"))
        self.check("delete deployment tree --cascade=orphan", r"deleted")
        self.check("get rs -l app=tree -o name", r"replicaset.apps/tree-")
        self.check("delete rs -l app=tree --cascade=foreground", r"deleted")
        until("pods of tree gone", lambda: not self.run_ok("get", "pods", "-n", "shop", "-l", "app=tree", "-o", "name"))

    def test_namespace_deletion_takes_everything(self):
        self.run_ok("create", "namespace", "short")
        self.run_ok("create", "deployment", "x", "--image=shop/x:1", "-n", "short")
        self.run_ok("delete", "namespace", "short", "--timeout=30s")
        self.fails("get ns short", r"NotFound")

    def test_access_review(self):
        self.assertEqual(self.check("auth can-i create deployments").strip(), "yes")
        run = self.cluster.kubectl("auth", "can-i", "delete", "secrets", "-n", "shop", "--as=somebody", check=False)
        self.assertEqual(run.stdout.strip(), "no")
        self.check("auth whoami", r"Username")
        self.fails("get secrets --as=somebody", r"Forbidden|forbidden")

    def test_events_and_logs(self):
        self.check("events", r"ScalingReplicaSet")
        self.check("get events --field-selector involvedObject.kind=Deployment", r"ScalingReplicaSet")
        pod = self.check("get pods -l app=web -o name").split()[0]
        self.check("logs " + pod)

    def test_explain(self):
        self.check("explain deployment.spec.replicas", r"replicas")
        self.check("explain pod.spec.containers", r"FIELDS?:", r"imagePullPolicy")
        self.check("explain rollout.spec.strategy.canary", r"setCanaryScale|steps")
        self.check("explain deployment --recursive", r"maxUnavailable")

    def test_validation(self):
        self.fails("apply -f -", r'unknown field "spec.replica"|unknown field', input=DEPLOYMENT.replace("replicas: 2", "replica: 2").replace("name: web,", "name: wrong,"))
        self.fails("apply -f -", r"spec.replicas", input=DEPLOYMENT.replace("replicas: 2", "replicas: -1").replace("name: web,", "name: wrong,"))
        self.fails("create -f -", r"metadata.name", input="apiVersion: v1\nkind: ConfigMap\nmetadata: {name: Bad_Name}\n")
        self.fails("get nosuchkind", r"doesn't have a resource type")

    def test_custom_resources(self):
        text = "apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nmetadata: {name: t}\nspec: {metrics: [{name: m, provider: {web: {url: 'http://127.0.0.1'}}}]}\n"
        self.check("apply -f -", r"analysistemplate.argoproj.io/t created", input=text)
        self.check("get at", r"NAME\s+AGE")
        self.fails("apply -f -", r"spec.metrics", input=text.replace("[{name", "{name").replace("}}}]", "}}}").replace("name: t}", "name: u}"))
        self.check("get analysistemplates.v1alpha1.argoproj.io t -o yaml", r"url: http://127.0.0.1")

    def test_scale_subresource_of_a_rollout(self):
        text = json.dumps({"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": {"name": "scaled"}, "spec": {
            "replicas": 1, "selector": {"matchLabels": {"app": "s"}}, "template": {
                "metadata": {"labels": {"app": "s"}}, "spec": {"containers": [{"name": "c", "image": "shop/s:1"}]}}, "strategy": {"canary": {}}}})
        self.check("apply -f -", r"created", input=text)
        self.check("scale rollout scaled --replicas=4", r"scaled")
        self.assertEqual(self.check("get rollout scaled -o jsonpath={.spec.replicas}"), "4")
        self.check("get rollout scaled --subresource=scale -o jsonpath={.spec.replicas}", r"^4$")


class ProcessPodTests(unittest.TestCase):
    """Pods whose containers are processes of this machine: their volumes and init containers."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster("--image", "tool=/bin/sh", crds=False)

    @classmethod
    def tearDownClass(cls):
        cls.cluster.stop()

    def pod(self, name, prepare, main, volumes):
        mounts = [{"name": v["name"], "mountPath": "/made/" + v["name"]} for v in volumes]
        container = {"image": "tool:1", "volumeMounts": mounts}
        self.cluster.apply({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"app": name}},
            "spec": {"restartPolicy": "Never", "volumes": volumes,
                     "initContainers": [{"name": "prepare", "args": ["-c", prepare], **container}],
                     "containers": [{"name": "main", "args": ["-c", main], **container}]}})

    def status(self, name):
        return self.cluster.get("/api/v1/namespaces/default/pods/" + name)["status"]

    def test_volumes_hold_what_the_pod_asks_for(self):
        self.cluster.kubectl("create", "configmap", "settings", "--from-literal=a=of-the-map")
        self.cluster.kubectl("create", "secret", "generic", "hidden", "--from-literal=k=of-the-secret")
        self.pod("reader", "echo prepared > /made/work/out",
                 "cat /made/work/out /made/config/renamed /made/secret/k /made/info/labels", [
                     {"name": "work", "emptyDir": {}},
                     {"name": "config", "configMap": {"name": "settings", "items": [{"key": "a", "path": "renamed"}]}},
                     {"name": "secret", "secret": {"secretName": "hidden"}},
                     {"name": "info", "downwardAPI": {"items": [
                         {"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}]}}])
        until("the pod is over", lambda: self.status("reader").get("phase") == "Succeeded")
        log = self.cluster.kubectl("logs", "reader", "-c", "main")
        for text in ["prepared", "of-the-map", "of-the-secret", 'app="reader"']:
            self.assertIn(text, log)
        prepared = self.status("reader")["initContainerStatuses"][0]
        self.assertEqual(prepared["state"]["terminated"]["exitCode"], 0)

    def test_a_failed_init_container_keeps_the_others_from_starting(self):
        self.pod("stuck", "echo no luck; exit 3", "echo never", [])
        until("the pod failed", lambda: self.status("stuck").get("phase") == "Failed")
        self.assertIn("no luck", self.cluster.kubectl("logs", "stuck", "-c", "prepare"))
        self.assertNotIn("never", self.cluster.kubectl("logs", "stuck", "-c", "main"))

    def test_a_volume_that_cannot_be_made_is_told(self):
        self.pod("waiting", "true", "echo later", [{"name": "v", "configMap": {"name": "comes-later"}}])
        until("the event", lambda: 'configmap "comes-later" not found' in self.cluster.kubectl("events"))
        self.cluster.kubectl("create", "configmap", "comes-later", "--from-literal=a=1")
        until("the pod is over", lambda: self.status("waiting").get("phase") == "Succeeded")


if __name__ == "__main__":
    unittest.main()

"""What the reference GitOps controller did in recorded situations, and what Martlet does in them."""
import argparse
import copy
import importlib.util
import json
import os
import re
import unittest
import warnings
from concurrent.futures import ThreadPoolExecutor

import yaml

from cluster import ROOT, SHARED, Cluster

FOLDER = os.path.join(SHARED, "conformance", "argocd")
# Situations of plain directories and kustomizations in Git; whoever keeps more of the kind adds them here by name.
SCOPE = re.compile(
    r"^(app-of-apps|apply-out-of-sync-only|auto-.*|bad-destination|create-namespace|crd-and-cr|delete-cascade|directory-.*|dry-run"
    r"|force-push-revert|health-.*|history-limit|ignore-differences|immutable-force|invalid-.*|kind-order|kustomize-.*|missing-crd"
    r"|multi-source|no-self-heal|path-missing|persist-.*|prune-.*|replace|repo-gone|respect-ignore|retry-backoff|revisions|rollback"
    r"|selective-sync|self-heal|server-side-apply|shared-resource|skip-.*|source-override-file|suspended|sync-bare-operation|sync-waves"
    r"|tracking-copy|allow-empty)$")
# Where we differ on purpose, or where the cluster does: paths that do not count, each with its reason.
ELSEWHERE = [
    # A commit that mends a ComparisonError is synced by itself; so is a change of the spec.
    ("invalid-yaml", r"^/(checkpoints/4/apps/\w+/(history|sync)|final/Application/.*/status/(history|operationState))"),
    ("allow-empty", r"^/checkpoints/3/apps/"),
    # The embedded cluster binds claims of volumes without a controller of volumes.
    (".*", r"^/final/PersistentVolumeClaim/.*/annotations/pv.kubernetes.io/"),
    (".*", r"^/final/CustomResourceDefinition/.*/finalizers$"),
    # What does not differ is not written, not even when it is in Git anew.
    ("server-side-apply", r"^/writes/order$"),
    # One write creates or changes: server-side apply. Who wrote is another name.
    (".*", r"^/writes/(perObject|cost|total)"),
]
SHARE = 0.80


def player():
    spec = importlib.util.spec_from_file_location("argocd_play", os.path.join(FOLDER, "play.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def without_last_applied(tree):
    """Client-side apply leaves an annotation, server-side apply does not."""
    if isinstance(tree, dict):
        tree = {k: without_last_applied(v) for k, v in tree.items() if k != "kubectl.kubernetes.io/last-applied-configuration"}
        if tree.get("annotations") == {}:
            del tree["annotations"]
        return tree
    return [without_last_applied(v) for v in tree] if isinstance(tree, list) else tree


def written(order):
    """Writes as `write` and `delete`; what one object is written twice in a row counts once."""
    if isinstance(order, dict):
        return {"anyOf": [written(o) for o in order["anyOf"]]}
    out = []
    for line in order or []:
        verb, place = line.split(" ", 1)
        place = re.sub(r"^namespaces/[^/]+/", "namespaces//", place)
        line = ("delete " if verb == "delete" else "write ") + place
        if out[-1:] != [line]:
            out.append(line)
    return out


@unittest.skipUnless(os.path.isdir(FOLDER), "skipped: no conformance recordings beside the checkout")
class RecordedTests(unittest.TestCase):
    def replay(self, names, *flags):
        """The mismatches of each scenario, and the writes of both."""
        warnings.simplefilter("ignore", ResourceWarning)  # The player leaves files to the collector.
        play = player()
        cluster = None
        try:
            log = os.path.join("/tmp", "martlet-audit-%d-%d.log" % (os.getpid(), len(names)))
            open(log, "w").close()
            cluster = Cluster("--audit-log", log, crds=False)
            cluster.kubectl("apply", "--server-side", "-f", ROOT + "/crds")
            cluster.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")
            cluster.kubectl("create", "namespace", "argocd")
            cluster.apply({"apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject", "metadata": {"name": "default", "namespace": "argocd"}, "spec": {
                "sourceRepos": ["*"], "destinations": [{"server": "*", "namespace": "*"}], "clusterResourceWhitelist": [{"group": "*", "kind": "*"}]}},
                namespace="argocd")
            cluster.install()
            cluster.kubectl("create", "clusterrolebinding", "everything", "--clusterrole=cluster-admin", "--serviceaccount=martlet-system:martlet")
            cluster.controller(*flags)
            lab = play.Lab(argparse.Namespace(kubeconfig=cluster.kubeconfig, audit=log, git=cluster.work + "/git",
                                              users="system:serviceaccount:martlet-system:martlet"))
            with ThreadPoolExecutor(6) as pool:
                return dict(zip(names, pool.map(lambda name: self.one(play, lab, name), names)))
        finally:
            if cluster:
                cluster.stop()

    def one(self, play, lab, name):
        path = os.path.join(FOLDER, "scenarios", name + ".yaml")
        with open(path) as file:
            scenario = yaml.safe_load(file)
        with open(os.path.join(FOLDER, "recorded", name + ".json")) as file:
            want = json.load(file)
        try:
            got = play.Run(lab, copy.deepcopy(scenario), path).play()
        except Exception as error:  # The player's own failures are the scenario's.
            return ["%s: %s" % (type(error).__name__, error)], 0, 0
        for key in ("racy", "recordings", "seconds"):
            want.pop(key, None), got.pop(key, None)
        totals = got["writes"]["total"], max(play.options(want["writes"]["total"]))
        out = []
        play.order(written(want["writes"].pop("order")), written(got["writes"].pop("order")), out, [])
        play.diff(without_last_applied(want), without_last_applied(got), "", out)
        waits = {i for i, point in enumerate(want["checkpoints"]) if "wait" in point["after"]}
        lax = [re.compile(text) for text in scenario.get("tolerate") or []]
        lax += [re.compile(text) for which, text in ELSEWHERE if re.fullmatch(which, name)]

        def counts(path):
            point = re.match(r"/checkpoints/(\d+)/", path)
            return not (play.LOOSE.search(path) or point and int(point[1]) in waits or any(x.search(path) for x in lax))
        return [json.dumps(x[1:])[:600] for x in out if not x[0] and counts(x[1])], *totals

    def test_applications_do_as_recorded(self):
        names = sorted(f[:-5] for f in os.listdir(FOLDER + "/recorded") if SCOPE.match(f[:-5]))
        self.assertTrue(names)
        results = self.replay([n for n in names if not n.startswith("persist-")])
        results |= self.replay([n for n in names if n.startswith("persist-")], "--persist-resource-health")
        bad = {name: mismatches for name, (mismatches, _, _) in results.items() if mismatches}
        ours, theirs = (sum(r[i] for r in results.values()) for i in (1, 2))
        print("argocd: %d of %d situations in order; %d writes, the reference %d" % (len(results) - len(bad), len(results), ours, theirs))
        print("not: " + " ".join(sorted(bad)))
        for name, mismatches in sorted(bad.items()):
            print("  %s: %s" % (name, "\n    ".join(mismatch[:300] for mismatch in mismatches[:5])))
        self.assertGreaterEqual(1 - len(bad) / len(results), SHARE)
        self.assertLess(ours, theirs / 2)


if __name__ == "__main__":
    unittest.main()

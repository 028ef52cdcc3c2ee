"""dashboards/: Prometheus takes the rules, each alert fires when it should and only then, and a running
controller exports what the queries name."""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
import urllib.request

import yaml

from cluster import ROOT, Cluster, free_port, until, write

FOLDER = os.path.join(ROOT, "dashboards")
RULES = os.path.join(FOLDER, "alerts.yaml")
NAMED = 'namespace="shop",name="web"'

# For each alert: when to look, series with which it fires, and series with which it does not.
# `a+bxn` begins at a and adds b at each of n minutes.
CASES = {
    "MartletRolloutGivenUp": ("10m", {'rollout_info{%s,phase="Abort"}' % NAMED: "1x20"},
                              {'rollout_info{%s,phase="Completed"}' % NAMED: "1x20"}),
    "MartletRolloutInvalid": ("10m", {'rollout_info{%s,phase="InvalidSpec"}' % NAMED: "1x20"},
                              {'rollout_info{%s,phase="Abort"}' % NAMED: "1x20"}),
    "MartletRolloutPausedLong": ("25h", {'rollout_info{%s,phase="Paused"}' % NAMED: "1x1600"},
                                 {'rollout_info{%s,phase="Paused"}' % NAMED: "1x600"}),
    "MartletRolloutLacksPods": (
        "20m", {"rollout_info_replicas_available{%s}" % NAMED: "3x30", "rollout_info_replicas_desired{%s}" % NAMED: "4x30"},
        {"rollout_info_replicas_available{%s}" % NAMED: "3x10 4x20", "rollout_info_replicas_desired{%s}" % NAMED: "4x30"}),
    "MartletAnalysisRunFailed": ("20m", {'analysis_run_info{%s,phase="Failed"}' % NAMED: "_x10 1x20"},
                                 {'analysis_run_info{%s,phase="Failed"}' % NAMED: "1x30"}),
    "MartletRollbackSlow": (
        "30m", {'martlet_rollback_seconds_bucket{le="30"}': "0x30", 'martlet_rollback_seconds_bucket{le="60"}': "0+1x30",
                'martlet_rollback_seconds_bucket{le="+Inf"}': "0+1x30"},
        {'martlet_rollback_seconds_bucket{le="1"}': "0+1x30", 'martlet_rollback_seconds_bucket{le="+Inf"}': "0+1x30"}),
    "MartletFailedVersionHadMostTraffic": (
        "30m", {"martlet_failed_version_traffic_share_count": "0+1x30",
                'martlet_failed_version_traffic_share_bucket{le="0.5"}': "0x30"},
        {"martlet_failed_version_traffic_share_count": "0+1x30",
         'martlet_failed_version_traffic_share_bucket{le="0.5"}': "0+1x30"}),
    "MartletApplicationOutOfSync": ("40m", {'argocd_app_info{%s,sync_status="OutOfSync"}' % NAMED: "1x60"},
                                    {'argocd_app_info{%s,sync_status="Synced"}' % NAMED: "1x60"}),
    "MartletApplicationUnknown": ("20m", {'argocd_app_info{%s,sync_status="Unknown"}' % NAMED: "1x60"},
                                  {'argocd_app_info{%s,sync_status="OutOfSync"}' % NAMED: "1x60"}),
    "MartletApplicationDegraded": ("20m", {'argocd_app_info{%s,health_status="Degraded"}' % NAMED: "1x60"},
                                   {'argocd_app_info{%s,health_status="Progressing"}' % NAMED: "1x60"}),
    # The first failure, of which there is no increase, and none for long.
    "MartletSyncFailed": ("20m", {'argocd_app_sync_total{%s,phase="Failed"}' % NAMED: "_x15 1x20"},
                          {'argocd_app_sync_total{%s,phase="Failed"}' % NAMED: "1x60",
                           'argocd_app_sync_total{%s,phase="Succeeded"}' % NAMED: "0+1x60"}),
    "MartletNobodyLeads": ("10m", {'martlet_leader{instance="a"}': "0x20"},
                           {'martlet_leader{instance="a"}': "0x20", 'martlet_leader{instance="b"}': "1x20"}),
    "MartletPassesFail": (
        "20m", {'martlet_reconciles_total{controller="rollouts",result="failed"}': "0+2x30",
                'martlet_reconciles_total{controller="rollouts",result="changed"}': "0+8x30"},
        {'martlet_reconciles_total{controller="rollouts",result="failed"}': "0+1x30",
         'martlet_reconciles_total{controller="rollouts",result="changed"}': "0+80x30"}),
    "MartletQueueWaits": (
        "20m", {'workqueue_queue_duration_seconds_bucket{name="rollouts",le="10"}': "0x30",
                'workqueue_queue_duration_seconds_bucket{name="rollouts",le="100"}': "0+6x30",
                'workqueue_queue_duration_seconds_bucket{name="rollouts",le="+Inf"}': "0+6x30"},
        {'workqueue_queue_duration_seconds_bucket{name="rollouts",le="1"}': "0+6x30",
         'workqueue_queue_duration_seconds_bucket{name="rollouts",le="+Inf"}': "0+6x30"}),
    "MartletFirstWriteSlow": (
        "20m", {'martlet_first_write_seconds_bucket{controller="rollouts",le="5"}': "0x30",
                'martlet_first_write_seconds_bucket{controller="rollouts",le="30"}': "0+6x30",
                'martlet_first_write_seconds_bucket{controller="rollouts",le="+Inf"}': "0+6x30"},
        {'martlet_first_write_seconds_bucket{controller="rollouts",le="0.01"}': "0+6x30",
         'martlet_first_write_seconds_bucket{controller="rollouts",le="+Inf"}': "0+6x30"}),
    "MartletRequestsRefused": (
        "20m", {'rest_client_requests_total{code="500"}': "0+1x30", 'rest_client_requests_total{code="200"}': "0+9x30"},
        {'rest_client_requests_total{code="409"}': "0+5x30", 'rest_client_requests_total{code="200"}': "0+9x30"}),
    "MartletWatchesBreak": ("20m", {'martlet_watch_restarts_total{resource="pods",reason="error"}': "0+1x30"},
                            {'martlet_watch_restarts_total{resource="pods",reason="ended"}': "0+1x30"}),
}


def firing(series, when, alert, times):
    return {"interval": "1m", "input_series": [{"series": name, "values": values} for name, values in series.items()],
            "promql_expr_test": [{
                "expr": 'count(ALERTS{alertname="%s",alertstate="firing"})' % alert, "eval_time": when,
                "exp_samples": [{"labels": "{}", "value": times}] if times else []}]}


def exported(text):
    return {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}


class Alerts(unittest.TestCase):
    def promtool(self, *arguments):
        run = subprocess.run(["promtool", *arguments], capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def test_prometheus_takes_the_rules(self):
        self.promtool("check", "rules", RULES)

    def test_each_alert_fires_when_it_should_and_only_then(self):
        with open(RULES) as file:
            alerts = [rule["alert"] for group in yaml.safe_load(file)["groups"] for rule in group["rules"]]
        self.assertEqual(sorted(alerts), sorted(CASES))
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        tests = []
        for alert, (when, bad, good) in CASES.items():
            tests += [firing(bad, when, alert, 1), firing(good, when, alert, 0)]
        path = os.path.join(folder, "alerts.test.yaml")
        write(path, yaml.safe_dump({"rule_files": [RULES], "evaluation_interval": "1m", "tests": tests}))
        self.promtool("test", "rules", path)


class Scrape(unittest.TestCase):
    """A real controller's metrics, after an update that is aborted."""

    def test_a_running_controller_exports_what_the_queries_name(self):
        cluster = Cluster()
        self.addCleanup(cluster.stop)
        port = free_port()
        cluster.controller("--metrics-port", str(port))
        cluster.apply({
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": {"name": "web"},
            "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}},
                     "strategy": {"canary": {"steps": [{"setWeight": 50}, {"pause": {}}]}},
                     "template": {"metadata": {"labels": {"app": "web"}},
                                  "spec": {"containers": [{"name": "web", "image": "shop/web:1"}]}}}})
        until("the rollout is healthy", lambda: cluster.phase("web") == "Healthy")
        patch = {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "shop/web:2"}]}}}}
        cluster.kubectl("patch", "rollout", "web", "--type=merge", "-p", json.dumps(patch))
        until("it pauses", lambda: cluster.phase("web") == "Paused")

        def metrics():
            return urllib.request.urlopen("http://127.0.0.1:%d/metrics" % port, timeout=5).read().decode()

        # The cluster's status is there before the controller's next look at it.
        share = r'martlet_rollout_traffic_share\{namespace="default",name="web"\} 0\.[3-6]'
        text = until("half of the traffic", lambda: (t := metrics()) and re.search(share, t) and t)
        self.assertIn('martlet_rollout_step{namespace="default",name="web"} 1\n', text)
        self.assertIn('martlet_rollout_steps{namespace="default",name="web"} 2\n', text)
        self.assertIn('rollout_info{namespace="default",name="web",strategy="canary",traffic_router="",phase="Paused"} 1\n', text)
        cluster.kubectl("patch", "rollout", "web", "--subresource=status", "--type=merge", "-p", '{"status": {"abort": true}}')
        until("the rollback is counted", lambda: "martlet_rollback_seconds_count" in metrics())
        names = exported(metrics())
        with open(os.path.join(FOLDER, "progressive-delivery.json")) as file:
            queries = " ".join(target["expr"] for panel in json.load(file)["panels"] for target in panel.get("targets", []))
        wanted = {name for name in re.findall(r"\b(?:martlet|rollout|workqueue|rest_client|process)_\w+", queries)}
        wanted = {re.sub(r"_(bucket|sum|count)$", "", name) for name in wanted}
        # What only comes with a finished update or a fault is not there yet.
        later = {"rollout_duration_seconds", "rollout_progression_duration_seconds", "martlet_watch_restarts_total",
                 "martlet_empty_changes_total", "martlet_measurement_lateness_seconds",
                 "martlet_measurement_requests_total"}
        self.assertEqual(wanted - names - later, set())
        cluster.kubectl("delete", "rollout", "web")
        until("its series go", lambda: 'name="web"' not in "".join(
            line for line in metrics().splitlines(True) if line.startswith(("martlet_rollout_", "rollout_info"))))


if __name__ == "__main__":
    unittest.main()

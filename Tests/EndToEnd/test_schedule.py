"""Many AnalysisRuns against a real Prometheus: every measurement is taken, over few connections, and counted."""
import json
import os
import tempfile
import unittest
import urllib.request

from cluster import Cluster, Process, free_port, until, write

RUNS, METRICS, COUNT = 50, 5, 8
PATH = "/apis/argoproj.io/v1alpha1/namespaces/default/analysisruns"


def series(text, name):
    """The sum of a metric's series whose text holds these parts."""
    parts = name if isinstance(name, tuple) else (name,)
    return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines()
               if line.startswith(parts[0]) and all(part in line for part in parts))


class ScheduleTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="martlet-schedule-")
        port = free_port()
        cls.address = "http://127.0.0.1:%d" % port
        config = os.path.join(cls.folder, "prometheus.yml")
        write(config, json.dumps({"global": {"scrape_interval": "60s"}}))
        cls.prometheus = Process(
            os.path.join(cls.folder, "prometheus.log"), "prometheus", "--config.file=" + config,
            "--storage.tsdb.path=" + os.path.join(cls.folder, "data"), "--web.listen-address=127.0.0.1:%d" % port)
        until("Prometheus", lambda: cls.read(cls.address + "/-/ready"), 60)
        cls.cluster = Cluster()
        cls.controller = cls.cluster.controller()
        command = cls.controller.process.args
        cls.metrics = "http://127.0.0.1:%s/metrics" % command[command.index("--metrics-port") + 1]
        until("the controller", lambda: "martlet_leader 1" in cls.read(cls.metrics), 60)

    @classmethod
    def tearDownClass(cls):
        try:
            cls.cluster.stop()
        finally:
            cls.prometheus.stop()

    @staticmethod
    def read(url):
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.read().decode()

    def create(self, prefix, query):
        """Runs of so many metrics; `query` makes the question of each."""
        objects = [{
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun", "metadata": {"name": "%s-%d" % (prefix, run)},
            "spec": {"metrics": [{
                "name": "m%d" % metric, "interval": "1s", "count": COUNT, "successCondition": "result[0] == 1",
                "provider": {"prometheus": {"address": self.address, "query": query(run, metric)}}} for metric in range(METRICS)]}}
            for run in range(RUNS)]
        self.cluster.apply(*objects)

    def ended(self, prefix):
        runs = [r for r in self.cluster.get(PATH)["items"] if r["metadata"]["name"].startswith(prefix)]
        ends = ("Successful", "Failed", "Error", "Inconclusive")
        return runs if len(runs) == RUNS and all((r.get("status") or {}).get("phase") in ends for r in runs) else None

    def figures(self):
        text, own = self.read(self.address + "/metrics"), self.read(self.metrics)
        return {"queries": series(text, ("prometheus_http_requests_total", 'handler="/api/v1/query"')),
                "connections": series(text, "net_conntrack_listener_conn_accepted_total"),
                "late": series(own, "martlet_measurement_lateness_seconds_count"),
                "sent": series(own, ("martlet_measurement_requests_total", 'result="sent"')),
                "shared": series(own, ("martlet_measurement_requests_total", 'result="shared"'))}

    def check(self, prefix):
        for run in until("all runs to end", lambda: self.ended(prefix), 120, every=0.5):
            results = run["status"]["metricResults"]
            self.assertEqual("Successful", run["status"]["phase"], run["status"])
            self.assertEqual([COUNT] * METRICS, [r["count"] for r in results], run["metadata"]["name"])
            self.assertEqual([COUNT] * METRICS, [r["successful"] for r in results], run["metadata"]["name"])

    def test_every_run_is_measured_as_often_as_it_says(self):
        before = self.figures()
        self.create("own", lambda run, metric: "vector(1) + 0 * %d" % (run * METRICS + metric))
        self.check("own")
        after = self.figures()
        self.assertEqual(RUNS * METRICS * COUNT, after["queries"] - before["queries"])
        # A first measurement is taken when there is a run: it cannot be late.
        self.assertEqual(RUNS * METRICS * (COUNT - 1), after["late"] - before["late"])
        # Connections are kept: the measurements of all runs share what one burst of them needed.
        self.assertLessEqual(after["connections"], 110)

    def test_equal_questions_under_way_are_asked_once(self):
        before = self.figures()
        self.create("same", lambda run, metric: "vector(1)")
        self.check("same")
        after = {key: value - before[key] for key, value in self.figures().items()}
        # Each measurement has its answer: its own or that of another one.
        self.assertEqual(RUNS * METRICS * COUNT, after["sent"] + after["shared"])
        self.assertEqual(after["sent"], after["queries"])
        # The five of a run begin together; most of them find one of the others under way.
        self.assertGreater(after["shared"], 0)
        self.assertEqual(RUNS * METRICS * (COUNT - 1), after["late"])


if __name__ == "__main__":
    unittest.main()

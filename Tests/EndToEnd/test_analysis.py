"""Templates tried before they matter: `martlet analysis` against a real Prometheus with an exporter."""
import http.server
import json
import os
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.request
import xml.etree.ElementTree

from cluster import MARTLET, ROOT, SHARED, Cluster, Process, free_port, until, write

EXAMPLE = os.path.join(ROOT, "examples", "analysis-test")
TEMPLATE = os.path.join(ROOT, "examples", "quickstart", "app", "analysistemplate.yaml")


class Exporter(http.server.BaseHTTPRequestHandler):
    """A mesh's counters: 50 requests a second to the good version, as many to the bad one, of which a fifth fails."""
    began = time.time()

    def do_GET(self):
        if self.path == "/version":
            allowed = self.headers.get("Authorization") == "Bearer t0ken"
            return self.answer("application/json", json.dumps({"data": {"version": "v2", "rate": 0.5} if allowed else {}}))
        count = int((time.time() - Exporter.began) * 50)
        rows = [("good", "200", count), ("bad", "200", count * 4 // 5), ("bad", "503", count // 5)]
        text = "# TYPE istio_requests_total counter\n" + "".join(
            'istio_requests_total{destination_service_name="%s",response_code="%s"} %d\n' % row for row in rows)
        self.answer("text/plain; version=0.0.4", text)

    def answer(self, kind, text):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args):
        pass


def analysis(*arguments, code=0):
    done = subprocess.run([MARTLET, "analysis", *arguments], capture_output=True, text=True, timeout=120)
    if done.returncode != code:
        raise AssertionError("%s exited %d, not %d: %s%s" % (arguments, done.returncode, code, done.stdout, done.stderr))
    return done.stdout


class AnalysisTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="martlet-analysis-")
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Exporter)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        port = free_port()
        cls.address = "http://127.0.0.1:%d" % port
        config = os.path.join(cls.folder, "prometheus.yml")
        write(config, json.dumps({"global": {"scrape_interval": "1s"}, "scrape_configs": [
            {"job_name": "mesh", "static_configs": [{"targets": ["127.0.0.1:%d" % cls.server.server_address[1]]}]}]}))
        cls.prometheus = Process(
            os.path.join(cls.folder, "prometheus.log"), "prometheus", "--config.file=" + config,
            "--storage.tsdb.path=" + os.path.join(cls.folder, "data"), "--web.listen-address=127.0.0.1:%d" % port)
        until("12 scrapes", lambda: cls.samples() >= 12, 60)

    @classmethod
    def tearDownClass(cls):
        cls.prometheus.stop()
        cls.server.shutdown()
        cls.server.server_close()

    @classmethod
    def samples(cls):
        try:
            with urllib.request.urlopen(cls.address + "/api/v1/query?query=count_over_time(istio_requests_total[1h])", timeout=5) as answer:
                result = json.load(answer)["data"]["result"]
        except OSError:
            return 0
        return min((int(r["value"][1]) for r in result), default=0)

    def test_the_examples_tests_pass(self):
        report = os.path.join(self.folder, "junit.xml")
        out = analysis("test", os.path.join(EXAMPLE, "analysis-test.yaml"), "--junit", report)
        self.assertIn("5 passed, 0 failed", out)
        suites = xml.etree.ElementTree.parse(report).getroot()
        self.assertEqual((suites.get("tests"), suites.get("failures")), ("5", "0"))
        self.assertEqual([c.get("name") for c in suites.iter("testcase")][0], "the bad version is found")

    def test_the_judges_example_passes(self):
        out = analysis("test", os.path.join(ROOT, "examples", "analysis-judge", "analysis-test.yaml"))
        self.assertIn("3 passed, 0 failed", out)

    def test_a_wrong_expectation_fails_the_pipeline(self):
        test = os.path.join(self.folder, "wrong.yaml")
        write(test, json.dumps({"templates": [TEMPLATE], "args": {"service": "x"}, "tests": [
            {"name": "a & b", "metrics": {"success-rate": [0.5]}, "expect": {"phase": "Successful"}}]}))
        report = os.path.join(self.folder, "wrong.xml")
        out = analysis("test", test, "--junit", report, code=1)
        self.assertIn("phase is Failed, expected Successful", out)
        self.assertIn("evidence success-rate [0.5], wanted len(result) == 0", out)
        failure = next(xml.etree.ElementTree.parse(report).getroot().iter("failure"))
        self.assertEqual(failure.get("message"), "phase is Failed, expected Successful")
        analysis("test", os.path.join(self.folder, "none.yaml"), code=64)

    def test_a_template_is_tried_live(self):
        began = time.time()
        out = analysis("run", TEMPLATE, "--arg", "service=bad", "--address", self.address, code=1)
        self.assertIn("verdict  Failed after 7s: Metric \"success-rate\" assessed Failed due to failed (2) > failureLimit (1)", out)
        self.assertRegex(out, r"4s +success-rate +#1 +Failed +\[0\.\d+\] +wanted len\(result\)")
        self.assertTrue(6 <= time.time() - began <= 12)
        told = json.loads(analysis("run", TEMPLATE, "--arg", "service=good", "--address", self.address, "--for", "9s", "--json"))
        self.assertEqual(told["phase"], "Successful")
        self.assertEqual([m["value"] for m in told["measurements"]], ["[1]", "[1]"])

    def test_the_judge_compares_live(self):
        def count(service, codes):
            return 'sum(increase(istio_requests_total{destination_service_name="%s"%s}[$window]))' % (service, codes)

        def side(service):
            return {"bad": count(service, ',response_code="503"'), "total": count(service, "")}
        template = os.path.join(self.folder, "judge.yaml")
        write(template, json.dumps({"apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisTemplate", "metadata": {"name": "j"}, "spec": {
            "args": [{"name": "canary"}],
            "metrics": [{"name": "errors", "interval": "1s", "count": 1, "provider": {"judge": {
                "confidence": 95, "ratio": {"acceptableRate": "5%", "canary": side("{{args.canary}}"), "stable": side("good")}}}}]}}))
        bad = json.loads(analysis("run", template, "--arg", "canary=bad", "--address", self.address, "--for", "60s", "--json", code=1))
        self.assertEqual(bad["phase"], "Failed")
        self.assertIn("the canary fails more often", bad["measurements"][-1]["message"])
        # Whole numbers of a few seconds, extrapolated by Prometheus: about a fifth.
        self.assertRegex(bad["measurements"][-1]["message"], r"canary (1[5-9]|2[0-5])(\.\d+)? % of")
        # At first there is nothing to see, which counts as nothing.
        self.assertEqual({m["phase"] for m in bad["measurements"][:-1]}, {"Running"})
        good = json.loads(analysis("run", template, "--arg", "canary=good", "--address", self.address, "--for", "60s", "--json"))
        self.assertEqual(good["phase"], "Successful")
        self.assertIn("acceptable, 9", good["measurements"][-1]["message"])

    def test_what_cannot_be_tried_is_said(self):
        template = os.path.join(self.folder, "t.yaml")
        write(template, json.dumps({"apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisTemplate", "metadata": {"name": "t"}, "spec": {
            "args": [{"name": "token", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}],
            "metrics": [{"name": "m", "provider": {"web": {"url": "http://127.0.0.1:1/{{args.token}}"}}}]}}))
        self.assertIn("secrets \"s\" not found", analysis("run", template, code=2))
        analysis("run", template, "--arg", "nothing=1", code=64)
        analysis("run", "no-such-template", "--kubeconfig", os.path.join(self.folder, "none"), code=64)
        analysis("backtest", template, "--from", "1h", code=64)

    def test_a_template_of_the_cluster_with_its_secret(self):
        cluster = Cluster()
        try:
            url = "http://127.0.0.1:%d/version" % self.server.server_address[1]
            def metric(name, path, condition):
                return {"name": name, "successCondition": condition, "provider": {"web": {
                    "url": url, "jsonPath": path, "headers": [{"key": "Authorization", "value": "Bearer {{args.token}}"}]}}}
            token = {"name": "token", "valueFrom": {"secretKeyRef": {"name": "api", "key": "token"}}}
            cluster.kubectl("create", "secret", "generic", "api", "--from-literal=token=t0ken")
            cluster.apply(
                {"apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisTemplate", "metadata": {"name": "version"},
                 "spec": {"args": [token], "metrics": [metric("version", "{$.data.version}", "result == 'v2'")],
                          "templates": [{"templateName": "rate", "clusterScope": True}]}},
                {"apiVersion": "argoproj.io/v1alpha1", "kind": "ClusterAnalysisTemplate", "metadata": {"name": "rate"},
                 "spec": {"args": [token], "metrics": [metric("rate", "{$.data.rate}", "result > 0.9")]}})
            told = json.loads(analysis("run", "version", "--kubeconfig", cluster.kubeconfig, "--json", code=1))
            self.assertEqual({m["metric"]: m["value"] for m in told["measurements"]}, {"version": "v2", "rate": "0.5"})
            self.assertEqual(told["evidence"], {"metric": "rate", "value": "0.5", "condition": "result > 0.9"})
            analysis("run", "version", "--kubeconfig", cluster.kubeconfig, "--metric", "version")
            # An argument stands in for the Secret.
            analysis("run", "version", "--kubeconfig", cluster.kubeconfig, "--metric", "version", "--arg", "token=wrong", code=2)
            analysis("run", "rate", "--kubeconfig", cluster.kubeconfig, code=64)
        finally:
            cluster.stop()

    def test_the_past_is_replayed(self):
        until("40 scrapes", lambda: self.samples() >= 40, 60)
        common = ["backtest", TEMPLATE, "--address", self.address, "--from", "25s", "--every", "2s", "--for", "8s"]
        bad = analysis(*common, "--arg", "service=bad", "--record", self.folder)
        self.assertRegex(bad, r"^\d+ runs: \d+ Failed\nFailed 20.* runs, after 7s: Metric \"success-rate\" assessed Failed")
        good = json.loads(analysis(*common, "--arg", "service=good", "--json"))
        self.assertEqual(list(good["phases"]), ["Successful"])
        self.assertGreaterEqual(good["runs"], 4)
        ranged = os.path.join(self.folder, "range.yaml")
        write(ranged, json.dumps({"apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisTemplate", "metadata": {"name": "range"}, "spec": {
            "metrics": [{"name": "errors", "interval": "2s", "count": 2, "successCondition": "len(result) == 4 && all(result, # < 0.05)",
                         "provider": {"prometheus": {
                             "query": 'sum(rate(istio_requests_total{response_code="503"}[6s])) / sum(rate(istio_requests_total[6s]))',
                             "rangeQuery": {"start": 'now() - duration("6s")', "end": "now()", "step": "2s"}}}}]}}))
        live = json.loads(analysis("run", ranged, "--address", self.address, "--json", code=1))
        self.assertEqual(len(json.loads(live["measurements"][0]["value"])), 4)
        past = analysis("backtest", ranged, "--address", self.address, "--from", "15s", "--to", "10s", "--every", "2s")
        self.assertRegex(past, r"^\d runs: \d Failed\n")
        test = os.path.join(self.folder, "recorded.yaml")
        write(test, json.dumps({"templates": [TEMPLATE], "args": {"service": "bad"}, "tests": [
            {"metrics": {"success-rate": {"recorded": "success-rate.json"}}, "expect": {"phase": "Failed", "after": "7s"}}]}))
        analysis("test", test)

    @unittest.skipUnless(os.path.exists(os.path.join(SHARED, "conformance", "expressions.json")), "no recordings")
    def test_recorded_expressions(self):
        path = os.path.join(SHARED, "conformance", "expressions.json")
        with open(path) as file:
            cases = {c["id"]: c for c in json.load(file)["cases"]}
        given = [json.loads(line) for line in analysis("eval", "--cases", path).splitlines()]
        self.assertEqual(len(given), len(cases))
        verdicts = sum(g["verdict"] == cases[g["id"]]["verdict"] for g in given)
        values = sum(same(g, cases[g["id"]]) for g in given)
        print("expressions: verdicts %.2f %%, values %.2f %%" % (100 * verdicts / len(cases), 100 * values / len(cases)))
        self.assertGreaterEqual(verdicts, 0.99 * len(cases))
        self.assertGreaterEqual(values, 0.98 * len(cases))


def same(given, wanted):
    """Whether a value, or the class of an error, is the recorded one."""
    if "error" in wanted:
        return (given.get("error", {}).get("phase"), given.get("error", {}).get("token")) == (wanted["error"]["phase"], wanted["error"].get("token"))
    mine, theirs = given.get("value"), wanted["value"]
    if mine is None:
        return False
    if "len" in theirs:
        return len(mine.get("v", [])) == theirs["len"] and mine["v"][-1] == theirs["last"]
    if theirs["t"] == "func" or theirs["t"].startswith("*"):
        return mine == theirs or mine["t"] == theirs["t"] or mine == theirs.get("v")
    if wanted.get("unordered"):
        return sorted(map(json.dumps, mine["v"])) == sorted(map(json.dumps, theirs["v"]))
    return mine == theirs

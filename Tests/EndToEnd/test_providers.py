"""Providers over sockets: Graphite is the real one; the others are a stand-in that checks each request."""
import hashlib
import hmac
import http.server
import json
import os
import re
import subprocess
import tempfile
import threading
import time
import unittest

from cluster import MARTLET, Cluster, write

SYSTEM_PYTHON = "/usr/bin/python3"


def tried(folder, name, metrics, *arguments, code=0, **environment):
    """What `martlet analysis run --json` says of a template of these metrics."""
    file = os.path.join(folder, name + ".json")
    write(file, json.dumps({"apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisTemplate", "metadata": {"name": name},
                            "spec": {"metrics": metrics}}))
    done = subprocess.run([MARTLET, "analysis", "run", file, "--json", *arguments], capture_output=True, text=True,
                          timeout=120, env={**os.environ, **environment})
    if done.returncode != code:
        raise AssertionError("%s exited %d, not %d: %s%s" % (name, done.returncode, code, done.stdout, done.stderr))
    return json.loads(done.stdout)


class GraphiteTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="martlet-graphite-")
        cls.process = subprocess.Popen(
            [SYSTEM_PYTHON, os.path.join(os.path.dirname(os.path.abspath(__file__)), "graphite_server.py"), cls.folder],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        cls.first = cls.process.stdout.readline().strip()
        if not cls.first.isdigit():
            code = cls.process.wait(20)
            if code == 3:
                raise unittest.SkipTest("skipped: graphite-web cannot be had here (%s)" % cls.first)
            raise AssertionError("Graphite ended with %d: %s" % (code, cls.first))

    @classmethod
    def tearDownClass(cls):
        cls.process.kill()
        cls.process.wait()
        cls.process.stdout.close()

    def metric(self, query, condition, **more):
        return {"name": "errors", "successCondition": condition, **more, "provider": {"graphite": {
            "address": "http://127.0.0.1:" + self.first, "query": query}}}

    def test_a_series(self):
        told = tried(self.folder, "series", [self.metric("target=shop.web.errors&from=-10s", "len(result) > 5 && all(result, # == 4)")])
        self.assertEqual(told["phase"], "Successful")
        self.assertRegex(told["measurements"][0]["value"], r"^\[4(,4)+\]$")

    def test_functions_over_several_lines(self):
        query = "target=scale(\n  summarize(shop.web.errors,\n    \"1h\", \"max\"),\n  10)&from=-40s"
        told = tried(self.folder, "functions", [self.metric(query, "result[0] < 30")], code=1)
        self.assertEqual(told["phase"], "Failed")
        self.assertEqual(json.loads(told["measurements"][0]["value"])[0], 40)

    def test_gaps_are_left_out(self):
        told = tried(self.folder, "gaps", [self.metric("target=shop.web.sparse&from=-10min", "len(result) == 10 && result[-1] == 60")])
        self.assertEqual(told["phase"], "Successful")

    def test_nothing_matches(self):
        told = tried(self.folder, "nothing", [self.metric("target=shop.web.no", "true", consecutiveErrorLimit=0)], code=2)
        self.assertIn("no values found", told["measurements"][0]["message"])
        told = tried(self.folder, "waits", [self.metric("target=shop.web.no", "true", onNoData="success")])
        self.assertEqual(told["phase"], "Successful")


class StandIn(http.server.BaseHTTPRequestHandler):
    """Answers as the services' public documentation shows, and keeps what it was asked."""
    asked = []
    lock = threading.Lock()

    def do_GET(self):
        self.answer("")

    def do_POST(self):
        self.answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())

    def answer(self, body):
        with self.lock:
            self.asked.append((self.command, self.path, dict(self.headers), body))
        for pattern, kind, text in ANSWERS:
            if re.search(pattern, "%s %s" % (self.command, self.path)):
                return self.send(200, kind, text)
        self.send(404, "text/plain", "not known: " + self.path)

    def send(self, code, kind, text):
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args):
        pass


def canary(score):
    return json.dumps({"complete": True, "status": "succeeded", "result": {"judgeResult": {"score": {"score": score}}}})


ANSWERS = [
    (r"^GET /canaryConfig\?", "application/json", json.dumps([{"id": "c-0", "name": "other"}, {"id": "c-1", "name": "web"}])),
    (r"^POST /canary/c-1\?.*metricsAccountName=good", "application/json", json.dumps({"canaryExecutionId": "run-good"})),
    (r"^POST /canary/c-1\?.*metricsAccountName=bad", "application/json", json.dumps({"canaryExecutionId": "run-bad"})),
    (r"^GET /canary/run-good\?", "application/json", canary(95.4)),
    (r"^GET /canary/run-bad\?", "application/json", canary(40)),
    (r"^GET /api/v1/query\?", "application/json", json.dumps({"status": "ok", "series": [{"pointlist": [[1, 0.5], [2, 0.25]]}]})),
    (r"^POST /api/v2/query/scalar$", "application/json", json.dumps(
        {"data": {"attributes": {"columns": [{"type": "number", "values": [0.75]}]}}})),
    (r"^POST /newrelic$", "application/json", json.dumps(
        {"data": {"actor": {"account": {"nrql": {"results": [{"rate": 0.5}]}}}}})),
    (r"^POST /api/v2/query\?org=", "text/csv", "#datatype,string,long,double\r\n,result,table,_value\r\n,,0,2.5\r\n\r\n"),
    (r"^POST /graphql$", "application/json", json.dumps({"data": {"apdex": 0.9}})),
    (r"^POST /$", "application/json", json.dumps({"MetricDataResults": [{"Id": "e", "Values": [3.5]}]})),
    (r"^POST /plugin$", "application/json", json.dumps({"status": {"phase": "Successful", "value": "7"}})),
]


class StandInTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="martlet-providers-")
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), StandIn)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.address = "http://127.0.0.1:%d" % cls.server.server_address[1]

    @classmethod
    def tearDownClass(cls):
        cls.server.shutdown()
        cls.server.server_close()

    def asked(self, method, path):
        """The only request of that kind: its path, headers and body."""
        found = [a for a in StandIn.asked if a[0] == method and a[1].split("?")[0] == path]
        self.assertEqual(len(found), 1, "%s %s: %s" % (method, path, [a[:2] for a in StandIn.asked]))
        return found[0][1:]

    def test_kayenta(self):
        """Asked for its configuration, begun, and asked again after 15 s; two at once."""
        def scope(name):
            return {"scope": name, "region": "eu", "step": 60, "start": "2026-11-21T12:00:00Z", "end": "2026-11-21T12:30:00Z"}

        def metric(name):
            return {"name": name, "failureLimit": 1, "provider": {"kayenta": {
                "address": self.address, "application": "shop", "canaryConfigName": "web", "metricsAccountName": name,
                "configurationAccountName": "conf igs", "storageAccountName": "store", "threshold": {"pass": 90, "marginal": 75},
                "scopes": [{"name": "default", "controlScope": scope("web-v1"), "experimentScope": scope("web-v2")}]}}}
        began = time.time()
        told = tried(self.folder, "kayenta", [metric("good"), metric("bad")])
        self.assertTrue(14 < time.time() - began < 25, time.time() - began)
        last = {m["metric"]: m for m in told["measurements"]}
        self.assertEqual({name: (m["phase"], m["value"]) for name, m in last.items()},
                         {"good": ("Successful", "95"), "bad": ("Failed", "40")})
        self.assertIn("score 40 (pass 90, marginal 75)", last["bad"]["message"])
        asked = [a for a in StandIn.asked if "canary" in a[1]]
        lists = "GET /canaryConfig?application=shop&configurationAccountName=conf%20igs"
        self.assertEqual(sorted("%s %s" % a[:2] for a in asked), sorted([lists, lists] + [
            "POST /canary/c-1?application=shop&metricsAccountName=%s&configurationAccountName=conf%%20igs&storageAccountName=store" % n
            for n in ("good", "bad")] + ["GET /canary/run-%s?storageAccountName=store" % n for n in ("good", "bad")]))
        wanted = {"scopes": {"default": {"controlScope": {**scope("web-v1"), "location": "eu"},
                                         "experimentScope": {**scope("web-v2"), "location": "eu"}}},
                  "thresholds": {"pass": 90, "marginal": 75}}
        bodies = [(a[2].get("Content-Type"), json.loads(a[3])) for a in asked if a[0] == "POST"]
        self.assertEqual(bodies, [("application/json", wanted)] * 2)

    def test_all_others(self):
        """But Wavefront: its Secret's keys are addresses, and no key can name one with a port."""
        cluster = Cluster()
        try:
            cluster.kubectl("create", "namespace", "martlet-system")
            for name, entries in {
                    "datadog": {"api-key": "dd-api", "app-key": "dd-app", "address": self.address},
                    "newrelic": {"personal-api-key": "NRAK", "account-id": "42", "base-url-nerdgraph": self.address + "/newrelic"},
                    "influxdb": {"authToken": "in-token", "org": "o o", "address": self.address},
                    "metric-plugin-acme-quality": {"url": self.address + "/plugin", "authorization": "Bearer pl"}}.items():
                cluster.kubectl("create", "secret", "generic", name, "-n", "martlet-system",
                                *["--from-literal=%s=%s" % e for e in entries.items()])
            metrics = [{"name": name, "successCondition": condition, "provider": {kind: fields}} for name, kind, fields, condition in [
                ("dd1", "datadog", {"query": "avg:x{*}", "interval": "5m"}, "result == 0.25"),
                ("dd2", "datadog", {"apiVersion": "v2", "queries": {"a": "avg:x{*}", "b": "avg:y{*}"}, "formula": "a/b",
                                    "aggregator": "avg"}, "result == 0.75"),
                ("nr", "newRelic", {"query": "FROM T SELECT rate"}, "result.rate == 0.5"),
                ("in", "influxdb", {"query": "from(bucket: \"b\")"}, "result[0] == 2.5"),
                ("sky", "skywalking", {"address": self.address, "query": "query($duration: Duration!) { apdex }"}, "result.apdex > 0.8"),
                ("cw", "cloudWatch", {"interval": "1m", "metricDataQueries": [{"id": "e", "expression": "SUM(x)"}]},
                 "result[0].Values[0] == 3.5"),
            ]] + [{"name": "pl", "provider": {"plugin": {"acme/quality": {"limit": 3}}}}]
            told = tried(self.folder, "others", metrics, "--kubeconfig", cluster.kubeconfig,
                         AWS_ACCESS_KEY_ID="AKID", AWS_SECRET_ACCESS_KEY="secret", AWS_REGION="eu-west-1",
                         AWS_ENDPOINT_URL_CLOUDWATCH=self.address)
        finally:
            cluster.stop()
        self.assertEqual({m["metric"]: m["phase"] for m in told["measurements"]},
                         {name: "Successful" for name in ("dd1", "dd2", "nr", "in", "sky", "cw", "pl")})
        path, headers, _ = self.asked("GET", "/api/v1/query")
        self.assertRegex(path, r"^/api/v1/query\?query=avg%3Ax%7B%2A%7D&from=(\d+)&to=(\d+)$")
        self.assertEqual((headers["DD-API-KEY"], headers["DD-APPLICATION-KEY"]), ("dd-api", "dd-app"))
        path, headers, body = self.asked("POST", "/api/v2/query/scalar")
        attributes = json.loads(body)["data"]["attributes"]
        self.assertEqual(attributes["to"] - attributes["from"], 300_000)
        self.assertEqual(attributes["formulas"], [{"formula": "a/b"}])
        self.assertEqual(attributes["queries"], [
            {"aggregator": "avg", "data_source": "metrics", "name": n, "query": "avg:%s{*}" % q} for n, q in (("a", "x"), ("b", "y"))])
        _, headers, body = self.asked("POST", "/newrelic")
        self.assertEqual(headers["API-Key"], "NRAK")
        self.assertEqual(json.loads(body)["variables"], {"accountId": 42, "query": "FROM T SELECT rate", "timeout": 5})
        path, headers, body = self.asked("POST", "/api/v2/query")
        self.assertEqual((path, headers["Authorization"], headers["Accept"]), ("/api/v2/query?org=o%20o", "Token in-token", "application/csv"))
        self.assertEqual(json.loads(body)["query"], "from(bucket: \"b\")")
        _, _, body = self.asked("POST", "/graphql")
        self.assertRegex(json.loads(body)["variables"]["duration"]["start"], r"^\d{4}-\d\d-\d\d \d{4}$")
        _, headers, body = self.asked("POST", "/")
        self.check_signature(headers, body)
        self.assertEqual(json.loads(body)["MetricDataQueries"], [{"Id": "e", "Expression": "SUM(x)"}])
        _, headers, body = self.asked("POST", "/plugin")
        self.assertEqual(headers["Authorization"], "Bearer pl")
        self.assertEqual(json.loads(body)["spec"]["configuration"], {"limit": 3})

    def check_signature(self, headers, body):
        """AWS' Signature Version 4, computed anew from what came over the socket."""
        found = re.match(r"AWS4-HMAC-SHA256 Credential=AKID/(\d{8})/eu-west-1/monitoring/aws4_request, ?"
                         r"SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$", headers["Authorization"])
        self.assertIsNotNone(found, headers["Authorization"])
        day, names, signature = found.groups()
        lower = {k.lower(): v for k, v in headers.items()}
        self.assertIn("x-amz-date", names.split(";"))
        canonical = "\n".join(["POST", "/", ""] + ["%s:%s" % (n, lower[n].strip()) for n in names.split(";")] + [
            "", names, hashlib.sha256(body.encode()).hexdigest()])
        scope = day + "/eu-west-1/monitoring/aws4_request"
        text = "\n".join(["AWS4-HMAC-SHA256", lower["x-amz-date"], scope, hashlib.sha256(canonical.encode()).hexdigest()])
        key = b"AWS4secret"
        for part in (day, "eu-west-1", "monitoring", "aws4_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        self.assertEqual(hmac.new(key, text.encode(), hashlib.sha256).hexdigest(), signature)


if __name__ == "__main__":
    unittest.main()

"""The stage of the stories: an embedded cluster, controllers, Prometheus, receivers, a repository, users.

Everything is real but the cluster's nodes: git, kubectl, Prometheus, Alertmanager, the controllers
under their own ServiceAccount, HTTP requests through the mesh gateway to real processes.
"""
import base64
import collections
import hashlib
import hmac
import http.client
import http.server
import json
import os
import random
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
HOST = "web.shop.example"
REQUESTS_PER_SECOND = 120
WEBHOOK_SECRET = "quickstart"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Failure(Exception):
    """Something that the story needs did not happen."""


class Api:
    """Just enough of a Kubernetes client to look on, beside kubectl."""

    def __init__(self, kubeconfig):
        config = yaml.safe_load(open(kubeconfig))
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        self.server = cluster["server"]
        self.ca = cluster["certificate-authority-data"]
        self.address = self.server.split("//")[1]
        self.context = ssl.create_default_context(cadata=base64.b64decode(self.ca).decode())
        self.headers = {"Authorization": "Bearer " + user["token"]}
        self.local = threading.local()

    def get(self, path):
        """The object at a path, or None when there is none."""
        for attempt in (0, 1):
            try:
                if getattr(self.local, "connection", None) is None:
                    self.local.connection = http.client.HTTPSConnection(
                        self.address, context=self.context, timeout=10)
                self.local.connection.request("GET", path, headers=self.headers)
                answer = self.local.connection.getresponse()
                body = answer.read()
                return json.loads(body) if answer.status == 200 else None
            except (OSError, http.client.HTTPException):
                self.local.connection = None
                if attempt:
                    raise


class Traffic:
    """People: requests at a steady rate through the gateway, noted as (time, version, status)."""

    def __init__(self, port, rate=REQUESTS_PER_SECOND, **headers):
        self.port, self.rate, self.rows, self.lock, self.stopped = port, rate, [], threading.Lock(), False
        self.headers = {"Host": HOST, **{name.replace("_", "-"): value for name, value in headers.items()}}
        self.threads = [threading.Thread(target=self.run, daemon=True) for _ in range(4)]

    def start(self):
        for thread in self.threads:
            thread.start()

    def run(self):
        connection, due = None, time.time() + random.random() / 10
        while not self.stopped:
            due += len(self.threads) / self.rate
            time.sleep(max(0.0, due - time.time()))
            version, code = "", 0
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/", headers=self.headers)
                answer = connection.getresponse()
                body, code = answer.read(), answer.status
                version = answer.getheader("x-version") or ""
                if not version and code == 200:
                    version = json.loads(body).get("version", "")
            except (OSError, http.client.HTTPException, ValueError):
                connection = None
            with self.lock:
                self.rows.append((time.time(), version, code))

    def between(self, start, end=1e12):
        with self.lock:
            return [r for r in self.rows if start <= r[0] < end]

    def versions(self, start, end=1e12):
        """How many answers of each version; "" stands for failures."""
        return collections.Counter(version if code == 200 else "" for _, version, code in self.between(start, end))


class Receiver(http.server.BaseHTTPRequestHandler):
    """The webhook that somebody's chat would offer."""
    alerts = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        Receiver.alerts.append((time.time(), json.loads(body or b"{}")))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args):
        pass


class Stage:
    """What all stories share. `story` is the name, `folder` what the Application points at."""
    story, folder = "canary", "app"
    #: The object whose weights are followed: its kind's path, and where its weights stand.
    routes = "/apis/networking.istio.io/v1/namespaces/shop/virtualservices"

    def __init__(self, options):
        self.options, self.processes = options, []
        self.work = tempfile.mkdtemp(prefix="martlet-demo-")
        self.martlet = os.path.join(options.bin, "martlet")
        self.began = time.time()
        self.weights, self.differed_synced, self.releases = [], False, []
        self.last_said, self.statuses = {}, []

    # -- the stage -----------------------------------------------------------------------------

    def say(self, text):
        elapsed = int(time.time() - self.began)
        print("%02d:%02d  %s" % (elapsed // 60, elapsed % 60, text), flush=True)

    def spawn(self, name, *command, **environment):
        log = open(os.path.join(self.work, name + ".log"), "wb")
        process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **environment},
                                   start_new_session=True)
        self.processes.append((name, process))
        return process

    def wait(self, what, test, seconds=60):
        """What the test gives as soon as it is true."""
        end = time.time() + seconds
        while time.time() < end:
            for name, process in self.processes:
                if process.poll() is not None:
                    raise Failure("%s ended with %s; its log: %s/%s.log" % (name, process.returncode, self.work, name))
            try:
                value = test()
            except (OSError, http.client.HTTPException, ValueError):
                value = None
            if value:
                return value
            time.sleep(0.15)
        raise Failure("%s: not within %d s" % (what, seconds))

    def kubectl(self, *args, **more):
        run = subprocess.run(["kubectl", "--kubeconfig", self.kubeconfig, *args], capture_output=True, text=True, **more)
        if run.returncode:
            raise Failure("kubectl %s: %s" % (" ".join(args), run.stderr.strip()))
        return run.stdout

    def git(self, *args):
        run = subprocess.run(["git", "-C", self.clone, "-c", "user.name=Demo", "-c", "user.email=demo@example.com", *args],
                             capture_output=True, text=True)
        if run.returncode:
            raise Failure("git %s: %s" % (" ".join(args), run.stderr.strip()))
        return run.stdout.strip()

    def start_cluster(self):
        self.kubeconfig = os.path.join(self.work, "admin.kubeconfig")
        self.gateway, self.gateway_metrics = free_port(), free_port()
        image = os.path.join(self.work, "web")
        with open(image, "w") as script:
            script.write("#!/bin/sh\nBAD_TAGS=v3:20 exec '%s' demo-app\n" % self.martlet)
        os.chmod(image, 0o755)
        self.spawn("cluster", self.martlet, "up", "--ephemeral", "--port", "0", "--write-kubeconfig", self.kubeconfig,
                   "--gateway-port", str(self.gateway), "--metrics-port", str(self.gateway_metrics),
                   "--audit-log", os.path.join(self.work, "audit.log"),
                   "--image", "shop/web=" + image)
        self.wait("the embedded cluster", lambda: "ready" in open(os.path.join(self.work, "cluster.log")).read())
        self.api = Api(self.kubeconfig)
        self.kubectl("apply", "--server-side", "-f", ROOT + "/crds", "-f", ROOT + "/crds/third-party")
        self.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")
        self.kubectl("apply", "-f", ROOT + "/examples/install/namespace.yaml", "-f", ROOT + "/examples/install/rbac.yaml")
        self.say("cluster   ready, with the CRDs and the ServiceAccount martlet-system/martlet")

    def start_receivers(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.receiver = server.server_address[1]
        self.alertmanager, self.prometheus = free_port(), free_port()
        config = os.path.join(self.work, "alertmanager.yml")
        with open(config, "w") as out:
            out.write("route: {receiver: none, group_wait: 0s}\nreceivers: [{name: none}]\n")
        self.spawn("alertmanager", "prometheus-alertmanager", "--config.file=" + config,
                   "--storage.path=" + self.work + "/alertmanager", "--cluster.listen-address=",
                   "--web.listen-address=127.0.0.1:%d" % self.alertmanager)
        config = os.path.join(self.work, "prometheus.yml")
        with open(config, "w") as out:
            yaml.safe_dump({"global": {"scrape_interval": "1s"}, "scrape_configs": [
                {"job_name": "mesh", "static_configs": [{"targets": ["127.0.0.1:%d" % self.gateway_metrics]}]}]}, out)
        self.spawn("prometheus", "prometheus", "--config.file=" + config, "--storage.tsdb.path=" + self.work + "/prometheus",
                   "--web.listen-address=127.0.0.1:%d" % self.prometheus)
        for name, port in (("Prometheus", self.prometheus), ("Alertmanager", self.alertmanager)):
            self.wait(name, lambda: self.plain(port, "/-/ready")[0] == 200)
        self.say("stage     Prometheus scrapes the gateway; Alertmanager and a webhook receiver listen")

    def plain(self, port, path):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()

    def start_controllers(self):
        alerts = yaml.safe_load(open(HERE + "/alerts.yaml"))
        text = alerts["data"]["receivers"].replace("WEBHOOK", "http://127.0.0.1:%d/alert" % self.receiver)
        alerts["data"]["receivers"] = text.replace("ALERTMANAGER", "http://127.0.0.1:%d" % self.alertmanager)
        self.kubectl("apply", "-f", "-", input=json.dumps(alerts))
        self.kubectl("create", "secret", "generic", "martlet-webhook", "-n", "martlet-system",
                     "--from-literal=secret=" + WEBHOOK_SECRET)
        token = self.kubectl("create", "token", "martlet", "-n", "martlet-system", "--duration=1h").strip()
        own = os.path.join(self.work, "martlet.kubeconfig")
        with open(own, "w") as out:
            os.chmod(own, 0o600)
            yaml.safe_dump({
                "apiVersion": "v1", "kind": "Config", "current-context": "demo",
                "clusters": [{"name": "demo", "cluster": {"server": self.api.server, "certificate-authority-data": self.api.ca}}],
                "users": [{"name": "demo", "user": {"token": token}}],
                "contexts": [{"name": "demo", "context": {"cluster": "demo", "user": "demo"}}]}, out)
        self.webhook = free_port()
        self.spawn("controllers", self.martlet, "controller", "--kubeconfig", own, "--leader-elect",
                   "--namespace", "martlet-system", "--metrics-port", str(free_port()),
                   "--webhook-port", str(self.webhook), POD_NAMESPACE="martlet-system")
        self.say("stage     controllers run as system:serviceaccount:martlet-system:martlet")

    # -- the story -----------------------------------------------------------------------------

    def make_repository(self):
        bare, self.clone = os.path.join(self.work, "shop.git"), os.path.join(self.work, "shop")
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", bare], check=True)
        subprocess.run(["git", "clone", "-q", bare, self.clone], check=True, capture_output=True)
        for folder in {"app", self.folder}:
            shutil.copytree(os.path.join(HERE, folder), os.path.join(self.clone, folder))
        template = self.clone + "/app/analysistemplate.yaml"
        text = open(template).read().replace("http://127.0.0.1:9090", "http://127.0.0.1:%d" % self.prometheus)
        open(template, "w").write(text)
        self.git("checkout", "-q", "-B", "main")
        self.repository = bare

    def push(self, message):
        """Commits and pushes; tells the controllers, as a Git host's webhook does."""
        self.git("add", "-A")
        if message:
            self.git("commit", "-q", "-m", message)
        self.git("push", "-q", "origin", "main")
        commit = self.git("rev-parse", "HEAD")
        body = json.dumps({"ref": "refs/heads/main", "after": commit, "repository": {
            "clone_url": self.repository, "html_url": self.repository, "url": self.repository, "default_branch": "main"}}).encode()
        signature = "sha256=" + hmac.new(WEBHOOK_SECRET.encode(), body, hashlib.sha256).hexdigest()
        connection = http.client.HTTPConnection("127.0.0.1", self.webhook, timeout=5)
        connection.request("POST", "/webhook/git", body, {
            "Content-Type": "application/json", "X-GitHub-Event": "push", "X-Hub-Signature-256": signature})
        status = connection.getresponse().status
        if status >= 300:
            raise Failure("the Git webhook answered %d" % status)
        return commit

    def set_image(self, tag):
        path = self.clone + "/app/kustomization.yaml"
        lines = [("  newTag: " + tag if "newTag:" in line else line) for line in open(path).read().split("\n")]
        open(path, "w").write("\n".join(lines))
        return self.push("web " + tag)

    def rollout(self):
        return self.api.get("/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/web") or {}

    def application(self):
        return self.api.get("/apis/argoproj.io/v1alpha1/namespaces/martlet-system/applications/shop") or {}

    def runs(self):
        return (self.api.get("/apis/argoproj.io/v1alpha1/namespaces/shop/analysisruns") or {}).get("items", [])

    def replica_sets(self):
        return (self.api.get("/apis/apps/v1/namespaces/shop/replicasets") or {}).get("items", [])

    def weight(self, route):
        """The canary's share that a route says; None where there is no such thing."""
        ways = next(rule for rule in route["spec"]["http"] if rule.get("name") == "primary")["route"]
        return next((r.get("weight", 0) for r in ways if r["destination"]["host"] == "web-canary"), 0)

    def follow_weights(self):
        """Notes each weight that the route has had, also one that was there for a moment."""
        while True:
            try:
                connection = http.client.HTTPSConnection(self.api.address, context=self.api.context, timeout=300)
                connection.request("GET", self.routes + "?watch=true", headers=self.api.headers)
                answer = connection.getresponse()
                for line in iter(answer.readline, b""):
                    route = json.loads(line)["object"]
                    if route["metadata"].get("name") != "web":
                        continue
                    weight = self.weight(route)
                    if weight is not None and (not self.weights or self.weights[-1][1] != weight):
                        self.weights.append((time.time(), weight))
                        self.say("weight    %3d %% canary" % weight)
            except (OSError, http.client.HTTPException, KeyError, IndexError, ValueError, StopIteration):
                pass
            time.sleep(0.2)

    def watch(self):
        """Looks on all the time: weights, the rollout's word for itself, the Application's state."""
        while True:
            try:
                weight = self.weights[-1][1] if self.weights else 0
                if weight and (self.application().get("status") or {}).get("sync", {}).get("status") == "Synced":
                    if self.weight(self.api.get(self.routes + "/web")) == weight:
                        self.differed_synced = True
                status = self.rollout().get("status") or {}
                line = "%s%s" % (status.get("phase", ""), ": " + status["message"] if status.get("message") else "")
                if line and self.last_said.get("rollout") != line:
                    self.last_said["rollout"] = line
                    self.statuses.append((time.time(), line))
                    self.say("rollout   " + line)
            except (OSError, http.client.HTTPException, KeyError, IndexError, ValueError, StopIteration):
                pass
            time.sleep(0.1)

    def healthy(self, tag):
        rollout = self.rollout()
        status = rollout.get("status") or {}
        return (status.get("phase") == "Healthy" and status.get("observedGeneration") == str(rollout["metadata"]["generation"])
                and rollout["spec"]["template"]["spec"]["containers"][0]["image"].endswith(":" + tag)
                and status.get("stableRS") == status.get("currentPodHash"))

    def record(self, commit, tag, outcome, start):
        """One release as it was seen: weights and shares from its commit to now."""
        end = time.time()
        before = [w for t, w in self.weights if t < start][-1:]
        weights = [[0.0, before[0]]] if before else []
        weights += [[round(t - start, 1), w] for t, w in self.weights if start <= t < end]
        share = []
        second = start
        while second < end:
            rows = [r for r in self.traffic.between(second, min(second + 1, end)) if r[1]]
            if rows:
                share.append([round(second - start, 1), round(100 * sum(r[1] == tag for r in rows) / len(rows), 1)])
            second += 1
        self.releases.append({"commit": commit, "image": "shop/web:" + tag, "outcome": outcome, "weights": weights, "servedShare": share})

    def first_release(self):
        self.make_repository()
        commit = self.push("web v1")
        application = open(HERE + "/application.yaml").read().replace("REPOSITORY", self.repository)
        application = application.replace("path: app\n", "path: %s\n" % self.folder)
        self.kubectl("apply", "-f", "-", input=application)
        self.say("commit    %s  web v1; Application shop applied" % commit[:7])
        self.wait("v1 healthy", lambda: self.healthy("v1"))
        self.traffic = self.crowd()
        self.wait("v1 answering users", lambda: sum(r[1] == "v1" for r in self.traffic.between(0, 1e12)) > 200)
        self.say("users     v1 answers; %d requests a second from now on" % REQUESTS_PER_SECOND)

    def crowd(self, rate=REQUESTS_PER_SECOND, **headers):
        """More people, who come from now on."""
        traffic = Traffic(self.gateway, rate, **headers)
        traffic.start()
        return traffic

    def alerts_arrive(self):
        """The failed analysis at both receivers, each with metric, value and condition."""
        found = []

        def texts(alert):
            return {**(alert.get("labels") or {}), **(alert.get("annotations") or {}), **alert}

        def complete(alert):
            fields = texts(alert)
            return fields.get("metric") and fields.get("value") not in (None, "") and fields.get("condition") and fields

        def webhook():
            return next((complete(a) for _, a in Receiver.alerts if complete(a)), None)

        def alertmanager():
            alerts = json.loads(self.plain(self.alertmanager, "/api/v2/alerts")[1])
            return next((complete(a) for a in alerts if complete(a)), None)

        for name, source in (("webhook", webhook), ("alertmanager", alertmanager)):
            fields = self.wait("the alert at the " + name, source, 20)
            found.append({"receiver": name, "metric": fields["metric"], "value": fields["value"], "condition": fields["condition"]})
            self.say("alert     at %s: %s = %s, wanted %s" % (name, fields["metric"], fields["value"], fields["condition"]))
        return found

    def permissions(self):
        """The audit log's word that the shipped RBAC names all that the controllers ask for."""
        asked, refused = 0, set()
        with open(os.path.join(self.work, "audit.log")) as log:
            for line in log:
                if not line.endswith("\n"):
                    break
                event = json.loads(line)
                if event["user"]["username"] != "system:serviceaccount:martlet-system:martlet":
                    continue
                asked += 1
                if (event.get("responseStatus") or {}).get("code") in (401, 403):
                    refused.add("%s %s" % (event["verb"], event["requestURI"].split("?")[0]))
        if not asked or refused:
            raise Failure("%d requests of the controllers' ServiceAccount; refused: %s" % (asked, ", ".join(sorted(refused)) or "none"))
        self.say("rbac      %d requests of the controllers' ServiceAccount, none refused" % asked)

    def play(self):
        """The whole story; what was seen in it."""
        self.start_cluster()
        self.start_receivers()
        self.start_controllers()
        threading.Thread(target=self.follow_weights, daemon=True).start()
        threading.Thread(target=self.watch, daemon=True).start()
        self.first_release()
        seen = self.act()
        self.permissions()
        print()
        for release in self.releases:
            print("  %s  %-13s %-10s weights %s" % (
                release["commit"][:7], release["image"], release["outcome"], " ".join("%d" % w for _, w in release["weights"])))
        return {"story": self.story, "releases": self.releases, **seen}

    def stop(self):
        for _, process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for _, process in reversed(self.processes):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()

"""An embedded cluster for tests: started on free ports, stopped by process id."""
import base64
import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import tempfile
import time

import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.environ.get("MARTLET_BIN", os.path.join(ROOT, ".build", "release"))
SHARED = os.environ.get("MARTLET_SHARED", os.path.join(os.path.dirname(ROOT), "shared"))
MARTLET = os.path.join(BIN, "martlet")
PLUGIN = os.path.join(BIN, "kubectl-martlet")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Process:
    def __init__(self, log, *command, **environment):
        self.log, self.stopped = log, False
        with open(log, "ab") as out:
            self.process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT,
                                            env={**os.environ, **environment}, start_new_session=True)

    def text(self):
        return read(self.log)

    def stop(self, sign=signal.SIGTERM):
        """Its exit code. Whoever ended by itself and was never asked to is an error: a crash must not look like slowness."""
        if self.process.poll() is not None and not self.stopped:
            raise AssertionError("%s ended by itself with %d: %s" % (self.process.args, self.process.returncode, last_words(self.text())))
        self.stopped = True
        if self.process.poll() is None:
            self.process.send_signal(sign)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode


def last_words(text):
    """Where a program crashed, with the innermost frames first; the end of its log when it says nothing of the kind."""
    crash = max(text.rfind("*** "), text.rfind("Fatal error:"))
    return text[-4000:] if crash < 0 else text[max(0, crash - 1000):crash + 6000]


def read(path):
    with open(path, errors="replace") as file:
        return file.read()


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def until(what, test, seconds=30.0, every=0.1):
    """What the test gives as soon as it is true; an assertion error with the last answer otherwise."""
    end, last = time.time() + seconds, None
    while time.time() < end:
        try:
            last = test()
        except (OSError, http.client.HTTPException, ValueError, LookupError, TypeError, AssertionError) as error:  # Not there yet.
            last = error
        if last and not isinstance(last, Exception):
            return last
        time.sleep(every)
    raise AssertionError("%s: not within %g s; last: %r" % (what, seconds, last))


class Cluster:
    """`martlet up`, with kubectl at hand."""

    def __init__(self, *flags, data_dir=None, crds=True, port=0):
        self.work = tempfile.mkdtemp(prefix="martlet-test-")
        self.kubeconfig = os.path.join(self.work, "kubeconfig")
        self.flags, self.data_dir, self.port, self.others = flags, data_dir, port, []
        self.start()
        if crds:
            self.kubectl("apply", "--server-side", "-f", ROOT + "/crds", "-f", ROOT + "/crds/third-party")
            self.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")

    def start(self):
        storage = ["--data-dir", self.data_dir] if self.data_dir else ["--ephemeral"]
        log = os.path.join(self.work, "up.log")
        seen = len(read(log)) if os.path.exists(log) else 0
        self.up = Process(log, MARTLET, "up", *storage, "--port", str(self.port), "--write-kubeconfig", self.kubeconfig, *self.flags)
        until("martlet up", lambda: "ready" in self.up.text()[seen:] or self.up.process.poll() is not None)
        assert self.up.process.poll() is None, self.up.text()
        config = yaml.safe_load(read(self.kubeconfig))
        self.server = config["clusters"][0]["cluster"]["server"]
        self.ca = config["clusters"][0]["cluster"]["certificate-authority-data"]
        self.token = config["users"][0]["user"]["token"]
        self.context = ssl.create_default_context(cadata=base64.b64decode(self.ca).decode())

    def install(self):
        """The shipped namespace and RBAC, and a kubeconfig of the ServiceAccount."""
        self.kubectl("apply", "-f", ROOT + "/examples/install/namespace.yaml", "-f", ROOT + "/examples/install/rbac.yaml")
        token = self.kubectl("create", "token", "martlet", "-n", "martlet-system", "--duration=2h").strip()
        own = os.path.join(self.work, "martlet.kubeconfig")
        with open(own, "w") as out:
            os.chmod(own, 0o600)
            yaml.safe_dump({
                "apiVersion": "v1", "kind": "Config", "current-context": "c",
                "clusters": [{"name": "c", "cluster": {"server": self.server, "certificate-authority-data": self.ca}}],
                "users": [{"name": "c", "user": {"token": token}}],
                "contexts": [{"name": "c", "context": {"cluster": "c", "user": "c"}}]}, out)
        return own

    def controller(self, *flags):
        own = os.path.join(self.work, "martlet.kubeconfig")
        if not os.path.exists(own):
            self.install()
        process = Process(os.path.join(self.work, "controller.log"), MARTLET, "controller", "--kubeconfig", own,
                          "--namespace", "martlet-system", "--metrics-port", str(free_port()), *flags,
                          POD_NAMESPACE="martlet-system")
        self.others.append(process)
        return process

    def kubectl(self, *args, input=None, check=True, kubeconfig=None):
        run = subprocess.run(["kubectl", "--kubeconfig", kubeconfig or self.kubeconfig, *args], input=input,
                             capture_output=True, text=True, timeout=120)
        if check and run.returncode:
            raise AssertionError("kubectl %s: %s%s" % (" ".join(args), run.stdout, run.stderr))
        return run.stdout if check else run

    def apply(self, *objects, namespace="default"):
        text = yaml.safe_dump_all(objects)
        given = objects[0]["metadata"].get("namespace")
        return self.kubectl("apply", "-n", given or namespace, "-f", "-", input=text)

    def request(self, method, path, body=None, kind="application/json"):
        connection = http.client.HTTPSConnection(self.server.split("//")[1], context=self.context, timeout=20)
        connection.request(method, path, None if body is None else json.dumps(body),
                           {"Authorization": "Bearer " + self.token, "Content-Type": kind})
        answer = connection.getresponse()
        raw = answer.read()
        connection.close()
        return answer.status, json.loads(raw) if raw[:1] in b"{[" else raw

    def get(self, path):
        status, body = self.request("GET", path)
        return body if status == 200 else None

    def rollout(self, name, namespace="default"):
        return self.get("/apis/argoproj.io/v1alpha1/namespaces/%s/rollouts/%s" % (namespace, name)) or {}

    def phase(self, name, namespace="default"):
        """The phase that clients show: only of a spec that the controller has seen."""
        rollout = self.rollout(name, namespace)
        status = rollout.get("status") or {}
        seen = rollout and status.get("observedGeneration") == str(rollout["metadata"]["generation"])
        return status.get("phase") if seen else None

    def stop(self):
        try:
            for process in self.others:
                process.stop()
        finally:
            code = self.up.stop()
        return code

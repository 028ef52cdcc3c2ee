"""Ways to an API server: client certificates, proxies, credential plugins; and what is said when they fail."""
import base64
import http.client
import http.server
import json
import os
import ssl
import subprocess
import threading
import unittest

import yaml

import manifests
from cluster import PLUGIN, Cluster, free_port, read, write
from git_servers import Authority, Proxy

TOKEN = "t0ken-of-a-plugin"


class Front:
    """A TLS server before the cluster that lets only holders of certificates (or of the plugin's token) in."""

    def __init__(self, cluster, authority, names="IP:127.0.0.1", needs_certificate=True):
        outer = self
        self.subjects = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                certificate = self.connection.getpeercert() or {}
                names = [value for part in certificate.get("subject", ()) for key, value in part if key == "commonName"]
                outer.subjects += names
                status, body = 401, b'{"kind":"Status","apiVersion":"v1","status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}'
                if names or self.headers.get("Authorization") == "Bearer " + TOKEN:
                    inner = http.client.HTTPSConnection(cluster.server.split("//")[1], context=cluster.context, timeout=20)
                    inner.request("GET", self.path, headers={"Authorization": "Bearer " + cluster.token, "Accept": "application/json"})
                    answer = inner.getresponse()
                    status, body = answer.status, answer.read()
                    inner.close()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        port = self.server.server_address[1]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*authority.issue("front-%d" % port, "/CN=front", names=names))
        context.load_verify_locations(authority.certificate)
        context.verify_mode = ssl.CERT_REQUIRED if needs_certificate else ssl.CERT_OPTIONAL
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.server.handle_error = lambda *_: None
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = "https://127.0.0.1:%d" % port

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def encoded(path):
    with open(path, "rb") as file:
        return base64.b64encode(file.read()).decode()


class KubeAccessTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster()
        cls.cluster.apply(manifests.rollout("seen", routed=False))
        cls.work = cls.cluster.work
        cls.authority = Authority(cls.work)
        other = os.path.join(cls.work, "other")
        os.makedirs(other)
        cls.stranger = Authority(other)
        cls.alice = cls.authority.issue("alice", "/CN=alice", "clientAuth", "DNS:alice")
        cls.mallory = cls.stranger.issue("mallory", "/CN=mallory", "clientAuth", "DNS:mallory")
        cls.strict = Front(cls.cluster, cls.authority)
        cls.open = Front(cls.cluster, cls.authority, needs_certificate=False)
        cls.named = Front(cls.cluster, cls.authority, names="DNS:api.test")

    @classmethod
    def tearDownClass(cls):
        for front in (cls.strict, cls.open, cls.named):
            front.stop()
        cls.cluster.stop()

    def list(self, server, user, authority=None, **cluster):
        """What the plugin says with a kubeconfig of that server and user."""
        config = os.path.join(self.work, "config-%s" % self.id().split(".")[-1])
        with open(config, "w") as out:
            yaml.safe_dump({
                "apiVersion": "v1", "kind": "Config", "current-context": "c",
                "clusters": [{"name": "c", "cluster": {
                    "server": server, "certificate-authority-data": encoded((authority or self.authority).certificate), **cluster}}],
                "users": [{"name": "c", "user": user}], "contexts": [{"name": "c", "context": {"cluster": "c", "user": "c"}}]}, out)
        run = subprocess.run([PLUGIN, "list", "rollouts", "--kubeconfig", config], capture_output=True, text=True, timeout=60,
                             env={k: v for k, v in os.environ.items() if "proxy" not in k.lower()})
        self.assertNotIn(TOKEN, run.stdout + run.stderr)
        self.assertNotIn("PRIVATE KEY", run.stdout + run.stderr)
        return run

    def works(self, *args, **more):
        run = self.list(*args, **more)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("seen", run.stdout)

    def fails(self, words, *args, **more):
        run = self.list(*args, **more)
        self.assertNotEqual(run.returncode, 0)
        self.assertRegex(run.stderr, words)

    def certificate(self, pair):
        return {"client-certificate-data": encoded(pair[0]), "client-key-data": encoded(pair[1])}

    def test_a_client_certificate_from_the_file_or_beside_it(self):
        self.works(self.strict.url, self.certificate(self.alice))
        self.works(self.strict.url, {"client-certificate": os.path.basename(self.alice[0]), "client-key": self.alice[1]})
        self.assertEqual(set(self.strict.subjects), {"alice"})

    def test_without_the_right_certificate_nobody_comes_in(self):
        # With TLS 1.3 the refusal may be overtaken by the end of the connection.
        refusal = r"(?i)certificate|handshake|tls|ssl|unknown ca|connection broke"
        self.fails(refusal, self.strict.url, {})
        self.fails(refusal, self.strict.url, self.certificate(self.mallory))
        self.fails(r"(?i)unauthorized|log ?in", self.open.url, {})
        self.assertNotIn("mallory", self.strict.subjects)

    def test_the_server_must_be_the_one_that_is_meant(self):
        self.fails(r"(?i)certificate", self.strict.url, self.certificate(self.alice), authority=self.stranger)
        self.fails(r"(?i)certificate|name|match", self.named.url, self.certificate(self.alice))
        self.works(self.named.url, self.certificate(self.alice), **{"tls-server-name": "api.test"})

    def test_a_proxy_is_used_for_the_cluster_that_names_it(self):
        proxy = Proxy()
        try:
            self.works(self.strict.url, self.certificate(self.alice), **{"proxy-url": proxy.url})
            self.assertEqual(set(proxy.tunnels), {self.strict.url.split("//")[1]})
        finally:
            proxy.stop()
        self.fails(r"(?i)proxy|connect|refused", self.strict.url, self.certificate(self.alice), **{"proxy-url": "http://127.0.0.1:%d" % free_port()})

    def plugin(self, name, status, **more):
        """An exec plugin that answers with a credential, and notes that it ran."""
        program, answer = os.path.join(self.work, name), os.path.join(self.work, name + ".json")
        write(answer, json.dumps({"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": status}))
        write(program, '#!/bin/sh\necho "$KUBERNETES_EXEC_INFO $WORD $1" >> %s.ran\ncat %s\n' % (program, answer))
        os.chmod(program, 0o755)
        return {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": program, "args": ["given"], "interactiveMode": "Never",
                         "env": [{"name": "WORD", "value": "of-the-environment"}], "provideClusterInfo": True, **more}}

    def test_a_plugin_gives_a_certificate_or_a_token(self):
        self.works(self.strict.url, self.plugin("gives-certificate", {
            "clientCertificateData": read(self.alice[0]), "clientKeyData": read(self.alice[1])}))
        self.works(self.open.url, self.plugin("gives-token", {"token": TOKEN}))
        ran = read(os.path.join(self.work, "gives-token.ran")).strip().split("\n")
        self.assertEqual(len(ran), 1, "one run, however many requests")
        self.assertIn("of-the-environment given", ran[0])
        self.assertEqual(json.loads(ran[0].split(" of-the")[0])["spec"]["cluster"]["server"], self.open.url)

    def test_a_plugin_that_does_not_help_says_why(self):
        self.fails("unauthorized|Unauthorized|log ?in", self.open.url, self.plugin("gives-wrong", {"token": "another"}))
        self.fails("ask the people of the platform", self.open.url, {"exec": {
            "apiVersion": "client.authentication.k8s.io/v1", "command": "no-such-plugin-here", "installHint": "ask the people of the platform"}})
        noisy = self.plugin("is-noisy", {"token": TOKEN})
        write(os.path.join(self.work, "is-noisy"), "#!/bin/sh\necho %s\nexit 3\n" % TOKEN)
        self.fails("is-noisy failed", self.open.url, noisy)


if __name__ == "__main__":
    unittest.main()

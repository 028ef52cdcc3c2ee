"""Private repositories over HTTPS and SSH: what opens them, what is said without it, and that no secret is seen."""
import json
import os
import threading
import time
import unittest

import manifests
from cluster import Cluster, until
from git_servers import Authority, GitOverHTTPS, GitOverSSH, Proxy, commit, repository

USER, PASSWORD, TOKEN, WRONG = "deploy", "pa55-w0rd-of-the-test", "t0ken-of-the-test", "wr0ng-w0rd-of-the-test"
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\ndata: {a: '%s'}\n"


class CommandLines(threading.Thread):
    """What every user of the machine can read: the arguments of all processes, looked at again and again."""

    def __init__(self):
        super().__init__(daemon=True)
        self.seen, self.ends = set(), False

    def run(self):
        while not self.ends:
            for name in os.listdir("/proc"):
                if name.isdigit():
                    try:
                        with open("/proc/%s/cmdline" % name, "rb") as file:
                            self.seen.add(file.read().replace(b"\0", b" ").decode(errors="replace"))
                    except OSError:
                        pass
            time.sleep(0.01)


class GitServerTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster()
        cls.cluster.install()
        cls.work = cls.cluster.work
        cls.root = os.path.join(cls.work, "repositories")
        os.makedirs(cls.root)
        cls.authority = Authority(cls.work)
        cls.elsewhere = GitOverHTTPS(cls.root, cls.authority, USER, PASSWORD, names="DNS:localhost", host="localhost")
        cls.https = GitOverHTTPS(cls.root, cls.authority, USER, PASSWORD, TOKEN, moved_to=cls.elsewhere.url)
        cls.ssh = GitOverSSH(cls.work) if os.path.exists(GitOverSSH.PROGRAM) else None
        cls.secrets = [PASSWORD, TOKEN, WRONG]
        cls.lines = CommandLines()
        cls.lines.start()
        cls.controller = cls.cluster.controller("--sync-interval", "2")

    @classmethod
    def tearDownClass(cls):
        cls.lines.ends = True
        cls.cluster.stop()
        for server in (cls.https, cls.elsewhere, cls.ssh):
            if server:
                server.stop()

    def tearDown(self):
        self.assertIsNone(self.controller.process.poll(), "the controller ended: " + self.controller.text()[-2000:])
        events = json.dumps(self.cluster.get("/api/v1/events"))
        applications = json.dumps(self.cluster.get("/apis/argoproj.io/v1alpha1/applications"))
        for secret in self.secrets:
            for name, text in (("log", self.controller.text()), ("events", events), ("applications", applications),
                               ("command lines", "\n".join(self.lines.seen))):
                self.assertNotIn(secret, text, "a secret is in the " + name)
        self.assertTrue(any("ls-remote" in line for line in self.lines.seen), "no git was seen")

    def repository(self, name):
        return repository(os.path.join(self.root, name), {"a.yaml": CONFIG % (name, 1)})

    def app(self, name, url):
        self.cluster.apply(manifests.application(name, url, name))

    def status(self, name):
        return (self.cluster.get("/apis/argoproj.io/v1alpha1/namespaces/martlet-system/applications/" + name) or {}).get("status") or {}

    def until_said(self, name, words):
        until("%s says %s" % (name, words), lambda: words in json.dumps(self.status(name).get("conditions")), 30)

    def until_synced(self, name):
        until(name + " synced", lambda: self.status(name).get("sync", {}).get("status") == "Synced", 40)
        self.assertFalse(self.status(name).get("conditions"))

    def secret(self, name, kind, namespace="martlet-system", **data):
        # Applied over an old one, keys that are not given would stay.
        self.cluster.kubectl("delete", "secret", name, "-n", namespace, "--ignore-not-found")
        self.cluster.apply({"apiVersion": "v1", "kind": "Secret", "stringData": data, "metadata": {
            "name": name, "namespace": namespace, "labels": {"argocd.argoproj.io/secret-type": kind}}}, namespace=namespace)

    def config_map(self, name, data):
        self.cluster.apply({"apiVersion": "v1", "kind": "ConfigMap", "data": data, "metadata": {
            "name": name, "namespace": "martlet-system", "labels": {"app.kubernetes.io/part-of": "argocd"}}}, namespace="martlet-system")

    def test_https_step_by_step(self):
        path, url = self.repository("web"), self.https.url + "/web/.git"
        self.app("web", url)
        self.until_said("web", "certificate")
        self.config_map("argocd-tls-certs-cm", {"127.0.0.1": self.authority.text()})
        self.until_said("web", "refused the credentials")
        # What other namespaces hold does not count.
        self.secret("web", "repository", "default", url=url, username=USER, password=PASSWORD)
        self.secret("web", "repo-creds", url=self.https.url, username=USER, password=WRONG)
        until("the wrong password tried", lambda: any((a or "").startswith("Basic") for _, a in self.https.seen))
        self.until_said("web", "refused the credentials")
        self.secret("web", "repo-creds", url=self.https.url, username=USER, password=PASSWORD)
        self.until_synced("web")
        commit(path, {"b.yaml": CONFIG % ("web-two", 1)})
        until("the next commit", lambda: self.cluster.get("/api/v1/namespaces/web/configmaps/web-two"))

    def test_a_token_a_header_unasked_and_a_proxy(self):
        proxy = Proxy()
        try:
            for name, data in (("token", {"bearerToken": TOKEN}),
                               ("unasked", {"username": USER, "password": PASSWORD, "forceHttpBasicAuth": "true"}),
                               ("proxied", {"username": USER, "password": PASSWORD, "proxy": proxy.url})):
                self.repository(name)
                url = "%s/%s/.git" % (self.https.url, name)
                self.secret(name, "repository", url=url, **{"ca.crt": self.authority.text(), **data})
                self.app(name, url)
                self.until_synced(name)
            first = next(a for path, a in self.https.seen if path.startswith("/unasked"))
            self.assertTrue(first and first.startswith("Basic"))
            self.assertEqual(set(proxy.tunnels), {self.https.url.split("//")[1]})
        finally:
            proxy.stop()

    def test_a_password_does_not_follow_the_server_elsewhere(self):
        self.repository("away")
        url = self.https.url + "/moved/away/.git"
        self.secret("away", "repository", url=url, username=USER, password=PASSWORD, **{"ca.crt": self.authority.text()})
        self.app("away", url)
        self.until_said("away", "refused the credentials")
        self.assertTrue(self.elsewhere.seen, "the client went nowhere")
        self.assertEqual({a for _, a in self.elsewhere.seen}, {None})

    def test_ssh_with_a_key_and_known_hosts(self):
        if self.ssh is None:
            self.skipTest("skipped: there is no sshd")
        with open(self.ssh.key) as file:
            key = file.read()
        self.secrets.append(key.split("\n")[1])
        path = self.repository("shell")
        url = self.ssh.url + path
        self.app("shell", url)
        self.until_said("shell", "host key is unknown")
        # Any server's key but this one.
        self.secret("shell", "repository", url=url, sshPrivateKey=key, known_hosts="example.test ssh-ed25519 " + self.ssh.known_hosts.split()[2])
        self.until_said("shell", "host key is unknown")
        self.secret("shell", "repository", url=url, known_hosts=self.ssh.known_hosts)
        self.until_said("shell", "refused the credentials")
        self.secret("shell", "repository", url=url, sshPrivateKey=key, known_hosts=self.ssh.known_hosts)
        self.until_synced("shell")
        # The same from the ConfigMap that Argo CD has for all repositories.
        self.config_map("argocd-ssh-known-hosts-cm", {"ssh_known_hosts": self.ssh.known_hosts})
        other = self.ssh.url + self.repository("shell-two")
        self.secret("shell-two", "repo-creds", url=self.ssh.url, sshPrivateKey=key)
        self.app("shell-two", other)
        self.until_synced("shell-two")


if __name__ == "__main__":
    unittest.main()

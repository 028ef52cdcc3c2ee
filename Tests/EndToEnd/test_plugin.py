"""The plugin's binary against `martlet up` and the controller: what it prints, writes and returns."""
import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import termios
import time
import unittest

import manifests
from cluster import PLUGIN, Cluster, until, write


class PluginTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster()
        cls.cluster.controller()
        cls.cluster.kubectl("create", "namespace", "shop")

    @classmethod
    def tearDownClass(cls):
        cls.cluster.stop()

    def run_plugin(self, *args, code=0, input=None):
        run = subprocess.run([PLUGIN, *args], input=input, capture_output=True, text=True, timeout=60,
                             env={**os.environ, "KUBECONFIG": self.cluster.kubeconfig})
        self.assertEqual(run.returncode, code, (args, run.stdout, run.stderr))
        return run

    def out(self, *args, **more):
        return self.run_plugin(*args, "-n", "shop", **more).stdout

    def deploy(self, name, **more):
        self.cluster.apply(*manifests.app(name, **more), namespace="shop")
        self.out("status", name, "--timeout", "30s")

    def test_an_update_from_plan_to_promotion(self):
        steps = [{"setWeight": 20}, {"pause": {}}, {"setWeight": 60}, {"pause": {"duration": 1}}]
        objects = manifests.app("web", steps=steps)
        file = os.path.join(self.cluster.work, "web.json")
        plan = self.out("plan", "-", "--pod-ready", "5s", input=json.dumps(objects[3]))
        self.assertIn("first deployment", plan)
        self.assertIn('Service "web-stable" is not there: assumed', plan)
        self.assertIn("2/4 pause, until `kubectl martlet promote web`", plan)
        self.deploy("web", steps=steps)
        self.assertIn("✔ Healthy", self.out("get", "rollout", "web"))
        self.assertEqual(self.out("set", "image", "web", "main=shop/web:2"), 'rollout "web" image updated\n')
        run = self.run_plugin("status", "web", "-n", "shop", "--exit-on-paused", "--timeout", "30s", code=2)
        self.assertTrue(run.stdout.endswith("Paused - CanaryPauseStep\n"), run.stdout)
        shown = self.out("get", "ro", "web")
        self.assertIn("shop/web:2 (canary)", shown)
        why = self.out("why", "web")
        self.assertRegex(why, r"Waits for: +promote")
        self.assertIn("nothing ends it by itself", why)
        self.assertRegex(why, r"canary +web-\S+ +2 +1 +1 +20")
        rest = self.out("plan", "--rollout", "web")
        self.assertIn("Done after", rest)
        self.assertNotIn("1/4", rest)
        write(file, json.dumps(objects[3]))
        self.assertEqual(self.out("promote", "web"), "rollout 'web' promoted\n")
        self.assertTrue(self.out("status", "web", "--timeout", "30s").endswith("Healthy\n"))
        self.assertEqual(self.out("undo", "web"), "rollout 'web' undo\n")
        self.assertIn("skipped rollback", self.out("undo", "web", "--to-revision", "3"))

    def test_an_abort_with_its_reason_and_a_retry(self):
        self.deploy("aborted", steps=[{"setWeight": 50}, {"pause": {}}])
        self.out("set", "image", "aborted", "*=shop/web:2")
        self.run_plugin("status", "aborted", "-n", "shop", "--exit-on-paused", "--timeout", "30s", code=2)
        self.assertEqual(self.out("abort", "aborted", "--reason", "too many errors"), "rollout 'aborted' aborted\n")
        run = self.run_plugin("status", "aborted", "-n", "shop", "--timeout", "30s", code=1)
        self.assertIn("Error: The rollout is in a degraded state with message: RolloutAborted", run.stderr)
        self.assertIn("aborted because: too many errors", self.out("why", "aborted"))
        self.assertEqual(self.out("retry", "rollout", "aborted"), "rollout 'aborted' retried\n")
        until("paused again", lambda: self.out("status", "aborted", "--watch=false").startswith("Paused"))
        self.assertNotIn("too many errors", self.out("why", "aborted"))
        self.assertEqual(self.out("promote", "aborted", "--full"), "rollout 'aborted' fully promoted\n")
        self.out("status", "aborted", "--timeout", "30s")

    def test_formats_lists_and_habits(self):
        self.deploy("listed")
        self.assertEqual(json.loads(self.out("get", "rollout", "listed", "-o", "json"))["kind"], "Rollout")
        self.assertIn("kind: Rollout", self.out("get", "rollout", "listed", "-o", "yaml"))
        self.assertEqual(self.out("get", "rollout", "listed", "-o", "name"), "rollout.argoproj.io/listed\n")
        self.assertRegex(self.out("list", "rollouts", "--name", "listed"), r"listed +Canary +Healthy +3/3 +100")
        self.assertEqual(json.loads(self.out("status", "listed", "-o", "json"))["phase"], "Healthy")
        # Flags before the verb, and flags with values that are none.
        self.assertIn("listed", self.run_plugin("-n", "shop", "list", "ro", "--watch=false").stdout)
        run = self.run_plugin("list", "experiments", "-n", "shop")
        self.assertEqual((run.stdout, run.stderr), ("", "No resources found.\n"))
        run = self.run_plugin("get", "rollout", "none", "-n", "shop", code=1)
        self.assertEqual(run.stdout, "")
        self.assertIn('Error: rollout.argoproj.io "none" not found', run.stderr)
        run = self.run_plugin("get", code=1)
        self.assertEqual(run.stdout, "")
        self.assertIn("USAGE", run.stderr)
        self.run_plugin("status", "listed", "--timeout", "soon", "-n", "shop", code=1)
        names = self.run_plugin("__complete", "-n", "shop", "get", "rollout", "li").stdout.split()
        self.assertEqual(names, ["listed", ":4"])
        self.assertIn("rollout", self.run_plugin("__complete", "get", "").stdout.split())

    def test_create_refuses_what_nobody_knows(self):
        good = manifests.template("made", "http://127.0.0.1:1")
        self.assertEqual(self.out("create", "-f", "-", input=json.dumps(good)), "analysistemplate.argoproj.io/made created\n")
        bad = {**good, "metadata": {"name": "bad"}, "spec": {**good["spec"], "metrix": []}}
        run = self.run_plugin("create", "-f", "-", "-n", "shop", code=1, input=json.dumps(bad))
        self.assertIn("metrix", run.stderr)
        made = self.out("create", "analysisrun", "--from", "made", "--name", "once")
        self.assertEqual(made, "analysisrun.argoproj.io/once created\n")
        self.assertEqual(self.out("terminate", "ar", "once"), "analysisRun 'once' terminated\n")
        run = self.run_plugin("create", "ar", "--from", "made", "-a", "x=1", "-n", "shop", code=1)
        self.assertIn('declares no argument "x"', run.stderr)

    def test_a_watch_draws_only_what_changes(self):
        self.deploy("drawn")
        main, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
        process = subprocess.Popen([PLUGIN, "get", "rollout", "drawn", "-w", "-n", "shop"], stdout=side, stderr=side,
                                   env={**os.environ, "KUBECONFIG": self.cluster.kubeconfig, "TERM": "xterm"})
        os.close(side)
        try:
            seen = read_until(main, lambda text: "Available:" in text)
            self.assertNotIn("\x1b[2J", seen)
            process.send_signal(2)
            seen += read_until(main, lambda text: "\x1b[?1049l" in text)
            self.assertEqual(process.wait(10), 0)
        finally:
            process.kill()
            process.wait()
            os.close(main)
        # The whole picture came once; after it only single lines.
        self.assertEqual(seen.split("\x1b[?1049l")[0].count("Strategy:"), 1)


def read_until(terminal, test, seconds=20):
    text, end = "", time.time() + seconds
    while time.time() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                text += os.read(terminal, 65536).decode(errors="replace")
            except OSError:
                break
        if test(text):
            return text
    raise AssertionError("not seen in %r" % text)


if __name__ == "__main__":
    unittest.main()

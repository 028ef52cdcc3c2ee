"""The demo's shorter stories, each played with real requests; `make demo` plays the long one."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

from cluster import BIN, ROOT


class StoryTests(unittest.TestCase):
    def play(self, story):
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "seen.json")
            run = subprocess.run([sys.executable, ROOT + "/examples/quickstart/demo.py", "--story", story, "--bin", BIN, "--json", out],
                                 capture_output=True, text=True, timeout=240)
            self.assertEqual(run.returncode, 0, run.stdout[-3000:] + run.stderr[-3000:])
            with open(out) as file:
                seen = json.load(file)
        self.assertEqual(seen["story"], story)
        self.assertEqual([r["outcome"] for r in seen["releases"]], ["promoted", "rolledBack"])
        self.assertEqual({a["receiver"] for a in seen["alerts"]}, {"webhook", "alertmanager"})
        return seen

    def test_bluegreen(self):
        seen = self.play("bluegreen")
        self.assertEqual(seen["userErrorPercent"], 0)
        self.assertLess(seen["secondsOfSwitch"], 2)

    def test_header(self):
        self.assertEqual(self.play("header")["userErrorPercent"], 0)

    def test_gateway_api(self):
        seen = self.play("gateway-api")
        weights = [weight for _, weight in seen["releases"][0]["weights"]]
        self.assertEqual([w for w in weights if w not in (0, 100)], [25, 50])
        # The same three, in the same way, as in the long story.
        for name, phase in (("good", "Successful"), ("bad", "Failed")):
            self.assertEqual(seen["verdicts"][name], {"template": phase, "judge": phase, "test": phase})

    def test_mirror(self):
        self.assertEqual(self.play("mirror")["userErrorPercent"], 0)


if __name__ == "__main__":
    unittest.main()

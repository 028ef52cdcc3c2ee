"""Three verdicts on one release: the template's, the judge's, and that of `martlet analysis test`.

The template is the AnalysisRun's of the rollout. The judge compares canary and stable by `martlet
analysis run` while the release is tried. What Prometheus holds of the run's time is then recorded,
and played through the same template in virtual time.
"""
import json
import os
import re
import subprocess
import time
import urllib.parse

import yaml

from stage import HERE, Failure

CANARY, STABLE = "web-canary", "web-stable"
#: What the rollout made of a release, and what all three have to say of it.
WANTED = {"good": "Successful", "bad": "Failed"}


class Verdicts:
    """Watches one release from its first traffic on."""

    def __init__(self, stage, name, start):
        self.stage, self.name, self.start = stage, name, start
        stage.wait("traffic on the %s version" % name, lambda: any(t >= start and w for t, w in stage.weights))
        self.output = open(os.path.join(stage.work, "judge-%s.json" % name), "w+")
        self.judge = subprocess.Popen(
            [stage.martlet, "analysis", "run", HERE + "/judge.yaml", "--arg", "canary=" + CANARY, "--arg", "stable=" + STABLE,
             "--address", "http://127.0.0.1:%d" % stage.prometheus, "--for", "60s", "--json"],
            stdout=self.output, stderr=subprocess.STDOUT)

    def compare(self):
        """The three verdicts; a Failure when they are not what the release deserves."""
        run = self.run()
        tested, said = self.tested(run)
        judged = self.judged()
        verdicts = {"template": run["status"]["phase"], "judge": judged["phase"], "test": tested}
        if set(verdicts.values()) != {WANTED[self.name]}:
            raise Failure("of the %s version the verdicts are %s, wanted %s\n%s\n%s" % (
                self.name, verdicts, WANTED[self.name], json.dumps(judged), said))
        self.stage.say("verdicts  %s: template %s, analysis test %s on what Prometheus recorded, judge %s" % (
            self.name, verdicts["template"], verdicts["test"], verdicts["judge"]))
        self.stage.say("judge     " + judged["measurements"][-1]["message"])
        return verdicts

    def run(self):
        """The release's AnalysisRun once it has ended."""
        def ended():
            since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.start - 1))
            runs = [r for r in self.stage.runs() if r["metadata"]["creationTimestamp"] >= since]
            return next((r for r in runs if (r.get("status") or {}).get("completedAt")), None)
        return self.stage.wait("the end of the analysis", ended, 20)

    def judged(self):
        try:
            self.judge.wait(45)
        except subprocess.TimeoutExpired:
            self.judge.kill()
            raise Failure("the judge of the %s version is not done" % self.name)
        self.output.seek(0)
        text = self.output.read()
        try:
            return json.loads(text)
        except ValueError:
            raise Failure("the judge of the %s version: %s" % (self.name, text))

    def tested(self, run):
        """What `martlet analysis test` makes of the recorded series, and its words."""
        path = self.stage.clone + "/app/analysistemplate.yaml"
        with open(path) as file:
            metric = yaml.safe_load(file)["spec"]["metrics"][0]
        query = metric["provider"]["prometheus"]["query"].replace("{{args.service}}", CANARY)
        first, last = run["status"]["startedAt"], run["status"]["completedAt"]
        status, answer = self.stage.plain(self.stage.prometheus, "/api/v1/query_range?" + urllib.parse.urlencode(
            {"query": query, "start": first, "end": last, "step": "1s"}))
        if status != 200 or not json.loads(answer)["data"]["result"]:
            raise Failure("Prometheus has no series of the %s version: %s" % (self.name, answer.decode()))
        recorded = os.path.join(self.stage.work, "recorded-%s.json" % self.name)
        with open(recorded, "wb") as out:
            out.write(answer)
        test = {"name": "the %s version" % self.name, "metrics": {metric["name"]: {"recorded": recorded}},
                "expect": {"phase": WANTED[self.name]}}
        if self.name == "good":
            test["terminateAt"] = "%ds" % (seconds(last) - seconds(first))  # as its promotion did
        file = os.path.join(self.stage.work, "analysis-test-%s.yaml" % self.name)
        with open(file, "w") as out:
            yaml.safe_dump({"templates": [path], "args": {"service": CANARY}, "tests": [test]}, out)
        done = subprocess.run([self.stage.martlet, "analysis", "test", "--verbose", file], capture_output=True, text=True)
        said = re.search(r"(?m)^ +verdict +(\w+)", done.stdout)
        return said and said.group(1), done.stdout + done.stderr


def seconds(text):
    return time.mktime(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))

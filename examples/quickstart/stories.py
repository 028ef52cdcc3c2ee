"""Four more stories, each under a minute: blue-green, a header for testers, an HTTPRoute, a mirror."""
import subprocess
import time

from stage import Failure, Stage
from verdicts import Verdicts


class Story(Stage):
    """A good release, then one that answers 20 % errors."""

    def release(self, tag, word):
        start, commit = time.time(), self.set_image(tag)
        self.say("commit    %s  web %s (%s)" % (commit[:7], tag, word))
        return start, commit

    def promoted(self, tag, start, commit):
        self.wait(tag + " promoted", lambda: self.healthy(tag))
        now = time.time()
        self.wait("all users on " + tag, lambda: time.time() > now + 2 and set(self.traffic.versions(now + 0.5)) == {tag}, 10)
        self.record(commit, tag, "promoted", start)
        self.say("promoted  " + tag)

    def rolled_back(self, tag, stable, start, commit):
        self.wait(tag + " rolled back", lambda: self.phase() == "Degraded")
        now = time.time()
        self.wait("all users on " + stable, lambda: time.time() > now + 2 and set(self.traffic.versions(now + 1)) == {stable}, 10)
        self.record(commit, tag, "rolledBack", start)
        self.say("rolled back: " + (self.rollout().get("status") or {}).get("message", ""))

    def phase(self):
        """The phase of the spec that the controller has seen."""
        rollout = self.rollout()
        status = rollout.get("status") or {}
        return status.get("phase") if status.get("observedGeneration") == str(rollout["metadata"]["generation"]) else None

    def unharmed(self, start, *versions):
        """The users' failed requests in percent; they may have seen those versions and no failure of others."""
        seen = self.traffic.versions(start)
        if set(seen) - {*versions, ""}:
            raise Failure("users were served %s" % dict(seen))
        return round(100 * seen[""] / max(1, sum(seen.values())), 2)


class BlueGreen(Story):
    story, folder = "bluegreen", "stories/bluegreen"

    def weight(self, route):
        return None

    def act(self):
        testers = self.crowd(40, Host="preview.shop.example")
        start, commit = self.release("v2", "good")
        self.wait("testers see v2", lambda: testers.versions(start)["v2"] > 20)
        if self.traffic.versions(start)["v2"]:
            raise Failure("users were served v2 before its analysis")
        self.say("preview   testers get v2 while all users get v1")
        self.promoted("v2", start, commit)
        rows = self.traffic.between(start)
        first, last = min(r[0] for r in rows if r[1] == "v2"), max(r[0] for r in rows if r[1] == "v1")
        self.say("switched  in %.2f s from the first answer of v2 to the last one of v1" % max(0, last - first))
        errors = self.unharmed(start, "v1", "v2")
        start, commit = self.release("v3", "answers 20 % errors")
        self.wait("testers see v3", lambda: testers.versions(start)["v3"] > 20)
        self.rolled_back("v3", "v2", start, commit)
        alerts = self.alerts_arrive()
        errors = max(errors, self.unharmed(start, "v2"))
        if errors:
            raise Failure("users saw %.2f %% failed requests" % errors)
        self.say("users     saw no failed request, and never v3")
        return {"alerts": alerts, "userErrorPercent": errors, "secondsOfSwitch": round(max(0.0, last - first), 2),
                "testerVersions": dict(testers.versions(0))}


class Header(Story):
    story, folder = "header", "stories/header"

    def rules(self):
        return [rule.get("name") for rule in self.api.get(self.routes + "/web")["spec"]["http"]]

    def act(self):
        testers = self.crowd(40, x_beta="yes")
        start, commit = self.release("v2", "good")
        self.wait("testers on v2", lambda: set(testers.versions(time.time() - 1)) == {"v2"})
        if self.rules() != ["beta", "primary"] or self.traffic.versions(start)["v2"]:
            raise Failure("the routes are %s; users were served %s" % (self.rules(), dict(self.traffic.versions(start))))
        self.say("header    whoever sends x-beta: yes gets v2, everybody else v1")
        self.wait("the step that waits for a person", lambda: self.phase() == "Paused")
        subprocess.run([self.options.bin + "/kubectl-martlet", "promote", "web", "-n", "shop", "--kubeconfig", self.kubeconfig],
                       check=True, capture_output=True)
        self.say("kubectl   martlet promote web")
        self.promoted("v2", start, commit)
        if self.rules() != ["primary"]:
            raise Failure("the header's route is left behind: %s" % self.rules())
        errors = self.unharmed(start, "v1", "v2")
        start, commit = self.release("v3", "answers 20 % errors")
        self.wait("testers on v3", lambda: testers.versions(start)["v3"] > 20)
        self.rolled_back("v3", "v2", start, commit)
        alerts = self.alerts_arrive()
        errors = max(errors, self.unharmed(start, "v2"))
        self.wait("testers on v2 again", lambda: set(testers.versions(time.time() - 1)) == {"v2"})
        if errors or self.rules() != ["primary"]:
            raise Failure("users saw %.2f %% failed requests; the routes are %s" % (errors, self.rules()))
        self.say("users     saw no failed request, and never v3; testers found it")
        return {"alerts": alerts, "userErrorPercent": errors, "testerVersions": dict(testers.versions(0))}


class GatewayAPI(Story):
    story, folder = "gateway-api", "stories/gateway-api"
    routes = "/apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes"

    def weight(self, route):
        ways = route["spec"]["rules"][0]["backendRefs"]
        return next((r.get("weight", 1) for r in ways if r["name"] == "web-canary"), 0)

    def act(self):
        start, commit = self.release("v2", "good")
        judging = Verdicts(self, "good", start)
        self.promoted("v2", start, commit)
        seen = [w for t, w in self.weights if t >= start]
        if [w for w in seen if w] != [25, 50] and [w for w in seen if w] != [25, 50, 100]:
            raise Failure("the HTTPRoute's weights were %s" % seen)
        errors = self.unharmed(start, "v1", "v2")
        verdicts = {"good": judging.compare()}
        start, commit = self.release("v3", "answers 20 % errors")
        judging = Verdicts(self, "bad", start)
        self.rolled_back("v3", "v2", start, commit)
        verdicts["bad"] = judging.compare()
        alerts = self.alerts_arrive()
        while_tried = self.unharmed(start, "v2", "v3")
        self.say("users     saw %.2f %% failed requests while v3 was tried" % while_tried)
        if errors or not 0 < while_tried < 10:
            raise Failure("users saw %.2f %% failed requests of v2 and %.2f %% while v3 was tried" % (errors, while_tried))
        return {"alerts": alerts, "userErrorPercent": while_tried, "verdicts": verdicts}


class Mirror(Story):
    story, folder = "mirror", "stories/mirror"

    def copied(self):
        """Requests that the canary was sent, by the gateway's own count."""
        text = self.plain(self.gateway_metrics, "/metrics")[1].decode()
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.split("\n")
                   if line.startswith("istio_requests_total{") and 'destination_service_name="web-canary"' in line)

    def act(self):
        start, commit = self.release("v2", "good")
        before = self.copied()
        copies = self.wait("copies of requests at v2", lambda: self.copied() - before > 100 and self.copied() - before)
        if self.traffic.versions(start)["v2"]:
            raise Failure("users were served v2 while it was only sent copies")
        self.say("mirror    %d copied requests at v2; all users get v1" % copies)
        self.promoted("v2", start, commit)
        errors = self.unharmed(start, "v1", "v2")
        start, commit = self.release("v3", "answers 20 % errors")
        self.rolled_back("v3", "v2", start, commit)
        alerts = self.alerts_arrive()
        errors = max(errors, self.unharmed(start, "v2"))
        if errors:
            raise Failure("users saw %.2f %% failed requests" % errors)
        self.say("users     saw no failed request, and never v3: copies of their requests found it")
        return {"alerts": alerts, "userErrorPercent": errors, "copiedRequests": int(copies)}

"""The story of the first page: a good release, a bad one, its repair, and a hand that slips."""
import json
import time

from stage import Failure, Stage
from verdicts import Verdicts


class Canary(Stage):
    def good_release(self):
        start, commit = time.time(), self.set_image("v2")
        self.say("commit    %s  web v2 (good)" % commit[:7])
        verdicts = Verdicts(self, "good", start)
        self.wait("v2 promoted", lambda: self.healthy("v2"), 120)
        now = time.time()
        self.wait("all users on v2", lambda: all(r[1] == "v2" for r in self.traffic.between(now + 0.5, 1e12)) and time.time() > now + 2, 10)
        seen = [w for t, w in self.weights if t >= start]
        good = [r for r in self.runs() if r["status"].get("phase") == "Successful"]
        if [w for w in seen if w][:3] != [10, 30, 60] or not good:
            raise Failure("v2 was promoted without its steps (%s) or without a successful analysis (%d)" % (seen, len(good)))
        self.record(commit, "v2", "promoted", start)
        self.say("promoted  v2; analysis %s took %d measurements" % (
            good[-1]["metadata"]["name"], sum(m.get("count", 0) for m in good[-1]["status"]["metricResults"])))
        return verdicts.compare()

    def bad_release(self):
        start, commit = time.time(), self.set_image("v3")
        self.say("commit    %s  web v3 (answers 20 %% errors)" % commit[:7])
        verdicts = Verdicts(self, "bad", start)
        first_bad = None

        def degraded():
            nonlocal first_bad
            for run in self.runs():
                for metric in (run.get("status") or {}).get("metricResults", []):
                    if first_bad is None and metric.get("failed", 0) and run["metadata"]["creationTimestamp"] >= time.strftime(
                            "%Y-%m-%dT%H:%M:%SZ", time.gmtime(start - 1)):
                        first_bad = time.time()
                        self.say("analysis  first bad measurement: %s = %s" % (metric["name"], metric["measurements"][-1].get("value")))
            return (self.rollout().get("status") or {}).get("phase") == "Degraded"

        self.wait("v3 rolled back", degraded, 120)
        stable_at = self.wait("traffic on v2", lambda: self.weights[-1][1] == 0 and self.weights[-1][0])
        if first_bad is None:
            raise Failure("the rollout is Degraded, but no failed measurement was seen")
        self.wait("users back on v2", lambda: time.time() > stable_at + 2 and all(
            r[1] == "v2" and r[2] == 200 for r in self.traffic.between(stable_at + 0.5, 1e12)), 15)
        rows = self.traffic.between(start, stable_at)
        self.user_errors = round(100 * sum(r[2] != 200 for r in rows) / max(1, len(rows)), 2)
        self.seconds_to_stable = round(max(0.0, stable_at - first_bad), 1)
        self.why = (self.rollout().get("status") or {}).get("message", "")
        self.record(commit, "v3", "rolledBack", start)
        self.say("rolled back: " + self.why)
        return verdicts.compare()

    def revert(self):
        sets = {r["metadata"]["uid"] for r in self.replica_sets()}
        start = time.time()
        self.git("revert", "--no-edit", "HEAD")
        commit = self.push(None)
        self.say("commit    %s  git revert" % commit[:7])
        self.wait("the Application at the revert", lambda: (self.application().get("status") or {}).get("sync", {}).get("revision") == commit
                  and self.application()["status"]["sync"]["status"] == "Synced")
        self.wait("healthy after the revert", lambda: self.healthy("v2"))
        if {r["metadata"]["uid"] for r in self.replica_sets()} - sets:
            raise Failure("the revert made a new ReplicaSet")
        self.record(commit, "v2", "reverted", start)
        self.say("reverted  Synced and Healthy, no new ReplicaSet")

    def self_heal(self):
        """Somebody changes a Service's port by hand; only that is put back."""
        def port():
            return self.api.get("/api/v1/namespaces/shop/services/web-stable")["spec"]["ports"][0]["port"]
        selector = self.api.get("/api/v1/namespaces/shop/services/web-stable")["spec"]["selector"]
        self.kubectl("patch", "service", "web-stable", "-n", "shop", "--type=json",
                     "-p", '[{"op":"replace","path":"/spec/ports/0/port","value":8081}]')
        if port() not in (80, 8081):
            raise Failure("the Service has the port %d" % port())
        self.say("kubectl   somebody sets web-stable's port to 8081")
        self.wait("the Service healed", lambda: port() == 80, 30)
        if self.api.get("/api/v1/namespaces/shop/services/web-stable")["spec"]["selector"] != selector:
            raise Failure("healing touched the Service's selector")
        self.say("healed    port 80 again; selector and weights left alone")
        return True

    def act(self):
        verdicts = {"good": self.good_release(), "bad": self.bad_release()}
        alerts = self.alerts_arrive()
        self.revert()
        healed = self.self_heal()
        if not self.differed_synced:
            raise Failure("the Application was never seen Synced while the live weights differed from Git")
        print()
        print("users saw %.2f %% failed requests while v3 was tried; %.1f s from its first bad measurement to stable traffic"
              % (self.user_errors, self.seconds_to_stable))
        return {"alerts": alerts, "userErrorPercent": self.user_errors, "secondsFromBadMetricToStable": self.seconds_to_stable,
                "selfHealed": healed,
                "syncedWhileWeightsDiffered": self.differed_synced, "verdicts": verdicts}

"""What every row needs: the table, the server's audit log, a process's figures, quick requests."""
import http.client
import json
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.insert(0, os.path.join(ROOT, "Tests", "EndToEnd"))

from cluster import BIN, Cluster, free_port, until  # noqa: E402, F401

USER = "system:serviceaccount:martlet-system:martlet"
WRITES = {"create", "update", "patch", "delete", "deletecollection"}
ROLLOUTS = "/apis/argoproj.io/v1alpha1/namespaces/default/rollouts"


class Table:
    """The rows, printed as they are measured and as a table at the end."""

    def __init__(self):
        self.rows = []

    def row(self, what, budget, measured, held):
        """`held` is None where the budget is of another size than what was measured."""
        word = {True: "yes", False: "NO", None: "-"}[held]
        self.rows.append((what, budget, measured, word))
        print("%-4s %s: %s (budget %s)" % ({"NO": "MISS", "yes": "ok"}.get(word, ""), what, measured, budget), flush=True)

    def most(self, what, budget, value, text, note=""):
        """A row whose value must not be above its budget."""
        self.row(what, "<= " + text % budget, text % value + note, value <= budget)

    def text(self):
        lines = ["| what | budget | measured | held |", "|---|---|---|---|"]
        lines += ["| %s | %s | %s | %s |" % cells for cells in self.rows]
        missed = [r[0] for r in self.rows if r[3] == "NO"]
        held = sum(1 for r in self.rows if r[3] == "yes")
        lines += ["", "%d of %d budgets held%s" % (held, held + len(missed), "; missed: " + "; ".join(missed) if missed else "")]
        return "\n".join(lines)


# MARK: Processes

def megabytes(pid, field="VmRSS"):
    for line in open("/proc/%d/status" % pid):
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024
    return 0.0


def forget_peak(pid):
    """From now on VmHWM is the peak since now."""
    with open("/proc/%d/clear_refs" % pid, "w") as file:
        file.write("5")


def cpu_seconds(pid):
    fields = open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def pause(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(min(0.2, max(0.0, end - time.monotonic())))


# MARK: Requests

class Audit:
    """What the controllers asked of the server, from its audit log."""

    def __init__(self, path):
        self.path, self.offset = path, 0

    def take(self):
        events = []
        with open(self.path, "rb") as log:
            log.seek(self.offset)
            for line in log:
                if not line.endswith(b"\n"):
                    break
                self.offset += len(line)
                event = json.loads(line)
                if event["user"]["username"] == USER:
                    events.append(event)
        return events

    @staticmethod
    def resource(event):
        return event.get("objectRef", {}).get("resource", "")

    @classmethod
    def writes(cls, events):
        return [e for e in events if e["verb"] in WRITES and cls.resource(e) != "leases"]

    @classmethod
    def beyond(cls, events):
        """Requests besides leases and watches."""
        return [e for e in events if cls.resource(e) != "leases" and e["verb"] != "watch"]

    @staticmethod
    def moment(event, field="requestReceivedTimestamp"):
        text = event[field]
        return time.mktime(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone + float("0" + text[19:].rstrip("Z"))

    @classmethod
    def by_kind(cls, events, per=1):
        counts = {}
        for e in events:
            key = "%s %s" % (e["verb"], cls.resource(e))
            if e.get("objectRef", {}).get("subresource"):
                key += "/" + e["objectRef"]["subresource"]
            counts[key] = counts.get(key, 0) + 1
        form = "%d %s" if per == 1 else "%.1f %s"
        return ", ".join(form % (n / per, k) for k, n in sorted(counts.items()))


class Line:
    """One connection to the cluster that is kept open: a wave of patches must not wait for handshakes."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.connection = http.client.HTTPSConnection(cluster.server.split("//")[1], context=cluster.context, timeout=60)

    def patch(self, path, operations):
        self.connection.request("PATCH", path, json.dumps(operations), {
            "Authorization": "Bearer " + self.cluster.token, "Content-Type": "application/json-patch+json"})
        answer = self.connection.getresponse()
        answer.read()
        assert answer.status == 200, (path, answer.status)

    def post(self, path, body):
        self.connection.request("POST", path, json.dumps(body), {
            "Authorization": "Bearer " + self.cluster.token, "Content-Type": "application/json"})
        answer = self.connection.getresponse()
        text = answer.read()
        assert answer.status == 201, (path, answer.status, text[:500])

    def get(self, path):
        self.connection.request("GET", path, headers={"Authorization": "Bearer " + self.cluster.token})
        answer = self.connection.getresponse()
        body = answer.read()
        return json.loads(body) if answer.status == 200 else None


def settle(audit, seconds=120, calm=8.0):
    """Waits until the controllers ask nothing for a while; gives all they asked until then.

    Events are written together some seconds after the last of them: the calm must be longer."""
    seen, quiet_since, end = [], time.monotonic(), time.monotonic() + seconds
    while time.monotonic() < end:
        events = [e for e in audit.take() if Audit.resource(e) != "leases"]
        if events:
            seen += events
            quiet_since = time.monotonic()
        elif time.monotonic() - quiet_since >= calm:
            return seen
        time.sleep(0.25)
    raise AssertionError("not quiet within %g s; last: %s" % (seconds, Audit.by_kind(seen[-50:])))


def histogram(text, name):
    """A histogram of an exposition, all its series together: [(bound, count up to it)]."""
    buckets = {}
    for line in text.splitlines():
        if line.startswith(name + "_bucket"):
            bound = line.split('le="')[1].split('"')[0]
            buckets[float(bound)] = buckets.get(float(bound), 0) + float(line.rsplit(" ", 1)[1])
    return sorted(buckets.items())


def share_below(buckets, bound):
    """The part of a histogram's values up to one of its bounds."""
    return dict(buckets).get(bound, 0) / buckets[-1][1] if buckets and buckets[-1][1] else float("nan")


def quantile(buckets, share):
    """The upper bound of the bucket that holds the quantile."""
    if not buckets or not buckets[-1][1]:
        return float("nan")
    return next(bound for bound, count in buckets if count >= share * buckets[-1][1])

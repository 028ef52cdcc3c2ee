// The built-in controllers against the real machine.

import HTTPModel
import JSONTree
import KubeModel
import Testing

@testable import ClusterSim

extension Harness {
    static let namespacePath = "/api/v1/namespaces/default"
    static let appsPath = "/apis/apps/v1/namespaces/default"

    /// Lets time pass, waking the machine whenever something is due.
    mutating func advance(_ duration: Duration) {
        let end = now + duration
        while let wake = machine.nextWake, wake <= end {
            now = max(now, wake)
            machine.tick(now: now)
        }
        now = end
        machine.tick(now: now)
    }

    func items(_ kind: GroupVersionKind, namespace: String? = "default") -> [KubeObject] {
        machine.objects(kind.groupKind, namespace: namespace)
    }

    func object(_ kind: GroupVersionKind, _ name: String) -> KubeObject? {
        machine.object(kind.groupKind, ObjectKey(namespace: "default", name: name))
    }

    static func template(_ labels: [String: String], image: String = "web:1", annotations: [String: String] = [:]) -> JSON {
        [
            "metadata": ["labels": JSON(labels), "annotations": JSON(annotations)],
            "spec": ["containers": [["name": "web", "image": .string(image), "ports": [["name": "http", "containerPort": 8080]]]]],
        ]
    }

    static func replicaSet(_ name: String, replicas: Int, annotations: [String: String] = [:]) -> JSON {
        [
            "apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": ["name": .string(name)],
            "spec": [
                "replicas": JSON(replicas), "selector": ["matchLabels": ["app": .string(name)]],
                "template": template(["app": name], annotations: annotations),
            ],
        ]
    }

    static func deployment(_ name: String, replicas: Int, image: String = "web:1") -> JSON {
        [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": .string(name)],
            "spec": [
                "replicas": JSON(replicas), "selector": ["matchLabels": ["app": .string(name)]],
                "template": template(["app": name], image: image),
            ],
        ]
    }

    static func job(_ name: String, _ spec: JSON = [:], command: [String] = []) -> JSON {
        var spec = spec
        spec["template"] = [
            "spec": [
                "restartPolicy": "Never",
                "containers": [["name": "work", "image": "work:1", "command": JSON(command)]],
            ]
        ]
        return ["apiVersion": "batch/v1", "kind": "Job", "metadata": ["name": .string(name)], "spec": spec]
    }
}

@Suite struct WorkloadsTests {
    private var cluster = Harness()

    // MARK: Pods

    @Test mutating func `a simulated pod is bound at once and ready after the delay`() {
        cluster.send("POST", "\(Harness.appsPath)/replicasets", Harness.replicaSet("web", replicas: 2))
        #expect(cluster.items(Kinds.pod).map(Pods.phase) == ["Running", "Running"])
        #expect(cluster.object(Kinds.replicaSet, "web")?.status["readyReplicas"].int == nil)
        cluster.advance(.milliseconds(299))
        #expect(!cluster.items(Kinds.pod).contains(where: Pods.isReady))
        cluster.advance(.milliseconds(1))
        #expect(cluster.items(Kinds.pod).allSatisfy(Pods.isReady))
        #expect(cluster.object(Kinds.replicaSet, "web")?.status["readyReplicas"].int == 2)
        let addresses = cluster.items(Kinds.pod).compactMap { $0.status["podIP"].string }
        #expect(Set(addresses).count == 2 && addresses.allSatisfy { $0.hasPrefix("127.") })
    }

    @Test(arguments: [
        ("pull", "Pending", "ImagePullBackOff"), ("crash", "Running", "CrashLoopBackOff"),
    ])
    mutating func `annotations steer a single pod`(_ mode: String, _ phase: String, _ reason: String) {
        let set = Harness.replicaSet("web", replicas: 1, annotations: ["fakelet/mode": mode])
        cluster.send("POST", "\(Harness.appsPath)/replicasets", set)
        cluster.advance(.seconds(2))
        let pod = cluster.items(Kinds.pod).first
        #expect(pod.map(Pods.phase) == phase)
        #expect(pod?.status["containerStatuses"][0]["state"]["waiting"]["reason"].string == reason)
        #expect(pod.map(Pods.isReady) == false)
    }

    @Test func `a bad image never becomes ready`() {
        var cluster = Harness { $0.badImagePattern = "bad" }
        cluster.send("POST", "\(Harness.appsPath)/deployments", Harness.deployment("web", replicas: 1, image: "web:bad-1"))
        cluster.advance(.seconds(30))
        #expect(cluster.items(Kinds.pod).map(Pods.isReady) == [false])
    }

    @Test func `an image that others run gets an address and is left alone`() {
        var cluster = Harness { $0.externalImages = ["web"] }
        cluster.send("POST", "\(Harness.appsPath)/replicasets", Harness.replicaSet("web", replicas: 1))
        cluster.advance(.seconds(5))
        let pod = cluster.items(Kinds.pod).first
        #expect(pod?.spec["nodeName"].string == Workloads.nodeName)
        #expect(pod?.status["podIP"].string != nil)
        #expect(pod.map(Pods.isReady) == false)
    }

    @Test mutating func `a pod with a gate is not scheduled`() {
        var pod = Harness.template(["a": "b"])
        pod["apiVersion"] = "v1"
        pod["kind"] = "Pod"
        pod.set(["metadata", "name"], to: "gated")
        pod.set(["spec", "schedulingGates"], to: [["name": "example.com/hold"]])
        cluster.send("POST", "\(Harness.namespacePath)/pods", pod)
        cluster.advance(.seconds(1))
        #expect(cluster.object(Kinds.pod, "gated")?.spec["nodeName"].string == nil)
    }

    // MARK: ReplicaSets and Deployments

    @Test mutating func `a ReplicaSet keeps its number and prefers to delete unready pods`() {
        cluster.send("POST", "\(Harness.appsPath)/replicasets", Harness.replicaSet("web", replicas: 3))
        cluster.advance(.seconds(1))
        let old = Set(cluster.items(Kinds.pod).map(\.name))
        let patch: JSON = ["spec": ["replicas": 5]]
        cluster.send("PATCH", "\(Harness.appsPath)/replicasets/web", patch, type: "application/merge-patch+json")
        #expect(cluster.items(Kinds.pod).count == 5)
        cluster.send(
            "PATCH", "\(Harness.appsPath)/replicasets/web", ["spec": ["replicas": 3]], type: "application/merge-patch+json")
        cluster.advance(.seconds(1))
        #expect(Set(cluster.items(Kinds.pod).map(\.name)) == old)
    }

    @Test mutating func `a Deployment rolls to a new template and keeps the old ReplicaSet at zero`() {
        cluster.send("POST", "\(Harness.appsPath)/deployments", Harness.deployment("web", replicas: 4))
        cluster.advance(.seconds(2))
        #expect(cluster.object(Kinds.deployment, "web")?.status["availableReplicas"].int == 4)
        let change: JSON = ["spec": ["template": ["spec": ["containers": [["name": "web", "image": "web:2"]]]]]]
        cluster.send(
            "PATCH", "\(Harness.appsPath)/deployments/web", change, type: "application/strategic-merge-patch+json")
        var least = 4
        for _ in 0..<40 {
            cluster.advance(.milliseconds(100))
            least = min(least, cluster.items(Kinds.pod).count { Pods.isReady($0) && !$0.isDeleting })
        }
        #expect(least >= 3)
        let sizes = cluster.items(Kinds.replicaSet).map { $0.spec["replicas"].int ?? -1 }.sorted()
        #expect(sizes == [0, 4])
        let deployment = cluster.object(Kinds.deployment, "web")
        #expect(deployment?.annotation(DeploymentAnnotation.revision) == "2")
        #expect(deployment.map { Pods.condition($0, "Progressing")["reason"] } == "NewReplicaSetAvailable")
    }

    @Test mutating func `a rollout that stands still exceeds its deadline`() {
        var deployment = Harness.deployment("web", replicas: 1)
        deployment.set(["spec", "progressDeadlineSeconds"], to: 5)
        deployment.set(["spec", "template", "metadata", "annotations"], to: ["fakelet/mode": "never"])
        cluster.send("POST", "\(Harness.appsPath)/deployments", deployment)
        cluster.advance(.seconds(10))
        let condition = cluster.object(Kinds.deployment, "web").map { Pods.condition($0, "Progressing") }
        #expect(condition?["reason"] == "ProgressDeadlineExceeded")
    }

    // MARK: Jobs

    @Test mutating func `a Job counts its pods once and completes`() {
        cluster.send("POST", "/apis/batch/v1/namespaces/default/jobs", Harness.job("sum", ["completions": 3, "parallelism": 2]))
        cluster.advance(.seconds(5))
        let job = cluster.object(Kinds.job, "sum")
        #expect(job?.status["succeeded"].int == 3)
        #expect(job.map { Pods.condition($0, "Complete")["status"] } == "True")
        #expect(cluster.items(Kinds.pod).allSatisfy { $0.finalizers.isEmpty })
    }

    @Test mutating func `a Job waits between failures and gives up`() {
        cluster.send(
            "POST", "/apis/batch/v1/namespaces/default/jobs",
            Harness.job("fail", ["backoffLimit": 1], command: ["sh", "-c", "exit 1"]))
        cluster.advance(.seconds(5))
        #expect(cluster.object(Kinds.job, "fail")?.status["failed"].int == 1)
        cluster.advance(.seconds(15))
        let job = cluster.object(Kinds.job, "fail")
        #expect(job?.status["failed"].int == 2)
        #expect(job.map { Pods.condition($0, "Failed")["reason"] } == "BackoffLimitExceeded")
    }

    @Test mutating func `a finished Job is deleted with its pods when its time is over`() {
        cluster.send("POST", "/apis/batch/v1/namespaces/default/jobs", Harness.job("short", ["ttlSecondsAfterFinished": 3]))
        cluster.advance(.seconds(2))
        #expect(cluster.object(Kinds.job, "short") != nil)
        cluster.advance(.seconds(5))
        #expect(cluster.object(Kinds.job, "short") == nil)
        #expect(cluster.items(Kinds.pod).isEmpty)
    }

    @Test mutating func `a CronJob makes a Job each minute`() {
        let template = Harness.job("unused")["spec"]
        let cronJob: JSON = [
            "apiVersion": "batch/v1", "kind": "CronJob", "metadata": ["name": "tick"],
            "spec": ["schedule": "* * * * *", "jobTemplate": ["spec": template]],
        ]
        cluster.send("POST", "/apis/batch/v1/namespaces/default/cronjobs", cronJob)
        cluster.advance(.seconds(150))
        #expect(cluster.items(Kinds.job).count == 2)
        #expect(cluster.object(Kinds.cronJob, "tick")?.status["lastScheduleTime"].string != nil)
    }

    // MARK: Endpoints, budgets, garbage

    @Test mutating func `a Service's endpoints follow its pods`() {
        let service: JSON = [
            "apiVersion": "v1", "kind": "Service", "metadata": ["name": "web"],
            "spec": ["selector": ["app": "web"], "ports": [["port": 80, "targetPort": "http"]]],
        ]
        cluster.send("POST", "\(Harness.namespacePath)/services", service)
        cluster.send("POST", "\(Harness.appsPath)/replicasets", Harness.replicaSet("web", replicas: 2))
        func ready(_ cluster: Harness) -> [Bool?] {
            cluster.items(Kinds.endpointSlice).filter { $0.label("kubernetes.io/service-name") == "web" }
                .flatMap { $0.tree["endpoints"].elements }.map { $0["conditions"]["ready"].bool }
        }
        #expect(ready(cluster) == [false, false])
        cluster.advance(.seconds(1))
        #expect(ready(cluster) == [true, true])
        let slice = cluster.items(Kinds.endpointSlice).first { $0.label("kubernetes.io/service-name") == "web" }
        #expect(slice?.tree["ports"][0]["port"].int == 8080)
        #expect(cluster.object(Kinds.endpoints, "web")?.tree["subsets"][0]["addresses"].elements.count == 2)
        cluster.send("DELETE", "\(Harness.namespacePath)/services/web")
        #expect(ready(cluster).isEmpty && cluster.object(Kinds.endpoints, "web") == nil)
    }

    @Test mutating func `a budget counts healthy pods`() {
        cluster.send("POST", "\(Harness.appsPath)/replicasets", Harness.replicaSet("web", replicas: 3))
        let budget: JSON = [
            "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": ["name": "web"],
            "spec": ["maxUnavailable": "50%", "selector": ["matchLabels": ["app": "web"]]],
        ]
        cluster.send("POST", "/apis/policy/v1/namespaces/default/poddisruptionbudgets", budget)
        #expect(cluster.object(Kinds.disruptionBudget, "web")?.status["disruptionsAllowed"] == 0)
        cluster.advance(.seconds(1))
        let status = cluster.object(Kinds.disruptionBudget, "web")?.status
        #expect(status?["expectedPods"].int == 3 && status?["desiredHealthy"].int == 1)
        #expect(status?["disruptionsAllowed"].int == 2)
    }

    @Test mutating func `deleting a Deployment takes everything below with it`() {
        cluster.send("POST", "\(Harness.appsPath)/deployments", Harness.deployment("web", replicas: 2))
        cluster.advance(.seconds(1))
        cluster.send("DELETE", "\(Harness.appsPath)/deployments/web?propagationPolicy=Background")
        cluster.advance(.seconds(1))
        #expect(cluster.items(Kinds.replicaSet).isEmpty && cluster.items(Kinds.pod).isEmpty)
    }

    @Test mutating func `a namespace goes with its contents, and waits for finalizers`() {
        cluster.send("POST", "/api/v1/namespaces", ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "n"]])
        var held = Harness.configMap("held")
        held.set(["metadata", "finalizers"], to: ["example.com/hold"])
        cluster.send("POST", "/api/v1/namespaces/n/configmaps", held)
        cluster.send("DELETE", "/api/v1/namespaces/n")
        let left = cluster.machine.objects(Kinds.configMap.groupKind, namespace: "n").map(\.name)
        #expect(left == ["held"])
        cluster.send(
            "PATCH", "/api/v1/namespaces/n/configmaps/held", ["metadata": ["finalizers": .null]],
            type: "application/merge-patch+json")
        #expect(cluster.send("GET", "/api/v1/namespaces/n").status == 404)
    }

    @Test mutating func `nothing is due when all is quiet`() {
        cluster.send("POST", "\(Harness.appsPath)/deployments", Harness.deployment("web", replicas: 3))
        cluster.advance(.seconds(10))
        let revision = cluster.machine.revision
        // Only the progress deadline and the events' lives are still waited for.
        cluster.advance(.seconds(300))
        #expect(cluster.machine.revision == revision)
    }

    @Test mutating func `the same seed makes the same cluster`() {
        var other = Harness()
        for _ in 0..<2 { swap(&cluster, &other) }
        cluster.send("POST", "\(Harness.appsPath)/deployments", Harness.deployment("web", replicas: 5))
        other.send("POST", "\(Harness.appsPath)/deployments", Harness.deployment("web", replicas: 5))
        cluster.advance(.seconds(2))
        other.advance(.seconds(2))
        #expect(cluster.items(Kinds.pod) == other.items(Kinds.pod))
    }
}

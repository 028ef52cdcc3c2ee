// The Job controller: runs pods until enough have succeeded, or too many have failed
// (kubernetes/pkg/controller/job).
//
// A pod is counted once: it carries a finalizer until its uid has been written to
// `status.uncountedTerminatedPods`; only then does the finalizer go, and only then the counter up.

import JSONTree
import KubeModel

/// A Job as one look sees it.
struct JobView: Sendable {
    var job: KubeObject
    var pods: [KubeObject]

    static let finalizer = "batch.kubernetes.io/job-tracking"
    static let indexAnnotation = "batch.kubernetes.io/job-completion-index"

    var completions: Int? { job.spec["completions"].int.map { Int($0) } }
    var parallelism: Int { Int(job.spec["parallelism"].int ?? 1) }
    var backoffLimit: Int { Int(job.spec["backoffLimit"].int ?? 6) }
    var isSuspended: Bool { job.spec["suspend"].bool == true }
    var isIndexed: Bool { job.spec["completionMode"].string == "Indexed" }
    var active: [KubeObject] { pods.filter(Pods.isActive) }
    var terminating: [KubeObject] { pods.filter { $0.isDeleting && !Pods.isFinished($0) } }
    /// Whether a pod that is being deleted counts as failed at once.
    var replacesTerminating: Bool { job.spec["podReplacementPolicy"].string != "Failed" }

    func condition(_ type: String) -> JSON { Pods.condition(job, type) }
    func holds(_ type: String) -> Bool { condition(type)["status"].string == "True" }
    var isFinished: Bool { holds("Complete") || holds("Failed") }

    /// Whether a pod ended badly, as the Job sees it.
    func hasFailed(_ pod: KubeObject) -> Bool {
        Pods.phase(pod) == "Failed" || (pod.isDeleting && Pods.phase(pod) != "Succeeded" && replacesTerminating)
    }

    static func index(_ pod: KubeObject) -> Int? { pod.annotation(indexAnnotation).flatMap { Int($0) } }
}

extension Workloads {
    private static let podBackOffFirst = Duration.seconds(10)
    private static let podBackOffMax = Duration.seconds(600)
    /// How many pods one look creates at most.
    private static let podBurstMax = 500

    mutating func syncJob(_ key: ObjectKey, _ cluster: inout some WorkloadCluster) -> Bool {
        guard let job = cluster.object(Kinds.job.groupKind, key) else { return releaseLostPods(key, &cluster) }
        if let manager = job.spec["managedBy"].string, manager != "kubernetes.io/job-controller" { return true }
        if let selector = LabelSelector(job.spec["selector"]), !selector.isEmpty {
            claimPods(job, selector, as: ControllerUser.job, &cluster)
        }
        var view = JobView(job: job, pods: ownedPods(job, cluster))
        if view.isFinished { return finishJob(view, &cluster) }
        if job.isDeleting {
            for pod in view.pods { releasePod(pod, &cluster) }
            return true
        }
        guard countTerminated(&view, &cluster) else { return false }
        var status = view.job.status
        if status["startTime"].isNull, !view.isSuspended { status["startTime"] = .string(now.rfc3339) }
        let isDone = advance(&view, &status, &cluster)
        summarize(view, &status)
        return setStatus(view.job, status, as: ControllerUser.job, &cluster) && isDone
    }

    private mutating func releaseLostPods(_ key: ObjectKey, _ cluster: inout some WorkloadCluster) -> Bool {
        let selector = LabelSelector(matchLabels: ["batch.kubernetes.io/job-name": key.name])
        for pod in pods.keys(in: key.namespace, matching: selector) {
            guard let pod = cluster.object(Kinds.pod.groupKind, pod) else { continue }
            releasePod(pod, &cluster)
        }
        return true
    }

    /// Takes the tracking finalizer off a pod.
    private mutating func releasePod(_ pod: KubeObject, _ cluster: inout some WorkloadCluster) {
        guard pod.finalizers.contains(JobView.finalizer) else { return }
        let left = pod.finalizers.filter { $0 != JobView.finalizer }
        patch(
            pod.reference, ["metadata": ["finalizers": left.isEmpty ? .null : JSON(left)]],
            as: ControllerUser.job, &cluster)
    }

    /// Deletes a finished Job when its time to live is over; before, its last pods are let go.
    private mutating func finishJob(_ view: JobView, _ cluster: inout some WorkloadCluster) -> Bool {
        for pod in view.pods { releasePod(pod, &cluster) }
        guard let ttl = view.job.spec["ttlSecondsAfterFinished"].int, !view.job.isDeleting else { return true }
        let type = view.holds("Complete") ? "Complete" : "Failed"
        let finished = view.condition(type)["lastTransitionTime"].string.flatMap { Timestamp($0) } ?? now
        let due = finished + .seconds(ttl)
        guard due <= now else {
            queue.add(.job(view.job.key), at: due)
            return true
        }
        return remove(view.job, propagation: .foreground, as: ControllerUser.ttl, &cluster)
    }

    // MARK: Counting

    /// Counts the pods that have ended since the last look.
    private mutating func countTerminated(_ view: inout JobView, _ cluster: inout some WorkloadCluster) -> Bool {
        let uncounted = view.job.status["uncountedTerminatedPods"]
        var succeeded = uncounted["succeeded"].elements.compactMap(\.string)
        var failed = uncounted["failed"].elements.compactMap(\.string)
        let known = Set(succeeded + failed)
        let ended = view.pods.filter { $0.finalizers.contains(JobView.finalizer) }
        for pod in ended where !known.contains(pod.uid) {
            if Pods.phase(pod) == "Succeeded" {
                succeeded.append(pod.uid)
            } else if view.hasFailed(pod), !ignoresFailure(of: pod, view) {
                failed.append(pod.uid)
            } else if view.hasFailed(pod) {
                releasePod(pod, &cluster)
            }
        }
        if succeeded.isEmpty, failed.isEmpty { return true }
        if succeeded.count + failed.count > known.count {
            var lists: JSON = [:]
            if !succeeded.isEmpty { lists["succeeded"] = JSON(succeeded) }
            if !failed.isEmpty { lists["failed"] = JSON(failed) }
            let stored = patch(
                view.job.reference, ["status": ["uncountedTerminatedPods": lists]], subresource: "status",
                as: ControllerUser.job, &cluster)
            guard stored != nil else { return false }
        }
        let indexes = view.pods.filter { Pods.phase($0) == "Succeeded" }.compactMap(JobView.index)
        let listed = Set(succeeded + failed)
        for pod in ended where listed.contains(pod.uid) { releasePod(pod, &cluster) }
        return addCounts(&view, succeeded: succeeded.count, failed: failed.count, indexes: indexes, &cluster)
    }

    private mutating func addCounts(
        _ view: inout JobView, succeeded: Int, failed: Int, indexes: [Int], _ cluster: inout some WorkloadCluster
    ) -> Bool {
        let old = view.job.status
        var change: JSON = ["uncountedTerminatedPods": ["succeeded": .null, "failed": .null]]
        if succeeded > 0 { change["succeeded"] = .int((old["succeeded"].int ?? 0) + Int64(succeeded)) }
        if failed > 0 { change["failed"] = .int((old["failed"].int ?? 0) + Int64(failed)) }
        if view.isIndexed {
            let all = Set(JobIndexes.parse(old["completedIndexes"].string ?? "") + indexes)
            change["completedIndexes"] = .string(JobIndexes.text(all))
            change["succeeded"] = JSON(all.count)
        }
        let stored = patch(
            view.job.reference, ["status": change], subresource: "status", as: ControllerUser.job, &cluster)
        guard let stored else { return false }
        // Pods that only waited for their finalizer are gone now.
        view = JobView(job: stored, pods: ownedPods(stored, cluster))
        return true
    }

    /// The numbers of the pods that are there now.
    private func summarize(_ view: JobView, _ status: inout JSON) {
        let active = view.active.count
        status.set(["active"], to: active > 0 ? JSON(active) : nil)
        status["ready"] = JSON(view.active.count(where: Pods.isReady))
        status["terminating"] = JSON(view.terminating.count)
        if status["uncountedTerminatedPods"].isNull { status["uncountedTerminatedPods"] = [:] }
    }

    // MARK: Deciding

    /// Finishes, suspends, or goes on.
    ///
    /// - Returns: False when a pod could not be created.
    private mutating func advance(
        _ view: inout JobView, _ status: inout JSON, _ cluster: inout some WorkloadCluster
    ) -> Bool {
        if let failure = failure(of: view, status) {
            finish(&view, &status, target: "FailureTarget", end: "Failed", failure, &cluster)
            return true
        }
        if let success = success(of: view, status) {
            finish(&view, &status, target: "SuccessCriteriaMet", end: "Complete", success, &cluster)
            return true
        }
        if view.isSuspended {
            setCondition(&status, "Suspended", "True", "JobSuspended", "Job suspended")
            if !view.holds("Suspended") { jobEvent(view.job, .normal, "Suspended", "Job suspended", &cluster) }
            status.set(["startTime"], to: nil)
            for pod in view.active { remove(pod, as: ControllerUser.job, &cluster) }
            view.pods = ownedPods(view.job, cluster)
            return true
        }
        if view.holds("Suspended") {
            setCondition(&status, "Suspended", "False", "JobResumed", "Job resumed")
            jobEvent(view.job, .normal, "Resumed", "Job resumed", &cluster)
            status["startTime"] = .string(now.rfc3339)
        }
        if let deadline = view.job.spec["activeDeadlineSeconds"].int, let start = Self.time(status["startTime"]) {
            queue.add(.job(view.job.key), at: start + .seconds(deadline))
        }
        let isDone = managePods(&view, status, &cluster)
        return isDone
    }

    private static func time(_ value: JSON) -> Timestamp? { value.string.flatMap { Timestamp($0) } }

    private func failure(of view: JobView, _ status: JSON) -> (reason: String, message: String)? {
        let target = view.condition("FailureTarget")
        if target["status"].string == "True" {
            return (target["reason"].string ?? "", target["message"].string ?? "")
        }
        if view.holds("SuccessCriteriaMet") { return nil }
        for pod in view.pods where Pods.phase(pod) == "Failed" {
            if let rule = failureRule(for: pod, view), rule.action == "FailJob" {
                return ("PodFailurePolicy", "Container \(rule.container) for pod \(pod.namespace)/\(pod.name) failed with exit code \(rule.exitCode) matching FailJob rule at index \(rule.index)")
            }
        }
        var failures = Int(status["failed"].int ?? 0)
        if view.job.spec["template"]["spec"]["restartPolicy"].string == "OnFailure" {
            failures += view.active.reduce(0) { $0 + Int(Pods.restartCount($1)) }
        }
        if failures > view.backoffLimit {
            return ("BackoffLimitExceeded", "Job has reached the specified backoff limit")
        }
        if !view.isSuspended, let deadline = view.job.spec["activeDeadlineSeconds"].int,
            let start = Self.time(status["startTime"]), start + .seconds(deadline) <= now
        {
            return ("DeadlineExceeded", "Job was active longer than specified deadline")
        }
        return nil
    }

    private func success(of view: JobView, _ status: JSON) -> (reason: String, message: String)? {
        let target = view.condition("SuccessCriteriaMet")
        if target["status"].string == "True" {
            return (target["reason"].string ?? "", target["message"].string ?? "")
        }
        let succeeded = Int(status["succeeded"].int ?? 0)
        if view.isIndexed, let rules = view.job.spec["successPolicy"]["rules"].array {
            let done = Set(JobIndexes.parse(status["completedIndexes"].string ?? ""))
            for (position, rule) in rules.enumerated() {
                let wanted = rule["succeededIndexes"].string.map { Set(JobIndexes.parse($0)) }
                let matching = wanted.map { done.intersection($0) } ?? done
                if matching.count >= Int(rule["succeededCount"].int ?? Int64(wanted?.count ?? .max)) {
                    return ("SuccessPolicy", "Matched rules at index \(position)")
                }
            }
        }
        let isReached =
            if let completions = view.completions { succeeded >= completions } else {
                succeeded > 0 && view.active.isEmpty
            }
        return isReached ? ("CompletionsReached", "Reached expected number of succeeded pods") : nil
    }

    /// Says how the Job ends, deletes what still runs, and says that it has ended when all is gone.
    private mutating func finish(
        _ view: inout JobView, _ status: inout JSON, target: String, end: String,
        _ outcome: (reason: String, message: String), _ cluster: inout some WorkloadCluster
    ) {
        setCondition(&status, target, "True", outcome.reason, outcome.message)
        for pod in view.active {
            remove(pod, as: ControllerUser.job, &cluster)
            queue.add(.job(view.job.key))
        }
        view.pods = ownedPods(view.job, cluster)
        let uncounted = view.pods.contains { $0.finalizers.contains(JobView.finalizer) && !view.isCounted($0) }
        guard view.active.isEmpty, view.terminating.isEmpty, !uncounted else { return }
        setCondition(&status, end, "True", outcome.reason, outcome.message)
        if end == "Complete" {
            status["completionTime"] = .string(now.rfc3339)
            jobEvent(view.job, .normal, "Completed", "Job completed", &cluster)
        } else {
            jobEvent(view.job, .warning, outcome.reason, outcome.message, &cluster)
        }
        queue.add(.job(view.job.key))
    }

    private func setCondition(
        _ status: inout JSON, _ type: String, _ state: String, _ reason: String, _ message: String
    ) {
        let known = status["conditions"].elements.first { $0["type"].string == type }
        if known?["status"].string == state, known?["reason"].string == reason { return }
        let time = JSON.string(now.rfc3339)
        let condition: JSON = [
            "type": .string(type), "status": .string(state), "lastProbeTime": time, "lastTransitionTime": time,
            "reason": .string(reason), "message": .string(message),
        ]
        status["conditions"] = Self.conditions(status["conditions"], setting: condition)
    }

    mutating func jobEvent(
        _ job: KubeObject, _ type: KubeEvent.EventType, _ reason: String, _ message: String,
        _ cluster: inout some WorkloadCluster
    ) {
        recordEvent(
            on: job, type, reason: reason, message, component: "job-controller", as: ControllerUser.job, &cluster)
    }

    // MARK: Pods

    private mutating func managePods(
        _ view: inout JobView, _ status: JSON, _ cluster: inout some WorkloadCluster
    ) -> Bool {
        let succeeded = Int(status["succeeded"].int ?? 0)
        let active = view.active
        let held = view.replacesTerminating ? 0 : view.terminating.count
        var wanted = view.parallelism
        if let completions = view.completions {
            wanted = min(wanted, max(0, completions - succeeded))
        } else if succeeded > 0 {
            wanted = active.count
        }
        if active.count > wanted {
            for pod in PodRanking.victims(active, now: now).prefix(active.count - wanted) {
                remove(pod, as: ControllerUser.job, &cluster)
            }
        } else if active.count + held < wanted {
            if let due = backOffEnd(view, status), due > now {
                queue.add(.job(view.job.key), at: due)
            } else {
                guard createPods(view, min(wanted - active.count - held, Self.podBurstMax), status, &cluster)
                else { return false }
            }
        }
        view.pods = ownedPods(view.job, cluster)
        return true
    }

    /// After failures new pods wait, each time twice as long.
    private func backOffEnd(_ view: JobView, _ status: JSON) -> Timestamp? {
        let failures = Int(status["failed"].int ?? 0)
        guard failures > 0 else { return nil }
        let ends = view.pods.filter { Pods.phase($0) == "Failed" }.compactMap { pod in
            Self.time(pod.status["containerStatuses"][0]["state"]["terminated"]["finishedAt"])
        }
        guard let last = ends.max() else { return nil }
        return last + min(Self.podBackOffMax, Self.podBackOffFirst * (1 << min(failures - 1, 10)))
    }

    private mutating func createPods(
        _ view: JobView, _ count: Int, _ status: JSON, _ cluster: inout some WorkloadCluster
    ) -> Bool {
        var free: [Int] = []
        if view.isIndexed {
            let taken = Set(view.active.compactMap(JobView.index))
                .union(JobIndexes.parse(status["completedIndexes"].string ?? ""))
            free = Array((0..<(view.completions ?? 0)).lazy.filter { !taken.contains($0) }.prefix(count))
        }
        for position in 0..<(view.isIndexed ? free.count : count) {
            let pod = jobPod(view.job, index: view.isIndexed ? free[position] : nil)
            switch create(pod, as: ControllerUser.job, &cluster) {
            case .success(let stored):
                jobEvent(view.job, .normal, "SuccessfulCreate", "Created pod: \(stored.name)", &cluster)
            case .failure(let failure):
                jobEvent(view.job, .warning, "FailedCreate", "Error creating: \(failure.message)", &cluster)
                return false
            }
        }
        return true
    }

    private func jobPod(_ job: KubeObject, index: Int?) -> KubeObject {
        let prefix = index.map { "\(job.name)-\($0)-" } ?? "\(job.name)-"
        var tree = Self.pod(from: job.spec["template"], owner: job, generateName: prefix).tree
        let finalizers = tree["metadata"]["finalizers"].elements + [.string(JobView.finalizer)]
        tree.set(["metadata", "finalizers"], to: .array(finalizers))
        guard let index else { return KubeObject(tree) }
        tree.set(["metadata", "annotations", JobView.indexAnnotation], to: .string(String(index)))
        tree.set(["metadata", "labels", JobView.indexAnnotation], to: .string(String(index)))
        if tree["spec"]["hostname"].isNull { tree.set(["spec", "hostname"], to: .string("\(job.name)-\(index)")) }
        let path = "metadata.labels['\(JobView.indexAnnotation)']"
        let variable: JSON = ["name": "JOB_COMPLETION_INDEX", "valueFrom": ["fieldRef": ["fieldPath": .string(path)]]]
        for list in ["initContainers", "containers"] where !tree["spec"][list].isNull {
            let containers = tree["spec"][list].elements.map { container in
                var container = container
                container["env"] = .array(container["env"].elements + [variable])
                return container
            }
            tree.set(["spec", list], to: .array(containers))
        }
        return KubeObject(tree)
    }
}

extension JobView {
    /// Whether an ended pod's uid waits in the status already.
    func isCounted(_ pod: KubeObject) -> Bool {
        let uncounted = job.status["uncountedTerminatedPods"]
        return (uncounted["succeeded"].elements + uncounted["failed"].elements).contains(.string(pod.uid))
    }
}

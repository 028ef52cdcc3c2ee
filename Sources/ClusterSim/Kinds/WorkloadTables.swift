// Tables of pods and of the kinds that make them.

import JSONTree
import KubeModel

/// The tables of workloads.
enum WorkloadTables {
    private static let containerColumns = [TableColumn("Containers", wide: true), TableColumn("Images", wide: true)]
    private static let selectorColumn = TableColumn("Selector", wide: true)

    static let shapes: [GroupKind: TableShape] = [
        GroupKind("", "Pod"): TableShape(
            columns: [
                TableColumn("Name"), TableColumn("Ready"), TableColumn("Status"), TableColumn("Restarts"),
                TableColumn("Age"), TableColumn("IP", wide: true), TableColumn("Node", wide: true),
                TableColumn("Nominated Node", wide: true), TableColumn("Readiness Gates", wide: true),
            ], cells: PodTable.cells),
        GroupKind("", "PodTemplate"): TableShape(
            columns: [TableColumn("Name"), TableColumn("Containers"), TableColumn("Images"), TableColumn("Pod Labels")]
        ) { object, _ in
            [TableText.name(object)] + TableText.containers(object["template"])
                + [TableText.labels(object["template"]["metadata"]["labels"])]
        },
        GroupKind("apps", "Deployment"): TableShape(
            columns: [
                TableColumn("Name"), TableColumn("Ready"), TableColumn("Up-to-date"), TableColumn("Available"),
                TableColumn("Age"),
            ] + containerColumns + [selectorColumn]
        ) { object, now in
            let status = object["status"]
            let ready = "\(status["readyReplicas"].int ?? 0)/\(object["spec"]["replicas"].int ?? 0)"
            return [
                TableText.name(object), .string(ready), TableText.number(status["updatedReplicas"]),
                TableText.number(status["availableReplicas"]), TableText.age(object, now),
            ] + TableText.containers(object["spec"]["template"]) + [TableText.selector(object["spec"]["selector"])]
        },
        GroupKind("apps", "ReplicaSet"): replicas { TableText.selector($0["spec"]["selector"]) },
        GroupKind("", "ReplicationController"): replicas { TableText.labels($0["spec"]["selector"]) },
        GroupKind("apps", "StatefulSet"): TableShape(
            columns: [TableColumn("Name"), TableColumn("Ready"), TableColumn("Age")] + containerColumns
        ) { object, now in
            let ready = "\(object["status"]["readyReplicas"].int ?? 0)/\(object["spec"]["replicas"].int ?? 0)"
            return [TableText.name(object), .string(ready), TableText.age(object, now)]
                + TableText.containers(object["spec"]["template"])
        },
        GroupKind("apps", "DaemonSet"): daemonSet,
        GroupKind("apps", "ControllerRevision"): TableShape(
            columns: [TableColumn("Name"), TableColumn("Controller"), TableColumn("Revision"), TableColumn("Age")]
        ) { object, now in
            var controller = TableText.none
            if let owner = KubeObject(object).controller {
                let kind = GroupVersionKind(apiVersion: owner.apiVersion, kind: owner.kind).groupKind
                let word = kind.group.isEmpty ? kind.kind.lowercased() : "\(kind.kind.lowercased()).\(kind.group)"
                controller = .string("\(word)/\(owner.name)")
            }
            return [TableText.name(object), controller, TableText.number(object["revision"]), TableText.age(object, now)]
        },
        GroupKind("batch", "Job"): job,
        GroupKind("batch", "CronJob"): cronJob,
    ]

    private static func replicas(_ selector: @escaping @Sendable (JSON) -> JSON) -> TableShape {
        TableShape(
            columns: [
                TableColumn("Name"), TableColumn("Desired", "integer"), TableColumn("Current", "integer"),
                TableColumn("Ready", "integer"), TableColumn("Age"),
            ] + containerColumns + [selectorColumn]
        ) { object, now in
            [
                TableText.name(object), TableText.number(object["spec"]["replicas"]),
                TableText.number(object["status"]["replicas"]), TableText.number(object["status"]["readyReplicas"]),
                TableText.age(object, now),
            ] + TableText.containers(object["spec"]["template"]) + [selector(object)]
        }
    }

    private static let daemonSet = TableShape(
        columns: [TableColumn("Name")]
            + ["Desired", "Current", "Ready", "Up-to-date", "Available"].map { TableColumn($0, "integer") }
            + [TableColumn("Node Selector"), TableColumn("Age")] + containerColumns + [selectorColumn]
    ) { object, now in
        let status = object["status"]
        let fields = [
            "desiredNumberScheduled", "currentNumberScheduled", "numberReady", "updatedNumberScheduled", "numberAvailable",
        ]
        return [TableText.name(object)] + fields.map { TableText.number(status[$0]) }
            + [TableText.labels(object["spec"]["template"]["spec"]["nodeSelector"]), TableText.age(object, now)]
            + TableText.containers(object["spec"]["template"]) + [TableText.selector(object["spec"]["selector"])]
    }

    private static let job = TableShape(
        columns: [
            TableColumn("Name"), TableColumn("Status"), TableColumn("Completions"), TableColumn("Duration"),
            TableColumn("Age"),
        ] + containerColumns + [selectorColumn]
    ) { object, now in
        let spec = object["spec"]
        let status = object["status"]
        let succeeded = status["succeeded"].int ?? 0
        var completions = "\(succeeded)/1"
        if let wanted = spec["completions"].int {
            completions = "\(succeeded)/\(wanted)"
        } else if let parallelism = spec["parallelism"].int, parallelism > 1 {
            completions = "\(succeeded)/1 of \(parallelism)"
        }
        return [
            TableText.name(object), .string(jobState(object)), .string(completions),
            .string(jobDuration(status, now)), TableText.age(object, now),
        ] + TableText.containers(spec["template"]) + [TableText.selector(spec["selector"])]
    }

    private static func jobState(_ job: JSON) -> String {
        let view = KubeObject(job)
        func holds(_ type: String) -> Bool { Pods.condition(view, type)["status"].string == "True" }
        if holds("Complete") { return "Complete" }
        if holds("Failed") { return "Failed" }
        if view.isDeleting { return "Terminating" }
        if holds("Suspended") { return "Suspended" }
        if holds("FailureTarget") { return "FailureTarget" }
        if holds("SuccessCriteriaMet") { return "SuccessCriteriaMet" }
        return "Running"
    }

    private static func jobDuration(_ status: JSON, _ now: Timestamp) -> String {
        guard let start = status["startTime"].string.flatMap({ Timestamp($0) }) else { return "" }
        let end = status["completionTime"].string.flatMap { Timestamp($0) }
        return TableText.duration((end ?? now) - start)
    }

    private static let cronJob = TableShape(
        columns: [
            TableColumn("Name"), TableColumn("Schedule"), TableColumn("Timezone"), TableColumn("Suspend", "boolean"),
            TableColumn("Active", "integer"), TableColumn("Last Schedule"), TableColumn("Age"),
        ] + containerColumns + [selectorColumn]
    ) { object, now in
        let spec = object["spec"]
        let last = object["status"]["lastScheduleTime"]
        return [
            TableText.name(object), spec["schedule"], TableText.orNone(spec["timeZone"]),
            spec["suspend"].bool == nil ? "<unset>" : spec["suspend"].bool == true ? "True" : "False",
            JSON(object["status"]["active"].elements.count), last.isNull ? TableText.none : TableText.since(last, now),
            TableText.age(object, now),
        ] + TableText.containers(spec["jobTemplate"]["spec"]["template"])
            + [TableText.selector(spec["jobTemplate"]["spec"]["selector"])]
    }
}

/// The table of pods (`printPod`).
enum PodTable {
    static func cells(_ object: JSON, _ now: Timestamp) -> [JSON] {
        let pod = KubeObject(object)
        let summary = PodSummary(pod)
        let gates = pod.spec["readinessGates"].elements.compactMap { $0["conditionType"].string }
        let open = gates.count { Pods.condition(pod, $0)["status"].string == "True" }
        var restarts = String(summary.restartCount)
        if summary.restartCount != 0, let last = summary.lastRestart {
            restarts += " (\(TableText.duration(now - last)) ago)"
        }
        let address = pod.status["podIPs"][0]["ip"].isNull ? pod.status["podIP"] : pod.status["podIPs"][0]["ip"]
        return [
            .string(pod.name), .string("\(summary.readyCount)/\(summary.totalCount)"), .string(summary.reason),
            .string(restarts), TableText.age(object, now), TableText.orNone(address),
            TableText.orNone(pod.spec["nodeName"]), TableText.orNone(pod.status["nominatedNodeName"]),
            gates.isEmpty ? TableText.none : .string("\(open)/\(gates.count)"),
        ]
    }
}

/// What a pod's row says of its containers together.
private struct PodSummary {
    var reason: String
    var readyCount = 0
    var totalCount: Int
    var restartCount: Int64 = 0
    var lastRestart: Timestamp?

    init(_ pod: KubeObject) {
        totalCount = pod.spec["containers"].elements.count
        reason = pod.status["reason"].string ?? Pods.phase(pod)
        let scheduled = Pods.condition(pod, "PodScheduled")
        if scheduled["reason"].string == "SchedulingGated" { reason = "SchedulingGated" }
        let sidecars = Set(
            pod.spec["initContainers"].elements.filter { $0["restartPolicy"].string == "Always" }
                .compactMap { $0["name"].string })
        totalCount += sidecars.count
        let isInitializing = readInitContainers(pod, sidecars)
        if !isInitializing || Pods.condition(pod, "Initialized")["status"].string == "True" { readContainers(pod) }
        if pod.isDeleting {
            reason = pod.status["reason"].string == "NodeLost" ? "Unknown" : "Terminating"
        }
    }

    private mutating func noteRestart(_ status: JSON) {
        restartCount += status["restartCount"].int ?? 0
        if let time = status["lastState"]["terminated"]["finishedAt"].string.flatMap({ Timestamp($0) }) {
            lastRestart = max(lastRestart ?? time, time)
        }
    }

    /// Whether an init container is still at work.
    private mutating func readInitContainers(_ pod: KubeObject, _ sidecars: Set<String>) -> Bool {
        let statuses = pod.status["initContainerStatuses"].elements
        for (position, status) in statuses.enumerated() {
            let isSidecar = sidecars.contains(status["name"].string ?? "")
            noteRestart(status)
            let terminated = status["state"]["terminated"]
            let waiting = status["state"]["waiting"]["reason"].string ?? ""
            if !terminated.isNull, terminated["exitCode"].int == 0 { continue }
            if isSidecar, status["started"].bool == true {
                if status["ready"].bool == true { readyCount += 1 }
                continue
            }
            if !terminated.isNull {
                let word = Self.word(of: terminated)
                reason = "Init:\(word)"
            } else if !waiting.isEmpty, waiting != "PodInitializing" {
                reason = "Init:\(waiting)"
            } else {
                reason = "Init:\(position)/\(pod.spec["initContainers"].elements.count)"
            }
            return true
        }
        return false
    }

    private static func word(of terminated: JSON) -> String {
        if let reason = terminated["reason"].string, !reason.isEmpty { return reason }
        if let signal = terminated["signal"].int, signal != 0 { return "Signal:\(signal)" }
        return "ExitCode:\(terminated["exitCode"].int ?? 0)"
    }

    private mutating func readContainers(_ pod: KubeObject) {
        var hasRunning = false
        for status in pod.status["containerStatuses"].elements.reversed() {
            noteRestart(status)
            let state = status["state"]
            if let waiting = state["waiting"]["reason"].string, !waiting.isEmpty {
                reason = waiting
            } else if !state["terminated"].isNull {
                reason = Self.word(of: state["terminated"])
            } else if status["ready"].bool == true, !state["running"].isNull {
                hasRunning = true
                readyCount += 1
            }
        }
        // One container has ended, another runs: the pod lives.
        if reason == "Completed", hasRunning { reason = Pods.isReady(pod) ? "Running" : "NotReady" }
    }
}

// The CronJob controller, and the schedules it reads.

import JSONTree
import KubeModel

extension Workloads {
    mutating func syncCronJob(_ key: ObjectKey, _ cluster: inout some WorkloadCluster) -> Bool {
        guard let cronJob = cluster.object(Kinds.cronJob.groupKind, key), !cronJob.isDeleting else { return true }
        let jobs = cluster.objects(Kinds.job.groupKind, namespace: key.namespace, ownedBy: cronJob.uid)
            .filter { $0.controller?.uid == cronJob.uid }
        var status = cronJob.status
        noteActive(cronJob, jobs, &status)
        pruneHistory(cronJob, jobs, &cluster)
        if cronJob.spec["suspend"].bool != true, let schedule = CronSchedule(cronJob.spec["schedule"].string ?? "") {
            startDue(cronJob, jobs, schedule, &status, &cluster)
        }
        return setStatus(cronJob, status, as: ControllerUser.cronJob, &cluster)
    }

    private static func isFinished(_ job: KubeObject) -> Bool {
        job.status["conditions"].elements.contains {
            ["Complete", "Failed"].contains($0["type"].string ?? "") && $0["status"].string == "True"
        }
    }

    private func noteActive(_ cronJob: KubeObject, _ jobs: [KubeObject], _ status: inout JSON) {
        let active = jobs.filter { !Self.isFinished($0) && !$0.isDeleting }
        let references = active.map { job -> JSON in
            [
                "apiVersion": "batch/v1", "kind": "Job", "name": .string(job.name),
                "namespace": .string(job.namespace), "uid": .string(job.uid),
                "resourceVersion": .string(job.resourceVersion),
            ]
        }
        let known = Set(status["active"].elements.compactMap { $0["uid"].string })
        if known != Set(active.map(\.uid)) {
            status.set(["active"], to: references.isEmpty ? nil : .array(references))
        }
        let completions = jobs.filter { Pods.condition($0, "Complete")["status"].string == "True" }
            .compactMap { $0.status["completionTime"].string }
        if let last = completions.max(), last > status["lastSuccessfulTime"].string ?? "" {
            status["lastSuccessfulTime"] = .string(last)
        }
    }

    private mutating func pruneHistory(
        _ cronJob: KubeObject, _ jobs: [KubeObject], _ cluster: inout some WorkloadCluster
    ) {
        for (type, field) in [("Complete", "successfulJobsHistoryLimit"), ("Failed", "failedJobsHistoryLimit")] {
            guard let limit = cronJob.spec[field].int else { continue }
            let finished = jobs.filter { Pods.condition($0, type)["status"].string == "True" && !$0.isDeleting }
                .sorted { ($0.creationTimestamp ?? .epoch, $0.name) < ($1.creationTimestamp ?? .epoch, $1.name) }
            for job in finished.dropLast(Int(limit)) { remove(job, as: ControllerUser.cronJob, &cluster) }
        }
    }

    /// Starts the Job of the latest time that has come, if it is not too late, and waits for the next.
    private mutating func startDue(
        _ cronJob: KubeObject, _ jobs: [KubeObject], _ schedule: CronSchedule, _ status: inout JSON,
        _ cluster: inout some WorkloadCluster
    ) {
        if let next = schedule.next(after: now) { queue.add(.cronJob(cronJob.key), at: next) }
        let since = status["lastScheduleTime"].string.flatMap { Timestamp($0) } ?? cronJob.creationTimestamp ?? now
        guard let due = schedule.latest(after: since, through: now) else { return }
        if let deadline = cronJob.spec["startingDeadlineSeconds"].int, due + .seconds(deadline) < now { return }
        let active = jobs.filter { !Self.isFinished($0) && !$0.isDeleting }
        switch cronJob.spec["concurrencyPolicy"].string {
        case "Forbid" where !active.isEmpty: return
        case "Replace":
            for job in active { remove(job, as: ControllerUser.cronJob, &cluster) }
        default: break
        }
        var metadata: JSON = [
            "name": .string("\(cronJob.name)-\(due.wholeSeconds / 60)"), "namespace": .string(cronJob.namespace),
            "ownerReferences": [OwnerReference(controller: cronJob).tree],
        ]
        let template = cronJob.spec["jobTemplate"]
        if !template["metadata"]["labels"].isNull { metadata["labels"] = template["metadata"]["labels"] }
        metadata["annotations"] = template["metadata"]["annotations"].isNull ? [:] : template["metadata"]["annotations"]
        metadata.set(["annotations", "batch.kubernetes.io/cronjob-scheduled-timestamp"], to: .string(due.rfc3339))
        let job: JSON = ["apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": template["spec"]]
        let result = create(KubeObject(job), as: ControllerUser.cronJob, &cluster)
        if case .success(let stored) = result {
            recordEvent(
                on: cronJob, .normal, reason: "SuccessfulCreate", "Created job \(stored.name)",
                component: "cronjob-controller", as: ControllerUser.cronJob, &cluster)
        }
        status["lastScheduleTime"] = .string(due.rfc3339)
    }
}

/// A cron schedule of five fields, in UTC: minute, hour, day of month, month, day of week.
struct CronSchedule: Hashable, Sendable {
    private var minutes: Set<Int>
    private var hours: Set<Int>
    private var days: Set<Int>
    private var months: Set<Int>
    private var weekdays: Set<Int>
    private var isAnyDay: Bool
    private var isAnyWeekday: Bool

    private static let macros = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
    ]
    private static let monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    private static let dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
    private static let minuteSeconds: Int64 = 60
    /// How far ahead a schedule is searched: past the next 29th of February.
    private static let searchedDays = 366 * 8

    /// Reads a schedule; nil when it is none.
    init?(_ text: String) {
        let fields = (Self.macros[text] ?? text).split(whereSeparator: \.isWhitespace).map { $0.lowercased() }
        guard fields.count == 5, let minutes = Self.values(fields[0], 0...59), let hours = Self.values(fields[1], 0...23),
            let days = Self.values(fields[2], 1...31), let months = Self.values(fields[3], 1...12, Self.monthNames, 1),
            let weekdays = Self.values(fields[4], 0...7, Self.dayNames, 0)
        else { return nil }
        self.minutes = minutes
        self.hours = hours
        self.days = days
        self.months = months
        self.weekdays = Set(weekdays.map { $0 % 7 })
        isAnyDay = fields[2].hasPrefix("*") || fields[2] == "?"
        isAnyWeekday = fields[4].hasPrefix("*") || fields[4] == "?"
    }

    private static func values(
        _ field: String, _ range: ClosedRange<Int>, _ names: [String] = [], _ firstName: Int = 0
    ) -> Set<Int>? {
        func number(_ text: Substring) -> Int? {
            let value = Int(text) ?? names.firstIndex(of: String(text)).map { $0 + firstName }
            return value.flatMap { range.contains($0) ? $0 : nil }
        }
        var result: Set<Int> = []
        for item in field.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = item.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard let base = parts.first else { return nil }
            var step = 1
            if parts.count == 2 {
                guard let given = Int(parts[1]), given > 0 else { return nil }
                step = given
            }
            let bounds = base.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            if base == "*" || base == "?" {
                result.formUnion(stride(from: range.lowerBound, through: range.upperBound, by: step))
            } else if bounds.count == 2 {
                guard let low = number(bounds[0]), let high = number(bounds[1]), low <= high else { return nil }
                result.formUnion(stride(from: low, through: high, by: step))
            } else {
                guard let low = number(base) else { return nil }
                result.formUnion(stride(from: low, through: parts.count == 2 ? range.upperBound : low, by: step))
            }
        }
        return result
    }

    /// The first time after that one, or nil when none comes within eight years.
    func next(after time: Timestamp) -> Timestamp? {
        let start = (time.wholeSeconds / Self.minuteSeconds + 1) * Self.minuteSeconds
        var day = start / 86_400
        var firstMinute = Int(start % 86_400 / 60)
        for _ in 0..<Self.searchedDays {
            if includes(day: day) {
                for minute in firstMinute..<1440 where hours.contains(minute / 60) && minutes.contains(minute % 60) {
                    return Timestamp(wholeSeconds: day * 86_400 + Int64(minute) * 60)
                }
            }
            day += 1
            firstMinute = 0
        }
        return nil
    }

    /// The last time after the first and not after the second, or nil.
    func latest(after first: Timestamp, through last: Timestamp) -> Timestamp? {
        // Many missed times count as one: only the last day is looked at closely.
        let near = max(first, last - .seconds(86_400))
        var found: Timestamp?
        var time = near
        while let next = next(after: time), next <= last {
            found = next
            time = next
        }
        if found == nil, near > first, let next = next(after: first), next <= last { return next }
        return found
    }

    private func includes(day: Int64) -> Bool {
        let text = Timestamp(wholeSeconds: day * 86_400).rfc3339
        guard let month = Int(text.dropFirst(5).prefix(2)), let date = Int(text.dropFirst(8).prefix(2)),
            months.contains(month)
        else { return false }
        let weekday = Int(((day + 4) % 7 + 7) % 7)
        let matchesDay = days.contains(date)
        let matchesWeekday = weekdays.contains(weekday)
        // As in cron: when both are restricted, either is enough.
        return isAnyDay || isAnyWeekday ? matchesDay && matchesWeekday : matchesDay || matchesWeekday
    }
}

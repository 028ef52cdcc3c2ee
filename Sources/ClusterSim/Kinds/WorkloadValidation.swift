// Validation of the kinds that make pods (kubernetes/pkg/apis/{apps,batch}/validation).

import JSONTree
import KubeModel

/// Validates Deployments, ReplicaSets, StatefulSets, DaemonSets, Jobs, CronJobs and
/// ReplicationControllers.
enum WorkloadValidation {
    // MARK: Deployment and ReplicaSet

    static func deployment(_ object: JSON, old: JSON?) -> [FieldError] {
        let spec = object["spec"]
        var errors = Check.notNegative(spec, "replicas", "spec")
        errors += Check.workloadSelector(spec, "deployment") + PodValidation.runningTemplate(spec, "ReplicaSet")
        errors += strategy(spec["strategy"])
        for field in ["minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"] {
            errors += Check.notNegative(spec, field, "spec")
        }
        if let deadline = spec["progressDeadlineSeconds"].int, deadline <= spec["minReadySeconds"].int ?? 0 {
            errors.append(
                .invalid("spec.progressDeadlineSeconds", .int(deadline), "must be greater than minReadySeconds"))
        }
        return errors + immutable("selector", object, old)
    }

    private static func immutable(_ field: String, _ object: JSON, _ old: JSON?) -> [FieldError] {
        guard let old, old["spec"][field] != object["spec"][field] else { return [] }
        return [.invalid("spec.\(field)", object["spec"][field], Check.immutable)]
    }

    private static func strategy(_ strategy: JSON) -> [FieldError] {
        let path = "spec.strategy"
        let update = strategy["rollingUpdate"]
        switch Check.text(strategy, "type") {
        case "Recreate":
            return update.isNull
                ? [] : [.forbidden("\(path).rollingUpdate", "may not be specified when strategy `type` is 'Recreate'")]
        case "RollingUpdate":
            if update.isNull {
                return [.required("\(path).rollingUpdate", "this should be defaulted and never be nil")]
            }
            let at = "\(path).rollingUpdate"
            var errors = Check.intOrPercent(update["maxUnavailable"], "\(at).maxUnavailable")
            errors += Check.intOrPercent(update["maxSurge"], "\(at).maxSurge")
            if Check.isZero(update["maxUnavailable"]), Check.isZero(update["maxSurge"]) {
                errors.append(
                    .invalid("\(at).maxUnavailable", update["maxUnavailable"], "may not be 0 when `maxSurge` is 0"))
            }
            return errors + Check.atMostAllPercent(update["maxUnavailable"], "\(at).maxUnavailable")
        default:
            let value: JSON = ["Type": strategy["type"], "RollingUpdate": update]
            return [.notSupported(path, value, ["Recreate", "RollingUpdate"])]
        }
    }

    static func replicaSet(_ object: JSON, old: JSON?) -> [FieldError] {
        let spec = object["spec"]
        var errors = Check.notNegative(spec, "replicas", "spec") + Check.notNegative(spec, "minReadySeconds", "spec")
        errors += Check.workloadSelector(spec, "replicaset") + PodValidation.runningTemplate(spec, "ReplicaSet")
        return errors + immutable("selector", object, old)
    }

    static func replicationController(_ object: JSON) -> [FieldError] {
        let spec = object["spec"]
        var errors = Check.notNegative(spec, "replicas", "spec") + Check.notNegative(spec, "minReadySeconds", "spec")
        let selector = KubeObject.strings(spec["selector"])
        if selector.isEmpty { errors.append(.required("spec.selector")) }
        if spec["template"].isNull { return errors + [.required("spec.template")] }
        errors += PodValidation.runningTemplate(spec, "ReplicationController")
        if !selector.isEmpty { errors += Check.templateLabels(spec, LabelSelector(matchLabels: selector)) }
        return errors
    }

    // MARK: StatefulSet and DaemonSet

    private static let statefulSetMutable = [
        "replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit",
        "persistentVolumeClaimRetentionPolicy", "minReadySeconds",
    ]

    static func statefulSet(_ object: JSON, old: JSON?) -> [FieldError] {
        let spec = object["spec"]
        var errors: [FieldError] = []
        let policy = Check.text(spec, "podManagementPolicy")
        if policy.isEmpty {
            errors.append(.required("spec.podManagementPolicy"))
        } else if !["OrderedReady", "Parallel"].contains(policy) {
            errors.append(.invalid("spec.podManagementPolicy", .string(policy), "must be 'OrderedReady' or 'Parallel'"))
        }
        errors += statefulStrategy(spec["updateStrategy"])
        for field in ["whenDeleted", "whenScaled"] {
            errors += Check.oneOf(
                spec["persistentVolumeClaimRetentionPolicy"], field, "spec.persistentVolumeClaimRetentionPolicy",
                ["Retain", "Delete"])
        }
        for field in ["replicas", "minReadySeconds", "revisionHistoryLimit"] { errors += Check.notNegative(spec, field, "spec") }
        errors += Check.notNegative(spec["ordinals"], "start", "spec.ordinals")
        errors += Check.workloadSelector(spec, "statefulset") + PodValidation.runningTemplate(spec, "StatefulSet")
        if spec.hasContent("serviceName") { errors += Check.dnsLabel(Check.text(spec, "serviceName"), "spec.serviceName") }
        guard let old else { return errors }
        var before = old["spec"]
        var after = spec
        for field in statefulSetMutable {
            before.drop(field)
            after.drop(field)
        }
        if before != after {
            errors.append(
                .forbidden(
                    "spec",
                    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
                        + "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and "
                        + "'minReadySeconds' are forbidden"))
        }
        return errors
    }

    private static func statefulStrategy(_ strategy: JSON) -> [FieldError] {
        let path = "spec.updateStrategy"
        let update = strategy["rollingUpdate"]
        switch Check.text(strategy, "type") {
        case "": return [.required(path)]
        case "OnDelete":
            return update.isNull
                ? [] : [.invalid("\(path).rollingUpdate", update, "only allowed for updateStrategy 'RollingUpdate'")]
        case "RollingUpdate":
            var errors = Check.notNegative(update, "partition", "\(path).rollingUpdate")
            if !update["maxUnavailable"].isNull {
                errors += Check.intOrPercent(update["maxUnavailable"], "\(path).rollingUpdate.maxUnavailable")
            }
            return errors
        default:
            let value: JSON = ["Type": strategy["type"], "RollingUpdate": update]
            return [.invalid(path, value, "must be 'RollingUpdate' or 'OnDelete'")]
        }
    }

    static func daemonSet(_ object: JSON, old: JSON?) -> [FieldError] {
        let spec = object["spec"]
        var errors = Check.workloadSelector(spec, "daemonset") + PodValidation.runningTemplate(spec, "DaemonSet")
        for field in ["minReadySeconds", "revisionHistoryLimit"] { errors += Check.notNegative(spec, field, "spec") }
        let path = "spec.updateStrategy"
        let update = spec["updateStrategy"]["rollingUpdate"]
        switch Check.text(spec["updateStrategy"], "type") {
        case "OnDelete": break
        case "RollingUpdate":
            let at = "\(path).rollingUpdate"
            if update.isNull {
                errors.append(.required(at))
                break
            }
            errors += Check.intOrPercent(update["maxUnavailable"], "\(at).maxUnavailable")
            errors += Check.intOrPercent(update["maxSurge"], "\(at).maxSurge")
            let hasUnavailable = !Check.isZero(update["maxUnavailable"])
            let hasSurge = !Check.isZero(update["maxSurge"])
            if hasUnavailable, hasSurge {
                errors.append(.invalid("\(at).maxSurge", update["maxSurge"], "may not be set when maxUnavailable is non-zero"))
            } else if !hasUnavailable, !hasSurge {
                errors.append(.required("\(at).maxUnavailable", "cannot be 0 when maxSurge is 0"))
            }
        default:
            errors.append(.notSupported("\(path).type", spec["updateStrategy"]["type"], ["RollingUpdate", "OnDelete"]))
        }
        return errors + immutable("selector", object, old)
    }

    // MARK: CronJob

    /// `@every 1h30m`
    private static func isInterval(_ schedule: String) -> Bool {
        schedule.hasPrefix("@every ") && Duration.parse(goText: String(schedule.dropFirst(7))) != nil
    }

    static func cronJob(_ object: JSON) -> [FieldError] {
        let spec = object["spec"]
        var errors: [FieldError] = []
        let schedule = Check.text(spec, "schedule")
        if schedule.isEmpty {
            errors.append(.required("spec.schedule"))
        } else if CronSchedule(schedule) == nil, !isInterval(schedule) {
            let fields = schedule.split(whereSeparator: \.isWhitespace)
            let why =
                fields.count == 5
                ? "failed to parse \(schedule)"
                : "expected exactly 5 fields, found \(fields.count): [\(fields.joined(separator: " "))]"
            errors.append(.invalid("spec.schedule", .string(schedule), why))
        }
        errors += TimeZoneName.errors(spec["timeZone"], "spec.timeZone")
        errors += Check.notNegative(spec, "startingDeadlineSeconds", "spec")
        let policy = Check.text(spec, "concurrencyPolicy")
        if policy.isEmpty { errors.append(.required("spec.concurrencyPolicy")) }
        errors += Check.oneOf(spec, "concurrencyPolicy", "spec", ["Allow", "Forbid", "Replace"])
        for field in ["successfulJobsHistoryLimit", "failedJobsHistoryLimit"] { errors += Check.notNegative(spec, field, "spec") }
        let name = object["metadata"]["name"].string ?? ""
        if name.utf8.count > 52 {
            errors.append(.invalid("metadata.name", .string(name), "must be no more than 52 characters"))
        }
        let job = spec["jobTemplate"]["spec"]
        if job["manualSelector"].bool == true {
            errors.append(.notSupported("spec.jobTemplate.spec.manualSelector", true, ["nil", "false"]))
        }
        return errors + JobValidation.spec(job, "spec.jobTemplate.spec")
    }
}

/// Validates Jobs.
enum JobValidation {
    static func job(_ object: JSON, old: JSON?) -> [FieldError] {
        var errors = generated(object)
        errors += specWithSelector(object["spec"])
        guard let old else { return errors }
        // The real server looks at the spec again when it compares.
        errors += specWithSelector(object["spec"]) + immutables(object, old)
        return errors
    }

    /// A Job that does not choose its own selector has the one made from its uid.
    private static func generated(_ object: JSON) -> [FieldError] {
        guard object["spec"]["manualSelector"].bool != true else { return [] }
        let selector = object["spec"]["selector"]
        let uid = object["metadata"]["uid"]
        let expected: JSON = ["matchLabels": ["batch.kubernetes.io/controller-uid": uid]]
        let older: JSON = ["matchLabels": ["controller-uid": uid]]
        if selector == expected || selector == older { return [] }
        return [.invalid("spec.selector", selector, "`selector` not auto-generated")]
    }

    private static func specWithSelector(_ spec: JSON) -> [FieldError] {
        var errors = Self.spec(spec, "spec")
        if spec["selector"].isNull {
            errors.append(.required("spec.selector"))
        } else {
            errors += Check.selector(spec["selector"], "spec.selector")
        }
        return errors + Check.templateLabels(spec, spec["selector"].isNull ? nil : LabelSelector(spec["selector"]))
    }

    /// The spec of a Job or of a CronJob's Jobs.
    static func spec(_ spec: JSON, _ path: String) -> [FieldError] {
        var errors: [FieldError] = []
        for field in ["parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished",
            "backoffLimitPerIndex", "maxFailedIndexes"]
        { errors += Check.notNegative(spec, field, path) }
        let mode = Check.text(spec, "completionMode")
        if !mode.isEmpty, !["NonIndexed", "Indexed"].contains(mode) {
            errors.append(.notSupported("\(path).completionMode", .string(mode), ["NonIndexed", "Indexed"]))
        }
        if mode == "Indexed" {
            if spec["completions"].isNull {
                errors.append(.required("\(path).completions", "when completion mode is Indexed"))
            }
            if let parallelism = spec["parallelism"].int, parallelism > 100_000 {
                errors.append(
                    .invalid("\(path).parallelism", .int(parallelism), "must be less than or equal to 100000 when completion mode is Indexed"))
            }
        }
        errors += JobPolicyValidation.limits(spec, path)
        errors += failurePolicy(spec, "\(path).podFailurePolicy")
        errors += PodValidation.template(spec["template"], "\(path).template")
        let restarts = Check.text(spec["template"]["spec"], "restartPolicy")
        let field = "\(path).template.spec.restartPolicy"
        if restarts.isEmpty || restarts == "Always" {
            errors.removeAll { $0.field == field }
            errors.append(.required(field, "valid values: \"OnFailure\", \"Never\""))
        } else if restarts == "OnFailure", !spec["podFailurePolicy"].isNull {
            errors.append(
                .invalid(field, .string(restarts), "only \"Never\" is supported when podFailurePolicy is specified"))
        } else if !["OnFailure", "Never"].contains(restarts) {
            errors.append(.notSupported(field, .string(restarts), ["OnFailure", "Never"]))
        }
        return errors
    }

    private static func failurePolicy(_ spec: JSON, _ path: String) -> [FieldError] {
        var errors: [FieldError] = []
        let template = spec["template"]["spec"]
        let names = Set((template["containers"].elements + template["initContainers"].elements).compactMap { $0["name"].string })
        for (position, rule) in spec["podFailurePolicy"]["rules"].elements.enumerated() {
            let at = "\(path).rules[\(position)]"
            if Check.text(rule, "action").isEmpty { errors.append(.required("\(at).action", "valid values: \"Count\", \"FailIndex\", \"FailJob\", \"Ignore\"")) }
            errors += Check.oneOf(rule, "action", at, ["Count", "FailIndex", "FailJob", "Ignore"])
            let codes = rule["onExitCodes"]
            let hasConditions = !rule["onPodConditions"].elements.isEmpty
            if codes.isNull, !hasConditions {
                errors.append(.invalid(at, rule, "specifying one of OnExitCodes and OnPodConditions is required"))
            } else if !codes.isNull, hasConditions {
                errors.append(.invalid(at, rule, "specifying both OnExitCodes and OnPodConditions is not supported"))
            }
            if !codes.isNull { errors += exitCodes(codes, "\(at).onExitCodes", names) }
            for (index, pattern) in rule["onPodConditions"].elements.enumerated() {
                let place = "\(at).onPodConditions[\(index)]"
                errors += Check.qualifiedName(Check.text(pattern, "type"), "\(place).type")
                errors += Check.oneOf(pattern, "status", place, ["False", "True", "Unknown"])
            }
        }
        return errors
    }

    private static func exitCodes(_ codes: JSON, _ path: String, _ names: Set<String>) -> [FieldError] {
        var errors: [FieldError] = []
        let operation = Check.text(codes, "operator")
        if operation.isEmpty { errors.append(.required("\(path).operator", "valid values: \"In\", \"NotIn\"")) }
        errors += Check.oneOf(codes, "operator", path, ["In", "NotIn"])
        if let name = codes["containerName"].string, !names.contains(name) {
            errors.append(
                .invalid("\(path).containerName", .string(name), "must be one of the container or initContainer names in the pod template"))
        }
        let values = codes["values"].elements
        if values.isEmpty { errors.append(.invalid("\(path).values", codes["values"], "at least one value is required")) }
        var previous: Int64?
        for (position, value) in values.enumerated() {
            let at = "\(path).values[\(position)]"
            if operation == "In", value == 0 { errors.append(.invalid(at, value, "must not be 0 for the In operator")) }
            if let number = value.int {
                if number == previous { errors.append(.duplicate(at, value)) }
                if let previous, previous > number { errors.append(.invalid("\(path).values", codes["values"], "must be ordered")) }
                previous = number
            }
        }
        return errors
    }

    // MARK: Updates

    private static func immutables(_ object: JSON, _ old: JSON) -> [FieldError] {
        let new = object["spec"]
        let before = old["spec"]
        var errors: [FieldError] = []
        func compare(_ field: String) {
            if new[field] != before[field] { errors.append(.invalid("spec.\(field)", new[field], Check.immutable)) }
        }
        // An Indexed Job may be resized together with its parallelism.
        let isElastic = new["completionMode"] == "Indexed" && new["completions"] == new["parallelism"]
            && before["completions"] == before["parallelism"]
        if !isElastic { compare("completions") }
        compare("selector")
        errors += templateChange(new, before, old)
        for field in ["completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy"] {
            compare(field)
        }
        return errors
    }

    /// The template is fixed; while a Job waits suspended, its pods may still be directed elsewhere.
    private static func templateChange(_ new: JSON, _ before: JSON, _ old: JSON) -> [FieldError] {
        var template = new["template"]
        var reference = before["template"]
        if before["suspend"].bool == true, old["status"]["startTime"].isNull {
            for field in ["affinity", "nodeSelector", "tolerations", "schedulingGates"] {
                template.set(["spec", field], to: nil)
                reference.set(["spec", field], to: nil)
            }
            for field in ["labels", "annotations"] {
                template.set(["metadata", field], to: nil)
                reference.set(["metadata", field], to: nil)
            }
        }
        var errors: [FieldError] = []
        if template["metadata"] != reference["metadata"] {
            errors.append(.invalid("spec.template.metadata", new["template"]["metadata"], Check.immutable))
        }
        if template["spec"] != reference["spec"] {
            errors.append(.invalid("spec.template.spec", GoDump.podSpec(new["template"]["spec"]), Check.immutable))
        }
        return errors
    }
}

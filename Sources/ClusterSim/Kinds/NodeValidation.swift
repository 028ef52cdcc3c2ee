// Validation of nodes, runtime classes and of time zones' names.

import JSONTree
import KubeModel

/// Validates what pods run on.
enum NodeValidation {
    /// A node. The server calls the taints' place `metadata.taints`.
    static func node(_ object: JSON) -> [FieldError] {
        var errors: [FieldError] = []
        var seen: Set<[String]> = []
        for (position, taint) in object["spec"]["taints"].elements.enumerated() {
            let at = "metadata.taints[\(position)]"
            let (key, effect) = (Check.text(taint, "key"), Check.text(taint, "effect"))
            errors += Check.qualifiedName(key, "\(at).key")
            errors += MetadataRules.labelValueErrors(Check.text(taint, "value")).map {
                .invalid("\(at).value", taint["value"], $0)
            }
            if effect.isEmpty {
                errors.append(.required("\(at).effect"))
            } else {
                errors += Check.oneOf(taint, "effect", at, ["NoExecute", "NoSchedule", "PreferNoSchedule"])
            }
            if !seen.insert([key, effect]).inserted {
                errors.append(FieldError(.duplicate, at, value: taint, "taints must be unique by key and effect pair"))
            }
        }
        for (position, range) in object["spec"]["podCIDRs"].elements.enumerated()
        where !Check.isCIDR(range.string ?? "") {
            errors.append(
                .invalid(
                    "spec.podCIDRs[\(position)]", range,
                    "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"))
        }
        return errors
    }

    static func runtimeClass(_ object: JSON, old: JSON?) -> [FieldError] {
        let handler = Check.text(object, "handler")
        var errors = Check.dnsLabel(handler, "handler")
        for (name, amount) in (object["overhead"]["podFixed"].object ?? [:]).sorted() {
            let at = "overhead.limits[\(name)]"
            errors += ContainerValidation.resourceName(name, at)
            if let quantity = amount.string.flatMap({ Quantity($0) }), quantity.milliValue < 0 {
                errors.append(.invalid(at, amount, Check.notNegative))
            }
        }
        let scheduling = object["scheduling"]
        errors += MetadataRules.labels(scheduling["nodeSelector"], "scheduling.nodeSelector")
        for (position, toleration) in scheduling["tolerations"].elements.enumerated() {
            errors += SchedulingValidation.toleration(toleration, "scheduling.tolerations[\(position)]")
        }
        if let old, old["handler"] != object["handler"] {
            errors.append(.invalid("handler", object["handler"], Check.immutable))
        }
        return errors
    }
}

/// Names of time zones, as far as they are known without the IANA's table: by their areas.
enum TimeZoneName {
    private static let areas: Set<Substring> = [
        "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Brazil", "Canada", "Chile",
        "Etc", "Europe", "Indian", "Mexico", "Pacific", "US",
    ]
    private static let single: Set<String> = [
        "CET", "CST6CDT", "Cuba", "EET", "EST", "EST5EDT", "Egypt", "Eire", "GB", "GMT", "Greenwich", "HST",
        "Hongkong", "Iceland", "Iran", "Israel", "Jamaica", "Japan", "Kwajalein", "Libya", "MET", "MST", "MST7MDT",
        "NZ", "Navajo", "PRC", "PST8PDT", "Poland", "Portugal", "ROC", "ROK", "Singapore", "Turkey", "UCT", "UTC",
        "Universal", "W-SU", "WET", "Zulu",
    ]

    /// The error of a zone's name, at a CronJob.
    static func errors(_ zone: JSON, _ path: String) -> [FieldError] {
        guard let name = zone.string else { return [] }
        if name.isEmpty { return [.invalid(path, zone, "timeZone must be nil or non-empty string")] }
        if name.lowercased() == "local" {
            return [
                .invalid(
                    path, zone, "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones")
            ]
        }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let isKnown = parts.count == 1 ? single.contains(name) : areas.contains(parts[0]) && !parts.contains("")
        return isKnown ? [] : [.invalid(path, zone, "unknown time zone \(name)")]
    }
}

extension Check {
    /// A name such as `acme.io/foo`.
    static func prefixedPath(_ text: String, _ path: String) -> [FieldError] {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            return [.invalid(path, .string(text), "must be a domain-prefixed path (such as \"acme.io/foo\")")]
        }
        return dnsSubdomain(String(parts[0]), path)
    }
}

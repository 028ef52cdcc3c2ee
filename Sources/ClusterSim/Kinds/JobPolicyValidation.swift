// Validation of when a Job has succeeded or failed by index.

import JSONTree
import KubeModel

/// Validates a Job's limits by index and its success policy.
enum JobPolicyValidation {
    private static let rulesMax = 20
    private static let failedIndexesMax: Int64 = 100_000

    static func limits(_ spec: JSON, _ path: String) -> [FieldError] {
        var errors: [FieldError] = []
        let failures = spec["maxFailedIndexes"]
        if !failures.isNull, spec["backoffLimitPerIndex"].isNull {
            errors.append(.required("\(path).backoffLimitPerIndex", "when maxFailedIndexes is specified"))
        }
        if Check.text(spec, "completionMode") == "Indexed" {
            if let number = failures.int, let count = spec["completions"].int, number > count {
                errors.append(
                    .invalid("\(path).maxFailedIndexes", failures, "must be less than or equal to completions"))
            }
            if let number = failures.int, number > failedIndexesMax {
                errors.append(
                    .invalid("\(path).maxFailedIndexes", failures, "must be less than or equal to \(failedIndexesMax)"))
            }
        } else {
            for field in ["backoffLimitPerIndex", "maxFailedIndexes"] where !spec[field].isNull {
                errors.append(.invalid("\(path).\(field)", spec[field], "requires indexed completion mode"))
            }
        }
        if !spec["podFailurePolicy"].isNull {
            errors += Check.oneOf(spec, "podReplacementPolicy", path, ["Failed"])
        } else {
            errors += Check.oneOf(spec, "podReplacementPolicy", path, ["Failed", "TerminatingOrFailed"])
        }
        if let owner = spec["managedBy"].string {
            errors += Check.prefixedPath(owner, "\(path).managedBy")
            if owner.utf8.count > 63 {
                errors.append(FieldError(.tooLong, "\(path).managedBy", "may not be more than 63 bytes"))
            }
        }
        return errors + success(spec, "\(path).successPolicy")
    }

    private static func success(_ spec: JSON, _ path: String) -> [FieldError] {
        let policy = spec["successPolicy"]
        guard !policy.isNull else { return [] }
        guard Check.text(spec, "completionMode") == "Indexed" else {
            return [.invalid(path, policy, "requires indexed completion mode")]
        }
        let rules = policy["rules"].elements
        var errors: [FieldError] = []
        if rules.isEmpty {
            errors.append(
                .required("\(path).rules", "at least one rules must be specified when the successPolicy is specified"))
        }
        if rules.count > rulesMax {
            errors.append(
                FieldError(.tooMany, "\(path).rules", value: .int(Int64(rules.count)), "must have at most \(rulesMax) items"))
        }
        let completions = spec["completions"].int ?? 0
        for (position, rule) in rules.enumerated() {
            errors += Self.rule(rule, "\(path).rules[\(position)]", completions)
        }
        return errors
    }

    private static func rule(_ rule: JSON, _ path: String, _ completions: Int64) -> [FieldError] {
        let indexes = rule["succeededIndexes"]
        if indexes.isNull, rule["succeededCount"].isNull {
            return [.required(path, "at least one of succeededCount or succeededIndexes must be specified")]
        }
        var errors: [FieldError] = []
        var total: Int64?
        if let text = indexes.string {
            switch count(text, completions) {
            case .success(let count): total = count
            case .failure(let problem):
                errors.append(
                    .invalid("\(path).succeededIndexes", indexes, "error parsing succeededIndexes: \(problem.message)"))
            }
        }
        errors += Check.notNegative(rule, "succeededCount", path)
        guard let wanted = rule["succeededCount"].int else { return errors }
        if wanted > completions {
            errors.append(
                .invalid(
                    "\(path).succeededCount", .int(wanted),
                    "must be less than or equal to \(completions) (the number of specified completions)"))
        }
        if !indexes.isNull, wanted > total ?? 0 {
            errors.append(
                .invalid(
                    "\(path).succeededCount", .int(wanted),
                    "must be less than or equal to \(total ?? 0) (the number of indexes in the specified "
                        + "succeededIndexes field)"))
        }
        return errors
    }

    private struct Problem: Error { var message: String }

    /// How many indexes a text such as `0,2-4` names, in rising order below the completions.
    private static func count(_ text: String, _ completions: Int64) -> Result<Int64, Problem> {
        if text.isEmpty { return .success(0) }
        var total: Int64 = 0
        var last: Int64?
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false)
            if ends.count > 2 {
                return .failure(Problem(message: "the fragment \"\(part)\" violates the requirement that an index interval can have at most two parts separated by '-'"))
            }
            var numbers: [Int64] = []
            for end in ends {
                guard let number = Int64(end) else {
                    return .failure(Problem(message: "cannot convert string to integer for index: \"\(end)\""))
                }
                if number >= completions {
                    return .failure(Problem(message: "too large index: \"\(end)\""))
                }
                numbers.append(number)
            }
            guard let first = numbers.first, let end = numbers.last else { continue }
            if let last, last >= first {
                return .failure(Problem(message: "non-increasing order, previous: \(last), current: \(first)"))
            }
            if numbers.count == 2, first >= end {
                return .failure(Problem(message: "non-increasing order, previous: \(first), current: \(end)"))
            }
            total += end - first + 1
            last = end
        }
        return .success(total)
    }
}

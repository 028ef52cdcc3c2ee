// A Job's pod failure policy, and the text of its completed indexes.

import JSONTree
import KubeModel

/// The rule of a pod failure policy that a failed pod meets.
struct JobFailureRule: Hashable, Sendable {
    var index: Int
    /// `FailJob`, `FailIndex`, `Ignore`, `Count`.
    var action: String
    var container: String
    var exitCode: Int64
}

extension Workloads {
    /// Whether a rule says that this pod's failure does not count.
    func ignoresFailure(of pod: KubeObject, _ view: JobView) -> Bool {
        failureRule(for: pod, view)?.action == "Ignore"
    }

    /// The first rule that a failed pod meets.
    func failureRule(for pod: KubeObject, _ view: JobView) -> JobFailureRule? {
        for (index, rule) in view.job.spec["podFailurePolicy"]["rules"].elements.enumerated() {
            let action = rule["action"].string ?? ""
            if let requirement = rule["onExitCodes"].object.map(JSON.object) {
                for status in pod.status["containerStatuses"].elements {
                    guard let code = status["state"]["terminated"]["exitCode"].int, code != 0 else { continue }
                    if let name = requirement["containerName"].string, name != status["name"].string { continue }
                    let isListed = requirement["values"].elements.contains(.int(code))
                    if isListed == (requirement["operator"].string == "In") {
                        return JobFailureRule(
                            index: index, action: action, container: status["name"].string ?? "", exitCode: code)
                    }
                }
            }
            for pattern in rule["onPodConditions"].elements {
                let condition = Pods.condition(pod, pattern["type"].string ?? "")
                if !condition.isNull, condition["status"].string == pattern["status"].string ?? "True" {
                    return JobFailureRule(index: index, action: action, container: "", exitCode: 0)
                }
            }
        }
        return nil
    }
}

/// Lists of indexes as `status.completedIndexes` writes them: `0-2,5`.
enum JobIndexes {
    /// A bound on what a hostile text can make.
    private static let countMax = 100_000

    static func parse(_ text: String) -> [Int] {
        var indexes: [Int] = []
        for part in text.split(separator: ",") {
            let ends = part.split(separator: "-").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last, first <= last,
                indexes.count + last - first < countMax
            else { continue }
            indexes += first...last
        }
        return indexes
    }

    static func text(_ indexes: Set<Int>) -> String {
        var parts: [String] = []
        let sorted = indexes.sorted()
        var start = 0
        while start < sorted.count {
            var end = start
            while end + 1 < sorted.count, sorted[end + 1] == sorted[end] + 1 { end += 1 }
            // Two neighbours are written apart, as the real controller writes them.
            switch end - start {
            case 0: parts.append("\(sorted[start])")
            case 1: parts.append("\(sorted[start]),\(sorted[end])")
            default: parts.append("\(sorted[start])-\(sorted[end])")
            }
            start = end + 1
        }
        return parts.joined(separator: ",")
    }
}

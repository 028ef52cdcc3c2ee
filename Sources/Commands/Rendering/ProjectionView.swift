// `plan` as text.

import JSONTree
import KubeModel

/// Prints a projection as a timetable.
struct ProjectionView {
    let result: ProjectionStage.Result
    let rollout: KubeObject
    let podReady: Duration
    let style: Style
    let columns: Int?

    var lines: [String] {
        let projection = result.projection
        let pods = rollout.spec["replicas"].int ?? projection.rollout?.spec["replicas"].int ?? 1
        var lines = [
            "Plan of rollout \(rollout.namespace.isEmpty ? "" : "\(rollout.namespace)/")\(rollout.name): "
                + "\(pods) \(pods == 1 ? "pod" : "pods"), each ready \(Age.text(podReady)) after its start"
        ]
        lines += result.introduction.map { "  \($0)" }
        lines.append("")
        let heading = ["AT", "TAKES", "TRAFFIC", "NEW", "OLD", "STEP"]
        let rows = projection.stages.map { stage in
            [
                Self.span(stage.start),
                stage.needsPromotion ? "?" : stage.length.map(Self.span) ?? "-", "\(stage.share)%",
                "\(stage.new.available)/\(stage.new.wished)",
                "\(stage.old.available)/\(stage.old.wished)",
                stage.needsPromotion
                    ? "\(stage.title), until `kubectl martlet promote \(rollout.name)`"
                    : stage.title,
            ]
        }
        let table = Table(rows: [heading] + rows).lines
        lines += columns.map { width in table.map { $0.cut(to: width) } } ?? table
        lines.append("")
        lines += ending.wrapped(to: columns ?? Int.max)
        lines += result.notes.flatMap { "Note: \($0)".wrapped(to: columns ?? Int.max) }
        return lines
    }

    private var ending: String {
        let projection = result.projection
        if let obstacle = projection.obstacle {
            return style.paint("Does not come to its end: \(obstacle)", .red)
        }
        var text = "Done after \(Self.span(projection.length))"
        if projection.promotionCount > 0 {
            text +=
                ", not counting \(projection.promotionCount) \(projection.promotionCount == 1 ? "wait" : "waits") for promote"
        }
        return text + "; \(projection.writeCount) writes to the API server."
    }

    /// `5m10s`, `1h`: exact to the second, however long.
    static func span(_ duration: Duration) -> String {
        let seconds = Int(duration.components.seconds)
        let parts = [
            (seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "m"),
            (seconds % 60, "s"),
        ]
        let text = parts.filter { $0.0 > 0 }.map { "\($0.0)\($0.1)" }.joined()
        return text.isEmpty ? "0s" : text
    }

    /// The projection for programs.
    var tree: JSON {
        let projection = result.projection
        let stages: [JSON] = projection.stages.map { stage in
            [
                "step": .string(stage.title), "atSeconds": .int(stage.start.components.seconds),
                "takesSeconds": stage.needsPromotion
                    ? .null : stage.length.map { .int($0.components.seconds) } ?? .null,
                "trafficPercent": JSON(stage.share), "newPods": JSON(stage.new.wished),
                "oldPods": JSON(stage.old.wished),
                "needsPromotion": .bool(stage.needsPromotion),
            ]
        }
        return [
            "rollout": .string(rollout.name), "stages": .array(stages),
            "totalSeconds": .int(projection.length.components.seconds),
            "promotions": JSON(projection.promotionCount), "writes": JSON(projection.writeCount),
            "obstacle": projection.obstacle.map { .string($0) } ?? .null,
            "notes": .array((result.introduction + result.notes).map { .string($0) }),
        ]
    }
}

// Starting, stopping and forgetting analysis runs.

import JSONTree
import KubeModel
import MartletModel

/// The moves on a canary's analysis runs.
struct RunMoves {
    let snapshot: RolloutSnapshot
    let position: Position
    private let lowering: Lowering

    init(_ snapshot: RolloutSnapshot, _ position: Position) {
        self.snapshot = snapshot
        self.position = position
        lowering = Lowering(snapshot, position)
    }

    /// Makes a run whose name the status already records.
    func create(_ name: String, _ purpose: AnalysisPurpose, _ analysis: RolloutAnalysis) -> Result<
        Move, CompositionError
    > {
        let arguments = RunArguments(snapshot, position).resolved(analysis.arguments)
        return AnalysisComposition.runSpec(
            templates: snapshot.analyses[purpose] ?? [], args: arguments, dryRun: analysis.dryRun,
            measurementRetention: analysis.measurementRetention
        ).map { spec in
            Move(
                .createRun(name), because: "the \(purpose.label.lowercased()) analysis is due",
                [.create(lowering.run(name, purpose, analysis, spec: spec))])
        }
    }

    /// Stops runs that nothing waits for.
    func terminate(except current: Set<String>) -> [Move] {
        snapshot.runs.filter { !$0.isCompleted && !$0.isTerminating && !current.contains($0.name) }
            .map { Move(.terminateRun($0.name), because: "nothing waits for it", [lowering.terminate($0)]) }
    }

    /// Deletes finished runs beyond the limits, and those of revisions that are gone
    /// (analysis.md, section 6).
    func cleanup(except current: Set<String>) -> [Move] {
        let spec = snapshot.rollout.view.spec
        let hashes = Set(snapshot.replicaSets.filter { !$0.isDeleting }.map(\.hash))
        var successful = 0
        var unsuccessful = 0
        var moves: [Move] = []
        for run in snapshot.runs.sorted(by: { ($0.created, $0.name) > ($1.created, $1.name) })
        where run.isCompleted && !current.contains(run.name) {
            if run.phase == "Successful" { successful += 1 } else { unsuccessful += 1 }
            let isExcess =
                run.phase == "Successful"
                ? successful > spec.successfulRunHistoryLimit
                : unsuccessful > spec.unsuccessfulRunHistoryLimit
            guard isExcess || !hashes.contains(run.hash) else { continue }
            moves.append(Move(.deleteRun(run.name), because: "the history is full", [lowering.delete(run)]))
        }
        return moves
    }
}

/// Resolves the arguments that a Rollout hands to its analyses.
struct RunArguments {
    let snapshot: RolloutSnapshot
    let position: Position

    init(_ snapshot: RolloutSnapshot, _ position: Position) {
        self.snapshot = snapshot
        self.position = position
    }

    func resolved(_ arguments: [JSON]) -> [(name: String, value: JSON)] {
        arguments.map { argument in (argument["name"].string ?? "", value(of: argument)) }
    }

    private func value(of argument: JSON) -> JSON {
        if let text = argument["value"].string { return .string(text) }
        let source = argument["valueFrom"]
        switch source["podTemplateHashValue"].string {
        case "Stable": return .string(position.status.stableHash)
        case "Latest": return .string(position.hash)
        default: break
        }
        if let path = source["fieldRef"]["fieldPath"].string {
            return .string(Self.field(path, of: snapshot.rollout.object))
        }
        return source.isNull ? .null : ["valueFrom": source]
    }

    /// A field of the Rollout by the downward API's paths, or by a walk through its tree.
    static func field(_ path: String, of rollout: KubeObject) -> String {
        var value = rollout.tree
        var key = ""
        var quoted = false
        func step(_ key: inout String, _ value: inout JSON) {
            if key.isEmpty { return }
            value = value.array == nil ? value[key] : Int(key).map { value[$0] } ?? .null
            key = ""
        }
        for character in path {
            switch character {
            case "'": quoted.toggle()
            case ".", "[", "]":
                if quoted { key.append(character) } else { step(&key, &value) }
            default: key.append(character)
            }
        }
        step(&key, &value)
        return value.string ?? (value.isNull ? "" : value.text())
    }
}

// What an Experiment does next.
//
//   ReplicaSets without pods ──► pods ──► all available: analyses start, the duration runs
//        ──► duration over, required analyses successful, or anything failed: runs are ended,
//            pods go after the scale-down delay
//
// The rules are those of analysis.md, section 7. Rollouts' invariants 1 and 7 to 9 hold here too.

import JSONTree
import KubeModel
import MartletModel

/// Decides what an Experiment does next.
package func decide(_ snapshot: ExperimentSnapshot) -> ExperimentPlan {
    let view = snapshot.experiment.view
    if snapshot.experiment.object.isDeleting {
        return ExperimentPlan(status: view.status, why: "being deleted")
    }
    if let error = view.spec.firstError { return planForInvalid(error, snapshot) }
    var decision = ExperimentDecision(snapshot)
    return decision.plan()
}

/// A specification that cannot be carried out: nothing is done but saying so.
private func planForInvalid(_ error: String, _ snapshot: ExperimentSnapshot) -> ExperimentPlan {
    var status = snapshot.experiment.view.status
    let message = "The Experiment \"\(snapshot.name)\" is invalid: \(error)"
    let isNew = status.conditions.first { $0.type == RolloutConditionType.invalidSpec }?.message != message
    status.conditions.set(
        RolloutCondition(RolloutConditionType.invalidSpec, "True", RolloutReason.invalidSpec, message),
        at: snapshot.now, isRefreshed: isNew)
    var plan = ExperimentPlan(status: status, why: message)
    if let change = ExperimentLowering(snapshot).record(status) {
        let events = isNew ? [ExperimentEvents(snapshot.experiment.object).invalid(message)] : []
        plan.moves = [Move(.recordStatus, because: "the specification is invalid", [change], events: events)]
    }
    return plan
}

/// One decision about an Experiment whose specification is in order.
struct ExperimentDecision {
    let snapshot: ExperimentSnapshot
    var status: ExperimentStatus
    var events: [KubeEvent] = []
    var times: [Timestamp] = []
    let make: ExperimentEvents
    let lowering: ExperimentLowering
    var spec: ExperimentSpec { snapshot.experiment.view.spec }
    var now: Timestamp { snapshot.now.truncatedToSeconds }

    init(_ snapshot: ExperimentSnapshot) {
        self.snapshot = snapshot
        status = snapshot.experiment.view.status
        make = ExperimentEvents(snapshot.experiment.object)
        lowering = ExperimentLowering(snapshot)
    }

    mutating func plan() -> ExperimentPlan {
        status.conditions.remove(type: RolloutConditionType.invalidSpec)
        prepare()
        observeRuns()
        let isEnding = isEnding
        var templates = status.templates
        for index in templates.indices { advance(&templates[index], isEnding: isEnding) }
        status.templates = templates
        if status.availableAt == nil, status.templates.allSatisfy({ $0.phase == .running }) {
            status.availableAt = now
        }
        let due = isEnding ? [] : startAnalyses()
        judge()
        if status.phase?.isCompleted ?? false {
            for index in templates.indices where !(templates[index].phase?.isCompleted ?? false) {
                set(.successful, "", on: &templates[index])
            }
            status.templates = templates
        }
        status.conditions.set(condition, at: now)
        return assembled(due)
    }

    /// An entry for each template and analysis, in their order.
    private mutating func prepare() {
        status.templates = spec.templates.map { template in
            status.templates.first { $0.name == template.name } ?? .init(name: template.name)
        }
        status.runs = spec.analyses.map { analysis in
            status.runs.first { $0.name == analysis.name } ?? .init(name: analysis.name)
        }
    }

    // MARK: Templates

    /// Whether pods are to go and analyses to end.
    private var isEnding: Bool {
        if spec.isTerminated || status.phase?.isCompleted ?? false { return true }
        return status.templates.contains { $0.phase?.isBad ?? false } || status.runs.contains(where: \.isBad)
            || areRequiredAnalysesSuccessful
    }

    private var required: [ExperimentStatus.RunStatus] {
        let names = Set(spec.analyses.filter(\.isRequired).map(\.name))
        return status.runs.filter { names.contains($0.name) }
    }

    private var areRequiredAnalysesSuccessful: Bool {
        !required.isEmpty && required.allSatisfy { $0.phase == AnalysisPhase.successful.rawValue }
    }

    private mutating func advance(_ template: inout ExperimentStatus.TemplateStatus, isEnding: Bool) {
        let set = snapshot.replicaSets[template.name]
        template.replicas = set?.existing ?? 0
        template.readyReplicas = set?.ready ?? 0
        template.availableReplicas = set?.available ?? 0
        guard let wanted = spec.templates.first(where: { $0.name == template.name }),
            !(template.phase?.isCompleted ?? false)
        else { return }
        if wanted.hasService, let set {
            template.serviceName = lowering.serviceName(of: wanted)
            template.podTemplateHash = set.hash
        }
        if isEnding { return self.set(.successful, "", on: &template) }
        let isWhole = set.map { $0.isObserved && $0.wished == wanted.replicas && $0.available >= wanted.replicas }
        if isWhole ?? false {
            self.set(.running, "", on: &template)
            if let end = end {
                if end <= snapshot.now { self.set(.successful, "", on: &template) } else { times.append(end) }
            }
            return
        }
        if template.phase != .progressing { self.set(.progressing, "", on: &template) }
        let deadline = (template.lastTransitionTime ?? now) + .seconds(spec.progressDeadlineSeconds)
        if deadline <= snapshot.now {
            let name = lowering.replicaSetName(of: wanted)
            self.set(.failed, "ReplicaSet \"\(name)\" has timed out progressing.", on: &template)
        } else {
            times.append(deadline)
        }
    }

    /// When its duration is over.
    private var end: Timestamp? {
        guard let start = status.availableAt, let duration = spec.duration else { return nil }
        return start + duration
    }

    private mutating func set(
        _ phase: ExperimentStatus.TemplatePhase, _ message: String,
        on template: inout ExperimentStatus.TemplateStatus
    ) {
        guard template.phase != phase else { return }
        events.append(
            make.template(
                template.name, from: template.phase?.rawValue ?? "", to: phase.rawValue, message,
                isBad: phase.isBad))
        template.phase = phase
        template.message = message
        template.lastTransitionTime = now
    }

    // MARK: Analyses

    private mutating func observeRuns() {
        for index in status.runs.indices {
            let recorded = status.runs[index]
            guard let run = snapshot.runs.first(where: { $0.name == recorded.run }), !run.phase.isEmpty,
                run.phase != recorded.phase || run.message != recorded.message
            else { continue }
            status.runs[index].phase = run.phase
            status.runs[index].message = run.message
            if run.phase != recorded.phase {
                events += make.analysis(recorded.name, from: recorded.phase, to: run.phase, run.message)
            }
        }
    }

    /// Records the runs that are due; gives those that have to be made. Their names are recorded
    /// before they are made (invariant 7), so that a restart in between makes the same ones.
    private mutating func startAnalyses() -> [(run: String, change: Change)] {
        var due: [(run: String, change: Change)] = []
        for (index, analysis) in spec.analyses.enumerated() where !status.runs[index].isCompleted {
            let composed = (snapshot.analyses[analysis.name] ?? .success([])).flatMap { templates in
                lowering.run(status.runs[index].run, analysis, templates, status)
            }
            if case .failure(let error) = composed, status.runs[index].run.isEmpty {
                status.runs[index].phase = AnalysisPhase.error.rawValue
                status.runs[index].message = error.message
                continue
            }
            guard status.availableAt != nil else { continue }
            if status.runs[index].run.isEmpty {
                status.runs[index].run = freeName(for: analysis)
                status.runs[index].phase = AnalysisPhase.pending.rawValue
                events += make.analysis(analysis.name, from: "", to: AnalysisPhase.pending.rawValue, "")
            }
            let name = status.runs[index].run
            if !snapshot.runs.contains(where: { $0.name == name }), let change = creation(of: name, analysis) {
                due.append((name, change))
            }
        }
        return due
    }

    private func creation(of name: String, _ analysis: ExperimentSpec.Analysis) -> Change? {
        guard case .success(let templates)? = snapshot.analyses[analysis.name],
            case .success(let change) = lowering.run(name, analysis, templates, status)
        else { return nil }
        return change
    }

    private func freeName(for analysis: ExperimentSpec.Analysis) -> String {
        let base = "\(snapshot.name)-\(analysis.name)"
        var name = base
        var count = 0
        while let run = snapshot.runs.first(where: { $0.name == name }), run.isCompleted || run.isTerminating {
            count += 1
            name = "\(base).\(count)"
        }
        return name
    }

    // MARK: The whole

    /// The phase of the whole (analysis.md, section 7, "Phase").
    private mutating func judge() {
        let before = status.phase
        if before?.isCompleted ?? false { return }
        let verdict = verdict
        status.phase = verdict.phase
        status.message = verdict.message
        if let end, !(verdict.phase.isCompleted) { times.append(end) }
        if verdict.phase != before {
            events.append(make.phase(from: before?.rawValue ?? "", to: verdict.phase))
        }
    }

    private var verdict: (phase: AnalysisPhase, message: String) {
        if let bad = status.templates.first(where: { $0.phase?.isBad ?? false }), let phase = bad.phase {
            return (phase.severity, bad.message)
        }
        let runPhases = status.runs.map { AnalysisPhase(rawValue: $0.phase) ?? .pending }
        if let worst = status.runs.filter(\.isBad).max(by: { left, right in
            (AnalysisPhase(rawValue: left.phase)?.severity ?? 0)
                < (AnalysisPhase(rawValue: right.phase)?.severity ?? 0)
        }) {
            return (AnalysisPhase(rawValue: worst.phase) ?? .error, worst.message)
        }
        if areRequiredAnalysesSuccessful { return (.successful, "Required AnalysisRuns completed") }
        if status.templates.allSatisfy({ $0.phase == .successful }) {
            if required.isEmpty || spec.isTerminated { return (.successful, "") }
            return (runPhases.reduce(.successful, AnalysisPhase.worse), "")
        }
        let worst = status.templates.compactMap { $0.phase?.severity }.reduce(.successful, AnalysisPhase.worse)
        return (worst == .pending ? .pending : .running, "")
    }

    private var condition: RolloutCondition {
        let type = RolloutConditionType.progressing
        let name = "Experiment \"\(snapshot.name)\""
        if status.phase == .successful {
            return RolloutCondition(
                type, "False", "ExperimentCompleted", "\(name) has successfully ran and completed.")
        }
        if status.templates.contains(where: { $0.phase == .failed }) {
            return RolloutCondition(
                type, "False", RolloutReason.progressDeadlineExceeded, "\(name) has timed out progressing.")
        }
        let sets = spec.templates.map { snapshot.replicaSets[$0.name] }
        let areWhole = sets.allSatisfy { set in
            set.map { $0.isObserved && $0.available == $0.wished && $0.existing == $0.wished } ?? false
        }
        return status.phase == .pending || !areWhole
            ? RolloutCondition(type, "True", RolloutReason.replicaSetUpdated, "\(name) is progressing.")
            : RolloutCondition(type, "True", RolloutReason.newReplicaSetAvailable, "\(name) is running.")
    }

    // MARK: Moves

    private mutating func assembled(_ due: [(run: String, change: Change)]) -> ExperimentPlan {
        let isEnding = isEnding
        var growing: [Move] = []
        var shrinking: [Move] = []
        for template in spec.templates {
            if isEnding { shrinking += moves(toEnd: template) } else { growing += moves(toRun: template) }
        }
        var moves = growing
        if let change = lowering.record(status) {
            moves.append(Move(.recordStatus, because: "the experiment gets on", [change], events: events))
        }
        for (name, change) in due where !isEnding {
            moves.append(Move(.createRun(name), because: "all pods are available", [change]))
        }
        if isEnding {
            for run in snapshot.runs where !run.isCompleted && !run.isTerminating {
                moves.append(
                    Move(
                        .terminateRun(run.name), because: "the experiment ends", [lowering.terminate(run)],
                        events: [make.terminating(run.name)]))
            }
        }
        moves += shrinking
        let phase = status.phase?.rawValue ?? ""
        let why = status.message.isEmpty ? phase : "\(phase): \(status.message)"
        return ExperimentPlan(
            moves: moves, status: status, lookAgain: times.min(), why: why)
    }

    private func moves(toRun template: ExperimentSpec.Template) -> [Move] {
        guard let set = snapshot.replicaSets[template.name] else {
            let object = lowering.newReplicaSet(template)
            return [Move(.createReplicaSet(object.name), because: "the template has none", [.create(object)])]
        }
        var moves: [Move] = []
        if set.wished != template.replicas || set.deadline != nil {
            let from = set.wished
            let event = make.scaled(set.name, from: from, to: template.replicas)
            moves.append(
                Move(
                    .scale(set.name, from: from, to: template.replicas), because: "the template wants them",
                    [lowering.scale(set, to: template.replicas)],
                    events: from == template.replicas ? [] : [event]))
        }
        if template.hasService, snapshot.services[lowering.serviceName(of: template)] == nil,
            let service = lowering.newService(template, set)
        {
            moves.append(Move(.createService(service.name), because: "the template has one", [.create(service)]))
        }
        return moves
    }

    private mutating func moves(toEnd template: ExperimentSpec.Template) -> [Move] {
        guard let set = snapshot.replicaSets[template.name] else { return [] }
        var moves: [Move] = []
        if set.wished > 0 {
            let deadline = set.deadline ?? now + .seconds(spec.scaleDownDelaySeconds)
            if deadline <= snapshot.now {
                moves.append(
                    Move(
                        .scale(set.name, from: set.wished, to: 0), because: "the experiment is over",
                        [lowering.scale(set, to: 0)], events: [make.scaled(set.name, from: set.wished, to: 0)]))
            } else {
                times.append(deadline)
                if set.deadline == nil {
                    moves.append(
                        Move(.annotate(set.name), because: "its pods go later", [lowering.note(deadline, on: set)]))
                }
            }
        } else if template.hasService, set.available == 0 {
            let name = lowering.serviceName(of: template)
            if let uid = snapshot.services[name] {
                let change = lowering.deleteService(name, uid: uid)
                moves.append(Move(.deleteService(name), because: "no pods are left", [change]))
            }
        }
        return moves
    }
}

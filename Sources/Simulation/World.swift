// The cluster machine, a controller with its stale caches, users and faults, in virtual time.
//
// Everything runs in one loop over a heap of events: nothing is concurrent, so a seed and a commit
// repeat a run exactly. The controller sees the machine only through lists and watches; users write
// as people do; after every write that the machine accepts the invariants are checked.

import ClusterSim
import HTTPModel
import JSONTree
package import KubeModel
import MartletModel
import RolloutCore

/// One simulated world.
package struct World: Sendable {
    enum Event: Sendable {
        /// The machine's own clock: pods get ready, deadlines pass.
        case tick
        /// A watch line reaches a controller, if that is still the same life of it.
        case deliver(controller: Int, watch: Int, life: Int, line: JSON)
        case reconcile(controller: Int, key: ObjectKey, life: Int)
        case restart(controller: Int)
        case relist(controller: Int, watch: Int, life: Int)
        case act(Int)
        case kill(Int)
        /// A metric provider's answer.
        case answer(controller: Int, life: Int, PendingMeasurement)
    }

    /// A controller with what dies with it.
    struct Running: Sendable {
        var controller: SimulatedController
        var cache = SimulatedCache()
        /// Counts restarts, so that what an earlier life was sent is dropped.
        var life = 0
        var isAlive = false
        var streams: [WatchID?] = []
        /// When the last line of each watch arrives: lines never overtake each other.
        var lastArrival: [Timestamp] = []
        var queued: [ObjectKey: Timestamp] = [:]
        var failures: [ObjectKey: Int] = [:]
        /// Measurements under way.
        var desk = SimulatedDesk()
        /// The highest version we wrote for a key; older caches are not looked at.
        var written: [ObjectKey: [ObjectReference: Int64]] = [:]
    }

    package static let start = Timestamp("2026-01-01T00:00:00Z") ?? .epoch
    private(set) var now = World.start
    var machine: ClusterMachine
    var controllers: [Running]
    var events = EventHeap<Event>()
    var dice: Dice
    var faults: FaultPlan
    var actions: [UserAction]
    var metrics: MetricScript
    let commits: [StoryCommit]
    package private(set) var transcript: Transcript
    package internal(set) var violations: [String] = []
    var invariants = InvariantChecker()
    /// The rollout that invariants look at.
    let subject = Story.key
    /// Writes that controllers sent, and when the last one changed something.
    package private(set) var writeCount = 0
    package private(set) var killCount = 0
    private(set) var lastWrite = World.start
    private var scheduledTick: Timestamp?
    // What a scenario's transcript has told.
    let telling: Telling
    var lastTold = ""
    var lastPods: [String: String] = [:]
    var revisions: [String: Int] = [:]
    /// What of which objects is told whenever it changes.
    var shown: [ShownValue] = []

    /// A world in which nothing has happened yet.
    package init(seed: UInt64, faults: FaultPlan, story: Story, telling: Telling = .everything) {
        self.telling = telling
        machine = WorldTemplate.machine
        let known = SimulatedControllers.of(story, watchesAll: telling == .news)
        let all = known + (story.commits.isEmpty ? [] : [SimulatedSync.controller])
        controllers = all.map { Running(controller: $0) }
        commits = story.commits
        dice = Dice(seed: seed)
        self.faults = faults
        actions = story.actions
        metrics = story.metrics
        transcript = Transcript(start: World.start)
    }

    mutating func note(_ actor: String, _ text: String) {
        transcript.add(actor, telling == .news ? named(text) : text, at: now)
    }
    mutating func violation(_ text: String) {
        violations.append(text)
        note("VIOLATION", text)
    }

    // MARK: The loop

    /// Runs until nothing is pending or the time is up.
    package mutating func run(until end: Timestamp) {
        for (position, action) in actions.enumerated() { events.push(.act(position), at: World.start + action.after) }
        for position in controllers.indices { events.push(.restart(controller: position), at: now + .milliseconds(50)) }
        scheduleTick()
        while let time = events.nextTime, time <= end, violations.count < 5, let next = events.pop() {
            now = max(now, next.time)
            handle(next.event)
            pump()
            tellPods()
            tellShown()
        }
        now = max(now, end)
    }

    private mutating func handle(_ event: Event) {
        switch event {
        case .tick:
            scheduledTick = nil
            machine.tick(now: now)
        case .deliver(let controller, let watch, let life, let line):
            if controllers[controller].life == life { deliver(controller, watch, line) }
        case .reconcile(let controller, let key, let life):
            guard controllers[controller].life == life, controllers[controller].isAlive else { return }
            if let due = controllers[controller].queued[key], due <= now {
                controllers[controller].queued[key] = nil
                reconcile(controller, key)
            }
        case .restart(let controller): restart(controller)
        case .relist(let controller, let watch, let life):
            if controllers[controller].life == life { list(controller, watch) }
        case .act(let position): act(actions[position])
        case .kill(let controller): kill(controller)
        case .answer(let controller, let life, let pending):
            if controllers[controller].life == life { answered(pending, controller) }
        }
    }

    /// After anything happened: the machine's clock, and what its watches have to say.
    private mutating func pump() {
        scheduleTick()
        for id in machine.readyWatches {
            let (bytes, isEnded) = machine.drain(id)
            guard let (controller, watch) = owner(of: id) else { continue }
            for line in Self.lines(bytes) { schedule(line, controller, watch) }
            if isEnded { rewatch(controller, watch) }
        }
    }

    private mutating func scheduleTick() {
        guard let wake = machine.nextWake, scheduledTick.map({ wake < $0 }) ?? true else { return }
        scheduledTick = wake
        events.push(.tick, at: max(wake, now))
    }

    private func owner(of id: WatchID) -> (Int, Int)? {
        for (position, running) in controllers.enumerated() {
            if let watch = running.streams.firstIndex(of: id) { return (position, watch) }
        }
        return nil
    }

    private static func lines(_ bytes: [UInt8]) -> [JSON] {
        bytes.split(separator: 0x0A).compactMap { try? JSON.parse(Array($0)) }
    }

    // MARK: The controller's lists and watches

    var isCalm: Bool { now - World.start > .seconds(faults.calmAfterSeconds) }

    private mutating func schedule(_ line: JSON, _ controller: Int, _ watch: Int) {
        if !isCalm, dice.happens(perThousand: faults.droppedWatch) { return rewatch(controller, watch) }
        var delay = dice.duration(1...20)
        if !isCalm, dice.happens(perThousand: faults.lateEvent) { delay = dice.duration(1...faults.staleMilliseconds) }
        let arrival = max(now + delay, controllers[controller].lastArrival[watch])
        controllers[controller].lastArrival[watch] = arrival
        events.push(.deliver(controller: controller, watch: watch, life: controllers[controller].life, line: line), at: arrival)
    }

    private mutating func rewatch(_ controller: Int, _ watch: Int) {
        if let id = controllers[controller].streams[watch] { machine.close(id) }
        controllers[controller].streams[watch] = nil
        // What is under way from the old stream still arrives first.
        let time = max(now, controllers[controller].lastArrival[watch]) + dice.duration(1...800)
        events.push(.relist(controller: controller, watch: watch, life: controllers[controller].life), at: time)
    }

    private mutating func restart(_ controller: Int) {
        controllers[controller].life += 1
        controllers[controller].isAlive = true
        controllers[controller].cache.clear()
        controllers[controller].queued = [:]
        controllers[controller].failures = [:]
        controllers[controller].desk = SimulatedDesk()
        controllers[controller].written = [:]
        let count = controllers[controller].controller.watches.count
        controllers[controller].streams = Array(repeating: nil, count: count)
        controllers[controller].lastArrival = Array(repeating: now, count: count)
        for watch in 0..<count { list(controller, watch) }
    }

    mutating func kill(_ controller: Int) {
        killCount += 1
        note("fault", "\(controllers[controller].controller.name) killed")
        controllers[controller].isAlive = false
        controllers[controller].life += 1
        for case let id? in controllers[controller].streams { machine.close(id) }
        controllers[controller].streams = []
        events.push(.restart(controller: controller), at: now + dice.duration(200...5000))
    }

    private mutating func list(_ controller: Int, _ watch: Int) {
        let wanted = controllers[controller].controller.watches[watch]
        let path = wanted.resource.path(namespace: nil)
        guard case .response(let response) = machine.handle(HTTPRequest(method: "GET", target: path), user: .admin, now: now),
            response.status == 200, let body = try? JSON.parse(response.body)
        else { return violation("a list of \(wanted.resource.resource) failed") }
        let version = body["metadata"]["resourceVersion"].string ?? "0"
        var objects: [KubeObject] = []
        for item in body["items"].elements {
            var item = item
            if item["kind"].isNull {
                item["apiVersion"] = .string(wanted.resource.apiVersion)
                item["kind"] = .string(wanted.kind.kind)
            }
            objects.append(KubeObject(wanted.trim?(item) ?? item))
        }
        controllers[controller].cache.replace(wanted.kind, with: objects)
        let target = path + "?watch=true&resourceVersion=\(version)"
        if case .watch(let id, _) = machine.handle(HTTPRequest(method: "GET", target: target), user: .admin, now: now) {
            controllers[controller].streams[watch] = id
        }
        for object in objects { enqueueOwners(controller, watch, object) }
    }

    private mutating func deliver(_ controller: Int, _ watch: Int, _ line: JSON) {
        let wanted = controllers[controller].controller.watches[watch]
        let object = KubeObject(wanted.trim?(line["object"]) ?? line["object"])
        switch line["type"].string {
        case "ADDED", "MODIFIED": controllers[controller].cache.put(object)
        case "DELETED": controllers[controller].cache.remove(object)
        default: return
        }
        enqueueOwners(controller, watch, object)
    }

    private mutating func enqueueOwners(_ controller: Int, _ watch: Int, _ object: KubeObject) {
        let running = controllers[controller]
        for key in running.controller.watches[watch].keys(object, running.cache) { enqueue(controller, key, at: now + .milliseconds(1)) }
    }

    mutating func enqueue(_ controller: Int, _ key: ObjectKey, at time: Timestamp) {
        if let due = controllers[controller].queued[key], due <= time { return }
        controllers[controller].queued[key] = time
        events.push(.reconcile(controller: controller, key: key, life: controllers[controller].life), at: time)
    }

    // MARK: One pass

    private mutating func reconcile(_ controller: Int, _ key: ObjectKey) {
        guard hasSeenOwnWrites(controller, key) else { return enqueue(controller, key, at: now + .milliseconds(50)) }
        let running = controllers[controller]
        let pass = running.controller.pass(
            SimulatedLook(
                key: key, reader: running.cache, now: now, desk: running.desk, machine: machine,
                commits: commits))
        measure(pass.measurements, controller, key)
        for text in invariants.begin(pass) { violation("\(running.controller.name): \(text)") }
        let facts = expectsRest(pass) ? WorldFacts(machine, key) : nil
        for planned in pass.changes {
            guard controllers[controller].life == running.life else { return }
            guard send(planned, controller, key, pass.evidence) else {
                guard controllers[controller].isAlive else { return }
                let failures = min(10, controllers[controller].failures[key, default: 0] + 1)
                controllers[controller].failures[key] = failures
                return enqueue(controller, key, at: now + .milliseconds(10 << failures))
            }
        }
        controllers[controller].failures[key] = nil
        tellPosition(pass.evidence)
        if let snapshot = pass.sync { sync(snapshot, controller, key) }
        if let time = pass.requeueAt { enqueue(controller, key, at: max(time, now + .milliseconds(1))) }
        if let facts, let plan = pass.evidence?.plan { checkRest(controller, key, plan, facts) }
    }

    // MARK: Invariants

    private func watches(_ controller: Int) -> [GroupKind: SimulatedWatch] {
        Dictionary(controllers[controller].controller.watches.map { ($0.kind, $0) }) { first, _ in first }
    }

    /// Whether after this pass the decisions that follow are looked at: of those that write, some,
    /// if they were made from what is true now.
    private mutating func expectsRest(_ pass: SimulatedPass) -> Bool {
        guard let evidence = pass.evidence, !evidence.plan.moves.isEmpty, invariants.isSampledPass() else { return false }
        let reader = MachineReader(machine: machine, watches: watches(0))
        return RolloutGatherer.gather(evidence.snapshot.reference.key, reader: reader, now: now) == evidence.snapshot
    }

    private mutating func checkRest(_ controller: Int, _ key: ObjectKey, _ plan: Plan, _ facts: WorldFacts) {
        let broken = DecisionInvariants.rest(
            after: plan, facts, of: key, machine, trims: watches(controller), now: now)
        for text in broken { violation("\(controllers[controller].controller.name): \(text)") }
    }

    private mutating func check(
        _ change: Change, _ request: HTTPRequest, _ before: WorldFacts?, _ controller: Int, _ evidence: RolloutEvidence?
    ) {
        var broken: [String] = []
        if let before, let after = WorldFacts(machine, subject) {
            let record = WriteRecord(change, before: before, after: after, evidence: evidence)
            broken = invariants.check(record, now: now)
            if controllers[controller].controller.name == SimulatedSync.name {
                broken += WriteInvariants.ownership(record)
            }
        }
        if change.reference.kind.groupKind == AnalysisKinds.run,
            let run = machine.object(AnalysisKinds.run, change.reference.key)
        {
            broken += invariants.check(run: run)
        }
        if invariants.isSampledWrite() { broken += WriteInvariants.repeated(request, machine, now: now) }
        for text in broken {
            violation("\(controllers[controller].controller.name), \(change.verb) \(change.reference.shortDescription): \(text)")
        }
    }

    private func hasSeenOwnWrites(_ controller: Int, _ key: ObjectKey) -> Bool {
        for (reference, version) in controllers[controller].written[key] ?? [:] {
            let cached = controllers[controller].cache.object(reference.kind.groupKind, reference.key)
            if let cached, (Int64(cached.resourceVersion) ?? 0) < version { return false }
            // Not there: unless somebody deleted it, it has yet to arrive.
            if cached == nil, machine.object(reference.kind.groupKind, reference.key) != nil { return false }
        }
        return true
    }

    /// Sends one change; false when the pass has to end here.
    mutating func send(
        _ planned: SimulatedChange, _ controller: Int, _ key: ObjectKey, _ evidence: RolloutEvidence?
    ) -> Bool {
        let change = planned.change
        let fault = isCalm ? .none : faults.draw(&dice)
        let name = controllers[controller].controller.name
        switch fault {
        case .refused, .conflict:
            note("fault", "\(change.verb) \(change.reference.shortDescription) refused")
            return false
        case .killBefore:
            kill(controller)
            return false
        case .none, .lostAnswer, .killAfter: break
        }
        writeCount += 1
        let before = machine.revision
        let facts = WorldFacts(machine, subject)
        let request = ChangeRequest.make(change)
        guard case .response(let response) = machine.handle(request, user: .admin, now: now) else { return false }
        nameRevisions(change)
        switch (telling, change) {
        case (.everything, _):
            note(name, "\(change.verb) \(change.reference.shortDescription) \(response.status)  because \(planned.reason)")
        case (.news, .patchStatus) where response.status == 200: break
        case (.news, _): note(name, response.status < 300 ? planned.reason : "\(planned.reason) (\(response.status))")
        }
        if machine.revision != before {
            lastWrite = now
            check(change, request, facts, controller, evidence)
        }
        if fault == .killAfter {
            kill(controller)
            return false
        }
        if fault == .lostAnswer || response.status == 409 { learn(change, controller, key) }
        if fault == .lostAnswer { return false }
        return conclude(change, response, controller, key)
    }

    /// After a conflict, or an answer that was lost, the controller asks what there is, and does not
    /// decide before its cache has come so far.
    private mutating func learn(_ change: Change, _ controller: Int, _ key: ObjectKey) {
        guard let object = machine.object(change.reference.kind.groupKind, change.reference.key),
            controllers[controller].controller.watches.contains(where: { $0.kind == object.kind.groupKind }),
            let version = Int64(object.resourceVersion)
        else { return }
        controllers[controller].written[key, default: [:]][change.reference] = version
    }

    private mutating func conclude(
        _ change: Change, _ response: HTTPResponse, _ controller: Int, _ key: ObjectKey
    ) -> Bool {
        let status = response.status
        if (200..<300).contains(status) {
            if case .delete = change { return true }
            // What is stored is what was answered; what is not watched is not waited for.
            let isWatched = controllers[controller].controller.watches.contains {
                $0.kind == change.reference.kind.groupKind
            }
            if isWatched, let object = machine.object(change.reference.kind.groupKind, change.reference.key),
                let version = Int64(object.resourceVersion)
            {
                controllers[controller].written[key, default: [:]][change.reference] = version
            }
            return true
        }
        switch change {
        case .create where status == 409: return true
        case .delete where status == 404: return true
        default: break
        }
        if status == 400 || status == 403 || (status == 422 && !isPatchTest(change)) {
            let message = (try? JSON.parse(response.body))?["message"].string ?? ""
            violation("\(change.verb) \(change.reference.shortDescription) was refused with \(status): \(message)")
        }
        return false
    }

    private func isPatchTest(_ change: Change) -> Bool {
        if case .patch(_, .json, _) = change { return true }
        return false
    }
}

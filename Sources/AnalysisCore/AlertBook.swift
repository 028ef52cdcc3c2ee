// Which receivers have been told of a run: kept in an annotation of the run, so that a restart
// neither repeats an alert nor forgets one.
//
// A delivery is written down before it is made and again with its outcome. One that was under way
// when the controller died is made again only where that does no harm: Alertmanager knows an alert
// by its labels; another receiver may have got it.

import JSONTree
package import KubeModel

/// The deliveries of one run's alert, by the receiver's name.
package struct AlertBook: Hashable, Sendable {
    /// Where the book is kept.
    package static let annotation = "martlet.dev/alerts"

    /// What is being told.
    package enum Subject: String, Hashable, Sendable {
        case firing, resolved
    }

    /// Where a delivery stands.
    package enum State: String, Hashable, Sendable {
        /// To be tried (again) at `retryAt`.
        case pending
        /// Written down; to be made by the process that wrote it.
        case sending
        case sent
        /// Given up after the last retry.
        case failed
        /// Under way when the controller died; not repeated.
        case unknown
    }

    package struct Entry: Hashable, Sendable {
        package var subject: Subject
        package var state: State
        /// From 1.
        package var attempt: Int
        /// The process that makes the delivery.
        package var process: String
        package var retryAt: Timestamp?
        package var error: String
    }

    package var entries: [String: Entry] = [:]

    package init() {}

    /// Reads an annotation; what cannot be read counts as nothing.
    package init(_ text: String?) {
        guard let text, let tree = try? JSON.parse(text) else { return }
        for (name, value) in tree.object ?? [:] {
            guard let state = value["state"].string.flatMap(State.init(rawValue:)) else { continue }
            entries[name] = Entry(
                subject: value["subject"].string.flatMap(Subject.init(rawValue:)) ?? .firing, state: state,
                attempt: Int(truncatingIfNeeded: value["attempt"].int ?? 1), process: value["process"].string ?? "",
                retryAt: value["retryAt"].string.flatMap { Timestamp($0) }, error: value["error"].string ?? "")
        }
    }

    /// The text of the annotation.
    package var text: String {
        var tree: JSON = [:]
        for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
            var value: JSON = [
                "subject": .string(entry.subject.rawValue), "state": .string(entry.state.rawValue),
                "attempt": JSON(entry.attempt),
            ]
            if entry.state == .sending { value["process"] = .string(entry.process) }
            if let retryAt = entry.retryAt { value["retryAt"] = .string(retryAt.rfc3339) }
            if !entry.error.isEmpty { value["error"] = .string(String(entry.error.prefix(200))) }
            tree[name] = value
        }
        return tree.text()
    }

    // MARK: Deciding

    /// A receiver as far as deciding goes.
    package struct Receiver: Hashable, Sendable {
        package var name: String
        /// Knows an alert again, so that repeating is harmless and resolving has a meaning.
        package var isIdempotent: Bool
        package var retries: Int
        package init(name: String, isIdempotent: Bool, retries: Int) {
            self.name = name
            self.isIdempotent = isIdempotent
            self.retries = retries
        }
    }

    /// What has become of a delivery that this process was told to make.
    package enum Progress: Hashable, Sendable {
        case underWay
        case delivered
        case failed(String)
    }

    /// One delivery.
    package struct Delivery: Hashable, Sendable {
        package var receiver: String
        package var subject: Subject
        package var attempt: Int
        package init(receiver: String, subject: Subject, attempt: Int) {
            self.receiver = receiver
            self.subject = subject
            self.attempt = attempt
        }
    }

    /// What to do now.
    package struct Plan: Hashable, Sendable {
        /// To be written, where it differs from the one read, before anything is sent.
        package var book: AlertBook
        /// To be made now; written down by an earlier pass.
        package var deliveries: [Delivery] = []
        package var next: Timestamp?
    }

    /// The pause before a retry: 1, 2, 4 … seconds, at most five minutes.
    package static func pause(afterAttempt attempt: Int) -> Duration {
        .seconds(min(300, 1 << min(max(attempt - 1, 0), 9)))
    }

    /// - Parameters:
    ///   - receivers: That are to be told of this run.
    ///   - isNew: Whether receivers that have not been told yet are to be told: false for runs of
    ///     long ago.
    ///   - isResolved: A later revision is healthy.
    ///   - process: This process.
    ///   - progress: Of the deliveries that this process has begun.
    package func plan(
        receivers: [Receiver], isNew: Bool, isResolved: Bool, process: String,
        progress: [Delivery: Progress], now: Timestamp
    ) -> Plan {
        var plan = Plan(book: self)
        for receiver in receivers {
            guard var entry = entries[receiver.name] else {
                guard isNew else { continue }
                plan.book.entries[receiver.name] = Entry(
                    subject: .firing, state: .sending, attempt: 1, process: process, retryAt: nil, error: "")
                continue
            }
            Self.advance(&entry, receiver, isResolved, process, progress, now, &plan)
            plan.book.entries[receiver.name] = entry
        }
        return plan
    }

    private static func advance(
        _ entry: inout Entry, _ receiver: Receiver, _ isResolved: Bool, _ process: String,
        _ progress: [Delivery: Progress], _ now: Timestamp, _ plan: inout Plan
    ) {
        switch entry.state {
        case .sending:
            guard entry.process == process else {
                entry.state = receiver.isIdempotent ? .pending : .unknown
                entry.retryAt = nil
                if entry.state == .pending { begin(&entry, process, raising: false) }
                return
            }
            let delivery = Delivery(receiver: receiver.name, subject: entry.subject, attempt: entry.attempt)
            switch progress[delivery] {
            case nil: plan.deliveries.append(delivery)
            case .underWay: break
            case .delivered: entry = Entry(subject: entry.subject, state: .sent, attempt: entry.attempt, process: "", retryAt: nil, error: "")
            case .failed(let error): fail(&entry, receiver, error, now)
            }
        case .pending:
            if let retryAt = entry.retryAt, retryAt > now {
                plan.next = min(plan.next ?? retryAt, retryAt)
            } else {
                begin(&entry, process, raising: true)
            }
        case .sent, .unknown, .failed:
            guard entry.subject == .firing, isResolved, receiver.isIdempotent, entry.state == .sent else { return }
            entry.subject = .resolved
            entry.attempt = 1
            begin(&entry, process, raising: false)
        }
        if entry.state == .pending, let retryAt = entry.retryAt { plan.next = min(plan.next ?? retryAt, retryAt) }
    }

    private static func begin(_ entry: inout Entry, _ process: String, raising: Bool) {
        entry.state = .sending
        entry.process = process
        entry.retryAt = nil
        if raising { entry.attempt += 1 }
    }

    private static func fail(_ entry: inout Entry, _ receiver: Receiver, _ error: String, _ now: Timestamp) {
        entry.error = error
        entry.process = ""
        if entry.attempt > receiver.retries {
            entry.state = .failed
            entry.retryAt = nil
        } else {
            entry.state = .pending
            // Whole seconds are what the annotation keeps; up, so that the pause is not cut.
            entry.retryAt = (now + pause(afterAttempt: entry.attempt)).truncatedToSeconds + .seconds(1)
        }
    }
}

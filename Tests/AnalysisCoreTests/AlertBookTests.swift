// Who is told of a failed run, when, and how often.

import AnalysisCore
import JSONTree
import KubeModel
import MartletModel
import Testing

@Suite struct AlertBookTests {
    private let now = Timestamp("2026-11-21T12:00:00Z") ?? .epoch
    private let chat = AlertBook.Receiver(name: "chat", isIdempotent: false, retries: 2)
    private let pager = AlertBook.Receiver(name: "pager", isIdempotent: true, retries: 2)

    private func plan(
        _ book: AlertBook, isNew: Bool = true, isResolved: Bool = false, process: String = "p1",
        progress: [AlertBook.Delivery: AlertBook.Progress] = [:], at time: Timestamp? = nil
    ) -> AlertBook.Plan {
        // The book goes through its text, as it does through the annotation.
        AlertBook(book.text).plan(
            receivers: [chat, pager], isNew: isNew, isResolved: isResolved, process: process, progress: progress,
            now: time ?? now)
    }

    private func delivery(_ receiver: String, _ attempt: Int, _ subject: AlertBook.Subject = .firing) -> AlertBook.Delivery {
        AlertBook.Delivery(receiver: receiver, subject: subject, attempt: attempt)
    }

    @Test func `a delivery is written down before it is made`() {
        let first = plan(AlertBook())
        #expect(first.deliveries.isEmpty)
        #expect(first.book.entries["chat"]?.state == .sending)
        let second = plan(first.book)
        #expect(second.deliveries == [delivery("chat", 1), delivery("pager", 1)])
        let third = plan(first.book, progress: [delivery("chat", 1): .delivered, delivery("pager", 1): .underWay])
        #expect(third.deliveries.isEmpty)
        #expect(third.book.entries["chat"]?.state == .sent)
        #expect(plan(third.book, process: "p2").deliveries.isEmpty)
    }

    @Test func `a restart repeats only what may be repeated`() {
        let written = plan(AlertBook()).book
        let other = plan(written, process: "p2")
        #expect(other.book.entries["chat"]?.state == .unknown)
        #expect(other.book.entries["pager"]?.state == .sending)
        #expect(plan(other.book, process: "p2").deliveries == [delivery("pager", 1)])
    }

    @Test func `a receiver that is down is tried again and at last given up`() {
        var book = plan(AlertBook()).book
        var time = now
        for attempt in 1...3 {
            #expect(plan(book, at: time).deliveries.contains(delivery("chat", attempt)))
            let failed = plan(book, progress: [delivery("chat", attempt): .failed("refused")], at: time)
            book = failed.book
            guard attempt < 3 else { break }
            #expect(book.entries["chat"]?.state == .pending)
            #expect(plan(book, at: time).next != nil)
            time = time + .seconds(10)
            // A retry outlives a restart.
            book = plan(book, process: "p1", at: time).book
            #expect(book.entries["chat"]?.attempt == attempt + 1)
        }
        #expect(book.entries["chat"]?.state == .failed)
        #expect(book.entries["chat"]?.error == "refused")
    }

    @Test func `only receivers that know an alert again are told its end`() {
        var book = AlertBook()
        book = plan(book).book
        book = plan(book, progress: [delivery("chat", 1): .delivered, delivery("pager", 1): .delivered]).book
        let resolved = plan(book, isNew: false, isResolved: true)
        #expect(resolved.book.entries["pager"]?.subject == .resolved)
        #expect(resolved.book.entries["chat"]?.subject == .firing)
        #expect(plan(resolved.book, isResolved: true).deliveries == [delivery("pager", 1, .resolved)])
    }

    @Test func `old runs are not told anew`() {
        #expect(plan(AlertBook(), isNew: false).book.entries.isEmpty)
    }

    @Test func `the evidence is the value and the condition that decided`() {
        let run = KubeObject([
            "spec": [
                "args": [["name": "limit", "value": "0.95"]],
                "metrics": [["name": "rate", "successCondition": "result[0] >= {{args.limit}}"]],
            ],
            "status": [
                "phase": "Failed", "message": "Metric \"rate\" assessed Failed due to failed (1) > failureLimit (0)",
                "metricResults": [
                    ["name": "rate", "phase": "Failed", "failed": 1, "count": 1,
                     "measurements": [["phase": "Failed", "value": "[0.81]"]]]
                ],
            ],
        ])
        let evidence = AnalysisEvidence(run)
        #expect(evidence?.metric == "rate")
        #expect(evidence?.value == "[0.81]")
        #expect(evidence?.condition == "result[0] >= 0.95")
    }
}

// The parts below the commands: the screen, habits, completion, the projection, field checks.

import ArgumentParser
import Foundation
import JSONTree
import KubeModel
import Testing

@testable import Commands

@Suite struct MachineryTests {
    // MARK: The screen

    @Test func `only changed lines are drawn`() {
        var painter = ScreenPainter()
        let size = TerminalSize(columns: 20, rows: 10)
        let first = painter.paint(["one", "two", "three"], in: size)
        #expect(first.contains("one") && first.contains("two") && !first.contains("\u{1B}[2J"))
        #expect(painter.paint(["one", "2", "three"], in: size) == "\u{1B}[2;1H2\u{1B}[K")
        #expect(painter.paint(["one", "2", "three"], in: size).isEmpty)
        #expect(painter.paint(["one"], in: size) == "\u{1B}[2;1H\u{1B}[J")
    }

    @Test func `a picture fits the terminal`() {
        var painter = ScreenPainter()
        let bytes = painter.paint(["a long line", "b", "c", "d"], in: TerminalSize(columns: 6, rows: 3))
        #expect(bytes.contains("a lon…"))
        #expect(bytes.contains("… 2 m…"))
        #expect(!bytes.contains("\u{1B}[4;1H"))
    }

    @Test func `a cut text ends its colour`() {
        #expect("\u{1B}[32mhealthy\u{1B}[0m".cut(to: 4) == "\u{1B}[32mhea…\u{1B}[0m")
        #expect("short".cut(to: 5) == "short")
    }

    @Test func `a watch shows what changes and ends when the rollout is gone`() async {
        let healthy = Sample.rollout { $0["status"]["phase"] = "Healthy" }
        let cluster = FakeCluster(
            [Resources.rollouts: [Sample.rollout()]], news: [Resources.rollouts: [.changed(healthy), .removed(healthy)]])
        let terminal = FakeTerminal()
        await #expect(throws: CommandError.self) { try await GetRollout.parse(["web", "--watch"]).run(cluster, terminal) }
    }

    @Test func `a status watch ends at a phase that is final`() async throws {
        let healthy = Sample.rollout {
            $0["status"]["phase"] = "Healthy"
            $0["status"]["message"] = ""
        }
        let cluster = FakeCluster([Resources.rollouts: [Sample.rollout()]], news: [Resources.rollouts: [.changed(healthy)]])
        let terminal = FakeTerminal()
        try await StatusCommand.parse(["web"]).run(cluster, terminal)
        #expect(terminal.output.first == "Paused - CanaryPauseStep")
        #expect(terminal.output.last == "Healthy")
    }

    @Test func `a pipeline gets a pause as a code of its own`() async throws {
        let error = await #expect(throws: ExitStatus.self) {
            try await StatusCommand.parse(["web", "--exit-on-paused"]).run(Sample.cluster(), FakeTerminal())
        }
        #expect(error?.code == 2)
    }

    // MARK: The command line

    @Test(arguments: [
        ("-n shop get rollout web", "get rollout web -n shop"), ("--context=a list ro", "list ro --context=a"),
        ("status web --watch=false", "status web --no-watch"), ("get ro web --watch=true", "get ro web --watch"),
        ("get ro web -w=false", "get ro web"), ("promote web --full=true -n x", "promote web --full -n x"),
        ("set image web main=shop/web:2", "set image web main=shop/web:2"), ("--help", "--help"),
        ("-n shop abort web -- -x", "abort web -n shop -- -x"),
    ])
    func `kubectl's ways to write flags are understood`(_ written: String, _ read: String) {
        let words = written.split(separator: " ").map(String.init)
        #expect(ArgumentHabits.normalized(words).joined(separator: " ") == read)
    }

    @Test(arguments: [
        ("ge", "get"), ("get ", "experiment rollout"), ("get rollout ", "rollouts"), ("abort web ", "rollouts"),
        ("get rollout web ", ""), ("-n shop retry experiment ", "experiments"), ("terminate analysisrun x ", "analysisruns"),
        ("get rollout -o ", "json yaml wide name"), ("completion ", "bash fish powershell zsh"), ("create ar --from ", "analysistemplates"),
    ])
    func `completion knows what may come next`(_ line: String, _ wanted: String) {
        let request = CompletionRequest(line.split(separator: " ", omittingEmptySubsequences: false).map(String.init))
        let words = request.words.filter { $0.hasPrefix(request.prefix) }
        #expect((words + [request.names?.resource].compactMap(\.self)).joined(separator: " ") == wanted)
    }

    @Test func `flags are completed too`() {
        #expect(CompletionRequest(["status", "web", "--ex"]).words.contains("--exit-on-paused"))
        #expect(CompletionRequest(["lint", "-f", ""]).offersFiles)
    }

    // MARK: Verbs

    @Test func `an abort stops the traffic before it says why`() async throws {
        let cluster = Sample.cluster()
        try await Abort.parse(["web", "--reason", "p99 doubled"]).run(cluster, FakeTerminal())
        #expect(
            cluster.patches == [
                #"rollouts/web/status {"status":{"abort":true}}"#,
                #"rollouts/web {"metadata":{"annotations":{"martlet.dev/abort-reason":"bbb: p99 doubled"}}}"#,
            ])
    }

    @Test func `a reason speaks of one revision only`() {
        let later = Sample.rollout {
            $0["status"]["abort"] = true
            $0["status"]["currentPodHash"] = "ccc"
            $0.set(["metadata", "annotations", AbortNote.annotation], to: "bbb: p99 doubled")
        }
        #expect(AbortNote(later) == nil)
    }

    @Test func `the other verbs patch what Argo's plugin patches`() async throws {
        let cluster = Sample.busyCluster()
        let terminal = FakeTerminal()
        try await RetryExperiment.parse(["trial"]).run(cluster, terminal)
        try await TerminateExperiment.parse(["trial"]).run(cluster, terminal)
        try await TerminateAnalysisRun.parse(["run"]).run(cluster, terminal)
        #expect(
            cluster.patches == [
                #"experiments/trial/status {"status":null}"#, #"experiments/trial {"spec":{"terminate":true}}"#,
                #"analysisruns/run {"spec":{"terminate":true}}"#,
            ])
        #expect(
            terminal.output == ["experiment 'trial' retried", "experiment 'trial' terminated", "analysisRun 'run' terminated"])
    }

    @Test func `of a workload the Deployment is patched`() async throws {
        let cluster = FakeCluster([
            Resources.rollouts: [
                Sample.rollout {
                    $0["spec"]["workloadRef"] = ["apiVersion": "apps/v1", "kind": "Deployment", "name": "base"]
                    $0["spec"]["template"] = .null
                }
            ],
            Resources.deployments: [
                KubeObject([
                    "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "base", "namespace": "shop"],
                    "spec": ["template": ["spec": ["containers": [["name": "main", "image": "shop/web:1"]]]]],
                ])
            ],
        ])
        try await SetImage.parse(["web", "main=shop/web:2"]).run(cluster, FakeTerminal())
        #expect(cluster.patches.count == 1)
        #expect(cluster.patches.first?.hasPrefix("deployments/base ") == true)
    }

    @Test func `a run by hand takes only what the template declares`() throws {
        let template = KubeObject([
            "metadata": ["name": "rate"],
            "spec": ["args": [["name": "service"]], "metrics": [["name": "m", "provider": ["web": ["url": "http://x"]]]]],
        ])
        let spec = try CreateAnalysisRun.spec(of: template, [("service", "web")], [template])
        #expect(spec["args"] == [["name": "service", "value": "web"]])
        #expect(throws: CommandError.self) { try CreateAnalysisRun.spec(of: template, [], [template]) }
        #expect(throws: CommandError.self) { try CreateAnalysisRun.spec(of: template, [("x", "1")], [template]) }
        #expect(throws: CommandError.self) { try CreateAnalysisRun.pairs(["=x"]) }
    }

    @Test func `create takes one object of our kinds`() throws {
        let ours = #"{"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","metadata":{"name":"web"}}"#
        #expect(try Create.object(in: Array(ours.utf8), "f", "shop").namespace == "shop")
        let other = #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web"}}"#
        #expect(throws: CommandError.self) { try Create.object(in: Array(other.utf8), "f", "shop") }
        #expect(throws: CommandError.self) { try Create.object(in: Array("a: 1\n---\nb: 2\n".utf8), "f", "shop") }
    }

    // MARK: Fields and projections

    @Test func `every type of the field table is known or a scalar`() {
        let scalars: Set<String> = [
            "string", "bool", "int32", "int64", "time", "intOrString", "quantity", "quantities", "map", "any", "empty",
            "ObjectMeta", "Volume",
        ]
        for (name, fields) in FieldCheck.types {
            for (field, text) in fields {
                let type = text.replacing("!", with: "").replacing("[]", with: "").replacing("map(", with: "").replacing(")", with: "")
                #expect(scalars.contains(type) || FieldCheck.types[type] != nil, "\(name).\(field): \(text)")
            }
        }
        #expect(FieldCheck.types["CanaryStrategy"]?["dynamicStableScale"] == "bool")
    }

    @Test func `an unknown field gets the name that was meant`() {
        let rollout = Sample.rollout { $0["spec"]["strategy"]["canary"]["stepz"] = [] }
        let findings = FieldCheck.findings(in: rollout)
        #expect(findings.map(\.path) == [["spec", "strategy", "canary", "stepz"]])
        #expect(findings.first?.message == "unknown field \"stepz\"; did you mean steps?")
    }

    @Test func `a plan of a live rollout goes on where it is`() throws {
        let live = Sample.complete()
        let stage = ProjectionStage(
            wanted: live, live: live,
            objects: [
                Sample.replicaSet("aaa", revision: 1, replicas: 2, image: "shop/web:1"),
                Sample.replicaSet("bbb", revision: 2, replicas: 1, image: "shop/web:2"),
            ], now: FakeTerminal().now, podReady: .seconds(5))
        let projection = try stage.result().projection
        #expect(projection.obstacle == nil)
        #expect(projection.stages.first?.title == "2/2 pause")
        #expect(projection.stages.first?.needsPromotion == true)
        #expect(projection.promotionCount == 1)
        #expect(projection.stages.last?.share == 100)
        #expect(projection.stages.last.map { $0.old.wished } == 0)
    }

    @Test func `a plan of what would be refused says so`() throws {
        let wrong = Sample.complete(Sample.rollout { $0["spec"]["strategy"]["canary"]["steps"] = [["setWeight": 200]] })
        let stage = ProjectionStage(
            wanted: wrong, live: nil, objects: [], now: FakeTerminal().now, podReady: .seconds(5))
        #expect(throws: CommandError.self) { try stage.result() }
    }
}

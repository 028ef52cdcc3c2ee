// Each verb: what it writes and what it prints.

import ArgumentParser
import JSONTree
import KubeModel
import Testing

@testable import Commands

@Suite struct CommandTests {
    @Test func `get rollout shows revisions, pods, weights and images`() async throws {
        let terminal = FakeTerminal()
        try await GetRollout.parse(["web", "--no-color"]).run(Sample.cluster(), terminal)
        #expect(
            terminal.text == """
                Name:            web
                Namespace:       shop
                Status:          ॥ Paused
                Message:         CanaryPauseStep
                Why:             step 2 of 2: paused without end; `kubectl martlet promote web` goes on
                Strategy:        Canary
                  Step:          1/2
                  SetWeight:     20
                  ActualWeight:  20
                Images:          shop/web:1 (stable)
                                 shop/web:2 (canary)
                Replicas:
                  Desired:       2
                  Current:       3
                  Updated:       1
                  Ready:         3
                  Available:     3

                NAME                  KIND        STATUS     AGE  INFO
                ⟳ web                 Rollout     ॥ Paused   60m
                ├──# revision:2
                │  └──⧉ web-bbb       ReplicaSet  ✔ Healthy  30m  canary
                │     └──□ web-bbb-1  Pod         ✔ Running  90s  ready:1/1,restarts:1
                └──# revision:1
                   └──⧉ web-aaa       ReplicaSet  ✔ Healthy  30m  stable
                """)
    }

    @Test func `verbs patch what Argo's plugin patches`() async throws {
        let cluster = Sample.cluster()
        let terminal = FakeTerminal()
        try await Abort.parse(["web"]).run(cluster, terminal)
        try await RetryRollout.parse(["web"]).run(cluster, terminal)
        try await Pause.parse(["web"]).run(cluster, terminal)
        try await Promote.parse(["web"]).run(cluster, terminal)
        try await Promote.parse(["web", "--full"]).run(cluster, terminal)
        try await Restart.parse(["web", "--in", "10s"]).run(cluster, terminal)
        #expect(
            cluster.patches == [
                #"rollouts/web/status {"status":{"abort":true}}"#, #"rollouts/web/status {"status":{"abort":false}}"#,
                #"rollouts/web {"spec":{"paused":true}}"#, #"rollouts/web/status {"status":{"pauseConditions":null}}"#,
                #"rollouts/web/status {"status":{"promoteFull":true}}"#,
                #"rollouts/web {"spec":{"restartAt":"2026-01-01T01:00:10Z"}}"#,
            ])
        #expect(
            terminal.output == [
                "rollout 'web' aborted", "rollout 'web' retried", "rollout 'web' paused", "rollout 'web' promoted",
                "rollout 'web' fully promoted", "rollout 'web' restarts in 10s",
            ])
    }

    @Test func `promote skips a step that is no pause, and never past the end`() {
        let running = Sample.rollout {
            $0["status"]["pauseConditions"] = .null
            $0["status"]["currentStepIndex"] = 0
        }
        #expect(RolloutPatches.promote(running).status?["status"]["currentStepIndex"] == 1)
        let done = Sample.rollout {
            $0["status"]["pauseConditions"] = .null
            $0["status"]["currentStepIndex"] = 2
        }
        #expect(RolloutPatches.promote(done).status?["status"]["currentStepIndex"] == 2)
    }

    @Test func `set image pins the container that it saw`() async throws {
        let cluster = Sample.cluster()
        let terminal = FakeTerminal()
        try await SetImage.parse(["web", "main=shop/web:3"]).run(cluster, terminal)
        #expect(cluster.patches.first?.contains(#"{"op":"test","path":"/spec/template/spec/containers/0/name","value":"main"}"#) == true)
        #expect(terminal.output == ["rollout \"web\" image updated"])
        await #expect(throws: CommandError.self) { try await SetImage.parse(["web", "other=x"]).run(cluster, terminal) }
    }

    @Test func `undo brings back the revision before`() async throws {
        let cluster = Sample.cluster()
        let terminal = FakeTerminal()
        try await Undo.parse(["web"]).run(cluster, terminal)
        #expect(cluster.patches.first?.contains("shop/web:1") == true)
        #expect(cluster.patches.first?.contains("rollouts-pod-template-hash") == false)
        await #expect(throws: CommandError.self) { try await Undo.parse(["web", "--to-revision", "9"]).run(cluster, terminal) }
    }

    @Test func `status tells the phase and fails for a degraded rollout`() async throws {
        let terminal = FakeTerminal()
        try await StatusCommand.parse(["web", "--no-watch"]).run(Sample.cluster(), terminal)
        #expect(terminal.output == ["Paused - CanaryPauseStep"])
        let degraded = Sample.rollout {
            $0["status"]["phase"] = "Degraded"
            $0["status"]["message"] = "RolloutAborted: because"
        }
        await #expect(throws: CommandError.self) { try await StatusCommand.parse(["web"]).run(Sample.cluster(degraded), terminal) }
    }

    @Test func `list shows a line a rollout`() async throws {
        let terminal = FakeTerminal()
        try await ListRollouts.parse([]).run(Sample.cluster(), terminal)
        #expect(
            terminal.output.last.map { $0.split(separator: " ").map(String.init) }
                == ["web", "Canary", "Paused", "1/2", "20", "3/3", "2", "1", "3"])
    }

    @Test func `a spec that the controller has not seen is progressing`() {
        let unseen = Sample.rollout { $0["metadata"]["generation"] = 3 }
        #expect(DisplayedPhase(of: unseen).phase == "Progressing")
        let unpausing = Sample.rollout { $0["status"]["pauseConditions"] = .null }
        #expect(DisplayedPhase(of: unpausing).phase == "Progressing")
    }

    @Test(arguments: [
        (45, "45s"), (125, "2m5s"), (600, "10m"), (10_800, "3h"), (11_400, "3h10m"), (172_800, "2d"), (90_000_000, "2y311d"),
    ])
    func `ages read as kubectl's`(_ seconds: Int, _ text: String) { #expect(Age.text(.seconds(seconds)) == text) }
}

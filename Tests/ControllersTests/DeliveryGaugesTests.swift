// The gauges that published dashboards read, made from what is cached.

import Controllers
import JSONTree
import KubeModel
import Testing

@Suite struct DeliveryGaugesTests {
    private struct Objects: ObjectReader {
        var all: [KubeObject]
        func object(_ kind: GroupKind, _ key: ObjectKey) -> KubeObject? {
            all.first { $0.kind.groupKind == kind && $0.key == key }
        }
        func objects(_ kind: GroupKind, namespace: String?) -> [KubeObject] {
            all.filter { $0.kind.groupKind == kind }
        }
        func objects(_ kind: GroupKind, namespace: String, ownedBy uid: UID) -> [KubeObject] { [] }
    }

    private static func object(_ kind: String, _ name: String, _ rest: JSON) -> KubeObject {
        var tree: JSON = [
            "apiVersion": "argoproj.io/v1alpha1", "kind": .string(kind),
            "metadata": ["name": .string(name), "namespace": "shop"],
        ]
        tree = MergePatch.apply(rest, to: tree)
        return KubeObject(tree)
    }

    private static func text(_ objects: [KubeObject]) -> String {
        DeliveryGauges.text(version: "1.2.3", of: Objects(all: objects))
    }

    @Test("a rollout's phase by its conditions", arguments: [
        ("NewReplicaSetAvailable", "Completed"), ("RolloutPaused", "Paused"), ("RolloutAborted", "Abort"),
        ("ProgressDeadlineExceeded", "Timeout"), ("ReplicaSetCreateError", "Error"),
        ("ReplicaSetUpdated", "Progressing"),
    ])
    func phases(_ reason: String, _ word: String) {
        let text = Self.text([
            Self.object(
                "Rollout", "web",
                [
                    "spec": ["replicas": 4, "strategy": ["canary": ["trafficRouting": ["istio": [:]]]]],
                    "status": [
                        "replicas": 5, "availableReplicas": 3, "updatedReplicas": 1,
                        "conditions": [["type": "Progressing", "status": "True", "reason": .string(reason)]],
                    ],
                ])
        ])
        let labels = "namespace=\"shop\",name=\"web\""
        #expect(
            text.contains(
                "rollout_info{\(labels),strategy=\"canary\",traffic_router=\"Istio\",phase=\"\(word)\"} 1\n"))
        #expect(text.contains("rollout_phase{\(labels),strategy=\"canary\",phase=\"\(word)\"} 1\n"))
        #expect(text.contains("rollout_info_replicas_desired{\(labels)} 4\n"))
        #expect(text.contains("rollout_info_replicas_available{\(labels)} 3\n"))
        #expect(text.contains("rollout_info_replicas_unavailable{\(labels)} 2\n"))
        #expect(text.contains("rollout_info_replicas_updated{\(labels)} 1\n"))
        #expect(text.contains("argo_rollouts_controller_info{version=\"1.2.3\"} 1\n"))
    }

    @Test func `analyses and experiments are there as long as their objects are`() {
        let metrics: JSON = [["name": "errors", "provider": ["web": ["url": "http://x"]]]]
        let run = Self.object(
            "AnalysisRun", "web-1",
            [
                "spec": ["metrics": metrics],
                "status": [
                    "phase": "Running",
                    "metricResults": [["name": "errors", "phase": "Successful", "dryRun": true]],
                ],
            ])
        let text = Self.text([
            run, Self.object("AnalysisTemplate", "check", ["spec": ["metrics": metrics]]),
            Self.object("Experiment", "try", [:]),
        ])
        let labels = "namespace=\"shop\",name=\"web-1\""
        #expect(text.contains("analysis_run_info{\(labels),phase=\"Running\"} 1\n"))
        #expect(text.contains("analysis_run_metric_type{\(labels),metric=\"errors\",type=\"web\"} 1\n"))
        #expect(
            text.contains(
                "analysis_run_metric_phase{\(labels),metric=\"errors\",type=\"web\",dry_run=\"true\",phase=\"Successful\"} 1\n"
            ))
        #expect(text.contains("analysis_template_info{namespace=\"shop\",name=\"check\"} 1\n"))
        #expect(
            text.contains(
                "analysis_template_metric_info{namespace=\"shop\",name=\"check\",type=\"web\",metric=\"errors\"} 1\n"
            ))
        #expect(text.contains("experiment_info{namespace=\"shop\",name=\"try\",phase=\"Pending\"} 1\n"))
        #expect(!Self.text([]).contains("analysis_run_info"))
    }
}

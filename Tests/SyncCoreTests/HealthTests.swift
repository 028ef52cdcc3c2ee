// Health of kinds, state by state.

import JSONTree
import KubeModel
import MartletModel
import SyncCore
import Testing

@Suite struct HealthTests {
    @Test(arguments: [
        ("apps/v1", "Deployment", "spec: {replicas: 2}\nstatus: {observedGeneration: 1, updatedReplicas: 2, replicas: 2, availableReplicas: 2}", HealthCode.healthy),
        ("apps/v1", "Deployment", "spec: {replicas: 2}\nstatus: {observedGeneration: 1, updatedReplicas: 2, replicas: 2, availableReplicas: 1}", .progressing),
        ("apps/v1", "Deployment", "spec: {replicas: 2}\nstatus: {observedGeneration: 0}", .progressing),
        ("apps/v1", "Deployment", "spec: {paused: true}", .suspended),
        ("apps/v1", "Deployment", "status: {observedGeneration: 1, conditions: [{type: Progressing, reason: ProgressDeadlineExceeded}]}", .degraded),
        ("apps/v1", "StatefulSet", "spec: {replicas: 1}\nstatus: {observedGeneration: 1, readyReplicas: 1, updateRevision: a, currentRevision: b}", .progressing),
        ("apps/v1", "DaemonSet", "status: {observedGeneration: 1, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2}", .healthy),
        ("v1", "Pod", "spec: {restartPolicy: Always}\nstatus: {phase: Running, containerStatuses: [{state: {waiting: {reason: CrashLoopBackOff}}}]}", .degraded),
        ("v1", "Pod", "status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}", .healthy),
        ("v1", "Service", "spec: {type: LoadBalancer}", .progressing),
        ("v1", "Service", "spec: {type: ClusterIP}", .healthy),
        ("v1", "PersistentVolumeClaim", "status: {phase: Lost}", .degraded),
        ("networking.k8s.io/v1", "Ingress", "status: {loadBalancer: {ingress: [{ip: 1.2.3.4}]}}", .healthy),
        ("batch/v1", "Job", "status: {conditions: [{type: Failed, status: 'True', message: m}]}", .degraded),
        ("batch/v1", "Job", "status: {conditions: [{type: Complete, status: 'True'}]}", .healthy),
        ("autoscaling/v2", "HorizontalPodAutoscaler", "status: {conditions: [{type: AbleToScale, status: 'True'}]}", .healthy),
        ("autoscaling/v2", "HorizontalPodAutoscaler", "status: {conditions: [{type: ScalingActive, status: 'False', reason: FailedGetResourceMetric}]}", .degraded),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition", "status: {conditions: [{type: Established, status: 'True'}]}", .healthy),
        ("argoproj.io/v1alpha1", "Rollout", "status: {observedGeneration: '1', phase: Paused, message: CanaryPauseStep}", .suspended),
        ("argoproj.io/v1alpha1", "Rollout", "status: {observedGeneration: '1', phase: Degraded}", .degraded),
        ("argoproj.io/v1alpha1", "Rollout", "status: {observedGeneration: '0', phase: Healthy}", .progressing),
        ("argoproj.io/v1alpha1", "AnalysisRun", "status: {phase: Inconclusive}", .unknown),
    ])
    func `a kind's state has its health`(_ version: String, kind: String, rest: String, code: HealthCode) throws {
        let text = "apiVersion: \(version)\nkind: \(kind)\nmetadata: {name: x, generation: 1}\n\(rest)\n"
        #expect(Health.of(try object(text))?.code == code)
    }

    @Test func `kinds without a check say nothing`() throws {
        #expect(Health.of(try object("{apiVersion: v1, kind: ConfigMap, metadata: {name: x}}")) == nil)
    }

    @Test func `the worst counts, and three are named`() {
        let keys = ["a", "b", "c", "d"].map { ResourceKey(group: "apps", kind: "Deployment", namespace: "n", name: $0) }
        let health = Health.aggregate(
            keys.map { (key: $0, health: HealthStatus(.degraded), isMissing: false) }
                + [(key: keys[0], health: HealthStatus(.progressing), isMissing: false)])
        #expect(health.code == .degraded)
        #expect(health.message == "Caused by apps/Deployment:n/a, apps/Deployment:n/b, apps/Deployment:n/c and 1 more")
        #expect(Health.aggregate(keys.map { (key: $0, health: nil, isMissing: true) }).code == .missing)
        #expect(Health.aggregate([]).code == .healthy)
    }
}

// A Rollout's status: read from its tree, and written back over it.

package import JSONTree
package import KubeModel

/// A Rollout's `status` (rollout-crd.md, section 9). Members that we don't know survive.
package struct RolloutStatus: Hashable, Sendable {
    package var isAborted = false
    package var abortedAt: Timestamp?
    package var pauseConditions: [PauseCondition] = []
    /// The controller made the pause; with no conditions left, a person ended it.
    package var controllerPause = false
    package var currentPodHash = ""
    package var currentStepHash = ""
    package var currentStepIndex: Int?
    package var collisionCount: Int32?
    package var observedGeneration = ""
    package var workloadObservedGeneration = ""
    package var replicas = 0
    package var updatedReplicas = 0
    package var readyReplicas = 0
    package var availableReplicas = 0
    package var hpaReplicas = 0
    package var selector = ""
    package var stableHash = ""
    package var restartedAt: Timestamp?
    package var promoteFull = false
    package var phase: RolloutPhase?
    package var message = ""
    package var conditions: [RolloutCondition] = []
    package var canary = CanaryStatus()
    package var blueGreen = BlueGreenStatus()
    package var duration = DurationStatus()
    /// The first Ingress's load balancer and target groups, and those of all, once AWS was asked.
    package var loadBalancer: JSON = .null
    package var loadBalancers: [JSON] = []

    /// Why a rollout waits, since when.
    package struct PauseCondition: Hashable, Sendable {
        package var reason: String
        package var startTime: Timestamp
        package init(reason: String, startTime: Timestamp) {
            self.reason = reason
            self.startTime = startTime
        }
        package static let canaryStep = "CanaryPauseStep"
        package static let blueGreen = "BlueGreenPause"
        package static let inconclusiveAnalysis = "InconclusiveAnalysisRun"
        package static let inconclusiveExperiment = "InconclusiveExperiment"
    }

    /// What `status.canary` holds.
    package struct CanaryStatus: Hashable, Sendable {
        package var weights: TrafficWeights?
        /// `ping`, `pong`, or empty, which means that pong is stable.
        package var stablePingPong = ""
        package var stepRun: RunStatus?
        package var backgroundRun: RunStatus?
        package var currentExperiment = ""
        /// In the order in which they were asked for.
        package var stepPlugins: [StepPluginStatus] = []
    }

    /// What `status.blueGreen` holds.
    package struct BlueGreenStatus: Hashable, Sendable {
        package var previewSelector = ""
        package var activeSelector = ""
        package var scaleUpPreviewCheckPoint = false
        package var prePromotionRun: RunStatus?
        package var postPromotionRun: RunStatus?
    }

    /// The split that was last wished of the router.
    package struct TrafficWeights: Hashable, Sendable {
        package var canary: Destination
        package var stable: Destination
        package var additional: [Destination] = []
        /// Whether the router was seen to hold it, where it can be asked.
        package var isVerified: Bool?
        package init(canary: Destination, stable: Destination) {
            self.canary = canary
            self.stable = stable
        }

        /// One end of the split.
        package struct Destination: Hashable, Sendable {
            package var weight: Weight
            package var service: String
            package var podTemplateHash: String
            package init(weight: Weight, service: String, podTemplateHash: String) {
                self.weight = weight
                self.service = service
                self.podTemplateHash = podTemplateHash
            }
        }
    }

    /// An analysis run as a Rollout shows it.
    package struct RunStatus: Hashable, Sendable {
        package var name: String
        package var phase: String
        package var message: String
        package init(name: String, phase: String, message: String) {
            self.name = name
            self.phase = phase
            self.message = message
        }
    }

    /// How long the update took.
    package struct DurationStatus: Hashable, Sendable {
        package var startedAt: Timestamp?
        package var manualPauseStartedAt: Timestamp?
        package var totalManualPauseSeconds: Int?
        package var finishedAt: Timestamp?
        /// `Promoted`, `FastPromoted`, `Aborted`, `Superseded`, `RolledBack` or `FastRolledBack`.
        package var completionStatus = ""
        package init() {}
    }

    package init() {}

    package func condition(_ type: String) -> RolloutCondition? { conditions.first { $0.type == type } }
    /// Whether the revision that is current is the stable one.
    package var isFullyPromoted: Bool { stableHash == currentPodHash }
}

/// A Rollout's phase in one word.
package enum RolloutPhase: String, Hashable, Sendable {
    case healthy = "Healthy"
    case degraded = "Degraded"
    case progressing = "Progressing"
    case paused = "Paused"
}

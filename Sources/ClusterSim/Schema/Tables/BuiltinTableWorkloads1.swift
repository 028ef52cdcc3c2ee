// Built-in types, part Workloads1: see BuiltinSchemas for the notation.

extension BuiltinSchemas {
    /// Types of apps.v1, batch.v1, autoscaling.v1, autoscaling.v2, policy.v1, scheduling.v1, 
    /// after the OpenAPI document published for Kubernetes 1.36.
    static let workloads1Table = #"""
        @ apps.v1.ControllerRevision kind=apps/v1 list: ControllerRevision implements an immutable snapshot
            of state data.
        data RawExtension: Data is the serialized representation of the state.
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        revision! int64: Revision indicates the revision of the state represented by Data.
        @ apps.v1.DaemonSet kind=apps/v1 list: DaemonSet represents the configuration of a daemon set.
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        spec DaemonSetSpec: The desired behavior of this daemon set.
        status DaemonSetStatus: The current status of this daemon set.
        @ apps.v1.DaemonSetCondition: DaemonSetCondition describes the state of a DaemonSet at a certain
            point.
        lastTransitionTime meta.v1.Time: Last time the condition transitioned from one status to another.
        message string: A human readable message indicating details about the transition.
        reason string: The reason for the condition's last transition.
        status! string: Status of the condition, one of True, False, Unknown.
        type! string: Type of DaemonSet condition.
        @ apps.v1.DaemonSetSpec: DaemonSetSpec is the specification of a daemon set.
        minReadySeconds int32: The minimum number of seconds for which a newly created DaemonSet pod should
            be ready without any of its container crashing, for …
        revisionHistoryLimit? int32: The number of old history to retain to allow rollback.
        selector!? meta.v1.LabelSelector: A label query over pods that are managed by the daemon set.
        template! core.v1.PodTemplateSpec: An object that describes the pod that will be created.
        updateStrategy DaemonSetUpdateStrategy: An update strategy to replace existing DaemonSet pods with
            new pods.
        @ apps.v1.DaemonSetStatus: DaemonSetStatus represents the current status of a daemon set.
        collisionCount? int32: Count of hash collisions for the DaemonSet.
        conditions [DaemonSetCondition] map=type merge=type: Represents the latest available observations of
            a DaemonSet's current state.
        currentNumberScheduled! int32: The number of nodes that are running at least 1 daemon pod and are
            supposed to run the daemon pod.
        desiredNumberScheduled! int32: The total number of nodes that should be running the daemon pod
            (including nodes correctly running the daemon pod).
        numberAvailable int32: The number of nodes that should be running the daemon pod and have one or
            more of the daemon pod running and available (ready for …
        numberMisscheduled! int32: The number of nodes that are running the daemon pod, but are not supposed
            to run the daemon pod.
        numberReady! int32: numberReady is the number of nodes that should be running the daemon pod and
            have one or more of the daemon pod running with a …
        numberUnavailable int32: The number of nodes that should be running the daemon pod and have none of
            the daemon pod running and available (ready for at …
        observedGeneration int64: The most recent generation observed by the daemon set controller.
        updatedNumberScheduled int32: The total number of nodes that are running updated daemon pod
        @ apps.v1.DaemonSetUpdateStrategy: DaemonSetUpdateStrategy is a struct used to control the update
            strategy for a DaemonSet.
        rollingUpdate? RollingUpdateDaemonSet: Rolling update config params.
        type string enum=OnDelete|RollingUpdate: Type of daemon set update.
        @ apps.v1.Deployment kind=apps/v1 list: Deployment enables declarative updates for Pods and
            ReplicaSets.
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        spec DeploymentSpec: Specification of the desired behavior of the Deployment.
        status DeploymentStatus: Most recently observed status of the Deployment.
        @ apps.v1.DeploymentCondition: DeploymentCondition describes the state of a deployment at a certain
            point.
        lastTransitionTime meta.v1.Time: Last time the condition transitioned from one status to another.
        lastUpdateTime meta.v1.Time: The last time this condition was updated.
        message string: A human readable message indicating details about the transition.
        reason string: The reason for the condition's last transition.
        status! string: Status of the condition, one of True, False, Unknown.
        type! string: Type of deployment condition.
        @ apps.v1.DeploymentSpec: DeploymentSpec is the specification of the desired behavior of the
            Deployment.
        minReadySeconds int32: Minimum number of seconds for which a newly created pod should be ready
            without any of its container crashing, for it to be …
        paused boolean: Indicates that the deployment is paused.
        progressDeadlineSeconds? int32: The maximum time in seconds for a deployment to make progress before
            it is considered to be failed.
        replicas? int32: Number of desired pods.
        revisionHistoryLimit? int32: The number of old ReplicaSets to retain to allow rollback.
        selector!? meta.v1.LabelSelector: Label selector for pods.
        strategy DeploymentStrategy retainKeys: The deployment strategy to use to replace existing pods with
            new ones.
        template! core.v1.PodTemplateSpec: Template describes the pods that will be created.
        @ apps.v1.DeploymentStatus: DeploymentStatus is the most recently observed status of the Deployment.
        availableReplicas int32: Total number of available non-terminating pods (ready for at least
            minReadySeconds) targeted by this deployment.
        collisionCount? int32: Count of hash collisions for the Deployment.
        conditions [DeploymentCondition] map=type merge=type: Represents the latest available observations
            of a deployment's current state.
        observedGeneration int64: The generation observed by the deployment controller.
        readyReplicas int32: Total number of non-terminating pods targeted by this Deployment with a Ready
            Condition.
        replicas int32: Total number of non-terminating pods targeted by this deployment (their labels match
            the selector).
        terminatingReplicas? int32: Total number of terminating pods targeted by this deployment.
        unavailableReplicas int32: Total number of unavailable pods targeted by this deployment.
        updatedReplicas int32: Total number of non-terminating pods targeted by this deployment that have
            the desired template spec.
        @ apps.v1.DeploymentStrategy: DeploymentStrategy describes how to replace existing pods with new
            ones.
        rollingUpdate? RollingUpdateDeployment: Rolling update config params.
        type string enum=Recreate|RollingUpdate: Type of deployment.
        @ apps.v1.ReplicaSet kind=apps/v1 list: ReplicaSet ensures that a specified number of pod replicas
            are running at any given time.
        metadata meta.v1.ObjectMeta: If the Labels of a ReplicaSet are empty, they are defaulted to be the
            same as the Pod(s) that the ReplicaSet manages.
        spec ReplicaSetSpec: Spec defines the specification of the desired behavior of the ReplicaSet.
        status ReplicaSetStatus: Status is the most recently observed status of the ReplicaSet.
        @ apps.v1.ReplicaSetCondition: ReplicaSetCondition describes the state of a replica set at a certain
            point.
        lastTransitionTime meta.v1.Time: The last time the condition transitioned from one status to
            another.
        message string: A human readable message indicating details about the transition.
        reason string: The reason for the condition's last transition.
        status! string: Status of the condition, one of True, False, Unknown.
        type! string: Type of replica set condition.
        @ apps.v1.ReplicaSetSpec: ReplicaSetSpec is the specification of a ReplicaSet.
        minReadySeconds int32: Minimum number of seconds for which a newly created pod should be ready
            without any of its container crashing, for it to be …
        replicas? int32: Replicas is the number of desired pods.
        selector!? meta.v1.LabelSelector: Selector is a label query over pods that should match the replica
            count.
        template core.v1.PodTemplateSpec: Template is the object that describes the pod that will be created
            if insufficient replicas are detected.
        @ apps.v1.ReplicaSetStatus: ReplicaSetStatus represents the current status of a ReplicaSet.
        availableReplicas int32: The number of available non-terminating pods (ready for at least
            minReadySeconds) for this replica set.
        conditions [ReplicaSetCondition] map=type merge=type: Represents the latest available observations
            of a replica set's current state.
        fullyLabeledReplicas int32: The number of non-terminating pods that have labels matching the labels
            of the pod template of the replicaset.
        observedGeneration int64: ObservedGeneration reflects the generation of the most recently observed
            ReplicaSet.
        readyReplicas int32: The number of non-terminating pods targeted by this ReplicaSet with a Ready
            Condition.
        replicas! int32: Replicas is the most recently observed number of non-terminating pods.
        terminatingReplicas? int32: The number of terminating pods for this replica set.
        @ apps.v1.RollingUpdateDaemonSet: Spec to control the desired behavior of daemon set rolling update.
        maxSurge? IntOrString: The maximum number of nodes with an existing available DaemonSet pod that can
            have an updated DaemonSet pod during during an …
        maxUnavailable? IntOrString: The maximum number of DaemonSet pods that can be unavailable during the
            update.
        @ apps.v1.RollingUpdateDeployment: Spec to control the desired behavior of rolling update.
        maxSurge? IntOrString: The maximum number of pods that can be scheduled above the desired number of
            pods.
        maxUnavailable? IntOrString: The maximum number of pods that can be unavailable during the update.
        @ apps.v1.RollingUpdateStatefulSetStrategy: RollingUpdateStatefulSetStrategy is used to communicate
            parameter for RollingUpdateStatefulSetStrategyType.
        maxUnavailable? IntOrString: The maximum number of pods that can be unavailable during the update.
        partition? int32: Partition indicates the ordinal at which the StatefulSet should be partitioned for
            updates.
        @ apps.v1.StatefulSet kind=apps/v1 list: StatefulSet represents a set of pods with consistent
            identities.
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        spec StatefulSetSpec: Spec defines the desired identities of pods in this set.
        status StatefulSetStatus: Status is the current status of Pods in this StatefulSet.
        @ apps.v1.StatefulSetCondition: StatefulSetCondition describes the state of a statefulset at a
            certain point.
        lastTransitionTime meta.v1.Time: Last time the condition transitioned from one status to another.
        message string: A human readable message indicating details about the transition.
        reason string: The reason for the condition's last transition.
        status! string: Status of the condition, one of True, False, Unknown.
        type! string: Type of statefulset condition.
        @ apps.v1.StatefulSetOrdinals: StatefulSetOrdinals describes the policy used for replica ordinal
            assignment in this StatefulSet.
        start int32: start is the number representing the first replica's index.
        @ apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy:
            StatefulSetPersistentVolumeClaimRetentionPolicy describes the policy used for PVCs created from
            the StatefulSet VolumeClaimTemplates.
        whenDeleted string: WhenDeleted specifies what happens to PVCs created from StatefulSet
            VolumeClaimTemplates when the StatefulSet is deleted.
        whenScaled string: WhenScaled specifies what happens to PVCs created from StatefulSet
            VolumeClaimTemplates when the StatefulSet is scaled down.
        @ apps.v1.StatefulSetSpec: A StatefulSetSpec is the specification of a StatefulSet.
        minReadySeconds int32: Minimum number of seconds for which a newly created pod should be ready
            without any of its container crashing for it to be …
        ordinals? StatefulSetOrdinals: ordinals controls the numbering of replica indices in a StatefulSet.
        persistentVolumeClaimRetentionPolicy? StatefulSetPersistentVolumeClaimRetentionPolicy:
            persistentVolumeClaimRetentionPolicy describes the lifecycle of persistent volume claims created
            from volumeClaimTemplates.
        podManagementPolicy string enum=OrderedReady|Parallel: podManagementPolicy controls how pods are
            created during initial scale up, when replacing pods on nodes, or when scaling down.
        replicas? int32: replicas is the desired number of replicas of the given Template.
        revisionHistoryLimit? int32: revisionHistoryLimit is the maximum number of revisions that will be
            maintained in the StatefulSet's revision history.
        selector!? meta.v1.LabelSelector: selector is a label query over pods that should match the replica
            count.
        serviceName& string: serviceName is the name of the service that governs this StatefulSet.
        template! core.v1.PodTemplateSpec: template is the object that describes the pod that will be
            created if insufficient replicas are detected.
        updateStrategy StatefulSetUpdateStrategy: updateStrategy indicates the StatefulSetUpdateStrategy
            that will be employed to update Pods in the StatefulSet when a revision is …
        volumeClaimTemplates [core.v1.PersistentVolumeClaim] atomic: volumeClaimTemplates is a list of
            claims that pods are allowed to reference.
        @ apps.v1.StatefulSetStatus: StatefulSetStatus represents the current state of a StatefulSet.
        availableReplicas& int32: Total number of available pods (ready for at least minReadySeconds)
            targeted by this statefulset.
        collisionCount? int32: collisionCount is the count of hash collisions for the StatefulSet.
        conditions [StatefulSetCondition] map=type merge=type: Represents the latest available observations
            of a statefulset's current state.
        currentReplicas int32: currentReplicas is the number of Pods created by the StatefulSet controller
            from the StatefulSet version indicated by …
        currentRevision string: currentRevision, if not empty, indicates the version of the StatefulSet used
            to generate Pods in the sequence [0,currentReplicas).
        observedGeneration int64: observedGeneration is the most recent generation observed for this
            StatefulSet.
        readyReplicas int32: readyReplicas is the number of pods created for this StatefulSet with a Ready
            Condition.
        replicas! int32: replicas is the number of Pods created by the StatefulSet controller.
        updateRevision string: updateRevision, if not empty, indicates the version of the StatefulSet used
            to generate Pods in the sequence …
        updatedReplicas int32: updatedReplicas is the number of Pods created by the StatefulSet controller
            from the StatefulSet version indicated by …
        @ apps.v1.StatefulSetUpdateStrategy: StatefulSetUpdateStrategy indicates the strategy that the
            StatefulSet controller will use to perform updates.
        rollingUpdate? RollingUpdateStatefulSetStrategy: RollingUpdate is used to communicate parameters
            when Type is RollingUpdateStatefulSetStrategyType.
        type string enum=OnDelete|RollingUpdate: Type indicates the type of the StatefulSetUpdateStrategy.
        @ batch.v1.CronJob kind=batch/v1 list: CronJob represents the configuration of a single cron job.
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        spec! CronJobSpec: Specification of the desired behavior of a cron job, including the schedule.
        status CronJobStatus: Current status of a cron job.
        @ batch.v1.CronJobSpec: CronJobSpec describes how the job execution will look like and when it will
            actually run.
        concurrencyPolicy string enum=Allow|Forbid|Replace: Specifies how to treat concurrent executions of
            a Job.
        failedJobsHistoryLimit? int32: The number of failed finished jobs to retain.
        jobTemplate! JobTemplateSpec: Specifies the job that will be created when executing a CronJob.
        schedule! string: The schedule in Cron format, see https://en.wikipedia.org/wiki/Cron.
        startingDeadlineSeconds? int64: Optional deadline in seconds for starting the job if it misses
            scheduled time for any reason.
        successfulJobsHistoryLimit? int32: The number of successful finished jobs to retain.
        suspend? boolean: This flag tells the controller to suspend subsequent executions, it does not apply
            to already started executions.
        timeZone? string: The time zone name for the given schedule, see
            https://en.wikipedia.org/wiki/List_of_tz_database_time_zones.
        @ batch.v1.CronJobStatus: CronJobStatus represents the current state of a cron job.
        active [core.v1.ObjectReference] atomic: A list of pointers to currently running jobs.
        lastScheduleTime? meta.v1.Time: Information when was the last time the job was successfully
            scheduled.
        lastSuccessfulTime? meta.v1.Time: Information when was the last time the job successfully completed.
        @ batch.v1.Job kind=batch/v1 list: Job represents the configuration of a single job.
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        spec JobSpec: Specification of the desired behavior of a job.
        status JobStatus: Current status of a job.
        @ batch.v1.JobCondition: JobCondition describes current state of a job.
        lastProbeTime meta.v1.Time: Last time the condition was checked.
        lastTransitionTime meta.v1.Time: Last time the condition transit from one status to another.
        message string: Human readable message indicating details about last transition.
        reason string: (brief) reason for the condition's last transition.
        status! string: Status of the condition, one of True, False, Unknown.
        type! string: Type of job condition, Complete or Failed.
        @ batch.v1.JobSpec: JobSpec describes how the job execution will look like.
        activeDeadlineSeconds? int64: Specifies the duration in seconds relative to the startTime that the
            job may be continuously active before the system tries to …
        backoffLimit? int32: Specifies the number of retries before marking this job failed.
        backoffLimitPerIndex? int32: Specifies the limit for the number of retries within an index before
            marking this index as failed.
        completionMode? string enum=Indexed|NonIndexed: completionMode specifies how Pod completions are
            tracked.
        completions? int32: Specifies the desired number of successfully finished pods the job should be run
            with.
        managedBy? string: ManagedBy field indicates the controller that manages a Job.
        manualSelector? boolean: manualSelector controls generation of pod labels and pod selectors.
        maxFailedIndexes? int32: Specifies the maximal number of failed indexes before marking the Job as
            failed, when backoffLimitPerIndex is set.
        parallelism? int32: Specifies the maximum desired number of pods the job should run at any given
            time.
        podFailurePolicy? PodFailurePolicy: Specifies the policy of handling failed pods.
        podReplacementPolicy? string enum=Failed|TerminatingOrFailed: podReplacementPolicy specifies when to
            create replacement Pods.
        selector? meta.v1.LabelSelector: A label query over pods that should match the pod count.
        successPolicy? SuccessPolicy: successPolicy specifies the policy when the Job can be declared as
            succeeded.
        suspend? boolean: suspend specifies whether the Job controller should create Pods or not.
        template! core.v1.PodTemplateSpec: Describes the pod that will be created when executing a job.
        ttlSecondsAfterFinished? int32: ttlSecondsAfterFinished limits the lifetime of a Job that has
            finished execution (either Complete or Failed).
        @ batch.v1.JobStatus: JobStatus represents the current state of a Job.
        active int32: The number of pending and running pods which are not terminating (without a
            deletionTimestamp).
        completedIndexes string: completedIndexes holds the completed indexes when .spec.completionMode =
            "Indexed" in a text format.
        completionTime? meta.v1.Time: Represents time when the job was completed.
        conditions [JobCondition] atomic merge=type: The latest available observations of an object's
            current state.
        failed int32: The number of pods which reached phase Failed.
        failedIndexes? string: FailedIndexes holds the failed indexes when spec.backoffLimitPerIndex is set.
        ready? int32: The number of active pods which have a Ready condition and are not terminating
            (without a deletionTimestamp).
        startTime? meta.v1.Time: Represents time when the job controller started processing a job.
        succeeded int32: The number of pods which reached phase Succeeded.
        terminating? int32: The number of pods which are terminating (in phase Pending or Running and have a
            deletionTimestamp).
        uncountedTerminatedPods? UncountedTerminatedPods: uncountedTerminatedPods holds the UIDs of Pods
            that have terminated but the job controller hasn't yet accounted for in the status …
        @ batch.v1.JobTemplateSpec: JobTemplateSpec describes the data a Job should have when created from a
            template
        metadata meta.v1.ObjectMeta: Standard object's metadata of the jobs created from this template.
        spec JobSpec: Specification of the desired behavior of the job.
        @ batch.v1.PodFailurePolicy: PodFailurePolicy describes how failed pods influence the backoffLimit.
        rules! [PodFailurePolicyRule] atomic: A list of pod failure policy rules.
        @ batch.v1.PodFailurePolicyOnExitCodesRequirement: PodFailurePolicyOnExitCodesRequirement describes
            the requirement for handling a failed pod based on its container exit codes.
        containerName? string: Restricts the check for exit codes to the container with the specified name.
        operator! string enum=In|NotIn: Represents the relationship between the container exit code(s) and
            the specified values.
        values! [int32] set: Specifies the set of values.
        @ batch.v1.PodFailurePolicyOnPodConditionsPattern: PodFailurePolicyOnPodConditionsPattern describes
            a pattern for matching an actual pod condition type.
        status string: Specifies the required Pod condition status.
        type! string: Specifies the required Pod condition type.
        @ batch.v1.PodFailurePolicyRule: PodFailurePolicyRule describes how a pod failure is handled when
            the requirements are met.
        action! string enum=Count|FailIndex|FailJob|Ignore: Specifies the action taken on a pod failure when
            the requirements are satisfied.
        onExitCodes? PodFailurePolicyOnExitCodesRequirement: Represents the requirement on the container
            exit codes.
        onPodConditions [PodFailurePolicyOnPodConditionsPattern] atomic: Represents the requirement on the
            pod conditions.
        @ batch.v1.SuccessPolicy: SuccessPolicy describes when a Job can be declared as succeeded based on
            the success of some indexes.
        rules! [SuccessPolicyRule] atomic: rules represents the list of alternative rules for the declaring
            the Jobs as successful before `.status.succeeded >= …
        @ batch.v1.SuccessPolicyRule: SuccessPolicyRule describes rule for declaring a Job as succeeded.
        succeededCount? int32: succeededCount specifies the minimal required size of the actual set of the
            succeeded indexes for the Job.
        succeededIndexes? string: succeededIndexes specifies the set of indexes which need to be contained
            in the actual set of the succeeded indexes for the Job.
        @ batch.v1.UncountedTerminatedPods: UncountedTerminatedPods holds UIDs of Pods that have terminated
            but haven't been accounted in Job status counters.
        failed [string] set: failed holds UIDs of failed Pods.
        succeeded [string] set: succeeded holds UIDs of succeeded Pods.
        @ autoscaling.v1.CrossVersionObjectReference atomic: CrossVersionObjectReference contains enough
            information to let you identify the referred resource.
        apiVersion string: apiVersion is the API version of the referent
        kind! string: kind is the kind of the referent; More info …
        name! string: name is the name of the referent; More info:
            https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#names
        @ autoscaling.v1.HorizontalPodAutoscaler kind=autoscaling/v1 list: configuration of a horizontal pod
            autoscaler.
        metadata meta.v1.ObjectMeta: Standard object metadata.
        spec! HorizontalPodAutoscalerSpec: spec defines the behaviour of autoscaler.
        status HorizontalPodAutoscalerStatus: status is the current information about the autoscaler.
        @ autoscaling.v1.HorizontalPodAutoscalerSpec: specification of a horizontal pod autoscaler.
        maxReplicas! int32: maxReplicas is the upper limit for the number of pods that can be set by the
            autoscaler; cannot be smaller than MinReplicas.
        minReplicas? int32: minReplicas is the lower limit for the number of replicas to which the
            autoscaler can scale down.
        scaleTargetRef! CrossVersionObjectReference: reference to scaled resource; horizontal pod autoscaler
            will learn the current resource consumption and will set the desired …
        targetCPUUtilizationPercentage? int32: targetCPUUtilizationPercentage is the target average CPU
            utilization (represented as a percentage of requested CPU) over all the …
        @ autoscaling.v1.HorizontalPodAutoscalerStatus: current status of a horizontal pod autoscaler
        currentCPUUtilizationPercentage? int32: currentCPUUtilizationPercentage is the current average CPU
            utilization over all pods, represented as a percentage of requested …
        currentReplicas! int32: currentReplicas is the current number of replicas of pods managed by this
            autoscaler.
        desiredReplicas! int32: desiredReplicas is the desired number of replicas of pods managed by this
            autoscaler.
        lastScaleTime? meta.v1.Time: lastScaleTime is the last time the HorizontalPodAutoscaler scaled the
            number of pods; used by the autoscaler to control how often …
        observedGeneration? int64: observedGeneration is the most recent generation observed by this
            autoscaler.
        @ autoscaling.v1.Scale kind=autoscaling/v1: Scale represents a scaling request for a resource.
        metadata meta.v1.ObjectMeta: Standard object metadata; More info:
            https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata.
        spec ScaleSpec: spec defines the behavior of the scale.
        status ScaleStatus: status is the current status of the scale.
        @ autoscaling.v1.ScaleSpec: ScaleSpec describes the attributes of a scale subresource.
        replicas int32: replicas is the desired number of instances for the scaled object.
        @ autoscaling.v1.ScaleStatus: ScaleStatus represents the current status of a scale subresource.
        replicas! int32: replicas is the actual number of observed instances of the scaled object.
        selector string: selector is the label query over pods that should match the replicas count.
        @ autoscaling.v2.ContainerResourceMetricSource: ContainerResourceMetricSource indicates how to scale
            on a resource metric known to Kubernetes, as specified in requests and limits, describing each …
        container! string: container is the name of the container in the pods of the scaling target
        name! string: name is the name of the resource in question.
        target! MetricTarget: target specifies the target value for the given metric
        @ autoscaling.v2.ContainerResourceMetricStatus: ContainerResourceMetricStatus indicates the current
            value of a resource metric known to Kubernetes, as specified in requests and limits, describing
            a …
        container! string: container is the name of the container in the pods of the scaling target
        current! MetricValueStatus: current contains the current value for the given metric
        name! string: name is the name of the resource in question.
        @ autoscaling.v2.CrossVersionObjectReference: CrossVersionObjectReference contains enough
            information to let you identify the referred resource.
        apiVersion string: apiVersion is the API version of the referent
        kind! string: kind is the kind of the referent; More info …
        name! string: name is the name of the referent; More info:
            https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#names
        @ autoscaling.v2.ExternalMetricSource: ExternalMetricSource indicates how to scale on a metric not
            associated with any Kubernetes object (for example length of queue in cloud messaging …
        metric! MetricIdentifier: metric identifies the target metric by name and selector
        target! MetricTarget: target specifies the target value for the given metric
        @ autoscaling.v2.ExternalMetricStatus: ExternalMetricStatus indicates the current value of a global
            metric not associated with any Kubernetes object.
        current! MetricValueStatus: current contains the current value for the given metric
        metric! MetricIdentifier: metric identifies the target metric by name and selector
        @ autoscaling.v2.HPAScalingPolicy: HPAScalingPolicy is a single policy which must hold true for a
            specified past interval.
        periodSeconds! int32: periodSeconds specifies the window of time for which the policy should hold
            true.
        type! string: type is used to specify the scaling policy.
        value! int32: value contains the amount of change which is permitted by the policy.
        @ autoscaling.v2.HPAScalingRules: HPAScalingRules configures the scaling behavior for one direction
            via scaling Policy Rules and a configurable metric tolerance.
        policies [HPAScalingPolicy] atomic: policies is a list of potential scaling polices which can be
            used during scaling.
        selectPolicy? string: selectPolicy is used to specify which policy should be used.
        stabilizationWindowSeconds? int32: stabilizationWindowSeconds is the number of seconds for which
            past recommendations should be considered while scaling up or …
        tolerance? Quantity: tolerance is the tolerance on the ratio between the current and desired metric
            value under which no updates are made to the …
        @ autoscaling.v2.HorizontalPodAutoscaler kind=autoscaling/v2 list: HorizontalPodAutoscaler is the
            configuration for a horizontal pod autoscaler, which automatically manages the replica count of
            any resource …
        metadata meta.v1.ObjectMeta: metadata is the standard object metadata.
        spec! HorizontalPodAutoscalerSpec: spec is the specification for the behaviour of the autoscaler.
        status HorizontalPodAutoscalerStatus: status is the current information about the autoscaler.
        @ autoscaling.v2.HorizontalPodAutoscalerBehavior: HorizontalPodAutoscalerBehavior configures the
            scaling behavior of the target in both Up and Down directions (scaleUp and scaleDown fields …
        scaleDown? HPAScalingRules: scaleDown is scaling policy for scaling Down.
        scaleUp? HPAScalingRules: scaleUp is scaling policy for scaling Up.
        @ autoscaling.v2.HorizontalPodAutoscalerCondition: HorizontalPodAutoscalerCondition describes the
            state of a HorizontalPodAutoscaler at a certain point.
        lastTransitionTime meta.v1.Time: lastTransitionTime is the last time the condition transitioned from
            one status to another
        message string: message is a human-readable explanation containing details about the transition
        reason string: reason is the reason for the condition's last transition.
        status! string: status is the status of the condition (True, False, Unknown)
        type! string: type describes the current condition
        @ autoscaling.v2.HorizontalPodAutoscalerSpec: HorizontalPodAutoscalerSpec describes the desired
            functionality of the HorizontalPodAutoscaler.
        behavior? HorizontalPodAutoscalerBehavior: behavior configures the scaling behavior of the target in
            both Up and Down directions (scaleUp and scaleDown fields respectively).
        maxReplicas! int32: maxReplicas is the upper limit for the number of replicas to which the
            autoscaler can scale up.
        metrics [MetricSpec] atomic: metrics contains the specifications for which to use to calculate the
            desired replica count (the maximum replica count across all …
        minReplicas? int32: minReplicas is the lower limit for the number of replicas to which the
            autoscaler can scale down.
        scaleTargetRef! CrossVersionObjectReference: scaleTargetRef points to the target resource to scale,
            and is used to the pods for which metrics should be collected, as well as …
        @ autoscaling.v2.HorizontalPodAutoscalerStatus: HorizontalPodAutoscalerStatus describes the current
            status of a horizontal pod autoscaler.
        conditions [HorizontalPodAutoscalerCondition] map=type merge=type: conditions is the set of
            conditions required for this autoscaler to scale its target, and indicates whether or not those
            …
        currentMetrics& [MetricStatus] atomic: currentMetrics is the last read state of the metrics used by
            this autoscaler.
        currentReplicas int32: currentReplicas is current number of replicas of pods managed by this
            autoscaler, as last seen by the autoscaler.
        desiredReplicas! int32: desiredReplicas is the desired number of replicas of pods managed by this
            autoscaler, as last calculated by the autoscaler.
        lastScaleTime? meta.v1.Time: lastScaleTime is the last time the HorizontalPodAutoscaler scaled the
            number of pods, used by the autoscaler to control how often …
        observedGeneration? int64: observedGeneration is the most recent generation observed by this
            autoscaler.
        @ autoscaling.v2.MetricIdentifier: MetricIdentifier defines the name and optionally selector for a
            metric
        name! string: name is the name of the given metric
        selector? meta.v1.LabelSelector: selector is the string-encoded form of a standard kubernetes label
            selector for the given metric When set, it is passed as an …
        @ autoscaling.v2.MetricSpec: MetricSpec specifies how to scale based on a single metric (only `type`
            and one other matching field should be set at once).
        containerResource? ContainerResourceMetricSource: containerResource refers to a resource metric
            (such as those specified in requests and limits) known to Kubernetes describing a …
        external? ExternalMetricSource: external refers to a global metric that is not associated with any
            Kubernetes object.
        object? ObjectMetricSource: object refers to a metric describing a single kubernetes object (for
            example, hits-per-second on an Ingress object).
        pods? PodsMetricSource: pods refers to a metric describing each pod in the current scale target (for
            example, transactions-processed-per-second).
        resource? ResourceMetricSource: resource refers to a resource metric (such as those specified in
            requests and limits) known to Kubernetes describing each pod in …
        type! string: type is the type of metric source.
        @ autoscaling.v2.MetricStatus: MetricStatus describes the last-read state of a single metric.
        containerResource? ContainerResourceMetricStatus: container resource refers to a resource metric
            (such as those specified in requests and limits) known to Kubernetes describing a …
        external? ExternalMetricStatus: external refers to a global metric that is not associated with any
            Kubernetes object.
        object? ObjectMetricStatus: object refers to a metric describing a single kubernetes object (for
            example, hits-per-second on an Ingress object).
        pods? PodsMetricStatus: pods refers to a metric describing each pod in the current scale target (for
            example, transactions-processed-per-second).
        resource? ResourceMetricStatus: resource refers to a resource metric (such as those specified in
            requests and limits) known to Kubernetes describing each pod in …
        type! string: type is the type of metric source.
        """#
}

// Built-in types, part Workloads2: see BuiltinSchemas for the notation.

extension BuiltinSchemas {
    /// Types of apps.v1, batch.v1, autoscaling.v1, autoscaling.v2, policy.v1, scheduling.v1, 
    /// after the OpenAPI document published for Kubernetes 1.36.
    static let workloads2Table = #"""
        @ autoscaling.v2.MetricTarget: MetricTarget defines the target value, average value, or average
            utilization of a specific metric
        averageUtilization? int32: averageUtilization is the target value of the average of the resource
            metric across all relevant pods, represented as a …
        averageValue? Quantity: averageValue is the target value of the average of the metric across all
            relevant pods (as a quantity)
        type! string: type represents whether the metric type is Utilization, Value, or AverageValue
        value? Quantity: value is the target value of the metric (as a quantity).
        @ autoscaling.v2.MetricValueStatus: MetricValueStatus holds the current value for a metric
        averageUtilization? int32: currentAverageUtilization is the current value of the average of the
            resource metric across all relevant pods, represented as a …
        averageValue? Quantity: averageValue is the current value of the average of the metric across all
            relevant pods (as a quantity)
        value? Quantity: value is the current value of the metric (as a quantity).
        @ autoscaling.v2.ObjectMetricSource: ObjectMetricSource indicates how to scale on a metric
            describing a kubernetes object (for example, hits-per-second on an Ingress object).
        describedObject! CrossVersionObjectReference: describedObject specifies the descriptions of a
            object,such as kind,name apiVersion
        metric! MetricIdentifier: metric identifies the target metric by name and selector
        target! MetricTarget: target specifies the target value for the given metric
        @ autoscaling.v2.ObjectMetricStatus: ObjectMetricStatus indicates the current value of a metric
            describing a kubernetes object (for example, hits-per-second on an Ingress object).
        current! MetricValueStatus: current contains the current value for the given metric
        describedObject! CrossVersionObjectReference: DescribedObject specifies the descriptions of a
            object,such as kind,name apiVersion
        metric! MetricIdentifier: metric identifies the target metric by name and selector
        @ autoscaling.v2.PodsMetricSource: PodsMetricSource indicates how to scale on a metric describing
            each pod in the current scale target (for example, transactions-processed-per-second).
        metric! MetricIdentifier: metric identifies the target metric by name and selector
        target! MetricTarget: target specifies the target value for the given metric
        @ autoscaling.v2.PodsMetricStatus: PodsMetricStatus indicates the current value of a metric
            describing each pod in the current scale target (for example …
        current! MetricValueStatus: current contains the current value for the given metric
        metric! MetricIdentifier: metric identifies the target metric by name and selector
        @ autoscaling.v2.ResourceMetricSource: ResourceMetricSource indicates how to scale on a resource
            metric known to Kubernetes, as specified in requests and limits, describing each pod in the …
        name! string: name is the name of the resource in question.
        target! MetricTarget: target specifies the target value for the given metric
        @ autoscaling.v2.ResourceMetricStatus: ResourceMetricStatus indicates the current value of a
            resource metric known to Kubernetes, as specified in requests and limits, describing each pod …
        current! MetricValueStatus: current contains the current value for the given metric
        name! string: name is the name of the resource in question.
        @ policy.v1.Eviction kind=policy/v1: Eviction evicts a pod from its node subject to certain policies
            and safety constraints.
        deleteOptions? meta.v1.DeleteOptions: DeleteOptions may be provided
        metadata meta.v1.ObjectMeta: ObjectMeta describes the pod that is being evicted.
        @ policy.v1.PodDisruptionBudget kind=policy/v1 list: PodDisruptionBudget is an object to define the
            max disruption that can be caused to a collection of pods
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        spec PodDisruptionBudgetSpec: Specification of the desired behavior of the PodDisruptionBudget.
        status PodDisruptionBudgetStatus: Most recently observed status of the PodDisruptionBudget.
        @ policy.v1.PodDisruptionBudgetSpec: PodDisruptionBudgetSpec is a description of a
            PodDisruptionBudget.
        maxUnavailable? IntOrString: An eviction is allowed if at most "maxUnavailable" pods selected by
            "selector" are unavailable after the eviction, i.e. even in …
        minAvailable? IntOrString: An eviction is allowed if at least "minAvailable" pods selected by
            "selector" will still be available after the eviction, i.e. …
        selector? meta.v1.LabelSelector replace: Label query over pods whose evictions are managed by the
            disruption budget.
        unhealthyPodEvictionPolicy? string enum=AlwaysAllow|IfHealthyBudget: UnhealthyPodEvictionPolicy
            defines the criteria for when unhealthy pods should be considered for eviction.
        @ policy.v1.PodDisruptionBudgetStatus: PodDisruptionBudgetStatus represents information about the
            status of a PodDisruptionBudget.
        conditions [meta.v1.Condition] map=type merge=type: Conditions contain conditions for PDB.
        currentHealthy& int32: current number of healthy pods
        desiredHealthy& int32: minimum desired number of healthy pods
        disruptedPods {meta.v1.Time}: DisruptedPods contains information about pods whose eviction was
            processed by the API server eviction subresource handler but has …
        disruptionsAllowed& int32: Number of pod disruptions that are currently allowed.
        expectedPods& int32: total number of pods counted by this disruption budget
        observedGeneration int64: Most recent generation observed when updating this PDB status.
        @ scheduling.v1.PriorityClass kind=scheduling.k8s.io/v1 list: PriorityClass defines mapping from a
            priority class name to the priority integer value.
        description string: description is an arbitrary string that usually provides guidelines on when this
            priority class should be used.
        globalDefault boolean: globalDefault specifies whether this PriorityClass should be considered as
            the default priority for pods that do not have any …
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        preemptionPolicy? string enum=Never|PreemptLowerPriority: preemptionPolicy is the Policy for
            preempting pods with lower priority.
        value int32: value represents the integer value of this priority class.
        """#
}

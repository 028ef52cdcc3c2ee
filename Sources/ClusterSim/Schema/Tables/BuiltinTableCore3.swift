// Built-in types, part Core3: see BuiltinSchemas for the notation.

extension BuiltinSchemas {
    /// Types of core.v1, 
    /// after the OpenAPI document published for Kubernetes 1.36.
    static let core3Table = #"""
        @ core.v1.PodSecurityContext: PodSecurityContext holds pod-level security attributes and common
            container settings.
        appArmorProfile? AppArmorProfile: appArmorProfile is the AppArmor options to use by the containers
            in this pod.
        fsGroup? int64: A special supplemental group that applies to all containers in a pod.
        fsGroupChangePolicy? string enum=Always|OnRootMismatch: fsGroupChangePolicy defines behavior of
            changing ownership and permission of the volume before being exposed inside Pod.
        runAsGroup? int64: The GID to run the entrypoint of the container process.
        runAsNonRoot? boolean: Indicates that the container must run as a non-root user.
        runAsUser? int64: The UID to run the entrypoint of the container process.
        seLinuxChangePolicy? string: seLinuxChangePolicy defines how the container's SELinux label is
            applied to all volumes used by the Pod.
        seLinuxOptions? SELinuxOptions: The SELinux context to be applied to all containers.
        seccompProfile? SeccompProfile: The seccomp options to use by the containers in this pod.
        supplementalGroups [int64] atomic: A list of groups applied to the first process run in each
            container, in addition to the container's primary GID and fsGroup (if …
        supplementalGroupsPolicy? string enum=Merge|Strict: Defines how supplemental groups of the first
            container processes are calculated.
        sysctls [Sysctl] atomic: Sysctls hold a list of namespaced sysctls used for the pod.
        windowsOptions? WindowsSecurityContextOptions: The Windows specific settings applied to all
            containers.
        @ core.v1.PodSpec: PodSpec is a description of a pod.
        activeDeadlineSeconds? int64: Optional duration in seconds the pod may be active on the node
            relative to StartTime before the system will actively try to mark …
        affinity? Affinity: If specified, the pod's scheduling constraints
        automountServiceAccountToken? boolean: AutomountServiceAccountToken indicates whether a service
            account token should be automatically mounted.
        containers! [Container] map=name merge=name: List of containers belonging to the pod.
        dnsConfig? PodDNSConfig: Specifies the DNS parameters of a pod.
        dnsPolicy string enum=ClusterFirst|ClusterFirstWithHostNet|Default|None: Set DNS policy for the pod.
        enableServiceLinks? boolean: EnableServiceLinks indicates whether information about services should
            be injected into pod's environment variables, matching the …
        ephemeralContainers [EphemeralContainer] map=name merge=name: List of ephemeral containers run in
            this pod.
        hostAliases [HostAlias] map=ip merge=ip: HostAliases is an optional list of hosts and IPs that will
            be injected into the pod's hosts file if specified.
        hostIPC boolean: Use the host's ipc namespace.
        hostNetwork boolean: Host networking requested for this pod.
        hostPID boolean: Use the host's pid namespace.
        hostUsers? boolean: Use the host's user namespace.
        hostname string: Specifies the hostname of the Pod If not specified, the pod's hostname will be set
            to a system-defined value.
        hostnameOverride? string: HostnameOverride specifies an explicit override for the pod's hostname as
            perceived by the pod.
        imagePullSecrets [LocalObjectReference] map=name merge=name: ImagePullSecrets is an optional list of
            references to secrets in the same namespace to use for pulling any of the images used by …
        initContainers [Container] map=name merge=name: List of initialization containers belonging to the
            pod.
        nodeName string: NodeName indicates in which node this pod is scheduled.
        nodeSelector {string} atomic: NodeSelector is a selector which must be true for the pod to fit on a
            node.
        os? PodOS: Specifies the OS of the containers in the pod.
        overhead {Quantity}: Overhead represents the resource overhead associated with running a pod for a
            given RuntimeClass.
        preemptionPolicy? string enum=Never|PreemptLowerPriority: PreemptionPolicy is the Policy for
            preempting pods with lower priority.
        priority? int32: The priority value.
        priorityClassName string: If specified, indicates the pod's priority.
        readinessGates [PodReadinessGate] atomic: If specified, all readiness gates will be evaluated for
            pod readiness.
        resourceClaims [PodResourceClaim] map=name merge=name retainKeys: ResourceClaims defines which
            ResourceClaims must be allocated and reserved before the Pod is allowed to start.
        resources? ResourceRequirements: Resources is the total amount of CPU and Memory resources required
            by all containers in the pod.
        restartPolicy string enum=Always|Never|OnFailure: Restart policy for all containers within the pod.
        runtimeClassName? string: RuntimeClassName refers to a RuntimeClass object in the node.k8s.io group,
            which should be used to run this pod.
        schedulerName string: If specified, the pod will be dispatched by specified scheduler.
        schedulingGates [PodSchedulingGate] map=name merge=name: SchedulingGates is an opaque list of values
            that if specified will block scheduling the pod.
        schedulingGroup? PodSchedulingGroup: SchedulingGroup provides a reference to the immediate
            scheduling runtime grouping object that this Pod belongs to.
        securityContext? PodSecurityContext: SecurityContext holds pod-level security attributes and common
            container settings.
        serviceAccount string: DeprecatedServiceAccount is a deprecated alias for ServiceAccountName.
        serviceAccountName string: ServiceAccountName is the name of the ServiceAccount to use to run this
            pod.
        setHostnameAsFQDN? boolean: If true the pod's hostname will be configured as the pod's FQDN, rather
            than the leaf name (the default).
        shareProcessNamespace? boolean: Share a single process namespace between all of the containers in a
            pod.
        subdomain string: If specified, the fully qualified Pod hostname will be
            "<hostname>.<subdomain>.<pod namespace>.svc.<cluster domain>".
        terminationGracePeriodSeconds? int64: Optional duration in seconds the pod needs to terminate
            gracefully.
        tolerations [Toleration] atomic: If specified, the pod's tolerations.
        topologySpreadConstraints [TopologySpreadConstraint] map=topologyKey,whenUnsatisfiable
            merge=topologyKey: TopologySpreadConstraints describes how a group of pods ought to spread
            across topology domains.
        volumes [Volume] map=name merge=name retainKeys: List of volumes that can be mounted by containers
            belonging to the pod.
        @ core.v1.PodStatus: PodStatus represents information about the status of a pod.
        allocatedResources {Quantity}: AllocatedResources is the total requests allocated for this pod by
            the node.
        conditions [PodCondition] map=type merge=type: Current service state of pod.
        containerStatuses [ContainerStatus] atomic: Statuses of containers in this pod.
        ephemeralContainerStatuses [ContainerStatus] atomic: Statuses for any ephemeral containers that have
            run in this pod.
        extendedResourceClaimStatus? PodExtendedResourceClaimStatus: Status of extended resource claim
            backed by DRA.
        hostIP string: hostIP holds the IP address of the host to which the pod is assigned.
        hostIPs [HostIP] atomic merge=ip: hostIPs holds the IP addresses allocated to the host.
        initContainerStatuses [ContainerStatus] atomic: Statuses of init containers in this pod.
        message string: A human readable message indicating details about why the pod is in this condition.
        nodeAllocatableResourceClaimStatuses [NodeAllocatableResourceClaimStatus] atomic:
            NodeAllocatableResourceClaimStatuses contains the status of node-allocatable resources that were
            allocated for this pod through …
        nominatedNodeName string: nominatedNodeName is set only when this pod preempts other pods on the
            node, but it cannot be scheduled right away as preemption …
        observedGeneration int64: If set, this represents the .metadata.generation that the pod status was
            set based upon.
        phase string enum=Failed|Pending|Running|Succeeded|Unknown: The phase of a Pod is a simple,
            high-level summary of where the Pod is in its lifecycle.
        podIP string: podIP address allocated to the pod.
        podIPs [PodIP] map=ip merge=ip: podIPs holds the IP addresses allocated to the pod.
        qosClass string enum=BestEffort|Burstable|Guaranteed: The Quality of Service (QOS) classification
            assigned to the pod based on resource requirements See PodQOSClass type for available …
        reason string: A brief CamelCase message indicating details about why the pod is in this state. e.g.
            'Evicted'
        resize string: Status of resources resize desired for pod's containers.
        resourceClaimStatuses [PodResourceClaimStatus] map=name merge=name retainKeys: Status of resource
            claims.
        resources? ResourceRequirements: Resources represents the compute resource requests and limits that
            have been applied at the pod level if pod-level requests or …
        startTime? meta.v1.Time: RFC 3339 date and time at which the object was acknowledged by the Kubelet.
        @ core.v1.PodTemplate kind=v1 list: PodTemplate describes a template for creating copies of a
            predefined pod.
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        template? PodTemplateSpec: Template defines the pods that will be created from this pod template. …
        @ core.v1.PodTemplateSpec: PodTemplateSpec describes the data a pod should have when created from a
            template
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        spec PodSpec: Specification of the desired behavior of the pod.
        @ core.v1.PortStatus: PortStatus represents the error condition of a service port
        error? string: Error is to record the problem with the service port The format of the error shall
            comply with the following rules: - built-in …
        port! int32: Port is the port number of the service port of which status is recorded here
        protocol! string enum=SCTP|TCP|UDP: Protocol is the protocol of the service port of which status is
            recorded here The supported values are: "TCP", "UDP", "SCTP"
        @ core.v1.PortworxVolumeSource: PortworxVolumeSource represents a Portworx volume resource.
        fsType string: fSType represents the filesystem type to mount Must be a filesystem type supported by
            the host operating system.
        readOnly boolean: readOnly defaults to false (read/write).
        volumeID! string: volumeID uniquely identifies a Portworx volume
        @ core.v1.PreferredSchedulingTerm: An empty preferred scheduling term matches all objects with
            implicit weight 0 (i.e. it's a no-op).
        preference! NodeSelectorTerm: A node selector term, associated with the corresponding weight.
        weight! int32: Weight associated with matching the corresponding nodeSelectorTerm, in the range
            1-100.
        @ core.v1.Probe: Probe describes a health check to be performed against a container to determine
            whether it is alive or ready to receive traffic.
        exec? ExecAction: Exec specifies a command to execute in the container.
        failureThreshold int32: Minimum consecutive failures for the probe to be considered failed after
            having succeeded.
        grpc? GRPCAction: GRPC specifies a GRPC HealthCheckRequest.
        httpGet? HTTPGetAction: HTTPGet specifies an HTTP GET request to perform.
        initialDelaySeconds int32: Number of seconds after the container has started before liveness probes
            are initiated.
        periodSeconds int32: How often (in seconds) to perform the probe.
        successThreshold int32: Minimum consecutive successes for the probe to be considered successful
            after having failed.
        tcpSocket? TCPSocketAction: TCPSocket specifies a connection to a TCP port.
        terminationGracePeriodSeconds? int64: Optional duration in seconds the pod needs to terminate
            gracefully upon probe failure.
        timeoutSeconds int32: Number of seconds after which the probe times out.
        @ core.v1.ProjectedVolumeSource: Represents a projected volume source
        defaultMode? int32: defaultMode are the mode bits used to set permissions on created files by
            default.
        sources [VolumeProjection] atomic: sources is the list of volume projections.
        @ core.v1.QuobyteVolumeSource: Represents a Quobyte mount that lasts the lifetime of a pod.
        group string: group to map volume access to Default is no group
        readOnly boolean: readOnly here will force the Quobyte volume to be mounted with read-only
            permissions.
        registry! string: registry represents a single or multiple Quobyte Registry services specified as a
            string as host:port pair (multiple entries are …
        tenant string: tenant owning the given Quobyte volume in the Backend Used with dynamically
            provisioned Quobyte volumes, value is set by the …
        user string: user to map volume access to Defaults to serivceaccount user
        volume! string: volume is a string that references an already created Quobyte volume by name.
        @ core.v1.RBDPersistentVolumeSource: Represents a Rados Block Device mount that lasts the lifetime
            of a pod.
        fsType string: fsType is the filesystem type of the volume that you want to mount.
        image! string: image is the rados image name.
        keyring string: keyring is the path to key ring for RBDUser.
        monitors! [string] atomic: monitors is a collection of Ceph monitors.
        pool string: pool is the rados pool name.
        readOnly boolean: readOnly here will force the ReadOnly setting in VolumeMounts.
        secretRef? SecretReference: secretRef is name of the authentication secret for RBDUser.
        user string: user is the rados user name.
        @ core.v1.RBDVolumeSource: Represents a Rados Block Device mount that lasts the lifetime of a pod.
        fsType string: fsType is the filesystem type of the volume that you want to mount.
        image! string: image is the rados image name.
        keyring string: keyring is the path to key ring for RBDUser.
        monitors! [string] atomic: monitors is a collection of Ceph monitors.
        pool string: pool is the rados pool name.
        readOnly boolean: readOnly here will force the ReadOnly setting in VolumeMounts.
        secretRef? LocalObjectReference: secretRef is name of the authentication secret for RBDUser.
        user string: user is the rados user name.
        @ core.v1.ReplicationController kind=v1 list: ReplicationController represents the configuration of
            a replication controller.
        metadata meta.v1.ObjectMeta: If the Labels of a ReplicationController are empty, they are defaulted
            to be the same as the Pod(s) that the replication …
        spec ReplicationControllerSpec: Spec defines the specification of the desired behavior of the
            replication controller.
        status ReplicationControllerStatus: Status is the most recently observed status of the replication
            controller.
        @ core.v1.ReplicationControllerCondition: ReplicationControllerCondition describes the state of a
            replication controller at a certain point.
        lastTransitionTime meta.v1.Time: The last time the condition transitioned from one status to
            another.
        message string: A human readable message indicating details about the transition.
        reason string: The reason for the condition's last transition.
        status! string: Status of the condition, one of True, False, Unknown.
        type! string: Type of replication controller condition.
        @ core.v1.ReplicationControllerSpec: ReplicationControllerSpec is the specification of a replication
            controller.
        minReadySeconds int32: Minimum number of seconds for which a newly created pod should be ready
            without any of its container crashing, for it to be …
        replicas? int32: Replicas is the number of desired replicas.
        selector {string} atomic: Selector is a label query over pods that should match the Replicas count.
        template? PodTemplateSpec: Template is the object that describes the pod that will be created if
            insufficient replicas are detected.
        @ core.v1.ReplicationControllerStatus: ReplicationControllerStatus represents the current status of
            a replication controller.
        availableReplicas int32: The number of available replicas (ready for at least minReadySeconds) for
            this replication controller.
        conditions [ReplicationControllerCondition] map=type merge=type: Represents the latest available
            observations of a replication controller's current state.
        fullyLabeledReplicas int32: The number of pods that have labels matching the labels of the pod
            template of the replication controller.
        observedGeneration int64: ObservedGeneration reflects the generation of the most recently observed
            replication controller.
        readyReplicas int32: The number of ready replicas for this replication controller.
        replicas! int32: Replicas is the most recently observed number of replicas.
        @ core.v1.ResourceClaim: ResourceClaim references one entry in PodSpec.ResourceClaims.
        name! string: Name must match the name of one entry in pod.spec.resourceClaims of the Pod where this
            field is used.
        request string: Request is the name chosen for a request in the referenced claim.
        @ core.v1.ResourceFieldSelector atomic: ResourceFieldSelector represents container resources (cpu,
            memory) and their output format
        containerName string: Container name: required for volumes, optional for env vars
        divisor Quantity: Specifies the output format of the exposed resources, defaults to "1"
        resource! string: Required: resource to select
        @ core.v1.ResourceHealth: ResourceHealth represents the health of a resource.
        health string: Health of the resource. can be one of: - Healthy: operates as normal - Unhealthy:
            reported unhealthy.
        message string: Message provides human-readable context for Health (e.g. "ECC error count exceeded
            threshold"). This field is populated by the …
        resourceID! string: ResourceID is the unique identifier of the resource.
        @ core.v1.ResourceQuota kind=v1 list: ResourceQuota sets aggregate quota restrictions enforced per
            namespace
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        spec ResourceQuotaSpec: Spec defines the desired quota. …
        status ResourceQuotaStatus: Status defines the actual enforced quota and its current usage. …
        @ core.v1.ResourceQuotaSpec: ResourceQuotaSpec defines the desired hard limits to enforce for Quota.
        hard {Quantity}: hard is the set of desired hard limits for each named resource.
        scopeSelector? ScopeSelector: scopeSelector is also a collection of filters like scopes that must
            match each object tracked by a quota but expressed using …
        scopes [string] atomic: A collection of filters that must match each object tracked by a quota.
        @ core.v1.ResourceQuotaStatus: ResourceQuotaStatus defines the enforced hard limits and observed
            use.
        hard {Quantity}: Hard is the set of enforced hard limits for each named resource.
        used {Quantity}: Used is the current observed total usage of the resource in the namespace.
        @ core.v1.ResourceRequirements: ResourceRequirements describes the compute resource requirements.
        claims [ResourceClaim] map=name: Claims lists the names of resources, defined in
            spec.resourceClaims, that are used by this container.
        limits {Quantity}: Limits describes the maximum amount of compute resources allowed.
        requests {Quantity}: Requests describes the minimum amount of compute resources required.
        @ core.v1.ResourceStatus: ResourceStatus represents the status of a single resource allocated to a
            Pod.
        name! string: Name of the resource.
        resources [ResourceHealth] map=resourceID: List of unique resources health.
        @ core.v1.SELinuxOptions: SELinuxOptions are the labels to be applied to the container
        level string: Level is SELinux level label that applies to the container.
        role string: Role is a SELinux role label that applies to the container.
        type string: Type is a SELinux type label that applies to the container.
        user string: User is a SELinux user label that applies to the container.
        @ core.v1.ScaleIOPersistentVolumeSource: ScaleIOPersistentVolumeSource represents a persistent
            ScaleIO volume
        fsType string: fsType is the filesystem type to mount.
        gateway! string: gateway is the host address of the ScaleIO API Gateway.
        protectionDomain string: protectionDomain is the name of the ScaleIO Protection Domain for the
            configured storage.
        readOnly boolean: readOnly defaults to false (read/write).
        secretRef!? SecretReference: secretRef references to the secret for ScaleIO user and other sensitive
            information.
        sslEnabled boolean: sslEnabled is the flag to enable/disable SSL communication with Gateway, default
            false
        storageMode string: storageMode indicates whether the storage for a volume should be
            ThickProvisioned or ThinProvisioned.
        storagePool string: storagePool is the ScaleIO Storage Pool associated with the protection domain.
        system! string: system is the name of the storage system as configured in ScaleIO.
        volumeName string: volumeName is the name of a volume already created in the ScaleIO system that is
            associated with this volume source.
        @ core.v1.ScaleIOVolumeSource: ScaleIOVolumeSource represents a persistent ScaleIO volume
        fsType string: fsType is the filesystem type to mount.
        gateway! string: gateway is the host address of the ScaleIO API Gateway.
        protectionDomain string: protectionDomain is the name of the ScaleIO Protection Domain for the
            configured storage.
        readOnly boolean: readOnly Defaults to false (read/write).
        secretRef!? LocalObjectReference: secretRef references to the secret for ScaleIO user and other
            sensitive information.
        sslEnabled boolean: sslEnabled Flag enable/disable SSL communication with Gateway, default false
        storageMode string: storageMode indicates whether the storage for a volume should be
            ThickProvisioned or ThinProvisioned.
        storagePool string: storagePool is the ScaleIO Storage Pool associated with the protection domain.
        system! string: system is the name of the storage system as configured in ScaleIO.
        volumeName string: volumeName is the name of a volume already created in the ScaleIO system that is
            associated with this volume source.
        @ core.v1.ScopeSelector atomic: A scope selector represents the AND of the selectors represented by
            the scoped-resource selector requirements.
        matchExpressions [ScopedResourceSelectorRequirement] atomic: A list of scope selector requirements
            by scope of the resources.
        @ core.v1.ScopedResourceSelectorRequirement: A scoped-resource selector requirement is a selector
            that contains values, a scope name, and an operator that relates the scope name and values.
        operator! string enum=DoesNotExist|Exists|In|NotIn: Represents a scope's relationship to a set of
            values.
        scopeName! string: The name of the scope that the selector applies to.
        values [string] atomic: An array of string values.
        @ core.v1.SeccompProfile
            unions=[{"discriminator":"type","fields-to-discriminateBy":{"localhostProfile":"LocalhostProfile"}}]:
            SeccompProfile defines a pod/container's seccomp profile settings.
        localhostProfile? string: localhostProfile indicates a profile defined in a file on the node should
            be used.
        type! string enum=Localhost|RuntimeDefault|Unconfined: type indicates which kind of seccomp profile
            will be applied.
        @ core.v1.Secret kind=v1 list: Secret holds secret data of a certain type.
        data {bytes}: Data contains the secret data.
        immutable? boolean: Immutable, if set to true, ensures that data stored in the Secret cannot be
            updated (only object metadata can be modified).
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        stringData {string}: stringData allows specifying non-binary secret data in string form.
        type string: Used to facilitate programmatic handling of secret data.
        @ core.v1.SecretEnvSource: SecretEnvSource selects a Secret to populate the environment variables
            with.
        name string default="": Name of the referent.
        optional? boolean: Specify whether the Secret must be defined
        @ core.v1.SecretKeySelector atomic: SecretKeySelector selects a key of a Secret.
        key! string: The key of the secret to select from.
        name string default="": Name of the referent.
        optional? boolean: Specify whether the Secret or its key must be defined
        @ core.v1.SecretProjection: Adapts a secret into a projected volume.
        items [KeyToPath] atomic: items if unspecified, each key-value pair in the Data field of the
            referenced Secret will be projected into the volume as a file …
        name string default="": Name of the referent.
        optional? boolean: optional field specify whether the Secret or its key must be defined
        @ core.v1.SecretReference atomic: SecretReference represents a Secret Reference.
        name string: name is unique within a namespace to reference a secret resource.
        namespace string: namespace defines the space within which the secret name must be unique.
        @ core.v1.SecretVolumeSource: Adapts a Secret into a volume.
        defaultMode? int32: defaultMode is Optional: mode bits used to set permissions on created files by
            default.
        items [KeyToPath] atomic: items If unspecified, each key-value pair in the Data field of the
            referenced Secret will be projected into the volume as a file …
        optional? boolean: optional field specify whether the Secret or its keys must be defined
        secretName string: secretName is the name of the secret in the pod's namespace to use.
        @ core.v1.SecurityContext: SecurityContext holds security configuration that will be applied to a
            container.
        allowPrivilegeEscalation? boolean: AllowPrivilegeEscalation controls whether a process can gain more
            privileges than its parent process.
        appArmorProfile? AppArmorProfile: appArmorProfile is the AppArmor options to use by this container.
        capabilities? Capabilities: The capabilities to add/drop when running containers.
        privileged? boolean: Run container in privileged mode.
        procMount? string enum=Default|Unmasked: procMount denotes the type of proc mount to use for the
            containers.
        readOnlyRootFilesystem? boolean: Whether this container has a read-only root filesystem.
        runAsGroup? int64: The GID to run the entrypoint of the container process.
        runAsNonRoot? boolean: Indicates that the container must run as a non-root user.
        runAsUser? int64: The UID to run the entrypoint of the container process.
        seLinuxOptions? SELinuxOptions: The SELinux context to be applied to the container.
        seccompProfile? SeccompProfile: The seccomp options to use by this container.
        windowsOptions? WindowsSecurityContextOptions: The Windows specific settings applied to all
            containers.
        @ core.v1.Service kind=v1 list: Service is a named abstraction of software service (for example,
            mysql) consisting of local port (for example 3306) that the proxy listens on, and …
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        spec ServiceSpec: Spec defines the behavior of a service. …
        status ServiceStatus: Most recently observed status of the service.
        @ core.v1.ServiceAccount kind=v1 list: ServiceAccount binds together: * a name, understood by users,
            and perhaps by peripheral systems, for an identity * a principal that can be …
        automountServiceAccountToken? boolean: AutomountServiceAccountToken indicates whether pods running
            as this service account should have an API token automatically …
        imagePullSecrets [LocalObjectReference] atomic: ImagePullSecrets is a list of references to secrets
            in the same namespace to use for pulling any images in pods that reference …
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        secrets [ObjectReference] map=name merge=name: Secrets is a list of the secrets in the same
            namespace that pods running using this ServiceAccount are allowed to use.
        @ core.v1.ServiceAccountTokenProjection: ServiceAccountTokenProjection represents a projected
            service account token volume.
        audience string: audience is the intended audience of the token.
        expirationSeconds? int64: expirationSeconds is the requested duration of validity of the service
            account token.
        path! string: path is the path relative to the mount point of the file to project the token into.
        @ core.v1.ServicePort: ServicePort contains information on service's port.
        appProtocol? string: The application protocol for this port.
        name string: The name of this port within the service.
        nodePort int32: The port on each node on which this service is exposed when type is NodePort or
            LoadBalancer.
        port! int32: The port that will be exposed by this service.
        protocol string enum=SCTP|TCP|UDP default="TCP": The IP protocol for this port.
        targetPort IntOrString: Number or name of the port to access on the pods targeted by the service.
        @ core.v1.ServiceSpec: ServiceSpec describes the attributes that a user creates on a service.
        allocateLoadBalancerNodePorts? boolean: allocateLoadBalancerNodePorts defines if NodePorts will be
            automatically allocated for services with type LoadBalancer.
        clusterIP string: clusterIP is the IP address of the service and is usually assigned randomly.
        clusterIPs [string] atomic: ClusterIPs is a list of IP addresses assigned to this service, and are
            usually assigned randomly.
        externalIPs [string] atomic: externalIPs is a list of IP addresses for which nodes in the cluster
            will also accept traffic for this service.
        externalName string: externalName is the external reference that discovery mechanisms will return as
            an alias for this service (e.g. a DNS CNAME …
        externalTrafficPolicy string enum=Cluster|Local: externalTrafficPolicy describes how nodes
            distribute service traffic they receive on one of the Service's "externally-facing" …
        healthCheckNodePort int32: healthCheckNodePort specifies the healthcheck nodePort for the service.
        internalTrafficPolicy? string enum=Cluster|Local: InternalTrafficPolicy describes how nodes
            distribute service traffic they receive on the ClusterIP.
        ipFamilies [string] atomic items=|IPv4|IPv6: IPFamilies is a list of IP families (e.g. IPv4, IPv6)
            assigned to this service. This field is usually assigned automatically …
        ipFamilyPolicy? string enum=PreferDualStack|RequireDualStack|SingleStack: IPFamilyPolicy represents
            the dual-stack-ness requested or required by this Service.
        loadBalancerClass? string: loadBalancerClass is the class of the load balancer implementation this
            Service belongs to.
        loadBalancerIP string: Only applies to Service Type: LoadBalancer.
        loadBalancerSourceRanges [string] atomic: If specified and supported by the platform, this will
            restrict traffic through the cloud-provider load-balancer will be …
        ports [ServicePort] map=port,protocol merge=port: The list of ports that are exposed by this
            service.
        publishNotReadyAddresses boolean: publishNotReadyAddresses indicates that any agent which deals with
            endpoints for this Service should disregard any indications of …
        selector {string} atomic: Route service traffic to pods with label keys and values matching this
            selector.
        sessionAffinity string enum=ClientIP|None: Supports "ClientIP" and "None".
        sessionAffinityConfig? SessionAffinityConfig: sessionAffinityConfig contains the configurations of
            session affinity.
        trafficDistribution? string: TrafficDistribution offers a way to express preferences for how traffic
            is distributed to Service endpoints.
        type string enum=ClusterIP|ExternalName|LoadBalancer|NodePort: type determines how the Service is
            exposed.
        @ core.v1.ServiceStatus: ServiceStatus represents the current status of a service.
        conditions [meta.v1.Condition] map=type merge=type: Current service state
        loadBalancer LoadBalancerStatus: LoadBalancer contains the current status of the load-balancer, if
            one is present.
        @ core.v1.SessionAffinityConfig: SessionAffinityConfig represents the configurations of session
            affinity.
        clientIP? ClientIPConfig: clientIP contains the configurations of Client IP based session affinity.
        @ core.v1.SleepAction: SleepAction describes a "sleep" action.
        seconds! int64: Seconds is the number of seconds to sleep.
        @ core.v1.StorageOSPersistentVolumeSource: Represents a StorageOS persistent volume resource.
        fsType string: fsType is the filesystem type to mount.
        readOnly boolean: readOnly defaults to false (read/write).
        secretRef? ObjectReference: secretRef specifies the secret to use for obtaining the StorageOS API
            credentials.
        volumeName string: volumeName is the human-readable name of the StorageOS volume.
        volumeNamespace string: volumeNamespace specifies the scope of the volume within StorageOS.
        @ core.v1.StorageOSVolumeSource: Represents a StorageOS persistent volume resource.
        fsType string: fsType is the filesystem type to mount.
        readOnly boolean: readOnly defaults to false (read/write).
        secretRef? LocalObjectReference: secretRef specifies the secret to use for obtaining the StorageOS
            API credentials.
        volumeName string: volumeName is the human-readable name of the StorageOS volume.
        volumeNamespace string: volumeNamespace specifies the scope of the volume within StorageOS.
        @ core.v1.Sysctl: Sysctl defines a kernel parameter to be set
        name! string: Name of a property to set
        value! string: Value of a property to set
        @ core.v1.TCPSocketAction: TCPSocketAction describes an action based on opening a socket
        host string: Optional: Host name to connect to, defaults to the pod IP.
        port! IntOrString: Number or name of the port to access on the container.
        @ core.v1.Taint: The node this Taint is attached to has the "effect" on any pod that does not
            tolerate the Taint.
        effect! string enum=NoExecute|NoSchedule|PreferNoSchedule: Required.
        key! string: Required.
        timeAdded? meta.v1.Time: TimeAdded represents the time at which the taint was added.
        value string: The taint value corresponding to the taint key.
        """#
}

// Built-in types, part Core1: see BuiltinSchemas for the notation.

extension BuiltinSchemas {
    /// Types of core.v1, 
    /// after the OpenAPI document published for Kubernetes 1.36.
    static let core1Table = #"""
        @ core.v1.AWSElasticBlockStoreVolumeSource: Represents a Persistent Disk resource in AWS.
        fsType string: fsType is the filesystem type of the volume that you want to mount.
        partition int32: partition is the partition in the volume that you want to mount.
        readOnly boolean: readOnly value true will force the readOnly setting in VolumeMounts.
        volumeID! string: volumeID is unique ID of the persistent disk resource in AWS (Amazon EBS volume).
        @ core.v1.Affinity: Affinity is a group of affinity scheduling rules.
        nodeAffinity? NodeAffinity: Describes node affinity scheduling rules for the pod.
        podAffinity? PodAffinity: Describes pod affinity scheduling rules (e.g. co-locate this pod in the
            same node, zone, etc. as some other pod(s)).
        podAntiAffinity? PodAntiAffinity: Describes pod anti-affinity scheduling rules (e.g. avoid putting
            this pod in the same node, zone, etc. as some other pod(s)).
        @ core.v1.AppArmorProfile
            unions=[{"discriminator":"type","fields-to-discriminateBy":{"localhostProfile":"LocalhostProfile"}}]:
            AppArmorProfile defines a pod or container's AppArmor settings.
        localhostProfile? string: localhostProfile indicates a profile loaded on the node that should be
            used.
        type! string enum=Localhost|RuntimeDefault|Unconfined: type indicates which kind of AppArmor profile
            will be applied.
        @ core.v1.AttachedVolume: AttachedVolume describes a volume attached to a node
        devicePath! string: DevicePath represents the device path where the volume should be available
        name! string: Name of the attached volume
        @ core.v1.AzureDiskVolumeSource: AzureDisk represents an Azure Data Disk mount on the host and bind
            mount to the pod.
        cachingMode? string enum=None|ReadOnly|ReadWrite: cachingMode is the Host Caching mode: None, Read
            Only, Read Write.
        diskName! string: diskName is the Name of the data disk in the blob storage
        diskURI! string: diskURI is the URI of data disk in the blob storage
        fsType? string: fsType is Filesystem type to mount.
        kind? string enum=Dedicated|Managed|Shared: kind expected values are Shared: multiple blob disks per
            storage account Dedicated: single blob disk per storage account Managed …
        readOnly? boolean: readOnly Defaults to false (read/write).
        @ core.v1.AzureFilePersistentVolumeSource: AzureFile represents an Azure File Service mount on the
            host and bind mount to the pod.
        readOnly boolean: readOnly defaults to false (read/write).
        secretName! string: secretName is the name of secret that contains Azure Storage Account Name and
            Key
        secretNamespace string: secretNamespace is the namespace of the secret that contains Azure Storage
            Account Name and Key default is the same as the Pod
        shareName! string: shareName is the azure Share Name
        @ core.v1.AzureFileVolumeSource: AzureFile represents an Azure File Service mount on the host and
            bind mount to the pod.
        readOnly boolean: readOnly defaults to false (read/write).
        secretName! string: secretName is the name of secret that contains Azure Storage Account Name and
            Key
        shareName! string: shareName is the azure share Name
        @ core.v1.Binding kind=v1: Binding ties one object to another; for example, a pod is bound to a node
            by a scheduler.
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        target! ObjectReference: The target object that you want to bind to the standard object.
        @ core.v1.CSIPersistentVolumeSource: Represents storage that is managed by an external CSI volume
            driver
        controllerExpandSecretRef? SecretReference: controllerExpandSecretRef is a reference to the secret
            object containing sensitive information to pass to the CSI driver to …
        controllerPublishSecretRef? SecretReference: controllerPublishSecretRef is a reference to the secret
            object containing sensitive information to pass to the CSI driver to …
        driver! string: driver is the name of the driver to use for this volume.
        fsType string: fsType to mount.
        nodeExpandSecretRef? SecretReference: nodeExpandSecretRef is a reference to the secret object
            containing sensitive information to pass to the CSI driver to complete …
        nodePublishSecretRef? SecretReference: nodePublishSecretRef is a reference to the secret object
            containing sensitive information to pass to the CSI driver to complete …
        nodeStageSecretRef? SecretReference: nodeStageSecretRef is a reference to the secret object
            containing sensitive information to pass to the CSI driver to complete the …
        readOnly boolean: readOnly value to pass to ControllerPublishVolumeRequest.
        volumeAttributes {string}: volumeAttributes of the volume to publish.
        volumeHandle! string: volumeHandle is the unique volume name returned by the CSI volume plugin’s
            CreateVolume to refer to the volume on all subsequent …
        @ core.v1.CSIVolumeSource: Represents a source location of a volume to mount, managed by an external
            CSI driver
        driver! string: driver is the name of the CSI driver that handles this volume.
        fsType? string: fsType to mount.
        nodePublishSecretRef? LocalObjectReference: nodePublishSecretRef is a reference to the secret object
            containing sensitive information to pass to the CSI driver to complete …
        readOnly? boolean: readOnly specifies a read-only configuration for the volume.
        volumeAttributes {string}: volumeAttributes stores driver-specific properties that are passed to the
            CSI driver.
        @ core.v1.Capabilities: Adds and removes POSIX capabilities from running containers.
        add [string] atomic: Added capabilities
        drop [string] atomic: Removed capabilities
        @ core.v1.CephFSPersistentVolumeSource: Represents a Ceph Filesystem mount that lasts the lifetime
            of a pod Cephfs volumes do not support ownership management or SELinux relabeling.
        monitors! [string] atomic: monitors is Required: Monitors is a collection of Ceph monitors More info
            …
        path string: path is Optional: Used as the mounted root, rather than the full Ceph tree, default is
            /
        readOnly boolean: readOnly is Optional: Defaults to false (read/write).
        secretFile string: secretFile is Optional: SecretFile is the path to key ring for User, default is
            /etc/ceph/user.secret More info …
        secretRef? SecretReference: secretRef is Optional: SecretRef is reference to the authentication
            secret for User, default is empty.
        user string: user is Optional: User is the rados user name, default is admin More info …
        @ core.v1.CephFSVolumeSource: Represents a Ceph Filesystem mount that lasts the lifetime of a pod
            Cephfs volumes do not support ownership management or SELinux relabeling.
        monitors! [string] atomic: monitors is Required: Monitors is a collection of Ceph monitors More info
            …
        path string: path is Optional: Used as the mounted root, rather than the full Ceph tree, default is
            /
        readOnly boolean: readOnly is Optional: Defaults to false (read/write).
        secretFile string: secretFile is Optional: SecretFile is the path to key ring for User, default is
            /etc/ceph/user.secret More info …
        secretRef? LocalObjectReference: secretRef is Optional: SecretRef is reference to the authentication
            secret for User, default is empty.
        user string: user is optional: User is the rados user name, default is admin More info …
        @ core.v1.CinderPersistentVolumeSource: Represents a cinder volume resource in Openstack.
        fsType string: fsType Filesystem type to mount.
        readOnly boolean: readOnly is Optional: Defaults to false (read/write).
        secretRef? SecretReference: secretRef is Optional: points to a secret object containing parameters
            used to connect to OpenStack.
        volumeID! string: volumeID used to identify the volume in cinder.
        @ core.v1.CinderVolumeSource: Represents a cinder volume resource in Openstack.
        fsType string: fsType is the filesystem type to mount.
        readOnly boolean: readOnly defaults to false (read/write).
        secretRef? LocalObjectReference: secretRef is optional: points to a secret object containing
            parameters used to connect to OpenStack.
        volumeID! string: volumeID used to identify the volume in cinder.
        @ core.v1.ClientIPConfig: ClientIPConfig represents the configurations of Client IP based session
            affinity.
        timeoutSeconds? int32: timeoutSeconds specifies the seconds of ClientIP type session sticky time.
        @ core.v1.ClusterTrustBundleProjection: ClusterTrustBundleProjection describes how to select a set
            of ClusterTrustBundle objects and project their contents into the pod filesystem.
        labelSelector? meta.v1.LabelSelector: Select all ClusterTrustBundles that match this label selector.
        name? string: Select a single ClusterTrustBundle by object name.
        optional? boolean: If true, don't block pod startup if the referenced ClusterTrustBundle(s) aren't
            available.
        path! string: Relative path from the volume root to write the bundle.
        signerName? string: Select all ClusterTrustBundles that match this signer name.
        @ core.v1.ComponentCondition: Information about the condition of a component.
        error string: Condition error code for a component.
        message string: Message about the condition for a component.
        status! string: Status of the condition for a component.
        type! string: Type of condition for a component.
        @ core.v1.ComponentStatus kind=v1 list: ComponentStatus (and ComponentStatusList) holds the cluster
            validation info.
        conditions [ComponentCondition] map=type merge=type: List of component conditions observed
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        @ core.v1.ConfigMap kind=v1 list: ConfigMap holds configuration data for pods to consume.
        binaryData {bytes}: BinaryData contains the binary data.
        data {string}: Data contains the configuration data.
        immutable? boolean: Immutable, if set to true, ensures that data stored in the ConfigMap cannot be
            updated (only object metadata can be modified).
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        @ core.v1.ConfigMapEnvSource: ConfigMapEnvSource selects a ConfigMap to populate the environment
            variables with.
        name string default="": Name of the referent.
        optional? boolean: Specify whether the ConfigMap must be defined
        @ core.v1.ConfigMapKeySelector atomic: Selects a key from a ConfigMap.
        key! string: The key to select.
        name string default="": Name of the referent.
        optional? boolean: Specify whether the ConfigMap or its key must be defined
        @ core.v1.ConfigMapNodeConfigSource: ConfigMapNodeConfigSource contains the information to reference
            a ConfigMap as a config source for the Node.
        kubeletConfigKey! string: KubeletConfigKey declares which key of the referenced ConfigMap
            corresponds to the KubeletConfiguration structure This field is …
        name! string: Name is the metadata.name of the referenced ConfigMap.
        namespace! string: Namespace is the metadata.namespace of the referenced ConfigMap.
        resourceVersion string: ResourceVersion is the metadata.ResourceVersion of the referenced ConfigMap.
        uid string: UID is the metadata.UID of the referenced ConfigMap.
        @ core.v1.ConfigMapProjection: Adapts a ConfigMap into a projected volume.
        items [KeyToPath] atomic: items if unspecified, each key-value pair in the Data field of the
            referenced ConfigMap will be projected into the volume as a …
        name string default="": Name of the referent.
        optional? boolean: optional specify whether the ConfigMap or its keys must be defined
        @ core.v1.ConfigMapVolumeSource: Adapts a ConfigMap into a volume.
        defaultMode? int32: defaultMode is optional: mode bits used to set permissions on created files by
            default.
        items [KeyToPath] atomic: items if unspecified, each key-value pair in the Data field of the
            referenced ConfigMap will be projected into the volume as a …
        name string default="": Name of the referent.
        optional? boolean: optional specify whether the ConfigMap or its keys must be defined
        @ core.v1.Container: A single application container that you want to run within a pod.
        args [string] atomic: Arguments to the entrypoint.
        command [string] atomic: Entrypoint array.
        env [EnvVar] map=name merge=name: List of environment variables to set in the container.
        envFrom [EnvFromSource] atomic: List of sources to populate environment variables in the container.
        image string: Container image name.
        imagePullPolicy string enum=Always|IfNotPresent|Never: Image pull policy.
        lifecycle? Lifecycle: Actions that the management system should take in response to container
            lifecycle events.
        livenessProbe? Probe: Periodic probe of container liveness.
        name! string: Name of the container specified as a DNS_LABEL.
        ports [ContainerPort] map=containerPort,protocol merge=containerPort: List of ports to expose from
            the container.
        readinessProbe? Probe: Periodic probe of container service readiness.
        resizePolicy [ContainerResizePolicy] atomic: Resources resize policy for the container.
        resources ResourceRequirements: Compute Resources required by this container.
        restartPolicy? string: RestartPolicy defines the restart behavior of individual containers in a pod.
        restartPolicyRules [ContainerRestartRule] atomic: Represents a list of rules to be checked to
            determine if the container should be restarted on exit.
        securityContext? SecurityContext: SecurityContext defines the security options the container should
            be run with.
        startupProbe? Probe: StartupProbe indicates that the Pod has successfully initialized.
        stdin boolean: Whether this container should allocate a buffer for stdin in the container runtime.
        stdinOnce boolean: Whether the container runtime should close the stdin channel after it has been
            opened by a single attach.
        terminationMessagePath string: Optional: Path at which the file to which the container's termination
            message will be written is mounted into the container's …
        terminationMessagePolicy string enum=FallbackToLogsOnError|File: Indicate how the termination
            message should be populated.
        tty boolean: Whether this container should allocate a TTY for itself, also requires 'stdin' to be
            true.
        volumeDevices [VolumeDevice] map=devicePath merge=devicePath: volumeDevices is the list of block
            devices to be used by the container.
        volumeMounts [VolumeMount] map=mountPath merge=mountPath: Pod volumes to mount into the container's
            filesystem.
        workingDir string: Container's working directory.
        @ core.v1.ContainerExtendedResourceRequest: ContainerExtendedResourceRequest has the mapping of
            container name, extended resource name to the device request name.
        containerName! string: The name of the container requesting resources.
        requestName! string: The name of the request in the special ResourceClaim which corresponds to the
            extended resource.
        resourceName! string: The name of the extended resource in that container which gets backed by DRA.
        @ core.v1.ContainerImage: Describe a container image
        names [string] atomic: Names by which this image is known. e.g.
            ["kubernetes.example/hyperkube:v1.0.7" …
        sizeBytes int64: The size of the image in bytes.
        @ core.v1.ContainerPort: ContainerPort represents a network port in a single container.
        containerPort! int32: Number of port to expose on the pod's IP address.
        hostIP string: What host IP to bind the external port to.
        hostPort int32: Number of port to expose on the host.
        name string: If specified, this must be an IANA_SVC_NAME and unique within the pod.
        protocol string enum=SCTP|TCP|UDP default="TCP": Protocol for port.
        @ core.v1.ContainerResizePolicy: ContainerResizePolicy represents resource resize policy for the
            container.
        resourceName! string: Name of the resource to which this resource resize policy applies.
        restartPolicy! string: Restart policy to apply when specified resource is resized.
        @ core.v1.ContainerRestartRule: ContainerRestartRule describes how a container exit is handled.
        action! string: Specifies the action taken on a container exit if the requirements are satisfied.
        exitCodes? ContainerRestartRuleOnExitCodes: Represents the exit codes to check on container exits.
        @ core.v1.ContainerRestartRuleOnExitCodes: ContainerRestartRuleOnExitCodes describes the condition
            for handling an exited container based on its exit codes.
        operator! string: Represents the relationship between the container exit code(s) and the specified
            values.
        values [int32] set: Specifies the set of values to check for container exit codes.
        @ core.v1.ContainerState: ContainerState holds a possible state of container.
        running? ContainerStateRunning: Details about a running container
        terminated? ContainerStateTerminated: Details about a terminated container
        waiting? ContainerStateWaiting: Details about a waiting container
        @ core.v1.ContainerStateRunning: ContainerStateRunning is a running state of a container.
        startedAt meta.v1.Time: Time at which the container was last (re-)started
        @ core.v1.ContainerStateTerminated: ContainerStateTerminated is a terminated state of a container.
        containerID string: Container's ID in the format '<type>://<container_id>'
        exitCode! int32: Exit status from the last termination of the container
        finishedAt meta.v1.Time: Time at which the container last terminated
        message string: Message regarding the last termination of the container
        reason string: (brief) reason from the last termination of the container
        signal int32: Signal from the last termination of the container
        startedAt meta.v1.Time: Time at which previous execution of the container started
        @ core.v1.ContainerStateWaiting: ContainerStateWaiting is a waiting state of a container.
        message string: Message regarding why the container is not yet running.
        reason string: (brief) reason the container is not yet running.
        @ core.v1.ContainerStatus: ContainerStatus contains details for the current status of this
            container.
        allocatedResources {Quantity}: AllocatedResources represents the compute resources allocated for
            this container by the node.
        allocatedResourcesStatus [ResourceStatus] map=name merge=name: AllocatedResourcesStatus represents
            the status of various resources allocated for this Pod.
        containerID string: ContainerID is the ID of the container in the format '<type>://<container_id>'.
        image! string: Image is the name of container image that the container is running.
        imageID! string: ImageID is the image ID of the container's image.
        lastState ContainerState: LastTerminationState holds the last termination state of the container to
            help debug container crashes and restarts.
        name! string: Name is a DNS_LABEL representing the unique name of the container.
        ready! boolean: Ready specifies whether the container is currently passing its readiness check.
        resources? ResourceRequirements: Resources represents the compute resource requests and limits that
            have been successfully enacted on the running container after …
        restartCount! int32: RestartCount holds the number of times the container has been restarted.
        started? boolean: Started indicates whether the container has finished its postStart lifecycle hook
            and passed its startup probe.
        state ContainerState: State holds details about the container's current condition.
        stopSignal? string: StopSignal reports the effective stop signal for this container
        user? ContainerUser: User represents user identity information initially attached to the first
            process of the container
        volumeMounts [VolumeMountStatus] map=mountPath merge=mountPath: Status of volume mounts.
        @ core.v1.ContainerUser: ContainerUser represents user identity information
        linux? LinuxContainerUser: Linux holds user identity information initially attached to the first
            process of the containers in Linux.
        @ core.v1.DaemonEndpoint: DaemonEndpoint contains information about a single Daemon endpoint.
        Port! int32: Port number of the given endpoint.
        @ core.v1.DownwardAPIProjection: Represents downward API info for projecting into a projected
            volume.
        items [DownwardAPIVolumeFile] atomic: Items is a list of DownwardAPIVolume file
        @ core.v1.DownwardAPIVolumeFile: DownwardAPIVolumeFile represents information to create the file
            containing the pod field
        fieldRef? ObjectFieldSelector: Required: Selects a field of the pod: only annotations, labels, name,
            namespace and uid are supported.
        mode? int32: Optional: mode bits used to set permissions on this file, must be an octal value
            between 0000 and 0777 or a decimal value between …
        path! string: Required: Path is the relative path name of the file to be created.
        resourceFieldRef? ResourceFieldSelector: Selects a resource of the container: only resources limits
            and requests (limits.cpu, limits.memory, requests.cpu and …
        @ core.v1.DownwardAPIVolumeSource: DownwardAPIVolumeSource represents a volume containing downward
            API info.
        defaultMode? int32: Optional: mode bits to use on created files by default.
        items [DownwardAPIVolumeFile] atomic: Items is a list of downward API volume file
        @ core.v1.EmptyDirVolumeSource: Represents an empty directory for a pod.
        medium string: medium represents what type of storage medium should back this directory.
        sizeLimit? Quantity: sizeLimit is the total amount of local storage required for this EmptyDir
            volume.
        @ core.v1.EndpointAddress atomic: EndpointAddress is a tuple that describes single IP address.
        hostname string: The Hostname of this endpoint
        ip! string: The IP of this endpoint.
        nodeName? string: Optional: Node hosting this endpoint.
        targetRef? ObjectReference: Reference to object providing the endpoint.
        @ core.v1.EndpointPort atomic: EndpointPort is a tuple that describes a single port.
        appProtocol? string: The application protocol for this port.
        name string: The name of this port.
        port! int32: The port number of the endpoint.
        protocol string enum=SCTP|TCP|UDP: The IP protocol for this port.
        @ core.v1.EndpointSubset: EndpointSubset is a group of addresses with a common set of ports.
        addresses [EndpointAddress] atomic: IP addresses which offer the related ports that are marked as
            ready.
        notReadyAddresses [EndpointAddress] atomic: IP addresses which offer the related ports but are not
            currently marked as ready because they have not yet finished starting …
        ports [EndpointPort] atomic: Port numbers available on the related IP addresses.
        @ core.v1.Endpoints kind=v1 list: Endpoints is a collection of endpoints that implement the actual
            service.
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        subsets [EndpointSubset] atomic: The set of all endpoints is the union of all subsets.
        @ core.v1.EnvFromSource: EnvFromSource represents the source of a set of ConfigMaps or Secrets
        configMapRef? ConfigMapEnvSource: The ConfigMap to select from
        prefix string: Optional text to prepend to the name of each environment variable.
        secretRef? SecretEnvSource: The Secret to select from
        @ core.v1.EnvVar: EnvVar represents an environment variable present in a Container.
        name! string: Name of the environment variable.
        value string: Variable references $(VAR_NAME) are expanded using the previously defined environment
            variables in the container and any service …
        valueFrom? EnvVarSource: Source for the environment variable's value.
        @ core.v1.EnvVarSource: EnvVarSource represents a source for the value of an EnvVar.
        configMapKeyRef? ConfigMapKeySelector: Selects a key of a ConfigMap.
        fieldRef? ObjectFieldSelector: Selects a field of the pod: supports metadata.name,
            metadata.namespace, `metadata.labels['<KEY>']` …
        fileKeyRef? FileKeySelector: FileKeyRef selects a key of the env file.
        resourceFieldRef? ResourceFieldSelector: Selects a resource of the container: only resources limits
            and requests (limits.cpu, limits.memory, limits.ephemeral-storage …
        secretKeyRef? SecretKeySelector: Selects a key of a secret in the pod's namespace
        @ core.v1.EphemeralContainer: An EphemeralContainer is a temporary container that you may add to an
            existing Pod for user-initiated activities such as debugging.
        args [string] atomic: Arguments to the entrypoint.
        command [string] atomic: Entrypoint array.
        env [EnvVar] map=name merge=name: List of environment variables to set in the container.
        envFrom [EnvFromSource] atomic: List of sources to populate environment variables in the container.
        image string: Container image name.
        imagePullPolicy string enum=Always|IfNotPresent|Never: Image pull policy.
        lifecycle? Lifecycle: Lifecycle is not allowed for ephemeral containers.
        livenessProbe? Probe: Probes are not allowed for ephemeral containers.
        name! string: Name of the ephemeral container specified as a DNS_LABEL.
        ports [ContainerPort] map=containerPort,protocol merge=containerPort: Ports are not allowed for
            ephemeral containers.
        readinessProbe? Probe: Probes are not allowed for ephemeral containers.
        resizePolicy [ContainerResizePolicy] atomic: Resources resize policy for the container.
        resources ResourceRequirements: Resources are not allowed for ephemeral containers.
        restartPolicy? string: Restart policy for the container to manage the restart behavior of each
            container within a pod.
        restartPolicyRules [ContainerRestartRule] atomic: Represents a list of rules to be checked to
            determine if the container should be restarted on exit.
        securityContext? SecurityContext: Optional: SecurityContext defines the security options the
            ephemeral container should be run with.
        startupProbe? Probe: Probes are not allowed for ephemeral containers.
        stdin boolean: Whether this container should allocate a buffer for stdin in the container runtime.
        stdinOnce boolean: Whether the container runtime should close the stdin channel after it has been
            opened by a single attach.
        targetContainerName string: If set, the name of the container from PodSpec that this ephemeral
            container targets.
        terminationMessagePath string: Optional: Path at which the file to which the container's termination
            message will be written is mounted into the container's …
        terminationMessagePolicy string enum=FallbackToLogsOnError|File: Indicate how the termination
            message should be populated.
        tty boolean: Whether this container should allocate a TTY for itself, also requires 'stdin' to be
            true.
        volumeDevices [VolumeDevice] map=devicePath merge=devicePath: volumeDevices is the list of block
            devices to be used by the container.
        volumeMounts [VolumeMount] map=mountPath merge=mountPath: Pod volumes to mount into the container's
            filesystem.
        workingDir string: Container's working directory.
        @ core.v1.EphemeralVolumeSource: Represents an ephemeral volume that is handled by a normal storage
            driver.
        volumeClaimTemplate? PersistentVolumeClaimTemplate: Will be used to create a stand-alone PVC to
            provision the volume.
        @ core.v1.Event kind=v1 list: Event is a report of an event somewhere in the cluster.
        action string: What action was taken/failed regarding to the Regarding object.
        count int32: The number of times this event has occurred.
        eventTime meta.v1.MicroTime: Time when this Event was first observed.
        firstTimestamp meta.v1.Time: The time at which the event was first recorded. (Time of server receipt
            is in TypeMeta.)
        involvedObject! ObjectReference: The object that this event is about.
        lastTimestamp meta.v1.Time: The time at which the most recent occurrence of this event was recorded.
        message string: A human-readable description of the status of this operation.
        metadata! meta.v1.ObjectMeta: Standard object's metadata.
        reason string: This should be a short, machine understandable string that gives the reason for the
            transition into the object's current status.
        related? ObjectReference: Optional secondary object for more complex actions.
        reportingComponent& string: Name of the controller that emitted this Event, e.g.
            `kubernetes.io/kubelet`.
        reportingInstance& string: ID of the controller instance, e.g. `kubelet-xyzf`.
        series? EventSeries: Data about the Event series this event represents or nil if it's a singleton
            Event.
        source EventSource: The component reporting this event.
        type string: Type of this event (Normal, Warning), new types could be added in the future
        @ core.v1.EventSeries: EventSeries contain information on series of events, i.e. thing that was/is
            happening continuously for some time.
        count int32: Number of occurrences in this series up to the last heartbeat time
        lastObservedTime meta.v1.MicroTime: Time of the last occurrence observed
        @ core.v1.EventSource: EventSource contains information for an event.
        component string: Component from which the event is generated.
        host string: Node name on which the event is generated.
        @ core.v1.ExecAction: ExecAction describes a "run in container" action.
        command [string] atomic: Command is the command line to execute inside the container, the working
            directory for the command is root ('/') in the …
        @ core.v1.FCVolumeSource: Represents a Fibre Channel volume.
        fsType string: fsType is the filesystem type to mount.
        lun? int32: lun is Optional: FC target lun number
        readOnly boolean: readOnly is Optional: Defaults to false (read/write).
        targetWWNs [string] atomic: targetWWNs is Optional: FC target worldwide names (WWNs)
        wwids [string] atomic: wwids Optional: FC volume world wide identifiers (wwids) Either wwids or
            combination of targetWWNs and lun must be set, but not …
        @ core.v1.FileKeySelector atomic: FileKeySelector selects a key of the env file.
        key! string: The key within the env file.
        optional? boolean: Specify whether the file or its key must be defined.
        path! string: The path within the volume from which to select the file.
        volumeName! string: The name of the volume mount containing the env file.
        @ core.v1.FlexPersistentVolumeSource: FlexPersistentVolumeSource represents a generic persistent
            volume resource that is provisioned/attached using an exec based plugin.
        driver! string: driver is the name of the driver to use for this volume.
        fsType string: fsType is the Filesystem type to mount.
        options {string}: options is Optional: this field holds extra command options if any.
        readOnly boolean: readOnly is Optional: defaults to false (read/write).
        secretRef? SecretReference: secretRef is Optional: SecretRef is reference to the secret object
            containing sensitive information to pass to the plugin scripts.
        @ core.v1.FlexVolumeSource: FlexVolume represents a generic volume resource that is
            provisioned/attached using an exec based plugin.
        driver! string: driver is the name of the driver to use for this volume.
        fsType string: fsType is the filesystem type to mount.
        options {string}: options is Optional: this field holds extra command options if any.
        readOnly boolean: readOnly is Optional: defaults to false (read/write).
        secretRef? LocalObjectReference: secretRef is Optional: secretRef is reference to the secret object
            containing sensitive information to pass to the plugin scripts.
        @ core.v1.FlockerVolumeSource: Represents a Flocker volume mounted by the Flocker agent.
        datasetName string: datasetName is Name of the dataset stored as metadata -> name on the dataset for
            Flocker should be considered as deprecated
        datasetUUID string: datasetUUID is the UUID of the dataset.
        @ core.v1.GCEPersistentDiskVolumeSource: Represents a Persistent Disk resource in Google Compute
            Engine.
        fsType string: fsType is filesystem type of the volume that you want to mount.
        partition int32: partition is the partition in the volume that you want to mount.
        pdName! string: pdName is unique name of the PD resource in GCE.
        readOnly boolean: readOnly here will force the ReadOnly setting in VolumeMounts.
        @ core.v1.GRPCAction: GRPCAction specifies an action involving a GRPC service.
        port! int32: Port number of the gRPC service.
        service&? string: Service is the name of the service to place in the gRPC HealthCheckRequest (see …
        @ core.v1.GitRepoVolumeSource: Represents a volume that is populated with the contents of a git
            repository.
        directory string: directory is the target directory name.
        repository! string: repository is the URL
        revision string: revision is the commit hash for the specified revision.
        @ core.v1.GlusterfsPersistentVolumeSource: Represents a Glusterfs mount that lasts the lifetime of a
            pod.
        endpoints! string: endpoints is the endpoint name that details Glusterfs topology.
        endpointsNamespace string: endpointsNamespace is the namespace that contains Glusterfs endpoint.
        path! string: path is the Glusterfs volume path.
        readOnly boolean: readOnly here will force the Glusterfs volume to be mounted with read-only
            permissions.
        @ core.v1.GlusterfsVolumeSource: Represents a Glusterfs mount that lasts the lifetime of a pod.
        endpoints! string: endpoints is the endpoint name that details Glusterfs topology.
        path! string: path is the Glusterfs volume path.
        readOnly boolean: readOnly here will force the Glusterfs volume to be mounted with read-only
            permissions.
        @ core.v1.HTTPGetAction: HTTPGetAction describes an action based on HTTP Get requests.
        host string: Host name to connect to, defaults to the pod IP.
        httpHeaders [HTTPHeader] atomic: Custom headers to set in the request.
        path string: Path to access on the HTTP server.
        port! IntOrString: Name or number of the port to access on the container.
        scheme string enum=HTTP|HTTPS: Scheme to use for connecting to the host.
        @ core.v1.HTTPHeader: HTTPHeader describes a custom header to be used in HTTP probes
        name! string: The header field name.
        value! string: The header field value
        @ core.v1.HostAlias: HostAlias holds the mapping between IP and hostnames that will be injected as
            an entry in the pod's hosts file.
        hostnames [string] atomic: Hostnames for the above IP address.
        ip! string: IP address of the host file entry.
        """#
}

// Built-in types, part Core2: see BuiltinSchemas for the notation.

extension BuiltinSchemas {
    /// Types of core.v1, 
    /// after the OpenAPI document published for Kubernetes 1.36.
    static let core2Table = #"""
        @ core.v1.HostIP: HostIP represents a single IP address allocated to the host.
        ip! string: IP is the IP address assigned to the host
        @ core.v1.HostPathVolumeSource: Represents a host path mapped into a pod.
        path! string: path of the directory on the host.
        type? string enum=|BlockDevice|CharDevice|Directory|DirectoryOrCreate|File|FileOrCreate|Socket: type
            for HostPath Volume Defaults to "" More info:
            https://kubernetes.io/docs/concepts/storage/volumes#hostpath
        @ core.v1.ISCSIPersistentVolumeSource: ISCSIPersistentVolumeSource represents an ISCSI disk.
        chapAuthDiscovery boolean: chapAuthDiscovery defines whether support iSCSI Discovery CHAP
            authentication
        chapAuthSession boolean: chapAuthSession defines whether support iSCSI Session CHAP authentication
        fsType string: fsType is the filesystem type of the volume that you want to mount.
        initiatorName string: initiatorName is the custom iSCSI Initiator Name.
        iqn! string: iqn is Target iSCSI Qualified Name.
        iscsiInterface string: iscsiInterface is the interface Name that uses an iSCSI transport.
        lun! int32: lun is iSCSI Target Lun number.
        portals [string] atomic: portals is the iSCSI Target Portal List.
        readOnly boolean: readOnly here will force the ReadOnly setting in VolumeMounts.
        secretRef? SecretReference: secretRef is the CHAP Secret for iSCSI target and initiator
            authentication
        targetPortal! string: targetPortal is iSCSI Target Portal.
        @ core.v1.ISCSIVolumeSource: Represents an ISCSI disk.
        chapAuthDiscovery boolean: chapAuthDiscovery defines whether support iSCSI Discovery CHAP
            authentication
        chapAuthSession boolean: chapAuthSession defines whether support iSCSI Session CHAP authentication
        fsType string: fsType is the filesystem type of the volume that you want to mount.
        initiatorName? string: initiatorName is the custom iSCSI Initiator Name.
        iqn! string: iqn is the target iSCSI Qualified Name.
        iscsiInterface string: iscsiInterface is the interface Name that uses an iSCSI transport.
        lun! int32: lun represents iSCSI Target Lun number.
        portals [string] atomic: portals is the iSCSI Target Portal List.
        readOnly boolean: readOnly here will force the ReadOnly setting in VolumeMounts.
        secretRef? LocalObjectReference: secretRef is the CHAP Secret for iSCSI target and initiator
            authentication
        targetPortal! string: targetPortal is iSCSI Target Portal.
        @ core.v1.ImageVolumeSource: ImageVolumeSource represents a image volume resource.
        pullPolicy string enum=Always|IfNotPresent|Never: Policy for pulling OCI objects.
        reference string: Required: Image or artifact reference to be used.
        @ core.v1.ImageVolumeStatus: ImageVolumeStatus represents the image-based volume status.
        imageRef! string: ImageRef is the digest of the image used for this volume.
        @ core.v1.KeyToPath: Maps a string key to a path within a volume.
        key! string: key is the key to project.
        mode? int32: mode is Optional: mode bits used to set permissions on this file.
        path! string: path is the relative path of the file to map the key to.
        @ core.v1.Lifecycle: Lifecycle describes actions that the management system should take in response
            to container lifecycle events.
        postStart? LifecycleHandler: PostStart is called immediately after a container is created.
        preStop? LifecycleHandler: PreStop is called immediately before a container is terminated due to an
            API request or management event such as liveness/startup …
        stopSignal? string: StopSignal defines which signal will be sent to a container when it is being
            stopped.
        @ core.v1.LifecycleHandler: LifecycleHandler defines a specific action that should be taken in a
            lifecycle hook.
        exec? ExecAction: Exec specifies a command to execute in the container.
        httpGet? HTTPGetAction: HTTPGet specifies an HTTP GET request to perform.
        sleep? SleepAction: Sleep represents a duration that the container should sleep.
        tcpSocket? TCPSocketAction: Deprecated.
        @ core.v1.LimitRange kind=v1 list: LimitRange sets resource usage limits for each kind of resource
            in a Namespace.
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        spec LimitRangeSpec: Spec defines the limits enforced.
        @ core.v1.LimitRangeItem: LimitRangeItem defines a min/max usage limit for any resource that matches
            on kind.
        default {Quantity}: Default resource requirement limit value by resource name if resource limit is
            omitted.
        defaultRequest {Quantity}: DefaultRequest is the default resource requirement request value by
            resource name if resource request is omitted.
        max {Quantity}: Max usage constraints on this kind by resource name.
        maxLimitRequestRatio {Quantity}: MaxLimitRequestRatio if specified, the named resource must have a
            request and limit that are both non-zero where limit divided by …
        min {Quantity}: Min usage constraints on this kind by resource name.
        type! string: Type of resource that this limit applies to.
        @ core.v1.LimitRangeSpec: LimitRangeSpec defines a min/max usage limit for resources that match on
            kind.
        limits! [LimitRangeItem] atomic: Limits is the list of LimitRangeItem objects that are enforced.
        @ core.v1.LinuxContainerUser: LinuxContainerUser represents user identity information in Linux
            containers
        gid! int64: GID is the primary gid initially attached to the first process in the container
        supplementalGroups [int64] atomic: SupplementalGroups are the supplemental groups initially attached
            to the first process in the container
        uid! int64: UID is the primary uid initially attached to the first process in the container
        @ core.v1.LoadBalancerIngress: LoadBalancerIngress represents the status of a load-balancer ingress
            point: traffic intended for the service should be sent to an ingress point.
        hostname string: Hostname is set for load-balancer ingress points that are DNS based (typically AWS
            load-balancers)
        ip string: IP is set for load-balancer ingress points that are IP based (typically GCE or OpenStack
            load-balancers)
        ipMode? string: IPMode specifies how the load-balancer IP behaves, and may only be specified when
            the ip field is specified.
        ports [PortStatus] atomic: Ports is a list of records of service ports If used, every port defined
            in the service should have an entry in it
        @ core.v1.LoadBalancerStatus: LoadBalancerStatus represents the status of a load-balancer.
        ingress [LoadBalancerIngress] atomic: Ingress is a list containing ingress points for the
            load-balancer.
        @ core.v1.LocalObjectReference atomic: LocalObjectReference contains enough information to let you
            locate the referenced object inside the same namespace.
        name string default="": Name of the referent.
        @ core.v1.LocalVolumeSource: Local represents directly-attached storage with node affinity
        fsType string: fsType is the filesystem type to mount.
        path! string: path of the full path to the volume on the node.
        @ core.v1.ModifyVolumeStatus: ModifyVolumeStatus represents the status object of
            ControllerModifyVolume operation
        status! string: status is the status of the ControllerModifyVolume operation.
        targetVolumeAttributesClassName string: targetVolumeAttributesClassName is the name of the
            VolumeAttributesClass the PVC currently being reconciled
        @ core.v1.NFSVolumeSource: Represents an NFS mount that lasts the lifetime of a pod.
        path! string: path that is exported by the NFS server.
        readOnly boolean: readOnly here will force the NFS export to be mounted with read-only permissions.
        server! string: server is the hostname or IP address of the NFS server.
        @ core.v1.Namespace kind=v1 list: Namespace provides a scope for Names.
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        spec NamespaceSpec: Spec defines the behavior of the Namespace.
        status NamespaceStatus: Status describes the current status of a Namespace.
        @ core.v1.NamespaceCondition: NamespaceCondition contains details about state of namespace.
        lastTransitionTime meta.v1.Time: Last time the condition transitioned from one status to another.
        message string: Human-readable message indicating details about last transition.
        reason string: Unique, one-word, CamelCase reason for the condition's last transition.
        status! string: Status of the condition, one of True, False, Unknown.
        type! string: Type of namespace controller condition.
        @ core.v1.NamespaceSpec: NamespaceSpec describes the attributes on a Namespace.
        finalizers [string] atomic: Finalizers is an opaque list of values that must be empty to permanently
            remove object from storage.
        @ core.v1.NamespaceStatus: NamespaceStatus is information about the current status of a Namespace.
        conditions [NamespaceCondition] map=type merge=type: Represents the latest available observations of
            a namespace's current state.
        phase string enum=Active|Terminating: Phase is the current lifecycle phase of the namespace.
        @ core.v1.Node kind=v1 list: Node is a worker node in Kubernetes.
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        spec NodeSpec: Spec defines the behavior of a node. …
        status NodeStatus: Most recently observed status of the node.
        @ core.v1.NodeAddress: NodeAddress contains information for the node's address.
        address! string: The node address.
        type! string: Node address type, one of Hostname, ExternalIP or InternalIP.
        @ core.v1.NodeAffinity: Node affinity is a group of node affinity scheduling rules.
        preferredDuringSchedulingIgnoredDuringExecution [PreferredSchedulingTerm] atomic: The scheduler will
            prefer to schedule pods to nodes that satisfy the affinity expressions specified by this field,
            but it may …
        requiredDuringSchedulingIgnoredDuringExecution? NodeSelector: If the affinity requirements specified
            by this field are not met at scheduling time, the pod will not be scheduled onto the node.
        @ core.v1.NodeAllocatableResourceClaimStatus: NodeAllocatableResourceClaimStatus describes the
            status of node allocatable resources allocated via DRA.
        containers [string] set: Containers lists the names of all containers in this pod that reference the
            claim.
        resourceClaimName! string: ResourceClaimName is the resource claim referenced by the pod that
            resulted in this node allocatable resource allocation.
        resources! {Quantity}: Resources is a map of the node-allocatable resource name to the aggregate
            quantity allocated to the claim.
        @ core.v1.NodeCondition: NodeCondition contains condition information for a node.
        lastHeartbeatTime meta.v1.Time: Last time we got an update on a given condition.
        lastTransitionTime meta.v1.Time: Last time the condition transit from one status to another.
        message string: Human readable message indicating details about last transition.
        reason string: (brief) reason for the condition's last transition.
        status! string: Status of the condition, one of True, False, Unknown.
        type! string: Type of node condition.
        @ core.v1.NodeConfigSource: NodeConfigSource specifies a source of node configuration.
        configMap? ConfigMapNodeConfigSource: ConfigMap is a reference to a Node's ConfigMap
        @ core.v1.NodeConfigStatus: NodeConfigStatus describes the status of the config assigned by
            Node.Spec.ConfigSource.
        active? NodeConfigSource: Active reports the checkpointed config the node is actively using.
        assigned? NodeConfigSource: Assigned reports the checkpointed config the node will try to use.
        error string: Error describes any problems reconciling the Spec.ConfigSource to the Active config.
        lastKnownGood? NodeConfigSource: LastKnownGood reports the checkpointed config the node will fall
            back to when it encounters an error attempting to use the …
        @ core.v1.NodeDaemonEndpoints: NodeDaemonEndpoints lists ports opened by daemons running on the
            Node.
        kubeletEndpoint DaemonEndpoint: Endpoint on which Kubelet is listening.
        @ core.v1.NodeFeatures: NodeFeatures describes the set of features implemented by the CRI
            implementation.
        supplementalGroupsPolicy boolean: SupplementalGroupsPolicy is set to true if the runtime supports
            SupplementalGroupsPolicy and ContainerUser.
        @ core.v1.NodeRuntimeHandler: NodeRuntimeHandler is a set of runtime handler information.
        features? NodeRuntimeHandlerFeatures: Supported features.
        name string: Runtime handler name.
        @ core.v1.NodeRuntimeHandlerFeatures: NodeRuntimeHandlerFeatures is a set of features implemented by
            the runtime handler.
        recursiveReadOnlyMounts boolean: RecursiveReadOnlyMounts is set to true if the runtime handler
            supports RecursiveReadOnlyMounts.
        userNamespaces boolean: UserNamespaces is set to true if the runtime handler supports
            UserNamespaces, including for volumes.
        @ core.v1.NodeSelector atomic: A node selector represents the union of the results of one or more
            label queries over a set of nodes; that is, it represents the OR of the selectors …
        nodeSelectorTerms! [NodeSelectorTerm] atomic: Required.
        @ core.v1.NodeSelectorRequirement: A node selector requirement is a selector that contains values, a
            key, and an operator that relates the key and values.
        key! string: The label key that the selector applies to.
        operator! string enum=DoesNotExist|Exists|Gt|In|Lt|NotIn: Represents a key's relationship to a set
            of values.
        values [string] atomic: An array of string values.
        @ core.v1.NodeSelectorTerm atomic: A null or empty node selector term matches no objects.
        matchExpressions [NodeSelectorRequirement] atomic: A list of node selector requirements by node's
            labels.
        matchFields [NodeSelectorRequirement] atomic: A list of node selector requirements by node's fields.
        @ core.v1.NodeSpec: NodeSpec describes the attributes that a node is created with.
        configSource? NodeConfigSource: Deprecated: Previously used to specify the source of the node's
            configuration for the DynamicKubeletConfig feature.
        externalID string: Deprecated.
        podCIDR string: PodCIDR represents the pod IP range assigned to the node.
        podCIDRs [string] set merge: podCIDRs represents the IP ranges assigned to the node for usage by
            Pods on that node.
        providerID string: ID of the node assigned by the cloud provider in the format:
            <ProviderName>://<ProviderSpecificNodeID>
        taints [Taint] atomic: If specified, the node's taints.
        unschedulable boolean: Unschedulable controls node schedulability of new pods.
        @ core.v1.NodeStatus: NodeStatus is information about the current status of a node.
        addresses [NodeAddress] map=type merge=type: List of addresses reachable to the node.
        allocatable {Quantity}: Allocatable represents the resources of a node that are available for
            scheduling.
        capacity {Quantity}: Capacity represents the total resources of a node.
        conditions [NodeCondition] map=type merge=type: Conditions is an array of current observed node
            conditions.
        config? NodeConfigStatus: Status of the config assigned to the node via the dynamic Kubelet config
            feature.
        daemonEndpoints NodeDaemonEndpoints: Endpoints of daemons running on the Node.
        declaredFeatures [string] atomic: DeclaredFeatures represents the features related to feature gates
            that are declared by the node.
        features? NodeFeatures: Features describes the set of features implemented by the CRI
            implementation.
        images [ContainerImage] atomic: List of container images on this node
        nodeInfo NodeSystemInfo: Set of ids/uuids to uniquely identify the node.
        phase string enum=Pending|Running|Terminated: NodePhase is the recently observed lifecycle phase of
            the node.
        runtimeHandlers [NodeRuntimeHandler] atomic: The available runtime handlers.
        volumesAttached [AttachedVolume] atomic: List of volumes that are attached to the node.
        volumesInUse [string] atomic: List of attachable volumes in use (mounted) by the node.
        @ core.v1.NodeSwapStatus: NodeSwapStatus represents swap memory information.
        capacity int64: Total amount of swap memory in bytes.
        @ core.v1.NodeSystemInfo: NodeSystemInfo is a set of ids/uuids to uniquely identify the node.
        architecture! string: The Architecture reported by the node
        bootID! string: Boot ID reported by the node.
        containerRuntimeVersion! string: ContainerRuntime Version reported by the node through runtime
            remote API (e.g. containerd://1.4.2).
        kernelVersion! string: Kernel Version reported by the node from 'uname -r' (e.g.
            3.16.0-0.bpo.4-amd64).
        kubeProxyVersion! string: Deprecated: KubeProxy Version reported by the node.
        kubeletVersion! string: Kubelet Version reported by the node.
        machineID! string: MachineID reported by the node.
        operatingSystem! string: The Operating System reported by the node
        osImage! string: OS Image reported by the node from /etc/os-release (e.g. Debian GNU/Linux 7
            (wheezy)).
        swap? NodeSwapStatus: Swap Info reported by the node.
        systemUUID! string: SystemUUID reported by the node.
        @ core.v1.ObjectFieldSelector atomic: ObjectFieldSelector selects an APIVersioned field of an
            object.
        apiVersion string: Version of the schema the FieldPath is written in terms of, defaults to "v1".
        fieldPath! string: Path of the field to select in the specified API version.
        @ core.v1.ObjectReference atomic: ObjectReference contains enough information to let you inspect or
            modify the referred object.
        apiVersion string: API version of the referent.
        fieldPath string: If referring to a piece of an object instead of an entire object, this string
            should contain a valid JSON/Go field access …
        kind string: Kind of the referent.
        name string: Name of the referent.
        namespace string: Namespace of the referent.
        resourceVersion string: Specific resourceVersion to which this reference is made, if any.
        uid string: UID of the referent.
        @ core.v1.PersistentVolume kind=v1 list: PersistentVolume (PV) is a storage resource provisioned by
            an administrator.
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        spec PersistentVolumeSpec: spec defines a specification of a persistent volume owned by the cluster.
        status PersistentVolumeStatus: status represents the current information/status for the persistent
            volume.
        @ core.v1.PersistentVolumeClaim kind=v1 list: PersistentVolumeClaim is a user's request for and
            claim to a persistent volume
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        spec PersistentVolumeClaimSpec: spec defines the desired characteristics of a volume requested by a
            pod author.
        status PersistentVolumeClaimStatus: status represents the current information/status of a persistent
            volume claim.
        @ core.v1.PersistentVolumeClaimCondition: PersistentVolumeClaimCondition contains details about
            state of pvc
        lastProbeTime meta.v1.Time: lastProbeTime is the time we probed the condition.
        lastTransitionTime meta.v1.Time: lastTransitionTime is the time the condition transitioned from one
            status to another.
        message string: message is the human-readable message indicating details about last transition.
        reason string: reason is a unique, this should be a short, machine understandable string that gives
            the reason for condition's last transition.
        status! string: Status is the status of the condition.
        type! string: Type is the type of the condition.
        @ core.v1.PersistentVolumeClaimSpec: PersistentVolumeClaimSpec describes the common attributes of
            storage devices and allows a Source for provider-specific attributes
        accessModes [string] atomic: accessModes contains the desired access modes the volume should have.
        dataSource? TypedLocalObjectReference: dataSource field can be used to specify either: * An existing
            VolumeSnapshot object (snapshot.storage.k8s.io/VolumeSnapshot) * An …
        dataSourceRef? TypedObjectReference: dataSourceRef specifies the object from which to populate the
            volume with data, if a non-empty volume is desired.
        resources VolumeResourceRequirements: resources represents the minimum resources the volume should
            have.
        selector? meta.v1.LabelSelector: selector is a label query over volumes to consider for binding.
        storageClassName? string: storageClassName is the name of the StorageClass required by the claim.
        volumeAttributesClassName? string: volumeAttributesClassName may be used to set the
            VolumeAttributesClass used by this claim.
        volumeMode? string enum=Block|Filesystem: volumeMode defines what type of volume is required by the
            claim.
        volumeName string: volumeName is the binding reference to the PersistentVolume backing this claim.
        @ core.v1.PersistentVolumeClaimStatus: PersistentVolumeClaimStatus is the current status of a
            persistent volume claim.
        accessModes [string] atomic: accessModes contains the actual access modes the volume backing the PVC
            has.
        allocatedResourceStatuses {string} granular: allocatedResourceStatuses stores status of resource
            being resized for the given PVC.
        allocatedResources {Quantity}: allocatedResources tracks the resources allocated to a PVC including
            its capacity.
        capacity {Quantity}: capacity represents the actual resources of the underlying volume.
        conditions [PersistentVolumeClaimCondition] map=type merge=type: conditions is the current Condition
            of persistent volume claim.
        currentVolumeAttributesClassName? string: currentVolumeAttributesClassName is the current name of
            the VolumeAttributesClass the PVC is using.
        modifyVolumeStatus? ModifyVolumeStatus: ModifyVolumeStatus represents the status object of
            ControllerModifyVolume operation.
        phase string enum=Bound|Lost|Pending: phase represents the current phase of PersistentVolumeClaim.
        @ core.v1.PersistentVolumeClaimTemplate: PersistentVolumeClaimTemplate is used to produce
            PersistentVolumeClaim objects as part of an EphemeralVolumeSource.
        metadata meta.v1.ObjectMeta: May contain labels and annotations that will be copied into the PVC
            when creating it.
        spec! PersistentVolumeClaimSpec: The specification for the PersistentVolumeClaim.
        @ core.v1.PersistentVolumeClaimVolumeSource: PersistentVolumeClaimVolumeSource references the user's
            PVC in the same namespace.
        claimName! string: claimName is the name of a PersistentVolumeClaim in the same namespace as the pod
            using this volume.
        readOnly boolean: readOnly Will force the ReadOnly setting in VolumeMounts.
        @ core.v1.PersistentVolumeSpec: PersistentVolumeSpec is the specification of a persistent volume.
        accessModes [string] atomic: accessModes contains all ways the volume can be mounted.
        awsElasticBlockStore? AWSElasticBlockStoreVolumeSource: awsElasticBlockStore represents an AWS Disk
            resource that is attached to a kubelet's host machine and then exposed to the pod.
        azureDisk? AzureDiskVolumeSource: azureDisk represents an Azure Data Disk mount on the host and bind
            mount to the pod.
        azureFile? AzureFilePersistentVolumeSource: azureFile represents an Azure File Service mount on the
            host and bind mount to the pod.
        capacity {Quantity}: capacity is the description of the persistent volume's resources and capacity.
        cephfs? CephFSPersistentVolumeSource: cephFS represents a Ceph FS mount on the host that shares a
            pod's lifetime.
        cinder? CinderPersistentVolumeSource: cinder represents a cinder volume attached and mounted on
            kubelets host machine.
        claimRef? ObjectReference granular: claimRef is part of a bi-directional binding between
            PersistentVolume and PersistentVolumeClaim.
        csi? CSIPersistentVolumeSource: csi represents storage that is handled by an external CSI driver.
        fc? FCVolumeSource: fc represents a Fibre Channel resource that is attached to a kubelet's host
            machine and then exposed to the pod.
        flexVolume? FlexPersistentVolumeSource: flexVolume represents a generic volume resource that is
            provisioned/attached using an exec based plugin.
        flocker? FlockerVolumeSource: flocker represents a Flocker volume attached to a kubelet's host
            machine and exposed to the pod for its usage.
        gcePersistentDisk? GCEPersistentDiskVolumeSource: gcePersistentDisk represents a GCE Disk resource
            that is attached to a kubelet's host machine and then exposed to the pod.
        glusterfs? GlusterfsPersistentVolumeSource: glusterfs represents a Glusterfs volume that is attached
            to a host and exposed to the pod.
        hostPath? HostPathVolumeSource: hostPath represents a directory on the host.
        iscsi? ISCSIPersistentVolumeSource: iscsi represents an ISCSI Disk resource that is attached to a
            kubelet's host machine and then exposed to the pod.
        local? LocalVolumeSource: local represents directly-attached storage with node affinity
        mountOptions [string] atomic: mountOptions is the list of mount options, e.g. ["ro", "soft"].
        nfs? NFSVolumeSource: nfs represents an NFS mount on the host.
        nodeAffinity? VolumeNodeAffinity: nodeAffinity defines constraints that limit what nodes this volume
            can be accessed from.
        persistentVolumeReclaimPolicy string enum=Delete|Recycle|Retain: persistentVolumeReclaimPolicy
            defines what happens to a persistent volume when released from its claim.
        photonPersistentDisk? PhotonPersistentDiskVolumeSource: photonPersistentDisk represents a
            PhotonController persistent disk attached and mounted on kubelets host machine.
        portworxVolume? PortworxVolumeSource: portworxVolume represents a portworx volume attached and
            mounted on kubelets host machine.
        quobyte? QuobyteVolumeSource: quobyte represents a Quobyte mount on the host that shares a pod's
            lifetime.
        rbd? RBDPersistentVolumeSource: rbd represents a Rados Block Device mount on the host that shares a
            pod's lifetime.
        scaleIO? ScaleIOPersistentVolumeSource: scaleIO represents a ScaleIO persistent volume attached and
            mounted on Kubernetes nodes.
        storageClassName string: storageClassName is the name of StorageClass to which this persistent
            volume belongs.
        storageos? StorageOSPersistentVolumeSource: storageOS represents a StorageOS volume that is attached
            to the kubelet's host machine and mounted into the pod.
        volumeAttributesClassName? string: Name of VolumeAttributesClass to which this persistent volume
            belongs.
        volumeMode? string enum=Block|Filesystem: volumeMode defines if a volume is intended to be used with
            a formatted filesystem or to remain in raw block state.
        vsphereVolume? VsphereVirtualDiskVolumeSource: vsphereVolume represents a vSphere volume attached
            and mounted on kubelets host machine.
        @ core.v1.PersistentVolumeStatus: PersistentVolumeStatus is the current status of a persistent
            volume.
        lastPhaseTransitionTime? meta.v1.Time: lastPhaseTransitionTime is the time the phase transitioned
            from one to another and automatically resets to current time everytime …
        message string: message is a human-readable message indicating details about why the volume is in
            this state.
        phase string enum=Available|Bound|Failed|Pending|Released: phase indicates if a volume is available,
            bound to a claim, or released by a claim.
        reason string: reason is a brief CamelCase string that describes any failure and is meant for
            machine parsing and tidy display in the CLI.
        @ core.v1.PhotonPersistentDiskVolumeSource: Represents a Photon Controller persistent disk resource.
        fsType string: fsType is the filesystem type to mount.
        pdID! string: pdID is the ID that identifies Photon Controller persistent disk
        @ core.v1.Pod kind=v1 list: Pod is a collection of containers that can run on a host.
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        spec PodSpec: Specification of the desired behavior of the pod.
        status PodStatus: Most recently observed status of the pod.
        @ core.v1.PodAffinity: Pod affinity is a group of inter pod affinity scheduling rules.
        preferredDuringSchedulingIgnoredDuringExecution [WeightedPodAffinityTerm] atomic: The scheduler will
            prefer to schedule pods to nodes that satisfy the affinity expressions specified by this field,
            but it may …
        requiredDuringSchedulingIgnoredDuringExecution [PodAffinityTerm] atomic: If the affinity
            requirements specified by this field are not met at scheduling time, the pod will not be
            scheduled onto the node.
        @ core.v1.PodAffinityTerm: Defines a set of pods (namely those matching the labelSelector relative
            to the given namespace(s)) that this pod should be co-located (affinity) or …
        labelSelector? meta.v1.LabelSelector: A label query over a set of resources, in this case pods.
        matchLabelKeys [string] atomic: MatchLabelKeys is a set of pod label keys to select which pods will
            be taken into consideration.
        mismatchLabelKeys [string] atomic: MismatchLabelKeys is a set of pod label keys to select which pods
            will be taken into consideration.
        namespaceSelector? meta.v1.LabelSelector: A label query over the set of namespaces that the term
            applies to.
        namespaces [string] atomic: namespaces specifies a static list of namespace names that the term
            applies to.
        topologyKey! string: This pod should be co-located (affinity) or not co-located (anti-affinity) with
            the pods matching the labelSelector in the …
        @ core.v1.PodAntiAffinity: Pod anti affinity is a group of inter pod anti affinity scheduling rules.
        preferredDuringSchedulingIgnoredDuringExecution [WeightedPodAffinityTerm] atomic: The scheduler will
            prefer to schedule pods to nodes that satisfy the anti-affinity expressions specified by this
            field, but it …
        requiredDuringSchedulingIgnoredDuringExecution [PodAffinityTerm] atomic: If the anti-affinity
            requirements specified by this field are not met at scheduling time, the pod will not be
            scheduled onto the …
        @ core.v1.PodCertificateProjection: PodCertificateProjection provides a private key and X.509
            certificate in the pod filesystem.
        certificateChainPath string: Write the certificate chain at this path in the projected volume.
        credentialBundlePath string: Write the credential bundle at this path in the projected volume.
        keyPath string: Write the key at this path in the projected volume.
        keyType! string: The type of keypair Kubelet will generate for the pod.
        maxExpirationSeconds? int32: maxExpirationSeconds is the maximum lifetime permitted for the
            certificate.
        signerName! string: Kubelet's generated CSRs will be addressed to this signer.
        userAnnotations {string}: userAnnotations allow pod authors to pass additional information to the
            signer implementation.
        @ core.v1.PodCondition: PodCondition contains details for the current condition of this pod.
        lastProbeTime meta.v1.Time: Last time we probed the condition.
        lastTransitionTime meta.v1.Time: Last time the condition transitioned from one status to another.
        message string: Human-readable message indicating details about last transition.
        observedGeneration int64: If set, this represents the .metadata.generation that the pod condition
            was set based upon.
        reason string: Unique, one-word, CamelCase reason for the condition's last transition.
        status! string: Status is the status of the condition.
        type! string: Type is the type of the condition.
        @ core.v1.PodDNSConfig: PodDNSConfig defines the DNS parameters of a pod in addition to those
            generated from DNSPolicy.
        nameservers [string] atomic: A list of DNS name server IP addresses.
        options [PodDNSConfigOption] atomic: A list of DNS resolver options.
        searches [string] atomic: A list of DNS search domains for host-name lookup.
        @ core.v1.PodDNSConfigOption: PodDNSConfigOption defines DNS resolver options of a pod.
        name string: Name is this DNS resolver option's name.
        value? string: Value is this DNS resolver option's value.
        @ core.v1.PodExtendedResourceClaimStatus: PodExtendedResourceClaimStatus is stored in the PodStatus
            for the extended resource requests backed by DRA.
        requestMappings! [ContainerExtendedResourceRequest] atomic: RequestMappings identifies the mapping
            of <container, extended resource backed by DRA> to device request in the generated …
        resourceClaimName! string: ResourceClaimName is the name of the ResourceClaim that was generated for
            the Pod in the namespace of the Pod.
        @ core.v1.PodIP: PodIP represents a single IP address allocated to the pod.
        ip! string: IP is the IP address assigned to the pod
        @ core.v1.PodOS: PodOS defines the OS parameters of a pod.
        name! string: Name is the name of the operating system.
        @ core.v1.PodReadinessGate: PodReadinessGate contains the reference to a pod condition
        conditionType! string: ConditionType refers to a condition in the pod's condition list with matching
            type.
        @ core.v1.PodResourceClaim: PodResourceClaim references exactly one ResourceClaim, either directly
            or by naming a ResourceClaimTemplate which is then turned into a ResourceClaim …
        name! string: Name uniquely identifies this resource claim inside the pod.
        resourceClaimName? string: ResourceClaimName is the name of a ResourceClaim object in the same
            namespace as this pod.
        resourceClaimTemplateName? string: ResourceClaimTemplateName is the name of a ResourceClaimTemplate
            object in the same namespace as this pod.
        @ core.v1.PodResourceClaimStatus: PodResourceClaimStatus is stored in the PodStatus for each
            PodResourceClaim which references a ResourceClaimTemplate.
        name! string: Name uniquely identifies this resource claim inside the pod.
        resourceClaimName string: ResourceClaimName is the name of the ResourceClaim that was generated for
            the Pod in the namespace of the Pod.
        @ core.v1.PodSchedulingGate: PodSchedulingGate is associated to a Pod to guard its scheduling.
        name! string: Name of the scheduling gate.
        @ core.v1.PodSchedulingGroup unions=[{"fields-to-discriminateBy":{"podGroupName":"PodGroupName"}}]:
            PodSchedulingGroup identifies the runtime scheduling group instance that a Pod belongs to.
        podGroupName string: PodGroupName specifies the name of the standalone PodGroup object that
            represents the runtime instance of this group.
        """#
}

// Built-in types, part Core4: see BuiltinSchemas for the notation.

extension BuiltinSchemas {
    /// Types of core.v1, 
    /// after the OpenAPI document published for Kubernetes 1.36.
    static let core4Table = #"""
        @ core.v1.Toleration: The pod this Toleration is attached to tolerates any taint that matches the
            triple <key,value,effect> using the matching operator <operator>.
        effect string enum=NoExecute|NoSchedule|PreferNoSchedule: Effect indicates the taint effect to
            match.
        key string: Key is the taint key that the toleration applies to.
        operator string enum=Equal|Exists|Gt|Lt: Operator represents a key's relationship to the value.
        tolerationSeconds? int64: TolerationSeconds represents the period of time the toleration (which must
            be of effect NoExecute, otherwise this field is …
        value string: Value is the taint value the toleration matches to.
        @ core.v1.TopologySelectorLabelRequirement: A topology selector requirement is a selector that
            matches given label.
        key! string: The label key that the selector applies to.
        values! [string] atomic: An array of string values.
        @ core.v1.TopologySelectorTerm atomic: A topology selector term represents the result of label
            queries.
        matchLabelExpressions [TopologySelectorLabelRequirement] atomic: A list of topology selector
            requirements by labels.
        @ core.v1.TopologySpreadConstraint: TopologySpreadConstraint specifies how to spread matching pods
            among the given topology.
        labelSelector? meta.v1.LabelSelector: LabelSelector is used to find matching pods.
        matchLabelKeys [string] atomic: MatchLabelKeys is a set of pod label keys to select the pods over
            which spreading will be calculated.
        maxSkew! int32: MaxSkew describes the degree to which pods may be unevenly distributed.
        minDomains? int32: MinDomains indicates a minimum number of eligible domains.
        nodeAffinityPolicy? string enum=Honor|Ignore: NodeAffinityPolicy indicates how we will treat Pod's
            nodeAffinity/nodeSelector when calculating pod topology spread skew.
        nodeTaintsPolicy? string enum=Honor|Ignore: NodeTaintsPolicy indicates how we will treat node taints
            when calculating pod topology spread skew.
        topologyKey! string: TopologyKey is the key of node labels.
        whenUnsatisfiable! string enum=DoNotSchedule|ScheduleAnyway: WhenUnsatisfiable indicates how to deal
            with a pod if it doesn't satisfy the spread constraint. - DoNotSchedule (default) tells …
        @ core.v1.TypedLocalObjectReference atomic: TypedLocalObjectReference contains enough information to
            let you locate the typed referenced object inside the same namespace.
        apiGroup? string: APIGroup is the group for the resource being referenced.
        kind! string: Kind is the type of resource being referenced
        name! string: Name is the name of resource being referenced
        @ core.v1.TypedObjectReference: TypedObjectReference contains enough information to let you locate
            the typed referenced object
        apiGroup? string: APIGroup is the group for the resource being referenced.
        kind! string: Kind is the type of resource being referenced
        name! string: Name is the name of resource being referenced
        namespace? string: Namespace is the namespace of resource being referenced Note that when a
            namespace is specified, a …
        @ core.v1.Volume: Volume represents a named volume in a pod that may be accessed by any container in
            the pod.
        awsElasticBlockStore? AWSElasticBlockStoreVolumeSource: awsElasticBlockStore represents an AWS Disk
            resource that is attached to a kubelet's host machine and then exposed to the pod.
        azureDisk? AzureDiskVolumeSource: azureDisk represents an Azure Data Disk mount on the host and bind
            mount to the pod.
        azureFile? AzureFileVolumeSource: azureFile represents an Azure File Service mount on the host and
            bind mount to the pod.
        cephfs? CephFSVolumeSource: cephFS represents a Ceph FS mount on the host that shares a pod's
            lifetime.
        cinder? CinderVolumeSource: cinder represents a cinder volume attached and mounted on kubelets host
            machine.
        configMap? ConfigMapVolumeSource: configMap represents a configMap that should populate this volume
        csi? CSIVolumeSource: csi (Container Storage Interface) represents ephemeral storage that is handled
            by certain external CSI drivers.
        downwardAPI? DownwardAPIVolumeSource: downwardAPI represents downward API about the pod that should
            populate this volume
        emptyDir? EmptyDirVolumeSource: emptyDir represents a temporary directory that shares a pod's
            lifetime.
        ephemeral? EphemeralVolumeSource: ephemeral represents a volume that is handled by a cluster storage
            driver.
        fc? FCVolumeSource: fc represents a Fibre Channel resource that is attached to a kubelet's host
            machine and then exposed to the pod.
        flexVolume? FlexVolumeSource: flexVolume represents a generic volume resource that is
            provisioned/attached using an exec based plugin.
        flocker? FlockerVolumeSource: flocker represents a Flocker volume attached to a kubelet's host
            machine.
        gcePersistentDisk? GCEPersistentDiskVolumeSource: gcePersistentDisk represents a GCE Disk resource
            that is attached to a kubelet's host machine and then exposed to the pod.
        gitRepo? GitRepoVolumeSource: gitRepo represents a git repository at a particular revision.
        glusterfs? GlusterfsVolumeSource: glusterfs represents a Glusterfs mount on the host that shares a
            pod's lifetime.
        hostPath? HostPathVolumeSource: hostPath represents a pre-existing file or directory on the host
            machine that is directly exposed to the container.
        image? ImageVolumeSource: image represents an OCI object (a container image or artifact) pulled and
            mounted on the kubelet's host machine.
        iscsi? ISCSIVolumeSource: iscsi represents an ISCSI Disk resource that is attached to a kubelet's
            host machine and then exposed to the pod.
        name! string: name of the volume.
        nfs? NFSVolumeSource: nfs represents an NFS mount on the host that shares a pod's lifetime More info
            …
        persistentVolumeClaim? PersistentVolumeClaimVolumeSource: persistentVolumeClaimVolumeSource
            represents a reference to a PersistentVolumeClaim in the same namespace.
        photonPersistentDisk? PhotonPersistentDiskVolumeSource: photonPersistentDisk represents a
            PhotonController persistent disk attached and mounted on kubelets host machine.
        portworxVolume? PortworxVolumeSource: portworxVolume represents a portworx volume attached and
            mounted on kubelets host machine.
        projected? ProjectedVolumeSource: projected items for all in one resources secrets, configmaps, and
            downward API
        quobyte? QuobyteVolumeSource: quobyte represents a Quobyte mount on the host that shares a pod's
            lifetime.
        rbd? RBDVolumeSource: rbd represents a Rados Block Device mount on the host that shares a pod's
            lifetime.
        scaleIO? ScaleIOVolumeSource: scaleIO represents a ScaleIO persistent volume attached and mounted on
            Kubernetes nodes.
        secret? SecretVolumeSource: secret represents a secret that should populate this volume.
        storageos? StorageOSVolumeSource: storageOS represents a StorageOS volume attached and mounted on
            Kubernetes nodes.
        vsphereVolume? VsphereVirtualDiskVolumeSource: vsphereVolume represents a vSphere volume attached
            and mounted on kubelets host machine.
        @ core.v1.VolumeDevice: volumeDevice describes a mapping of a raw block device within a container.
        devicePath! string: devicePath is the path inside of the container that the device will be mapped
            to.
        name! string: name must match the name of a persistentVolumeClaim in the pod
        @ core.v1.VolumeMount: VolumeMount describes a mounting of a Volume within a container.
        mountPath! string: Path within the container at which the volume should be mounted.
        mountPropagation? string enum=Bidirectional|HostToContainer|None: mountPropagation determines how
            mounts are propagated from the host to container and the other way around.
        name! string: This must match the Name of a Volume.
        readOnly boolean: Mounted read-only if true, read-write otherwise (false or unspecified).
        recursiveReadOnly? string: RecursiveReadOnly specifies whether read-only mounts should be handled
            recursively.
        subPath string: Path within the volume from which the container's volume should be mounted.
        subPathExpr string: Expanded path within the volume from which the container's volume should be
            mounted.
        @ core.v1.VolumeMountStatus: VolumeMountStatus shows status of volume mounts.
        mountPath! string: MountPath corresponds to the original VolumeMount.
        name! string: Name corresponds to the name of the original VolumeMount.
        readOnly boolean: ReadOnly corresponds to the original VolumeMount.
        recursiveReadOnly string: RecursiveReadOnly must be set to Disabled, Enabled, or unspecified (for
            non-readonly mounts).
        volumeStatus? VolumeStatus: volumeStatus represents volume-type-specific status about the mounted
            volume.
        @ core.v1.VolumeNodeAffinity: VolumeNodeAffinity defines constraints that limit what nodes this
            volume can be accessed from.
        required? NodeSelector: required specifies hard node constraints that must be met.
        @ core.v1.VolumeProjection: Projection that may be projected along with other supported volume
            types.
        clusterTrustBundle? ClusterTrustBundleProjection: ClusterTrustBundle allows a pod to access the
            `.spec.trustBundle` field of ClusterTrustBundle objects in an auto-updating file.
        configMap? ConfigMapProjection: configMap information about the configMap data to project
        downwardAPI? DownwardAPIProjection: downwardAPI information about the downwardAPI data to project
        podCertificate? PodCertificateProjection: Projects an auto-rotating credential bundle (private key
            and certificate chain) that the pod can use either as a TLS client or …
        secret? SecretProjection: secret information about the secret data to project
        serviceAccountToken? ServiceAccountTokenProjection: serviceAccountToken is information about the
            serviceAccountToken data to project
        @ core.v1.VolumeResourceRequirements: VolumeResourceRequirements describes the storage resource
            requirements for a volume.
        limits {Quantity}: Limits describes the maximum amount of compute resources allowed.
        requests {Quantity}: Requests describes the minimum amount of compute resources required.
        @ core.v1.VolumeStatus: VolumeStatus represents the status of a mounted volume.
        image? ImageVolumeStatus: image represents an OCI object (a container image or artifact) pulled and
            mounted on the kubelet's host machine.
        @ core.v1.VsphereVirtualDiskVolumeSource: Represents a vSphere volume resource.
        fsType string: fsType is filesystem type to mount.
        storagePolicyID string: storagePolicyID is the storage Policy Based Management (SPBM) profile ID
            associated with the StoragePolicyName.
        storagePolicyName string: storagePolicyName is the storage Policy Based Management (SPBM) profile
            name.
        volumePath! string: volumePath is the path that identifies vSphere volume vmdk
        @ core.v1.WeightedPodAffinityTerm: The weights of all of the matched WeightedPodAffinityTerm fields
            are added per-node to find the most preferred node(s)
        podAffinityTerm! PodAffinityTerm: Required.
        weight! int32: weight associated with matching the corresponding podAffinityTerm, in the range
            1-100.
        @ core.v1.WindowsSecurityContextOptions: WindowsSecurityContextOptions contain Windows-specific
            options and credentials.
        gmsaCredentialSpec? string: GMSACredentialSpec is where the GMSA admission webhook
            (https://github.com/kubernetes-sigs/windows-gmsa) inlines the contents of …
        gmsaCredentialSpecName? string: GMSACredentialSpecName is the name of the GMSA credential spec to
            use.
        hostProcess? boolean: HostProcess determines if a container should be run as a 'Host Process'
            container.
        runAsUserName? string: The UserName in Windows to run the entrypoint of the container process.
        """#
}

// Built-in types, part Storage: see BuiltinSchemas for the notation.

extension BuiltinSchemas {
    /// Types of storage.v1, 
    /// after the OpenAPI document published for Kubernetes 1.36.
    static let storageTable = #"""
        @ storage.v1.CSIDriver kind=storage.k8s.io/v1 list: CSIDriver captures information about a Container
            Storage Interface (CSI) volume driver deployed on the cluster.
        metadata meta.v1.ObjectMeta: Standard object metadata. metadata.Name indicates the name of the CSI
            driver that this object refers to; it MUST be the same name …
        spec! CSIDriverSpec: spec represents the specification of the CSI Driver.
        @ storage.v1.CSIDriverSpec: CSIDriverSpec is the specification of a CSIDriver.
        attachRequired? boolean: attachRequired indicates this CSI volume driver requires an attach
            operation (because it implements the CSI …
        fsGroupPolicy? string: fsGroupPolicy defines if the underlying volume supports changing ownership
            and permission of the volume before being mounted.
        nodeAllocatableUpdatePeriodSeconds? int64: nodeAllocatableUpdatePeriodSeconds specifies the interval
            between periodic updates of the CSINode allocatable capacity for this …
        podInfoOnMount? boolean: podInfoOnMount indicates this CSI volume driver requires additional pod
            information (like podName, podUID, etc.) during mount …
        preventPodSchedulingIfMissing boolean: PreventPodSchedulingIfMissing indicates that the CSI driver
            wants to prevent pod scheduling if the CSI driver on the node is …
        requiresRepublish? boolean: requiresRepublish indicates the CSI driver wants `NodePublishVolume`
            being periodically called to reflect any possible change in …
        seLinuxMount? boolean: seLinuxMount specifies if the CSI driver supports "-o context" mount option.
        serviceAccountTokenInSecrets? boolean: serviceAccountTokenInSecrets is an opt-in for CSI drivers to
            indicate that service account tokens should be passed via the …
        storageCapacity? boolean: storageCapacity indicates that the CSI volume driver wants pod scheduling
            to consider the storage capacity that the driver …
        tokenRequests [TokenRequest] atomic: tokenRequests indicates the CSI driver needs pods' service
            account tokens it is mounting volume for to do necessary …
        volumeLifecycleModes [string] set: volumeLifecycleModes defines what kind of volumes this CSI volume
            driver supports.
        @ storage.v1.CSINode kind=storage.k8s.io/v1 list: CSINode holds information about all CSI drivers
            installed on a node.
        metadata meta.v1.ObjectMeta: Standard object's metadata. metadata.name must be the Kubernetes node
            name.
        spec! CSINodeSpec: spec is the specification of CSINode
        @ storage.v1.CSINodeDriver: CSINodeDriver holds information about the specification of one CSI
            driver installed on a node
        allocatable? VolumeNodeResources: allocatable represents the volume resources of a node that are
            available for scheduling.
        name! string: name represents the name of the CSI driver that this object refers to.
        nodeID! string: nodeID of the node from the driver point of view.
        topologyKeys [string] atomic: topologyKeys is the list of keys supported by the driver.
        @ storage.v1.CSINodeSpec: CSINodeSpec holds information about the specification of all CSI drivers
            installed on a node
        drivers! [CSINodeDriver] map=name merge=name: drivers is a list of information of all CSI Drivers
            existing on a node.
        @ storage.v1.CSIStorageCapacity kind=storage.k8s.io/v1 list: CSIStorageCapacity stores the result of
            one CSI GetCapacity call.
        capacity? Quantity: capacity is the value reported by the CSI driver in its GetCapacityResponse for
            a GetCapacityRequest with topology and parameters …
        maximumVolumeSize? Quantity: maximumVolumeSize is the value reported by the CSI driver in its
            GetCapacityResponse for a GetCapacityRequest with topology and …
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        nodeTopology? meta.v1.LabelSelector: nodeTopology defines which nodes have access to the storage for
            which capacity was reported.
        storageClassName! string: storageClassName represents the name of the StorageClass that the reported
            capacity applies to.
        @ storage.v1.StorageClass kind=storage.k8s.io/v1 list: StorageClass describes the parameters for a
            class of storage for which PersistentVolumes can be dynamically provisioned.
        allowVolumeExpansion? boolean: allowVolumeExpansion shows whether the storage class allow volume
            expand.
        allowedTopologies [core.v1.TopologySelectorTerm] atomic: allowedTopologies restrict the node
            topologies where volumes can be dynamically provisioned.
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        mountOptions [string] atomic: mountOptions controls the mountOptions for dynamically provisioned
            PersistentVolumes of this storage class. e.g. ["ro", "soft"].
        parameters {string}: parameters holds the parameters for the provisioner that should create volumes
            of this storage class.
        provisioner! string: provisioner indicates the type of the provisioner.
        reclaimPolicy? string enum=Delete|Recycle|Retain: reclaimPolicy controls the reclaimPolicy for
            dynamically provisioned PersistentVolumes of this storage class.
        volumeBindingMode? string enum=Immediate|WaitForFirstConsumer: volumeBindingMode indicates how
            PersistentVolumeClaims should be provisioned and bound.
        @ storage.v1.TokenRequest: TokenRequest contains parameters of a service account token.
        audience! string: audience is the intended audience of the token in "TokenRequestSpec".
        expirationSeconds? int64: expirationSeconds is the duration of validity of the token in
            "TokenRequestSpec".
        @ storage.v1.VolumeAttachment kind=storage.k8s.io/v1 list: VolumeAttachment captures the intent to
            attach or detach the specified volume to/from the specified node.
        metadata meta.v1.ObjectMeta: Standard object metadata.
        spec! VolumeAttachmentSpec: spec represents specification of the desired attach/detach volume
            behavior.
        status VolumeAttachmentStatus: status represents status of the VolumeAttachment request.
        @ storage.v1.VolumeAttachmentSource: VolumeAttachmentSource represents a volume that should be
            attached.
        inlineVolumeSpec? core.v1.PersistentVolumeSpec: inlineVolumeSpec contains all the information
            necessary to attach a persistent volume defined by a pod's inline VolumeSource.
        persistentVolumeName? string: persistentVolumeName represents the name of the persistent volume to
            attach.
        @ storage.v1.VolumeAttachmentSpec: VolumeAttachmentSpec is the specification of a VolumeAttachment
            request.
        attacher! string: attacher indicates the name of the volume driver that MUST handle this request.
        nodeName! string: nodeName represents the node that the volume should be attached to.
        source! VolumeAttachmentSource: source represents the volume that should be attached.
        @ storage.v1.VolumeAttachmentStatus: VolumeAttachmentStatus is the status of a VolumeAttachment
            request.
        attachError? VolumeError: attachError represents the last error encountered during attach operation,
            if any.
        attached! boolean: attached indicates the volume is successfully attached.
        attachmentMetadata {string}: attachmentMetadata is populated with any information returned by the
            attach operation, upon successful attach, that must be …
        detachError? VolumeError: detachError represents the last error encountered during detach operation,
            if any.
        @ storage.v1.VolumeAttributesClass kind=storage.k8s.io/v1 list: VolumeAttributesClass represents a
            specification of mutable volume attributes defined by the CSI driver.
        driverName! string: Name of the CSI driver This field is immutable.
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        parameters {string}: parameters hold volume attributes defined by the CSI driver.
        @ storage.v1.VolumeError: VolumeError captures an error encountered during a volume operation.
        errorCode? int32: errorCode is a numeric gRPC code representing the error encountered during Attach
            or Detach operations.
        message string: message represents the error encountered during Attach or Detach operation.
        time? meta.v1.Time: time represents the time the error was encountered.
        @ storage.v1.VolumeNodeResources: VolumeNodeResources is a set of resource limits for scheduling of
            volumes.
        count? int32: count indicates the maximum number of unique volumes managed by the CSI driver that
            can be used on a node.
        """#
}

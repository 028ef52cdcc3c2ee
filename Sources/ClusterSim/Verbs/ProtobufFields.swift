// The protobuf field numbers of the kinds that typed clients send, as a table.

/// Field numbers of Kubernetes' messages, from the `generated.proto` files of k8s.io/api and
/// k8s.io/apimachinery at v0.32 (numbers are never changed or used again).
///
/// `=package` starts a package; a line starts with a message's name and goes on in lines that start
/// with a blank. A field is its number, its JSON name and, after a colon, its type: `i` integer, `b`
/// Boolean, `d` double, `y` bytes, `T` Time, `U` MicroTime, `Q` Quantity, `I` IntOrString, `R` JSON
/// in bytes, a message, and text when there is none. `*` is a list, `%` a map from strings, `+` a
/// message whose members stand in its parent, and a final `?` a number that means something when it
/// is zero.
let protobufFieldTable = """
    =apps.v1
    ControllerRevision 1metadata:meta.v1.ObjectMeta 2data:R 3revision:i
    DaemonSet 1metadata:meta.v1.ObjectMeta 2spec:DaemonSetSpec
    DaemonSetSpec 1selector:meta.v1.LabelSelector 2template:core.v1.PodTemplateSpec
     3updateStrategy:DaemonSetUpdateStrategy 4minReadySeconds:i 6revisionHistoryLimit:i?
    DaemonSetUpdateStrategy 1type 2rollingUpdate:RollingUpdateDaemonSet
    Deployment 1metadata:meta.v1.ObjectMeta 2spec:DeploymentSpec
    DeploymentSpec 1replicas:i? 2selector:meta.v1.LabelSelector 3template:core.v1.PodTemplateSpec
     4strategy:DeploymentStrategy 5minReadySeconds:i 6revisionHistoryLimit:i? 7paused:b
     9progressDeadlineSeconds:i?
    DeploymentStrategy 1type 2rollingUpdate:RollingUpdateDeployment
    ReplicaSet 1metadata:meta.v1.ObjectMeta 2spec:ReplicaSetSpec
    ReplicaSetSpec 1replicas:i? 4minReadySeconds:i 2selector:meta.v1.LabelSelector
     3template:core.v1.PodTemplateSpec
    RollingUpdateDaemonSet 1maxUnavailable:I 2maxSurge:I
    RollingUpdateDeployment 1maxUnavailable:I 2maxSurge:I
    RollingUpdateStatefulSetStrategy 1partition:i? 2maxUnavailable:I
    StatefulSet 1metadata:meta.v1.ObjectMeta 2spec:StatefulSetSpec
    StatefulSetOrdinals 1start:i
    StatefulSetPersistentVolumeClaimRetentionPolicy 1whenDeleted 2whenScaled
    StatefulSetSpec 1replicas:i? 2selector:meta.v1.LabelSelector 3template:core.v1.PodTemplateSpec
     4volumeClaimTemplates:*core.v1.PersistentVolumeClaim 5serviceName 6podManagementPolicy
     7updateStrategy:StatefulSetUpdateStrategy 8revisionHistoryLimit:i? 9minReadySeconds:i
     10persistentVolumeClaimRetentionPolicy:StatefulSetPersistentVolumeClaimRetentionPolicy
     11ordinals:StatefulSetOrdinals
    StatefulSetUpdateStrategy 1type 2rollingUpdate:RollingUpdateStatefulSetStrategy
    =authentication.v1
    BoundObjectReference 1kind 2apiVersion 3name 4uid
    SelfSubjectReview 1metadata:meta.v1.ObjectMeta
    TokenRequest 1metadata:meta.v1.ObjectMeta 2spec:TokenRequestSpec
    TokenRequestSpec 1audiences:*s 4expirationSeconds:i? 3boundObjectRef:BoundObjectReference
    TokenReview 1metadata:meta.v1.ObjectMeta 2spec:TokenReviewSpec
    TokenReviewSpec 1token 2audiences:*s
    =authorization.v1
    ExtraValue 1items:*s
    FieldSelectorAttributes 1rawSelector 2requirements:*meta.v1.FieldSelectorRequirement
    LabelSelectorAttributes 1rawSelector 2requirements:*meta.v1.LabelSelectorRequirement
    LocalSubjectAccessReview 1metadata:meta.v1.ObjectMeta 2spec:SubjectAccessReviewSpec
    NonResourceAttributes 1path 2verb
    ResourceAttributes 1namespace 2verb 3group 4version 5resource 6subresource 7name
     8fieldSelector:FieldSelectorAttributes 9labelSelector:LabelSelectorAttributes
    SelfSubjectAccessReview 1metadata:meta.v1.ObjectMeta 2spec:SelfSubjectAccessReviewSpec
    SelfSubjectAccessReviewSpec 1resourceAttributes:ResourceAttributes
     2nonResourceAttributes:NonResourceAttributes
    SelfSubjectRulesReview 1metadata:meta.v1.ObjectMeta 2spec:SelfSubjectRulesReviewSpec
    SelfSubjectRulesReviewSpec 1namespace
    SubjectAccessReview 1metadata:meta.v1.ObjectMeta 2spec:SubjectAccessReviewSpec
    SubjectAccessReviewSpec 1resourceAttributes:ResourceAttributes
     2nonResourceAttributes:NonResourceAttributes 3user 4groups:*s 5extra:%ExtraValue 6uid
    =autoscaling.v1
    CrossVersionObjectReference 1kind 2name 3apiVersion
    HorizontalPodAutoscaler 1metadata:meta.v1.ObjectMeta 2spec:HorizontalPodAutoscalerSpec
    HorizontalPodAutoscalerSpec 1scaleTargetRef:CrossVersionObjectReference 2minReplicas:i? 3maxReplicas:i
     4targetCPUUtilizationPercentage:i?
    Scale 1metadata:meta.v1.ObjectMeta 2spec:ScaleSpec
    ScaleSpec 1replicas:i?
    =autoscaling.v2
    ContainerResourceMetricSource 1name 2target:MetricTarget 3container
    CrossVersionObjectReference 1kind 2name 3apiVersion
    ExternalMetricSource 1metric:MetricIdentifier 2target:MetricTarget
    HPAScalingPolicy 1type 2value:i 3periodSeconds:i
    HPAScalingRules 3stabilizationWindowSeconds:i? 1selectPolicy 2policies:*HPAScalingPolicy
    HorizontalPodAutoscaler 1metadata:meta.v1.ObjectMeta 2spec:HorizontalPodAutoscalerSpec
    HorizontalPodAutoscalerBehavior 1scaleUp:HPAScalingRules 2scaleDown:HPAScalingRules
    HorizontalPodAutoscalerSpec 1scaleTargetRef:CrossVersionObjectReference 2minReplicas:i? 3maxReplicas:i
     4metrics:*MetricSpec 5behavior:HorizontalPodAutoscalerBehavior
    MetricIdentifier 1name 2selector:meta.v1.LabelSelector
    MetricSpec 1type 2object:ObjectMetricSource 3pods:PodsMetricSource 4resource:ResourceMetricSource
     7containerResource:ContainerResourceMetricSource 5external:ExternalMetricSource
    MetricTarget 1type 2value:Q 3averageValue:Q 4averageUtilization:i?
    ObjectMetricSource 1describedObject:CrossVersionObjectReference 2target:MetricTarget
     3metric:MetricIdentifier
    PodsMetricSource 1metric:MetricIdentifier 2target:MetricTarget
    ResourceMetricSource 1name 2target:MetricTarget
    =batch.v1
    CronJob 1metadata:meta.v1.ObjectMeta 2spec:CronJobSpec
    CronJobSpec 1schedule 8timeZone 2startingDeadlineSeconds:i? 3concurrencyPolicy 4suspend:b?
     5jobTemplate:JobTemplateSpec 6successfulJobsHistoryLimit:i? 7failedJobsHistoryLimit:i?
    Job 1metadata:meta.v1.ObjectMeta 2spec:JobSpec
    JobSpec 1parallelism:i? 2completions:i? 3activeDeadlineSeconds:i? 11podFailurePolicy:PodFailurePolicy
     16successPolicy:SuccessPolicy 7backoffLimit:i? 12backoffLimitPerIndex:i? 13maxFailedIndexes:i?
     4selector:meta.v1.LabelSelector 5manualSelector:b? 6template:core.v1.PodTemplateSpec
     8ttlSecondsAfterFinished:i? 9completionMode 10suspend:b? 14podReplacementPolicy 15managedBy
    JobTemplateSpec 1metadata:meta.v1.ObjectMeta 2spec:JobSpec
    PodFailurePolicy 1rules:*PodFailurePolicyRule
    PodFailurePolicyOnExitCodesRequirement 1containerName 2operator 3values:*i
    PodFailurePolicyOnPodConditionsPattern 1type
    PodFailurePolicyRule 1action 2onExitCodes:PodFailurePolicyOnExitCodesRequirement
     3onPodConditions:*PodFailurePolicyOnPodConditionsPattern
    SuccessPolicy 1rules:*SuccessPolicyRule
    SuccessPolicyRule 1succeededIndexes 2succeededCount:i
    =coordination.v1
    Lease 1metadata:meta.v1.ObjectMeta 2spec:LeaseSpec
    LeaseSpec 1holderIdentity 2leaseDurationSeconds:i? 3acquireTime:U 4renewTime:U 5leaseTransitions:i?
     6strategy 7preferredHolder
    =core.v1
    AWSElasticBlockStoreVolumeSource 1volumeID 2fsType 3partition:i? 4readOnly:b
    Affinity 1nodeAffinity:NodeAffinity 2podAffinity:PodAffinity 3podAntiAffinity:PodAntiAffinity
    AppArmorProfile 1type 2localhostProfile
    AzureDiskVolumeSource 1diskName 2diskURI 3cachingMode 4fsType 5readOnly:b 6kind
    AzureFileVolumeSource 1secretName 2shareName 3readOnly:b
    Binding 1metadata:meta.v1.ObjectMeta 2target:ObjectReference
    CSIVolumeSource 1driver 2readOnly:b 3fsType 4volumeAttributes:%s
     5nodePublishSecretRef:LocalObjectReference
    Capabilities 1add:*s 2drop:*s
    CephFSVolumeSource 1monitors:*s 2path 3user 4secretFile 5secretRef:LocalObjectReference 6readOnly:b
    CinderVolumeSource 1volumeID 2fsType 3readOnly:b 4secretRef:LocalObjectReference
    ClientIPConfig 1timeoutSeconds:i
    ClusterTrustBundleProjection 1name 2signerName 3labelSelector:meta.v1.LabelSelector 5optional:b? 4path
    ConfigMap 1metadata:meta.v1.ObjectMeta 4immutable:b? 2data:%s 3binaryData:%y
    ConfigMapEnvSource 1localObjectReference:+LocalObjectReference 2optional:b?
    ConfigMapKeySelector 1localObjectReference:+LocalObjectReference 2key 3optional:b?
    ConfigMapProjection 1localObjectReference:+LocalObjectReference 2items:*KeyToPath 4optional:b?
    ConfigMapVolumeSource 1localObjectReference:+LocalObjectReference 2items:*KeyToPath 3defaultMode:i?
     4optional:b?
    Container 1name 2image 3command:*s 4args:*s 5workingDir 6ports:*ContainerPort 19envFrom:*EnvFromSource
     7env:*EnvVar 8resources:ResourceRequirements 23resizePolicy:*ContainerResizePolicy 24restartPolicy
     9volumeMounts:*VolumeMount 21volumeDevices:*VolumeDevice 10livenessProbe:Probe 11readinessProbe:Probe
     22startupProbe:Probe 12lifecycle:Lifecycle 13terminationMessagePath 20terminationMessagePolicy
     14imagePullPolicy 15securityContext:SecurityContext 16stdin:b 17stdinOnce:b 18tty:b
    ContainerPort 1name 2hostPort:i 3containerPort:i 4protocol 5hostIP
    ContainerResizePolicy 1resourceName 2restartPolicy
    DownwardAPIProjection 1items:*DownwardAPIVolumeFile
    DownwardAPIVolumeFile 1path 2fieldRef:ObjectFieldSelector 3resourceFieldRef:ResourceFieldSelector 4mode:i?
    DownwardAPIVolumeSource 1items:*DownwardAPIVolumeFile 2defaultMode:i?
    EmptyDirVolumeSource 1medium 2sizeLimit:Q
    EndpointAddress 1ip 3hostname 4nodeName 2targetRef:ObjectReference
    EndpointPort 1name 2port:i 3protocol 4appProtocol
    EndpointSubset 1addresses:*EndpointAddress 2notReadyAddresses:*EndpointAddress 3ports:*EndpointPort
    Endpoints 1metadata:meta.v1.ObjectMeta 2subsets:*EndpointSubset
    EnvFromSource 1prefix 2configMapRef:ConfigMapEnvSource 3secretRef:SecretEnvSource
    EnvVar 1name 2value 3valueFrom:EnvVarSource
    EnvVarSource 1fieldRef:ObjectFieldSelector 2resourceFieldRef:ResourceFieldSelector
     3configMapKeyRef:ConfigMapKeySelector 4secretKeyRef:SecretKeySelector
    EphemeralContainer 1ephemeralContainerCommon:+EphemeralContainerCommon 2targetContainerName
    EphemeralContainerCommon 1name 2image 3command:*s 4args:*s 5workingDir 6ports:*ContainerPort
     19envFrom:*EnvFromSource 7env:*EnvVar 8resources:ResourceRequirements
     23resizePolicy:*ContainerResizePolicy 24restartPolicy 9volumeMounts:*VolumeMount
     21volumeDevices:*VolumeDevice 10livenessProbe:Probe 11readinessProbe:Probe 22startupProbe:Probe
     12lifecycle:Lifecycle 13terminationMessagePath 20terminationMessagePolicy 14imagePullPolicy
     15securityContext:SecurityContext 16stdin:b 17stdinOnce:b 18tty:b
    EphemeralVolumeSource 1volumeClaimTemplate:PersistentVolumeClaimTemplate
    Event 1metadata:meta.v1.ObjectMeta 2involvedObject:ObjectReference 3reason 4message 5source:EventSource
     6firstTimestamp:T 7lastTimestamp:T 8count:i 9type 10eventTime:U 11series:EventSeries 12action
     13related:ObjectReference 14reportingComponent 15reportingInstance
    EventSeries 1count:i 2lastObservedTime:U
    EventSource 1component 2host
    ExecAction 1command:*s
    FCVolumeSource 1targetWWNs:*s 2lun:i 3fsType 4readOnly:b 5wwids:*s
    FlexVolumeSource 1driver 2fsType 3secretRef:LocalObjectReference 4readOnly:b 5options:%s
    FlockerVolumeSource 1datasetName 2datasetUUID
    GCEPersistentDiskVolumeSource 1pdName 2fsType 3partition:i? 4readOnly:b
    GRPCAction 1port:i 2service
    GitRepoVolumeSource 1repository 2revision 3directory
    GlusterfsVolumeSource 1endpoints 2path 3readOnly:b
    HTTPGetAction 1path 2port:I 3host 4scheme 5httpHeaders:*HTTPHeader
    HTTPHeader 1name 2value
    HostAlias 1ip 2hostnames:*s
    HostPathVolumeSource 1path 2type
    ISCSIVolumeSource 1targetPortal 2iqn 3lun:i 4iscsiInterface 5fsType 6readOnly:b 7portals:*s
     8chapAuthDiscovery:b 11chapAuthSession:b 10secretRef:LocalObjectReference 12initiatorName
    ImageVolumeSource 1reference 2pullPolicy
    KeyToPath 1key 2path 3mode:i?
    Lifecycle 1postStart:LifecycleHandler 2preStop:LifecycleHandler
    LifecycleHandler 1exec:ExecAction 2httpGet:HTTPGetAction 3tcpSocket:TCPSocketAction 4sleep:SleepAction
    LimitRange 1metadata:meta.v1.ObjectMeta 2spec:LimitRangeSpec
    LimitRangeItem 1type 2max:%Q 3min:%Q 4default:%Q 5defaultRequest:%Q 6maxLimitRequestRatio:%Q
    LimitRangeSpec 1limits:*LimitRangeItem
    LocalObjectReference 1name
    NFSVolumeSource 1server 2path 3readOnly:b
    Namespace 1metadata:meta.v1.ObjectMeta 2spec:NamespaceSpec
    NamespaceSpec 1finalizers:*s
    NodeAffinity 1requiredDuringSchedulingIgnoredDuringExecution:NodeSelector
     2preferredDuringSchedulingIgnoredDuringExecution:*PreferredSchedulingTerm
    NodeSelector 1nodeSelectorTerms:*NodeSelectorTerm
    NodeSelectorRequirement 1key 2operator 3values:*s
    NodeSelectorTerm 1matchExpressions:*NodeSelectorRequirement 2matchFields:*NodeSelectorRequirement
    ObjectFieldSelector 1apiVersion 2fieldPath
    ObjectReference 1kind 2namespace 3name 4uid 5apiVersion 6resourceVersion 7fieldPath
    PersistentVolumeClaim 1metadata:meta.v1.ObjectMeta 2spec:PersistentVolumeClaimSpec
    PersistentVolumeClaimSpec 1accessModes:*s 4selector:meta.v1.LabelSelector
     2resources:VolumeResourceRequirements 3volumeName 5storageClassName 6volumeMode
     7dataSource:TypedLocalObjectReference 8dataSourceRef:TypedObjectReference 9volumeAttributesClassName
    PersistentVolumeClaimTemplate 1metadata:meta.v1.ObjectMeta 2spec:PersistentVolumeClaimSpec
    PersistentVolumeClaimVolumeSource 1claimName 2readOnly:b
    PhotonPersistentDiskVolumeSource 1pdID 2fsType
    Pod 1metadata:meta.v1.ObjectMeta 2spec:PodSpec
    PodAffinity 1requiredDuringSchedulingIgnoredDuringExecution:*PodAffinityTerm
     2preferredDuringSchedulingIgnoredDuringExecution:*WeightedPodAffinityTerm
    PodAffinityTerm 1labelSelector:meta.v1.LabelSelector 2namespaces:*s 3topologyKey
     4namespaceSelector:meta.v1.LabelSelector 5matchLabelKeys:*s 6mismatchLabelKeys:*s
    PodAntiAffinity 1requiredDuringSchedulingIgnoredDuringExecution:*PodAffinityTerm
     2preferredDuringSchedulingIgnoredDuringExecution:*WeightedPodAffinityTerm
    PodDNSConfig 1nameservers:*s 2searches:*s 3options:*PodDNSConfigOption
    PodDNSConfigOption 1name 2value
    PodOS 1name
    PodReadinessGate 1conditionType
    PodResourceClaim 1name 3resourceClaimName 4resourceClaimTemplateName
    PodSchedulingGate 1name
    PodSecurityContext 1seLinuxOptions:SELinuxOptions 8windowsOptions:WindowsSecurityContextOptions
     2runAsUser:i? 6runAsGroup:i? 3runAsNonRoot:b? 4supplementalGroups:*i 12supplementalGroupsPolicy
     5fsGroup:i? 7sysctls:*Sysctl 9fsGroupChangePolicy 10seccompProfile:SeccompProfile
     11appArmorProfile:AppArmorProfile 13seLinuxChangePolicy
    PodSpec 1volumes:*Volume 20initContainers:*Container 2containers:*Container
     34ephemeralContainers:*EphemeralContainer 3restartPolicy 4terminationGracePeriodSeconds:i?
     5activeDeadlineSeconds:i? 6dnsPolicy 7nodeSelector:%s 8serviceAccountName 9serviceAccount
     21automountServiceAccountToken:b? 10nodeName 11hostNetwork:b 12hostPID:b 13hostIPC:b
     27shareProcessNamespace:b? 14securityContext:PodSecurityContext 15imagePullSecrets:*LocalObjectReference
     16hostname 17subdomain 18affinity:Affinity 19schedulerName 22tolerations:*Toleration
     23hostAliases:*HostAlias 24priorityClassName 25priority:i? 26dnsConfig:PodDNSConfig
     28readinessGates:*PodReadinessGate 29runtimeClassName 30enableServiceLinks:b? 31preemptionPolicy
     32overhead:%Q 33topologySpreadConstraints:*TopologySpreadConstraint 35setHostnameAsFQDN:b? 36os:PodOS
     37hostUsers:b? 38schedulingGates:*PodSchedulingGate 39resourceClaims:*PodResourceClaim
     40resources:ResourceRequirements
    PodTemplateSpec 1metadata:meta.v1.ObjectMeta 2spec:PodSpec
    PortworxVolumeSource 1volumeID 2fsType 3readOnly:b
    PreferredSchedulingTerm 1weight:i 2preference:NodeSelectorTerm
    Probe 1handler:+ProbeHandler 2initialDelaySeconds:i 3timeoutSeconds:i 4periodSeconds:i 5successThreshold:i
     6failureThreshold:i 7terminationGracePeriodSeconds:i?
    ProbeHandler 1exec:ExecAction 2httpGet:HTTPGetAction 3tcpSocket:TCPSocketAction 4grpc:GRPCAction
    ProjectedVolumeSource 1sources:*VolumeProjection 2defaultMode:i?
    QuobyteVolumeSource 1registry 2volume 3readOnly:b 4user 5group 6tenant
    RBDVolumeSource 1monitors:*s 2image 3fsType 4pool 5user 6keyring 7secretRef:LocalObjectReference
     8readOnly:b
    ReplicationController 1metadata:meta.v1.ObjectMeta 2spec:ReplicationControllerSpec
    ReplicationControllerSpec 1replicas:i? 4minReadySeconds:i 2selector:%s 3template:PodTemplateSpec
    ResourceClaim 1name 2request
    ResourceFieldSelector 1containerName 2resource 3divisor:Q
    ResourceQuota 1metadata:meta.v1.ObjectMeta 2spec:ResourceQuotaSpec
    ResourceQuotaSpec 1hard:%Q 2scopes:*s 3scopeSelector:ScopeSelector
    ResourceRequirements 1limits:%Q 2requests:%Q 3claims:*ResourceClaim
    SELinuxOptions 1user 2role 3type 4level
    ScaleIOVolumeSource 1gateway 2system 3secretRef:LocalObjectReference 4sslEnabled:b 5protectionDomain
     6storagePool 7storageMode 8volumeName 9fsType 10readOnly:b
    ScopeSelector 1matchExpressions:*ScopedResourceSelectorRequirement
    ScopedResourceSelectorRequirement 1scopeName 2operator 3values:*s
    SeccompProfile 1type 2localhostProfile
    Secret 1metadata:meta.v1.ObjectMeta 5immutable:b? 2data:%y 4stringData:%s 3type
    SecretEnvSource 1localObjectReference:+LocalObjectReference 2optional:b?
    SecretKeySelector 1localObjectReference:+LocalObjectReference 2key 3optional:b?
    SecretProjection 1localObjectReference:+LocalObjectReference 2items:*KeyToPath 4optional:b?
    SecretVolumeSource 1secretName 2items:*KeyToPath 3defaultMode:i? 4optional:b?
    SecurityContext 1capabilities:Capabilities 2privileged:b? 3seLinuxOptions:SELinuxOptions
     10windowsOptions:WindowsSecurityContextOptions 4runAsUser:i? 8runAsGroup:i? 5runAsNonRoot:b?
     6readOnlyRootFilesystem:b? 7allowPrivilegeEscalation:b? 9procMount 11seccompProfile:SeccompProfile
     12appArmorProfile:AppArmorProfile
    Service 1metadata:meta.v1.ObjectMeta 2spec:ServiceSpec
    ServiceAccount 1metadata:meta.v1.ObjectMeta 2secrets:*ObjectReference
     3imagePullSecrets:*LocalObjectReference 4automountServiceAccountToken:b?
    ServiceAccountTokenProjection 1audience 2expirationSeconds:i? 3path
    ServicePort 1name 2protocol 6appProtocol 3port:i 4targetPort:I 5nodePort:i
    ServiceSpec 1ports:*ServicePort 2selector:%s 3clusterIP 18clusterIPs:*s 4type 5externalIPs:*s
     7sessionAffinity 8loadBalancerIP 9loadBalancerSourceRanges:*s 10externalName 11externalTrafficPolicy
     12healthCheckNodePort:i 13publishNotReadyAddresses:b 14sessionAffinityConfig:SessionAffinityConfig
     19ipFamilies:*s 17ipFamilyPolicy 20allocateLoadBalancerNodePorts:b? 21loadBalancerClass
     22internalTrafficPolicy 23trafficDistribution
    SessionAffinityConfig 1clientIP:ClientIPConfig
    SleepAction 1seconds:i
    StorageOSVolumeSource 1volumeName 2volumeNamespace 3fsType 4readOnly:b 5secretRef:LocalObjectReference
    Sysctl 1name 2value
    TCPSocketAction 1port:I 2host
    Toleration 1key 2operator 3value 4effect 5tolerationSeconds:i?
    TopologySpreadConstraint 1maxSkew:i 2topologyKey 3whenUnsatisfiable 4labelSelector:meta.v1.LabelSelector
     5minDomains:i? 6nodeAffinityPolicy 7nodeTaintsPolicy 8matchLabelKeys:*s
    TypedLocalObjectReference 1apiGroup 2kind 3name
    TypedObjectReference 1apiGroup 2kind 3name 4namespace
    Volume 1name 2volumeSource:+VolumeSource
    VolumeDevice 1name 2devicePath
    VolumeMount 1name 2readOnly:b 7recursiveReadOnly 3mountPath 4subPath 5mountPropagation 6subPathExpr
    VolumeProjection 1secret:SecretProjection 2downwardAPI:DownwardAPIProjection
     3configMap:ConfigMapProjection 4serviceAccountToken:ServiceAccountTokenProjection
     5clusterTrustBundle:ClusterTrustBundleProjection
    VolumeResourceRequirements 1limits:%Q 2requests:%Q
    VolumeSource 1hostPath:HostPathVolumeSource 2emptyDir:EmptyDirVolumeSource
     3gcePersistentDisk:GCEPersistentDiskVolumeSource 4awsElasticBlockStore:AWSElasticBlockStoreVolumeSource
     5gitRepo:GitRepoVolumeSource 6secret:SecretVolumeSource 7nfs:NFSVolumeSource 8iscsi:ISCSIVolumeSource
     9glusterfs:GlusterfsVolumeSource 10persistentVolumeClaim:PersistentVolumeClaimVolumeSource
     11rbd:RBDVolumeSource 12flexVolume:FlexVolumeSource 13cinder:CinderVolumeSource
     14cephfs:CephFSVolumeSource 15flocker:FlockerVolumeSource 16downwardAPI:DownwardAPIVolumeSource
     17fc:FCVolumeSource 18azureFile:AzureFileVolumeSource 19configMap:ConfigMapVolumeSource
     20vsphereVolume:VsphereVirtualDiskVolumeSource 21quobyte:QuobyteVolumeSource
     22azureDisk:AzureDiskVolumeSource 23photonPersistentDisk:PhotonPersistentDiskVolumeSource
     26projected:ProjectedVolumeSource 24portworxVolume:PortworxVolumeSource 25scaleIO:ScaleIOVolumeSource
     27storageos:StorageOSVolumeSource 28csi:CSIVolumeSource 29ephemeral:EphemeralVolumeSource
     30image:ImageVolumeSource
    VsphereVirtualDiskVolumeSource 1volumePath 2fsType 3storagePolicyName 4storagePolicyID
    WeightedPodAffinityTerm 1weight:i 2podAffinityTerm:PodAffinityTerm
    WindowsSecurityContextOptions 1gmsaCredentialSpecName 2gmsaCredentialSpec 3runAsUserName 4hostProcess:b
    =discovery.v1
    Endpoint 1addresses:*s 2conditions:EndpointConditions 3hostname 4targetRef:core.v1.ObjectReference
     5deprecatedTopology:%s 6nodeName 7zone 8hints:EndpointHints
    EndpointConditions 1ready:b? 2serving:b? 3terminating:b?
    EndpointHints 1forZones:*ForZone
    EndpointPort 1name 2protocol 3port:i? 4appProtocol
    EndpointSlice 1metadata:meta.v1.ObjectMeta 4addressType 2endpoints:*Endpoint 3ports:*EndpointPort
    ForZone 1name
    =events.v1
    Event 1metadata:meta.v1.ObjectMeta 2eventTime:U 3series:EventSeries 4reportingController
     5reportingInstance 6action 7reason 8regarding:core.v1.ObjectReference 9related:core.v1.ObjectReference
     10note 11type 12deprecatedSource:core.v1.EventSource 13deprecatedFirstTimestamp:T
     14deprecatedLastTimestamp:T 15deprecatedCount:i
    EventSeries 1count:i 2lastObservedTime:U
    =meta.v1
    DeleteOptions 1gracePeriodSeconds:i? 2preconditions:Preconditions 3orphanDependents:b? 4propagationPolicy
     5dryRun:*s 6ignoreStoreReadErrorWithClusterBreakingPotential:b
    FieldSelectorRequirement 1key 2operator 3values:*s
    LabelSelector 1matchLabels:%s 2matchExpressions:*LabelSelectorRequirement
    LabelSelectorRequirement 1key 2operator 3values:*s
    ManagedFieldsEntry 1manager 2operation 3apiVersion 4time:T 6fieldsType 7fieldsV1:R 8subresource
    ObjectMeta 1name 2generateName 3namespace 4selfLink 5uid 6resourceVersion 7generation:i
     8creationTimestamp:T 9deletionTimestamp:T 10deletionGracePeriodSeconds:i? 11labels:%s 12annotations:%s
     13ownerReferences:*OwnerReference 14finalizers:*s 17managedFields:*ManagedFieldsEntry
    OwnerReference 5apiVersion 1kind 3name 4uid 6controller:b? 7blockOwnerDeletion:b?
    Preconditions 1uid 2resourceVersion
    =networking.v1
    HTTPIngressPath 1path 3pathType 2backend:IngressBackend
    HTTPIngressRuleValue 1paths:*HTTPIngressPath
    IPBlock 1cidr 2except:*s
    Ingress 1metadata:meta.v1.ObjectMeta 2spec:IngressSpec
    IngressBackend 4service:IngressServiceBackend 3resource:core.v1.TypedLocalObjectReference
    IngressRule 1host 2ingressRuleValue:+IngressRuleValue
    IngressRuleValue 1http:HTTPIngressRuleValue
    IngressServiceBackend 1name 2port:ServiceBackendPort
    IngressSpec 4ingressClassName 1defaultBackend:IngressBackend 2tls:*IngressTLS 3rules:*IngressRule
    IngressTLS 1hosts:*s 2secretName
    NetworkPolicy 1metadata:meta.v1.ObjectMeta 2spec:NetworkPolicySpec
    NetworkPolicyEgressRule 1ports:*NetworkPolicyPort 2to:*NetworkPolicyPeer
    NetworkPolicyIngressRule 1ports:*NetworkPolicyPort 2from:*NetworkPolicyPeer
    NetworkPolicyPeer 1podSelector:meta.v1.LabelSelector 2namespaceSelector:meta.v1.LabelSelector
     3ipBlock:IPBlock
    NetworkPolicyPort 1protocol 2port:I 3endPort:i?
    NetworkPolicySpec 1podSelector:meta.v1.LabelSelector 2ingress:*NetworkPolicyIngressRule
     3egress:*NetworkPolicyEgressRule 4policyTypes:*s
    ServiceBackendPort 1name 2number:i
    =policy.v1
    Eviction 1metadata:meta.v1.ObjectMeta 2deleteOptions:meta.v1.DeleteOptions
    PodDisruptionBudget 1metadata:meta.v1.ObjectMeta 2spec:PodDisruptionBudgetSpec
    PodDisruptionBudgetSpec 1minAvailable:I 2selector:meta.v1.LabelSelector 3maxUnavailable:I
     4unhealthyPodEvictionPolicy
    =rbac.v1
    AggregationRule 1clusterRoleSelectors:*meta.v1.LabelSelector
    ClusterRole 1metadata:meta.v1.ObjectMeta 2rules:*PolicyRule 3aggregationRule:AggregationRule
    ClusterRoleBinding 1metadata:meta.v1.ObjectMeta 2subjects:*Subject 3roleRef:RoleRef
    PolicyRule 1verbs:*s 2apiGroups:*s 3resources:*s 4resourceNames:*s 5nonResourceURLs:*s
    Role 1metadata:meta.v1.ObjectMeta 2rules:*PolicyRule
    RoleBinding 1metadata:meta.v1.ObjectMeta 2subjects:*Subject 3roleRef:RoleRef
    RoleRef 1apiGroup 2kind 3name
    Subject 1kind 2apiGroup 3name 4namespace
    =scheduling.v1
    PriorityClass 1metadata:meta.v1.ObjectMeta 2value:i 3globalDefault:b 4description 5preemptionPolicy
    """

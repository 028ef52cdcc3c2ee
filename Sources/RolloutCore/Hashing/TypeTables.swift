// In which order and by which rules Go's encoder writes the types of pod templates and canary steps.

/// The field tables behind `TypedEncoder`, as text: a type a paragraph, its fields in order.
///
/// A field is `name:code`, with `!` when it is written even if it is empty. The code is a leaf
/// (`s` string, `b` boolean, `i` integer, `Q` quantity, `I` integer or string, `T` time, `F` as it
/// stands) or the name of a type; before it `*` for optional, `@` for a list, `%` for a map.
/// Pod types are those of k8s.io/api v0.34: newer fields are no part of the hash.
enum TypeTables {
    static let pods = """
        AWSElasticBlockStoreVolumeSource volumeID:s! fsType:s partition:i readOnly:b
        Affinity nodeAffinity:*NodeAffinity podAffinity:*PodAffinity podAntiAffinity:*PodAntiAffinity
        AppArmorProfile type:s! localhostProfile:*s
        AzureDiskVolumeSource diskName:s! diskURI:s! cachingMode:*s fsType:*s readOnly:*b kind:*s
        AzureFileVolumeSource secretName:s! shareName:s! readOnly:b
        CSIVolumeSource driver:s! readOnly:*b fsType:*s volumeAttributes:%s
          nodePublishSecretRef:*LocalObjectReference
        Capabilities add:@s drop:@s
        CephFSVolumeSource monitors:@s! path:s user:s secretFile:s secretRef:*LocalObjectReference
          readOnly:b
        CinderVolumeSource volumeID:s! fsType:s readOnly:b secretRef:*LocalObjectReference
        ClusterTrustBundleProjection name:*s signerName:*s labelSelector:*LabelSelector optional:*b
          path:s!
        ConfigMapEnvSource name:s optional:*b
        ConfigMapKeySelector name:s key:s! optional:*b
        ConfigMapProjection name:s items:@KeyToPath optional:*b
        ConfigMapVolumeSource name:s items:@KeyToPath defaultMode:*i optional:*b
        Container name:s! image:s command:@s args:@s workingDir:s ports:@ContainerPort
          envFrom:@EnvFromSource env:@EnvVar resources:ResourceRequirements!
          resizePolicy:@ContainerResizePolicy restartPolicy:*s restartPolicyRules:@ContainerRestartRule
          volumeMounts:@VolumeMount volumeDevices:@VolumeDevice livenessProbe:*Probe readinessProbe:*Probe
          startupProbe:*Probe lifecycle:*Lifecycle terminationMessagePath:s terminationMessagePolicy:s
          imagePullPolicy:s securityContext:*SecurityContext stdin:b stdinOnce:b tty:b
        ContainerPort name:s hostPort:i containerPort:i! protocol:s hostIP:s
        ContainerResizePolicy resourceName:s! restartPolicy:s!
        ContainerRestartRule action:s exitCodes:*ContainerRestartRuleOnExitCodes
        ContainerRestartRuleOnExitCodes operator:s values:@i
        DownwardAPIProjection items:@DownwardAPIVolumeFile
        DownwardAPIVolumeFile path:s! fieldRef:*ObjectFieldSelector
          resourceFieldRef:*ResourceFieldSelector
          mode:*i
        DownwardAPIVolumeSource items:@DownwardAPIVolumeFile defaultMode:*i
        EmptyDirVolumeSource medium:s sizeLimit:*Q
        EnvFromSource prefix:s configMapRef:*ConfigMapEnvSource secretRef:*SecretEnvSource
        EnvVar name:s! value:s valueFrom:*EnvVarSource
        EnvVarSource fieldRef:*ObjectFieldSelector resourceFieldRef:*ResourceFieldSelector
          configMapKeyRef:*ConfigMapKeySelector secretKeyRef:*SecretKeySelector
          fileKeyRef:*FileKeySelector
        EphemeralContainer name:s! image:s command:@s args:@s workingDir:s ports:@ContainerPort
          envFrom:@EnvFromSource env:@EnvVar resources:ResourceRequirements!
          resizePolicy:@ContainerResizePolicy restartPolicy:*s restartPolicyRules:@ContainerRestartRule
          volumeMounts:@VolumeMount volumeDevices:@VolumeDevice livenessProbe:*Probe readinessProbe:*Probe
          startupProbe:*Probe lifecycle:*Lifecycle terminationMessagePath:s terminationMessagePolicy:s
          imagePullPolicy:s securityContext:*SecurityContext stdin:b stdinOnce:b tty:b
          targetContainerName:s
        EphemeralVolumeSource volumeClaimTemplate:*PersistentVolumeClaimTemplate
        ExecAction command:@s
        FCVolumeSource targetWWNs:@s lun:*i fsType:s readOnly:b wwids:@s
        FileKeySelector volumeName:s! path:s! key:s! optional:*b
        FlexVolumeSource driver:s! fsType:s secretRef:*LocalObjectReference readOnly:b options:%s
        FlockerVolumeSource datasetName:s datasetUUID:s
        GCEPersistentDiskVolumeSource pdName:s! fsType:s partition:i readOnly:b
        GRPCAction port:i! service:*s!
        GitRepoVolumeSource repository:s! revision:s directory:s
        GlusterfsVolumeSource endpoints:s! path:s! readOnly:b
        HTTPGetAction path:s port:I! host:s scheme:s httpHeaders:@HTTPHeader
        HTTPHeader name:s! value:s!
        HostAlias ip:s! hostnames:@s
        HostPathVolumeSource path:s! type:*s
        ISCSIVolumeSource targetPortal:s! iqn:s! lun:i! iscsiInterface:s fsType:s readOnly:b portals:@s
          chapAuthDiscovery:b chapAuthSession:b secretRef:*LocalObjectReference initiatorName:*s
        ImageVolumeSource reference:s pullPolicy:s
        KeyToPath key:s! path:s! mode:*i
        LabelSelector matchLabels:%s matchExpressions:@LabelSelectorRequirement
        LabelSelectorRequirement key:s! operator:s! values:@s
        Lifecycle postStart:*LifecycleHandler preStop:*LifecycleHandler stopSignal:*s
        LifecycleHandler exec:*ExecAction httpGet:*HTTPGetAction tcpSocket:*TCPSocketAction
          sleep:*SleepAction
        LocalObjectReference name:s
        ManagedFieldsEntry manager:s operation:s apiVersion:s time:*T fieldsType:s fieldsV1:*F
          subresource:s
        NFSVolumeSource server:s! path:s! readOnly:b
        NodeAffinity requiredDuringSchedulingIgnoredDuringExecution:*NodeSelector
          preferredDuringSchedulingIgnoredDuringExecution:@PreferredSchedulingTerm
        NodeSelector nodeSelectorTerms:@NodeSelectorTerm!
        NodeSelectorRequirement key:s! operator:s! values:@s
        NodeSelectorTerm matchExpressions:@NodeSelectorRequirement matchFields:@NodeSelectorRequirement
        ObjectFieldSelector apiVersion:s fieldPath:s!
        ObjectMeta name:s generateName:s namespace:s selfLink:s uid:s resourceVersion:s generation:i
          creationTimestamp:T deletionTimestamp:*T deletionGracePeriodSeconds:*i labels:%s annotations:%s
          ownerReferences:@OwnerReference finalizers:@s managedFields:@ManagedFieldsEntry
        OwnerReference apiVersion:s! kind:s! name:s! uid:s! controller:*b blockOwnerDeletion:*b
        PersistentVolumeClaimSpec accessModes:@s selector:*LabelSelector
          resources:VolumeResourceRequirements! volumeName:s storageClassName:*s volumeMode:*s
          dataSource:*TypedLocalObjectReference dataSourceRef:*TypedObjectReference
          volumeAttributesClassName:*s
        PersistentVolumeClaimTemplate metadata:ObjectMeta! spec:PersistentVolumeClaimSpec!
        PersistentVolumeClaimVolumeSource claimName:s! readOnly:b
        PhotonPersistentDiskVolumeSource pdID:s! fsType:s
        PodAffinity requiredDuringSchedulingIgnoredDuringExecution:@PodAffinityTerm
          preferredDuringSchedulingIgnoredDuringExecution:@WeightedPodAffinityTerm
        PodAffinityTerm labelSelector:*LabelSelector namespaces:@s topologyKey:s!
          namespaceSelector:*LabelSelector matchLabelKeys:@s mismatchLabelKeys:@s
        PodAntiAffinity requiredDuringSchedulingIgnoredDuringExecution:@PodAffinityTerm
          preferredDuringSchedulingIgnoredDuringExecution:@WeightedPodAffinityTerm
        PodCertificateProjection signerName:s keyType:s maxExpirationSeconds:*i credentialBundlePath:s
          keyPath:s certificateChainPath:s
        PodDNSConfig nameservers:@s searches:@s options:@PodDNSConfigOption
        PodDNSConfigOption name:s value:*s
        PodOS name:s!
        PodReadinessGate conditionType:s!
        PodResourceClaim name:s! resourceClaimName:*s resourceClaimTemplateName:*s
        PodSchedulingGate name:s!
        PodSecurityContext seLinuxOptions:*SELinuxOptions windowsOptions:*WindowsSecurityContextOptions
          runAsUser:*i runAsGroup:*i runAsNonRoot:*b supplementalGroups:@i supplementalGroupsPolicy:*s
          fsGroup:*i sysctls:@Sysctl fsGroupChangePolicy:*s seccompProfile:*SeccompProfile
          appArmorProfile:*AppArmorProfile seLinuxChangePolicy:*s
        PodSpec volumes:@Volume initContainers:@Container containers:@Container!
          ephemeralContainers:@EphemeralContainer restartPolicy:s terminationGracePeriodSeconds:*i
          activeDeadlineSeconds:*i dnsPolicy:s nodeSelector:%s serviceAccountName:s serviceAccount:s
          automountServiceAccountToken:*b nodeName:s hostNetwork:b hostPID:b hostIPC:b
          shareProcessNamespace:*b securityContext:*PodSecurityContext
          imagePullSecrets:@LocalObjectReference hostname:s subdomain:s affinity:*Affinity schedulerName:s
          tolerations:@Toleration hostAliases:@HostAlias priorityClassName:s priority:*i
          dnsConfig:*PodDNSConfig readinessGates:@PodReadinessGate runtimeClassName:*s
          enableServiceLinks:*b
          preemptionPolicy:*s overhead:%Q topologySpreadConstraints:@TopologySpreadConstraint
          setHostnameAsFQDN:*b os:*PodOS hostUsers:*b schedulingGates:@PodSchedulingGate
          resourceClaims:@PodResourceClaim resources:*ResourceRequirements hostnameOverride:*s
        PodTemplateSpec metadata:ObjectMeta! spec:PodSpec!
        PortworxVolumeSource volumeID:s! fsType:s readOnly:b
        PreferredSchedulingTerm weight:i! preference:NodeSelectorTerm!
        Probe exec:*ExecAction httpGet:*HTTPGetAction tcpSocket:*TCPSocketAction grpc:*GRPCAction
          initialDelaySeconds:i timeoutSeconds:i periodSeconds:i successThreshold:i failureThreshold:i
          terminationGracePeriodSeconds:*i
        ProjectedVolumeSource sources:@VolumeProjection! defaultMode:*i
        QuobyteVolumeSource registry:s! volume:s! readOnly:b user:s group:s tenant:s
        RBDVolumeSource monitors:@s! image:s! fsType:s pool:s user:s keyring:s
          secretRef:*LocalObjectReference readOnly:b
        ResourceClaim name:s! request:s
        ResourceFieldSelector containerName:s resource:s! divisor:Q!
        ResourceRequirements limits:%Q requests:%Q claims:@ResourceClaim
        SELinuxOptions user:s role:s type:s level:s
        ScaleIOVolumeSource gateway:s! system:s! secretRef:*LocalObjectReference! sslEnabled:b
          protectionDomain:s storagePool:s storageMode:s volumeName:s fsType:s readOnly:b
        SeccompProfile type:s! localhostProfile:*s
        SecretEnvSource name:s optional:*b
        SecretKeySelector name:s key:s! optional:*b
        SecretProjection name:s items:@KeyToPath optional:*b
        SecretVolumeSource secretName:s items:@KeyToPath defaultMode:*i optional:*b
        SecurityContext capabilities:*Capabilities privileged:*b seLinuxOptions:*SELinuxOptions
          windowsOptions:*WindowsSecurityContextOptions runAsUser:*i runAsGroup:*i runAsNonRoot:*b
          readOnlyRootFilesystem:*b allowPrivilegeEscalation:*b procMount:*s
          seccompProfile:*SeccompProfile
          appArmorProfile:*AppArmorProfile
        ServiceAccountTokenProjection audience:s expirationSeconds:*i path:s!
        SleepAction seconds:i!
        StorageOSVolumeSource volumeName:s volumeNamespace:s fsType:s readOnly:b
          secretRef:*LocalObjectReference
        Sysctl name:s! value:s!
        TCPSocketAction port:I! host:s
        Toleration key:s operator:s value:s effect:s tolerationSeconds:*i
        TopologySpreadConstraint maxSkew:i! topologyKey:s! whenUnsatisfiable:s!
          labelSelector:*LabelSelector
          minDomains:*i nodeAffinityPolicy:*s nodeTaintsPolicy:*s matchLabelKeys:@s
        TypedLocalObjectReference apiGroup:*s! kind:s! name:s!
        TypedObjectReference apiGroup:*s! kind:s! name:s! namespace:*s
        Volume name:s! hostPath:*HostPathVolumeSource emptyDir:*EmptyDirVolumeSource
          gcePersistentDisk:*GCEPersistentDiskVolumeSource
          awsElasticBlockStore:*AWSElasticBlockStoreVolumeSource gitRepo:*GitRepoVolumeSource
          secret:*SecretVolumeSource nfs:*NFSVolumeSource iscsi:*ISCSIVolumeSource
          glusterfs:*GlusterfsVolumeSource persistentVolumeClaim:*PersistentVolumeClaimVolumeSource
          rbd:*RBDVolumeSource flexVolume:*FlexVolumeSource cinder:*CinderVolumeSource
          cephfs:*CephFSVolumeSource flocker:*FlockerVolumeSource downwardAPI:*DownwardAPIVolumeSource
          fc:*FCVolumeSource azureFile:*AzureFileVolumeSource configMap:*ConfigMapVolumeSource
          vsphereVolume:*VsphereVirtualDiskVolumeSource quobyte:*QuobyteVolumeSource
          azureDisk:*AzureDiskVolumeSource photonPersistentDisk:*PhotonPersistentDiskVolumeSource
          projected:*ProjectedVolumeSource portworxVolume:*PortworxVolumeSource
          scaleIO:*ScaleIOVolumeSource
          storageos:*StorageOSVolumeSource csi:*CSIVolumeSource ephemeral:*EphemeralVolumeSource
          image:*ImageVolumeSource
        VolumeDevice name:s! devicePath:s!
        VolumeMount name:s! readOnly:b recursiveReadOnly:*s mountPath:s! subPath:s mountPropagation:*s
          subPathExpr:s
        VolumeProjection secret:*SecretProjection downwardAPI:*DownwardAPIProjection
          configMap:*ConfigMapProjection serviceAccountToken:*ServiceAccountTokenProjection
          clusterTrustBundle:*ClusterTrustBundleProjection podCertificate:*PodCertificateProjection
        VolumeResourceRequirements limits:%Q requests:%Q
        VsphereVirtualDiskVolumeSource volumePath:s! fsType:s storagePolicyName:s storagePolicyID:s
        WeightedPodAffinityTerm weight:i! podAffinityTerm:PodAffinityTerm!
        WindowsSecurityContextOptions gmsaCredentialSpecName:*s gmsaCredentialSpec:*s runAsUserName:*s
          hostProcess:*b
        """

    /// The steps of a canary, as Argo Rollouts declares them.
    static let steps = """
        CanaryStep setWeight:*i pause:*RolloutPause experiment:*RolloutExperimentStep
          analysis:*RolloutAnalysis
          setCanaryScale:*SetCanaryScale setHeaderRoute:*SetHeaderRoute setMirrorRoute:*SetMirrorRoute
          plugin:*PluginStep
        RolloutPause duration:*I
        SetCanaryScale weight:*i replicas:*i matchTrafficWeight:b
        SetHeaderRoute name:s match:@HeaderRoutingMatch
        HeaderRoutingMatch headerName:s! headerValue:*StringMatch!
        StringMatch exact:s prefix:s regex:s
        SetMirrorRoute name:s! match:@RouteMatch percentage:*i
        RouteMatch method:*StringMatch path:*StringMatch headers:%StringMatch
        PluginStep name:s! config:F
        RolloutAnalysis templates:@RolloutAnalysisTemplate args:@AnalysisRunArgument dryRun:@DryRun
          measurementRetention:@MeasurementRetention analysisRunMetadata:AnalysisRunMetadata
        RolloutAnalysisTemplate templateName:s clusterScope:b
        AnalysisRunArgument name:s! value:s valueFrom:*ArgumentValueFrom
        ArgumentValueFrom podTemplateHashValue:*s fieldRef:*FieldRef
        FieldRef fieldPath:s!
        DryRun metricName:s!
        MeasurementRetention metricName:s! limit:i!
        AnalysisRunMetadata labels:%s annotations:%s
        RolloutExperimentStep templates:@RolloutExperimentTemplate! duration:s
          analyses:@RolloutExperimentStepAnalysisTemplateRef
          dryRun:@DryRun analysisRunMetadata:AnalysisRunMetadata scaleDownDelaySeconds:*i
        RolloutExperimentTemplate name:s! specRef:s! replicas:*i metadata:PodTemplateMetadata
          selector:*LabelSelector weight:*i
          service:*TemplateService
        PodTemplateMetadata labels:%s annotations:%s
        TemplateService name:s
        RolloutExperimentStepAnalysisTemplateRef name:s! templateName:s! clusterScope:b
          args:@AnalysisRunArgument
          requiredForCompletion:b
        """
}

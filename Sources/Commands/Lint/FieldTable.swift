// The fields of our kinds, for `lint`: made by crds/generate.py; change that, not this.

/// A type a line, as in crds/kinds.types; lines further to the right go on with it.
enum FieldTable {
    static let text = """
        ALBRouting ingress:string ingresses:[]string servicePort:int32! rootService:string
          annotationPrefix:string stickinessConfig:StickinessConfig
        ALBStatus loadBalancer:AWSResource canaryTargetGroup:AWSResource
          stableTargetGroup:AWSResource ingress:string
        AWSResource name:string! arn:string! fullName:string
        Affinity nodeAffinity:NodeAffinity podAffinity:PodAffinity podAntiAffinity:PodAntiAffinity
        AmbassadorRouting mappings:[]string!
        AnalysisRun spec:AnalysisRunSpec! status:AnalysisRunStatus
        AnalysisRunLimits successfulRunHistoryLimit:int32 unsuccessfulRunHistoryLimit:int32
        AnalysisRunSpec metrics:[]Metric! args:[]Argument terminate:bool dryRun:[]DryRun
          measurementRetention:[]MeasurementRetention ttlStrategy:TTLStrategy
        AnalysisRunStatus phase:string! message:string metricResults:[]MetricResult startedAt:time
          completedAt:time runSummary:RunSummary dryRunSummary:RunSummary
        AnalysisTemplate spec:AnalysisTemplateSpec!
        AnalysisTemplateSpec metrics:[]Metric args:[]Argument dryRun:[]DryRun
          measurementRetention:[]MeasurementRetention templates:[]TemplateReference
        AntiAffinity preferredDuringSchedulingIgnoredDuringExecution:AntiAffinityPreference
          requiredDuringSchedulingIgnoredDuringExecution:empty
        AntiAffinityPreference weight:int32!
        ApisixRoute name:string! rules:[]string
        ApisixRouting route:ApisixRoute
        AppArmorProfile type:string! localhostProfile:string
        AppMeshNodeGroup canaryVirtualNodeRef:NameReference! stableVirtualNodeRef:NameReference!
        AppMeshRouting virtualService:AppMeshVirtualService virtualNodeGroup:AppMeshNodeGroup
        AppMeshVirtualService name:string! routes:[]string
        Argument name:string! value:string valueFrom:ArgumentSource
        ArgumentSource secretKeyRef:SecretKeyReference fieldRef:FieldReference
        Authentication sigv4:SigV4 oauth2:OAuth2 basicAuth:BasicAuth
        BackgroundAnalysis templates:[]TemplateReference args:[]RolloutArgument dryRun:[]DryRun
          measurementRetention:[]MeasurementRetention analysisRunMetadata:TemplateMetadata
          startingStep:int32
        BasicAuth username:string password:string
        BlueGreenStatus previewSelector:string activeSelector:string scaleUpPreviewCheckPoint:bool
          prePromotionAnalysisRunStatus:RunStatus postPromotionAnalysisRunStatus:RunStatus
        BlueGreenStrategy activeService:string! previewService:string previewReplicaCount:int32
          autoPromotionEnabled:bool autoPromotionSeconds:int32 maxUnavailable:intOrString
          scaleDownDelaySeconds:int32 scaleDownDelayRevisionLimit:int32
          prePromotionAnalysis:RolloutAnalysis postPromotionAnalysis:RolloutAnalysis
          antiAffinity:AntiAffinity previewMetadata:TemplateMetadata
          activeMetadata:TemplateMetadata abortScaleDownDelaySeconds:int32
        CanaryStatus weights:TrafficWeights stablePingPong:string
          currentStepAnalysisRunStatus:RunStatus currentBackgroundAnalysisRunStatus:RunStatus
          currentExperiment:string stepPluginStatuses:[]StepPluginStatus
        CanaryStep setWeight:int32 pause:RolloutPause experiment:ExperimentStep
          analysis:RolloutAnalysis setCanaryScale:SetCanaryScale setHeaderRoute:SetHeaderRoute
          setMirrorRoute:SetMirrorRoute plugin:StepPlugin
        CanaryStrategy canaryService:string stableService:string steps:[]CanaryStep
          trafficRouting:TrafficRouting maxUnavailable:intOrString maxSurge:intOrString
          analysis:BackgroundAnalysis antiAffinity:AntiAffinity canaryMetadata:TemplateMetadata
          stableMetadata:TemplateMetadata scaleDownDelaySeconds:int32
          scaleDownDelayRevisionLimit:int32 abortScaleDownDelaySeconds:int32
          dynamicStableScale:bool pingPong:PingPong minPodsPerReplicaSet:int32
          replicaProgressThreshold:ReplicaProgressThreshold
        Capabilities add:[]string drop:[]string
        CloudWatchDimension name:string value:string
        CloudWatchMetric interval:string metricDataQueries:[]CloudWatchQuery
        CloudWatchName namespace:string metricName:string dimensions:[]CloudWatchDimension
        CloudWatchQuery id:string expression:string label:string metricStat:CloudWatchStat
          period:intOrString returnData:bool
        CloudWatchStat metric:CloudWatchName period:intOrString stat:string unit:string
        ConfigMapEnvSource name:string optional:bool
        ConfigMapKeySelector name:string key:string! optional:bool
        Container name:string! image:string command:[]string args:[]string workingDir:string
          ports:[]ContainerPort envFrom:[]EnvFromSource env:[]EnvVar
          resources:ResourceRequirements resizePolicy:[]ContainerResizePolicy restartPolicy:string
          restartPolicyRules:[]ContainerRestartRule volumeMounts:[]VolumeMount
          volumeDevices:[]VolumeDevice livenessProbe:Probe readinessProbe:Probe startupProbe:Probe
          lifecycle:Lifecycle terminationMessagePath:string terminationMessagePolicy:string
          imagePullPolicy:string securityContext:SecurityContext stdin:bool stdinOnce:bool
          tty:bool
        ContainerPort name:string hostPort:int32 containerPort:int32! protocol:string
          hostIP:string
        ContainerResizePolicy resourceName:string! restartPolicy:string!
        ContainerRestartRule action:string exitCodes:ContainerRestartRuleOnExitCodes
        ContainerRestartRuleOnExitCodes operator:string values:[]int32
        DatadogMetric apiVersion:string query:string queries:map formula:string aggregator:string
          interval:string requestTimeout:string secretRef:DatadogSecret
        DatadogSecret name:string namespaced:bool
        DryRun metricName:string!
        EnvFromSource prefix:string configMapRef:ConfigMapEnvSource secretRef:SecretEnvSource
        EnvVar name:string! value:string valueFrom:EnvVarSource
        EnvVarSource fieldRef:ObjectFieldSelector resourceFieldRef:ResourceFieldSelector
          configMapKeyRef:ConfigMapKeySelector secretKeyRef:SecretKeySelector
          fileKeyRef:FileKeySelector
        EphemeralContainer name:string! image:string command:[]string args:[]string
          workingDir:string ports:[]ContainerPort envFrom:[]EnvFromSource env:[]EnvVar
          resources:ResourceRequirements resizePolicy:[]ContainerResizePolicy restartPolicy:string
          restartPolicyRules:[]ContainerRestartRule volumeMounts:[]VolumeMount
          volumeDevices:[]VolumeDevice livenessProbe:Probe readinessProbe:Probe startupProbe:Probe
          lifecycle:Lifecycle terminationMessagePath:string terminationMessagePolicy:string
          imagePullPolicy:string securityContext:SecurityContext stdin:bool stdinOnce:bool
          tty:bool targetContainerName:string
        ExecAction command:[]string
        Experiment spec:ExperimentSpec! status:ExperimentStatus
        ExperimentAnalysis name:string! templateName:string! clusterScope:bool args:[]Argument
          requiredForCompletion:bool
        ExperimentRunStatus name:string! analysisRun:string! phase:string! message:string
        ExperimentSpec templates:[]ExperimentTemplate! duration:string
          progressDeadlineSeconds:int32 terminate:bool analyses:[]ExperimentAnalysis
          scaleDownDelaySeconds:int32 dryRun:[]DryRun measurementRetention:[]MeasurementRetention
          analysisRunMetadata:TemplateMetadata
        ExperimentStatus phase:string message:string templateStatuses:[]ExperimentTemplateStatus
          availableAt:time conditions:[]RolloutCondition analysisRuns:[]ExperimentRunStatus
        ExperimentStep templates:[]ExperimentStepTemplate! duration:string
          analyses:[]ExperimentStepAnalysis dryRun:[]DryRun analysisRunMetadata:TemplateMetadata
          scaleDownDelaySeconds:int32
        ExperimentStepAnalysis name:string! templateName:string! clusterScope:bool
          args:[]RolloutArgument requiredForCompletion:bool
        ExperimentStepTemplate name:string! specRef:string! replicas:int32
          metadata:TemplateMetadata selector:LabelSelector weight:int32 service:TemplateService
        ExperimentTemplate name:string! replicas:int32 minReadySeconds:int32
          selector:LabelSelector! template:PodTemplateSpec! service:TemplateService
        ExperimentTemplateStatus name:string! replicas:int32! updatedReplicas:int32!
          readyReplicas:int32! availableReplicas:int32! collisionCount:int32 status:string
          message:string lastTransitionTime:time serviceName:string podTemplateHash:string
        FieldReference fieldPath:string!
        FileKeySelector volumeName:string! path:string! key:string! optional:bool
        GRPCAction port:int32! service:string!
        GatewayRoute name:string! useHeaderRoutes:bool
        GatewayRouting namespace:string httpRoute:string httpRoutes:[]GatewayRoute
          grpcRoute:string grpcRoutes:[]GatewayRoute tcpRoute:string tcpRoutes:[]GatewayRoute
          tlsRoute:string tlsRoutes:[]GatewayRoute
        GraphiteMetric address:string query:string
        HTTPGetAction path:string port:intOrString! host:string scheme:string
          httpHeaders:[]HTTPHeader
        HTTPHeader name:string! value:string!
        HeaderRoutingMatch headerName:string! headerValue:StringMatch!
        HostAlias ip:string! hostnames:[]string
        InfluxDBMetric query:string profile:string
        IstioDestinationRule name:string! canarySubsetName:string! stableSubsetName:string!
          additionalSubsetNames:[]string
        IstioRouting virtualService:IstioVirtualService virtualServices:[]IstioVirtualService
          destinationRule:IstioDestinationRule
        IstioVirtualService name:string! routes:[]string tlsRoutes:[]TLSRoute tcpRoutes:[]TCPRoute
        JobMetric metadata:any spec:any!
        JudgeCounts bad:string! total:string!
        JudgeLatency canary:string! stable:string! acceptableChance:intOrString
        JudgeMetric prometheus:PrometheusMetric ratio:JudgeRatio latency:JudgeLatency
          confidence:intOrString minimumRequests:intOrString patience:string window:string
        JudgeRatio canary:JudgeCounts! stable:JudgeCounts! acceptableIncrease:intOrString
          acceptableRate:intOrString
        KayentaMetric address:string application:string canaryConfigName:string
          metricsAccountName:string configurationAccountName:string storageAccountName:string
          threshold:KayentaThreshold scopes:[]KayentaScope
        KayentaScope name:string controlScope:KayentaScopeDetail
          experimentScope:KayentaScopeDetail
        KayentaScopeDetail scope:string location:string region:string step:int64 start:string
          end:string
        KayentaThreshold pass:int64 marginal:int64
        LabelSelector matchLabels:map matchExpressions:[]LabelSelectorRequirement
        LabelSelectorRequirement key:string! operator:string! values:[]string
        Lifecycle postStart:LifecycleHandler preStop:LifecycleHandler stopSignal:string
        LifecycleHandler exec:ExecAction httpGet:HTTPGetAction tcpSocket:TCPSocketAction
          sleep:SleepAction
        LocalObjectReference name:string
        ManagedRoute name:string!
        Measurement phase:string! message:string startedAt:time finishedAt:time value:string
          metadata:map resumeAt:time
        MeasurementRetention metricName:string! limit:int32!
        Metric name:string! interval:string initialDelay:string count:intOrString
          successCondition:string failureCondition:string failureLimit:intOrString
          inconclusiveLimit:intOrString consecutiveErrorLimit:intOrString
          consecutiveSuccessLimit:intOrString onNoData:string minimumSamples:intOrString
          provider:MetricProvider!
        MetricProvider prometheus:PrometheusMetric kayenta:KayentaMetric web:WebMetric
          datadog:DatadogMetric wavefront:WavefrontMetric newRelic:NewRelicMetric job:JobMetric
          cloudWatch:CloudWatchMetric graphite:GraphiteMetric influxdb:InfluxDBMetric
          skywalking:SkyWalkingMetric judge:JudgeMetric plugin:any
        MetricResult name:string! phase:string! measurements:[]Measurement message:string
          count:int32 successful:int32 failed:int32 inconclusive:int32 error:int32
          consecutiveError:int32 consecutiveSuccess:int32 waited:int32 noData:int32 dryRun:bool
          metadata:map
        NameReference name:string!
        NewRelicMetric query:string profile:string timeout:int64
        NginxRouting stableIngress:string stableIngresses:[]string annotationPrefix:string
          additionalIngressAnnotations:map canaryIngressAnnotations:map
        NodeAffinity requiredDuringSchedulingIgnoredDuringExecution:NodeSelector
          preferredDuringSchedulingIgnoredDuringExecution:[]PreferredSchedulingTerm
        NodeSelector nodeSelectorTerms:[]NodeSelectorTerm!
        NodeSelectorRequirement key:string! operator:string! values:[]string
        NodeSelectorTerm matchExpressions:[]NodeSelectorRequirement
          matchFields:[]NodeSelectorRequirement
        OAuth2 tokenUrl:string clientId:string clientSecret:string scopes:[]string
        ObjectFieldSelector apiVersion:string fieldPath:string!
        PauseCondition reason:string! startTime:time!
        PingPong pingService:string! pongService:string!
        PodAffinity requiredDuringSchedulingIgnoredDuringExecution:[]PodAffinityTerm
          preferredDuringSchedulingIgnoredDuringExecution:[]WeightedPodAffinityTerm
        PodAffinityTerm labelSelector:LabelSelector namespaces:[]string topologyKey:string!
          namespaceSelector:LabelSelector matchLabelKeys:[]string mismatchLabelKeys:[]string
        PodAntiAffinity requiredDuringSchedulingIgnoredDuringExecution:[]PodAffinityTerm
          preferredDuringSchedulingIgnoredDuringExecution:[]WeightedPodAffinityTerm
        PodDNSConfig nameservers:[]string searches:[]string options:[]PodDNSConfigOption
        PodDNSConfigOption name:string value:string
        PodOS name:string!
        PodReadinessGate conditionType:string!
        PodResourceClaim name:string! resourceClaimName:string resourceClaimTemplateName:string
        PodSchedulingGate name:string!
        PodSecurityContext seLinuxOptions:SELinuxOptions
          windowsOptions:WindowsSecurityContextOptions runAsUser:int64 runAsGroup:int64
          runAsNonRoot:bool supplementalGroups:[]int64 supplementalGroupsPolicy:string
          fsGroup:int64 sysctls:[]Sysctl fsGroupChangePolicy:string seccompProfile:SeccompProfile
          appArmorProfile:AppArmorProfile seLinuxChangePolicy:string
        PodSpec volumes:[]Volume initContainers:[]Container containers:[]Container!
          ephemeralContainers:[]EphemeralContainer restartPolicy:string
          terminationGracePeriodSeconds:int64 activeDeadlineSeconds:int64 dnsPolicy:string
          nodeSelector:map serviceAccountName:string serviceAccount:string
          automountServiceAccountToken:bool nodeName:string hostNetwork:bool hostPID:bool
          hostIPC:bool shareProcessNamespace:bool securityContext:PodSecurityContext
          imagePullSecrets:[]LocalObjectReference hostname:string subdomain:string
          affinity:Affinity schedulerName:string tolerations:[]Toleration hostAliases:[]HostAlias
          priorityClassName:string priority:int32 dnsConfig:PodDNSConfig
          readinessGates:[]PodReadinessGate runtimeClassName:string enableServiceLinks:bool
          preemptionPolicy:string overhead:quantities
          topologySpreadConstraints:[]TopologySpreadConstraint setHostnameAsFQDN:bool os:PodOS
          hostUsers:bool schedulingGates:[]PodSchedulingGate resourceClaims:[]PodResourceClaim
          resources:ResourceRequirements hostnameOverride:string
        PodTemplateSpec metadata:ObjectMeta spec:PodSpec
        PreferredSchedulingTerm weight:int32! preference:NodeSelectorTerm
        Probe exec:ExecAction httpGet:HTTPGetAction tcpSocket:TCPSocketAction grpc:GRPCAction
          initialDelaySeconds:int32 timeoutSeconds:int32 periodSeconds:int32
          successThreshold:int32 failureThreshold:int32 terminationGracePeriodSeconds:int64
        PrometheusMetric address:string query:string authentication:Authentication timeout:int64
          insecure:bool headers:[]WebHeader rangeQuery:PrometheusRange
        PrometheusRange start:string end:string step:string
        ReplicaProgressThreshold type:string! value:int32!
        ResourceClaim name:string! request:string
        ResourceFieldSelector containerName:string resource:string! divisor:quantity!
        ResourceRequirements limits:quantities requests:quantities claims:[]ResourceClaim
        RollbackWindow revisions:int32
        Rollout spec:RolloutSpec status:RolloutStatus
        RolloutAnalysis templates:[]TemplateReference args:[]RolloutArgument dryRun:[]DryRun
          measurementRetention:[]MeasurementRetention analysisRunMetadata:TemplateMetadata
        RolloutArgument name:string! value:string valueFrom:RolloutArgumentSource
        RolloutArgumentSource podTemplateHashValue:string fieldRef:FieldReference
        RolloutCondition type:string! status:string! reason:string! message:string!
          lastUpdateTime:time! lastTransitionTime:time!
        RolloutDuration rolloutStartedAt:time manualPauseStartedAt:time
          totalManualPauseDurationSeconds:int64 finishedAt:time completionStatus:string
        RolloutPause duration:intOrString
        RolloutSpec replicas:int32 selector:LabelSelector template:PodTemplateSpec
          workloadRef:WorkloadRef minReadySeconds:int32 rollbackWindow:RollbackWindow
          strategy:RolloutStrategy revisionHistoryLimit:int32 paused:bool
          progressDeadlineSeconds:int32 progressDeadlineAbort:bool restartAt:time
          analysis:AnalysisRunLimits
        RolloutStatus abort:bool abortedAt:time pauseConditions:[]PauseCondition
          controllerPause:bool currentPodHash:string currentStepHash:string currentStepIndex:int32
          collisionCount:int32 observedGeneration:string workloadObservedGeneration:string
          replicas:int32 updatedReplicas:int32 readyReplicas:int32 availableReplicas:int32
          HPAReplicas:int32 selector:string stableRS:string restartedAt:time promoteFull:bool
          phase:string message:string conditions:[]RolloutCondition canary:CanaryStatus
          blueGreen:BlueGreenStatus alb:ALBStatus albs:[]ALBStatus duration:RolloutDuration
        RolloutStrategy blueGreen:BlueGreenStrategy canary:CanaryStrategy
        RouteMatch method:StringMatch path:StringMatch headers:map(StringMatch)
        RunStatus name:string! status:string! message:string
        RunSummary count:int32 successful:int32 failed:int32 inconclusive:int32 error:int32
        SELinuxOptions user:string role:string type:string level:string
        SMIRouting rootService:string trafficSplitName:string
        SeccompProfile type:string! localhostProfile:string
        SecretEnvSource name:string optional:bool
        SecretKeyReference name:string! key:string!
        SecretKeySelector name:string key:string! optional:bool
        SecurityContext capabilities:Capabilities privileged:bool seLinuxOptions:SELinuxOptions
          windowsOptions:WindowsSecurityContextOptions runAsUser:int64 runAsGroup:int64
          runAsNonRoot:bool readOnlyRootFilesystem:bool allowPrivilegeEscalation:bool
          procMount:string seccompProfile:SeccompProfile appArmorProfile:AppArmorProfile
        SetCanaryScale weight:int32 replicas:int32 matchTrafficWeight:bool
        SetHeaderRoute name:string match:[]HeaderRoutingMatch
        SetMirrorRoute name:string! match:[]RouteMatch percentage:int32
        SigV4 region:string profile:string roleArn:string
        SkyWalkingMetric address:string query:string interval:string
        SleepAction seconds:int64!
        StepPlugin name:string! config:any
        StepPluginStatus index:int32! name:string! operation:string phase:string message:string
          startedAt:time updatedAt:time finishedAt:time backoff:string executions:int32
          disabled:bool status:any
        StickinessConfig enabled:bool! durationSeconds:int64!
        StringMatch exact:string prefix:string regex:string
        Sysctl name:string! value:string!
        TCPRoute port:int64
        TCPSocketAction port:intOrString! host:string
        TLSRoute port:int64 sniHosts:[]string
        TTLStrategy secondsAfterCompletion:int32 secondsAfterFailure:int32
          secondsAfterSuccess:int32
        TemplateMetadata labels:map annotations:map
        TemplateReference templateName:string clusterScope:bool
        TemplateService name:string
        Toleration key:string operator:string value:string effect:string tolerationSeconds:int64
        TopologySpreadConstraint maxSkew:int32! topologyKey:string! whenUnsatisfiable:string!
          labelSelector:LabelSelector minDomains:int32 nodeAffinityPolicy:string
          nodeTaintsPolicy:string matchLabelKeys:[]string
        TraefikRouting weightedTraefikServiceName:string!
        TrafficRouting istio:IstioRouting nginx:NginxRouting alb:ALBRouting smi:SMIRouting
          ambassador:AmbassadorRouting appMesh:AppMeshRouting traefik:TraefikRouting
          apisix:ApisixRouting gatewayAPI:GatewayRouting managedRoutes:[]ManagedRoute
          maxTrafficWeight:int32 plugins:any
        TrafficWeights canary:WeightDestination! stable:WeightDestination!
          additional:[]WeightDestination verified:bool
        VolumeDevice name:string! devicePath:string!
        VolumeMount name:string! readOnly:bool recursiveReadOnly:string mountPath:string!
          subPath:string mountPropagation:string subPathExpr:string
        WavefrontMetric address:string query:string
        WebHeader key:string! value:string!
        WebMetric method:string url:string! headers:[]WebHeader body:string timeoutSeconds:int64
          jsonPath:string insecure:bool jsonBody:any authentication:Authentication
        WeightDestination weight:int32! serviceName:string podTemplateHash:string
        WeightedPodAffinityTerm weight:int32! podAffinityTerm:PodAffinityTerm
        WindowsSecurityContextOptions gmsaCredentialSpecName:string gmsaCredentialSpec:string
          runAsUserName:string hostProcess:bool
        WorkloadRef apiVersion:string kind:string name:string scaleDown:string
        """
}

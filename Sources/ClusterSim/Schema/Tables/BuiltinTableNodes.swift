// Built-in types, part Nodes: see BuiltinSchemas for the notation.

extension BuiltinSchemas {
    /// Types of node.v1, certificates.v1, flowcontrol.v1, 
    /// after the OpenAPI document published for Kubernetes 1.36.
    static let nodesTable = #"""
        @ node.v1.Overhead: Overhead structure represents the resource overhead associated with running a
            pod.
        podFixed {Quantity}: podFixed represents the fixed resource overhead associated with running a pod.
        @ node.v1.RuntimeClass kind=node.k8s.io/v1 list: RuntimeClass defines a class of container runtime
            supported in the cluster.
        handler! string: handler specifies the underlying runtime and configuration that the CRI
            implementation will use to handle pods of this class.
        metadata meta.v1.ObjectMeta: More info:
            https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata
        overhead? Overhead: overhead represents the resource overhead associated with running a pod for a
            given RuntimeClass.
        scheduling? Scheduling: scheduling holds the scheduling constraints to ensure that pods running with
            this RuntimeClass are scheduled to nodes that …
        @ node.v1.Scheduling: Scheduling specifies the scheduling constraints for nodes supporting a
            RuntimeClass.
        nodeSelector {string} atomic: nodeSelector lists labels that must be present on nodes that support
            this RuntimeClass.
        tolerations [core.v1.Toleration] atomic: tolerations are appended (excluding duplicates) to pods
            running with this RuntimeClass during admission, effectively unioning the …
        @ certificates.v1.CertificateSigningRequest kind=certificates.k8s.io/v1 list:
            CertificateSigningRequest objects provide a mechanism to obtain x509 certificates by submitting
            a certificate signing request, and having it …
        metadata meta.v1.ObjectMeta
        spec! CertificateSigningRequestSpec: spec contains the certificate request, and is immutable after
            creation.
        status CertificateSigningRequestStatus: status contains information about whether the request is
            approved or denied, and the certificate issued by the signer, or the …
        @ certificates.v1.CertificateSigningRequestCondition: CertificateSigningRequestCondition describes a
            condition of a CertificateSigningRequest object
        lastTransitionTime? meta.v1.Time: lastTransitionTime is the time the condition last transitioned
            from one status to another.
        lastUpdateTime? meta.v1.Time: lastUpdateTime is the time of the last update to this condition
        message string: message contains a human readable message with details about the request state
        reason string: reason indicates a brief reason for the request state
        status! string: status of the condition, one of True, False, Unknown.
        type! string: type of the condition.
        @ certificates.v1.CertificateSigningRequestSpec: CertificateSigningRequestSpec contains the
            certificate request.
        expirationSeconds int32: expirationSeconds is the requested duration of validity of the issued
            certificate.
        extra {[string]}: extra contains extra attributes of the user that created the
            CertificateSigningRequest.
        groups [string] atomic: groups contains group membership of the user that created the
            CertificateSigningRequest.
        request! bytes: request contains an x509 certificate signing request encoded in a "CERTIFICATE
            REQUEST" PEM block.
        signerName! string: signerName indicates the requested signer, and is a qualified name.
        uid string: uid contains the uid of the user that created the CertificateSigningRequest.
        usages [string] atomic: usages specifies a set of key usages requested in the issued certificate.
        username string: username contains the name of the user that created the CertificateSigningRequest.
        @ certificates.v1.CertificateSigningRequestStatus: CertificateSigningRequestStatus contains
            conditions used to indicate approved/denied/failed status of the request, and the issued
            certificate.
        certificate bytes: certificate is populated with an issued certificate by the signer after an
            Approved condition is present.
        conditions [CertificateSigningRequestCondition] map=type: conditions applied to the request.
        @ flowcontrol.v1.ExemptPriorityLevelConfiguration: ExemptPriorityLevelConfiguration describes the
            configurable aspects of the handling of exempt requests.
        lendablePercent int32: `lendablePercent` prescribes the fraction of the level's NominalCL that can
            be borrowed by other priority levels.
        nominalConcurrencyShares int32: `nominalConcurrencyShares` (NCS) contributes to the computation of
            the NominalConcurrencyLimit (NominalCL) of this level.
        @ flowcontrol.v1.FlowDistinguisherMethod: FlowDistinguisherMethod specifies the method of a flow
            distinguisher.
        type! string: `type` is the type of flow distinguisher method The supported types are "ByUser" and
            "ByNamespace".
        @ flowcontrol.v1.FlowSchema kind=flowcontrol.apiserver.k8s.io/v1 list: FlowSchema defines the schema
            of a group of flows.
        metadata meta.v1.ObjectMeta: `metadata` is the standard object's metadata.
        spec FlowSchemaSpec: `spec` is the specification of the desired behavior of a FlowSchema.
        status FlowSchemaStatus: `status` is the current status of a FlowSchema.
        @ flowcontrol.v1.FlowSchemaCondition: FlowSchemaCondition describes conditions for a FlowSchema.
        lastTransitionTime? meta.v1.Time: `lastTransitionTime` is the last time the condition transitioned
            from one status to another.
        message string: `message` is a human-readable message indicating details about last transition.
        reason string: `reason` is a unique, one-word, CamelCase reason for the condition's last transition.
        status string: `status` is the status of the condition.
        type string: `type` is the type of the condition.
        @ flowcontrol.v1.FlowSchemaSpec: FlowSchemaSpec describes how the FlowSchema's specification looks
            like.
        distinguisherMethod? FlowDistinguisherMethod: `distinguisherMethod` defines how to compute the flow
            distinguisher for requests that match this schema.
        matchingPrecedence int32: `matchingPrecedence` is used to choose among the FlowSchemas that match a
            given request.
        priorityLevelConfiguration!? PriorityLevelConfigurationReference: `priorityLevelConfiguration`
            should reference a PriorityLevelConfiguration in the cluster.
        rules [PolicyRulesWithSubjects] atomic: `rules` describes which requests will match this flow
            schema.
        @ flowcontrol.v1.FlowSchemaStatus: FlowSchemaStatus represents the current state of a FlowSchema.
        conditions [FlowSchemaCondition] map=type merge=type: `conditions` is a list of the current states
            of FlowSchema.
        @ flowcontrol.v1.GroupSubject: GroupSubject holds detailed information for group-kind subject.
        name! string: name is the user group that matches, or "*" to match all user groups.
        @ flowcontrol.v1.LimitResponse
            unions=[{"discriminator":"type","fields-to-discriminateBy":{"queuing":"Queuing"}}]:
            LimitResponse defines how to handle requests that can not be executed right now.
        queuing? QueuingConfiguration: `queuing` holds the configuration parameters for queuing.
        type! string: `type` is "Queue" or "Reject".
        @ flowcontrol.v1.LimitedPriorityLevelConfiguration: LimitedPriorityLevelConfiguration specifies how
            to handle requests that are subject to limits.
        borrowingLimitPercent int32: `borrowingLimitPercent`, if present, configures a limit on how many
            seats this priority level can borrow from other priority …
        lendablePercent int32: `lendablePercent` prescribes the fraction of the level's NominalCL that can
            be borrowed by other priority levels.
        limitResponse? LimitResponse: `limitResponse` indicates what to do with requests that can not be
            executed right now
        nominalConcurrencyShares int32: `nominalConcurrencyShares` (NCS) contributes to the computation of
            the NominalConcurrencyLimit (NominalCL) of this level.
        @ flowcontrol.v1.NonResourcePolicyRule: NonResourcePolicyRule is a predicate that matches
            non-resource requests according to their verb and the target non-resource URL.
        nonResourceURLs! [string] set: `nonResourceURLs` is a set of url prefixes that a user should have
            access to and may not be empty.
        verbs! [string] set: `verbs` is a list of matching verbs and may not be empty.
        @ flowcontrol.v1.PolicyRulesWithSubjects: PolicyRulesWithSubjects prescribes a test that applies to
            a request to an apiserver.
        nonResourceRules [NonResourcePolicyRule] atomic: `nonResourceRules` is a list of
            NonResourcePolicyRules that identify matching requests according to their verb and the target …
        resourceRules [ResourcePolicyRule] atomic: `resourceRules` is a slice of ResourcePolicyRules that
            identify matching requests according to their verb and the target resource.
        subjects! [Subject] atomic: subjects is the list of normal user, serviceaccount, or group that this
            rule cares about.
        @ flowcontrol.v1.PriorityLevelConfiguration kind=flowcontrol.apiserver.k8s.io/v1 list:
            PriorityLevelConfiguration represents the configuration of a priority level.
        metadata meta.v1.ObjectMeta: `metadata` is the standard object's metadata.
        spec PriorityLevelConfigurationSpec: `spec` is the specification of the desired behavior of a
            "request-priority".
        status PriorityLevelConfigurationStatus: `status` is the current status of a "request-priority".
        @ flowcontrol.v1.PriorityLevelConfigurationCondition: PriorityLevelConfigurationCondition defines
            the condition of priority level.
        lastTransitionTime? meta.v1.Time: `lastTransitionTime` is the last time the condition transitioned
            from one status to another.
        message string: `message` is a human-readable message indicating details about last transition.
        reason string: `reason` is a unique, one-word, CamelCase reason for the condition's last transition.
        status string: `status` is the status of the condition.
        type string: `type` is the type of the condition.
        @ flowcontrol.v1.PriorityLevelConfigurationReference: PriorityLevelConfigurationReference contains
            information that points to the "request-priority" being used.
        name! string: `name` is the name of the priority level configuration being referenced Required.
        @ flowcontrol.v1.PriorityLevelConfigurationSpec
            unions=[{"discriminator":"type","fields-to-discriminateBy":{"exempt":"Exempt","limited":"Limited"}}]:
            PriorityLevelConfigurationSpec specifies the configuration of a priority level.
        exempt? ExemptPriorityLevelConfiguration: `exempt` specifies how requests are handled for an exempt
            priority level.
        limited? LimitedPriorityLevelConfiguration: `limited` specifies how requests are handled for a
            Limited priority level.
        type! string: `type` indicates whether this priority level is subject to limitation on request
            execution.
        @ flowcontrol.v1.PriorityLevelConfigurationStatus: PriorityLevelConfigurationStatus represents the
            current state of a "request-priority".
        conditions [PriorityLevelConfigurationCondition] map=type merge=type: `conditions` is the current
            state of "request-priority".
        @ flowcontrol.v1.QueuingConfiguration: QueuingConfiguration holds the configuration parameters for
            queuing
        handSize int32: `handSize` is a small positive number that configures the shuffle sharding of
            requests into queues.
        queueLengthLimit int32: `queueLengthLimit` is the maximum number of requests allowed to be waiting
            in a given queue of this priority level at a time …
        queues int32: `queues` is the number of queues for this priority level.
        @ flowcontrol.v1.ResourcePolicyRule: ResourcePolicyRule is a predicate that matches some resource
            requests, testing the request's verb and the target resource.
        apiGroups! [string] set: `apiGroups` is a list of matching API groups and may not be empty.
        clusterScope boolean: `clusterScope` indicates whether to match requests that do not specify a
            namespace (which happens either because the resource is …
        namespaces [string] set: `namespaces` is a list of target namespaces that restricts matches.
        resources! [string] set: `resources` is a list of matching resources (i.e., lowercase and plural)
            with, if desired, subresource.
        verbs! [string] set: `verbs` is a list of matching verbs and may not be empty.
        @ flowcontrol.v1.ServiceAccountSubject: ServiceAccountSubject holds detailed information for
            service-account-kind subject.
        name! string: `name` is the name of matching ServiceAccount objects, or "*" to match regardless of
            name.
        namespace! string: `namespace` is the namespace of matching ServiceAccount objects.
        @ flowcontrol.v1.Subject
            unions=[{"discriminator":"kind","fields-to-discriminateBy":{"group":"Group","serviceAccount":"ServiceAccount","user":"User"}}]:
            Subject matches the originator of a request, as identified by the request authentication system.
        group? GroupSubject: `group` matches based on user group name.
        kind! string: `kind` indicates which one of the other fields is non-empty.
        serviceAccount? ServiceAccountSubject: `serviceAccount` matches ServiceAccounts.
        user? UserSubject: `user` matches based on username.
        @ flowcontrol.v1.UserSubject: UserSubject holds detailed information for user-kind subject.
        name! string: `name` is the username that matches, or "*" to match all usernames.
        """#
}

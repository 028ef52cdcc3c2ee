// Built-in types, part Extension: see BuiltinSchemas for the notation.

extension BuiltinSchemas {
    /// Types of apiextensions.v1, apiregistration.v1, admissionregistration.v1, 
    /// after the OpenAPI document published for Kubernetes 1.36.
    static let extensionTable = #"""
        @ apiextensions.v1.CustomResourceColumnDefinition: CustomResourceColumnDefinition specifies a column
            for server side printing.
        description string: description is a human readable description of this column.
        format string: format is an optional OpenAPI type definition for this column.
        jsonPath! string: jsonPath is a simple JSON path (i.e. with array notation) which is evaluated
            against each custom resource to produce the value …
        name! string: name is a human readable name for the column.
        priority int32: priority is an integer defining the relative importance of this column compared to
            others.
        type! string: type is an OpenAPI type definition for this column.
        @ apiextensions.v1.CustomResourceConversion: CustomResourceConversion describes how to convert
            different versions of a CR.
        strategy! string: strategy specifies how custom resources are converted between versions.
        webhook? WebhookConversion: webhook describes how to call the conversion webhook.
        @ apiextensions.v1.CustomResourceDefinition kind=apiextensions.k8s.io/v1 list:
            CustomResourceDefinition represents a resource that should be exposed on the API server.
        metadata meta.v1.ObjectMeta: Standard object's metadata More info:
            https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata
        spec! CustomResourceDefinitionSpec: spec describes how the user wants the resources to appear
        status CustomResourceDefinitionStatus: status indicates the actual state of the
            CustomResourceDefinition
        @ apiextensions.v1.CustomResourceDefinitionCondition: CustomResourceDefinitionCondition contains
            details for the current condition of this pod.
        lastTransitionTime meta.v1.Time: lastTransitionTime last time the condition transitioned from one
            status to another.
        message string: message is a human-readable message indicating details about last transition.
        observedGeneration int64: observedGeneration represents the .metadata.generation that the condition
            was set based upon.
        reason string: reason is a unique, one-word, CamelCase reason for the condition's last transition.
        status! string: status is the status of the condition.
        type! string: type is the type of the condition.
        @ apiextensions.v1.CustomResourceDefinitionNames: CustomResourceDefinitionNames indicates the names
            to serve this CustomResourceDefinition
        categories [string] atomic: categories is a list of grouped resources this custom resource belongs
            to (e.g. 'all'). This is published in API discovery …
        kind! string: kind is the serialized kind of the resource.
        listKind string: listKind is the serialized kind of the list for this resource.
        plural! string: plural is the plural name of the resource to serve.
        shortNames [string] atomic: shortNames are short names for the resource, exposed in API discovery
            documents, and used by clients to support invocations like …
        singular string: singular is the singular name of the resource.
        @ apiextensions.v1.CustomResourceDefinitionSpec: CustomResourceDefinitionSpec describes how a user
            wants their resource to appear
        conversion? CustomResourceConversion: conversion defines conversion settings for the CRD.
        group! string: group is the API group of the defined custom resource.
        names! CustomResourceDefinitionNames: names specify the resource and kind names for the custom
            resource.
        preserveUnknownFields boolean: preserveUnknownFields indicates that object fields which are not
            specified in the OpenAPI schema should be preserved when …
        scope! string: scope indicates whether the defined custom resource is cluster- or namespace-scoped.
        versions! [CustomResourceDefinitionVersion] atomic: versions is the list of all API versions of the
            defined custom resource.
        @ apiextensions.v1.CustomResourceDefinitionStatus: CustomResourceDefinitionStatus indicates the
            state of the CustomResourceDefinition
        acceptedNames CustomResourceDefinitionNames: acceptedNames are the names that are actually being
            used to serve discovery.
        conditions& [CustomResourceDefinitionCondition] map=type: conditions indicate state for particular
            aspects of a CustomResourceDefinition
        observedGeneration int64: The generation observed by the CRD controller.
        storedVersions& [string] atomic: storedVersions lists all versions of CustomResources that were ever
            persisted.
        @ apiextensions.v1.CustomResourceDefinitionVersion: CustomResourceDefinitionVersion describes a
            version for CRD.
        additionalPrinterColumns [CustomResourceColumnDefinition] atomic: additionalPrinterColumns specifies
            additional columns returned in Table output.
        deprecated boolean: deprecated indicates this version of the custom resource API is deprecated.
        deprecationWarning? string: deprecationWarning overrides the default warning returned to API
            clients.
        name! string: name is the version name, e.g. “v1”, “v2beta1”, etc. The custom resources are served
            under this version at …
        schema? CustomResourceValidation: schema describes the schema used for validation, pruning, and
            defaulting of this version of the custom resource.
        selectableFields [SelectableField] atomic: selectableFields specifies paths to fields that may be
            used as field selectors.
        served! boolean: served is a flag enabling/disabling this version from being served via REST APIs
        storage! boolean: storage indicates this version should be used when persisting custom resources to
            storage.
        subresources? CustomResourceSubresources: subresources specify what subresources this version of the
            defined custom resource have.
        @ apiextensions.v1.CustomResourceSubresourceScale: CustomResourceSubresourceScale defines how to
            serve the scale subresource for CustomResources.
        labelSelectorPath? string: labelSelectorPath defines the JSON path inside of a custom resource that
            corresponds to Scale `status.selector`.
        specReplicasPath! string: specReplicasPath defines the JSON path inside of a custom resource that
            corresponds to Scale `spec.replicas`.
        statusReplicasPath! string: statusReplicasPath defines the JSON path inside of a custom resource
            that corresponds to Scale `status.replicas`.
        @ apiextensions.v1.CustomResourceSubresourceStatus type=any: CustomResourceSubresourceStatus defines
            how to serve the status subresource for CustomResources.
        @ apiextensions.v1.CustomResourceSubresources: CustomResourceSubresources defines the status and
            scale subresources for CustomResources.
        scale? CustomResourceSubresourceScale: scale indicates the custom resource should serve a `/scale`
            subresource that returns an `autoscaling/v1` Scale object.
        status CustomResourceSubresourceStatus: status indicates the custom resource should serve a
            `/status` subresource.
        @ apiextensions.v1.CustomResourceValidation: CustomResourceValidation is a list of validation
            methods for CustomResources.
        openAPIV3Schema? JSONSchemaProps: openAPIV3Schema is the OpenAPI v3 schema to use for validation and
            pruning.
        @ apiextensions.v1.ExternalDocumentation: ExternalDocumentation allows referencing an external
            resource for extended documentation.
        description string
        url string
        @ apiextensions.v1.JSON type=any: JSON represents any valid JSON value.
        @ apiextensions.v1.JSONSchemaProps: JSONSchemaProps is a JSON-Schema following Specification Draft 4
            (http://json-schema.org/).
        $ref string
        $schema string
        additionalItems? JSONSchemaPropsOrBool
        additionalProperties? JSONSchemaPropsOrBool
        allOf [JSONSchemaProps] atomic
        anyOf [JSONSchemaProps] atomic
        default? JSON: default is a default value for undefined object fields.
        definitions {JSONSchemaProps}
        dependencies {JSONSchemaPropsOrStringArray}
        description string
        enum [JSON] atomic
        example? JSON
        exclusiveMaximum boolean
        exclusiveMinimum boolean
        externalDocs? ExternalDocumentation
        format string: format is an OpenAPI v3 format string.
        id string
        items? JSONSchemaPropsOrArray
        maxItems? int64
        maxLength? int64
        maxProperties? int64
        maximum? double
        minItems? int64
        minLength? int64
        minProperties? int64
        minimum? double
        multipleOf? double
        not? JSONSchemaProps
        nullable boolean
        oneOf [JSONSchemaProps] atomic
        pattern string
        patternProperties {JSONSchemaProps}
        properties {JSONSchemaProps}
        required [string] atomic
        title string
        type string
        uniqueItems boolean
        x-kubernetes-embedded-resource boolean: x-kubernetes-embedded-resource defines that the value is an
            embedded Kubernetes runtime.Object, with TypeMeta and ObjectMeta.
        x-kubernetes-int-or-string boolean: x-kubernetes-int-or-string specifies that this value is either
            an integer or a string.
        x-kubernetes-list-map-keys [string] atomic: x-kubernetes-list-map-keys annotates an array with the
            x-kubernetes-list-type `map` by specifying the keys used as the index of …
        x-kubernetes-list-type? string: x-kubernetes-list-type annotates an array to further describe its
            topology.
        x-kubernetes-map-type? string: x-kubernetes-map-type annotates an object to further describe its
            topology.
        x-kubernetes-preserve-unknown-fields? boolean: x-kubernetes-preserve-unknown-fields stops the API
            server decoding step from pruning fields which are not specified in the …
        x-kubernetes-validations [ValidationRule] map=rule merge=rule: x-kubernetes-validations describes a
            list of validation rules written in the CEL expression language.
        @ apiextensions.v1.JSONSchemaPropsOrArray type=any: JSONSchemaPropsOrArray represents a value that
            can either be a JSONSchemaProps or an array of JSONSchemaProps.
        @ apiextensions.v1.JSONSchemaPropsOrBool type=any: JSONSchemaPropsOrBool represents JSONSchemaProps
            or a boolean value.
        @ apiextensions.v1.JSONSchemaPropsOrStringArray type=any: JSONSchemaPropsOrStringArray represents a
            JSONSchemaProps or a string array.
        @ apiextensions.v1.SelectableField: SelectableField specifies the JSON path of a field that may be
            used with field selectors.
        jsonPath! string: jsonPath is a simple JSON path which is evaluated against each custom resource to
            produce a field selector value.
        @ apiextensions.v1.ServiceReference: ServiceReference holds a reference to Service.legacy.k8s.io
        name! string: name is the name of the service.
        namespace! string: namespace is the namespace of the service.
        path? string: path is an optional URL path at which the webhook will be contacted.
        port? int32: port is an optional service port at which the webhook will be contacted.
        @ apiextensions.v1.ValidationRule: ValidationRule describes a validation rule written in the CEL
            expression language.
        fieldPath string: fieldPath represents the field path returned when the validation fails.
        message string: Message represents the message displayed when validation fails.
        messageExpression string: MessageExpression declares a CEL expression that evaluates to the
            validation failure message that is returned when this rule …
        optionalOldSelf? boolean: optionalOldSelf is used to opt a transition rule into evaluation even when
            the object is first created, or if the old object is …
        reason? string: reason provides a machine-readable validation failure reason that is returned to the
            caller when a request fails this validation …
        rule! string: Rule represents the expression which will be evaluated by CEL. ref:
            https://github.com/google/cel-spec The Rule is scoped to the …
        @ apiextensions.v1.WebhookClientConfig: WebhookClientConfig contains the information to make a TLS
            connection with the webhook.
        caBundle bytes: caBundle is a PEM encoded CA bundle which will be used to validate the webhook's
            server certificate.
        service? ServiceReference: service is a reference to the service for this webhook.
        url? string: url gives the location of the webhook, in standard URL form
            (`scheme://host:port/path`).
        @ apiextensions.v1.WebhookConversion: WebhookConversion describes how to call a conversion webhook
        clientConfig? WebhookClientConfig: clientConfig is the instructions for how to call the webhook if
            strategy is `Webhook`.
        conversionReviewVersions! [string] atomic: conversionReviewVersions is an ordered list of preferred
            `ConversionReview` versions the Webhook expects.
        @ apiregistration.v1.APIService kind=apiregistration.k8s.io/v1 list: APIService represents a server
            for a particular GroupVersion.
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        spec APIServiceSpec: Spec contains information for locating and communicating with a server
        status APIServiceStatus: Status contains derived information about an API server
        @ apiregistration.v1.APIServiceCondition: APIServiceCondition describes the state of an APIService
            at a particular point
        lastTransitionTime meta.v1.Time: Last time the condition transitioned from one status to another.
        message string: Human-readable message indicating details about last transition.
        reason string: Unique, one-word, CamelCase reason for the condition's last transition.
        status! string: Status is the status of the condition.
        type! string: Type is the type of the condition.
        @ apiregistration.v1.APIServiceSpec: APIServiceSpec contains information for locating and
            communicating with a server.
        caBundle bytes atomic: CABundle is a PEM encoded CA bundle which will be used to validate an API
            server's serving certificate.
        group string: Group is the API group name this server hosts
        groupPriorityMinimum! int32: GroupPriorityMinimum is the priority this group should have at least.
        insecureSkipTLSVerify boolean: InsecureSkipTLSVerify disables TLS certificate verification when
            communicating with this server.
        service? ServiceReference: Service is a reference to the service for this API server.
        version string: Version is the API version this server hosts.
        versionPriority! int32: VersionPriority controls the ordering of this API version inside of its
            group.
        @ apiregistration.v1.APIServiceStatus: APIServiceStatus contains derived information about an API
            server
        conditions [APIServiceCondition] map=type merge=type: Current service state of apiService.
        @ apiregistration.v1.ServiceReference: ServiceReference holds a reference to Service.legacy.k8s.io
        name string: Name is the name of the service
        namespace string: Namespace is the namespace of the service
        port? int32: If specified, the port on the service that hosting webhook.
        @ admissionregistration.v1.ApplyConfiguration: ApplyConfiguration defines the desired configuration
            values of an object.
        expression string: expression will be evaluated by CEL to create an apply configuration. ref:
            https://github.com/google/cel-spec Apply …
        @ admissionregistration.v1.AuditAnnotation: AuditAnnotation describes how to produce an audit
            annotation for an API request.
        key! string: key specifies the audit annotation key.
        valueExpression! string: valueExpression represents the expression which is evaluated by CEL to
            produce an audit annotation value.
        @ admissionregistration.v1.ExpressionWarning: ExpressionWarning is a warning information that
            targets a specific expression.
        fieldRef! string: fieldRef is the path to the field that refers to the expression.
        warning! string: warning contains the content of type checking information in a human-readable form.
        @ admissionregistration.v1.JSONPatch: JSONPatch defines a JSON Patch.
        expression string: expression will be evaluated by CEL to create a [JSON
            patch](https://jsonpatch.com/). ref: https://github.com/google/cel-spec …
        @ admissionregistration.v1.MatchCondition: MatchCondition represents a condition which must by
            fulfilled for a request to be sent to a webhook.
        expression! string: expression represents the expression which will be evaluated by CEL.
        name! string: name is an identifier for this match condition, used for strategic merging of
            MatchConditions, as well as providing an identifier …
        @ admissionregistration.v1.MatchResources atomic: MatchResources decides whether to run the
            admission control policy on an object based on whether it meets the match criteria.
        excludeResourceRules [NamedRuleWithOperations] atomic: excludeResourceRules describes what
            operations on what resources/subresources the ValidatingAdmissionPolicy should not care about.
        matchPolicy string: matchPolicy defines how the "MatchResources" list is used to match incoming
            requests.
        namespaceSelector? meta.v1.LabelSelector: namespaceSelector decides whether to run the admission
            control policy on an object based on whether the namespace for that object …
        objectSelector? meta.v1.LabelSelector: objectSelector decides whether to run the validation based on
            if the object has matching labels. objectSelector is evaluated …
        resourceRules [NamedRuleWithOperations] atomic: resourceRules describes what operations on what
            resources/subresources the ValidatingAdmissionPolicy matches.
        @ admissionregistration.v1.MutatingAdmissionPolicy kind=admissionregistration.k8s.io/v1 list:
            MutatingAdmissionPolicy describes the definition of an admission mutation policy that mutates
            the object coming into admission chain.
        metadata meta.v1.ObjectMeta: metadata is the standard object metadata; More info …
        spec MutatingAdmissionPolicySpec: spec defines the desired behavior of the MutatingAdmissionPolicy.
        @ admissionregistration.v1.MutatingAdmissionPolicyBinding kind=admissionregistration.k8s.io/v1 list:
            MutatingAdmissionPolicyBinding binds the MutatingAdmissionPolicy with parametrized resources.
        metadata meta.v1.ObjectMeta: metadata is the standard object metadata; More info …
        spec MutatingAdmissionPolicyBindingSpec: spec defines the desired behavior of the
            MutatingAdmissionPolicyBinding.
        @ admissionregistration.v1.MutatingAdmissionPolicyBindingSpec: MutatingAdmissionPolicyBindingSpec
            defines the specification of the MutatingAdmissionPolicyBinding.
        matchResources? MatchResources: matchResources limits what resources match this binding and may be
            mutated by it.
        paramRef? ParamRef: paramRef specifies the parameter resource used to configure the admission
            control policy.
        policyName string: policyName references a MutatingAdmissionPolicy name which the
            MutatingAdmissionPolicyBinding binds to.
        @ admissionregistration.v1.MutatingAdmissionPolicySpec: MutatingAdmissionPolicySpec defines the
            desired behavior of the admission policy.
        failurePolicy string: failurePolicy defines how to handle failures for the admission policy.
        matchConditions [MatchCondition] map=name merge=name: matchConditions is a list of conditions that
            must be met for a request to be validated.
        matchConstraints? MatchResources: matchConstraints specifies what resources this policy is designed
            to validate.
        mutations [Mutation] atomic: mutations contain operations to perform on matching objects. mutations
            may not be empty; a minimum of one mutation is required. …
        paramKind? ParamKind: paramKind specifies the kind of resources used to parameterize this policy.
        reinvocationPolicy string: reinvocationPolicy indicates whether mutations may be called multiple
            times per MutatingAdmissionPolicyBinding as part of a …
        variables [Variable] atomic: variables contain definitions of variables that can be used in
            composition of other expressions.
        @ admissionregistration.v1.MutatingWebhook: MutatingWebhook describes an admission webhook and the
            resources and operations it applies to.
        admissionReviewVersions! [string] atomic: admissionReviewVersions is an ordered list of preferred
            `AdmissionReview` versions the Webhook expects.
        clientConfig!? WebhookClientConfig: clientConfig defines how to communicate with the hook.
        failurePolicy string: failurePolicy defines how unrecognized errors from the admission endpoint are
            handled - allowed values are Ignore or Fail.
        matchConditions [MatchCondition] map=name merge=name: matchConditions is a list of conditions that
            must be met for a request to be sent to this webhook.
        matchPolicy string: matchPolicy defines how the "rules" list is used to match incoming requests.
        name! string: name is the name of the admission webhook.
        namespaceSelector? meta.v1.LabelSelector: namespaceSelector decides whether to run the webhook on an
            object based on whether the namespace for that object matches the …
        objectSelector? meta.v1.LabelSelector: objectSelector decides whether to run the webhook based on if
            the object has matching labels. objectSelector is evaluated against …
        reinvocationPolicy string: reinvocationPolicy indicates whether this webhook should be called
            multiple times as part of a single admission evaluation.
        rules [RuleWithOperations] atomic: rules describes what operations on what resources/subresources
            the webhook cares about.
        sideEffects! string: sideEffects states whether this webhook has side effects.
        timeoutSeconds int32: timeoutSeconds specifies the timeout for this webhook.
        @ admissionregistration.v1.MutatingWebhookConfiguration kind=admissionregistration.k8s.io/v1 list:
            MutatingWebhookConfiguration describes the configuration of and admission webhook that accept or
            reject and may change the object.
        metadata meta.v1.ObjectMeta: metadata is the standard object metadata; More info …
        webhooks [MutatingWebhook] map=name merge=name: webhooks is a list of webhooks and the affected
            resources and operations.
        @ admissionregistration.v1.Mutation: Mutation specifies the CEL expression which is used to apply
            the Mutation.
        applyConfiguration? ApplyConfiguration: applyConfiguration defines the desired configuration values
            of an object.
        jsonPatch? JSONPatch: jsonPatch defines a [JSON patch](https://jsonpatch.com/) operation to perform
            a mutation to the object.
        patchType! string: patchType indicates the patch strategy used.
        @ admissionregistration.v1.NamedRuleWithOperations atomic: NamedRuleWithOperations is a tuple of
            Operations and Resources with ResourceNames.
        apiGroups [string] atomic: apiGroups is the API groups the resources belong to.
        apiVersions [string] atomic: apiVersions is the API versions the resources belong to.
        operations [string] atomic: operations is the operations the admission hook cares about - CREATE,
            UPDATE, DELETE, CONNECT or * for all of those operations …
        resourceNames [string] atomic: resourceNames is an optional white list of names that the rule
            applies to.
        resources [string] atomic: resources is a list of resources this rule applies to.
        scope string: scope specifies the scope of this rule.
        @ admissionregistration.v1.ParamKind atomic: ParamKind is a tuple of Group Kind and Version.
        apiVersion string: apiVersion is the API group version the resources belong to.
        kind string: kind is the API kind the resources belong to.
        @ admissionregistration.v1.ParamRef atomic: ParamRef describes how to locate the params to be used
            as input to expressions of rules applied by a policy binding.
        name string: name is the name of the resource being referenced.
        namespace string: namespace is the namespace of the referenced resource.
        parameterNotFoundAction string: parameterNotFoundAction controls the behavior of the binding when
            the resource exists, and name or selector is valid, but there …
        selector? meta.v1.LabelSelector: selector can be used to match multiple param objects based on their
            labels.
        @ admissionregistration.v1.RuleWithOperations: RuleWithOperations is a tuple of Operations and
            Resources.
        apiGroups [string] atomic: apiGroups is the API groups the resources belong to.
        apiVersions [string] atomic: apiVersions is the API versions the resources belong to.
        operations [string] atomic: operations is the operations the admission hook cares about - CREATE,
            UPDATE, DELETE, CONNECT or * for all of those operations …
        resources [string] atomic: resources is a list of resources this rule applies to.
        scope string: scope specifies the scope of this rule.
        @ admissionregistration.v1.ServiceReference: ServiceReference holds a reference to
            Service.legacy.k8s.io
        name! string: name is the name of the service.
        namespace! string: namespace is the namespace of the service.
        path string: path is an optional URL path which will be sent in any request to this service.
        port int32: port is the port on the service that hosts the webhook.
        @ admissionregistration.v1.TypeChecking: TypeChecking contains results of type checking the
            expressions in the ValidatingAdmissionPolicy
        expressionWarnings [ExpressionWarning] atomic: expressionWarnings contains the type checking
            warnings for each expression.
        @ admissionregistration.v1.ValidatingAdmissionPolicy kind=admissionregistration.k8s.io/v1 list:
            ValidatingAdmissionPolicy describes the definition of an admission validation policy that
            accepts or rejects an object without changing it.
        metadata meta.v1.ObjectMeta: metadata is the standard object metadata; More info …
        spec ValidatingAdmissionPolicySpec: spec defines the desired behavior of the
            ValidatingAdmissionPolicy.
        status ValidatingAdmissionPolicyStatus: status represents the current status of the
            ValidatingAdmissionPolicy, including warnings that are useful to determine if the …
        @ admissionregistration.v1.ValidatingAdmissionPolicyBinding kind=admissionregistration.k8s.io/v1
            list: ValidatingAdmissionPolicyBinding binds the ValidatingAdmissionPolicy with paramerized
            resources.
        metadata meta.v1.ObjectMeta: metadata is the standard object metadata; More info …
        spec! ValidatingAdmissionPolicyBindingSpec: spec defines the desired behavior of the
            ValidatingAdmissionPolicyBinding.
        @ admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec:
            ValidatingAdmissionPolicyBindingSpec is the specification of the
            ValidatingAdmissionPolicyBinding.
        matchResources? MatchResources: matchResources declares what resources match this binding and will
            be validated by it.
        paramRef? ParamRef: paramRef specifies the parameter resource used to configure the admission
            control policy.
        policyName! string: policyName references a ValidatingAdmissionPolicy name which the
            ValidatingAdmissionPolicyBinding binds to.
        validationActions! [string] set: validationActions declares how Validations of the referenced
            ValidatingAdmissionPolicy are enforced.
        @ admissionregistration.v1.ValidatingAdmissionPolicySpec: ValidatingAdmissionPolicySpec is the
            specification of the desired behavior of the AdmissionPolicy.
        auditAnnotations [AuditAnnotation] atomic: auditAnnotations contains CEL expressions which are used
            to produce audit annotations for the audit event of the API request. …
        failurePolicy string: failurePolicy defines how to handle failures for the admission policy.
        matchConditions [MatchCondition] map=name merge=name: matchConditions is a list of conditions that
            must be met for a request to be validated.
        matchConstraints? MatchResources: matchConstraints specifies what resources this policy is designed
            to validate.
        paramKind? ParamKind: paramKind specifies the kind of resources used to parameterize this policy.
        validations [Validation] atomic: validations contain CEL expressions which is used to apply the
            validation.
        variables [Variable] map=name merge=name: variables contain definitions of variables that can be
            used in composition of other expressions.
        @ admissionregistration.v1.ValidatingAdmissionPolicyStatus: ValidatingAdmissionPolicyStatus
            represents the status of an admission validation policy.
        conditions [meta.v1.Condition] map=type: conditions represent the latest available observations of a
            policy's current state.
        observedGeneration int64: observedGeneration is the generation observed by the controller.
        typeChecking? TypeChecking: typeChecking contains the results of type checking for each expression.
        @ admissionregistration.v1.ValidatingWebhook: ValidatingWebhook describes an admission webhook and
            the resources and operations it applies to.
        admissionReviewVersions! [string] atomic: admissionReviewVersions is an ordered list of preferred
            `AdmissionReview` versions the Webhook expects.
        clientConfig!? WebhookClientConfig: clientConfig defines how to communicate with the hook.
        failurePolicy string: failurePolicy defines how unrecognized errors from the admission endpoint are
            handled - allowed values are Ignore or Fail.
        matchConditions [MatchCondition] map=name merge=name: matchConditions is a list of conditions that
            must be met for a request to be sent to this webhook.
        matchPolicy string: matchPolicy defines how the "rules" list is used to match incoming requests.
        name! string: name is the name of the admission webhook.
        namespaceSelector? meta.v1.LabelSelector: namespaceSelector decides whether to run the webhook on an
            object based on whether the namespace for that object matches the …
        objectSelector? meta.v1.LabelSelector: objectSelector decides whether to run the webhook based on if
            the object has matching labels. objectSelector is evaluated against …
        rules [RuleWithOperations] atomic: rules describes what operations on what resources/subresources
            the webhook cares about.
        sideEffects! string: sideEffects states whether this webhook has side effects.
        timeoutSeconds int32: timeoutSeconds specifies the timeout for this webhook.
        @ admissionregistration.v1.ValidatingWebhookConfiguration kind=admissionregistration.k8s.io/v1 list:
            ValidatingWebhookConfiguration describes the configuration of and admission webhook that accept
            or reject and object without changing it.
        metadata meta.v1.ObjectMeta: metadata is the standard object metadata; More info …
        webhooks [ValidatingWebhook] map=name merge=name: webhooks is a list of webhooks and the affected
            resources and operations.
        @ admissionregistration.v1.Validation: Validation specifies the CEL expression which is used to
            apply the validation.
        expression! string: expression represents the expression which will be evaluated by CEL. ref:
            https://github.com/google/cel-spec CEL expressions have …
        message string: message represents the message displayed when validation fails.
        messageExpression string: messageExpression declares a CEL expression that evaluates to the
            validation failure message that is returned when this rule …
        reason string: reason represents a machine-readable description of why this validation failed.
        @ admissionregistration.v1.Variable atomic: Variable is the definition of a variable that is used
            for composition.
        expression! string: expression is the expression that will be evaluated as the value of the
            variable.
        name! string: name is the name of the variable.
        @ admissionregistration.v1.WebhookClientConfig: WebhookClientConfig contains the information to make
            a TLS connection with the webhook
        caBundle bytes: caBundle is a PEM encoded CA bundle which will be used to validate the webhook's
            server certificate.
        service? ServiceReference: service is a reference to the service for this webhook.
        url string: url gives the location of the webhook, in standard URL form (`scheme://host:port/path`).
        """#
}

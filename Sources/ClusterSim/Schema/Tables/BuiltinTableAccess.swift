// Built-in types, part Access: see BuiltinSchemas for the notation.

extension BuiltinSchemas {
    /// Types of rbac.v1, authentication.v1, authorization.v1, 
    /// after the OpenAPI document published for Kubernetes 1.36.
    static let accessTable = #"""
        @ rbac.v1.AggregationRule: AggregationRule describes how to locate ClusterRoles to aggregate into
            the ClusterRole
        clusterRoleSelectors [meta.v1.LabelSelector] atomic: ClusterRoleSelectors holds a list of selectors
            which will be used to find ClusterRoles and create the rules.
        @ rbac.v1.ClusterRole kind=rbac.authorization.k8s.io/v1 list: ClusterRole is a cluster level,
            logical grouping of PolicyRules that can be referenced as a unit by a RoleBinding or
            ClusterRoleBinding.
        aggregationRule? AggregationRule: AggregationRule is an optional field that describes how to build
            the Rules for this ClusterRole.
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        rules& [PolicyRule] atomic: Rules holds all the PolicyRules for this ClusterRole
        @ rbac.v1.ClusterRoleBinding kind=rbac.authorization.k8s.io/v1 list: ClusterRoleBinding references a
            ClusterRole, but not contain it.
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        roleRef! RoleRef: RoleRef can only reference a ClusterRole in the global namespace.
        subjects [Subject] atomic: Subjects holds references to the objects the role applies to.
        @ rbac.v1.PolicyRule: PolicyRule holds information that describes a policy rule, but does not
            contain information about who the rule applies to or which namespace the rule …
        apiGroups [string] atomic: APIGroups is the name of the APIGroup that contains the resources.
        nonResourceURLs [string] atomic: NonResourceURLs is a set of partial urls that a user should have
            access to. *s are allowed, but only as the full, final step in …
        resourceNames [string] atomic: ResourceNames is an optional white list of names that the rule
            applies to.
        resources [string] atomic: Resources is a list of resources this rule applies to.
        verbs! [string] atomic: Verbs is a list of Verbs that apply to ALL the ResourceKinds contained in
            this rule.
        @ rbac.v1.Role kind=rbac.authorization.k8s.io/v1 list: Role is a namespaced, logical grouping of
            PolicyRules that can be referenced as a unit by a RoleBinding.
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        rules& [PolicyRule] atomic: Rules holds all the PolicyRules for this Role
        @ rbac.v1.RoleBinding kind=rbac.authorization.k8s.io/v1 list: RoleBinding references a role, but
            does not contain it.
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        roleRef! RoleRef: RoleRef can reference a Role in the current namespace or a ClusterRole in the
            global namespace.
        subjects [Subject] atomic: Subjects holds references to the objects the role applies to.
        @ rbac.v1.RoleRef atomic: RoleRef contains information that points to the role being used
        apiGroup& string: APIGroup is the group for the resource being referenced
        kind! string: Kind is the type of resource being referenced
        name! string: Name is the name of resource being referenced
        @ rbac.v1.Subject atomic: Subject contains a reference to the object or user identities a role
            binding applies to.
        apiGroup string: APIGroup holds the API group of the referenced subject.
        kind! string: Kind of object being referenced.
        name! string: Name of the object being referenced.
        namespace string: Namespace of the referenced object.
        @ authentication.v1.BoundObjectReference: BoundObjectReference is a reference to an object that a
            token is bound to.
        apiVersion string: apiVersion is API version of the referent.
        kind string: kind of the referent.
        name string: name of the referent.
        uid string: uid of the referent.
        @ authentication.v1.SelfSubjectReview kind=authentication.k8s.io/v1: SelfSubjectReview contains the
            user information that the kube-apiserver has about the user making this request.
        metadata meta.v1.ObjectMeta: metadata is standard object's metadata.
        status SelfSubjectReviewStatus: status is filled in by the server with the user attributes.
        @ authentication.v1.SelfSubjectReviewStatus: SelfSubjectReviewStatus is filled by the kube-apiserver
            and sent back to a user.
        userInfo UserInfo: userInfo is a set of attributes belonging to the user making this request.
        @ authentication.v1.TokenRequest kind=authentication.k8s.io/v1: TokenRequest requests a token for a
            given service account.
        metadata meta.v1.ObjectMeta: metadata is the standard object's metadata.
        spec TokenRequestSpec: spec holds information about the request being evaluated
        status TokenRequestStatus: status is filled in by the server and indicates whether the token can be
            authenticated.
        @ authentication.v1.TokenRequestSpec: TokenRequestSpec contains client provided parameters of a
            token request.
        audiences [string] atomic: audiences are the intendend audiences of the token.
        boundObjectRef&? BoundObjectReference: boundObjectRef is a reference to an object that the token
            will be bound to.
        expirationSeconds&? int64: expirationSeconds is the requested duration of validity of the request.
        @ authentication.v1.TokenRequestStatus: TokenRequestStatus is the result of a token request.
        expirationTimestamp meta.v1.Time: expirationTimestamp is the time of expiration of the returned
            token.
        token string: token is the opaque bearer token.
        @ authentication.v1.TokenReview kind=authentication.k8s.io/v1: TokenReview attempts to authenticate
            a token to a known user.
        metadata meta.v1.ObjectMeta: metadata is the standard object's metadata.
        spec! TokenReviewSpec: spec holds information about the request being evaluated
        status TokenReviewStatus: status is filled in by the server and indicates whether the request can be
            authenticated.
        @ authentication.v1.TokenReviewSpec: TokenReviewSpec is a description of the token authentication
            request.
        audiences [string] atomic: audiences is a list of the identifiers that the resource server presented
            with the token identifies as.
        token! string: token is the opaque bearer token.
        @ authentication.v1.TokenReviewStatus: TokenReviewStatus is the result of the token authentication
            request.
        audiences [string] atomic: audiences are audience identifiers chosen by the authenticator that are
            compatible with both the TokenReview and token.
        authenticated boolean: authenticated indicates that the token was associated with a known user.
        error string: error indicates that the token couldn't be checked
        user UserInfo: user is the UserInfo associated with the provided token.
        @ authentication.v1.UserInfo: UserInfo holds the information about the user needed to implement the
            user.Info interface.
        extra {[string]}: extra is any additional information provided by the authenticator.
        groups [string] atomic: groups is the names of groups this user is a part of.
        uid string: uid is a unique value that identifies this user across time.
        username string: username is the name that uniquely identifies this user among all active users.
        @ authorization.v1.FieldSelectorAttributes: FieldSelectorAttributes indicates a field limited
            access.
        rawSelector string: rawSelector is the serialization of a field selector that would be included in a
            query parameter.
        requirements [meta.v1.FieldSelectorRequirement] atomic: requirements is the parsed interpretation of
            a field selector.
        @ authorization.v1.LabelSelectorAttributes: LabelSelectorAttributes indicates a label limited
            access.
        rawSelector string: rawSelector is the serialization of a field selector that would be included in a
            query parameter.
        requirements [meta.v1.LabelSelectorRequirement] atomic: requirements is the parsed interpretation of
            a label selector.
        @ authorization.v1.LocalSubjectAccessReview kind=authorization.k8s.io/v1: LocalSubjectAccessReview
            checks whether or not a user or group can perform an action in a given namespace.
        metadata meta.v1.ObjectMeta: metadata is the standard list metadata.
        spec! SubjectAccessReviewSpec: spec holds information about the request being evaluated.
            spec.namespace must be equal to the namespace you made the request …
        status SubjectAccessReviewStatus: status is filled in by the server and indicates whether the
            request is allowed or not
        @ authorization.v1.NonResourceAttributes: NonResourceAttributes includes the authorization
            attributes available for non-resource requests to the Authorizer interface
        path string: path is the URL path of the request
        verb string: verb is the standard HTTP verb
        @ authorization.v1.NonResourceRule: NonResourceRule holds information that describes a rule for the
            non-resource
        nonResourceURLs [string] atomic: nonResourceURLs is a set of partial urls that a user should have
            access to. *s are allowed, but only as the full, final step in …
        verbs! [string] atomic: verbs is a list of kubernetes non-resource API verbs, like: get, post, put,
            delete, patch, head, options.
        @ authorization.v1.ResourceAttributes: ResourceAttributes includes the authorization attributes
            available for resource requests to the Authorizer interface
        fieldSelector? FieldSelectorAttributes: fieldSelector describes the limitation on access based on
            field.
        group string: group is the API Group of the Resource.
        labelSelector? LabelSelectorAttributes: labelSelector describes the limitation on access based on
            labels.
        name string: name is the name of the resource being requested for a "get" or deleted for a "delete".
        namespace string: namespace is the namespace of the action being requested.
        resource string: resource is one of the existing resource types.
        subresource string: subresource is one of the existing resource types.
        verb string: verb is a kubernetes resource API verb, like: get, list, watch, create, update, delete,
            proxy.
        version string: version is the API Version of the Resource.
        @ authorization.v1.ResourceRule: ResourceRule is the list of actions the subject is allowed to
            perform on resources.
        apiGroups [string] atomic: apiGroups is the name of the APIGroup that contains the resources.
        resourceNames [string] atomic: resourceNames is an optional white list of names that the rule
            applies to.
        resources [string] atomic: resources is a list of resources this rule applies to.
        verbs! [string] atomic: verbs is a list of kubernetes resource API verbs, like: get, list, watch,
            create, update, delete, proxy.
        @ authorization.v1.SelfSubjectAccessReview kind=authorization.k8s.io/v1: SelfSubjectAccessReview
            checks whether or the current user can perform an action.
        metadata meta.v1.ObjectMeta: metadata is the standard list metadata.
        spec! SelfSubjectAccessReviewSpec: spec holds information about the request being evaluated. user
            and groups must be empty
        status SubjectAccessReviewStatus: status is filled in by the server and indicates whether the
            request is allowed or not
        @ authorization.v1.SelfSubjectAccessReviewSpec: SelfSubjectAccessReviewSpec is a description of the
            access request.
        nonResourceAttributes? NonResourceAttributes: nonResourceAttributes describes information for a
            non-resource access request
        resourceAttributes? ResourceAttributes: resourceAttributes describes information for a resource
            access request
        @ authorization.v1.SelfSubjectRulesReview kind=authorization.k8s.io/v1: SelfSubjectRulesReview
            enumerates the set of actions the current user can perform within a namespace.
        metadata meta.v1.ObjectMeta: metadata is the standard list metadata.
        spec! SelfSubjectRulesReviewSpec: spec holds information about the request being evaluated.
        status SubjectRulesReviewStatus: status is filled in by the server and indicates the set of actions
            a user can perform.
        @ authorization.v1.SelfSubjectRulesReviewSpec: SelfSubjectRulesReviewSpec defines the specification
            for SelfSubjectRulesReview.
        namespace string: namespace to evaluate rules for.
        @ authorization.v1.SubjectAccessReview kind=authorization.k8s.io/v1: SubjectAccessReview checks
            whether or not a user or group can perform an action.
        metadata meta.v1.ObjectMeta: metadata is the standard list metadata.
        spec! SubjectAccessReviewSpec: spec holds information about the request being evaluated
        status SubjectAccessReviewStatus: status is filled in by the server and indicates whether the
            request is allowed or not
        @ authorization.v1.SubjectAccessReviewSpec: SubjectAccessReviewSpec is a description of the access
            request.
        extra {[string]}: extra corresponds to the user.Info.GetExtra() method from the authenticator.
        groups [string] atomic: groups is the groups you're testing for.
        nonResourceAttributes? NonResourceAttributes: nonResourceAttributes describes information for a
            non-resource access request
        resourceAttributes? ResourceAttributes: resourceAttributes describes information for a resource
            access request
        uid string: uid information about the requesting user.
        user string: user is the user you're testing for.
        @ authorization.v1.SubjectAccessReviewStatus: SubjectAccessReviewStatus
        allowed! boolean: allowed is required.
        denied boolean: denied is optional.
        evaluationError string: evaluationError is an indication that some error occurred during the
            authorization check.
        reason string: reason is optional.
        @ authorization.v1.SubjectRulesReviewStatus: SubjectRulesReviewStatus contains the result of a rules
            check.
        evaluationError string: evaluationError can appear in combination with Rules.
        incomplete! boolean: incomplete is true when the rules returned by this call are incomplete.
        nonResourceRules! [NonResourceRule] atomic: nonResourceRules is the list of actions the subject is
            allowed to perform on non-resources.
        resourceRules! [ResourceRule] atomic: resourceRules is the list of actions the subject is allowed to
            perform on resources.
        """#
}

// Built-in types, part Meta: see BuiltinSchemas for the notation.

extension BuiltinSchemas {
    /// Types of meta.v1, shared scalars, 
    /// after the OpenAPI document published for Kubernetes 1.36.
    static let metaTable = #"""
        @ meta.v1.APIGroup kind=v1 list: APIGroup contains the name, the supported versions, and the
            preferred version of a group.
        name! string: name is the name of the group.
        preferredVersion? GroupVersionForDiscovery: preferredVersion is the version preferred by the API
            server, which probably is the storage version.
        serverAddressByClientCIDRs [ServerAddressByClientCIDR] atomic: a map of client CIDR to server
            address that is serving this group.
        versions! [GroupVersionForDiscovery] atomic: versions are the versions supported in this group.
        @ meta.v1.APIResource: APIResource specifies the name of a resource and whether it is namespaced.
        categories [string] atomic: categories is a list of the grouped resources this resource belongs to
            (e.g. 'all')
        group string: group is the preferred group of the resource.
        kind! string: kind is the kind for the resource (e.g. 'Foo' is the kind for a resource 'foo')
        name! string: name is the plural name of the resource.
        namespaced! boolean: namespaced indicates if a resource is namespaced or not.
        shortNames [string] atomic: shortNames is a list of suggested short names of the resource.
        singularName! string: singularName is the singular name of the resource.
        storageVersionHash string: The hash value of the storage version, the version this resource is
            converted to when written to the data store.
        verbs! [string]: verbs is a list of supported kube verbs (this includes get, list, watch, create,
            update, patch, delete, deletecollection, and …
        version string: version is the preferred version of the resource.
        @ meta.v1.APIVersions kind=v1: APIVersions lists the versions that are available, to allow clients
            to discover the API at /api, which is the root path of the legacy v1 API.
        serverAddressByClientCIDRs! [ServerAddressByClientCIDR] atomic: a map of client CIDR to server
            address that is serving this group.
        versions! [string] atomic: versions are the api versions that are available.
        @ meta.v1.Condition: Condition contains details for one aspect of the current state of this API
            Resource.
        lastTransitionTime! Time: lastTransitionTime is the last time the condition transitioned from one
            status to another.
        message! string: message is a human readable message indicating details about the transition.
        observedGeneration int64: observedGeneration represents the .metadata.generation that the condition
            was set based upon.
        reason! string: reason contains a programmatic identifier indicating the reason for the condition's
            last transition.
        status! string: status of the condition, one of True, False, Unknown.
        type! string: type of condition in CamelCase or in foo.example.com/CamelCase.
        @ meta.v1.DeleteOptions: DeleteOptions may be provided when deleting an API object.
        apiVersion string: APIVersion defines the versioned schema of this representation of an object.
        dryRun [string] atomic: When present, indicates that modifications should not be persisted.
        gracePeriodSeconds? int64: The duration in seconds before the object should be deleted.
        ignoreStoreReadErrorWithClusterBreakingPotential? boolean: if set to true, it will trigger an unsafe
            deletion of the resource in case the normal deletion flow fails with a corrupt object …
        kind string: Kind is a string value representing the REST resource this object represents.
        orphanDependents? boolean: Deprecated: please use the PropagationPolicy, this field will be
            deprecated in 1.7.
        preconditions? Preconditions: Must be fulfilled before a deletion is carried out.
        propagationPolicy? string: Whether and how garbage collection will be performed.
        @ meta.v1.FieldSelectorRequirement: FieldSelectorRequirement is a selector that contains values, a
            key, and an operator that relates the key and values.
        key! string: key is the field selector key that the requirement applies to.
        operator! string: operator represents a key's relationship to a set of values.
        values [string] atomic: values is an array of string values.
        @ meta.v1.FieldsV1 type=any: FieldsV1 stores a set of fields in a data structure like a Trie, in
            JSON format.
        @ meta.v1.GroupResource: GroupResource specifies a Group and a Resource, but does not force a
            version.
        group! string
        resource! string
        @ meta.v1.GroupVersionForDiscovery: GroupVersion contains the "group/version" and "version" string
            of a version.
        groupVersion! string: groupVersion specifies the API group and version in the form "group/version"
        version! string: version specifies the version in the form of "version".
        @ meta.v1.LabelSelector atomic: A label selector is a label query over a set of resources.
        matchExpressions [LabelSelectorRequirement] atomic: matchExpressions is a list of label selector
            requirements.
        matchLabels {string}: matchLabels is a map of {key,value} pairs.
        @ meta.v1.LabelSelectorRequirement: A label selector requirement is a selector that contains values,
            a key, and an operator that relates the key and values.
        key! string: key is the label key that the selector applies to.
        operator! string: operator represents a key's relationship to a set of values.
        values [string] atomic: values is an array of string values.
        @ meta.v1.ListMeta: ListMeta describes metadata that synthetic resources must have, including lists
            and various status objects.
        continue string: continue may be set if the user set a limit on the number of items returned, and
            indicates that the server has more data …
        remainingItemCount? int64: remainingItemCount is the number of subsequent items in the list which
            are not included in this list response.
        resourceVersion string: String that identifies the server's internal version of this object that can
            be used by clients to determine when objects have …
        selfLink string: Deprecated: selfLink is a legacy read-only field that is no longer populated by the
            system.
        shardInfo? ShardInfo: shardInfo is set when the list is a filtered subset of the full collection, as
            selected by a shard selector on the request.
        @ meta.v1.ManagedFieldsEntry: ManagedFieldsEntry is a workflow-id, a FieldSet and the group version
            of the resource that the fieldset applies to.
        apiVersion string: APIVersion defines the version of this resource that this field set applies to.
        fieldsType string: FieldsType is the discriminator for the different fields format and version.
        fieldsV1? FieldsV1: FieldsV1 holds the first JSON version format as described in the "FieldsV1"
            type.
        manager string: Manager is an identifier of the workflow managing these fields.
        operation string: Operation is the type of operation which lead to this ManagedFieldsEntry being
            created.
        subresource string: Subresource is the name of the subresource used to update that object, or empty
            string if the object was updated through the main …
        time? Time: Time is the timestamp of when the ManagedFields entry was added.
        @ meta.v1.MicroTime type=time: MicroTime is version of Time with microsecond level precision.
        @ meta.v1.ObjectMeta: ObjectMeta is metadata that all persisted resources must have, which includes
            all objects users must create.
        annotations {string}: Annotations is an unstructured key value map stored with a resource that may
            be set by external tools to store and retrieve …
        creationTimestamp Time: CreationTimestamp is a timestamp representing the server time when this
            object was created.
        deletionGracePeriodSeconds? int64: Number of seconds allowed for this object to gracefully terminate
            before it will be removed from the system.
        deletionTimestamp? Time: DeletionTimestamp is RFC 3339 date and time at which this resource will be
            deleted.
        finalizers [string] set merge: Must be empty before the object is deleted from the registry.
        generateName string: GenerateName is an optional prefix, used by the server, to generate a unique
            name ONLY IF the Name field has not been provided.
        generation int64: A sequence number representing a specific generation of the desired state.
        labels {string}: Map of string keys and values that can be used to organize and categorize (scope
            and select) objects.
        managedFields [ManagedFieldsEntry] atomic: ManagedFields maps workflow-id and version to the set of
            fields that are managed by that workflow.
        name string: Name must be unique within a namespace.
        namespace string: Namespace defines the space within which each name must be unique.
        ownerReferences [OwnerReference] map=uid merge=uid: List of objects depended by this object.
        resourceVersion string: An opaque value that represents the internal version of this object that can
            be used by clients to determine when objects have …
        selfLink string: Deprecated: selfLink is a legacy read-only field that is no longer populated by the
            system.
        uid string: UID is the unique in time and space value for this object.
        @ meta.v1.OwnerReference atomic: OwnerReference contains enough information to let you identify an
            owning object.
        apiVersion! string: API version of the referent.
        blockOwnerDeletion? boolean: If true, AND if the owner has the "foregroundDeletion" finalizer, then
            the owner cannot be deleted from the key-value store until …
        controller? boolean: If true, this reference points to the managing controller.
        kind! string: Kind of the referent.
        name! string: Name of the referent.
        uid! string: UID of the referent.
        @ meta.v1.Preconditions: Preconditions must be fulfilled before an operation (update, delete, etc.)
            is carried out.
        resourceVersion? string: Specifies the target ResourceVersion
        uid? string: Specifies the target UID.
        @ meta.v1.ServerAddressByClientCIDR: ServerAddressByClientCIDR helps the client to determine the
            server address that they should use, depending on the clientCIDR that they match.
        clientCIDR! string: The CIDR with which clients can match their IP to figure out the server address
            that they should use.
        serverAddress! string: Address of this server, suitable for a client that matches the above CIDR.
        @ meta.v1.ShardInfo: ShardInfo describes the shard selector that was applied to produce a list
            response.
        selector! string: selector is the shard selector string from the request, echoed back so clients can
            verify which shard they received and merge …
        @ meta.v1.Status kind=v1: Status is a return value for calls that don't return other objects.
        code int32: Suggested HTTP return code for this status, 0 if not set.
        details? StatusDetails: Extended data associated with the reason.
        message string: A human-readable description of the status of this operation.
        metadata ListMeta: Standard list metadata.
        reason string: A machine-readable description of why this operation is in the "Failure" status.
        status string: Status of the operation.
        @ meta.v1.StatusCause: StatusCause provides more information about an api.Status failure, including
            cases when multiple errors are encountered.
        field string: The field of the resource that has caused this error, as named by its JSON
            serialization.
        message string: A human-readable description of the cause of the error.
        reason string: A machine-readable description of the cause of the error.
        @ meta.v1.StatusDetails: StatusDetails is a set of additional properties that MAY be set by the
            server to provide additional information about a response.
        causes [StatusCause] atomic: The Causes array includes more details associated with the StatusReason
            failure.
        group string: The group attribute of the resource associated with the status StatusReason.
        kind string: The kind attribute of the resource associated with the status StatusReason.
        name string: The name attribute of the resource associated with the status StatusReason (when there
            is a single name which can be described).
        retryAfterSeconds int32: If specified, the time in seconds before the operation should be retried.
        uid string: UID of the resource. (when there is a single resource which can be described).
        @ meta.v1.Time type=time: Time is a wrapper around time.Time which supports correct marshaling to
            YAML and JSON.
        @ meta.v1.WatchEvent: Event represents a single event to a watched resource.
        object! RawExtension: Object is: * If Type is Added or Modified: the new state of the object. * If
            Type is Deleted: the state of the object immediately …
        type! string
        @ Quantity type=quantity
        @ RawExtension type=any: RawExtension is used to hold extensions in external versions.
        @ IntOrString type=intOrString
        """#
}

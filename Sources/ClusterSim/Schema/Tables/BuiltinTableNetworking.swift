// Built-in types, part Networking: see BuiltinSchemas for the notation.

extension BuiltinSchemas {
    /// Types of networking.v1, discovery.v1, coordination.v1, events.v1, 
    /// after the OpenAPI document published for Kubernetes 1.36.
    static let networkingTable = #"""
        @ networking.v1.HTTPIngressPath: HTTPIngressPath associates a path with a backend.
        backend! IngressBackend: backend defines the referenced service endpoint to which the traffic will
            be forwarded to.
        path string: path is matched against the path of an incoming request.
        pathType!? string enum=Exact|ImplementationSpecific|Prefix: pathType determines the interpretation
            of the path matching.
        @ networking.v1.HTTPIngressRuleValue: HTTPIngressRuleValue is a list of http selectors pointing to
            backends.
        paths! [HTTPIngressPath] atomic: paths is a collection of paths that map requests to backends.
        @ networking.v1.IPAddress kind=networking.k8s.io/v1 list: IPAddress represents a single IP of a
            single IP Family.
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        spec! IPAddressSpec: spec is the desired state of the IPAddress.
        @ networking.v1.IPAddressSpec: IPAddressSpec describe the attributes in an IP Address.
        parentRef!? ParentReference: ParentRef references the resource that an IPAddress is attached to.
        @ networking.v1.IPBlock: IPBlock describes a particular CIDR (Ex.
        cidr! string: cidr is a string representing the IPBlock Valid examples are "192.168.1.0/24" or
            "2001:db8::/64"
        except [string] atomic: except is a slice of CIDRs that should not be included within an IPBlock
            Valid examples are "192.168.1.0/24" or "2001:db8::/64" …
        @ networking.v1.Ingress kind=networking.k8s.io/v1 list: Ingress is a collection of rules that allow
            inbound connections to reach the endpoints defined by a backend.
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        spec IngressSpec: spec is the desired state of the Ingress.
        status IngressStatus: status is the current state of the Ingress.
        @ networking.v1.IngressBackend: IngressBackend describes all endpoints for a given service and port.
        resource? core.v1.TypedLocalObjectReference: resource is an ObjectRef to another Kubernetes resource
            in the namespace of the Ingress object.
        service? IngressServiceBackend: service references a service as a backend.
        @ networking.v1.IngressClass kind=networking.k8s.io/v1 list: IngressClass represents the class of
            the Ingress, referenced by the Ingress Spec.
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        spec IngressClassSpec: spec is the desired state of the IngressClass.
        @ networking.v1.IngressClassParametersReference: IngressClassParametersReference identifies an API
            object.
        apiGroup? string: apiGroup is the group for the resource being referenced.
        kind! string: kind is the type of resource being referenced.
        name! string: name is the name of resource being referenced.
        namespace? string: namespace is the namespace of the resource being referenced.
        scope? string: scope represents if this refers to a cluster or namespace scoped resource.
        @ networking.v1.IngressClassSpec: IngressClassSpec provides information about the class of an
            Ingress.
        controller string: controller refers to the name of the controller that should handle this class.
        parameters? IngressClassParametersReference: parameters is a link to a custom resource containing
            additional configuration for the controller.
        @ networking.v1.IngressLoadBalancerIngress: IngressLoadBalancerIngress represents the status of a
            load-balancer ingress point.
        hostname string: hostname is set for load-balancer ingress points that are DNS based.
        ip string: ip is set for load-balancer ingress points that are IP based.
        ports [IngressPortStatus] atomic: ports provides information about the ports exposed by this
            LoadBalancer.
        @ networking.v1.IngressLoadBalancerStatus: IngressLoadBalancerStatus represents the status of a
            load-balancer.
        ingress [IngressLoadBalancerIngress] atomic: ingress is a list containing ingress points for the
            load-balancer.
        @ networking.v1.IngressPortStatus: IngressPortStatus represents the error condition of a service
            port
        error? string: error is to record the problem with the service port The format of the error shall
            comply with the following rules: - built-in …
        port! int32: port is the port number of the ingress port.
        protocol! string enum=SCTP|TCP|UDP: protocol is the protocol of the ingress port.
        @ networking.v1.IngressRule: IngressRule represents the rules mapping the paths under a specified
            host to the related backend services.
        host string: host is the fully qualified domain name of a network host, as defined by RFC 3986.
        http? HTTPIngressRuleValue
        @ networking.v1.IngressServiceBackend: IngressServiceBackend references a Kubernetes Service as a
            Backend.
        name! string: name is the referenced service.
        port ServiceBackendPort: port of the referenced service.
        @ networking.v1.IngressSpec: IngressSpec describes the Ingress the user wishes to exist.
        defaultBackend? IngressBackend: defaultBackend is the backend that should handle requests that don't
            match any rule.
        ingressClassName? string: ingressClassName is the name of an IngressClass cluster resource.
        rules [IngressRule] atomic: rules is a list of host rules used to configure the Ingress.
        tls [IngressTLS] atomic: tls represents the TLS configuration.
        @ networking.v1.IngressStatus: IngressStatus describe the current state of the Ingress.
        loadBalancer IngressLoadBalancerStatus: loadBalancer contains the current status of the
            load-balancer.
        @ networking.v1.IngressTLS: IngressTLS describes the transport layer security associated with an
            ingress.
        hosts [string] atomic: hosts is a list of hosts included in the TLS certificate.
        secretName string: secretName is the name of the secret used to terminate TLS traffic on port 443.
        @ networking.v1.NetworkPolicy kind=networking.k8s.io/v1 list: NetworkPolicy describes what network
            traffic is allowed for a set of Pods
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        spec NetworkPolicySpec: spec represents the specification of the desired behavior for this
            NetworkPolicy.
        @ networking.v1.NetworkPolicyEgressRule: NetworkPolicyEgressRule describes a particular set of
            traffic that is allowed out of pods matched by a NetworkPolicySpec's podSelector.
        ports [NetworkPolicyPort] atomic: ports is a list of destination ports for outgoing traffic.
        to [NetworkPolicyPeer] atomic: to is a list of destinations for outgoing traffic of pods selected
            for this rule.
        @ networking.v1.NetworkPolicyIngressRule: NetworkPolicyIngressRule describes a particular set of
            traffic that is allowed to the pods matched by a NetworkPolicySpec's podSelector.
        from [NetworkPolicyPeer] atomic: from is a list of sources which should be able to access the pods
            selected for this rule.
        ports [NetworkPolicyPort] atomic: ports is a list of ports which should be made accessible on the
            pods selected for this rule.
        @ networking.v1.NetworkPolicyPeer: NetworkPolicyPeer describes a peer to allow traffic to/from.
        ipBlock? IPBlock: ipBlock defines policy on a particular IPBlock.
        namespaceSelector? meta.v1.LabelSelector: namespaceSelector selects namespaces using cluster-scoped
            labels.
        podSelector? meta.v1.LabelSelector: podSelector is a label selector which selects pods.
        @ networking.v1.NetworkPolicyPort: NetworkPolicyPort describes a port to allow traffic on
        endPort? int32: endPort indicates that the range of ports from port to endPort if set, inclusive,
            should be allowed by the policy.
        port? IntOrString: port represents the port on the given protocol.
        protocol? string enum=SCTP|TCP|UDP: protocol represents the protocol (TCP, UDP, or SCTP) which
            traffic must match.
        @ networking.v1.NetworkPolicySpec: NetworkPolicySpec provides the specification of a NetworkPolicy
        egress [NetworkPolicyEgressRule] atomic: egress is a list of egress rules to be applied to the
            selected pods.
        ingress [NetworkPolicyIngressRule] atomic: ingress is a list of ingress rules to be applied to the
            selected pods.
        podSelector meta.v1.LabelSelector: podSelector selects the pods to which this NetworkPolicy object
            applies.
        policyTypes [string] atomic items=Egress|Ingress: policyTypes is a list of rule types that the
            NetworkPolicy relates to.
        @ networking.v1.ParentReference: ParentReference describes a reference to a parent object.
        group string: Group is the group of the object being referenced.
        name! string: Name is the name of the object being referenced.
        namespace string: Namespace is the namespace of the object being referenced.
        resource! string: Resource is the resource of the object being referenced.
        @ networking.v1.ServiceBackendPort atomic: ServiceBackendPort is the service port being referenced.
        name string: name is the name of the port on the Service.
        number int32: number is the numerical port number (e.g. 80) on the Service.
        @ networking.v1.ServiceCIDR kind=networking.k8s.io/v1 list: ServiceCIDR defines a range of IP
            addresses using CIDR format (e.g. 192.168.0.0/24 or 2001:db2::/64).
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        spec ServiceCIDRSpec: spec is the desired state of the ServiceCIDR.
        status ServiceCIDRStatus: status represents the current state of the ServiceCIDR.
        @ networking.v1.ServiceCIDRSpec: ServiceCIDRSpec define the CIDRs the user wants to use for
            allocating ClusterIPs for Services.
        cidrs [string] atomic: CIDRs defines the IP blocks in CIDR notation (e.g. "192.168.0.0/24" or
            "2001:db8::/64") from which to assign service cluster IPs. …
        @ networking.v1.ServiceCIDRStatus: ServiceCIDRStatus describes the current state of the ServiceCIDR.
        conditions [meta.v1.Condition] map=type merge=type: conditions holds an array of metav1.Condition
            that describe the state of the ServiceCIDR.
        @ discovery.v1.Endpoint: Endpoint represents a single logical "backend" implementing a service.
        addresses! [string] set: addresses of this endpoint.
        conditions EndpointConditions: conditions contains information about the current status of the
            endpoint.
        deprecatedTopology {string}: deprecatedTopology contains topology information part of the v1beta1
            API.
        hints? EndpointHints: hints contains information associated with how an endpoint should be consumed.
        hostname? string: hostname of this endpoint.
        nodeName? string: nodeName represents the name of the Node hosting this endpoint.
        targetRef? core.v1.ObjectReference: targetRef is a reference to a Kubernetes object that represents
            this endpoint.
        zone? string: zone is the name of the Zone this endpoint exists in.
        @ discovery.v1.EndpointConditions: EndpointConditions represents the current condition of an
            endpoint.
        ready? boolean: ready indicates that this endpoint is ready to receive traffic, according to
            whatever system is managing the endpoint.
        serving? boolean: serving indicates that this endpoint is able to receive traffic, according to
            whatever system is managing the endpoint.
        terminating? boolean: terminating indicates that this endpoint is terminating.
        @ discovery.v1.EndpointHints: EndpointHints provides hints describing how an endpoint should be
            consumed.
        forNodes [ForNode] atomic: forNodes indicates the node(s) this endpoint should be consumed by when
            using topology aware routing.
        forZones [ForZone] atomic: forZones indicates the zone(s) this endpoint should be consumed by when
            using topology aware routing.
        @ discovery.v1.EndpointPort atomic: EndpointPort represents a Port used by an EndpointSlice
        appProtocol? string: The application protocol for this port.
        name? string: name represents the name of this port.
        port? int32: port represents the port number of the endpoint.
        protocol? string enum=SCTP|TCP|UDP: protocol represents the IP protocol for this port.
        @ discovery.v1.EndpointSlice kind=discovery.k8s.io/v1 list: EndpointSlice represents a set of
            service endpoints.
        addressType! string enum=FQDN|IPv4|IPv6: addressType specifies the type of address carried by this
            EndpointSlice.
        endpoints [Endpoint] atomic: endpoints is a list of unique endpoints in this slice.
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        ports& [EndpointPort] atomic: ports specifies the list of network ports exposed by each endpoint in
            this slice.
        @ discovery.v1.ForNode: ForNode provides information about which nodes should consume this endpoint.
        name! string: name represents the name of the node.
        @ discovery.v1.ForZone: ForZone provides information about which zones should consume this endpoint.
        name! string: name represents the name of the zone.
        @ coordination.v1.Lease kind=coordination.k8s.io/v1 list: Lease defines a lease concept.
        metadata meta.v1.ObjectMeta: More info:
            https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata
        spec LeaseSpec: spec contains the specification of the Lease.
        @ coordination.v1.LeaseSpec: LeaseSpec is a specification of a Lease.
        acquireTime? meta.v1.MicroTime: acquireTime is a time when the current lease was acquired.
        holderIdentity? string: holderIdentity contains the identity of the holder of a current lease.
        leaseDurationSeconds? int32: leaseDurationSeconds is a duration that candidates for a lease need to
            wait to force acquire it.
        leaseTransitions? int32: leaseTransitions is the number of transitions of a lease between holders.
        preferredHolder? string: PreferredHolder signals to a lease holder that the lease has a more optimal
            holder and should be given up.
        renewTime? meta.v1.MicroTime: renewTime is a time when the current holder of a lease has last
            updated the lease.
        strategy? string: Strategy indicates the strategy for picking the leader for coordinated leader
            election.
        @ events.v1.Event kind=events.k8s.io/v1 list: Event is a report of an event somewhere in the
            cluster.
        action string: action is what action was taken/failed regarding to the regarding object.
        deprecatedCount int32: deprecatedCount is the deprecated field assuring backward compatibility with
            core.v1 Event type.
        deprecatedFirstTimestamp meta.v1.Time: deprecatedFirstTimestamp is the deprecated field assuring
            backward compatibility with core.v1 Event type.
        deprecatedLastTimestamp meta.v1.Time: deprecatedLastTimestamp is the deprecated field assuring
            backward compatibility with core.v1 Event type.
        deprecatedSource core.v1.EventSource: deprecatedSource is the deprecated field assuring backward
            compatibility with core.v1 Event type.
        eventTime! meta.v1.MicroTime: eventTime is the time when this Event was first observed.
        metadata meta.v1.ObjectMeta: Standard object's metadata.
        note string: note is a human-readable description of the status of this operation.
        reason string: reason is why the action was taken.
        regarding core.v1.ObjectReference: regarding contains the object this Event is about.
        related? core.v1.ObjectReference: related is the optional secondary object for more complex actions.
        reportingController string: reportingController is the name of the controller that emitted this
            Event, e.g. `kubernetes.io/kubelet`. This field cannot be …
        reportingInstance string: reportingInstance is the ID of the controller instance, e.g.
            `kubelet-xyzf`. This field cannot be empty for new Events and it can …
        series? EventSeries: series is data about the Event series this event represents or nil if it's a
            singleton Event.
        type string: type is the type of this event (Normal, Warning), new types could be added in the
            future.
        @ events.v1.EventSeries: EventSeries contain information on series of events, i.e. thing that was/is
            happening continuously for some time.
        count! int32: count is the number of occurrences in this series up to the last heartbeat time.
        lastObservedTime!? meta.v1.MicroTime: lastObservedTime is the time when last Event from the series
            was seen before last heartbeat.
        """#
}

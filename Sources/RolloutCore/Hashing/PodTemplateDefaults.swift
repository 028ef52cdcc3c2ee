// What the API server fills into a pod template (core/v1 defaulting of PodTemplateSpec).

package import JSONTree
import KubeModel

/// Kubernetes' defaults for pod templates, as of 1.36
/// (https://github.com/kubernetes/kubernetes, pkg/apis/core/v1/defaults.go).
package enum PodTemplateDefaults {
    /// The template with every default filled in.
    package static func applied(to template: JSON) -> JSON {
        var template = template
        var spec = template["spec"]
        let usesHostNetwork = spec["hostNetwork"].bool ?? false
        for list in ["containers", "initContainers", "ephemeralContainers"] {
            spec.mapElements(list) { container in
                fillContainer(&container, usesHostNetwork: usesHostNetwork && list != "ephemeralContainers")
            }
        }
        spec.mapElements("volumes", fillVolume)
        spec.fillText("dnsPolicy", "ClusterFirst")
        spec.fillText("restartPolicy", "Always")
        spec.fill("terminationGracePeriodSeconds", 30)
        spec.fill("securityContext", .object([:]))
        spec.fillText("schedulerName", "default-scheduler")
        spec.mapMember("overhead", roundQuantities)
        spec.mapMember("resources", roundResources)
        template["spec"] = spec
        return template
    }

    private static func roundResources(_ resources: inout JSON) {
        resources.mapMember("limits", roundQuantities)
        resources.mapMember("requests", roundQuantities)
    }

    private static func roundQuantities(_ list: inout JSON) {
        guard let object = list.object else { return }
        list = .object(
            object.mapValues { value in
                let text = value.string ?? value.text()
                guard let quantity = Quantity(text.trimmingBlanks()) else { return value }
                return .string(quantity.roundedToMilli.canonicalText)
            })
    }

    // MARK: Containers

    private static func fillContainer(_ container: inout JSON, usesHostNetwork: Bool) {
        container.fillText("imagePullPolicy", pullPolicy(container["image"].string ?? ""))
        container.fillText("terminationMessagePath", "/dev/termination-log")
        container.fillText("terminationMessagePolicy", "File")
        container.mapMember("resources", roundResources)
        container.mapElements("ports") { port in
            port.fillText("protocol", "TCP")
            if usesHostNetwork, (port["hostPort"].int ?? 0) == 0 { port["hostPort"] = port["containerPort"] }
        }
        container.mapElements("env") { variable in
            variable.mapMember("valueFrom") { source in
                source.mapMember("fieldRef") { $0.fillText("apiVersion", "v1") }
                source.mapMember("fileKeyRef") { $0.fill("optional", false) }
            }
        }
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
            container.mapMember(probe, fillProbe)
        }
        container.mapMember("lifecycle") { lifecycle in
            for hook in ["postStart", "preStop"] {
                lifecycle.mapMember(hook) { $0.mapMember("httpGet", fillRequest) }
            }
        }
    }

    private static func fillProbe(_ probe: inout JSON) {
        probe.fillNumber("timeoutSeconds", 1)
        probe.fillNumber("periodSeconds", 10)
        probe.fillNumber("successThreshold", 1)
        probe.fillNumber("failureThreshold", 3)
        probe.mapMember("httpGet", fillRequest)
        probe.mapMember("grpc") { $0.fill("service", "") }
    }

    private static func fillRequest(_ request: inout JSON) {
        request.fillText("path", "/")
        request.fillText("scheme", "HTTP")
    }

    /// Always for the tag `latest`, spelled out or implied; an image without a name has none.
    private static func pullPolicy(_ image: String) -> String {
        if image.isEmpty || image.contains("@") { return "IfNotPresent" }
        let last = image.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        guard let colon = last.firstIndex(of: ":") else { return "Always" }
        return last[last.index(after: colon)...] == "latest" ? "Always" : "IfNotPresent"
    }

    // MARK: Volumes

    private static func fillVolume(_ volume: inout JSON) {
        let sources = (volume.object ?? JSONObject()).filter { $0.key != "name" && !$0.value.isNull }
        if sources.isEmpty { volume["emptyDir"] = .object([:]) }
        for kind in ["secret", "configMap", "downwardAPI", "projected"] {
            volume.mapMember(kind) { $0.fill("defaultMode", 420) }
        }
        volume.mapMember("downwardAPI", fillDownwardItems)
        volume.mapMember("hostPath") { $0.fill("type", "") }
        volume.mapMember("iscsi") { $0.fillText("iscsiInterface", "default") }
        volume.mapMember("rbd") { disk in
            disk.fillText("pool", "rbd")
            disk.fillText("user", "admin")
            disk.fillText("keyring", "/etc/ceph/keyring")
        }
        volume.mapMember("azureDisk") { disk in
            disk.fill("cachingMode", "ReadWrite")
            disk.fill("kind", "Shared")
            disk.fill("fsType", "ext4")
            disk.fill("readOnly", false)
        }
        volume.mapMember("scaleIO") { disk in
            disk.fillText("storageMode", "ThinProvisioned")
            disk.fillText("fsType", "xfs")
        }
        volume.mapMember("image") { $0.fillText("pullPolicy", pullPolicy($0["reference"].string ?? "")) }
        volume.mapMember("projected", fillProjection)
        volume.mapMember("ephemeral") { ephemeral in
            ephemeral.mapMember("volumeClaimTemplate") { claim in
                if claim["spec"].isNull { claim["spec"] = .object([:]) }
                claim.mapMember("spec") { spec in
                    spec.fill("volumeMode", "Filesystem")
                    spec.mapMember("resources", roundResources)
                }
            }
        }
    }

    private static func fillProjection(_ volume: inout JSON) {
        volume.mapElements("sources") { source in
            source.mapMember("serviceAccountToken") { $0.fill("expirationSeconds", 3600) }
            source.mapMember("podCertificate") { $0.fill("maxExpirationSeconds", 86_400) }
            source.mapMember("downwardAPI", fillDownwardItems)
        }
    }

    private static func fillDownwardItems(_ volume: inout JSON) {
        volume.mapElements("items") { item in
            item.mapMember("fieldRef") { $0.fillText("apiVersion", "v1") }
        }
    }
}

extension JSON {
    /// Sets a member that is missing or null.
    fileprivate mutating func fill(_ key: String, _ value: JSON) {
        if self[key].isNull { self[key] = value }
    }

    /// Sets a member that is missing or an empty string.
    fileprivate mutating func fillText(_ key: String, _ value: String) {
        if (self[key].string ?? "").isEmpty { self[key] = .string(value) }
    }

    /// Sets a member that is missing or zero.
    fileprivate mutating func fillNumber(_ key: String, _ value: Int64) {
        if (self[key].int ?? 0) == 0 { self[key] = .int(value) }
    }

    /// Changes a member that is there.
    fileprivate mutating func mapMember(_ key: String, _ change: (inout JSON) -> Void) {
        var member = self[key]
        guard !member.isNull else { return }
        change(&member)
        self[key] = member
    }

    /// Changes the elements of a list that is there.
    fileprivate mutating func mapElements(_ key: String, _ change: (inout JSON) -> Void) {
        guard var elements = self[key].array else { return }
        for position in elements.indices { change(&elements[position]) }
        self[key] = .array(elements)
    }
}

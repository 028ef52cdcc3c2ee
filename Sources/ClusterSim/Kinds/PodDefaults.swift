// Defaults of pods and of the pod templates in other kinds
// (kubernetes/pkg/apis/core/v1/defaults.go and zz_generated.defaults.go).

import JSONTree
import KubeModel

/// Fills in pod specs.
enum PodDefaults {
    private static let fileMode: JSON = 420

    /// A Pod: what templates get, requests from limits, service links, and the node's ports.
    static func applyToPod(_ pod: inout JSON) {
        pod.fillIn("spec", with: [:])
        pod.edit("spec") { spec in
            applyToSpec(&spec)
            spec.fillIn("enableServiceLinks", with: true)
            let usesHostNetwork = spec["hostNetwork"].bool == true
            for list in ["containers", "initContainers"] {
                spec.editEach(list, requestWhatIsLimited)
                guard usesHostNetwork else { continue }
                spec.editEach(list) { container in
                    container.editEach("ports") { port in port.fillIn("hostPort", with: port["containerPort"]) }
                }
            }
        }
        pod.fillIn("status", with: [:])
        pod.edit("status") { $0.fillInText("phase", with: "Pending") }
    }

    /// A `template` member: its metadata is always there, its spec is a pod's.
    static func applyToTemplate(_ object: inout JSON, _ key: String = "template") {
        object.fillIn(key, with: [:])
        object.edit(key) { template in
            template.fillIn("metadata", with: [:])
            template.fillIn("spec", with: [:])
            template.edit("spec", applyToSpec)
        }
    }

    private static func requestWhatIsLimited(_ container: inout JSON) {
        guard let limits = container["resources"]["limits"].object, !limits.isEmpty else { return }
        container.edit("resources") { resources in
            resources.fillIn("requests", with: [:])
            resources.edit("requests") { requests in
                for (name, amount) in limits { requests.fillIn(name, with: amount) }
            }
        }
    }

    /// A pod spec.
    static func applyToSpec(_ spec: inout JSON) {
        spec.editEach("volumes", volume)
        spec.editEach("initContainers", container)
        spec.editEach("containers", container)
        spec.editEach("ephemeralContainers", container)
        spec.fillInText("restartPolicy", with: "Always")
        spec.fillIn("terminationGracePeriodSeconds", with: 30)
        spec.fillInText("dnsPolicy", with: "ClusterFirst")
        // The deprecated name of the field always says the same.
        let account = spec["serviceAccountName"].string ?? spec["serviceAccount"].string ?? ""
        if !account.isEmpty {
            spec["serviceAccountName"] = .string(account)
            spec["serviceAccount"] = .string(account)
        }
        spec.fillIn("securityContext", with: [:])
        spec.fillInText("schedulerName", with: "default-scheduler")
        spec.edit("overhead", quantities)
        spec.edit("resources") { $0.edit("limits", quantities) }
        spec.edit("resources") { $0.edit("requests", quantities) }
    }

    // MARK: Containers

    private static func container(_ container: inout JSON) {
        container.editEach("ports") { $0.fillInText("protocol", with: "TCP") }
        container.editEach("env") { variable in
            variable.edit("valueFrom") { source in
                source.edit("fieldRef") { $0.fillInText("apiVersion", with: "v1") }
                source.edit("resourceFieldRef") { $0.fillIn("divisor", with: "0") }
            }
            if variable["value"].string == "" { variable.drop("value") }
        }
        container.fillIn("resources", with: [:])
        container.edit("resources") { resources in
            resources.edit("limits", quantities)
            resources.edit("requests", quantities)
            for map in ["limits", "requests"] where resources[map] == [:] { resources.drop(map) }
        }
        for name in ["livenessProbe", "readinessProbe", "startupProbe"] { container.edit(name, probe) }
        container.edit("lifecycle") { lifecycle in
            for name in ["postStart", "preStop"] { lifecycle.edit(name) { $0.edit("httpGet", httpGet) } }
        }
        container.fillInText("terminationMessagePath", with: "/dev/termination-log")
        container.fillInText("terminationMessagePolicy", with: "File")
        let tag = imageTag(container["image"].string ?? "")
        container.fillInText("imagePullPolicy", with: tag == "latest" ? "Always" : "IfNotPresent")
    }

    /// An image's tag as the server parses it: `latest` where there is neither tag nor digest.
    static func imageTag(_ image: String) -> String {
        let parts = image.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let last = parts.first?.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        if let colon = last.lastIndex(of: ":") { return String(last[last.index(after: colon)...]) }
        return parts.count > 1 ? "" : "latest"
    }

    private static func probe(_ probe: inout JSON) {
        probe.edit("httpGet", httpGet)
        probe.edit("grpc") { $0.fillIn("service", with: "") }
        for (field, value) in [
            ("timeoutSeconds", 1), ("periodSeconds", 10), ("successThreshold", 1), ("failureThreshold", 3),
        ] where probe[field].int ?? 0 == 0 { probe[field] = JSON(value) }
        if probe["initialDelaySeconds"].int == 0 { probe.drop("initialDelaySeconds") }
    }

    private static func httpGet(_ action: inout JSON) {
        action.fillInText("path", with: "/")
        action.fillInText("scheme", with: "HTTP")
    }

    /// Writes the quantities of a resource list as the server does, rounded up to thousandths.
    static func quantities(_ list: inout JSON) {
        guard let object = list.object else { return }
        list = .object(
            object.mapValues { value in
                let text = value.string ?? (value.double == nil ? nil : value.text())
                guard let text, let quantity = Quantity(text) else { return value }
                return .string(quantity.roundedToMilli.canonicalText)
            })
    }

    /// Writes one quantity member as the server does.
    static func quantity(_ object: inout JSON, _ key: String) {
        let value = object[key]
        let text = value.string ?? (value.double == nil ? nil : value.text())
        if let text, let quantity = Quantity(text) { object[key] = .string(quantity.canonicalText) }
    }

    // MARK: Volumes

    private static let volumeTypes: Set<String> = [
        "hostPath", "emptyDir", "gcePersistentDisk", "awsElasticBlockStore", "gitRepo", "secret", "nfs", "iscsi",
        "glusterfs", "persistentVolumeClaim", "rbd", "flexVolume", "cinder", "cephfs", "flocker", "downwardAPI",
        "fc", "azureFile", "configMap", "vsphereVolume", "quobyte", "azureDisk", "photonPersistentDisk",
        "projected", "portworxVolume", "scaleIO", "storageos", "csi", "ephemeral", "image",
    ]

    /// The types that a volume has.
    static func volumeTypes(of volume: JSON) -> [String] {
        (volume.object ?? [:]).filter { volumeTypes.contains($0.key) && !$0.value.isNull }.map(\.key)
    }

    private static func volume(_ volume: inout JSON) {
        if volumeTypes(of: volume).isEmpty { volume["emptyDir"] = [:] }
        volume.edit("emptyDir") { quantity(&$0, "sizeLimit") }
        for type in ["secret", "configMap", "projected"] { volume.edit(type) { $0.fillIn("defaultMode", with: fileMode) } }
        volume.edit("downwardAPI", downward)
        volume.edit("downwardAPI") { $0.fillIn("defaultMode", with: fileMode) }
        volume.edit("hostPath") { $0.fillIn("type", with: "") }
        volume.edit("projected") { projected in
            projected.editEach("sources") { source in
                source.edit("downwardAPI", downward)
                source.edit("serviceAccountToken") { $0.fillIn("expirationSeconds", with: 3600) }
            }
        }
        volume.edit("iscsi") { $0.fillInText("iscsiInterface", with: "default") }
        volume.edit("ephemeral") { ephemeral in
            ephemeral.edit("volumeClaimTemplate") { template in
                template.fillIn("metadata", with: [:])
                template.edit("spec") { $0.fillInText("volumeMode", with: "Filesystem") }
            }
        }
        volume.edit("image") { image in
            let tag = imageTag(image["reference"].string ?? "")
            image.fillInText("pullPolicy", with: tag == "latest" ? "Always" : "IfNotPresent")
        }
    }

    private static func downward(_ source: inout JSON) {
        source.editEach("items") { item in
            item.edit("fieldRef") { $0.fillInText("apiVersion", with: "v1") }
            item.edit("resourceFieldRef") { $0.fillIn("divisor", with: "0") }
        }
    }
}

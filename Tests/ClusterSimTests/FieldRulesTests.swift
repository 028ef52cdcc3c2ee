// Rules of single fields of built-in kinds, and the smaller libraries of CEL.

import JSONTree
import KubeModel
import Testing

@testable import ClusterSim

@Suite struct FieldRulesTests {
    private static let pods = "/api/v1/namespaces/default/pods"

    /// The fields that the server names when it refuses a body, each with its reason.
    private static func causes(_ path: String, _ body: JSON) -> Set<String> {
        var harness = Harness()
        let answer = harness.send("POST", path, body)
        return Set(
            answer.body["details"]["causes"].elements.map {
                "\($0["field"].string ?? ""): \($0["reason"].string ?? "")"
            })
    }

    private static func pod(_ container: String, _ spec: String) throws -> JSON {
        var members = try JSON.parse(spec).object ?? [:]
        var main: JSON = ["name": "c", "image": "i"]
        for (name, value) in try JSON.parse(container).object ?? [:] { main[name] = value }
        members["containers"] = [main]
        return [
            "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "p"], "spec": .object(members),
        ]
    }

    @Test(
        "containers",
        arguments: [
            (#"{"lifecycle":{"preStop":{"sleep":{"seconds":31}}}}"#, "lifecycle.preStop.sleep: FieldValueInvalid"),
            (#"{"securityContext":{"procMount":"Bad"}}"#, "securityContext.procMount: FieldValueNotSupported"),
            (
                #"{"securityContext":{"seccompProfile":{"type":"RuntimeDefault","localhostProfile":"a"}}}"#,
                "securityContext.seccompProfile.localhostProfile: FieldValueInvalid"
            ),
            (
                #"{"securityContext":{"appArmorProfile":{"type":""}}}"#,
                "securityContext.appArmorProfile.type: FieldValueRequired"
            ),
            (
                #"{"resizePolicy":[{"resourceName":"disk","restartPolicy":"NotRequired"}]}"#,
                "resizePolicy: FieldValueNotSupported"
            ),
            (#"{"volumeDevices":[{"name":"a","devicePath":"/b"}]}"#, "volumeDevices[0].name: FieldValueNotFound"),
            (
                #"{"livenessProbe":{"httpGet":{"port":1,"httpHeaders":[{"name":"a b","value":"c"}]}}}"#,
                "livenessProbe.httpGet.httpHeaders: FieldValueInvalid"
            ),
        ])
    func containers(_ container: String, _ cause: String) throws {
        #expect(Self.causes(Self.pods, try Self.pod(container, "{}")) == ["spec.containers[0].\(cause)"])
    }

    @Test(
        "pods",
        arguments: [
            (#"{"securityContext":{"supplementalGroups":[-1]}}"#, "securityContext.supplementalGroups[0]: FieldValueInvalid"),
            (#"{"securityContext":{"sysctls":[{"name":"a..b"}]}}"#, "securityContext.sysctls[0].name: FieldValueInvalid"),
            (#"{"dnsConfig":{"nameservers":["x"]}}"#, "dnsConfig.nameservers[0]: FieldValueInvalid"),
            (#"{"dnsConfig":{"options":[{"value":"x"}]}}"#, "dnsConfig.options[0]: FieldValueRequired"),
            (#"{"os":{"name":"plan9"}}"#, "os: FieldValueNotSupported"),
            (#"{"hostUsers":false,"hostNetwork":true}"#, "hostNetwork: FieldValueForbidden"),
            (#"{"ephemeralContainers":[{"name":"e","image":"i"}]}"#, "ephemeralContainers: FieldValueForbidden"),
            (
                #"{"topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"a","whenUnsatisfiable":"ScheduleAnyway","#
                    + #""minDomains":2}]}"#, "topologySpreadConstraints[0].minDomains: FieldValueInvalid"
            ),
        ])
    func pods(_ spec: String, _ cause: String) throws {
        #expect(Self.causes(Self.pods, try Self.pod("{}", spec)) == ["spec.\(cause)"])
    }

    @Test func `a runtime class has to be there`() throws {
        var harness = Harness()
        let answer = harness.send("POST", Self.pods, try Self.pod("{}", #"{"runtimeClassName":"none"}"#))
        #expect(answer.status == 403)
        #expect(answer.body["message"].string?.contains("RuntimeClass \"none\" not found") == true)
    }

    @Test func `only pods get the node's ports by default`() throws {
        var harness = Harness()
        let container = #"{"ports":[{"containerPort":80}]}"#
        let pod = try Self.pod(container, #"{"hostNetwork":true}"#)
        let made = harness.send("POST", Self.pods + "?dryRun=All", pod).body
        #expect(made["spec"]["containers"][0]["ports"][0]["hostPort"] == 80)
        var spec: JSON = ["selector": ["matchLabels": ["a": "b"]]]
        spec["template"] = ["metadata": ["labels": ["a": "b"]], "spec": pod["spec"]]
        let deployment: JSON = [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "d"], "spec": spec,
        ]
        let other = harness.send("POST", "/apis/apps/v1/namespaces/default/deployments", deployment).body
        let port = other["spec"]["template"]["spec"]["containers"][0]["ports"][0]
        #expect(port["containerPort"] == 80)
        #expect(port["hostPort"].isNull)
    }

    /// Objects of other kinds with what is wrong with them.
    private static let otherObjects: [(path: String, kind: String, text: String, wanted: Set<String>)] = [
        (
            "/api/v1/namespaces/default/resourcequotas", "ResourceQuota",
            #"{"spec":{"hard":{"pods":"1"},"scopes":["BestEffort","NotBestEffort"]}}"#,
            ["spec.scopes: FieldValueInvalid"]
        ),
        (
            "/api/v1/namespaces/default/limitranges", "LimitRange",
            #"{"spec":{"limits":[{"type":"PersistentVolumeClaim"}]}}"#, ["spec.limits[0].limits: FieldValueRequired"]
        ),
        (
            "/api/v1/persistentvolumes", "PersistentVolume",
            #"{"spec":{"capacity":{"storage":"1"},"accessModes":["ReadWriteOnce"],"hostPath":{"path":"/a"},"nfs":{"server":"a","path":"/b"}}}"#, ["spec.nfs: FieldValueForbidden"]
        ),
        (
            "/apis/storage.k8s.io/v1/storageclasses", "StorageClass", #"{"provisioner":"a b"}"#,
            ["provisioner: FieldValueInvalid"]
        ),
        (
            "/apis/batch/v1/namespaces/default/cronjobs", "CronJob",
            #"{"spec":{"schedule":"@every 1h","timeZone":"Mars/Phobos","jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}}}}}"#,
            ["spec.timeZone: FieldValueInvalid"]
        ),
        (
            "/apis/batch/v1/namespaces/default/jobs", "Job",
            #"{"spec":{"completionMode":"Indexed","completions":3,"successPolicy":{"rules":[{"succeededIndexes":"0-3"}]},"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}}}"#,
            ["spec.successPolicy.rules[0].succeededIndexes: FieldValueInvalid"]
        ),
        (
            "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies", "NetworkPolicy",
            #"{"spec":{"podSelector":{},"ingress":[{"from":[{"ipBlock":{"cidr":"10.0.0.0/8","except":["11.0.0.0/9"]}}]}]}}"#,
            ["spec.ingress[0].from[0].ipBlock.except[0]: FieldValueInvalid"]
        ),
        (
            "/apis/rbac.authorization.k8s.io/v1/clusterroles", "ClusterRole", #"{"aggregationRule":{}}"#,
            ["aggregationRule.clusterRoleSelectors: FieldValueRequired"]
        ),
    ]

    @Test("other kinds", arguments: otherObjects)
    func otherKinds(_ path: String, _ kind: String, _ text: String, _ wanted: Set<String>) throws {
        var body = try JSON.parse(text)
        body["metadata"] = ["name": "x"]
        body["kind"] = .string(kind)
        let parts = path.split(separator: "/").map(String.init)
        body["apiVersion"] = .string(parts[0] == "api" ? parts[1] : "\(parts[1])/\(parts[2])")
        #expect(Self.causes(path, body) == wanted)
    }
}

@Suite struct ExpressionLibraryTests {
    @Test(
        "expressions are true",
        arguments: [
            "ip('::1').isLoopback() && ip('10.0.0.1').family() == 4", "!isIP('1.2.3.04') && !isIP('1::2::3')",
            "ip.isCanonical('2001:db8::1') && !ip.isCanonical('2001:0db8::1')",
            "cidr('10.0.0.0/8').containsIP('10.1.2.3') && !cidr('10.0.0.0/8').containsIP(ip('11.0.0.1'))",
            "cidr('10.1.2.3/8').masked() == cidr('10.0.0.0/8') && cidr('::/64').prefixLength() == 64",
            "cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && !isCIDR('10.0.0.0/33')",
            "string(cidr('2001:0db8::/32').ip()) == '2001:db8::'",
            "semver('1.2.3').isLessThan(semver('1.2.3+a.b')) == false && semver('1.0.0-rc.2') != semver('1.0.0')",
            "semver('1.0.0-rc.2').isLessThan(semver('1.0.0-rc.10')) && semver('1.10.0').minor() == 10",
            "!isSemver('v1.2') && isSemver('v1.2', true)",
            "format.dns1123Label().validate('a-b').hasValue() == false",
            "format.named('dns1123Subdomain').hasValue() && !format.named('x').hasValue()",
            "format.labelValue().validate('-').value().size() == 1",
            "'%s has %d of %.2f%%'.format(['a', 3, 1.5]) == 'a has 3 of 1.50%'",
            "'%s'.format([[1, 'b', null]]) == '[1, \"b\", null]' && '%x'.format([255]) == 'ff'",
            "quantity('3').sub(quantity('1')).compareTo(quantity('2')) == 0",
        ])
    func truths(source: String) throws {
        var evaluator = CELEvaluator([:])
        #expect(try evaluator.value(try CELParser.parse(source)) == .bool(true))
    }

    @Test(
        "formats of strings",
        arguments: [
            ("uri", "%zz", "https://a.b/c?d"), ("hostname", "-a", "a.b"), ("mac", "1:2", "01:02:03:04:05:ff"),
            ("ipv6", "1.2.3.4", "::ffff"), ("cidr", "10.0.0.0", "10.0.0.0/8"), ("hexcolor", "#12", "#123abc"),
        ])
    func formats(_ format: String, _ bad: String, _ good: String) {
        #expect(StringFormat.check(bad, format, "x") != nil)
        #expect(StringFormat.check(good, format, "x") == nil)
    }
}

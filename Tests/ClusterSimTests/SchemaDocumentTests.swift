// OpenAPI documents: what clients look up in them.

import JSONTree
import KubeModel
import Testing

@testable import ClusterSim

@Suite struct SchemaDocumentTests {
    private static let resources = BuiltinResources.all.filter { $0.group == "apps" || $0.group.isEmpty }
    private static let v2 = OpenAPI.v2(resources)
    private static let v3 = OpenAPI.v3(group: "apps", version: "v1", resources) ?? .null

    @Test func `definitions say how lists merge`() {
        let containers = Self.v2["definitions"]["io.k8s.api.core.v1.PodSpec"]["properties"]["containers"]
        #expect(containers["items"]["$ref"] == "#/definitions/io.k8s.api.core.v1.Container")
        #expect(containers["x-kubernetes-list-type"] == "map")
        #expect(containers["x-kubernetes-list-map-keys"] == ["name"])
        #expect(containers["x-kubernetes-patch-merge-key"] == "name")
        #expect(containers["x-kubernetes-patch-strategy"] == "merge")
    }

    @Test func `the third version refers through allOf and names zero values`() {
        let schemas = Self.v3["components"]["schemas"]
        let spec = schemas["io.k8s.api.apps.v1.StatefulSetSpec"]
        #expect(spec["properties"]["serviceName"]["default"] == "")
        #expect(
            spec["properties"]["template"]["allOf"] == [
                ["$ref": "#/components/schemas/io.k8s.api.core.v1.PodTemplateSpec"]
            ])
        #expect(spec["required"] == ["selector", "template"])
        #expect(schemas["io.k8s.api.core.v1.PodSpec"]["properties"]["dnsPolicy"]["enum"].elements.count == 4)
        #expect(
            schemas["io.k8s.api.apps.v1.Deployment"]["x-kubernetes-group-version-kind"] == [
                ["group": "apps", "kind": "Deployment", "version": "v1"]
            ])
    }

    @Test func `every reference has its definition`() {
        for (document, prefix, definitions) in [
            (Self.v2, "#/definitions/", Self.v2["definitions"]),
            (Self.v3, "#/components/schemas/", Self.v3["components"]["schemas"]),
        ] {
            var missing: Set<String> = []
            func visit(_ value: JSON) {
                switch value {
                case .array(let elements): for element in elements { visit(element) }
                case .object(let members):
                    for (key, member) in members {
                        if key == "$ref", let target = member.string, target.hasPrefix(prefix) {
                            let name = String(target.dropFirst(prefix.count))
                            if definitions[name].isNull { missing.insert(name) }
                        } else {
                            visit(member)
                        }
                    }
                default: break
                }
            }
            visit(document)
            #expect(missing == [])
        }
    }

    @Test func `paths tell a patch's kind and parameters`() {
        let patch = Self.v3["paths"]["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]["patch"]
        #expect(patch["x-kubernetes-action"] == "patch")
        #expect(patch["parameters"].elements.map { $0["name"] } == ["dryRun", "fieldManager", "fieldValidation", "force"])
        let scale = Self.v3["paths"]["/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale"]["get"]
        #expect(scale["x-kubernetes-group-version-kind"]["kind"] == "Scale")
    }

    @Test func `a custom resource appears as its definition has it`() {
        let custom = CustomResources.resources(of: [
            "spec": [
                "group": "g.example.com", "scope": "Namespaced", "names": ["plural": "widgets", "kind": "Widget"],
                "versions": [
                    [
                        "name": "v1", "served": true, "storage": true,
                        "schema": [
                            "openAPIV3Schema": [
                                "type": "object", "properties": ["spec": ["type": "object", "description": "D"]],
                            ]
                        ],
                    ]
                ],
            ]
        ])
        let document = OpenAPI.v3(group: "g.example.com", version: "v1", custom) ?? .null
        let widget = document["components"]["schemas"]["com.example.g.v1.Widget"]
        #expect(widget["properties"]["spec"]["description"] == "D")
        #expect(widget["properties"]["metadata"]["allOf"].elements.count == 1)
        #expect(OpenAPI.v3Index(custom)["paths"]["apis/g.example.com/v1"]["serverRelativeURL"].string?.contains("?hash=") == true)
    }

    @Test func `texts and messages are written as protocol buffers`() {
        var message = ProtobufWriter()
        message.text(1, "ab")
        message.message(20) { $0.text(3, .string(String(repeating: "x", count: 130))) }
        #expect(message.bytes.prefix(4) == [0x0A, 2, 97, 98])
        // Field 20, wire type 2, is 162 = 0xA2 0x01; then the length 133 = 0x85 0x01.
        #expect(Array(message.bytes.dropFirst(4).prefix(7)) == [0xA2, 0x01, 0x85, 0x01, 0x1A, 0x82, 0x01])
        #expect(OpenAPI.protobuf(Self.v3, .v3).count > 10_000)
    }
}

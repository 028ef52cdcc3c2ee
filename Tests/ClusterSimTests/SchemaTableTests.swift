// The table of built-in types, and what is read off it.

import JSONTree
import KubeModel
import Testing

@testable import ClusterSim

@Suite struct SchemaTableTests {
    static let deployment = BuiltinSchemas.schema(
        of: GroupVersionKind(group: "apps", version: "v1", kind: "Deployment"))

    @Test func `every field of every type has a known type`() {
        let free: Set<String> = [
            "RawExtension", "meta.v1.FieldsV1", "apiextensions.v1.JSON",
            "apiextensions.v1.JSONSchemaPropsOrArray", "apiextensions.v1.JSONSchemaPropsOrBool",
            "apiextensions.v1.JSONSchemaPropsOrStringArray", "apiextensions.v1.CustomResourceSubresourceStatus",
        ]
        let freeTypes = free.compactMap { BuiltinSchemas.type($0)?.shape.definitionName }
        #expect(freeTypes.count == free.count)
        #expect(free.allSatisfy { BuiltinSchemas.type($0)?.form == .any })
        for type in BuiltinSchemas.types {
            for field in type.shape.fields where field.schema.form == .any {
                #expect(
                    freeTypes.contains(field.schema.shape.definitionName),
                    "\(type.shape.definitionName).\(field.name)")
            }
        }
        #expect(BuiltinSchemas.types.count > 400)
    }

    @Test func `every resource that is served has a type`() {
        for resource in BuiltinResources.all {
            #expect(BuiltinSchemas.schema(of: resource.groupVersionKind) != nil, "\(resource.groupVersionKind)")
        }
    }

    @Test func `a container's ports are a map by port and protocol`() throws {
        let ports = try #require(BuiltinSchemas.type("core.v1.Container")?.field("ports"))
        #expect(ports.schema.shape.listType == .map)
        #expect(ports.schema.shape.listMapKeys == ["containerPort", "protocol"])
        #expect(ports.patch.mergeKey == "containerPort")
        #expect(ListElement.path(["containerPort": 80], ports.schema) == #"k:{"containerPort":80,"protocol":"TCP"}"#)
    }

    @Test func `unknown fields are named by their paths and taken out`() throws {
        let schema = try #require(Self.deployment)
        var value: JSON = [
            "spec": [
                "foo": 1,
                "template": ["spec": ["containers": [["name": "a", "bar": 2]]], "metadata": ["labels": ["x": "y"]]],
            ],
            "baz": [:],
        ]
        #expect(
            SchemaOperations.prune(&value, schema) == [
                "spec.foo", "spec.template.spec.containers[0].bar", "baz",
            ])
        #expect(
            value == [
                "spec": [
                    "template": ["spec": ["containers": [["name": "a"]]], "metadata": ["labels": ["x": "y"]]]
                ]
            ])
    }

    @Test func `a round trip drops nulls and empties and adds what Go writes`() throws {
        let schema = try #require(
            BuiltinSchemas.schema(of: GroupVersionKind(group: "", version: "v1", kind: "Service")))
        var value: JSON = ["metadata": ["labels": [:], "name": "a"], "spec": ["ports": [], "clusterIP": .null]]
        SchemaOperations.normalize(&value, schema)
        #expect(value == ["metadata": ["name": "a"], "spec": [:], "status": ["loadBalancer": [:]]])
        var map: JSON = ["data": ["k": .null]]
        let configMap = try #require(
            BuiltinSchemas.schema(of: GroupVersionKind(group: "", version: "v1", kind: "ConfigMap")))
        SchemaOperations.normalize(&map, configMap)
        #expect(map == ["metadata": [:], "data": ["k": ""]])
    }

    @Test(
        "wrong types are said as Go's decoder says them",
        arguments: [
            (
                #"{"spec":{"replicas":"x"}}"#,
                "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32"
            ),
            (
                #"{"spec":{"replicas":1.5}}"#,
                "json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32"
            ),
            (
                #"{"spec":{"template":{"spec":{"containers":{}}}}}"#,
                "json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container"
            ),
            (
                #"{"metadata":{"labels":{"a":1}}}"#,
                "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string"
            ),
        ])
    func decodingErrors(body: String, message: String) throws {
        let schema = try #require(Self.deployment)
        let error = SchemaOperations.decodingError(
            try JSON.parse(body), schema, kind: "Deployment", version: "v1")
        #expect(error == message)
    }
}

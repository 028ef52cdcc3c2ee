// Custom resources: defaults, validation, definitions.

import JSONTree
import KubeModel
import Testing

@testable import ClusterSim

@Suite struct SchemaCustomResourceTests {
    /// A custom resource's type with that schema for its spec.
    private func type(_ spec: JSON) -> TypeSchema {
        TypeSchema(
            customResource: ["type": "object", "properties": ["spec": spec]],
            kind: GroupVersionKind(group: "g.example.com", version: "v1", kind: "Widget"), separatesStatus: false)
    }

    private func errors(_ schema: String, _ spec: String) throws -> [String] {
        let type = type(try JSON.parse(schema))
        var value: JSON = ["spec": try JSON.parse(spec)]
        SchemaOperations.applyDefaults(&value, type)
        return SchemaOperations.validate(value, old: nil, type).map(\.description)
    }

    @Test(
        "values are refused in the server's words",
        arguments: [
            (#"{"s":{"type":"string"}}"#, #"{"s":1}"#, [#"spec.s: Invalid value: "integer": spec.s in body must be of type string: "integer""#]),
            (
                #"{"i":{"type":"integer"}}"#, #"{"i":1.5}"#,
                [
                    #"spec.i: Invalid value: "number": spec.i in body must be of type integer: "number""#,
                    #"<nil>: Invalid value: "": Checked value must be of type integer (default format) in spec.i"#,
                ]
            ),
            (#"{"i":{"type":"integer"}}"#, #"{"i":1.0}"#, []),
            (#"{"i":{"type":"integer"}}"#, #"{"i":null}"#, []),
            (#"{"e":{"type":"string","enum":["a","b"]}}"#, #"{"e":"c"}"#, [#"spec.e: Unsupported value: "c": supported values: "a", "b""#]),
            (#"{"l":{"type":"string","maxLength":3}}"#, #"{"l":"xxxx"}"#, ["spec.l: Too long: may not be more than 3 bytes"]),
            (#"{"p":{"type":"string","pattern":"^a+$"}}"#, #"{"p":"b"}"#, [#"spec.p: Invalid value: "b": spec.p in body should match '^a+$'"#]),
            (#"{"a":{"type":"array","maxItems":2,"items":{"type":"integer"}}}"#, #"{"a":[1,2,3]}"#, ["spec.a: Too many: 3: must have at most 2 items"]),
            (#"{"m":{"type":"object","minProperties":1,"additionalProperties":{"type":"string"}}}"#, #"{"m":{}}"#, ["spec.m: Invalid value: 0: spec.m in body should have at least 1 properties"]),
            (#"{"x":{"type":"integer","minimum":1,"exclusiveMinimum":true}}"#, #"{"x":1}"#, ["spec.x: Invalid value: 1: spec.x in body should be greater than 1"]),
            (#"{"o":{"type":"object","required":["x"]}}"#, #"{"o":{}}"#, ["spec.o.x: Required value"]),
            (#"{"p":{"x-kubernetes-int-or-string":true}}"#, #"{"p":true}"#, [#"spec.p: Invalid value: "boolean": spec.p in body must be of type integer,string: "boolean""#]),
            (#"{"n":{"type":"integer","not":{"enum":[7]}}}"#, #"{"n":7}"#, [#"<nil>: Invalid value: "": "spec.n" must not validate the schema (not)"#]),
            (#"{"s":{"type":"array","x-kubernetes-list-type":"set","items":{"type":"string"}}}"#, #"{"s":["a","a"]}"#, [#"spec.s[1]: Duplicate value: "a""#]),
        ] as [(String, String, [String])])
    func messages(properties: String, spec: String, expected: [String]) throws {
        #expect(try errors(#"{"type":"object","properties":\#(properties)}"#, spec) == expected)
    }

    @Test func `one of says how many alternatives fit`() throws {
        let schema = #"{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"oneOf":[{"required":["a"]},{"required":["b"]}]}"#
        #expect(try errors(schema, #"{"a":"x"}"#) == [])
        #expect(
            try errors(schema, #"{"a":"x","b":"y"}"#) == [
                #"<nil>: Invalid value: "": "spec" must validate one and only one schema (oneOf). Found 2 valid alternatives"#
            ])
        #expect(
            try errors(schema, "{}") == [
                #"<nil>: Invalid value: "": "spec" must validate one and only one schema (oneOf). Found none valid"#,
                "spec.a: Required value",
            ])
    }

    @Test func `defaults are filled in at every level, nulls give way`() throws {
        let type = type(
            try JSON.parse(
                #"{"type":"object","default":{},"properties":{"a":{"type":"string","default":"x"},"n":{"type":"string","nullable":true},"o":{"type":"object","properties":{"b":{"type":"integer","default":1}}},"z":{"type":"string"}}}"#))
        var empty: JSON = [:]
        SchemaOperations.applyDefaults(&empty, type)
        #expect(empty == ["spec": ["a": "x"]])
        var value: JSON = ["spec": ["a": .null, "n": .null, "z": .null, "o": [:]]]
        SchemaOperations.applyDefaults(&value, type)
        #expect(value == ["spec": ["a": "x", "n": .null, "o": ["b": 1]]])
    }

    @Test func `what an update does not change is not held against it`() throws {
        let type = type(
            try JSON.parse(
                #"{"type":"object","properties":{"a":{"type":"string","maxLength":1},"b":{"type":"integer"}}}"#))
        let old: JSON = ["spec": ["a": "long", "b": 1]]
        #expect(SchemaOperations.validate(["spec": ["a": "long", "b": 2]], old: old, type) == [])
        #expect(SchemaOperations.validate(["spec": ["a": "longer", "b": 1]], old: old, type).count == 1)
    }

    @Test func `embedded objects need a type`() throws {
        let spec = #"{"e":{"type":"object","x-kubernetes-embedded-resource":true,"x-kubernetes-preserve-unknown-fields":true}}"#
        #expect(
            try errors(#"{"type":"object","properties":\#(spec)}"#, #"{"e":{"kind":"A"}}"#) == [
                "spec.e.apiVersion: Required value: must not be empty"
            ])
    }

    // MARK: Definitions

    private func definition(_ schema: JSON, _ change: (inout JSON) -> Void = { _ in }) -> [String] {
        var tree: JSON = [
            "metadata": ["name": "widgets.g.example.com"],
            "spec": [
                "group": "g.example.com", "scope": "Namespaced",
                "names": ["plural": "widgets", "kind": "Widget", "singular": "widget", "listKind": "WidgetList"],
                "versions": [
                    ["name": "v1", "served": true, "storage": true, "schema": ["openAPIV3Schema": schema]]
                ],
            ],
        ]
        change(&tree)
        CustomResources.applyDefaults(&tree)
        return CustomResources.validate(tree, old: nil).map(\.description)
    }

    @Test(
        "schemas that are not structural are refused",
        arguments: [
            (#"{"properties":{"spec":{"type":"object"}}}"#, "type: Required value: must not be empty at the root"),
            (#"{"type":"string"}"#, #"type: Invalid value: "string": must be object at the root"#),
            (#"{"type":"object","properties":{"spec":{}}}"#, "properties[spec].type: Required value: must not be empty for specified object fields"),
            (#"{"type":"object","properties":{"a":{"type":"array"}}}"#, "properties[a].items: Required value: must be specified"),
            (#"{"type":"object","properties":{"a":{"type":"string","default":5}}}"#, #"properties[a].default: Invalid value: "integer":  in body must be of type string: "integer""#),
            (#"{"type":"object","properties":{"a":{"oneOf":[{"type":"string"}],"type":"string"}}}"#, "properties[a].oneOf[0].type: Forbidden: must be empty to be structural"),
            (#"{"type":"object","properties":{"a":{"type":"string","pattern":"("}}}"#, #"properties[a].pattern: Invalid value: "(": must be a valid regular expression, but isn't: error parsing regexp: missing closing ): `(`"#),
            (#"{"type":"object","properties":{"a":{"type":"array","items":{"type":"object"},"x-kubernetes-list-type":"map"}}}"#, "properties[a].x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map"),
            (#"{"type":"object","properties":{"a":{"x-kubernetes-int-or-string":true,"anyOf":[{"type":"integer"},{"type":"string"}]}}}"#, ""),
        ])
    func schemas(schema: String, problem: String) throws {
        let prefix = "spec.validation.openAPIV3Schema."
        #expect(definition(try JSON.parse(schema)) == (problem.isEmpty ? [] : [prefix + problem]))
    }

    @Test func `names and versions are checked`() {
        #expect(definition(["type": "object"]) == [])
        #expect(
            definition(["type": "object"]) { $0.set(["spec", "scope"], to: "Galaxy") } == [
                #"spec.scope: Unsupported value: "Galaxy": supported values: "Cluster", "Namespaced""#
            ])
        #expect(
            definition(["type": "object"]) { $0.set(["spec", "names", "kind"], to: "") } == [
                "spec.names.kind: Required value"
            ])
        #expect(
            definition(["type": "object"]) { $0.set(["spec", "conversion"], to: ["strategy": "Webhook"]) } == [
                "spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook",
                "spec.conversion.conversionReviewVersions: Required value",
            ])
    }
}

@Suite struct RegularExpressionTests {
    @Test(
        "expressions match as Go's do",
        arguments: [
            ("^a+$", "aaa", true), ("^a+$", "ab", false), ("b", "abc", true), ("^[a-z]([-a-z0-9]*[a-z0-9])?$", "a-b-9", true),
            ("^[a-z]([-a-z0-9]*[a-z0-9])?$", "a-", false), (#"^\d{2,3}$"#, "12", true), (#"^\d{2,3}$"#, "1234", false),
            ("^(foo|bar)$", "bar", true), ("(?i)^ABC$", "abc", true), (#"^[^/]+/\w+$"#, "a.b/c_d", true),
            (#"\bcat\b"#, "a cat!", true), ("^$", "", true), ("a{,2}", "a{,2}", true), ("^(a?){30}a{30}$", String(repeating: "a", count: 30), true),
            ("^[[:alpha:]]+$", "abc", true), (#"^\Qa.b\E$"#, "a.b", true), ("x*", "", true), ("^.*$", "é", true),
        ])
    func matching(pattern: String, text: String, isMatch: Bool) throws {
        #expect(try RegularExpression(pattern).matches(text) == isMatch)
    }

    @Test(
        "syntax errors are said as Go says them",
        arguments: [
            ("(", "missing closing ): `(`"), ("a)", "unexpected ): `a)`"), ("[a", "missing closing ]: `[a`"),
            ("*a", "missing argument to repetition operator: `*`"), ("a**", "invalid nested repetition operator: `**`"),
            ("[z-a]", "invalid character class range: `z-a`"), (#"\y"#, #"invalid escape sequence: `\y`"#),
            ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"), ("a{1001}", "invalid repeat count: `{1001}`"),
        ])
    func syntax(pattern: String, message: String) {
        #expect(throws: RegularExpression.SyntaxError(message: message)) { try RegularExpression(pattern) }
    }
}

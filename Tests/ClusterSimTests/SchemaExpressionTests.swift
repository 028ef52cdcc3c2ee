// CEL: values, types, rules of custom resources.

import JSONTree
import KubeModel
import Testing

@testable import ClusterSim

@Suite struct SchemaExpressionTests {
    private func value(_ source: String) throws -> CELValue {
        var evaluator = CELEvaluator([:])
        return try evaluator.value(try CELParser.parse(source))
    }

    @Test(
        "expressions are true",
        arguments: [
            "1 + 2 * 3 == 7", "'a' + 'b' == 'ab'", "[1, 2].all(x, x > 0)", "[1, 2].exists(x, x == 2)",
            "[1, 2, 3].exists_one(x, x > 2)", "[1, 2].map(x, x * 2) == [2, 4]", "[1, 2, 3].filter(x, x % 2 == 1) == [1, 3]",
            "'hello'.startsWith('he') && 'hello'.endsWith('lo')", "'a,b'.split(',') == ['a', 'b']",
            "'abc'.matches('^a.c$')", "size('äb') == 2", "'b' in {'a': 1, 'b': 2}", "2 in [1, 2]", "1.0 == 1",
            "true || 1 / 0 == 1", "!(false && 1 / 0 == 1)", "(1 < 2 ? 'y' : 'n') == 'y'", "'abc'.substring(1, 3) == 'bc'",
            "'a-b'.replace('-', '+') == 'a+b'", "['a', 'b'].join('/') == 'a/b'", "duration('1h') > duration('59m')",
            "timestamp('2024-01-01T00:00:00Z').getFullYear() == 2024", "[3, 1].max() == 3", "'ABC'.lowerAscii() == 'abc'",
            "quantity('1Gi').isGreaterThan(quantity('1M'))", "url('https://a.b:80/c').getHost() == 'a.b:80'",
            "optional.of(1).hasValue() && optional.none().orValue(2) == 2", "r'\\d' == '\\\\d'", "0x10 == 16",
            "-5 / 2 == -2", "'x1y22'.findAll('[0-9]+') == ['1', '22']", "sets.contains([1, 2], [1])",
        ])
    func truths(source: String) throws {
        #expect(try value(source) == .bool(true))
    }

    @Test(
        "failures say why",
        arguments: [
            ("1 / 0", "division by zero"), ("[1][5]", "index out of bounds: 5"), ("{'a': 1}['b']", "no such key: b"),
            ("9223372036854775807 + 1", "integer overflow"),
        ])
    func failures(source: String, message: String) {
        #expect(throws: CELFailure(message: message)) { try value(source) }
    }

    // MARK: Rules

    private func type(_ spec: String) throws -> TypeSchema {
        TypeSchema(
            customResource: ["type": "object", "properties": ["spec": try JSON.parse(spec)]],
            kind: GroupVersionKind(group: "g.example.com", version: "v1", kind: "Widget"), separatesStatus: false)
    }

    private static let schema = #"""
        {"type":"object","properties":{"min":{"type":"integer"},"max":{"type":"integer"},
        "name":{"type":"string","maxLength":20,"x-kubernetes-validations":[
        {"rule":"self.startsWith('w-')","message":"name must start with w-"}]},
        "fixed":{"type":"string","x-kubernetes-validations":[{"rule":"self == oldSelf","message":"fixed is immutable"}]},
        "l":{"type":"array","maxItems":5,"items":{"type":"integer"},"x-kubernetes-validations":[
        {"rule":"self.all(x, x > 0)"}]}},"x-kubernetes-validations":[
        {"rule":"!has(self.min) || !has(self.max) || self.min <= self.max","message":"min must not exceed max"},
        {"rule":"!has(self.max) || self.max < 100","messageExpression":"self.max > 150 ? 'far too big' : 'too big'",
        "reason":"FieldValueForbidden","fieldPath":".max"}]}
        """#

    @Test(
        "rules are checked in the server's words",
        arguments: [
            (#"{"min":1,"max":2,"name":"w-x","l":[1]}"#, []),
            (#"{"min":3,"max":2}"#, ["spec: Invalid value: min must not exceed max"]),
            (#"{"max":200}"#, ["spec.max: Forbidden: far too big"]),
            (#"{"name":"x"}"#, [#"spec.name: Invalid value: "x": name must start with w-"#]),
            (#"{"l":[1,0]}"#, ["spec.l: Invalid value: failed rule: self.all(x, x > 0)"]),
            (
                #"{"name":5}"#,
                [
                    #"spec.name: Invalid value: "integer": spec.name in body must be of type string: "integer""#,
                    "<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; "
                        + "correct the existing errors to complete validation",
                ]
            ),
        ] as [(String, [String])])
    func rules(spec: String, expected: [String]) throws {
        let errors = SchemaOperations.validate(
            ["spec": try JSON.parse(spec)], old: nil, try type(Self.schema))
        #expect(errors.map(\.description) == expected)
    }

    @Test func `transition rules compare with the old value`() throws {
        let type = try type(Self.schema)
        let old: JSON = ["spec": ["fixed": "x"]]
        #expect(
            SchemaOperations.validate(["spec": ["fixed": "y"]], old: old, type).map(\.description) == [
                #"spec.fixed: Invalid value: "y": fixed is immutable"#
            ])
        #expect(SchemaOperations.validate(old, old: old, type) == [])
        #expect(SchemaOperations.validate(old, old: nil, type) == [])
    }

    @Test(
        "bad rules are refused at their definition",
        arguments: [
            (#"{"rule":"self.nope > 1"}"#, "undefined field 'nope'\n | self.nope > 1\n | ....^"),
            (#"{"rule":"self.a +"}"#, "<input>:1:9: Syntax error: mismatched input '<EOF>' expecting {'[', '{'"),
            (#"{"rule":"self.a"}"#, "cel expression must evaluate to a bool"),
            (#"{"rule":""}"#, "Required value: rule is not specified"),
            (#"{"rule":"true","message":"a\nb"}"#, "must not contain line breaks"),
            (#"{"rule":"self.a > 'x'"}"#, "<input>:1:8: found no matching overload for '_>_' applied to '(int, string)'"),
            (#"{"rule":"true","fieldPath":".zz"}"#, #".fieldPath: Invalid value: ".zz": must be a valid path"#),
            (#"{"rule":"true","reason":"Nope"}"#, #"Unsupported value: "Nope": supported values: "FieldValueDuplicate""#),
            (#"{"rule":"self.u.all(x, self.u.all(y, x == y))"}"#, "estimated rule cost exceeds budget by factor of more than 100x"),
            (#"{"rule":"self.a < 5","messageExpression":"string(self.a)"}"#, ""),
        ])
    func definitions(rule: String, problem: String) throws {
        let root: JSON = [
            "type": "object",
            "properties": [
                "spec": [
                    "type": "object",
                    "properties": [
                        "a": ["type": "integer"], "u": ["type": "array", "items": ["type": "string"]],
                    ],
                    "x-kubernetes-validations": [try JSON.parse(rule)],
                ]
            ],
        ]
        let errors = RuleDefinitionValidation.validate(root, "s").map(\.description)
        if problem.isEmpty {
            #expect(errors == [])
        } else {
            #expect(errors.count == 1)
            #expect(errors.first?.contains(problem) == true, "\(errors)")
            #expect(errors.first?.hasPrefix("s.properties[spec].x-kubernetes-validations[0]") == true)
        }
    }
}

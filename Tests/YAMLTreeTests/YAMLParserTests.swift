// YAML text to trees: scalars by Kubernetes' table, documents, anchors, limits, places.

import JSONTree
import Testing
import YAMLTree

@Suite struct YAMLParserTests {
    private func one(_ text: String) throws -> JSON { try YAML.parseOne(text, file: "a.yaml") }

    @Test(
        "plain scalars become what Kubernetes' tools make of them",
        arguments: [
            ("y", .bool(true)), ("Y", .bool(true)), ("yes", .bool(true)), ("On", .bool(true)),
            ("TRUE", .bool(true)), ("n", .bool(false)), ("No", .bool(false)), ("OFF", .bool(false)),
            ("yEs", "yEs"), ("tRUE", "tRUE"), ("~", .null), ("Null", .null), ("nULL", "nULL"), ("''", ""),
            ("0x1F", 31), ("-0x1f", -31), ("010", 8), ("0o17", 15), ("0b101", 5), ("08", 8),
            ("1_000", 1000), ("+5", 5), ("-0", 0), ("9223372036854775807", 9_223_372_036_854_775_807),
            ("18446744073709551615", .number(JSONNumber(validLiteral: "18446744073709551615"))),
            ("1.5", 1.5), (".5", 0.5), ("5.", 5), ("1e3", 1000), ("1E-2", 0.01), ("-1.25e1", -12.5), ("+.5", 0.5),
            ("1e400", "1e400"), ("1:20", "1:20"), ("2024-01-02", "2024-01-02"),
            ("2001-12-14t21:59:43.10-05:00", "2001-12-14t21:59:43.10-05:00"), ("1.2.3", "1.2.3"),
            ("-", "-"), (".", "."), ("0x", "0x"), ("0xG", "0xG"), ("1e", "1e"), ("=", "="), ("v1", "v1"),
            ("!!str 5", "5"), ("!!float 5", 5), ("!!binary aGk=", "hi"), ("!custom 5", "5"), ("! 5", "5"),
            ("\"yes\"", "yes"), ("'1'", "1"),
        ] as [(String, JSON)])
    func scalars(_ text: String, _ expected: JSON) throws {
        let yaml: String = text == "-" ? "[ \"-\" ]" : "[ \(text) ]"
        #expect(try one(yaml)[0] == expected)
    }

    @Test(arguments: [".inf", "-.Inf", ".NaN"])
    func `what JSON cannot hold is an error`(_ text: String) {
        #expect(throws: YAMLError.self) { try one("a: \(text)") }
    }

    @Test func `names that are no strings become strings`() throws {
        #expect(try one("1: a\ntrue: b\n1.5: c\n0x10: d") == ["1": "a", "true": "b", "1.5": "c", "16": "d"])
        #expect(throws: YAMLError.self) { try one("~: a") }
        #expect(throws: YAMLError.self) { try one("[1]: a") }
    }

    @Test func `a stream holds many documents, empty ones left out`() throws {
        let documents = try YAML.parse("# only a comment\n---\na: 1\n---\n---\nb: 2\n...\n---\n~\n")
        #expect(documents.map(\.tree) == [["a": 1], ["b": 2], .null])
        #expect(try YAML.parse("").isEmpty)
        #expect(try YAML.parse("# nothing\n").isEmpty)
        #expect(throws: YAMLError.self) { try YAML.parseOne("a: 1\n---\nb: 2\n") }
    }

    @Test func `a name that stands twice is refused with both places`() throws {
        let error = try #require(throws: YAMLError.self) { try one("x:\n  a: 1\n  b: 2\n  a: 3\n") }
        #expect(error.description == "a.yaml:4:3: key \"a\" already set in map, first at a.yaml:2:3")
    }

    @Test func `a syntax error names its place and what Go names`() throws {
        let text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata: {x: 'yes', z: |\n    block\n}\n"
        let error = try #require(throws: YAMLError.self) { try one(text) }
        #expect(error.goText == "yaml: line 5: found character that cannot start any token")
        #expect(error.mark.line == 5)
        #expect(error.mark.file == "a.yaml")
    }

    @Test func `aliases and merge keys are expanded, own members win`() throws {
        let text = """
            base: &base {a: 1, b: 2}
            more: &more {b: 3, c: 4}
            one: {<<: *base, b: 9}
            two: {b: 9, <<: [*base, *more]}
            three: *base
            quoted: {"<<": 1}
            """
        let tree = try one(text)
        #expect(tree["one"] == ["a": 1, "b": 9])
        #expect(tree["two"] == ["a": 1, "b": 9, "c": 4])
        #expect(tree["three"] == ["a": 1, "b": 2])
        #expect(tree["quoted"] == ["<<": 1])
        #expect(throws: YAMLError.self) { try one("a: {<<: 5}") }
        #expect(throws: YAMLError.self) { try one("a: *missing") }
        #expect(throws: YAMLError.self) { try one("a: &a [*a]") }
    }

    @Test func `aliases cannot multiply beyond the limit`() throws {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            let list = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(list)]\n"
        }
        let error = try #require(throws: YAMLError.self) { try one(text) }
        #expect(error.message.contains("aliases expanded"))
    }

    @Test func `depth, bytes and documents are limited`() {
        var limits = YAMLLimits()
        limits.byteCountMax = 10
        #expect(throws: YAMLError.self) { try YAML.parse("a: 1234567890", limits: limits) }
        let deep = String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)
        #expect(throws: YAMLError.self) { try one(deep) }
        limits = YAMLLimits()
        limits.documentCountMax = 2
        #expect(throws: YAMLError.self) { try YAML.parse("--- 1\n--- 2\n--- 3\n", limits: limits) }
    }

    @Test func `every node has a place`() throws {
        let document = try #require(
            try YAML.parse("spec:\n  list:\n  - name: a\n  - name: b\n", file: "f.yaml").first)
        let pointer = try #require(JSONPointer("/spec/list/1/name"))
        #expect(document.mark(at: pointer)?.description == "f.yaml:4:11")
        #expect(document.mark(at: JSONPointer(tokens: []))?.description == "f.yaml:1:1")
        #expect(document.mark(at: JSONPointer(tokens: ["nothing"])) == nil)
    }

    @Test func `hostile bytes never crash`() {
        var state: UInt64 = 42
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        let pieces = ["a", ":", " ", "\n", "- ", "[", "]", "{", "}", "&x ", "*x", "<<: ", "|\n", ">-\n", "\"", "'", "!!int ", "#", "\t", "---\n", "é", "\u{0}", "%YAML 1.1\n", "? "]
        for _ in 0..<3000 {
            let text = (0..<random(40)).map { _ in pieces[random(pieces.count)] }.joined()
            _ = try? YAML.parse(text)
        }
    }
}

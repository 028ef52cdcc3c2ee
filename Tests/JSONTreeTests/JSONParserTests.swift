// RFC 8259's hard cases, by the classes of the public JSON parsing suite: what must be read (y),
// what must be refused (n), and what a parser may choose (i).

import JSONTree
import Testing

@Suite struct JSONParserTests {
    @Test(
        "what must be read is read",
        arguments: [
            ("[]", []), ("[[]   ]", [[]]), ("[\"\"]", [""]), ("[\"a\"]", ["a"]), ("[false]", [false]), ("[null, 1, \"1\", {}]", [.null, 1, "1", [:]]),
            ("[1\n]", [1]), (" [1]", [1]), ("[1,null,null,null,2]", [1, .null, .null, .null, 2]), ("[2] ", [2]),
            ("[0]", [0]), ("[-0]", [.number(JSONNumber(validLiteral: "-0"))]), ("[-1]", [-1]), ("[-123]", [-123]), ("[123]", [123]),
            ("[9223372036854775807]", [.int(.max)]), ("[-9223372036854775808]", [.int(.min)]),
            ("[9223372036854775808]", [.number(JSONNumber(validLiteral: "9223372036854775808"))]),
            ("[123e65]", [.number(JSONNumber(validLiteral: "123e65"))]), ("[0e+1]", [.number(JSONNumber(validLiteral: "0e+1"))]),
            ("[1E22]", [.number(JSONNumber(validLiteral: "1E22"))]), ("[1e-2]", [.number(JSONNumber(validLiteral: "1e-2"))]),
            ("[123.456789]", [.number(JSONNumber(validLiteral: "123.456789"))]),
            ("{\"asd\":\"sdf\", \"dfg\":\"fgh\"}", ["asd": "sdf", "dfg": "fgh"]), ("{}", [:]), ("{\"\":0}", ["": 0]),
            ("{\"foo\\u0000bar\": 42}", ["foo\u{0}bar": 42]), ("{\n\"a\": \"b\"\n}", ["a": "b"]),
            ("[\"\\u0060\\u012a\\u12AB\"]", ["`Īካ"]), ("[\"\\ud801\\udc37\"]", ["𐐷"]), ("[\"\\ud83d\\ude39\\ud83d\\udc8d\"]", ["😹💍"]),
            ("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]", ["\"\\/\u{8}\u{c}\n\r\t"]), ("[\"\\\\u0000\"]", ["\\u0000"]), ("[\"a/*b*/c\"]", ["a/*b*/c"]),
            ("[\"\u{7F}\"]", ["\u{7F}"]), ("[\"\\uFFFF\"]", ["\u{FFFF}"]), ("[\"\u{2028}\"]", ["\u{2028}"]), ("[\"€𝄞\"]", ["€𝄞"]),
            ("\"space\"", "space"), ("42", 42), ("-0.1", -0.1), ("null", .null), ("true", true), ("\" \"", " "), ("[true]\t\r\n", [true]),
        ] as [(String, JSON)])
    func accepts(_ text: String, _ expected: JSON) throws {
        #expect(try JSON.parse(text) == expected)
    }

    @Test(
        "what must be refused is refused",
        arguments: [
            "", " ", "[1 true]", "[\"\": 1]", "[\"\"],", "[,1]", "[1,,2]", "[\"x\",,]", "[\"x\"]]", "[\"\",]", "[\"x\"", "[x", "[3[4]]",
            "[1:2]", "[,]", "[-]", "[   , \"\"]", "[\"a\",\n4\n,1,", "[1,]", "[1,,]", "[*]", "[\"\"", "[1,\n1\n,1", "[{}", "[fals]", "[nul]", "[tru]",
            "[++1234]", "[+1]", "[+Inf]", "[-01]", "[-1.0.]", "[-2.]", "[-NaN]", "[.-1]", "[.2e-3]", "[0.1.2]", "[0.3e+]", "[0.3e]", "[0.e1]",
            "[0E+]", "[0E]", "[1.0e+]", "[1.0e-]", "[1.0e]", "[1 000.0]", "[1eE2]", "[2.e+3]", "[9.e+]", "[Inf]", "[NaN]", "[１]", "[1+2]",
            "[0x1]", "[0x42]", "[Infinity]", "[-Infinity]", "[-foo]", "[- 1]", "[-012]", "[-.123]", "[-1x]", "[1ea]", "[1.]", "[.123]", "[1.2a-3]",
            "[1.8011670033376514H-308]", "[012]", "[\"x\", truth]", "{[: \"x\"}", "{\"x\", null}", "{\"x\"::\"b\"}", "{🇨🇭}", "{\"a\":\"a\" 123}",
            "{key: 'value'}", "{\"a\" b}", "{:\"b\"}", "{\"a\" \"b\"}", "{\"a\":", "{\"a\"", "{1:1}", "{9999E9999:1}", "{null:null,null:null}",
            "{\"id\":0,,,,,}", "{'a':0}", "{\"id\":0,}", "{\"a\":\"b\"}/**/", "{\"a\":\"b\"}/**//", "{\"a\":\"b\"}//", "{\"a\":\"b\"}/", "{\"a\":\"b\",,\"c\":\"d\"}",
            "{a: \"b\"}", "{\"a\":\"a", "{ \"foo\" : \"bar\", \"a\" }", "{\"a\":\"b\"}#", "{\"a\":1,\"a\":2}", "[\"\\uD800\\u\"]", "[\"\\uD800\\u1\"]", "[\"\\uD800\\u1x\"]",
            "[é]", "[\"\\\u{0}\"]", "[\"\\x00\"]", "[\"\\\\\\\"]", "[\"\\\t\"]", "[\"\\🌀\"]", "[\"\\\"]", "[\"\\u00A\"]", "[\"\\uD834\\uDd\"]", "[\"\\uD800\\uD800\\x\"]",
            "[\"\\a\"]", "[\"\\uqqqq\"]", "[\"\\u+123\"]", "[\\u0020\"asd\"]", "[\\n]", "\"", "['single quote']", "abc", "[\"\\", "[\"a\u{0}a\"]", "[\"new\nline\"]",
            "[\"\t\"]", "\"\\UA66D\"", "\"\"x", "<.>", "[<null>]", "[1]x", "[1]]", "[\"asd]", "aå", "[True]", "1]", "{\"x\": true,", "[][]", "]", "\u{FEFF}{}", "å",
            "[", "2@", "{}}", "{\"\":", "{\"a\":/*comment*/\"b\"}", "{\"a\": true} \"x\"", "['", "[\"a", "[,", "[\"a\",", "{,", "{[", "{\"a", "{'a'", "*", "\u{60}", "\u{A0}1", "\u{C}[]",
        ])
    func refuses(_ text: String) {
        #expect(throws: JSONParseError.self) { try JSON.parse(text) }
    }

    @Test(
        "bytes that are not UTF-8 are refused",
        arguments: [
            [0xE5], [0x22, 0xE5, 0x22], [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xF4, 0xBF, 0xBF, 0xBF, 0x22],
            [0x22, 0xFC, 0x83, 0xBF, 0xBF, 0xBF, 0xBF, 0x22], [0x22, 0x81, 0x22], [0xFF, 0xFE, 0x5B, 0x00], [0x22, 0xE0, 0xFF, 0x22], [0x5B, 0x00, 0x5D],
            [0x22, 0x5C, 0x6E, 0xFF, 0x22],
        ] as [[UInt8]])
    func refusesBytes(_ bytes: [UInt8]) {
        #expect(throws: JSONParseError.self) { try JSON.parse(bytes) }
    }

    @Test(
        "a lone surrogate becomes U+FFFD, as Go's decoder has it",
        arguments: [
            ("\"\\uDADA\"", "\u{FFFD}"), ("\"\\uD888\\u1234\"", "\u{FFFD}\u{1234}"), ("\"\\uD800\\n\"", "\u{FFFD}\n"), ("\"\\uDd1ea\"", "\u{FFFD}a"),
            ("\"\\uD800\\uD800\\uDC00\"", "\u{FFFD}\u{10000}"), ("\"\\udc00\\ud800x\"", "\u{FFFD}\u{FFFD}x"),
        ])
    func surrogates(_ text: String, _ expected: String) throws {
        #expect(try JSON.parse(text) == .string(expected))
    }

    @Test(arguments: ["1e9999", "-1e9999", "0.4e00669999999999999999999999", "123123e100000", String(repeating: "9", count: 5000)])
    func `huge numbers keep their text`(_ text: String) throws {
        let value = try JSON.parse(text)
        #expect(value.text() == text)
        #expect(value.int == nil)
        #expect(value.double != nil)
    }

    @Test func `depth and size are limited, not the stack`() throws {
        for unit in ["[", "{\"a\":", "[{\"a\":"] {
            let error = #expect(throws: JSONParseError.self) { try JSON.parse(String(repeating: unit, count: 100_000)) }
            #expect(error?.message.contains("nested deeper than 500 levels") == true)
        }
        let deep = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
        #expect(try JSON.parse(deep).text() == deep)
        #expect(throws: JSONParseError.self) { try JSON.parse("[1, 2, 3]", limits: JSONLimits(byteCountMax: 8)) }
    }

    @Test func `errors name line and column`() throws {
        let error = try #require(throws: JSONParseError.self) { try JSON.parse("{\n  \"a\": [1,\n   x]\n}") }
        #expect(error.line == 3)
        #expect(error.column == 4)
        #expect(error.description == "unexpected 'x', expected a value at line 3, column 4")
        let twice = try #require(throws: JSONParseError.self) { try JSON.parse("{\"a\": 1,\n \"a\": 2}") }
        #expect(twice.description == "duplicate member \"a\" at line 2, column 2")
    }

    @Test func `many members are found, also twice`() throws {
        let members = (0..<5000).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
        let object = try JSON.parse("{\(members)}")
        #expect(object["k4999"] == 4999)
        #expect(object.object?.count == 5000)
        #expect(throws: JSONParseError.self) { try JSON.parse("{\(members),\"k17\":1}") }
    }

    @Test func `items of a list are transformed as they are read`() throws {
        let text = "{\"kind\": \"L\", \"items\": [{\"items\": [1], \"a\": 1}, 2], \"metadata\": {\"items\": [3]}}"
        let list = try JSON.parse(list: Array(text.utf8)) { item in item["a"] == 1 ? item["items"] : .null }
        #expect(list == ["kind": "L", "items": [[1], .null], "metadata": ["items": [3]]])
        for (text, whole) in [("{\"items\": []}", ["items": []]), ("{\"items\": 7}", ["items": 7]), ("[1]", [1])] as [(String, JSON)] {
            #expect(try JSON.parse(list: Array(text.utf8)) { _ in "changed" } == whole)
        }
        let error = try #require(throws: JSONParseError.self) {
            try JSON.parse(list: Array("{\"items\": [1,\n x]}".utf8)) { $0 }
        }
        #expect(error.line == 2)
    }
}

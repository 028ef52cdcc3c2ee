// Trees to YAML text.

import JSONTree
import Testing
import YAMLTree

@Suite struct YAMLPrinterTests {
    @Test func `an object prints in block style with lists not indented`() {
        let tree: JSON = [
            "apiVersion": "v1", "data": ["b": "1", "a": "x"], "empty": [:], "none": [],
            "list": [["name": "a", "value": 1], "two", [1, 2]], "text": "one\ntwo\n", "null": .null,
        ]
        #expect(
            YAML.text(tree) == """
                apiVersion: v1
                data:
                  b: "1"
                  a: x
                empty: {}
                none: []
                list:
                - name: a
                  value: 1
                - two
                - - 1
                  - 2
                text: |
                  one
                  two
                "null": null

                """)
    }

    @Test(arguments: [
        "", "yes", "n", "on", "1", "1.5", "0x1F", "010", "~", "null", "2024-01-02", "1:20", " lead", "trail ",
        "a: b", "a #b", "#c", "- x", "-", "*a", "&a", "!t", "%x", "@x", "`x", "{", "[", "a\tb", "a\nb", "\n", "a\n\n",
        "  indented\nblock", "trailing \nblank", "é", "😀", "\u{7}", "\u{2028}", "'q'", "\"q\"", "a\\b", "<<", "=", "?", "---",
        "key: |\n  x", "\r\n", "1e3", ".inf", "1_000", "x: y\n", "\u{FEFF}bom", "...",
    ])
    func `a string survives the way out and back`(_ text: String) throws {
        let tree: JSON = ["k": .string(text), "list": [.string(text)]]
        #expect(try YAML.parseOne(YAML.text(tree)) == tree)
        #expect(try YAML.parseOne(YAML.text(.object([text: 1]))) == .object([text: 1]))
    }

    @Test func `scalars and several documents print`() {
        #expect(YAML.text("a") == "a\n")
        #expect(YAML.text(5) == "5\n")
        #expect(YAML.text(documents: [["a": 1], ["b": 2]]) == "a: 1\n---\nb: 2\n")
    }

    @Test func `any tree survives`() throws {
        var state: UInt64 = 7
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        func tree(_ depth: Int) -> JSON {
            switch random(depth > 4 ? 5 : 8) {
            case 0: return .null
            case 1: return .bool(random(2) == 0)
            case 2: return .int(Int64(random(100_000) - 50_000))
            case 3: return .double(Double(random(10_000)) / 64)
            case 4: return .string((0..<random(6)).map { _ in ["a", " ", "\n", ":", "#", "1", "-", "é", "\"", "'"][random(10)] }.joined())
            case 5: return .array((0..<random(4)).map { _ in tree(depth + 1) })
            default: return .object(JSONObject((0..<random(4)).map { ("k\($0)", tree(depth + 1)) }))
            }
        }
        for _ in 0..<500 {
            let value = tree(0)
            #expect(try YAML.parseOne(YAML.text(value)) == value)
        }
    }
}

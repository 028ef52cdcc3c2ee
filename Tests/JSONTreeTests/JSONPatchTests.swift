// RFC 6902's appendix and the traps round it; RFC 6901's pointers; RFC 7396's appendix.

import JSONTree
import Testing

@Suite struct JSONPatchTests {
    private func json(_ text: String) throws -> JSON { try JSON.parse(text) }

    private func patched(_ document: String, _ patch: String) throws -> JSON {
        try JSONPatch(document: json(patch)).apply(to: json(document))
    }

    @Test(
        "RFC 6902, appendix A, and more",
        arguments: [
            (#"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz","value":"qux"}]"#, #"{"baz":"qux","foo":"bar"}"#),
            (#"{"foo":["bar","baz"]}"#, #"[{"op":"add","path":"/foo/1","value":"qux"}]"#, #"{"foo":["bar","qux","baz"]}"#),
            (#"{"baz":"qux","foo":"bar"}"#, #"[{"op":"remove","path":"/baz"}]"#, #"{"foo":"bar"}"#),
            (#"{"foo":["bar","qux","baz"]}"#, #"[{"op":"remove","path":"/foo/1"}]"#, #"{"foo":["bar","baz"]}"#),
            (#"{"baz":"qux","foo":"bar"}"#, #"[{"op":"replace","path":"/baz","value":"boo"}]"#, #"{"baz":"boo","foo":"bar"}"#),
            (
                #"{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}"#,
                #"[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]"#,
                #"{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}"#
            ),
            (#"{"foo":["all","grass","cows","eat"]}"#, #"[{"op":"move","from":"/foo/1","path":"/foo/3"}]"#, #"{"foo":["all","cows","eat","grass"]}"#),
            (
                #"{"baz":"qux","foo":["a",2,"c"]}"#,
                #"[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]"#, #"{"baz":"qux","foo":["a",2,"c"]}"#
            ),
            (#"{"foo":"bar"}"#, #"[{"op":"add","path":"/child","value":{"grandchild":{}}}]"#, #"{"foo":"bar","child":{"grandchild":{}}}"#),
            (#"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz","value":"qux","xyz":123}]"#, #"{"foo":"bar","baz":"qux"}"#),
            (#"{"/":9,"~1":10}"#, #"[{"op":"test","path":"/~01","value":10}]"#, #"{"/":9,"~1":10}"#),
            (#"{"foo":["bar"]}"#, #"[{"op":"add","path":"/foo/-","value":["abc","def"]}]"#, #"{"foo":["bar",["abc","def"]]}"#),
            (#"{"a":1}"#, #"[{"op":"replace","path":"","value":[1]}]"#, "[1]"),
            (#"{"a":{"b":1}}"#, #"[{"op":"copy","from":"/a","path":"/c"}]"#, #"{"a":{"b":1},"c":{"b":1}}"#),
            (#"{"a":1.0}"#, #"[{"op":"test","path":"/a","value":1}]"#, #"{"a":1.0}"#),
            (#"{"a":null}"#, #"[{"op":"test","path":"/a","value":null},{"op":"add","path":"/a","value":null}]"#, #"{"a":null}"#),
            (#"[]"#, #"[{"op":"add","path":"/0","value":1},{"op":"add","path":"/1","value":2}]"#, "[1,2]"),
            (#"{"":1}"#, #"[{"op":"replace","path":"/","value":2}]"#, #"{"":2}"#),
        ])
    func applies(_ document: String, _ patch: String, _ expected: String) throws {
        #expect(try patched(document, patch) == json(expected))
        let parsed = try JSONPatch(document: json(patch))
        #expect(try JSONPatch(document: parsed.document) == parsed)
    }

    @Test(
        "what leads nowhere fails",
        arguments: [
            (#"{"baz":"qux"}"#, #"[{"op":"test","path":"/baz","value":"bar"}]"#), (#"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz/bat","value":"qux"}]"#),
            (#"{"a":[1]}"#, #"[{"op":"add","path":"/a/2","value":1}]"#), (#"{"a":[1]}"#, #"[{"op":"remove","path":"/a/1"}]"#),
            (#"{"a":[1]}"#, #"[{"op":"remove","path":"/a/-"}]"#), (#"{"a":[1]}"#, #"[{"op":"add","path":"/a/01","value":1}]"#),
            (#"{"a":[1]}"#, #"[{"op":"replace","path":"/a/1e0","value":1}]"#),
            (#"{"a":1}"#, #"[{"op":"remove","path":"/b"}]"#), (#"{"a":1}"#, #"[{"op":"move","from":"/b","path":"/c"}]"#),
            (#"{"a":1}"#, #"[{"op":"copy","from":"/b","path":"/c"}]"#), (#"{"a":"1"}"#, #"[{"op":"test","path":"/a","value":1}]"#),
            (#"{"a":1}"#, #"[{"op":"add","path":"/a/b","value":1}]"#),
        ])
    func fails(_ document: String, _ patch: String) throws {
        #expect(throws: JSONPatchError.self) { try self.patched(document, patch) }
    }

    @Test(
        "what is no patch is refused",
        arguments: [
            "{}", "[1]", #"[{"op":"spam","path":"/a"}]"#, #"[{"path":"/a","value":1}]"#, #"[{"op":"add","value":1}]"#, #"[{"op":"add","path":"/a"}]"#,
            #"[{"op":"add","path":"a","value":1}]"#, #"[{"op":"move","path":"/a"}]"#, #"[{"op":"replace","path":"/a"}]"#,
        ])
    func refuses(_ patch: String) throws {
        let document = try json(patch)
        #expect(throws: JSONPatchError.self) { try JSONPatch(document: document) }
    }

    @Test(
        "RFC 6901, section 5",
        arguments: [
            ("/foo", "[\"bar\",\"baz\"]"), ("/foo/0", "\"bar\""), ("/", "0"), ("/a~1b", "1"), ("/c%d", "2"), ("/e^f", "3"), ("/g|h", "4"),
            ("/i\\j", "5"), ("/k\"l", "6"), ("/ ", "7"), ("/m~0n", "8"),
        ])
    func pointers(_ text: String, _ expected: String) throws {
        let document: JSON = [
            "foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, "k\"l": 6, " ": 7, "m~n": 8,
        ]
        let pointer = try #require(JSONPointer(text))
        #expect(document.value(at: pointer) == (try json(expected)))
        #expect(pointer.description == text)
        #expect(document.value(at: JSONPointer(tokens: [])) == document)
        #expect(JSONPointer("no-slash") == nil)
    }

    @Test(
        "RFC 7396, appendix A",
        arguments: [
            (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#), (#"{"a":"b"}"#, #"{"a":null}"#, "{}"),
            (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#), (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
            (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#), (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
            (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#), (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#), (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#),
            (#"{"a":"foo"}"#, "null", "null"), (#"{"a":"foo"}"#, #""bar""#, #""bar""#), (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#),
            ("[1,2]", #"{"a":"b","c":null}"#, #"{"a":"b"}"#), ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
        ])
    func merges(_ target: String, _ patch: String, _ expected: String) throws {
        #expect(try MergePatch.apply(json(patch), to: json(target)) == json(expected))
    }
}

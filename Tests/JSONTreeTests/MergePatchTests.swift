// Merge patches: what they make, and that a difference is the smallest one.

import JSONTree
import Testing

@Suite struct MergePatchTests {
    @Test(arguments: [
        // RFC 7396, appendix A.
        (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
        (#"{"a":"b"}"#, #"{"a":null}"#, "{}"), (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#),
        (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#), (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#),
        ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
    ])
    func `patches apply as RFC 7396 shows`(_ target: String, patch: String, result: String) throws {
        #expect(try MergePatch.apply(JSON.parse(patch), to: JSON.parse(target)) == JSON.parse(result))
    }

    @Test func `a difference holds only what differs`() throws {
        let source = try JSON.parse(#"{"a":1,"b":{"c":2,"d":3},"e":[1],"gone":true}"#)
        let target = try JSON.parse(#"{"a":1,"b":{"c":2,"d":4},"e":[1],"new":"x"}"#)
        let patch = try #require(MergePatch.difference(from: source, to: target))
        #expect(patch == (try JSON.parse(#"{"b":{"d":4},"new":"x","gone":null}"#)))
        #expect(MergePatch.apply(patch, to: source) == target)
        #expect(MergePatch.difference(from: source, to: source) == nil)
    }
}

// Shell patterns.

import SyncCore
import Testing

@Suite struct GlobTests {
    @Test(arguments: [
        ("*.yaml", "a/b.yaml", true), ("{a,b}.yaml", "b.yaml", true), ("{a,b}.yaml", "c.yaml", false),
        ("a?c", "abc", true), ("[a-c]x", "bx", true), ("[!a]x", "ax", false), ("*", "", true),
        ("*a*b", "xaxxb", true), ("*a*b", "xaxx", false), ("{x,{y,z}}", "z", true), ("a[", "a[", true),
    ])
    func `patterns match as shells do`(_ pattern: String, text: String, matches: Bool) {
        #expect(Glob(pattern).matches(text) == matches)
    }
}

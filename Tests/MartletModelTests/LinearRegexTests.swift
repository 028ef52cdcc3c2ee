// Regular expressions as Go's package regexp reads them.

import MartletModel
import Testing

@Suite struct LinearRegexTests {
    @Test(arguments: [
        ("b", "abc", true), ("^b", "abc", false), (".*", "", true), ("a.c", "a\nc", false), ("(?s)a.c", "a\nc", true),
        ("(?i)abc", "ABC", true), ("^a{2}$", "aaa", false), ("^a{2,}$", "aaa", true), ("a{,2}", "a{,2}", true),
        ("^(ab|cd)*$", "abcdab", true), ("\\bfoo\\b", "a foo b", true), ("\\bfoo\\b", "afoo", false),
        ("[^a-c]", "abc", false), ("[[:alpha:]]+", "12", false), ("^\\pL+$", "é日", true), ("[]a]", "]", true),
        ("^[\\d-]+$", "1-2", true), ("(?m)^b$", "a\nb", true), ("\\Qa.b\\E", "a.b", true), ("^[\\W]$", "-", true),
        ("x*", "y", true), ("(a|b|)c", "c", true), ("\\x41\\x{42}", "AB", true), ("^(?P<n>a)(?:b)$", "ab", true),
    ])
    func `an expression matches as in Go`(_ pattern: String, _ text: String, _ matches: Bool) throws {
        #expect(try LinearRegex(pattern).isMatch(text) == matches)
    }

    @Test(arguments: ["*", "a**", "(", ")", "[", "[z-a]", "(?<n", "\\1", "a{1001}", "\\pX", "(?=a)", "\\", "[[:no:]]"])
    func `an expression that Go refuses is refused`(_ pattern: String) {
        #expect(throws: RegexError.self) { try LinearRegex(pattern) }
    }

    @Test func `no expression takes long`() throws {
        let text = String(repeating: "a", count: 50_000)
        #expect(try !LinearRegex("^(a+)+$b").isMatch(text))
        #expect(throws: RegexError.self) { try LinearRegex("(((a{1000}){1000}){1000})") }
    }
}

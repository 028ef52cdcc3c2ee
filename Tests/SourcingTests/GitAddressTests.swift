// Addresses, messages and versions: the pure parts of sourcing.

import Sourcing
import Testing

@Suite struct GitAddressTests {
    @Test(arguments: [
        ("https://GitHub.com/Org/App.git", "github.com/org/app"), ("git@github.com:org/app", "github.com/org/app"),
        ("ssh://git@github.com/org/app.git/", "github.com/org/app"), ("/srv/git/App", "/srv/git/App"),
        ("file:///srv/git/App", "/srv/git/App"),
    ])
    func `spellings of one repository have one key`(_ text: String, key: String) throws {
        #expect(try GitAddress(text).key == key)
    }

    @Test(arguments: [
        "", "ext::sh -c id", "--upload-pack=id", "-x", "relative/path", "https://", "ftp://host/path", "a b:c",
        "ssh://-oProxyCommand=id/x", "-oProxyCommand=id:x", "file://relative",
    ])
    func `what is no safe address is refused`(_ text: String) {
        #expect(throws: GitError.self) { try GitAddress(text) }
    }

    @Test func `a password in an address is dropped and never shown`() throws {
        let address = try GitAddress("https://me:hunter2@host/path")
        #expect(address.url == "https://me@host/path")
        var credentials = GitCredentials()
        credentials.password = "hunter2"
        #expect(!"\(credentials)".contains("hunter2"))
    }

    @Test func `output of ls-remote is read`() {
        let references = GitReferences(
            lsRemote: """
                ref: refs/heads/trunk\tHEAD
                aaaa\tHEAD
                aaaa\trefs/heads/trunk
                bbbb\trefs/tags/v1
                cccc\trefs/tags/v1^{}
                """)
        #expect(references.defaultBranch == "trunk")
        #expect(references.resolve("v1") == .reference(commit: "cccc", name: "refs/tags/v1"))
        #expect(references.resolve("") == .reference(commit: "aaaa", name: "HEAD"))
        #expect(references.resolve("gone") == .unknown)
    }

    @Test(arguments: [
        ("1.*", "v1.10.0"), ("^1.2", "v1.10.0"), ("~1.2", "v1.2.9"), (">=1.2.0 <1.3.0", "v1.2.9"),
        ("1.0.0 - 1.2.3", "v1.2.3"), ("*", "v2.0.0"), (">= 2.1.0-0", "v2.1.0-rc.1"), ("<1.2.9 || ^2", "v2.0.0"),
    ])
    func `the newest tag of a range is found`(_ range: String, tag: String) {
        let tags = ["v1.2.3", "v1.2.9", "v1.10.0", "v2.0.0", "v2.1.0-rc.1", "not-a-version"]
        #expect(SemanticVersionRange(range)?.newest(among: tags) == tag)
    }
}

// Which credentials a repository gets, and that nobody else sees them.

import Foundation
import Testing

@testable import Sourcing

@Suite struct CredentialTests {
    private func rule(_ url: String, prefix: Bool = false) -> GitCredentialRule {
        var credentials = GitCredentials()
        credentials.password = url
        return GitCredentialRule(url: url, isPrefix: prefix, credentials: credentials)
    }

    @Test(arguments: [
        ("https://git.test/org/app", "https://git.test/org/app.git"),
        ("https://git.test/org/App.git", "https://git.test/org/app.git"),
        ("https://git.test/org/other", "https://git.test/org"),
        ("https://git.test/else/x", "https://git.test"),
        ("https://git.test.evil.example/org/app", ""),
        // What is for an encrypted address does not travel in the clear.
        ("http://git.test/org/app", ""),
        ("http://plain.test/app", "http://plain.test/"),
        ("git@git.test:org/app.git", "https://git.test/org/app.git"),
        ("ssh://git@shell.test/org/app", "git@shell.test:org"),
        ("https://nowhere.test/x", ""),
    ])
    func `the exact address wins, then the longest beginning`(_ address: String, password: String) throws {
        let rules = [
            rule("https://git.test", prefix: true), rule("https://git.test/org", prefix: true),
            rule("https://git.test/org/app.git"), rule("http://plain.test/", prefix: true),
            rule("git@shell.test:org", prefix: true), rule("no address", prefix: true),
        ]
        let place = try GitAddress(address)
        #expect(GitCredentialRule.best(rules, for: place).password == password)
    }

    @Test func `a Secret's data are read as Argo CD and Flux write them`() {
        let credentials = GitCredentials(secretData: [
            "username": "u", "password": "p", "sshPrivateKey": "key", "known_hosts": "h", "ca.crt": "ca",
            "tlsClientCertData": "c", "tlsClientCertKey": "k", "forceHttpBasicAuth": "true", "insecure": "false",
            "proxy": "http://proxy", "noProxy": "localhost",
        ])
        #expect(credentials.authorities == "ca")
        #expect(credentials.knownHosts == "h")
        #expect(credentials.clientKey == "k")
        #expect(credentials.forcesBasicAuth)
        #expect(!credentials.isInsecure)
        #expect(credentials.noProxy == "localhost")
        #expect("\(credentials)" == "credentials (not shown)")
    }

    @Test func `what holds for all repositories gives way to what is said of one`() throws {
        var trust = GitTrust()
        trust.knownHosts = "all"
        trust.authorities = ["git.test": "host", "git.test:8443": "port"]
        let web = try GitAddress("https://git.test:8443/app")
        #expect(trust.completing(.none, for: web).authorities == "port")
        let other = try GitAddress("https://git.test:9443/app")
        #expect(trust.completing(.none, for: other).authorities == "host")
        var own = GitCredentials()
        own.authorities = "own"
        #expect(trust.completing(own, for: web).authorities == "own")
        #expect(trust.completing(own, for: web).knownHosts == "all")
    }

    @Test(arguments: [
        ("Username for 'https://Git.test:8443': ", "user"),
        ("Password for 'https://user@Git.test:8443': ", "hunter2"),
        ("Password for 'https://user%40corp@Git.test:8443/app': ", "hunter2"),
        ("Password for 'https://user@evil.test': ", nil),
        ("Password for 'https://user@Git.test:84431': ", nil),
        ("Password for 'http://user@Git.test:8443': ", nil),
        ("Username for 'https://evil.test/Git.test:8443': ", nil),
        ("Enter passphrase for key '/x': ", nil),
    ] as [(String, String?)])
    func `only our own host is told the password`(_ question: String, answer: String?) async throws {
        var credentials = GitCredentials()
        credentials.username = "user"
        credentials.password = "hunter2"
        let directory = NSTemporaryDirectory() + "martlet-askpass-" + UUID().uuidString
        let files = try CredentialFiles(
            credentials, for: try GitAddress("https://Git.test:8443/app"), directory: directory, knownHosts: "")
        let program = try #require(files.environment["GIT_ASKPASS"])
        #expect(try String(contentsOfFile: program, encoding: .utf8).contains("hunter2") == false)
        let mode = try FileManager.default.attributesOfItem(atPath: directory)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o700)
        let result = try await ProcessRunner().run(
            Command(program, [question], environment: files.environment.merging(["PATH": "/usr/bin:/bin"]) { $1 },
                timeout: .seconds(10), outputByteCountMax: 1000))
        #expect(result.exitCode == (answer == nil ? 1 : 0))
        #expect(String(decoding: result.output, as: UTF8.self) == (answer.map { $0 + "\n" } ?? ""))
    }

    @Test func `a header of credentials is not sent on`() throws {
        var credentials = GitCredentials()
        credentials.bearerToken = "token"
        let files = try CredentialFiles(
            credentials, for: try GitAddress("https://git.test/app"), directory: "/nowhere", knownHosts: "")
        #expect(files.environment["GIT_CONFIG_VALUE_0"] == "Authorization: Bearer token")
        #expect(files.environment["GIT_CONFIG_KEY_1"] == "http.followRedirects")
        #expect(files.environment["GIT_CONFIG_VALUE_1"] == "false")
        #expect(files.environment["GIT_CONFIG_COUNT"] == "2")
    }
}

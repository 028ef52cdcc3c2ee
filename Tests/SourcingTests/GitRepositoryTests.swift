// Resolving, fetching and unpacking with the real git.

import Foundation
import KubeModel
import Sourcing
import Testing

@Suite struct GitRepositoryTests {
    @Test func `branches, tags, ranges, commits and HEAD are resolved`() async throws {
        let test = try TestRepository()
        defer { test.remove() }
        let first = try test.commit(["a.yaml": "a: 1"])
        try test.git("tag", "v1.2.0")
        try test.git("tag", "-a", "v1.3.1", "-m", "annotated")
        let second = try test.commit(["a.yaml": "a: 2"])
        try test.git("branch", "release/2.x")
        let repository = try await test.repository()
        for (revision, commit) in [
            ("main", second), ("HEAD", second), ("", second), ("release/2.x", second), ("v1.2.0", first),
            ("v1.3.1", first), ("1.*", first), ("refs/heads/main", second), (first, first),
            (String(first.prefix(8)), first),
        ] {
            #expect(try await repository.resolve(revision, notBefore: time(0), now: time(0)) == commit, "\(revision)")
        }
        await #expect(throws: GitError.revisionNotFound(test.path, revision: "nowhere")) {
            try await repository.resolve("nowhere", notBefore: time(0), now: time(0))
        }
    }

    @Test func `many askers in one interval cost one request`() async throws {
        let test = try TestRepository()
        defer { test.remove() }
        try test.commit(["a.yaml": "a: 1"])
        let repository = try await test.repository()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask { _ = try? await repository.resolve("main", notBefore: time(-120), now: time(0)) }
            }
        }
        #expect(await repository.askCount == 1)
        _ = try await repository.resolve("main", notBefore: time(-1), now: time(119))
        #expect(await repository.askCount == 1)
        let new = try test.commit(["a.yaml": "a: 2"])
        #expect(try await repository.resolve("main", notBefore: time(1), now: time(121)) == new)
        #expect(await repository.askCount == 2)
    }

    @Test func `a commit is unpacked once, whoever wants it`() async throws {
        let test = try TestRepository()
        defer { test.remove() }
        let commit = try test.commit(["apps/web/a.yaml": "a: 1", "b.yaml": "b: 1"])
        let repository = try await test.repository()
        let trees = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<8 { group.addTask { try await repository.tree(of: commit) } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(trees.count == 1)
        #expect(await repository.fetchCount == 1)
        let source = try SourceDirectory(root: #require(trees.first), path: "./apps/web/", commit: commit)
        let files = try source.files(recursive: false, limits: SourcingLimits()) { _ in true }
        #expect(files == [SourceFile(path: "a.yaml", text: "a: 1")])
        #expect(throws: GitError.pathNotFound(path: "apps/none", commit: commit)) {
            _ = try SourceDirectory(root: source.root, path: "apps/none", commit: commit)
        }
        #expect(throws: GitError.self) {
            _ = try SourceDirectory(root: source.root, path: "../..", commit: commit)
        }
    }

    @Test func `an old commit that no branch names is fetched`() async throws {
        let test = try TestRepository()
        defer { test.remove() }
        let first = try test.commit(["a.yaml": "a: 1"])
        try test.commit(["a.yaml": "a: 2"])
        let repository = try await test.repository()
        let tree = try await repository.tree(of: first)
        #expect(try String(contentsOfFile: tree + "/a.yaml", encoding: .utf8) == "a: 1")
    }

    @Test func `a repository that goes away is reported and comes back`() async throws {
        let test = try TestRepository()
        defer { test.remove() }
        let commit = try test.commit(["a.yaml": "a: 1"])
        let repository = try await test.repository()
        #expect(try await repository.resolve("main", notBefore: time(0), now: time(0)) == commit)
        try FileManager.default.moveItem(atPath: test.path, toPath: test.path + ".away")
        await #expect(throws: GitError.repositoryNotFound(test.path)) {
            try await repository.resolve("main", notBefore: time(60), now: time(60))
        }
        try FileManager.default.moveItem(atPath: test.path + ".away", toPath: test.path)
        #expect(try await repository.resolve("main", notBefore: time(120), now: time(120)) == commit)
    }

    @Test func `links that lead out of the repository refuse the commit`() async throws {
        let test = try TestRepository()
        defer { test.remove() }
        try FileManager.default.createDirectory(atPath: test.path + "/deep/er", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: test.path + "/inside", withDestinationPath: "deep/er")
        let good = try test.commit(["deep/er/a.yaml": "a: 1"])
        let repository = try await test.repository()
        let tree = try await repository.tree(of: good)
        #expect(try String(contentsOfFile: tree + "/inside/a.yaml", encoding: .utf8) == "a: 1")

        try FileManager.default.createSymbolicLink(
            atPath: test.path + "/secret", withDestinationPath: "/etc/passwd")
        let bad = try test.commit([:])
        await #expect {
            try await repository.tree(of: bad)
        } throws: { error in
            "\(error)".contains("symbolic link secret")
        }
    }

    @Test func `a commit with too many or too large files is refused`() async throws {
        let test = try TestRepository()
        defer { test.remove() }
        let commit = try test.commit(["a.yaml": String(repeating: "x", count: 5000), "b.yaml": "b"])
        var limits = SourcingLimits()
        limits.treeByteCountMax = 4000
        await #expect(throws: GitError.self) { try await test.repository(limits: limits).tree(of: commit) }
        limits = SourcingLimits()
        limits.fileCountMax = 1
        await #expect(throws: GitError.self) { try await test.repository(limits: limits).tree(of: commit) }
    }

    @Test func `an empty repository says so`() async throws {
        let test = try TestRepository()
        defer { test.remove() }
        let repository = try await test.repository()
        await #expect(throws: GitError.empty(test.path)) {
            try await repository.resolve("HEAD", notBefore: time(0), now: time(0))
        }
    }

    @Test func `a kustomization is rendered, and an error names files as the repository does`() async throws {
        let test = try TestRepository()
        defer { test.remove() }
        let commit = try test.commit([
            "base/kustomization.yaml": "resources: [cm.yaml]\n",
            "base/cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n",
            "app/kustomization.yaml": "resources: [../base]\nnamePrefix: x-\n",
            "bad/kustomization.yaml": "resources: [missing.yaml]\n",
        ])
        let git = try test.commands()
        let tree = try await GitRepositories(git: git).repository(at: test.path).tree(of: commit)
        let renderer = KustomizeRenderer(git: git)
        let source = try SourceDirectory(root: tree, path: "app", commit: commit)
        #expect(source.content == .kustomize)
        #expect(try await renderer.render(source).contains("name: x-a"))
        let rewritten = try await renderer.render(source) { text in text + "nameSuffix: -y\n" }
        #expect(rewritten.contains("name: x-a-y"))
        let bad = try SourceDirectory(root: tree, path: "bad", commit: commit)
        await #expect {
            try await renderer.render(bad)
        } throws: { error in
            "\(error)".contains("missing.yaml") && !"\(error)".contains(test.directory)
        }
        await #expect(throws: RenderError.kubectlMissing("no-such-kubectl")) {
            try await KustomizeRenderer(git: git, kubectl: "no-such-kubectl").render(source)
        }
    }
}

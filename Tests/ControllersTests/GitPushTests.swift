// Which Applications a push concerns.

import JSONTree
import KubeModel
import MartletModel
import Testing

@testable import Controllers

@Suite struct GitPushTests {
    private func push(_ reference: String, files: [String] = ["a.yaml"]) throws -> GitPush {
        try #require(
            GitPush([
                "ref": .string(reference),
                "repository": [
                    "clone_url": "https://github.com/Org/App.git", "ssh_url": "git@github.com:Org/App.git",
                    "default_branch": "main",
                ],
                "commits": [["added": JSON(files), "modified": [], "removed": []]],
            ]))
    }

    @Test(arguments: [
        ("https://github.com/org/app", "main", "refs/heads/main", true),
        ("git@github.com:org/app.git", "", "refs/heads/main", true),
        ("git@github.com:org/app.git", "HEAD", "refs/heads/other", false),
        ("https://github.com/org/app", "dev", "refs/heads/main", false),
        ("https://github.com/org/app2", "main", "refs/heads/main", false),
        ("https://github.com/org/app", "1.*", "refs/tags/v1.2.0", true),
        ("https://github.com/org/app", "v1.2.0", "refs/tags/v1.2.0", true),
    ])
    func `a push concerns sources that follow its branch or tag`(
        _ repository: String, revision: String, reference: String, concerns: Bool
    ) throws {
        let source = ApplicationSource([
            "repoURL": .string(repository), "path": ".", "targetRevision": .string(revision),
        ])
        #expect(try push(reference).concerns(source) == concerns)
    }

    @Test(arguments: [
        (".", "apps/web/a.yaml", true), (".", "apps/other/a.yaml", false), ("/shared;.", "shared/x", true),
        ("..", "apps/other/a.yaml", true), ("", "anything", true),
    ])
    func `paths narrow what a push concerns`(_ paths: String, file: String, touches: Bool) throws {
        let application = KubeObject([
            "metadata": ["annotations": ["argocd.argoproj.io/manifest-generate-paths": .string(paths)]]
        ])
        let source = ApplicationSource(["repoURL": "x", "path": "apps/web"])
        #expect(try push("refs/heads/main", files: [file]).touches(application, source) == touches)
    }

    @Test func `what is no push is not read`() {
        #expect(GitPush(["zen": "x"]) == nil)
        #expect(GitPush(["repository": ["clone_url": "x"]]) == nil)
    }

    @Test func `overrides may use the names of the build`() {
        var variables = BuildVariables(application: ObjectKey(namespace: "argocd", name: "web"), project: "p")
        variables.set(source: ApplicationSource(["path": "apps"]), commit: "0123456789abcdef")
        #expect(
            variables.substituted("$ARGOCD_APP_NAME-${ARGOCD_APP_REVISION_SHORT}:$$x$UNKNOWN")
                == "web-0123456:$x$UNKNOWN")
    }
}

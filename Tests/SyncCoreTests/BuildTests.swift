// Manifests to wanted objects.

import JSONTree
import KubeModel
import MartletModel
import SyncCore
import Testing
import YAMLTree

@Suite struct BuildTests {
    @Test func `several documents and lists become objects`() throws {
        let found = try objects(
            """
            # nothing but words
            ---
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
            - {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}
            ---
            {apiVersion: v1, kind: Secret, metadata: {name: s}}
            """)
        #expect(found.map(\.name) == ["a", "b", "s"])
    }

    @Test(arguments: [
        ("kind: X\nmetadata: {name: a}\n", "x.yaml:1:1: the X has no apiVersion"),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n", "x.yaml:1:1: the ConfigMap has no metadata.name"),
        ("- a\n", "x.yaml:1:1: a manifest is an object, this is array"),
    ])
    func `what is no object is said with its place`(_ text: String, message: String) {
        #expect(throws: BuildError(message)) { try ManifestParser.parse(text, file: "x.yaml") }
    }

    @Test func `broken YAML is refused with file, line and column, unless it is no manifest at all`() throws {
        let broken = ManifestFile(path: "a.yaml", text: "apiVersion: v1\nkind: X\nmetadata:\n  name: a\n   bad: [\n")
        #expect {
            try ManifestParser.parse([broken])
        } throws: { error in
            "\(error)".hasPrefix("a.yaml:5:")
        }
        let notes = ManifestFile(path: "notes.yaml", text: "a note: [ without end\n")
        let parsed = try ManifestParser.parse([notes])
        #expect(parsed.objects.isEmpty)
        #expect(parsed.warnings.count == 1)
    }

    @Test func `namespaces, claims and secrets are made ready`() throws {
        let builder = TargetBuilder(
            instance: "app", defaultNamespace: "prod", scopes: [GroupKind("rbac.authorization.k8s.io", "ClusterRole"): .cluster])
        let set = builder.build(
            try objects(
                """
                {apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {p: hunter2}}
                ---
                {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: r, namespace: wrong}}
                ---
                {apiVersion: v1, kind: Endpoints, metadata: {name: e}}
                ---
                {apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {p: again}}
                """))
        let secret = try #require(set.objects[ResourceKey(group: "", kind: "Secret", namespace: "prod", name: "s")])
        #expect(secret.tree["data"] == ["p": "YWdhaW4="])
        #expect(secret.tree["stringData"].isNull)
        #expect(secret.annotation("argocd.argoproj.io/tracking-id") == "app:/Secret:prod/s")
        #expect(
            set.objects.keys.contains(
                ResourceKey(group: "rbac.authorization.k8s.io", kind: "ClusterRole", namespace: "", name: "r")))
        #expect(set.conditions.map(\.kind) == [.excludedResourceWarning, .repeatedResourceWarning])
    }

    @Test func `an Application's overrides change the kustomization`() throws {
        let changed = try KustomizeOverrides.apply(
            [
                "namePrefix": "x-", "images": ["old=reg:5000/new:2", "app:3", "dig@sha256:abc"],
                "replicas": [["name": "web", "count": "3"]], "commonLabels": ["a": "$NAME"],
            ],
            to: "resources: [a.yaml]\nimages: [{name: app, newTag: '1'}]\n",
            substitute: { $0.replacing("$NAME", with: "n") })
        let tree = try YAML.parseOne(changed)
        #expect(
            tree["images"] == [
                ["name": "app", "newTag": "3"], ["name": "dig", "digest": "sha256:abc"],
                ["name": "old", "newName": "reg:5000/new", "newTag": "2"],
            ])
        #expect(tree["replicas"] == [["name": "web", "count": 3]])
        #expect(tree["commonLabels"] == ["a": "n"])
        #expect(tree["namePrefix"] == "x-")
        #expect(throws: BuildError.self) { try KustomizeOverrides.apply(["images": ["="]], to: "") }
    }

    @Test func `claims are read and written`() throws {
        let claim = try #require(Tracking("ns_app:apps/Deployment:prod/web"))
        #expect(claim.text == "ns_app:apps/Deployment:prod/web")
        let naming = InstanceNaming(controlNamespaces: ["argocd"])
        #expect(naming.applications(of: claim.instance) == [ObjectKey(namespace: "ns", name: "app")])
        #expect(naming.instance(of: ObjectKey(namespace: "argocd", name: "a")) == "a")
        #expect(Tracking("x") == nil)
        #expect(Tracking("a:b:c") == nil)
    }
}

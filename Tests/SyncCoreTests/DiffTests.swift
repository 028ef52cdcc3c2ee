// What counts as a difference, and what does not.

import JSONTree
import KubeModel
import SyncCore
import Testing

@Suite struct DiffTests {
    private func differences(_ target: String, _ live: String, applied: JSON? = nil) throws -> [String] {
        let wanted = try object(target)
        return ObjectDiff.differences(
            target: wanted.tree, live: try object(live).tree, kind: wanted.kind.groupKind, applied: applied
        ).map(\.description)
    }

    @Test func `defaults and others' fields are no differences`() throws {
        let found = try differences(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, labels: {a: b}, creationTimestamp: null}
            spec:
              template:
                spec:
                  containers:
                  - name: c
                    image: app:1
                    args: []
                    env: [{name: EMPTY, value: ""}]
                    resources: {limits: {cpu: 1000m, memory: 1024Mi}, requests: {cpu: 0.5}}
                    ports: [{containerPort: 80}]
            """,
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, uid: x, generation: 3, labels: {a: b, injected: "yes"}, annotations: {x: y}}
            spec:
              replicas: 1
              progressDeadlineSeconds: 600
              template:
                metadata: {creationTimestamp: null}
                spec:
                  restartPolicy: Always
                  containers:
                  - name: sidecar
                    image: mesh:1
                  - name: c
                    image: app:1
                    imagePullPolicy: IfNotPresent
                    env: [{name: EMPTY}]
                    resources: {limits: {cpu: "1", memory: 1Gi}, requests: {cpu: 500m}}
                    ports: [{containerPort: 80, protocol: TCP}]
            status: {replicas: 1}
            """)
        #expect(found == [])
    }

    @Test func `changed, missing and extra values are named by their place`() throws {
        #expect(
            try differences(
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: v, m: w}}",
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: w}}")
                == [".data.k is changed", ".data.m is missing"])
        #expect(
            try differences(
                "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {template: {spec: {containers: [{name: c, image: x}]}}}}",
                "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {template: {spec: {containers: [{name: d, image: x}]}}}}")
                == [".spec.template.spec.containers[c] is missing"])
    }

    @Test func `text that looks like a quantity is text outside resources`() throws {
        #expect(
            try differences(
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: 1000m}}",
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: '1'}}") == [".data.k is changed"])
    }

    @Test func `a service's ports are all ours`() throws {
        #expect(
            try differences(
                "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{name: http, port: 80}]}}",
                "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{name: http, port: 81, protocol: TCP, targetPort: 81}]}}")
                == [".spec.ports[80] is missing", ".spec.ports[81/TCP] is unwanted"])
    }

    @Test func `lists of custom resources match one by one`() throws {
        let live = "{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: a}, spec: {hosts: [a, b]}}"
        #expect(
            try differences(
                "{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: a}, spec: {hosts: [a]}}", live)
                == [".spec.hosts is changed"])
    }

    @Test func `a field that we applied and want no more is a difference`() throws {
        let applied: JSON = [
            "f:data": ["f:k": [:], "f:old": [:]], "f:metadata": ["f:labels": ["f:x": [:]]],
        ]
        let target = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: v}}"
        #expect(
            try differences(
                target, "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: v, old: '1', theirs: '2'}}",
                applied: applied) == [".data.old is unwanted"])
        #expect(
            try differences(
                target, "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: v, theirs: '2'}}",
                applied: applied) == [])
    }

    @Test func `an environment variable taken out of Git is a difference`() throws {
        let applied = try JSON.parse(
            #"{"f:spec":{"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:name":{},"f:env":{"k:{\"name\":\"A\"}":{".":{},"f:name":{},"f:value":{}}}}}}}}}"#
        )
        #expect(
            try differences(
                "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {template: {spec: {containers: [{name: c, env: []}]}}}}",
                "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {template: {spec: {containers: [{name: c, env: [{name: A, value: x}]}]}}}}",
                applied: applied) == [".spec.template.spec.containers[c].env[A] is unwanted"])
    }

    @Test(arguments: [
        (".spec.replicas", "/spec/replicas"), (".data[\"x.y\"]", "/data/x.y"), (".spec.list[1].a", "/spec/list/1/a"),
        (".spec.list[] | select(.name == \"b\") | .a", "/spec/list/1/a"),
    ])
    func `jq's simple paths are followed`(_ text: String, place: String) throws {
        let tree: JSON = [
            "spec": ["replicas": 1, "list": [["name": "a", "a": 1], ["name": "b", "a": 2]]], "data": ["x.y": "z"],
        ]
        let path = try #require(FieldPath(jq: text))
        #expect(path.places(in: tree).map(\.description) == [place])
    }
}

// What the audit log says that a request was about.

import HTTPModel
import Testing

@testable import LocalCluster

@Suite struct AuditTests {
    @Test(arguments: [
        ("GET", "/api/v1/namespaces/a/pods/x", "get pods/x in a"),
        ("GET", "/api/v1/pods?watch=1", "watch pods/ in "),
        ("GET", "/api/v1/pods?watch=false", "list pods/ in "),
        (
            "GET", "/apis/apps/v1/namespaces/a/deployments?fieldSelector=metadata.name%3Dx",
            "list deployments/x in a"
        ),
        ("PUT", "/apis/apps/v1/namespaces/a/deployments/x/status", "update deployments/x/status in a"),
        ("POST", "/api/v1/namespaces/a/serviceaccounts/x/token", "create serviceaccounts/x/token in a"),
        ("DELETE", "/api/v1/namespaces/a", "delete namespaces/a in a"),
        ("PUT", "/api/v1/namespaces/a/finalize", "update namespaces/a/finalize in a"),
        ("DELETE", "/api/v1/namespaces/a/pods", "deletecollection pods/ in a"),
        ("PATCH", "/apis/argoproj.io/v1alpha1/namespaces/a/rollouts/r", "patch rollouts/r in a"),
        ("GET", "/apis/argoproj.io/v1alpha1", "get none"),
        ("GET", "/version", "get none"),
    ])
    func `verb and object`(method: String, target: String, expected: String) {
        let found = RequestTarget(HTTPRequest(method: method, target: target))
        let object = [found.resource, found.name] + (found.subresource.isEmpty ? [] : [found.subresource])
        let text = found.isResource ? "\(object.joined(separator: "/")) in \(found.namespace)" : "none"
        #expect("\(found.verb) \(text)" == expected)
    }
}

// What AWS says of a load balancer, as one more object that a router looks at.

import JSONTree
package import KubeModel

/// The target groups behind a load balancer, with the weights that are in force. The truth about an
/// Ingress's traffic is there, not in the annotation that asks for it.
package struct LoadBalancerAnswer: Hashable, Sendable {
    /// One target group that a rule forwards to.
    package struct TargetGroup: Hashable, Sendable {
        package var name: String
        package var arn: String
        package var weight: Int
        /// `<namespace>/<ingress>-<service>:<port>`, by which the controller of the load balancer
        /// marks what it has made.
        package var resource: String
        package init(name: String, arn: String, weight: Int, resource: String) {
            self.name = name
            self.arn = arn
            self.weight = weight
            self.resource = resource
        }
    }
    package var name: String
    package var arn: String
    package var groups: [TargetGroup]
    /// Why there is no answer; empty when there is one.
    package var problem: String

    package init(name: String = "", arn: String = "", groups: [TargetGroup] = [], problem: String = "") {
        self.name = name
        self.arn = arn
        self.groups = groups
        self.problem = problem
    }

    /// The place of an answer among a router's objects, by the load balancer's host name.
    package static func reference(_ hostName: String) -> ObjectReference {
        let kind = GroupVersionKind(
            group: "elasticloadbalancing.amazonaws.com", version: "2015-12-01", kind: "LoadBalancer")
        return ObjectReference(kind, namespace: "", name: hostName)
    }

    /// The answer as an object.
    package func object(_ hostName: String) -> KubeObject {
        let groups: [JSON] = groups.map { group in
            [
                "name": .string(group.name), "arn": .string(group.arn), "weight": JSON(group.weight),
                "resource": .string(group.resource),
            ]
        }
        let kind = Self.reference(hostName).kind
        return KubeObject([
            "apiVersion": .string(kind.apiVersion), "kind": .string(kind.kind),
            "metadata": ["name": .string(hostName)],
            "spec": [
                "name": .string(name), "arn": .string(arn), "groups": .array(groups),
                "problem": .string(problem),
            ],
        ])
    }

    package init(_ object: KubeObject) {
        let spec = object.spec
        name = spec["name"].string ?? ""
        arn = spec["arn"].string ?? ""
        problem = spec["problem"].string ?? ""
        groups = spec["groups"].elements.map { group in
            TargetGroup(
                name: group["name"].string ?? "", arn: group["arn"].string ?? "",
                weight: Int(group["weight"].int ?? 0), resource: group["resource"].string ?? "")
        }
    }
}

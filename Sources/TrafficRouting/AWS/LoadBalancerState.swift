// The load balancers behind an ALB's Ingresses, as a Rollout's status shows them.

package import JSONTree
import KubeModel
import MartletModel

extension ALBRouter {
    /// One entry of `status.albs` for each Ingress whose load balancer has answered:
    /// `{ingress, loadBalancer, canaryTargetGroup, stableTargetGroup}`.
    package func states(_ objects: RoutedObjects) -> [JSON] {
        routing.ingresses.compactMap { name in
            let hostNames = hostNames(of: objects[NginxRouter.ingresses.reference(address.namespace, name)])
            for hostName in hostNames {
                guard let object = objects[LoadBalancerAnswer.reference(hostName)] else { continue }
                let answer = LoadBalancerAnswer(object)
                if answer.problem.isEmpty { return state(of: name, answer) }
            }
            return nil
        }
    }

    private func state(of ingress: String, _ answer: LoadBalancerAnswer) -> JSON {
        var state: JSON = [
            "ingress": .string(ingress), "loadBalancer": Self.resource(answer.name, answer.arn, "loadbalancer/"),
        ]
        let sides = [
            ("canaryTargetGroup", address.canaryService), ("stableTargetGroup", address.stableService),
        ]
        for (key, service) in sides {
            let resource = "\(address.namespace)/\(ingress)-\(service):\(routing.servicePort)"
            guard let group = answer.groups.first(where: { $0.resource == resource }) else { continue }
            state[key] = Self.resource(group.name, group.arn, "")
        }
        return state
    }

    /// A resource of AWS: its full name is what stands behind the last colon of its ARN.
    private static func resource(_ name: String, _ arn: String, _ prefix: String) -> JSON {
        let last = arn.split(separator: ":").last.map(String.init) ?? ""
        let fullName = last.hasPrefix(prefix) ? String(last.dropFirst(prefix.count)) : last
        return ["name": .string(name), "arn": .string(arn), "fullName": .string(fullName)]
    }
}

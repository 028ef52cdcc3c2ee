// Subresources: status, scale, and those with a verb of their own.

import HTTPModel
import JSONTree
import KubeModel

extension ClusterMachine {
    /// A request for a subresource of an object.
    mutating func subresource(_ call: APICall) throws(StatusError) -> APIAnswer {
        let name = call.info.subresource
        guard call.definition.subresources.contains(name), !call.info.name.isEmpty else { throw .pathNotFound }
        guard SubresourceShape(name, of: call.definition).verbs.contains(call.info.verb) else { throw .methodNotAllowed }
        switch call.info.verb {
        case "get": return try get(call)
        case "update": return try replace(call)
        case "patch": return try patch(call)
        default: throw .methodNotAllowed
        }
    }
}

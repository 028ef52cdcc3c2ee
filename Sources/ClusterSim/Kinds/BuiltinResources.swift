// The list of built-in resources: names, scope, verbs, subresources.

import KubeModel

enum BuiltinResources {
    /// Every built-in resource, in the order in which discovery lists them.
    static let all: [ResourceDefinition] = []
}

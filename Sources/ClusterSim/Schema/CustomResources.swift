// CustomResourceDefinitions: validation, names, and the resources they make.

import JSONTree
import KubeModel

enum CustomResources {
    /// Fills in what the server defaults in a CustomResourceDefinition.
    static func applyDefaults(_ definition: inout JSON) {}
    /// Checks a CustomResourceDefinition, also against the one it replaces.
    static func validate(_ definition: JSON, old: JSON?) -> [FieldError] { [] }
    /// The served resources of an accepted definition, one a version.
    static func resources(of definition: JSON) -> [ResourceDefinition] { [] }
}

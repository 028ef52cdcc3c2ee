// CustomResourceDefinitions: defaults, and the resources they make.

import JSONTree
import KubeModel

/// The rules of CustomResourceDefinitions, after apiextensions.k8s.io/v1's documentation.
enum CustomResources {
    /// Fills in what the server defaults in a CustomResourceDefinition.
    static func applyDefaults(_ definition: inout JSON) {
        let names = definition["spec"]["names"]
        let kind = names["kind"].string ?? ""
        if (names["singular"].string ?? "").isEmpty, !kind.isEmpty {
            definition.set(["spec", "names", "singular"], to: .string(kind.lowercased()))
        }
        if (names["listKind"].string ?? "").isEmpty, !kind.isEmpty {
            definition.set(["spec", "names", "listKind"], to: .string(kind + "List"))
        }
        if definition["spec"]["conversion"].isNull {
            definition.set(["spec", "conversion"], to: ["strategy": "None"])
        }
        let port = ["spec", "conversion", "webhook", "clientConfig", "service"]
        if definition.at(port).object != nil, definition.at(port)["port"].isNull {
            definition.set(port + ["port"], to: 443)
        }
    }

    /// The served resources of an accepted definition, one a version.
    static func resources(of definition: JSON) -> [ResourceDefinition] {
        let spec = definition["spec"]
        let versions = spec["versions"].elements
        let storage = versions.first { $0["storage"] == true }?["name"].string ?? ""
        return versions.filter { $0["served"] == true }.map { version in
            resource(version, spec: spec, storage: storage)
        }
    }

    private static func resource(_ version: JSON, spec: JSON, storage: String) -> ResourceDefinition {
        let names = spec["names"]
        let group = spec["group"].string ?? ""
        let name = version["name"].string ?? ""
        let kind = names["kind"].string ?? ""
        var resource = ResourceDefinition(
            group: group, version: name, resource: names["plural"].string ?? "",
            singular: names["singular"].string ?? kind.lowercased(), kind: kind,
            listKind: names["listKind"].string ?? kind + "List", isNamespaced: spec["scope"] == "Namespaced",
            storageVersion: storage)
        resource.shortNames = names["shortNames"].elements.compactMap(\.string)
        resource.categories = names["categories"].elements.compactMap(\.string)
        resource.verbs = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"]
        let subresources = version["subresources"]
        if !subresources["status"].isNull { resource.subresources.append("status") }
        if !subresources["scale"].isNull {
            resource.subresources.append("scale")
            resource.scalePaths = subresources["scale"]
        }
        resource.schema = TypeSchema(
            customResource: version["schema"]["openAPIV3Schema"], kind: resource.groupVersionKind,
            separatesStatus: resource.subresources.contains("status"))
        resource.isCustom = true
        resource.printerColumns = version["additionalPrinterColumns"].elements
        resource.selectableFields = version["selectableFields"].elements.compactMap { $0["jsonPath"].string }
        if version["deprecated"] == true {
            resource.deprecationWarning = version["deprecationWarning"].string
                ?? "\(resource.groupVersionKind.apiVersion) \(kind) is deprecated"
        }
        return resource
    }

    /// Checks a CustomResourceDefinition, also against the one it replaces.
    static func validate(_ definition: JSON, old: JSON?) -> [FieldError] {
        var validation = DefinitionValidation(definition, old: old)
        return validation.run()
    }
}

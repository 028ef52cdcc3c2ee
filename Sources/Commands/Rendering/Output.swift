// `-o json|yaml|wide|name`, the same on every command.

import ArgumentParser
import JSONTree
import KubeModel
import YAMLTree

/// How a command prints what it has found or done.
package enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case json, yaml, wide, name
}

/// The flag on every command.
package struct OutputOptions: ParsableArguments {
    @Option(
        name: [.customShort("o"), .customLong("output")], help: "In place of a text for people.")
    var format: OutputFormat?
    package init() {}

    var isWide: Bool { format == .wide }

    /// The objects in the format that was asked for; nil when that is one for people.
    func text(_ objects: [KubeObject], isList: Bool = false) -> String? {
        switch format {
        case .json: return Self.json(tree(objects, isList))
        case .yaml: return Self.yaml(tree(objects, isList))
        case .name: return objects.map(\.commandName).joined(separator: "\n")
        case .wide, nil: return nil
        }
    }

    /// Any value in the format that was asked for. Nil for people's formats.
    func text(_ value: JSON, name: String) -> String? {
        switch format {
        case .json: Self.json(value)
        case .yaml: Self.yaml(value)
        case .name: name
        case .wide, nil: nil
        }
    }

    /// What a verb says once it is done: the object in a format for programs, or its sentence.
    func report(_ object: KubeObject, _ sentence: String) -> String { text([object]) ?? sentence }

    private func tree(_ objects: [KubeObject], _ isList: Bool) -> JSON {
        let trees = objects.map { object -> JSON in
            var tree = object.tree
            tree.set(["metadata", "managedFields"], to: nil)
            return tree
        }
        if !isList, let only = trees.first, trees.count == 1 { return only }
        return [
            "apiVersion": "v1", "items": .array(trees), "kind": "List",
            "metadata": ["resourceVersion": ""],
        ]
    }

    private static func json(_ tree: JSON) -> String { tree.text(JSON.PrintOptions(indent: 4)) }
    private static func yaml(_ tree: JSON) -> String {
        let text = YAML.text(tree)
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }
}

extension KubeObject {
    /// `rollout.argoproj.io/web`, as kubectl names objects.
    var commandName: String {
        let group = kind.group.isEmpty ? "" : ".\(kind.group)"
        return "\(kindName.lowercased())\(group)/\(name)"
    }
}

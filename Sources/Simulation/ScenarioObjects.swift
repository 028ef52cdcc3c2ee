// Objects that a scenario brings itself: what is done to them, and what is told of them.

import ClusterSim
import JSONTree
import KubeModel
import MartletModel
import RolloutCore
import TrafficRouting

/// Deeds on any object of a scenario.
enum ScenarioObjects {
    /// An object as written, in the namespace of the story.
    static func placed(_ tree: JSON) -> JSON {
        var tree = tree
        tree.set(["metadata", "namespace"], to: .string(Story.namespace))
        return tree
    }

    /// The deed that an entry names, if it is one on an object.
    static func deed(_ entry: JSON, after: Duration) -> UserAction? {
        if !entry["apply"].isNull { return UserAction(after: after, .apply(placed(entry["apply"]))) }
        if let (resource, key) = place(entry["remove"]) { return UserAction(after: after, .delete(resource, key)) }
        guard let (resource, key) = place(entry["patch"]), var patch = entry["patch"].object else { return nil }
        for name in ["kind", "name"] { patch[name] = nil }
        let subresource = patch["status"] == nil ? nil : "status"
        return UserAction(after: after, .patch(resource, key, subresource: subresource, .object(patch)))
    }

    private static func place(_ tree: JSON) -> (GroupVersionResource, ObjectKey)? {
        guard let kind = tree["kind"].string, let name = tree["name"].string,
            let found = kinds[kind]
        else { return nil }
        return (ChangeRequest.resource(found), ObjectKey(namespace: Story.namespace, name: name))
    }

    /// The kinds that a scenario may name.
    static let kinds: [String: GroupVersionKind] = {
        var kinds: [String: GroupVersionKind] = [
            "Rollout": Rollout.kind, "PodTemplate": GroupVersionKind(group: "", version: "v1", kind: "PodTemplate"), "Service": ServiceView.kind, "ReplicaSet": ReplicaSetView.kind, "Pod": PodView.kind,
            "Deployment": GroupVersionKind(group: "apps", version: "v1", kind: "Deployment"),
        ]
        for kind in SimulatedControllers.routerKinds where kinds[kind.kind] == nil {
            kinds[kind.kind] = GroupVersionKind(
                group: kind.group, version: kind.versions.first ?? "", kind: kind.kind)
        }
        return kinds
    }()
}

/// A value of the world that a scenario wants to see.
struct ShownValue: Sendable {
    private let text: String
    private let kind: String
    private let name: String
    private let path: [String]
    /// As it was told last.
    var last = ""

    /// Reads `Kind/name path.to.value`.
    init(_ text: String) {
        self.text = text
        let words = text.split(separator: " ", maxSplits: 1).map(String.init)
        let object = (words.first ?? "").split(separator: "/", maxSplits: 1).map(String.init)
        kind = object.first ?? ""
        name = object.count > 1 ? object[1] : ""
        path = words.count > 1 ? words[1].split(separator: ".").map(String.init) : []
    }

    /// The value now, in words.
    func words(in machine: ClusterMachine) -> String {
        guard let found = ScenarioObjects.kinds[kind] else { return "no kind is called \(kind)" }
        if kind == "Pod" { return pods(in: machine) }
        let key = ObjectKey(namespace: Story.namespace, name: name)
        guard let object = machine.object(found.groupKind, key) else { return "\(kind)/\(name) is not there" }
        return "\(kind)/\(name) \(path.joined(separator: ".")) \(Self.value(of: object.tree, path).text())"
    }

    private func pods(in machine: ClusterMachine) -> String {
        var counts: [String: Int] = [:]
        for pod in machine.objects(PodView.kind.groupKind, namespace: Story.namespace) where !pod.isDeleting {
            let owner = pod.controller?.name ?? "nobody"
            counts["\(owner) \(Self.value(of: pod.tree, path).text())", default: 0] += 1
        }
        let words = counts.sorted { $0.key < $1.key }.map { "\($0.value) of \($0.key)" }
        return "pods' \(path.joined(separator: ".")): \(words.joined(separator: ", "))"
    }

    /// The value at a path whose steps are members' names or positions.
    private static func value(of tree: JSON, _ path: [String]) -> JSON {
        path.reduce(tree) { value, step in Int(step).map { value[$0] } ?? value[step] }
    }
}

extension World {
    /// Tells what the scenario wants to see, where it has changed.
    mutating func tellShown() {
        for index in shown.indices {
            let words = named(shown[index].words(in: machine))
            if words == shown[index].last { continue }
            shown[index].last = words
            note("shown", words)
        }
    }
}

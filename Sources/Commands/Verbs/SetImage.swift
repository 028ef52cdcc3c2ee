// `set image ROLLOUT CONTAINER=IMAGE`: starts an update.

package import ArgumentParser
import JSONTree
import KubeModel

/// `set`
package struct SetCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Change a rollout.",
        discussion: """
            Example:
              kubectl martlet set image web main=shop/web:2
            """,
        subcommands: [SetImage.self])
    package init() {}
}

/// `set image ROLLOUT CONTAINER=IMAGE`
package struct SetImage: Verb {
    package static let configuration = CommandConfiguration(
        commandName: "image", abstract: "Start an update: give a container another image.",
        discussion: """
            Init and ephemeral containers count too. Of a rollout with a workloadRef the Deployment \
            is patched. Where the rollout comes from Git, change the image there: the next sync takes \
            this one back.

            Examples:
              kubectl martlet set image web main=shop/web:2
              kubectl martlet set image web '*=shop/web:2'      every container
            """)
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "Name of the rollout.") var name: String
    @Argument(help: "CONTAINER=IMAGE; the container `*` is all of them.") var assignment: String
    package init() {}

    private static let triesMax = 5

    package func validate() throws {
        let parts = assignment.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
            throw ValidationError("\"\(assignment)\" is not CONTAINER=IMAGE")
        }
    }

    package func run(_ access: any CommandCluster, _ terminal: any Terminal) async throws {
        let parts = assignment.split(separator: "=").map(String.init)
        let namespace = connection.namespace(access)
        for attempt in 1...Self.triesMax {
            let rollout = try await access.rollout(name, namespace: namespace)
            let owner = try await TemplateOwner.of(rollout, access)
            guard
                let patch = RolloutPatches.setImage(
                    owner.object, container: parts[0], image: parts[1])
            else {
                let names = RolloutPatches.containerNames(owner.object).joined(separator: ", ")
                throw CommandError(
                    "unable to find container named \"\(parts[0])\" in \(owner.kind) \"\(owner.object.name)\"",
                    hint: names.isEmpty ? "" : "it has: \(names); * is all of them")
            }
            do {
                let changed = try await access.patch(
                    owner.resource, namespace: namespace, name: owner.object.name, patch)
                return terminal.line(output.report(changed, "rollout \"\(name)\" image updated"))
            } catch let status as APIStatus
                where (status.isConflict || status.isInvalid) && attempt < Self.triesMax
            {
                continue  // Somebody edited the containers in between: look again.
            }
        }
    }
}

/// Whose pod template a rollout runs: its own, or a workload's.
struct TemplateOwner: Sendable {
    var object: KubeObject
    var resource: GroupVersionResource
    var kind: String

    /// - Throws: `CommandError` for a workload that is no Deployment, the server's error for a
    ///   missing one.
    static func of(_ rollout: KubeObject, _ access: any CommandCluster) async throws
        -> TemplateOwner
    {
        let reference = rollout.spec["workloadRef"]
        guard !reference.isNull else {
            return TemplateOwner(object: rollout, resource: Resources.rollouts, kind: "rollout")
        }
        let name = reference["name"].string ?? ""
        guard reference["kind"].string == "Deployment" else {
            throw CommandError(
                "the template is that of \(reference["kind"].string ?? "a workload") \"\(name)\", which this command does not change",
                hint: "edit that object with kubectl")
        }
        let workload = try await access.get(
            Resources.deployments, namespace: rollout.namespace, name: name)
        return TemplateOwner(object: workload, resource: Resources.deployments, kind: "deployment")
    }
}

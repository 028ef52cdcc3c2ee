// `get`: one thing in full.

package import ArgumentParser

/// `get`
package struct Get: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "Show something in full.",
        discussion: """
            Examples:
              kubectl martlet get rollout web --watch
              kubectl martlet get experiment trial
            """,
        subcommands: [GetRollout.self, GetExperiment.self])
    package init() {}
}

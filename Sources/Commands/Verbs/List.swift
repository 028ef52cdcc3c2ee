// `list`: a line each.

package import ArgumentParser

/// `list`
package struct List: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "List things, a line each.",
        discussion: """
            Examples:
              kubectl martlet list rollouts -A
              kubectl martlet list experiments
            """,
        subcommands: [ListRollouts.self, ListExperiments.self])
    package init() {}
}

// The product's cores as controllers of the simulation.

import JSONTree
import KubeModel

/// The controllers that every story runs.
enum SimulatedControllers {
    static func all(_ story: Story) -> [SimulatedController] { [] }
}

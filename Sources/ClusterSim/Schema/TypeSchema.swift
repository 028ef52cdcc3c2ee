// The shape of a type: what fields it has, how they merge, what is allowed.

import JSONTree
import KubeModel

/// A node of a structural schema.
indirect enum TypeSchema: Hashable, Sendable {
    /// Anything: kept as it is.
    case any
}

// What we accept from a repository, so that none can fill a disk or stop a controller.

/// Bounds on what is read from outside.
package struct SourcingLimits: Hashable, Sendable {
    /// The longest that one `git` command may run. A first fetch over a slow line is the longest.
    package var gitTimeout: Duration = .seconds(120)
    /// The longest that rendering may take; peers use 90 s as well.
    package var renderTimeout: Duration = .seconds(90)
    /// Bytes of a whole list of references: 100,000 of them at 100 bytes is 10 MB.
    package var referenceByteCountMax = 32 << 20
    /// Files of a commit.
    package var fileCountMax = 100_000
    /// Bytes of all files of a commit.
    package var treeByteCountMax = 512 << 20
    /// Bytes of one manifest file; a CRD with its schema has up to 1 MB.
    package var manifestByteCountMax = 16 << 20
    /// Bytes of everything an Application renders.
    package var renderedByteCountMax = 64 << 20
    /// Commits of a repository whose files are kept unpacked.
    package var keptTreeCount = 12

    package init() {}
}

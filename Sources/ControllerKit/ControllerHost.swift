// Runs controllers on one shared set of watches and caches.

package import KubeModel

/// How a host runs.
package struct HostOptions: Sendable {
    /// Passes under way at once over all controllers.
    package var concurrency = 32
    /// Leader election by this lease; nil leads at once.
    package var lease: ObjectKey?
    /// Who we are in the lease: host and process.
    package var identity = "martlet"
    /// Only this namespace; nil for all.
    package var namespace: String?
    /// Requests a second and at once that the client allows itself for writes.
    package var writesPerSecond = 200.0
    package var writesBurst = 400
    package init() {}
}

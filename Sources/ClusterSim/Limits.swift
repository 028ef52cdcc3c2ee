// Bounds of the embedded server, each with its reason.

import KubeModel

enum Limits {
    /// The real server's limit of a request body (`MaxRequestBodyBytes`).
    static let bodyByteCountMax = 3 << 20
    /// Below the stacks' and like the real server's order of magnitude for honest objects.
    static let bodyDepthMax = 300
    /// What one watch may have unsent before it is cut off: about 10,000 pods.
    static let watchBufferByteCountMax = 64 << 20
    /// How many watches may be open: far more than the controllers and some people need.
    static let watchCountMax = 10_000
    /// How often bookmarks are sent, like the real server's watch cache.
    static let bookmarkInterval: Duration = .seconds(60)
    /// A bookmark is sent that long before a watch ends.
    static let bookmarkBeforeEnd: Duration = .seconds(2)
    /// How long a watch lasts when the client does not say (`MinRequestTimeout` is half an hour,
    /// randomized up to twice of it; ours is in between).
    static let watchDuration: Duration = .seconds(2700)
    /// Labels and annotations (`validation.TotalAnnotationSizeLimitB`).
    static let annotationsByteCountMax = 256 << 10
    /// How often controllers may run in one tick before the rest waits for the next one.
    static let controllerRunMax = 1000
    /// How often a generated name is tried (`maxNameGenerationCreateAttempts`).
    static let nameGenerationMax = 8
    /// The longest name of a field manager (`FieldManagerMaxLength`).
    static let fieldManagerByteCountMax = 128
    /// JSON patches with more operations are refused (`maxJSONPatchOperations`).
    static let jsonPatchOperationMax = 10_000
}

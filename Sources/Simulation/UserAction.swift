// What people do in a story.

package import JSONTree
package import KubeModel

/// Something that a person does at a time of the story.
package struct UserAction: Sendable {
    /// After the story's beginning.
    package var after: Duration
    package var deed: Deed

    package enum Deed: Sendable {
        /// Creates an object, or replaces the spec of one that is there.
        case apply(JSON)
        /// A merge patch, as the plugin's verbs send them.
        case patch(GroupVersionResource, ObjectKey, subresource: String?, JSON)
        case delete(GroupVersionResource, ObjectKey)
        /// Deletes an object and leaves what it owns.
        case deleteAlone(GroupVersionResource, ObjectKey)
        /// A pod of the rollout fails for good: it is deleted, as an eviction would.
        case loseAPod(namespace: String)
        /// Somebody deletes a ReplicaSet by hand, with its pods: one of that image, or any.
        case loseAReplicaSet(namespace: String, image: String?)
        /// The containers of an image's running pods exit again and again, or run again.
        case crash(namespace: String, image: String, count: Int, isOver: Bool)
    }

    package init(after: Duration, _ deed: Deed) {
        self.after = after
        self.deed = deed
    }
}

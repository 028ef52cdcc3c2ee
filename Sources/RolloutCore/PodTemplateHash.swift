// The hash that names a revision, and the digest that recognises its template.

package import JSONTree
import MartletModel

/// Hashes of pod templates and steps, equal to those of Argo Rollouts, so that either controller
/// finds the other's ReplicaSets.
package enum PodTemplateHash {
    /// The hash of a pod template: FNV-1a over its typed JSON and the collision count, in letters
    /// that cannot form words.
    package static func hash(_ template: JSON, collisionCount: Int32? = nil) -> String {
        hash(encoded(template), collisionCount: collisionCount)
    }

    /// The typed JSON of a template, as the hash reads it.
    package static func encoded(_ template: JSON) -> [UInt8] {
        TypedEncoder.shared.bytes(template, type: "PodTemplateSpec")
    }

    /// The hash of a canary's list of steps; null is a canary without any.
    package static func hash(steps: JSON) -> String {
        safeText(fnv32(TypedEncoder.shared.bytes(listOf: "CanaryStep", steps)))
    }

    static func hash(_ bytes: [UInt8], collisionCount: Int32?) -> String {
        var input = bytes
        if let collisionCount {
            let pattern = UInt32(bitPattern: collisionCount)
            input += (0..<4).map { UInt8(truncatingIfNeeded: pattern >> ($0 * 8)) } + [0, 0, 0, 0]
        }
        return safeText(fnv32(input))
    }

    private static func fnv32(_ bytes: [UInt8]) -> UInt32 {
        bytes.reduce(2_166_136_261) { sum, byte in (sum ^ UInt32(byte)) &* 16_777_619 }
    }

    /// The decimal digits in the alphabet of `k8s.io/apimachinery/pkg/util/rand.SafeEncodeString`.
    private static func safeText(_ sum: UInt32) -> String {
        let alphabet = Array("bcdfghjklmnpqrstvwxz2456789".utf8)
        return String(decoding: String(sum).utf8.map { alphabet[Int($0) % alphabet.count] }, as: UTF8.self)
    }

    /// A digest of what a template means: equal for templates that the API's defaults make equal.
    ///
    /// Left out is what controllers add to a ReplicaSet's template: the hash label, the deprecated
    /// service account name, anti-affinity to the stable pods, and the metadata that `injected` names
    /// (rollout-behaviour.md, section 3, third tier).
    package static func digest(of template: JSON, injected: JSON = .null) -> UInt64 {
        var tree = template
        tree.set(["metadata", "labels", RolloutLabels.podTemplateHash], to: nil)
        tree.set(["metadata", "creationTimestamp"], to: nil)
        for part in ["labels", "annotations"] {
            for key in injected[part].object?.keys ?? [] { tree.set(["metadata", part, key], to: nil) }
        }
        AntiAffinity.remove(from: &tree)
        tree = PodTemplateDefaults.applied(to: tree)
        tree.set(["spec", "serviceAccount"], to: nil)
        return encoded(tree).reduce(14_695_981_039_346_656_037) { sum, byte in
            (sum ^ UInt64(byte)) &* 1_099_511_628_211
        }
    }
}

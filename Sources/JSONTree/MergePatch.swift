// JSON Merge Patch (RFC 7396, once 7386): apply and difference.

/// A JSON merge patch: objects merge, null removes, anything else replaces.
package enum MergePatch {
    /// The target with the patch applied (RFC 7396 section 2).
    package static func apply(_ patch: JSON, to target: JSON) -> JSON {
        guard case .object(let changes) = patch else { return patch }
        var result = target.object ?? JSONObject()
        for (key, change) in changes {
            if change.isNull {
                result[key] = nil
            } else {
                result[key] = apply(change, to: result[key] ?? .null)
            }
        }
        return .object(result)
    }

    /// The smallest merge patch that makes `target` of `source`; nil when they are equal.
    ///
    /// A null inside `target` cannot be expressed by a merge patch: it removes the member.
    package static func difference(from source: JSON, to target: JSON) -> JSON? {
        guard case .object(let old) = source, case .object(let new) = target else {
            return source == target ? nil : target
        }
        var patch = JSONObject()
        for (key, value) in new {
            guard let before = old[key] else {
                patch[key] = value
                continue
            }
            if let change = difference(from: before, to: value) { patch[key] = change }
        }
        for (key, _) in old where new[key] == nil { patch[key] = .null }
        return patch.isEmpty ? nil : .object(patch)
    }
}

// What a failed command says: what is wrong, and what to do.

import KubeModel

/// The text of an error for standard error.
struct FailureText {
    var text: String
    /// What to do about it; empty when the text says it.
    var hint: String

    init(_ error: any Error) {
        switch error {
        case let error as CommandError: (text, hint) = (error.description, error.hint)
        case let status as APIStatus:
            text = status.message.isEmpty ? status.description : status.message
            hint = Self.hint(for: status)
        default: (text, hint) = ("\(error)", "")
        }
    }

    private static func hint(for status: APIStatus) -> String {
        if status.isNotFound, status.message.contains("rollout") {
            return "see which there are: kubectl martlet list rollouts -A"
        }
        if status.code == 401 {
            return "the cluster does not know you: log in again, or check the kubeconfig's user"
        }
        if status.code == 403 {
            return "your user lacks that right: ask whoever grants RBAC roles in the namespace"
        }
        if status.isTransient { return "the API server is busy or broken: try again" }
        return ""
    }
}

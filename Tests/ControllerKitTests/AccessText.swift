// A kubeconfig's text to an access; apart, since two rooms have a type named Kubeconfig.

import KubeClient

func access(kubeconfig text: String) throws -> ClusterAccess {
    try Kubeconfig.parse([("config", Array(text.utf8))]).access()
}

// The options of kubectl that say which cluster and namespace.

import ArgumentParser

/// kubectl's own connection flags, on every command.
package struct ConnectionOptions: ParsableArguments {
    @Option(help: "Path to the kubeconfig file.") var kubeconfig: String?
    @Option(help: "The kubeconfig's context to use.") var context: String?
    @Option(help: "The kubeconfig's cluster to use.") var cluster: String?
    @Option(help: "The kubeconfig's user to use.") var user: String?
    @Option(name: [.short, .long], help: "The namespace of the request.") var namespace: String?
    @Option(help: "Seconds to wait for one request, as 30s or 1m; 0 waits without end.")
    var requestTimeout: String?

    package init() {}

    func namespace(_ access: any CommandCluster) -> String { namespace ?? access.defaultNamespace }
}

// The options of kubectl that say which cluster and namespace, and as whom.

import ArgumentParser

/// kubectl's own connection flags, on every command.
package struct ConnectionOptions: ParsableArguments {
    @Option(name: [.short, .long], help: "The namespace of the request.") var namespace: String?
    @Option(help: "Path to the kubeconfig file.") var kubeconfig: String?
    @Option(help: "The kubeconfig's context to use.") var context: String?
    @Option(help: ArgumentHelp("The kubeconfig's cluster to use.", visibility: .hidden))
    var cluster: String?
    @Option(help: ArgumentHelp("The kubeconfig's user to use.", visibility: .hidden)) var user:
        String?
    @Option(
        name: [.short, .long], help: ArgumentHelp("The API server's address.", visibility: .hidden))
    var server: String?
    @Option(help: ArgumentHelp("A bearer token for the API server.", visibility: .hidden))
    var token: String?
    @Option(name: .customLong("as"), help: ArgumentHelp("The user to act as.", visibility: .hidden))
    var actingUser: String?
    @Option(
        name: .customLong("as-group"),
        help: ArgumentHelp("A group to act in; repeatable.", visibility: .hidden))
    var actingGroups: [String] = []
    @Option(
        name: .customLong("as-uid"), help: ArgumentHelp("The uid to act as.", visibility: .hidden))
    var actingUID: String?
    @Option(help: ArgumentHelp("A file of authorities to trust.", visibility: .hidden))
    var certificateAuthority: String?
    @Option(help: ArgumentHelp("A client certificate's file.", visibility: .hidden))
    var clientCertificate: String?
    @Option(help: ArgumentHelp("The client certificate's key.", visibility: .hidden)) var clientKey:
        String?
    @Flag(help: ArgumentHelp("Trust any certificate of the server.", visibility: .hidden))
    var insecureSkipTlsVerify = false
    @Option(help: ArgumentHelp("The name in the server's certificate.", visibility: .hidden))
    var tlsServerName: String?
    @Option(help: "How long to wait for one request, as 30s or 1m; 0 waits without end.")
    var requestTimeout: String?
    // Taken so that scripts keep working; they change nothing here.
    @Option(help: ArgumentHelp("Unused.", visibility: .private)) var cacheDir: String?
    @Flag(help: ArgumentHelp("Unused.", visibility: .private)) var disableCompression = false
    @Option(
        name: [.customShort("v"), .customLong("kloglevel")],
        help: ArgumentHelp("Unused.", visibility: .private))
    var requestLogLevel: Int?
    @Option(name: .customLong("loglevel"), help: ArgumentHelp("Unused.", visibility: .private))
    var logLevel: String?

    package init() {}

    func namespace(_ access: any CommandCluster) -> String { namespace ?? access.defaultNamespace }
}

// `martlet up --controllers`: the controllers beside the cluster, in one process.

import ControllerKit
import Controllers
import Foundation
import KubeClient
import Logging
import Transport

/// Runs controllers beside the cluster until the task is cancelled.
///
/// - Parameter names: A comma-separated list of controllers' names, or `all`.
/// - Returns: Why they ended, when they did by themselves.
func runControllers(_ names: String, server: String, authorityPEM: String, token: String) async -> String? {
    let wanted = names == "all" ? nil : Set(names.split(separator: ",").map(String.init))
    for name in wanted ?? [] where !AllControllers.names.contains(name) {
        return "--controllers \(name): there are \(AllControllers.names.joined(separator: ", "))"
    }
    var tls = TLSMaterial()
    tls.certificateAuthorities = Array(authorityPEM.utf8)
    var settings = ControllerSettings()
    settings.environment = ProcessInfo.processInfo.environment
    settings.cacheDirectory = NSTemporaryDirectory() + "martlet-\(getpid())"
    let service = ControllerService(
        access: ClusterAccess(server: server, tls: tls, credential: .token(token)), settings: settings,
        options: HostOptions(), names: wanted, logger: ControllerService.logger(.info))
    do {
        try await service.run()
        return nil
    } catch { return "\(error)" }
}

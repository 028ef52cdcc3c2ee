// One request of the API server's port: from its bytes to its answer or stream.

import ClusterSim
import HTTPModel
import Serving

/// Answers requests with the cluster.
struct APIEndpoint: Sendable {
    let cluster: LocalCluster
    /// Who runs pods as local processes, if anybody does.
    let pods: PodRunner?
    let audit: AuditLog?

    func serve(_ request: HTTPRequest, peer: Peer) async -> ServedResponse {
        let audited = audit.map { _ in AuditedRequest(request: request, peerAddress: peer.address) }
        let answered = await cluster.answer(request)
        let user = answered.user
        switch answered.answer {
        case .response(let response):
            await note(audited, user, response.status)
            return .whole(response)
        case .watch(let id, let headers):
            return watch(id, headers) { await note(audited, user, 200) }
        case .podLog(let wanted):
            // A simulated pod has nothing to say.
            let empty = ServedResponse.whole(
                HTTPResponse(status: 200, headers: ["Content-Type": "text/plain"]))
            let log = await pods?.log(wanted) ?? empty
            await note(audited, user, 200)
            return log
        }
    }

    private func note(_ audited: AuditedRequest?, _ user: UserInfo, _ status: Int) async {
        if let audited { await audit?.note(audited, user: user, status: status) }
    }

    private func watch(
        _ id: WatchID, _ headers: HTTPHeaders, ended: @escaping @Sendable () async -> Void
    ) -> ServedResponse {
        let cluster = cluster
        return .stream(status: 200, headers: headers) { writer in
            do {
                while let lines = await cluster.nextLines(of: id) { try await writer.write(lines) }
            } catch {
                await cluster.close(id)
                await ended()
                throw error
            }
            await ended()
        }
    }
}

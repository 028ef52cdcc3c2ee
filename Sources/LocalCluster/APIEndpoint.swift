// One request of the API server's port: from its bytes to its answer or stream.

import ClusterSim
import HTTPModel
import Serving

/// Answers requests with the cluster.
struct APIEndpoint: Sendable {
    let cluster: LocalCluster
    /// Who runs pods as local processes, if anybody does.
    let pods: PodRunner?

    func serve(_ request: HTTPRequest, peer: Peer) async -> ServedResponse {
        let answered = await cluster.answer(request)
        switch answered.answer {
        case .response(let response):
            return .whole(response)
        case .watch(let id, let headers):
            return watch(id, headers)
        case .podLog(let wanted):
            if let log = await pods?.log(wanted) { return log }
            // A simulated pod has nothing to say.
            return .whole(HTTPResponse(status: 200, headers: ["Content-Type": "text/plain"]))
        }
    }

    private func watch(_ id: WatchID, _ headers: HTTPHeaders) -> ServedResponse {
        let cluster = cluster
        return .stream(status: 200, headers: headers) { writer in
            do {
                while let lines = await cluster.nextLines(of: id) { try await writer.write(lines) }
            } catch {
                await cluster.close(id)
                throw error
            }
        }
    }
}

// SkyWalking: its GraphQL query protocol, https://skywalking.apache.org/docs/main/next/en/api/query-protocol/.

package import HTTPModel
package import JSONTree
import KubeModel

/// Asks SkyWalking.
package struct SkyWalkingProvider: MetricProvider {
    package static let field = "skywalking"

    private let address: String
    private let query: String
    private let interval: Duration
    private static let timeout = Duration.seconds(30)

    package init(_ configuration: JSON) throws(ProviderError) {
        var address = configuration["address"].string ?? ""
        try ProviderConfiguration.checkURL(address, field: "skywalking.address")
        while address.hasSuffix("/") { address.removeLast() }
        self.address = address
        query = configuration["query"].string ?? ""
        interval = try ProviderConfiguration.duration(configuration, "interval", fallback: .seconds(300))
        if query.isEmpty { throw ProviderError("skywalking.query is not set") }
    }

    package func step(_ answers: [HTTPResponse], _ context: ProviderContext) throws(ProviderError) -> ProviderStep {
        if let answer = answers.first { return .done(try Self.reading(answer)) }
        let negated = Duration.zero - interval
        let body: JSON = [
            "query": .string(query),
            "variables": [
                "duration": [
                    "start": .string(Self.minute(context.now + negated)), "end": .string(Self.minute(context.now)),
                    "step": "MINUTE",
                ]
            ],
        ]
        let request = HTTPRequest(
            method: "POST", target: "\(address)/graphql", headers: ["Content-Type": "application/json"],
            body: body.bytes())
        return .send(ProviderCall(request, timeout: Self.timeout))
    }

    /// `2026-01-31 0930`.
    private static func minute(_ time: Timestamp) -> String {
        let text = time.rfc3339
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(2))\(text.dropFirst(14).prefix(2))"
    }

    private static func reading(_ answer: HTTPResponse) throws(ProviderError) -> Reading {
        let tree = try ProviderConfiguration.json(answer, from: "SkyWalking")
        if let problem = tree["errors"][0]["message"].string { throw ProviderError("SkyWalking: \(problem)") }
        let data = tree["data"]
        if data.isNull { throw ProviderError("no results returned from the SkyWalking query", isNoData: true) }
        return Reading(.json(data), text: data.text(JSON.PrintOptions(sortsKeys: true)))
    }
}

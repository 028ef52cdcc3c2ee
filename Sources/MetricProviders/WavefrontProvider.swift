// Wavefront: the chart API, https://docs.wavefront.com/wavefront_api.html.

package import HTTPModel
package import JSONTree
import KubeModel

/// Asks Wavefront.
package struct WavefrontProvider: MetricProvider {
    package static let field = "wavefront"

    private let address: String
    private let query: String
    private static let secretName = "wavefront-api-tokens"
    private static let timeout = Duration.seconds(30)

    package init(_ configuration: JSON) throws(ProviderError) {
        address = configuration["address"].string ?? ""
        query = configuration["query"].string ?? ""
        if address.isEmpty { throw ProviderError("wavefront.address is not set") }
    }

    package var secretNeed: SecretNeed? { SecretNeed(Self.secretName) }

    package func step(_ answers: [HTTPResponse], _ context: ProviderContext) throws(ProviderError) -> ProviderStep {
        let milliseconds = context.now.nanoseconds / 1_000_000
        if let answer = answers.first { return .done(try Self.reading(answer, at: milliseconds / 1000)) }
        let token = try context.credentials.entry(address, of: Self.secretName)
        let form = HTTPQuery.text([
            ("q", query), ("s", "\(milliseconds)"), ("e", "\(milliseconds)"), ("g", "s"), ("p", "1"),
        ])
        let base = address.contains("://") ? address : "https://\(address)"
        let request = HTTPRequest(
            method: "GET", target: "\(base)/api/v2/chart/api?\(form)",
            headers: ["Authorization": "Bearer \(token)", "Accept": "application/json"])
        return .send(ProviderCall(request, timeout: Self.timeout))
    }

    /// Of each series the point next to now; one series is a number, several are a list.
    private static func reading(_ answer: HTTPResponse, at now: Int64) throws(ProviderError) -> Reading {
        let tree = try ProviderConfiguration.json(answer, from: "Wavefront")
        if let problem = tree["errorMessage"].string, !problem.isEmpty { throw ProviderError("Wavefront: \(problem)") }
        var numbers: [Double] = []
        var times: [Int64] = []
        for series in tree["timeseries"].elements {
            let points = series["data"].elements.compactMap { point -> (time: Int64, value: Double)? in
                // Seconds since the epoch; what no clock shows is no time.
                guard let time = point[0].double, time.magnitude < 1e15, let value = point[1].double else { return nil }
                return (Int64(time), value)
            }
            guard let next = points.min(by: { abs($0.time - now) < abs($1.time - now) }) else { continue }
            numbers.append(next.value)
            times.append(next.time)
        }
        guard let first = numbers.first else { throw ProviderError("No valid values were returned by the query", isNoData: true) }
        var metadata: [String: String] = [
            "timestamps": "[\(times.map(String.init).joined(separator: ","))]",
            "drift": "[\(times.map { String($0 - now) }.joined(separator: ","))]",
        ]
        if let warnings = tree["warnings"].string, !warnings.isEmpty { metadata["warnings"] = warnings }
        if numbers.count == 1 {
            return Reading(.number(first), text: GoNumberText.fixed(first, digits: 2), metadata: metadata)
        }
        let text = numbers.map { GoNumberText.fixed($0, digits: 2) }.joined(separator: ",")
        return Reading(.numbers(numbers), text: "[\(text)]", metadata: metadata)
    }
}

// CloudWatch: GetMetricData, https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html.

package import HTTPModel
package import JSONTree
import KubeModel

/// Asks Amazon CloudWatch.
package struct CloudWatchProvider: MetricProvider {
    package static let field = "cloudWatch"

    private let interval: Duration
    private let queries: [JSON]
    private static let timeout = Duration.seconds(30)

    package init(_ configuration: JSON) throws(ProviderError) {
        interval = try ProviderConfiguration.duration(configuration, "interval", fallback: .seconds(300))
        queries = configuration["metricDataQueries"].elements
        if queries.isEmpty { throw ProviderError("cloudWatch.metricDataQueries is empty") }
        for (index, query) in queries.enumerated()
        where query["expression"].isNull == query["metricStat"].isNull {
            throw ProviderError("cloudWatch.metricDataQueries[\(index)] needs either expression or metricStat")
        }
    }

    package func step(_ answers: [HTTPResponse], _ context: ProviderContext) throws(ProviderError) -> ProviderStep {
        if let answer = answers.first { return .done(try Self.reading(answer)) }
        let environment = context.credentials.environment
        let signing = try AWSSigning(region: "", service: "monitoring", environment)
        let end = context.now.nanoseconds / 1_000_000_000
        let body: JSON = [
            "StartTime": .int(end - interval.components.seconds), "EndTime": .int(end),
            "MetricDataQueries": .array(queries.map(Self.wireForm)),
        ]
        let own = environment["AWS_ENDPOINT_URL_CLOUDWATCH"] ?? environment["AWS_ENDPOINT_URL"] ?? ""
        let address = own.isEmpty ? "https://monitoring.\(signing.region).amazonaws.com" : own
        let request = HTTPRequest(
            method: "POST", target: address + "/",
            headers: [
                "Content-Type": "application/x-amz-json-1.0",
                "X-Amz-Target": "GraniteServiceVersion20100801.GetMetricData",
            ], body: body.bytes())
        var call = ProviderCall(request, timeout: Self.timeout)
        call.signing = signing
        return .send(call)
    }

    /// Members begin with a capital on the wire; a period may be written as text.
    private static func wireForm(_ tree: JSON) -> JSON {
        switch tree {
        case .object(let members):
            var result = JSONObject()
            for (key, value) in members {
                let name = key.prefix(1).uppercased() + key.dropFirst()
                let number = value.string.flatMap { Int64($0) }
                result[name] = name == "Period" ? number.map { .int($0) } ?? value : wireForm(value)
            }
            return .object(result)
        case .array(let elements): return .array(elements.map(wireForm))
        default: return tree
        }
    }

    /// The results as a list; conditions read `result[0].Values[0]`.
    private static func reading(_ answer: HTTPResponse) throws(ProviderError) -> Reading {
        guard (200..<300).contains(answer.status) else {
            let tree = (try? JSON(answer: answer.body)) ?? .null
            let problem = tree["message"].string ?? tree["Message"].string ?? tree["__type"].string ?? ""
            throw ProviderError("CloudWatch answered \(answer.status)\(problem.isEmpty ? "" : ": \(problem)")")
        }
        let results = try ProviderConfiguration.json(answer, from: "CloudWatch")["MetricDataResults"]
        let values = results.elements.map { $0["Values"] }
        let isEmpty = !values.isEmpty && values.allSatisfy(\.elements.isEmpty)
        return Reading(
            .json(.array(results.elements)), text: JSON.array(values).text(),
            lack: isEmpty ? "CloudWatch answered no values" : nil)
    }
}

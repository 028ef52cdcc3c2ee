// New Relic: NRQL through NerdGraph, https://docs.newrelic.com/docs/apis/nerdgraph/examples/nerdgraph-nrql-tutorial/.

package import HTTPModel
package import JSONTree

/// Asks New Relic.
package struct NewRelicProvider: MetricProvider {
    package static let field = "newRelic"

    private let query: String
    private let profile: String
    private let timeout: Int64
    private static let timeoutDefaultSeconds: Int64 = 5

    package init(_ configuration: JSON) throws(ProviderError) {
        query = configuration["query"].string ?? ""
        let name = configuration["profile"].string ?? ""
        profile = name.isEmpty ? "newrelic" : name
        let seconds = configuration["timeout"].int ?? 0
        if seconds < 0 { throw ProviderError("newRelic.timeout must be positive, is \(seconds)") }
        timeout = seconds == 0 ? Self.timeoutDefaultSeconds : seconds
        if query.isEmpty { throw ProviderError("newRelic.query is not set") }
    }

    package var secretNeed: SecretNeed? { SecretNeed(profile) }
    package var metadata: [String: String] { ["ResolvedNewRelicQuery": query] }

    private static let document = """
        query($accountId: Int!, $query: Nrql!, $timeout: Seconds) { actor { account(id: $accountId) { \
        nrql(query: $query, timeout: $timeout) { results } } } }
        """

    package func step(_ answers: [HTTPResponse], _ context: ProviderContext) throws(ProviderError) -> ProviderStep {
        if let answer = answers.first { return .done(try Self.reading(answer)) }
        let credentials = context.credentials
        let key = try credentials.entry("personal-api-key", of: profile)
        let account = try credentials.entry("account-id", of: profile)
        guard let number = Int64(account) else {
            throw ProviderError("secret \"\(profile)\": account-id is no number")
        }
        let region = credentials.secret["region"]?.trimmedEnd.lowercased() ?? "us"
        let own = credentials.secret["base-url-nerdgraph"]?.trimmedEnd ?? ""
        let address =
            own.isEmpty
            ? region == "eu" ? "https://api.eu.newrelic.com/graphql" : "https://api.newrelic.com/graphql" : own
        try ProviderConfiguration.checkURL(address, field: "newRelic base-url-nerdgraph")
        let body: JSON = [
            "query": .string(Self.document),
            "variables": ["accountId": .int(number), "query": .string(query), "timeout": .int(timeout)],
        ]
        let request = HTTPRequest(
            method: "POST", target: address, headers: ["API-Key": key, "Content-Type": "application/json"],
            body: body.bytes())
        return .send(ProviderCall(request, timeout: .seconds(timeout + 5)))
    }

    /// One row is a map for conditions, several are a list of maps.
    private static func reading(_ answer: HTTPResponse) throws(ProviderError) -> Reading {
        let tree = try ProviderConfiguration.json(answer, from: "New Relic")
        if let problem = tree["errors"][0]["message"].string { throw ProviderError("New Relic: \(problem)") }
        let rows = tree["data"]["actor"]["account"]["nrql"]["results"].elements
        guard let first = rows.first, !(first.object?.isEmpty ?? true) else {
            throw ProviderError("no results returned from NRQL query", isNoData: true)
        }
        let value: JSON = rows.count == 1 ? first : .array(rows)
        return Reading(.json(value), text: value.text(JSON.PrintOptions(sortsKeys: true)))
    }
}

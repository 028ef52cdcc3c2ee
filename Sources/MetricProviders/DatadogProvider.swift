// Datadog: timeseries queries (v1) and scalar queries (v2), https://docs.datadoghq.com/api/latest/metrics/.

package import HTTPModel
package import JSONTree
import KubeModel

/// Asks Datadog.
package struct DatadogProvider: MetricProvider {
    package static let field = "datadog"

    private let query: String
    private let queries: [(name: String, query: String)]
    private let formula: String
    private let aggregator: String
    private let interval: Duration
    private let timeout: Duration
    private let isSecondVersion: Bool
    private let secret: SecretNeed

    private static let addressDefault = "https://api.datadoghq.com"
    private static let groupCountMax = 100

    package init(_ configuration: JSON) throws(ProviderError) {
        query = configuration["query"].string ?? ""
        queries = (configuration["queries"].object ?? [:]).map { ($0, $1.string ?? "") }.sorted { $0.0 < $1.0 }
        formula = configuration["formula"].string ?? ""
        aggregator = configuration["aggregator"].string ?? ""
        let version = configuration["apiVersion"].string ?? "v1"
        guard ["", "v1", "v2"].contains(version) else {
            throw ProviderError("datadog.apiVersion \"\(version)\" is neither v1 nor v2")
        }
        isSecondVersion = version == "v2"
        interval = try ProviderConfiguration.duration(configuration, "interval", fallback: .seconds(300))
        timeout = try ProviderConfiguration.duration(configuration, "requestTimeout", fallback: .seconds(10))
        let reference = configuration["secretRef"]
        secret = SecretNeed(
            reference["name"].string ?? "datadog", isInRunNamespace: reference["namespaced"].bool ?? false)
        try check()
    }

    private func check() throws(ProviderError) {
        if query.isEmpty == queries.isEmpty { throw ProviderError("datadog needs either query or queries") }
        if !isSecondVersion {
            if query.isEmpty { throw ProviderError("datadog: queries need apiVersion v2") }
            if !aggregator.isEmpty { throw ProviderError("datadog: an aggregator needs apiVersion v2") }
        }
        if !formula.isEmpty, queries.isEmpty { throw ProviderError("datadog: a formula needs queries") }
        if queries.count > 1, formula.isEmpty { throw ProviderError("datadog: several queries need a formula") }
    }

    package var secretNeed: SecretNeed? { secret }

    package func step(_ answers: [HTTPResponse], _ context: ProviderContext) throws(ProviderError) -> ProviderStep {
        if let answer = answers.first { return .done(try isSecondVersion ? scalar(answer) : series(answer)) }
        let keys = try keys(context.credentials)
        var headers: HTTPHeaders = ["DD-API-KEY": keys.api, "DD-APPLICATION-KEY": keys.application]
        let end = context.now.nanoseconds / 1_000_000_000
        let start = end - interval.components.seconds
        guard isSecondVersion else {
            let form = HTTPQuery.text([("query", query), ("from", "\(start)"), ("to", "\(end)")])
            let target = "\(keys.address)/api/v1/query?\(form)"
            return .send(ProviderCall(HTTPRequest(method: "GET", target: target, headers: headers), timeout: timeout))
        }
        headers["Content-Type"] = "application/json"
        let request = HTTPRequest(
            method: "POST", target: keys.address + "/api/v2/query/scalar", headers: headers,
            body: scalarRequest(start: start * 1000, end: end * 1000).bytes())
        return .send(ProviderCall(request, timeout: timeout))
    }

    private func keys(_ credentials: ProviderCredentials) throws(ProviderError) -> (
        address: String, api: String, application: String
    ) {
        let environment = credentials.environment
        if credentials.secret.isEmpty, let api = environment["DD_API_KEY"], let app = environment["DD_APP_KEY"],
            let address = environment["DD_ADDRESS"]
        {
            return (Self.address(address), api, app)
        }
        return (
            Self.address(credentials.secret["address"] ?? ""), try credentials.entry("api-key", of: secret.name),
            try credentials.entry("app-key", of: secret.name)
        )
    }

    private static func address(_ text: String) -> String {
        var address = text.trimmedEnd
        while address.hasSuffix("/") { address.removeLast() }
        return address.isEmpty ? addressDefault : address
    }

    private func scalarRequest(start: Int64, end: Int64) -> JSON {
        let named = queries.isEmpty ? [("query", query)] : queries
        let formula = formula.isEmpty ? named[0].0 : formula
        return [
            "data": [
                "type": "scalar_request",
                "attributes": [
                    "from": .int(start), "to": .int(end), "formulas": [["formula": .string(formula)]],
                    "queries": .array(
                        named.map { name, query in
                            [
                                "aggregator": .string(aggregator.isEmpty ? "last" : aggregator),
                                "data_source": "metrics", "name": .string(name), "query": .string(query),
                            ]
                        }),
                ],
            ]
        ]
    }

    // MARK: Answers

    private func tree(_ answer: HTTPResponse) throws(ProviderError) -> JSON {
        if answer.status == 401 || answer.status == 403 {
            throw ProviderError("received authentication error response code: \(answer.status)")
        }
        let tree = try ProviderConfiguration.json(answer, from: "Datadog")
        let problem = tree["error"].string ?? tree["errors"].string ?? tree["errors"][0].string ?? ""
        if !problem.isEmpty { throw ProviderError("Datadog: \(problem)") }
        return tree
    }

    /// The newest point of the first series; nothing without one.
    private func series(_ answer: HTTPResponse) throws(ProviderError) -> Reading {
        let points = try tree(answer)["series"][0]["pointlist"].elements
        guard let number = points.last?[1].double else { return Reading(.nothing, text: "[]") }
        return Reading(.number(number), text: GoNumberText.plain(number))
    }

    /// The column of numbers; with the groups it is split by, where there are any.
    private func scalar(_ answer: HTTPResponse) throws(ProviderError) -> Reading {
        let columns = try tree(answer)["data"]["attributes"]["columns"].elements
        guard let numbers = columns.first(where: { $0["type"].string == "number" })?["values"].elements,
            !numbers.isEmpty
        else { return Reading(.nothing, text: "[]") }
        let groups = columns.filter { $0["type"].string == "group" }
        if groups.isEmpty {
            guard let number = numbers[0].double else { return Reading(.nothing, text: "[]") }
            return Reading(.number(number), text: GoNumberText.plain(number))
        }
        var rows: [(number: Double, name: String)] = []
        for (index, value) in numbers.enumerated() {
            guard let number = value.double else { continue }
            let tags = groups.map { group in
                "\(group["name"].string ?? ""):\(group["values"][index].elements.compactMap(\.string).joined(separator: "|"))"
            }
            rows.append((number, tags.joined(separator: ",")))
        }
        let values = rows.map(\.number)
        return Reading(
            .numbers(values), text: "[\(values.map(GoNumberText.plain).joined(separator: ","))]",
            metadata: Self.groups(rows))
    }

    /// Which group has which value; of very many the lowest and the highest.
    private static func groups(_ rows: [(number: Double, name: String)]) -> [String: String] {
        var shown = rows.sorted { ($0.number, $0.name) < ($1.number, $1.name) }
        var metadata: [String: String] = [:]
        if shown.count > groupCountMax {
            metadata["groups_truncated"] = "\(shown.count - groupCountMax)"
            shown = Array(shown.prefix(groupCountMax / 2) + shown.suffix(groupCountMax / 2))
        }
        let list = shown.map { row -> JSON in ["group": .string(row.name), "value": .double(row.number)] }
        metadata["groups"] = JSON.array(list).text()
        return metadata
    }
}

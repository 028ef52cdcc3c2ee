// Prometheus: instant and range queries (https://prometheus.io/docs/prometheus/latest/querying/api/).

package import HTTPModel
package import JSONTree
import KubeModel

/// Asks a Prometheus server.
package struct PrometheusProvider: MetricProvider {
    package static let field = "prometheus"

    private let address: String
    private let query: String
    private let timeout: Duration
    private let isInsecure: Bool
    private let headers: HTTPHeaders
    private let range: RangeQuery?
    private let oauth2: OAuth2Credentials?
    /// The region of a signed workspace; nil: requests are not signed.
    private let signingRegion: String?

    private struct RangeQuery: Hashable {
        var start: String
        var end: String
        var step: Duration
    }

    /// Queries longer than this go into the body of a POST: servers and proxies bound URLs.
    private static let queryByteCountInURLMax = 2000
    private static let timeoutDefaultSeconds: Int64 = 30

    package init(_ configuration: JSON) throws(ProviderError) {
        address = configuration["address"].string ?? ""
        query = configuration["query"].string ?? ""
        timeout = try ProviderConfiguration.seconds(
            configuration, "timeout", fallback: Self.timeoutDefaultSeconds)
        isInsecure = configuration["insecure"].bool ?? false
        var headers = ProviderConfiguration.headers(configuration["headers"])
        let authentication = configuration["authentication"]
        let signing = authentication["sigv4"]
        for member in ["profile", "roleArn"] where !(signing[member].string ?? "").isEmpty {
            throw ProviderError("prometheus.authentication.sigv4.\(member) is not supported: give keys by environment")
        }
        let isSigned = !(signing.object?.isEmpty ?? true) && address.contains("aps-workspaces")
        signingRegion = isSigned ? signing["region"].string ?? "" : nil
        let basic = authentication["basicAuth"]
        let user = basic["username"].string ?? ""
        let password = basic["password"].string ?? ""
        if user.isEmpty != password.isEmpty {
            throw ProviderError("prometheus.authentication.basicAuth needs both username and password")
        }
        if !user.isEmpty { headers["Authorization"] = "Basic \(Base64.encode(Array("\(user):\(password)".utf8)))" }
        self.headers = headers
        oauth2 = try OAuth2Credentials(authentication["oauth2"])
        range = try Self.range(configuration["rangeQuery"])
    }

    private static func range(_ tree: JSON) throws(ProviderError) -> RangeQuery? {
        guard tree.object != nil else { return nil }
        let text = tree["step"].string ?? ""
        guard let step = Duration.parse(goText: text), step > .zero else {
            throw ProviderError("prometheus.rangeQuery.step \"\(text)\" is no positive duration like 1m")
        }
        guard let start = tree["start"].string, let end = tree["end"].string else {
            throw ProviderError("prometheus.rangeQuery needs start and end")
        }
        return RangeQuery(start: start, end: end, step: step)
    }

    package var metadata: [String: String] { ["ResolvedPrometheusQuery": query] }

    /// How many answers a measurement takes.
    var answerCount: Int { oauth2 == nil ? 1 : 2 }

    package func step(_ answers: [HTTPResponse], _ context: ProviderContext) throws(ProviderError) -> ProviderStep {
        var headers = headers
        var answers = answers[...]
        if let oauth2 {
            guard let token = answers.popFirst() else {
                return .send(ProviderCall(oauth2.request, timeout: timeout, isInsecure: isInsecure))
            }
            headers["Authorization"] = try oauth2.authorization(from: token)
        }
        if let answer = answers.popFirst() { return .done(try Self.reading(answer)) }
        var call = ProviderCall(try request(headers, context), timeout: timeout, isInsecure: isInsecure)
        if range == nil { call.sharing = try request(headers, context, isTimeless: true) }
        if let signingRegion {
            call.signing = try AWSSigning(
                region: signingRegion, service: "aps", context.credentials.environment)
        }
        return .send(call)
    }

    /// - Parameter isTimeless: Leaves out the moment that an instant query asks for.
    private func request(
        _ headers: HTTPHeaders, _ context: ProviderContext, isTimeless: Bool = false
    ) throws(ProviderError) -> HTTPRequest {
        var base = address.isEmpty ? context.prometheusAddress : address
        if base.isEmpty { throw ProviderError("prometheus.address is not set") }
        try ProviderConfiguration.checkURL(base, field: "prometheus.address")
        while base.hasSuffix("/") { base.removeLast() }
        var form: [(name: String, value: String)] = [(name: "query", value: query)]
        var path = "/api/v1/query"
        if let range {
            path = "/api/v1/query_range"
            form.append((name: "start", value: try Self.time(range.start, "start", context)))
            form.append((name: "end", value: try Self.time(range.end, "end", context)))
            form.append((name: "step", value: GoNumberText.plain(range.step.inSeconds)))
        } else if !isTimeless {
            form.append((name: "time", value: Self.seconds(context.now)))
        }
        let text = HTTPQuery.text(form)
        guard text.utf8.count > Self.queryByteCountInURLMax else {
            return HTTPRequest(method: "GET", target: "\(base)\(path)?\(text)", headers: headers)
        }
        var headers = headers
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return HTTPRequest(method: "POST", target: base + path, headers: headers, body: Array(text.utf8))
    }

    private static func time(
        _ expression: String, _ field: String, _ context: ProviderContext
    ) throws(ProviderError) -> String {
        switch context.evaluateTime(expression) {
        case .success(let time): return seconds(time)
        case .failure(let error): throw ProviderError("prometheus.rangeQuery.\(field): \(error.message)")
        }
    }

    /// Seconds with milliseconds, as Prometheus' own client sends them.
    private static func seconds(_ time: Timestamp) -> String {
        let milliseconds = time.nanoseconds / 1_000_000
        return GoNumberText.plain(Double(milliseconds) / 1000)
    }

    // MARK: The answer

    /// Reads an answer of the query API.
    package static func reading(_ answer: HTTPResponse) throws(ProviderError) -> Reading {
        let tree = try tree(of: answer)
        let (value, text) = try result(tree["data"])
        let warnings = tree["warnings"].elements.compactMap(\.string)
        return Reading(value, text: text, metadata: warnings.isEmpty ? [:] : ["warnings": warningsText(warnings)])
    }

    /// The values of an answer with the labels of their series.
    static func samples(_ answer: HTTPResponse) throws(ProviderError) -> [(labels: JSON, value: Double)] {
        let data = try tree(of: answer)["data"]
        if data["resultType"].string == "scalar" { return [(labels: [:], value: try sample(data["result"]))] }
        var samples: [(labels: JSON, value: Double)] = []
        for series in data["result"].elements {
            let points = series["values"].array ?? [series["value"]]
            for point in points { samples.append((labels: series["metric"], value: try sample(point))) }
        }
        return samples
    }

    private static func tree(of answer: HTTPResponse) throws(ProviderError) -> JSON {
        let tree: JSON
        do {
            tree = try JSON(answer: answer.body)
        } catch {
            if (200..<300).contains(answer.status) {
                throw ProviderError("the answer of Prometheus is no JSON: \(error)")
            }
            throw ProviderError("Prometheus answered \(answer.status)")
        }
        guard tree["status"].string == "success" else {
            let type = tree["errorType"].string ?? "server_error"
            throw ProviderError("\(type): \(tree["error"].string ?? "Prometheus answered \(answer.status)")")
        }
        return tree
    }

    private static func warningsText(_ warnings: [String]) -> String {
        warnings.map { "\"\($0)\"" }.joined(separator: ", ")
    }

    private static func result(_ data: JSON) throws(ProviderError) -> (MetricValue, String) {
        let type = data["resultType"].string ?? ""
        switch type {
        case "scalar":
            let number = try sample(data["result"])
            return (.number(number), GoNumberText.plain(number))
        case "vector":
            var numbers: [Double] = []
            for series in data["result"].elements { numbers.append(try sample(series["value"])) }
            return (.numbers(numbers), list(numbers))
        case "matrix":
            var numbers: [Double] = []
            for series in data["result"].elements {
                for point in series["values"].elements { numbers.append(try sample(point)) }
            }
            return (.numbers(numbers), list(numbers))
        default:
            throw ProviderError("Prometheus metric type not supported: \(type.isEmpty ? "none" : type)")
        }
    }

    private static func list(_ numbers: [Double]) -> String {
        "[\(numbers.map(GoNumberText.plain).joined(separator: ","))]"
    }

    /// `[time, "value"]`.
    private static func sample(_ pair: JSON) throws(ProviderError) -> Double {
        guard let text = pair[1].string else {
            throw ProviderError("Prometheus answered a sample that is no number (a histogram?)")
        }
        switch text {
        case "NaN": return .nan
        case "+Inf", "Inf": return .infinity
        case "-Inf": return -.infinity
        default:
            guard let number = Double(text) else { throw ProviderError("Prometheus answered the value \"\(text)\"") }
            return number
        }
    }
}

// What a metric provider is: a query turned into requests, and answers into a value.
//
// Providers are pure. Each says which request to send next, given the answers so far; whoever has
// hands sends it. So a provider's whole behaviour is a table of requests and responses.

package import HTTPModel
package import JSONTree
package import KubeModel

/// What was measured, with the shape that a condition sees.
package enum MetricValue: Hashable, Sendable {
    /// Nothing: nil in conditions.
    case nothing
    /// Go's `float64`.
    case number(Double)
    /// Go's `[]float64`.
    case numbers([Double])
    /// Go's `string`.
    case text(String)
    /// Any JSON; its numbers are `float64`.
    case json(JSON)
}

extension MetricValue {
    /// What the provider answered when that is no data, for people; nil when it is data.
    var lack: String? {
        switch self {
        case .nothing, .json(.null): "the provider answered nothing"
        case .number(let number): number.isNaN ? "the provider answered NaN" : nil
        case .numbers(let numbers):
            if numbers.isEmpty { "the provider answered an empty list" }
            else { numbers.allSatisfy(\.isNaN) ? "the provider answered NaN" : nil }
        case .text(let text): text.isEmpty ? "the provider answered an empty text" : nil
        case .json(.array(let elements)):
            if elements.isEmpty { "the provider answered an empty list" }
            else { elements.allSatisfy(\.isNull) ? "the provider answered a list of nulls" : nil }
        case .json: nil
        }
    }
}

/// What a provider says by itself, where conditions are not asked. Each with a sentence.
package enum ReadingVerdict: Hashable, Sendable {
    case good(String)
    case bad(String)
    case doubtful(String)
    /// There is not enough to say; another measurement is wanted.
    case undecided(String)
    /// The provider is at it; the same measurement is asked for again.
    case running(String, askAgainAfter: Duration)

    /// The sentence.
    package var message: String {
        switch self {
        case .good(let message), .bad(let message), .doubtful(let message), .undecided(let message),
            .running(let message, askAgainAfter: _):
            message
        }
    }
}

/// A measured value with its text for the status.
package struct Reading: Hashable, Sendable {
    package var value: MetricValue
    /// As the status shows it.
    package var text: String
    /// For the measurement's `metadata`.
    package var metadata: [String: String]
    /// What was answered when that is no data, for people; nil when it is data.
    package var lack: String?
    /// Nil: the metric's conditions decide.
    package var verdict: ReadingVerdict?
    package init(
        _ value: MetricValue, text: String, metadata: [String: String] = [:], lack: String? = nil,
        verdict: ReadingVerdict? = nil
    ) {
        self.value = value
        self.verdict = verdict
        self.lack = lack ?? value.lack
        self.text = text
        self.metadata = metadata
    }
}

/// Why nothing was measured. Becomes an errored measurement; nothing here holds a secret that was
/// not part of an answer.
package struct ProviderError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A sentence for people.
    package var message: String
    /// The provider answered well, but had no data.
    package var isNoData: Bool
    package init(_ message: String, isNoData: Bool = false) {
        self.message = message
        self.isNoData = isNoData
    }
    package var description: String { message }
}

/// A request with how it may be sent.
package struct ProviderCall: Hashable, Sendable {
    /// The target is a whole URL.
    package var request: HTTPRequest
    package var timeout: Duration
    /// Certificates are not checked.
    package var isInsecure: Bool
    /// The request is signed with it; nil: it is sent as it is.
    package var signing: AWSSigning?
    /// The request without the present moment in it, where it only reads: two that are equal in it
    /// and under way at the same time may have one answer. Nil: each is sent.
    package var sharing: HTTPRequest?
    package init(_ request: HTTPRequest, timeout: Duration, isInsecure: Bool = false) {
        self.request = request
        self.timeout = timeout
        self.isInsecure = isInsecure
    }

    /// What calls have in common that may have one answer; nil: this one is sent by itself.
    package var question: ProviderCall? {
        guard let sharing else { return nil }
        var question = self
        question.request = sharing
        return question
    }
}

/// What comes next in a measurement.
package enum ProviderStep: Hashable, Sendable {
    case send(ProviderCall)
    case done(Reading)
}

/// Which measurement it is, for providers that tell somebody else.
package struct MeasurementSubject: Hashable, Sendable {
    package var run = ""
    package var namespace = ""
    package var uid = ""
    package var metric = ""
    /// From 1; the same when an unfinished one is asked for again.
    package var number = 0
    package init() {}
    package init(run: String, namespace: String, uid: String, metric: String, number: Int) {
        self.run = run
        self.namespace = namespace
        self.uid = uid
        self.metric = metric
        self.number = number
    }
}

/// What a provider may know besides its query.
package struct ProviderContext: Sendable {
    package var now: Timestamp
    /// When the run began.
    package var startedAt: Timestamp
    /// Which measurement this is.
    package var subject = MeasurementSubject()
    /// The metadata of the measurement when it was begun before and is unfinished; else empty.
    package var unfinished: [String: String] = [:]
    /// The Prometheus server of metrics that name none; empty: there is no default.
    package var prometheusAddress: String
    /// What the provider may authenticate with.
    package var credentials: ProviderCredentials
    /// Evaluates an expression like `now() - duration("1h")` to a point in time.
    package var evaluateTime: @Sendable (String) -> Result<Timestamp, ProviderError>

    package init(
        now: Timestamp, startedAt: Timestamp? = nil, prometheusAddress: String = "", credentials: ProviderCredentials = ProviderCredentials(),
        evaluateTime: @escaping @Sendable (String) -> Result<Timestamp, ProviderError> = { _ in
            .failure(ProviderError("times cannot be evaluated here"))
        }
    ) {
        self.now = now
        self.startedAt = startedAt ?? now
        self.prometheusAddress = prometheusAddress
        self.credentials = credentials
        self.evaluateTime = evaluateTime
    }
}

/// A source of values that is asked over HTTP.
package protocol MetricProvider: Sendable {
    /// The name of its field in a metric's `provider`.
    static var field: String { get }

    /// Reads the configuration; arguments have been put in.
    init(_ configuration: JSON) throws(ProviderError)

    /// What the metric's result remembers: the query with arguments put in, say.
    var metadata: [String: String] { get }

    /// The Secret that its credentials are in; nil: it needs none.
    var secretNeed: SecretNeed? { get }

    /// The next step, given the answers to all requests so far.
    func step(_ answers: [HTTPResponse], _ context: ProviderContext) throws(ProviderError) -> ProviderStep
}

extension MetricProvider {
    package var metadata: [String: String] { [:] }
    package var secretNeed: SecretNeed? { nil }
}

/// Parts of configurations that several providers have.
enum ProviderConfiguration {
    /// `[{key, value}]` as headers.
    static func headers(_ tree: JSON) -> HTTPHeaders {
        var headers = HTTPHeaders()
        for entry in tree.elements {
            if let key = entry["key"].string, let value = entry["value"].string { headers.add(key, value) }
        }
        return headers
    }

    /// Whole seconds of a field; the fallback when it is not set or 0.
    static func seconds(_ tree: JSON, _ field: String, fallback: Int64) throws(ProviderError) -> Duration {
        let value = tree[field].int ?? 0
        if value < 0 { throw ProviderError("\(field) must be positive, is \(value)") }
        return .seconds(value == 0 ? fallback : value)
    }

    /// Go's duration text of a field; the fallback when it is not set.
    static func duration(_ tree: JSON, _ field: String, fallback: Duration) throws(ProviderError) -> Duration {
        guard let text = tree[field].string, !text.isEmpty else { return fallback }
        guard let duration = Duration.parse(goText: text), duration > .zero else {
            throw ProviderError("\(field) \"\(text)\" is no positive duration like 5m")
        }
        return duration
    }

    /// The JSON of a good answer.
    static func json(_ answer: HTTPResponse, from server: String) throws(ProviderError) -> JSON {
        guard (200..<300).contains(answer.status) else {
            throw ProviderError("\(server) answered \(answer.status)")
        }
        do {
            return try JSON(answer: answer.body)
        } catch {
            throw ProviderError("the answer of \(server) is no JSON: \(error)")
        }
    }

    /// Checks that a text is an HTTP URL with a host.
    static func checkURL(_ text: String, field: String) throws(ProviderError) {
        for scheme in ["http://", "https://"] where text.lowercased().hasPrefix(scheme) {
            let rest = text.dropFirst(scheme.count)
            if let first = rest.first, first != "/", first != "?", first != ":" { return }
        }
        throw ProviderError("\(field) \"\(text)\" is no URL with scheme and host, like http://host:9090")
    }
}

extension JSON {
    /// Reads a provider's answer. Of members that have the same name the last counts, as with Go.
    /// What measurements are made of is flat: answers nest 200 deep at most, so that no walk over
    /// one needs much stack.
    init(answer bytes: [UInt8]) throws(JSONParseError) {
        self = try JSON.parseKeepingLast(bytes, limits: JSONLimits(depthMax: 200)).value
    }
}

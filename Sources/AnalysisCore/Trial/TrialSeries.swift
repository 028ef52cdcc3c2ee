// What a metric measures in a test: written values, or what a provider was recorded to say.

package import HTTPModel
package import JSONTree
package import KubeModel
import MartletModel
import MetricProviders

/// What is wrong with a test's file.
package struct TrialProblem: Error, Hashable, Sendable, CustomStringConvertible {
    package var message: String
    package init(_ message: String) { self.message = message }
    package var description: String { message }
}

/// What one measurement gives.
package enum TrialValue: Hashable, Sendable {
    /// As a test's author writes it: its shape depends on the provider.
    case plain(JSON)
    case scalar(Double)
    case vector([Double])
    case json(JSON)
    case text(String)
    case noData
    /// The provider cannot be asked.
    case error(String)
    /// Answers of the provider, one a request; they are read by its own code.
    case responses([HTTPResponse])

    /// Reads an entry of `values`.
    package init(_ tree: JSON) throws(TrialProblem) {
        if tree.string == "no data" {
            self = .noData
            return
        }
        guard let members = tree.object else {
            self = .plain(tree)
            return
        }
        guard members.count == 1, let key = members.keys.first else {
            throw TrialProblem("a value is one of \(Self.forms), not \(tree.text())")
        }
        let value = tree[key]
        switch key {
        case "scalar": self = .scalar(try Self.number(value))
        case "vector":
            var numbers: [Double] = []
            for element in value.elements { numbers.append(try Self.number(element)) }
            self = .vector(numbers)
        case "json": self = .json(value)
        case "text": self = .text(value.string ?? value.text())
        case "noData": self = .noData
        case "error": self = .error(value.string ?? value.text())
        case "response": self = .responses([Self.response(value)])
        case "responses": self = .responses(value.elements.map(Self.response))
        default: throw TrialProblem("a value is one of \(Self.forms); \(key) is not known")
        }
    }

    private static let forms = "scalar, vector, json, text, noData, error, response, responses"

    /// A number, or one of the texts that YAML has no number for.
    static func number(_ tree: JSON) throws(TrialProblem) -> Double {
        if let number = tree.double { return number }
        switch tree.string {
        case "NaN": return .nan
        case "+Inf", "Inf": return .infinity
        case "-Inf": return -.infinity
        default: throw TrialProblem("\(tree.text()) is no number")
        }
    }

    private static func response(_ tree: JSON) -> HTTPResponse {
        let hasParts = tree.object != nil && !(tree["status"].int == nil && tree["body"].isNull)
        let body = hasParts ? tree["body"] : tree
        let text = body.string ?? (body.isNull ? "" : body.text())
        return HTTPResponse(
            status: hasParts ? Int(tree["status"].int ?? 200) : 200, body: Array(text.utf8))
    }
}

/// The values of a metric over a test.
package struct TrialSeries: Hashable, Sendable {
    /// In order; the last one stays.
    package var values: [TrialValue] = []
    /// From a time after the start on; used when there are no `values`.
    package var steps: [(at: Duration, value: TrialValue)] = []
    /// What was recorded; its first sample is the start.
    package var matrix: RecordedMatrix?
    /// How long a measurement takes.
    package var takes = Duration.zero

    package static func == (left: TrialSeries, right: TrialSeries) -> Bool {
        left.values == right.values && left.matrix == right.matrix && left.takes == right.takes
            && left.steps.elementsEqual(right.steps) { $0 == $1 }
    }
    package func hash(into hasher: inout Hasher) { hasher.combine(values) }

    package init() {}

    /// Reads a metric of a test.
    ///
    /// - Parameter read: The tree of a recorded file.
    package init(_ tree: JSON, read: (String) throws(TrialProblem) -> JSON) throws(TrialProblem) {
        guard let members = tree.object else {
            values = try Self.list(tree.array ?? [tree])
            return
        }
        for key in members.keys where !["values", "at", "recorded", "takes"].contains(key) {
            throw TrialProblem(
                "\(key) is not known; a metric has values, at or recorded, and takes")
        }
        values = try Self.list(tree["values"].elements)
        for (key, value) in tree["at"].object ?? [:] {
            steps.append((try Self.duration(key, "at"), try TrialValue(value)))
        }
        steps.sort { $0.at < $1.at }
        if let file = tree["recorded"].string {
            let body = try read(file)
            do throws(ProviderError) { matrix = try RecordedMatrix(body: body) } catch {
                throw TrialProblem("recorded \(file): \(error.message)")
            }
        }
        if let text = tree["takes"].string { takes = try Self.duration(text, "takes") }
        if [!values.isEmpty, !steps.isEmpty, matrix != nil].filter({ $0 }).count != 1 {
            throw TrialProblem("give one of values, at and recorded")
        }
    }

    static func duration(_ text: String, _ field: String) throws(TrialProblem) -> Duration {
        guard let duration = Duration.parse(goText: text), duration >= .zero else {
            throw TrialProblem("\(field): \"\(text)\" is no duration like 90s or 5m")
        }
        return duration
    }

    /// Entries, those with `times` repeated.
    private static func list(_ entries: [JSON]) throws(TrialProblem) -> [TrialValue] {
        var values: [TrialValue] = []
        for entry in entries {
            guard let times = entry["times"].int else {
                values.append(try TrialValue(entry))
                continue
            }
            guard (1...100_000).contains(times) else {
                throw TrialProblem("times is from 1 to 100000, not \(times)")
            }
            values += Array(repeating: try TrialValue(entry["value"]), count: Int(times))
        }
        return values
    }

    /// What a measurement gives that begins then.
    package func value(of request: MeasurementRequest, at now: Timestamp, start: Timestamp)
        -> TrialValue
    {
        guard let matrix else { return value(number: request.number, at: now, start: start) }
        let body = matrix.body(for: request, at: (matrix.firstAt ?? now) + (now - start))
        return .responses([HTTPResponse(status: 200, body: body.bytes())])
    }

    /// What the measurement of that number gives that begins then, of what was written.
    func value(number: Int, at now: Timestamp, start: Timestamp) -> TrialValue {
        if !values.isEmpty { return values[min(number, values.count) - 1] }
        return steps.last { start + $0.at <= now }?.value ?? .noData
    }
}

/// From a test's value to the end of a measurement, by the provider's own code where it can be.
package enum TrialAnswers {
    /// Prometheus' address where a template names none: nothing is sent to it.
    private static let address = "http://prometheus.invalid:9090"

    /// How a measurement ends that gives a value.
    package static func outcome(
        of request: MeasurementRequest, value: TrialValue, now: Timestamp, end: Timestamp
    ) -> MeasurementOutcome {
        var secrets: [String: String] = [:]
        for argument in request.arguments where argument.value == nil && argument.secretKey != nil {
            secrets[argument.name] = ArgumentExpansion.secretPlaceholder
        }
        let prepared = MeasurementProcedure.prepare(
            request, secrets: secrets, prometheusAddress: address, now: now)
        switch prepared {
        case .failure(let failure): return failure.outcome
        case .success(var procedure):
            let field = request.tree["provider"].object?.keys.first ?? ""
            switch answers(to: value, field) {
            case .error(let problem): return procedure.failed(problem, now: end)
            case .lack(let what): return procedure.lacking(what, now: end)
            case .reading(let reading): return procedure.outcome(of: reading, now: end)
            case .responses(let responses): return carry(&procedure, responses, end)
            }
        }
    }

    private enum Given {
        case error(String)
        case lack(String)
        case reading(Reading)
        case responses([HTTPResponse])
    }

    private static func carry(
        _ procedure: inout MeasurementProcedure, _ responses: [HTTPResponse], _ end: Timestamp
    ) -> MeasurementOutcome {
        var rest = responses[...]
        var answer: HTTPResponse?
        while true {
            switch procedure.step(answer, now: end) {
            case .done(let outcome): return outcome
            case .send(let call):
                guard let next = rest.popFirst() else {
                    return procedure.failed(
                        "the test has no response to \(call.request.method) \(call.request.path)",
                        now: end)
                }
                answer = next
            }
        }
    }

    private static func answers(to value: TrialValue, _ field: String) -> Given {
        let isPrometheus = field == PrometheusProvider.field
        switch value {
        case .error(let text): return .error(text)
        case .responses(let responses): return .responses(responses)
        case .scalar(let number):
            return .reading(
                Reading(
                    .number(number),
                    text: isPrometheus ? GoNumberText.plain(number) : GoNumberText.shortest(number))
            )
        case .vector(let numbers): return .reading(vector(numbers))
        case .json(let tree): return .reading(Reading(.json(tree), text: WebProvider.text(tree)))
        case .text(let text): return .reading(Reading(.text(text), text: text))
        case .noData: return noData(field)
        case .plain(let tree): return plain(tree, field)
        }
    }

    /// As the provider gives a query's answer that holds that value.
    private static func plain(_ tree: JSON, _ field: String) -> Given {
        switch field {
        case PrometheusProvider.field, GraphiteProvider.field:
            if let numbers = numbers(tree.array ?? [tree]) { return .reading(vector(numbers)) }
            return .error("the test's value \(tree.text()) is no number and no list of numbers")
        case DatadogProvider.field, WavefrontProvider.field:
            if let elements = tree.array, let numbers = numbers(elements) {
                return .reading(vector(numbers))
            }
            if let number = numbers([tree])?.first {
                return .reading(Reading(.number(number), text: GoNumberText.shortest(number)))
            }
            return .error("the test's value \(tree.text()) is no number and no list of numbers")
        case JudgeProvider.field:
            guard let numbers = numbers(tree.elements), numbers.count == 4 else {
                return .error(
                    "the test's value \(tree.text()) is no list of canary's errors and requests, stable's errors and requests"
                )
            }
            return .responses(counts(numbers))
        default: return .reading(Reading(.json(tree), text: WebProvider.text(tree)))
        }
    }

    /// Prometheus' answers to the queries of a judge.
    private static func counts(_ numbers: [Double]) -> [HTTPResponse] {
        numbers.map { number in
            let sample: JSON = ["metric": [:], "value": [0, .string(GoNumberText.plain(number))]]
            let body: JSON = [
                "status": "success", "data": ["resultType": "vector", "result": [sample]],
            ]
            return HTTPResponse(status: 200, body: body.bytes())
        }
    }

    private static func numbers(_ elements: [JSON]) -> [Double]? {
        var numbers: [Double] = []
        for element in elements {
            guard let number = try? TrialValue.number(element) else { return nil }
            numbers.append(number)
        }
        return numbers
    }

    private static func vector(_ numbers: [Double]) -> Reading {
        Reading(
            .numbers(numbers), text: "[\(numbers.map(GoNumberText.plain).joined(separator: ","))]")
    }

    /// How a provider tells that there is nothing (analysis.md, section 5).
    private static func noData(_ field: String) -> Given {
        switch field {
        case PrometheusProvider.field, GraphiteProvider.field: .reading(vector([]))
        case DatadogProvider.field: .reading(Reading(.nothing, text: "[]"))
        case WebProvider.field: .reading(Reading(.json(.null), text: WebProvider.text(.null)))
        case JudgeProvider.field: .responses(counts([0, 0, 0, 0]))
        default: .lack("no data")
        }
    }
}

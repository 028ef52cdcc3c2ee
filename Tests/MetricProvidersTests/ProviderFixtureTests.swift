// Plays the fixtures of each provider: configuration to requests, answers to a reading.

import Foundation
import HTTPModel
import JSONTree
import KubeModel
import MetricProviders
import Testing

@Suite struct ProviderFixtureTests {
    private static func cases(_ provider: String) throws -> [JSON] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
        return try JSON.parse([UInt8](Data(contentsOf: folder.appendingPathComponent("\(provider).json")))).elements
    }

    private let context = ProviderContext(
        now: Timestamp(nanoseconds: 1_767_225_600_250_000_000), prometheusAddress: "http://default:9090",
        evaluateTime: { text in
            switch text {
            case "START": .success(Timestamp(wholeSeconds: 1_767_222_000))
            case "END": .success(Timestamp(wholeSeconds: 1_767_225_600))
            default: .failure(ProviderError("not scripted"))
            }
        })

    @Test(arguments: [
        "prometheus", "web", "datadog", "newRelic", "wavefront", "graphite", "influxdb", "skywalking", "cloudWatch", "kayenta",
        "plugin",
    ]) func `every fixture plays as written`(_ provider: String) throws {
        let cases = try Self.cases(provider)
        #expect(!cases.isEmpty)
        for tree in cases { play(tree, provider) }
    }

    private func play(_ tree: JSON, _ name: String) {
        let title = "\(name): \(tree["name"].string ?? "")"
        do {
            guard case .http(let provider) = try ProviderCatalog.source([name: tree["configuration"]]) else {
                Issue.record("\(title): no HTTP provider")
                return
            }
            var answers: [HTTPResponse] = []
            if let wanted = tree["secretNeed"].string {
                let place = provider.secretNeed?.isInRunNamespace ?? false ? ", of the run's namespace" : ""
                #expect((provider.secretNeed?.name ?? "") + place == wanted, "\(title)")
            }
            var context = context
            context.credentials = ProviderCredentials(
                secret: KubeObject.strings(tree["secret"]), environment: KubeObject.strings(tree["environment"]))
            context.unfinished = KubeObject.strings(tree["unfinished"])
            context.subject = MeasurementSubject(
                run: "web-1", namespace: "shop", uid: "u1", metric: "quality", number: 3)
            for (number, answer) in tree["answers"].elements.enumerated() {
                guard case .send(let call) = try provider.step(answers, context) else {
                    Issue.record("\(title): no request \(number)")
                    return
                }
                check(call, tree, number, title)
                let body = answer["text"].string.map { Array($0.utf8) } ?? answer["body"].bytes()
                answers.append(HTTPResponse(status: Int(answer["status"].int ?? 0), body: body))
            }
            guard case .done(let reading) = try provider.step(answers, context) else {
                #expect(!tree["error"].isNull, "\(title): another request")
                return
            }
            #expect(tree["error"].isNull, "\(title): expected an error")
            check(reading, tree, title)
        } catch {
            #expect("\(error)" == tree["error"].string, "\(title)")
        }
    }

    private func check(_ call: ProviderCall, _ tree: JSON, _ number: Int, _ title: String) {
        let wanted = tree["requests"][number]
        if let target = wanted["target"].string { #expect(call.request.target == target, "\(title)") }
        if let method = wanted["method"].string { #expect(call.request.method == method, "\(title)") }
        for (key, value) in wanted["headers"].object ?? [:] {
            #expect(call.request.headers[key] == value.string, "\(title): \(key)")
        }
        if !wanted["json"].isNull {
            #expect((try? JSON.parse(call.request.body)) == wanted["json"], "\(title)")
        }
        if let region = wanted["signedIn"].string {
            #expect(call.signing?.region == region, "\(title)")
            #expect(call.signing?.service == wanted["signedFor"].string, "\(title)")
        }
        if wanted["unsigned"] == true {
            #expect(call.signing == nil && call.request.headers["Authorization"] == nil, "\(title)")
        }
        if let body = wanted["body"].string { #expect(String(decoding: call.request.body, as: UTF8.self) == body, "\(title)") }
        if let seconds = tree["timeoutSeconds"].int { #expect(call.timeout == .seconds(seconds), "\(title)") }
        #expect(call.isInsecure == (tree["insecure"].bool ?? false), "\(title)")
    }

    private func check(_ reading: Reading, _ tree: JSON, _ title: String) {
        #expect(reading.text == tree["text"].string, "\(title)")
        #expect(JSON(reading.metadata) == (tree["metadata"].isNull ? [:] : tree["metadata"]), "\(title)")
        if !tree["verdict"].isNull { #expect(Self.words(reading.verdict) == tree["verdict"].string, "\(title)") }
        if !tree["lack"].isNull { #expect(reading.lack == tree["lack"].string, "\(title)") }
        if tree["nothing"] == true { #expect(reading.value == .nothing, "\(title)") }
        if !tree["json"].isNull { #expect(reading.value == .json(tree["json"]), "\(title)") }
        if let text = tree["valueText"].string { #expect(reading.value == .text(text), "\(title)") }
        if let number = tree["number"].string { #expect(reading.value == .number(Double(number) ?? 0), "\(title)") }
        if let numbers = tree["numbers"].array {
            guard case .numbers(let read) = reading.value else {
                Issue.record("\(title): no list")
                return
            }
            #expect(read.map { "\($0)" } == numbers.map { "\(Double($0.string ?? "") ?? .nan)" }, "\(title)")
        }
    }

    private static func words(_ verdict: ReadingVerdict?) -> String {
        switch verdict {
        case .good(let message): "good: \(message)"
        case .bad(let message): "bad: \(message)"
        case .doubtful(let message): "doubtful: \(message)"
        case .undecided(let message): "undecided: \(message)"
        case .running(let message, let delay): "running, \(delay.goText): \(message)"
        case nil: ""
        }
    }

    @Test func `an unknown provider is named`() {
        #expect(throws: ProviderError("provider.nagios: this provider is not known; known are prometheus, web, datadog, newRelic, "
                + "wavefront, graphite, influxdb, skywalking, cloudWatch, judge, kayenta, plugin, job")) {
            try ProviderCatalog.source(["nagios": [:]])
        }
    }
}

@Suite struct JSONPathTests {
    private let tree: JSON = [
        "a": ["b": [["n": 1, "k": "x"], ["n": 2, "k": "y"], ["n": 3.5, "k": "y"]], "c.d": 7],
        "e": .null,
    ]

    @Test(arguments: [
        ("{$.a.b[0].n}", "[1]"), (".a.b[-1].n", "[3.5]"), ("{.a.b[*].n}", "[1,2,3.5]"),
        ("{$.a.b[1:].n}", "[2,3.5]"), ("{.a.b[0:3:2].n}", "[1,3.5]"), ("{.a.b[0,2].n}", "[1,3.5]"),
        ("{$..n}", "[1,2,3.5]"), ("{$.a['c.d']}", "[7]"), ("{.a.c\\.d}", "[7]"), ("{.e}", "[null]"),
        ("{.a.b[?(@.k==\"y\")].n}", "[2,3.5]"), ("{.a.b[?(@.n>1.5)].n}", "[2,3.5]"),
        ("{.a.b[?(@.z)].n}", "[]"), ("{.a.b[7]}", "error"), ("{.a.x}", "error"), ("{.a", "error"),
        ("{$.a.b[0]['n','k']}", "[1,\"x\"]"), ("{.a.b[?(@.k != 'x')].n}", "[2,3.5]"),
    ])
    func `a path leads to its values`(_ path: String, _ wanted: String) {
        let found = (try? JSONPath(path).values(in: tree)).map { JSON.array($0).text() } ?? "error"
        #expect(found == wanted)
    }

    @Test func `random paths neither crash nor hang`() {
        var generator = Seeded(state: 7)
        let pieces = ["{", "}", "$", ".", "..", "[", "]", "*", "a", "b", "n", "?(", ")", "@", "==", "1", "-1", ":", ",", "'", "\"", "\\", " "]
        for _ in 0..<20_000 {
            var text = ""
            for _ in 0..<Int(generator.next() % 14) { text += pieces[Int(generator.next() % UInt64(pieces.count))] }
            _ = try? JSONPath(text).values(in: tree)
        }
    }
}

/// xorshift64*, so that a run can be repeated.
private struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 2_685_821_657_736_338_717
    }
}

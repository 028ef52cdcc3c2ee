// Tests of templates: what a written series makes of a template.

import AnalysisCore
import JSONTree
import KubeModel
import MartletModel
import Testing
import YAMLTree

private let template = """
    apiVersion: argoproj.io/v1alpha1
    kind: AnalysisTemplate
    metadata: {name: success-rate}
    spec:
      args: [{name: service}, {name: limit, value: "0.95"}]
      metrics:
      - name: success-rate
        interval: 1m
        count: 5
        failureLimit: 1
        successCondition: result[0] >= {{args.limit}}
        provider: {prometheus: {address: "http://p:9090", query: 'rate({{args.service}})'}}
    ---
    apiVersion: argoproj.io/v1alpha1
    kind: AnalysisTemplate
    metadata: {name: smoke}
    spec:
      metrics:
      - name: job
        provider: {job: {spec: {template: {spec: {containers: []}}}}}
      - name: version
        interval: 10s
        count: 2
        successCondition: result == "v2"
        provider: {web: {url: "http://h/version", jsonPath: "{$.version}"}}
    """

private func reports(_ tests: String, files: [String: String] = [:]) throws -> [TrialReport] {
    let file = try TrialFile(try YAML.parseOne("templates: [t.yaml]\n" + tests)) { name throws(TrialProblem) in
        do {
            return try YAML.parse(name == "t.yaml" ? template : files[name] ?? "", file: name).map(\.tree)
        } catch {
            throw TrialProblem("\(error)")
        }
    }
    return file.cases.map { $0.played() }
}

/// A test of the first template with those values and that expectation, both in flow style.
private func rate(_ metric: String, _ expect: String, _ rest: String = "") throws -> TrialReport {
    let report = try reports(
        "tests:\n- run: success-rate\n  args: {service: web}\n  metrics: {success-rate: \(metric)}\n"
            + "  expect: \(expect)\n\(rest.isEmpty ? "" : "  \(rest)\n")"
    ).first
    return try #require(report)
}

@Suite struct TrialTests {
    @Test(arguments: [
        ("[1, 0.99, 0.97, 0.96, 1]", "{phase: Successful, after: 4m, metrics: {success-rate: {count: 5, successful: 5}}}"),
        ("[1, 0.5]", "{phase: Failed, message: failed (2) > failureLimit (1), after: 2m, metrics: {success-rate: {failed: 2, value: '[0.5]'}}}"),
        ("[{value: 0.5, times: 1}, {value: 1, times: 9}]", "{phase: Successful, metrics: {success-rate: {failed: 1}}}"),
        ("[NaN]", "{phase: Failed, after: 1m, metrics: {success-rate: {value: '[NaN]'}}}"),
        ("[no data]", "{phase: Error, message: no data returned, after: 40s, metrics: {success-rate: {error: 5, count: 0}}}"),
        ("[{error: connection refused}, {vector: [0.97, 0.1]}]", "{phase: Successful, after: 4m10s, metrics: {success-rate: {error: 1, count: 5, value: '[0.97,0.1]'}}}"),
        ("{at: {0s: 1, 2m30s: 0.2}}", "{phase: Failed, after: 4m, metrics: {success-rate: {measurements: 5}}}"),
        ("{values: [1], takes: 3s}", "{phase: Successful, after: 4m15s}"),
        ("[{response: {status: 503, body: ''}}]", "{phase: Error, metrics: {success-rate: {message: Prometheus answered 503}}}"),
        ("[{response: {status: success, data: {resultType: vector, result: [{metric: {}, value: [0, '0.3']}]}}}]", "{phase: Failed, metrics: {success-rate: {value: '[0.3]'}}}"),
    ])
    func `a series has its verdict`(_ metric: String, _ expect: String) throws {
        #expect(try rate(metric, expect).failures == [])
    }

    @Test func `what comes otherwise is said`() throws {
        let report = try rate("[0.5]", "{phase: Successful, after: 4m, message: fine, metrics: {success-rate: {failed: 1}}}")
        #expect(
            report.failures == [
                "phase is Failed, expected Successful",
                "message is \"Metric \"success-rate\" assessed Failed due to failed (2) > failureLimit (1)\", expected it to contain \"fine\"",
                "the run ended after 1m0s, expected 4m0s", "success-rate: failed is 2, expected 1",
            ])
        #expect(
            TrialText.lines(report).prefix(3) == [
                "FAIL  test 1",
                "      0s       success-rate  #1   Failed       [0.5]   wanted result[0] >= 0.95",
                "      1m0s     success-rate  #2   Failed       [0.5]   wanted result[0] >= 0.95",
            ])
        let xml = TrialText.junit([("a.yaml", [report])])
        #expect(xml.contains("<testsuites tests=\"1\" failures=\"1\">"))
        #expect(xml.contains("<failure message=\"phase is Failed, expected Successful\">"))
        #expect(xml.contains("wanted result[0] &gt;= 0.95"))
    }

    @Test func `a run is ended, put on a dry run, or looked at before its end`() throws {
        #expect(try rate("[0.5]", "{phase: Failed, after: 1m}", "until: 2m").failures == [])
        #expect(try rate("[1]", "{phase: Running, metrics: {success-rate: {count: 3}}}", "until: 2m30s").failures == [])
        #expect(try rate("[1]", "{phase: Successful, after: 90s, message: Run Terminated}", "terminateAt: 90s").failures == [])
        #expect(try rate("[0.1]", "{phase: Successful, after: 1m, metrics: {success-rate: {phase: Failed}}}", "dryRun: [success-.*]").failures == [])
    }

    @Test func `Jobs and web answers`() throws {
        let made = try reports(
            """
            tests:
            - name: both good
              run: smoke
              metrics: {job: {values: [true], takes: 20s}, version: [v2]}
              expect: {phase: Successful, after: 20s, metrics: {version: {count: 2, value: v2}}}
            - name: a bad Job ends the run
              run: [smoke]
              metrics: {job: [{error: exit 1}], version: [v2]}
              expect: {phase: Failed, message: 'exit 1'}
            - name: the provider's own answer
              run: smoke
              metrics: {job: [true], version: [{response: {version: v1}}]}
              expect: {phase: Failed, after: 0s, metrics: {version: {value: v1}}}
            """)
        #expect(made.map(\.failures) == [[], [], []])
    }

    @Test func `a recorded answer is read as an instant query would be`() throws {
        let recorded = """
            status: success
            data:
              resultType: matrix
              result:
              - metric: {pod: a}
                values: [[1000, "1"], [1060, "0.99"], [1120, "0.5"], [1180, "NaN"]]
            """
        let made = try reports(
            """
            tests:
            - run: success-rate
              args: {service: web}
              metrics: {success-rate: {recorded: r.yaml}}
              expect: {phase: Failed, after: 3m, metrics: {success-rate: {value: '[NaN]', failed: 2}}}
            """, files: ["r.yaml": recorded])
        #expect(made.map(\.failures) == [[]])
    }

    @Test(arguments: [
        ("- {run: none, expect: {phase: Failed}}", "there is no template none; there are success-rate, smoke"),
        ("- {expect: {phase: Failed}}", "there are several templates; name one: success-rate, smoke"),
        ("- {run: success-rate, expect: {phase: Failed}}", "args.service was not resolved"),
        ("- {run: success-rate, args: {service: w, x: 1}, expect: {phase: Failed}}", "no template has an argument x"),
        ("- {run: success-rate, args: {service: w}, expect: {phase: Failed}}", "metrics: what success-rate measures is not said"),
        ("- {run: success-rate, args: {service: w}, metrics: {success-rate: [1]}}", "expect: nothing is expected, so nothing would be tested"),
        ("- {run: success-rate, args: {service: w}, metrics: {success-rate: [1]}, expect: {phase: Bad}}", "expect.phase: \"Bad\" is none of Pending, Running, Successful, Failed, Error, Inconclusive"),
        ("- {run: success-rate, args: {service: w}, metrics: {rate: [1]}, expect: {phase: Failed}}", "metrics: the template has no metric rate; it has success-rate"),
        ("- {run: success-rate, args: {service: w}, metrics: {success-rate: [{sclar: 1}]}, expect: {phase: Failed}}", "metrics.success-rate: a value is one of scalar, vector, json, text, noData, error, response, responses; sclar is not known"),
    ])
    func `a test that cannot be played fails with the reason`(_ test: String, _ problem: String) throws {
        #expect(try reports("tests:\n\(test)").map(\.failures) == [[problem]])
    }
}

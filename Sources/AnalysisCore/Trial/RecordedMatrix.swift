// What Prometheus said of a query over time: the answer of a range query, asked for moments in it.

package import JSONTree
package import KubeModel
package import MetricProviders

/// Series of a range query's answer (https://prometheus.io/docs/prometheus/latest/querying/api/).
package struct RecordedMatrix: Hashable, Sendable {
    private struct Sample: Hashable {
        var at: Timestamp
        /// As the answer holds it: `"0.5"`, `"NaN"`.
        var text: String
    }
    private var series: [JSON: [Sample]] = [:]
    private var order: [JSON] = []

    /// For how long a sample counts as that of a later moment.
    package var lookback: Duration

    /// How long Prometheus itself takes a sample for current.
    package static let lookbackDefault = Duration.seconds(300)

    package init(lookback: Duration = RecordedMatrix.lookbackDefault) { self.lookback = lookback }

    /// Reads the body of an answer of `/api/v1/query_range`.
    package init(body tree: JSON, lookback: Duration = RecordedMatrix.lookbackDefault)
        throws(ProviderError)
    {
        self.lookback = lookback
        try add(body: tree)
    }

    /// Adds what a later page holds.
    package mutating func add(body tree: JSON) throws(ProviderError) {
        guard tree["status"].string == "success" else {
            throw ProviderError(
                "\(tree["errorType"].string ?? "error"): \(tree["error"].string ?? "no range query's answer")"
            )
        }
        let data = tree["data"]
        guard data["resultType"].string == "matrix" else {
            throw ProviderError(
                "a range query's answer holds a matrix, this one a \(data["resultType"].string ?? "nothing")"
            )
        }
        for entry in data["result"].elements {
            let name = entry["metric"]
            var samples = series[name] ?? []
            if samples.isEmpty { order.append(name) }
            for pair in entry["values"].elements {
                guard let seconds = pair[0].double, seconds.magnitude < 9e9,
                    let text = pair[1].string
                else {
                    throw ProviderError("a sample is [time, \"value\"], not \(pair.text())")
                }
                let at = Timestamp(nanoseconds: Int64((seconds * 1000).rounded()) * 1_000_000)
                if let last = samples.last, last.at >= at { continue }
                samples.append(Sample(at: at, text: text))
            }
            series[name] = samples
        }
    }

    /// Everything as one answer of a range query.
    package var tree: JSON {
        let result = order.map { name -> JSON in
            let values = (series[name] ?? []).map {
                JSON.array([.double($0.at.seconds), .string($0.text)])
            }
            return ["metric": name, "values": .array(values)]
        }
        return ["status": "success", "data": ["resultType": "matrix", "result": .array(result)]]
    }

    /// When the first sample was taken; nil when there is none.
    package var firstAt: Timestamp? { series.values.compactMap { $0.first?.at }.min() }
    /// When the last one was taken.
    package var lastAt: Timestamp? { series.values.compactMap { $0.last?.at }.max() }

    /// What an instant query would have answered at a moment: of each series the latest sample
    /// that is not too old.
    package func body(at time: Timestamp) -> JSON {
        var result: [JSON] = []
        for name in order {
            guard let sample = latest(series[name] ?? [], at: time) else { continue }
            result.append(["metric": name, "value": [.double(time.seconds), .string(sample.text)]])
        }
        return ["status": "success", "data": ["resultType": "vector", "result": .array(result)]]
    }

    /// What a range query would have answered: of each series its sample at each point, or none.
    package func body(from start: Timestamp, to end: Timestamp, step: Duration) -> JSON {
        var result: [JSON] = []
        for name in order {
            let samples = series[name] ?? []
            var values: [JSON] = []
            var at = start
            // Prometheus refuses more points as well.
            while step > .zero, at <= end, values.count < 11_000 {
                if let sample = latest(samples, at: at) {
                    values.append([.double(at.seconds), .string(sample.text)])
                }
                at += step
            }
            if !values.isEmpty { result.append(["metric": name, "values": .array(values)]) }
        }
        return ["status": "success", "data": ["resultType": "matrix", "result": .array(result)]]
    }

    /// What a measurement that begins then would have been answered: an instant query, or the range
    /// that its metric asks for.
    package func body(for request: MeasurementRequest, at time: Timestamp) -> JSON {
        let values = ArgumentExpansion.values(request.arguments, secrets: nil)
        let tree = (try? ArgumentExpansion.expand(request.tree, values: values)) ?? request.tree
        guard
            let range = RecordedRange(
                tree["provider"][PrometheusProvider.field]["rangeQuery"], now: time)
        else {
            return body(at: time)
        }
        return body(from: range.start, to: range.end, step: range.step)
    }

    private func latest(_ samples: [Sample], at time: Timestamp) -> Sample? {
        var low = 0
        var high = samples.count
        while low < high {
            let middle = (low + high) / 2
            if samples[middle].at <= time { low = middle + 1 } else { high = middle }
        }
        guard low > 0, samples[low - 1].at + lookback > time else { return nil }
        return samples[low - 1]
    }
}

/// The range that a metric asks for at a moment.
struct RecordedRange: Hashable, Sendable {
    var start: Timestamp
    var end: Timestamp
    var step: Duration

    /// - Parameter tree: `rangeQuery` with its arguments put in; nil where there is none.
    init?(_ tree: JSON, now: Timestamp) {
        guard let start = tree["start"].string, let end = tree["end"].string,
            let step = tree["step"].string.flatMap(Duration.parse(goText:)), step > .zero,
            case .success(let first) = RangeTime.evaluate(start, now: now),
            case .success(let last) = RangeTime.evaluate(end, now: now)
        else { return nil }
        self.start = first
        self.end = last
        self.step = step
    }
}

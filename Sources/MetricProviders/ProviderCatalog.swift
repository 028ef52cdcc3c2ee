// The one list of metric providers.

package import JSONTree

/// Where a metric's values come from.
package enum MetricSource: Sendable {
    /// Asked over HTTP.
    case http(any MetricProvider)
    /// A Job in the cluster.
    case job(JobMeasurement)
}

/// All providers by the name of their field.
package enum ProviderCatalog {
    private static let httpProviders: [any MetricProvider.Type] = [
        PrometheusProvider.self, WebProvider.self, DatadogProvider.self, NewRelicProvider.self,
        WavefrontProvider.self, GraphiteProvider.self, InfluxDBProvider.self, SkyWalkingProvider.self,
        CloudWatchProvider.self, JudgeProvider.self, KayentaProvider.self, PluginProvider.self,
    ]

    /// The names of the fields that are known, for messages and checks.
    package static let fields: [String] = httpProviders.map { $0.field } + [JobMeasurement.field]

    /// Reads a metric's `provider`; arguments have been put in.
    package static func source(_ provider: JSON) throws(ProviderError) -> MetricSource {
        let members = provider.object ?? [:]
        guard members.count == 1, let field = members.keys.first else {
            throw ProviderError(
                members.isEmpty
                    ? "provider: no provider is specified"
                    : "provider: more than one provider is specified: \(members.keys.joined(separator: ", "))")
        }
        if field == JobMeasurement.field { return .job(try JobMeasurement(provider[field])) }
        for type in httpProviders where type.field == field { return .http(try type.init(provider[field])) }
        throw ProviderError(
            "provider.\(field): this provider is not known; known are \(fields.joined(separator: ", "))")
    }
}

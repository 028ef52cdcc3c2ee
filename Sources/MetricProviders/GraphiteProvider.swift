// Graphite: the render API, https://graphite.readthedocs.io/en/latest/render_api.html.

package import HTTPModel
package import JSONTree

/// Asks Graphite.
package struct GraphiteProvider: MetricProvider {
    package static let field = "graphite"

    private let address: String
    private let query: String
    private static let timeout = Duration.seconds(10)

    package init(_ configuration: JSON) throws(ProviderError) {
        var address = configuration["address"].string ?? ""
        try ProviderConfiguration.checkURL(address, field: "graphite.address")
        while address.hasSuffix("/") { address.removeLast() }
        self.address = address
        // Queries are written over several lines; blanks mean nothing in them.
        query = (configuration["query"].string ?? "").filter { !$0.isWhitespace }
        if query.isEmpty { throw ProviderError("graphite.query is not set") }
    }

    package func step(_ answers: [HTTPResponse], _ context: ProviderContext) throws(ProviderError) -> ProviderStep {
        if let answer = answers.first { return .done(try Self.reading(answer)) }
        let form = HTTPQuery.text(HTTPQuery.parse(query) + [("format", "json")])
        let request = HTTPRequest(
            method: "GET", target: "\(address)/render?\(form)", headers: ["Accept": "application/json"])
        return .send(ProviderCall(request, timeout: Self.timeout))
    }

    /// The points of the first target that hold a value.
    private static func reading(_ answer: HTTPResponse) throws(ProviderError) -> Reading {
        let targets = try ProviderConfiguration.json(answer, from: "Graphite").elements
        guard let first = targets.first else { throw ProviderError("no values found: the query matches nothing", isNoData: true) }
        let numbers = first["datapoints"].elements.compactMap { $0[0].double }
        return Reading(.numbers(numbers), text: "[\(numbers.map(GoNumberText.plain).joined(separator: ","))]")
    }
}

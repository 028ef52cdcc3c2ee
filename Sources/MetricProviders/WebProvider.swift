// Any HTTP server that answers JSON, or text.

package import HTTPModel
package import JSONTree

/// Asks a web server and picks a value out of its answer.
package struct WebProvider: MetricProvider {
    package static let field = "web"

    private let request: HTTPRequest
    private let timeout: Duration
    private let isInsecure: Bool
    private let path: JSONPath?
    private let oauth2: OAuth2Credentials?

    private static let timeoutDefaultSeconds: Int64 = 10

    package init(_ configuration: JSON) throws(ProviderError) {
        let url = configuration["url"].string ?? ""
        try ProviderConfiguration.checkURL(url, field: "web.url")
        let method = configuration["method"].string ?? ""
        guard ["", "GET", "POST", "PUT"].contains(method) else {
            throw ProviderError("web.method \"\(method)\" is none of GET, POST and PUT")
        }
        var headers = ProviderConfiguration.headers(configuration["headers"])
        let text = configuration["body"].string ?? ""
        let json = configuration["jsonBody"]
        if !text.isEmpty, !json.isNull { throw ProviderError("web: use either body or jsonBody") }
        var body = Array(text.utf8)
        if !json.isNull {
            body = json.bytes()
            if headers["Content-Type"] == nil { headers["Content-Type"] = "application/json" }
        }
        if !body.isEmpty, method.isEmpty || method == "GET" {
            throw ProviderError("web: a body can be sent with the methods POST and PUT only")
        }
        request = HTTPRequest(method: method.isEmpty ? "GET" : method, target: url, headers: headers, body: body)
        timeout = try ProviderConfiguration.seconds(
            configuration, "timeoutSeconds", fallback: Self.timeoutDefaultSeconds)
        isInsecure = configuration["insecure"].bool ?? false
        let pathText = configuration["jsonPath"].string ?? ""
        path = pathText.isEmpty ? nil : try Self.parse(pathText)
        oauth2 = try OAuth2Credentials(configuration["authentication"]["oauth2"])
    }

    private static func parse(_ text: String) throws(ProviderError) -> JSONPath {
        do {
            return try JSONPath(text)
        } catch {
            throw ProviderError("web.jsonPath \"\(text)\": \(error)")
        }
    }

    package func step(_ answers: [HTTPResponse], _ context: ProviderContext) throws(ProviderError) -> ProviderStep {
        var request = request
        var answers = answers[...]
        if let oauth2 {
            guard let token = answers.popFirst() else {
                return .send(ProviderCall(oauth2.request, timeout: timeout, isInsecure: isInsecure))
            }
            request.headers["Authorization"] = try oauth2.authorization(from: token)
        }
        guard let answer = answers.popFirst() else {
            return .send(ProviderCall(request, timeout: timeout, isInsecure: isInsecure))
        }
        return .done(try reading(answer))
    }

    private func reading(_ answer: HTTPResponse) throws(ProviderError) -> Reading {
        guard (200..<300).contains(answer.status) else {
            throw ProviderError("received non 2xx response code: \(answer.status)")
        }
        guard let tree = try? JSON(answer: answer.body) else {
            let text = String(decoding: answer.body, as: UTF8.self)
            return Reading(.text(text), text: text)
        }
        guard let path else { return Reading(.json(tree), text: Self.text(tree)) }
        do {
            let value = try path.first(in: tree)
            return Reading(.json(value), text: Self.text(value))
        } catch {
            throw ProviderError("Could not find JSONPath in body: \(error)")
        }
    }

    /// A value as the status shows it: a string bare, a number as Go prints it, the rest as JSON
    /// with its members ordered by name.
    package static func text(_ value: JSON) -> String {
        switch value {
        case .string(let text): text
        case .int, .number: GoNumberText.shortest(value.double ?? .nan)
        case .null: "<nil>"
        default: value.text(JSON.PrintOptions(sortsKeys: true))
        }
    }
}

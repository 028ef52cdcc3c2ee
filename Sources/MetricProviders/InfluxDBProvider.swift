// InfluxDB: Flux queries, https://docs.influxdata.com/influxdb/v2/api/#operation/PostQuery.

package import HTTPModel
package import JSONTree

/// Asks InfluxDB 2.
package struct InfluxDBProvider: MetricProvider {
    package static let field = "influxdb"

    private let query: String
    private let profile: String
    private static let timeout = Duration.seconds(30)

    package init(_ configuration: JSON) throws(ProviderError) {
        query = configuration["query"].string ?? ""
        let name = configuration["profile"].string ?? ""
        profile = name.isEmpty ? "influxdb" : name
        if query.isEmpty { throw ProviderError("influxdb.query is not set") }
    }

    package var secretNeed: SecretNeed? { SecretNeed(profile) }

    package func step(_ answers: [HTTPResponse], _ context: ProviderContext) throws(ProviderError) -> ProviderStep {
        if let answer = answers.first { return .done(try Self.reading(answer)) }
        var address = try context.credentials.entry("address", of: profile)
        let token = try context.credentials.entry("authToken", of: profile)
        let organization = try context.credentials.entry("org", of: profile)
        try ProviderConfiguration.checkURL(address, field: "influxdb address")
        while address.hasSuffix("/") { address.removeLast() }
        let body: JSON = [
            "query": .string(query), "type": "flux",
            "dialect": ["annotations": ["datatype"], "header": true, "delimiter": ","],
        ]
        let request = HTTPRequest(
            method: "POST", target: "\(address)/api/v2/query?\(HTTPQuery.text([("org", organization)]))",
            headers: [
                "Authorization": "Token \(token)", "Content-Type": "application/json", "Accept": "application/csv",
            ], body: body.bytes())
        return .send(ProviderCall(request, timeout: Self.timeout))
    }

    // MARK: Annotated CSV

    private static func reading(_ answer: HTTPResponse) throws(ProviderError) -> Reading {
        let text = String(decoding: answer.body, as: UTF8.self)
        guard (200..<300).contains(answer.status) else {
            let problem = (try? JSON(answer: answer.body))?["message"].string
            throw ProviderError("InfluxDB answered \(answer.status)\(problem.map { ": \($0)" } ?? "")")
        }
        let values = try values(in: CommaSeparated.rows(text))
        if values.isEmpty { throw ProviderError("no values found from query", isNoData: true) }
        return Reading(.json(.array(values)), text: JSON.array(values).text())
    }

    /// The `_value` of each record. Tables follow one another, each with its own header; an error
    /// after the first bytes comes as a table of its own.
    private static func values(in rows: [[String]]) throws(ProviderError) -> [JSON] {
        var types: [String] = []
        var header: [String]?
        var values: [JSON] = []
        for row in rows {
            if row.count <= 1, row.first?.isEmpty ?? true {
                header = nil
            } else if row[0] == "#datatype" {
                types = row
                header = nil
            } else if row[0].hasPrefix("#") {
                continue
            } else if let names = header {
                if let place = names.firstIndex(of: "error"), place < row.count, !row[place].isEmpty {
                    throw ProviderError("InfluxDB: \(row[place])")
                }
                guard let place = names.firstIndex(of: "_value"), place < row.count else { continue }
                values.append(value(row[place], type: place < types.count ? types[place] : "string"))
            } else {
                header = row
            }
        }
        return values
    }

    private static func value(_ text: String, type: String) -> JSON {
        switch type {
        case "double", "long", "unsignedLong": Double(text).map { JSON.double($0) } ?? .null
        case "boolean": .bool(text == "true")
        default: .string(text)
        }
    }
}

/// RFC 4180.
enum CommaSeparated {
    /// The fields of each line; quotes enclose commas and line breaks, and are doubled inside.
    static func rows(_ text: String) -> [[String]] {
        var rows: [[String]] = []
        var row: [String] = []
        var field = ""
        var isQuoted = false
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"" where isQuoted && rest.first == "\"":
                rest.removeFirst()
                field.unicodeScalars.append(scalar)
            case "\"": isQuoted.toggle()
            case "," where !isQuoted:
                row.append(field)
                field = ""
            case "\r" where !isQuoted: continue
            case "\n" where !isQuoted:
                rows.append(row + [field])
                row = []
                field = ""
            default: field.unicodeScalars.append(scalar)
            }
        }
        if !field.isEmpty || !row.isEmpty { rows.append(row + [field]) }
        return rows
    }
}

// One request for a resource, with everything the verbs need to know of it.

import HTTPModel
import JSONTree
import KubeModel
import YAMLTree

/// A resource request after routing.
struct APICall: Sendable {
    var request: HTTPRequest
    var info: RequestInfo
    var query: QueryOptions
    var user: UserInfo
    var format: OutputFormat
    /// The definition in the version that was asked for.
    var definition: ResourceDefinition

    var key: ObjectKey {
        ObjectKey(namespace: definition.isNamespaced ? info.namespace : "", name: info.name)
    }

    /// The namespace of a collection; nil is all of them.
    var namespace: String? {
        definition.isNamespaced && !info.namespace.isEmpty ? info.namespace : nil
    }
}

/// Reads request bodies.
enum RequestBody {
    enum Media { case json, yaml, protobuf }

    /// The kind of a write's body.
    ///
    /// - Throws: 415 for anything that the server does not read.
    static func media(_ request: HTTPRequest) throws(StatusError) -> Media {
        let type = contentType(request)
        switch type {
        case "", "application/json": return .json
        case "application/yaml": return .yaml
        case "application/vnd.kubernetes.protobuf": return .protobuf
        default:
            throw StatusError(
                415, "UnsupportedMediaType",
                "the body of the request was in an unknown format - accepted media types include: "
                    + "application/json, application/yaml, application/vnd.kubernetes.protobuf")
        }
    }

    /// The media type of a body, without parameters.
    static func contentType(_ request: HTTPRequest) -> String {
        let value = request.headers["Content-Type"] ?? ""
        return String(value.prefix { $0 != ";" }).trimmingBlanks().lowercased()
    }

    static func checkSize(_ request: HTTPRequest) throws(StatusError) {
        guard request.body.count > Limits.bodyByteCountMax else { return }
        throw StatusError(
            413, "RequestEntityTooLarge",
            "Request entity too large: limit is \(Limits.bodyByteCountMax)")
    }

    /// The tree of a body that has to be an object of that kind.
    static func tree(_ request: HTTPRequest, kind: String) throws(StatusError) -> JSON {
        var duplicates: [String] = []
        return try tree(request, kind: kind, &duplicates)
    }

    /// The same, telling which members stood several times; the last of them counts.
    static func tree(
        _ request: HTTPRequest, kind: String, _ duplicates: inout [String]
    ) throws(StatusError) -> JSON {
        try checkSize(request)
        let media = try media(request)
        let tree: JSON
        do throws(BodyError) {
            tree = try parse(request.body, media, &duplicates)
        } catch {
            throw unrecognized(error.message, request.body, media, kind)
        }
        switch tree {
        case .object: return tree
        case .null: return [:]
        default:
            let type = GoJSON.typeName(tree)
            throw unrecognized(
                "json: cannot unmarshal \(type) into Go value of type struct { APIVersion string "
                    + #""json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }"#,
                request.body, .json, kind)
        }
    }

    struct BodyError: Error { var message: String }

    static func parse(_ body: [UInt8], _ media: Media) throws(BodyError) -> JSON {
        var duplicates: [String] = []
        return try parse(body, media, &duplicates)
    }

    private static func parse(
        _ body: [UInt8], _ media: Media, _ duplicates: inout [String]
    ) throws(BodyError) -> JSON {
        switch media {
        case .json:
            do throws(JSONParseError) {
                let parsed = try JSON.parseKeepingLast(
                    body, limits: JSONLimits(depthMax: Limits.bodyDepthMax))
                duplicates = parsed.duplicates
                return parsed.value
            } catch {
                throw BodyError(message: GoJSON.message(error, body))
            }
        case .yaml:
            do throws(YAMLError) {
                // Further documents of a body are not looked at, like the real server's.
                let documents = try YAML.parse(String(decoding: body, as: UTF8.self), file: "")
                return documents.first?.tree ?? .null
            } catch {
                throw BodyError(message: error.goText)
            }
        case .protobuf:
            do throws(Protobuf.DecodingError) { return try Protobuf.decode(body) } catch {
                throw BodyError(message: error.message)
            }
        }
    }

    /// `runtime.NewNotRegistered…`-like words for a body that is no object at all.
    private static func unrecognized(
        _ why: String, _ body: [UInt8], _ media: Media, _ kind: String
    ) -> StatusError {
        let subject = "the object provided is unrecognized (must be of type \(kind)): "
        let shown = shown(body)
        switch media {
        case .yaml, .protobuf: return .badRequest("\(subject)\(why) (\(shown))")
        case .json:
            return .badRequest("\(subject)couldn't get version/kind; json parse error: \(why) (\(shown))")
        }
    }

    /// The start of a body: as text when it is an object, else in hexadecimal digits
    /// (apimachinery's `summarizeData`).
    static func shown(_ body: [UInt8]) -> String {
        if body.isEmpty { return "<empty>" }
        let start = body.prefix(30)
        let text =
            body[0] == UInt8(ascii: "{")
            ? String(decoding: start, as: UTF8.self)
            : start.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return body.count > 30 ? "\(text) ..." : text
    }
}

/// Messages of Go's encoding/json.
enum GoJSON {
    /// What Go calls the type of a JSON value in its errors.
    static func typeName(_ value: JSON) -> String {
        switch value {
        case .null: "null"
        case .bool: "bool"
        case .int, .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    /// Go's words for a text that is no JSON.
    static func message(_ error: JSONParseError, _ body: [UInt8]) -> String {
        guard error.offset < body.count else { return "unexpected end of JSON input" }
        let byte = body[error.offset]
        let character = byte == UInt8(ascii: "'") ? #"'\''"# : "'\(Character(UnicodeScalar(byte)))'"
        let expectations = [
            ("expected a member name", "looking for beginning of object key string"),
            ("expected ':'", "after object key"),
            ("expected ',' or '}'", "after object key:value pair"),
            ("expected ',' or ']'", "after array element"),
        ]
        if error.message.hasSuffix("expected a value") {
            return "invalid character \(character) looking for beginning of value"
        }
        if error.message.hasSuffix("after the value") {
            return "invalid character \(character) after top-level value"
        }
        guard let expectation = expectations.first(where: { error.message.hasPrefix($0.0) })?.1 else {
            return error.message
        }
        return "invalid character \(character) \(expectation)"
    }
}

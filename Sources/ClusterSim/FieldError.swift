// What is wrong with one field, in the API server's words.

package import JSONTree

/// One validation error, as k8s.io/apimachinery's `field.Error` writes it.
package struct FieldError: Hashable, Sendable {
    /// The kinds of error; the raw value is the cause's reason.
    package enum Kind: String, Hashable, Sendable {
        case required = "FieldValueRequired"
        case invalid = "FieldValueInvalid"
        case duplicate = "FieldValueDuplicate"
        case notFound = "FieldValueNotFound"
        case notSupported = "FieldValueNotSupported"
        case forbidden = "FieldValueForbidden"
        case tooLong = "FieldValueTooLong"
        case tooMany = "FieldValueTooMany"
        case typeInvalid = "FieldValueTypeInvalid"
        case internalError = "InternalError"
    }
    package var kind: Kind
    /// The path: `spec.template.spec.containers[0].name`.
    package var field: String
    /// The refused value; nil where the message does not show it.
    package var value: JSON?
    package var detail: String

    package init(_ kind: Kind, _ field: String, value: JSON? = nil, _ detail: String = "") {
        self.kind = kind
        self.field = field
        self.value = value
        self.detail = detail
    }

    package static func required(_ field: String, _ detail: String = "") -> FieldError {
        FieldError(.required, field, detail)
    }
    package static func invalid(_ field: String, _ value: JSON, _ detail: String) -> FieldError {
        FieldError(.invalid, field, value: value, detail)
    }
    package static func duplicate(_ field: String, _ value: JSON) -> FieldError {
        FieldError(.duplicate, field, value: value)
    }
    package static func forbidden(_ field: String, _ detail: String) -> FieldError {
        FieldError(.forbidden, field, detail)
    }
    package static func notSupported(_ field: String, _ value: JSON, _ supported: [String]) -> FieldError {
        FieldError(
            .notSupported, field, value: value,
            "supported values: " + supported.map { "\"\($0)\"" }.joined(separator: ", "))
    }

    /// The sentence without the field: `Invalid value: "x": must be …`.
    package var message: String {
        let title =
            switch kind {
            case .required: "Required value"
            case .invalid, .typeInvalid: "Invalid value"
            case .duplicate: "Duplicate value"
            case .notFound: "Not found"
            case .notSupported: "Unsupported value"
            case .forbidden: "Forbidden"
            case .tooLong: "Too long"
            case .tooMany: "Too many"
            case .internalError: "Internal error"
            }
        var text = title
        if let value {
            switch value {
            case .string(let string): text += ": " + JSON.string(string).text()
            case .null: text += ": null"
            default: text += ": " + value.text()
            }
        }
        return detail.isEmpty ? text : "\(text): \(detail)"
    }

    /// `spec.replicas: Invalid value: -1: must be …`.
    package var description: String { "\(field): \(message)" }
}

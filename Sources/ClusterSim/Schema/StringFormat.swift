// The string formats that the server checks.

import JSONTree
import KubeModel

/// Formats of strings in structural schemas; unknown ones are ignored, as the server does.
enum StringFormat {
    /// The error of a string that is not of its format; nil when it is, or nobody knows the format.
    static func check(_ text: String, _ format: String, _ path: String) -> FieldError? {
        let fits: Bool
        switch format {
        case "date-time": fits = Timestamp(text) != nil
        case "date": fits = text.utf8.count == 10 && Timestamp(text + "T00:00:00Z") != nil
        case "byte": fits = Base64Text.illegalPosition(text) == nil
        case "uuid": fits = isUUID(text)
        case "ipv4": fits = isIPv4(text)
        case "email": fits = text.split(separator: "@", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
            && text.contains("@")
        case "duration": fits = Duration.parse(goText: text) != nil
        default: return nil
        }
        if fits { return nil }
        return .invalid(path, .string(text), "\(path) in body must be of type \(format): \(JSON.string(text).text())")
    }

    private static func isUUID(_ text: String) -> Bool {
        let digits = text.utf8.filter { $0 != UInt8(ascii: "-") }
        return digits.count == 32 && digits.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
    }

    private static func isIPv4(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { part in
            (1...3).contains(part.count) && part.utf8.allSatisfy { (48...57).contains($0) } && UInt8(part) != nil
        }
    }
}

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
        default:
            guard let isOfFormat = rarer(text, format) else { return nil }
            fits = isOfFormat
        }
        if fits { return nil }
        return .invalid(path, .string(text), "\(path) in body must be of type \(format): \(JSON.string(text).text())")
    }

    /// The formats that few definitions use; nil for unknown ones.
    private static func rarer(_ text: String, _ format: String) -> Bool? {
        switch format {
        case "ipv6": return text.contains(":") && CELAddress(text) != nil
        case "cidr": return CELAddressRange(text) != nil
        case "uri": return isURI(text)
        case "hostname": return isHostName(text)
        case "mac": return isHardwareAddress(text)
        case "hexcolor":
            let digits = text.hasPrefix("#") ? text.dropFirst() : text[...]
            return [3, 6].contains(digits.count) && digits.allSatisfy(\.isHexDigit)
        case "bsonobjectid": return text.count == 24 && text.allSatisfy(\.isHexDigit)
        case "k8s-short-name": return Check.dnsLabel(text, "").isEmpty
        case "k8s-long-name": return MetadataRules.subdomainErrors(text).isEmpty
        default: return nil
        }
    }

    /// An absolute URI or a path, with nothing that Go's parser refuses.
    private static func isURI(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        for (index, byte) in bytes.enumerated() {
            if byte < 0x20 || byte == 0x7f || byte == 0x20 { return false }
            guard byte == UInt8(ascii: "%") else { continue }
            let digits = bytes[(index + 1)...].prefix(2)
            guard digits.count == 2, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else {
                return false
            }
        }
        if text.hasPrefix("/") { return true }
        guard let colon = text.firstIndex(of: ":"), let first = text.first else { return false }
        return first.isASCII && first.isLetter
            && text[..<colon].allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
    }

    private static func isHostName(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 255 else { return false }
        let parts = (text.hasSuffix(".") ? text.dropLast() : text[...])
            .split(separator: ".", omittingEmptySubsequences: false)
        return parts.allSatisfy { part in
            (1...63).contains(part.count) && part.first != "-" && part.last != "-"
                && part.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" }
        }
    }

    /// 6, 8 or 20 bytes in hexadecimal, as Go's `net.ParseMAC` takes them.
    private static func isHardwareAddress(_ text: String) -> Bool {
        for (separator, width) in [(Character(":"), 2), ("-", 2), (".", 4)] where text.contains(separator) {
            let parts = text.split(separator: separator, omittingEmptySubsequences: false)
            return [6, 8, 20].contains(parts.count * width / 2)
                && parts.allSatisfy { $0.count == width && $0.allSatisfy(\.isHexDigit) }
        }
        return false
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

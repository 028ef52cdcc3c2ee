// Base64, both ways and in both alphabets.

/// Base64 (RFC 4648), standard and URL alphabets.
enum Base64 {
    struct DecodingError: Error { var offset: Int }

    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)

    /// The standard alphabet, padded.
    static func encode(_ bytes: [UInt8]) -> String {
        let text = encode(bytes, letters + Array("+/".utf8))
        return text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    }

    /// The URL alphabet, without padding.
    static func encodeURL(_ bytes: [UInt8]) -> String { encode(bytes, letters + Array("-_".utf8)) }

    /// How many bytes a valid padded text stands for.
    static func decodedCount(_ text: String) -> Int {
        text.utf8.count / 4 * 3 - (text.hasSuffix("==") ? 2 : text.hasSuffix("=") ? 1 : 0)
    }

    private static func encode(_ bytes: [UInt8], _ alphabet: [UInt8]) -> String {
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var value = 0
            for byte in group { value = value << 8 | Int(byte) }
            value <<= 8 * (3 - group.count)
            for position in 0...group.count { result.append(alphabet[value >> (18 - 6 * position) & 63]) }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Decodes either alphabet, with or without padding; the failure says where Go would stop.
    static func decode(_ text: String) -> Result<[UInt8], DecodingError> {
        var result: [UInt8] = []
        var value = 0
        var count = 0
        let source = Array(text.utf8)
        let body = source.prefix { $0 != UInt8(ascii: "=") }
        for (offset, byte) in body.enumerated() {
            let digit: Int
            switch byte {
            case 65...90: digit = Int(byte) - 65
            case 97...122: digit = Int(byte) - 71
            case 48...57: digit = Int(byte) + 4
            case UInt8(ascii: "+"), UInt8(ascii: "-"): digit = 62
            case UInt8(ascii: "/"), UInt8(ascii: "_"): digit = 63
            default: return .failure(DecodingError(offset: offset))
            }
            value = value << 6 | digit
            count += 1
            if count == 4 {
                result.append(contentsOf: [
                    UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255),
                ])
                value = 0
                count = 0
            }
        }
        switch count {
        case 1: return .failure(DecodingError(offset: body.count - 1))
        case 2: result.append(UInt8(value >> 4 & 255))
        case 3: result.append(contentsOf: [UInt8(value >> 10 & 255), UInt8(value >> 2 & 255)])
        default: break
        }
        return .success(result)
    }
}

// Digests, message authentication and comparison that takes the same time for any input.

private import Crypto

/// Cryptographic digests of whole byte strings.
package enum Digest {
    /// The 32 bytes of SHA-256.
    package static func sha256(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        Array(SHA256.hash(data: Array(bytes)))
    }

    /// The 20 bytes of SHA-1. Only for names that others chose (Git objects, GitHub's older
    /// signature header), never to protect anything.
    package static func sha1(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        Array(Insecure.SHA1.hash(data: Array(bytes)))
    }

    /// SHA-256 of a text's UTF-8, in hexadecimal: a file name for anything.
    package static func sha256Hex(_ text: String) -> String { Hexadecimal.text(sha256(text.utf8)) }
}

/// Codes that prove that a message was written by a holder of the key.
package enum MessageAuthentication {
    /// HMAC-SHA-256 (RFC 2104), 32 bytes.
    package static func hmacSHA256(key: some Sequence<UInt8>, message: some Sequence<UInt8>) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(message), using: SymmetricKey(data: Array(key))))
    }

    /// HMAC-SHA-1, 20 bytes: the older `X-Hub-Signature` header.
    package static func hmacSHA1(key: some Sequence<UInt8>, message: some Sequence<UInt8>) -> [UInt8] {
        Array(
            HMAC<Insecure.SHA1>.authenticationCode(for: Array(message), using: SymmetricKey(data: Array(key))))
    }

    /// Whether two codes are equal, in a time that depends on their lengths alone.
    package static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for position in left.indices { difference |= left[position] ^ right[position] }
        return difference == 0
    }
}

/// Bytes as lower-case hexadecimal text and back.
package enum Hexadecimal {
    private static let digits: [UInt8] = Array("0123456789abcdef".utf8)

    /// Two digits a byte.
    package static func text(_ bytes: some Sequence<UInt8>) -> String {
        var result: [UInt8] = []
        for byte in bytes {
            result.append(digits[Int(byte >> 4)])
            result.append(digits[Int(byte & 15)])
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The bytes of a text of either case, or nil when it is not pairs of digits.
    package static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        let source = Array(text.utf8)
        guard source.count.isMultiple(of: 2) else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(source.count / 2)
        for position in stride(from: 0, to: source.count, by: 2) {
            guard let high = value(source[position]), let low = value(source[position + 1]) else { return nil }
            result.append(high << 4 | low)
        }
        return result
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 48...57: digit - 48
        case 65...70: digit - 55
        case 97...102: digit - 87
        default: nil
        }
    }
}

// Internet addresses and ranges as CEL's values, and their functions.

import KubeModel

/// An IPv4 or IPv6 address.
struct CELAddress: Hashable, Sendable {
    /// Four or sixteen bytes.
    let bytes: [UInt8]

    /// Reads an address as Kubernetes' IP library does: no zones, no leading zeros, no IPv4 in IPv6.
    init?(_ text: String) {
        if let bytes = Self.four(text) {
            self.bytes = bytes
        } else if let bytes = Self.sixteen(text) {
            self.bytes = bytes
        } else {
            return nil
        }
    }

    init(bytes: [UInt8]) { self.bytes = bytes }

    private static func four(_ text: String) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard let byte = UInt8(part), part == String(byte)[...] else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private static func groups(_ text: Substring) -> [UInt8]? {
        if text.isEmpty { return [] }
        var bytes: [UInt8] = []
        for group in text.split(separator: ":", omittingEmptySubsequences: false) {
            guard (1...4).contains(group.utf8.count), group.allSatisfy(\.isHexDigit),
                let value = UInt16(group, radix: 16)
            else { return nil }
            bytes += [UInt8(value >> 8), UInt8(value & 0xff)]
        }
        return bytes
    }

    private static func sixteen(_ text: String) -> [UInt8]? {
        guard text.contains(":") else { return nil }
        guard let gap = CELAddress.gap(in: text) else {
            guard let bytes = groups(text[...]), bytes.count == 16 else { return nil }
            return bytes
        }
        let rest = text[gap.upperBound...]
        guard !rest.hasPrefix(":"), let head = groups(text[..<gap.lowerBound]), let tail = groups(rest),
            head.count + tail.count < 16
        else { return nil }
        return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    /// Where `::` stands.
    private static func gap(in text: String) -> Range<String.Index>? {
        var index = text.startIndex
        while index < text.endIndex {
            let next = text.index(after: index)
            if text[index] == ":", next < text.endIndex, text[next] == ":" {
                return index..<text.index(after: next)
            }
            index = next
        }
        return nil
    }

    var family: Int64 { bytes.count == 4 ? 4 : 6 }
    var isUnspecified: Bool { bytes.allSatisfy { $0 == 0 } }
    var isLoopback: Bool {
        family == 4 ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
    }
    var isMulticast: Bool { family == 4 ? bytes[0] & 0xf0 == 0xe0 : bytes[0] == 0xff }
    var isLinkLocalMulticast: Bool {
        family == 4 ? bytes[0] == 224 && bytes[1] == 0 && bytes[2] == 0 : bytes[0] == 0xff && bytes[1] & 0xf == 2
    }
    var isLinkLocalUnicast: Bool {
        family == 4 ? bytes[0] == 169 && bytes[1] == 254 : bytes[0] == 0xfe && bytes[1] & 0xc0 == 0x80
    }
    var isGlobalUnicast: Bool {
        !isUnspecified && !isLoopback && !isMulticast && !isLinkLocalUnicast
            && bytes != [255, 255, 255, 255]
    }

    /// The address in its canonical form (RFC 5952).
    var text: String {
        if family == 4 { return bytes.map { String($0) }.joined(separator: ".") }
        let groups = stride(from: 0, to: 16, by: 2).map { Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]) }
        var best = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8, groups[end] == 0 { end += 1 }
            if end - start > best.count, end - start > 1 { best = start..<end }
            start = max(end, start + 1)
        }
        let hexadecimal = { (part: ArraySlice<Int>) in
            part.map { String($0, radix: 16) }.joined(separator: ":")
        }
        if best.isEmpty { return hexadecimal(groups[...]) }
        return hexadecimal(groups[..<best.lowerBound]) + "::" + hexadecimal(groups[best.upperBound...])
    }

    /// The first bits; the others are zero.
    func masked(_ length: Int) -> CELAddress {
        CELAddress(
            bytes: bytes.enumerated().map { index, byte in
                let kept = min(max(length - index * 8, 0), 8)
                return kept == 0 ? 0 : byte & (0xff << (8 - kept))
            })
    }
}

/// A range of addresses in CIDR form.
struct CELAddressRange: Hashable, Sendable {
    let address: CELAddress
    let length: Int

    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = CELAddress(String(parts[0])), let length = Int(parts[1]),
            parts[1] == String(length)[...], (0...address.bytes.count * 8).contains(length)
        else { return nil }
        self.init(address, length)
    }

    init(_ address: CELAddress, _ length: Int) {
        self.address = address
        self.length = length
    }

    var masked: CELAddressRange { CELAddressRange(address.masked(length), length) }
    var text: String { "\(address.text)/\(length)" }

    func contains(_ other: CELAddress) -> Bool {
        other.family == address.family && other.masked(length) == address.masked(length)
    }

    func contains(_ other: CELAddressRange) -> Bool { other.length >= length && contains(other.address) }
}

/// Functions of addresses and ranges.
enum CELNetworkFunctions {
    /// `ip`, `isIP`, `ip.isCanonical`, `cidr`, `isCIDR`.
    static func call(_ name: String, _ text: String) throws(CELFailure) -> CELValue? {
        switch name {
        case "isIP": return .bool(CELAddress(text) != nil)
        case "isCIDR": return .bool(CELAddressRange(text) != nil)
        case "ip", "ip.isCanonical":
            guard let address = CELAddress(text) else {
                throw CELFailure(
                    message: "IP Address \"\(text)\" parse error during conversion from string: "
                        + "unable to parse IP")
            }
            return name == "ip" ? .address(address) : .bool(address.text == text)
        case "cidr":
            if let range = CELAddressRange(text) { return .addressRange(range) }
            throw CELFailure(
                message: "network address parse error during conversion from string: "
                    + "invalid CIDR address \"\(text)\"")
        default: return nil
        }
    }

    static func call(_ name: String, _ address: CELAddress) -> CELValue? {
        switch name {
        case "family": .int(address.family)
        case "isUnspecified": .bool(address.isUnspecified)
        case "isLoopback": .bool(address.isLoopback)
        case "isLinkLocalMulticast": .bool(address.isLinkLocalMulticast)
        case "isLinkLocalUnicast": .bool(address.isLinkLocalUnicast)
        case "isGlobalUnicast": .bool(address.isGlobalUnicast)
        default: nil
        }
    }

    static func call(_ name: String, _ range: CELAddressRange, _ rest: [CELValue]) throws(CELFailure) -> CELValue? {
        switch (name, rest.first) {
        case ("ip", nil): return .address(range.address)
        case ("masked", nil): return .addressRange(range.masked)
        case ("prefixLength", nil): return .int(Int64(range.length))
        case ("containsIP", .address(let address)?): return .bool(range.contains(address))
        case ("containsIP", .string(let text)?):
            guard case .address(let address)? = try call("ip", text) else { return nil }
            return .bool(range.contains(address))
        case ("containsCIDR", .addressRange(let other)?): return .bool(range.contains(other))
        case ("containsCIDR", .string(let text)?):
            guard case .addressRange(let other)? = try call("cidr", text) else { return nil }
            return .bool(range.contains(other))
        default: return nil
        }
    }
}

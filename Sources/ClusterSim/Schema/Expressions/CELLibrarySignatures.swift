// What the functions of Kubernetes' smaller CEL libraries accept and give: addresses, versions,
// named formats.

/// Signatures of the IP, CIDR, semver and format libraries.
enum CELLibrarySignatures {
    private static func isText(_ type: CELType) -> Bool { type == .string || type.isDynamic }

    static func function(_ name: String, _ types: [CELType]) -> CELType? {
        switch (name, types.count) {
        case ("ip", 1): return isText(types[0]) ? .address : nil
        case ("cidr", 1): return isText(types[0]) ? .addressRange : nil
        case ("isIP", 1), ("isCIDR", 1), ("ip.isCanonical", 1): return isText(types[0]) ? .bool : nil
        case ("semver", 1): return isText(types[0]) ? .version : nil
        case ("isSemver", 1): return isText(types[0]) ? .bool : nil
        case ("semver", 2): return isText(types[0]) && types[1] == .bool ? .version : nil
        case ("isSemver", 2): return isText(types[0]) && types[1] == .bool ? .bool : nil
        case ("format.named", 1): return isText(types[0]) ? .optional(.format) : nil
        default:
            guard types.isEmpty, name.hasPrefix("format.") else { return nil }
            return CELFormat(rawValue: String(name.dropFirst("format.".count))) == nil ? nil : .format
        }
    }

    static func method(_ name: String, _ receiver: CELType, _ types: [CELType]) -> CELType? {
        switch (receiver, name, types.count) {
        case (.address, "family", 0), (.addressRange, "prefixLength", 0): return .int
        case (.address, "isUnspecified", 0), (.address, "isLoopback", 0), (.address, "isGlobalUnicast", 0),
            (.address, "isLinkLocalMulticast", 0), (.address, "isLinkLocalUnicast", 0):
            return .bool
        case (.addressRange, "ip", 0): return .address
        case (.addressRange, "masked", 0): return .addressRange
        case (.addressRange, "containsIP", 1): return isText(types[0]) || types[0] == .address ? .bool : nil
        case (.addressRange, "containsCIDR", 1):
            return isText(types[0]) || types[0] == .addressRange ? .bool : nil
        case (.version, "major", 0), (.version, "minor", 0), (.version, "patch", 0): return .int
        case (.version, "compareTo", 1): return types[0] == .version ? .int : nil
        case (.version, "isLessThan", 1), (.version, "isGreaterThan", 1): return types[0] == .version ? .bool : nil
        case (.format, "validate", 1): return isText(types[0]) ? .optional(.list(.string)) : nil
        default: return nil
        }
    }
}

// Semantic versions, named formats and text formatting of CEL.

import JSONTree
import KubeModel

/// A semantic version (semver.org, 2.0.0).
struct CELVersion: Hashable, Sendable {
    let numbers: [UInt64]
    let prerelease: [String]

    /// - Parameter isLenient: Whether a leading `v`, missing parts and leading zeros are forgiven.
    init?(_ text: String, isLenient: Bool = false) {
        var rest = text[...]
        if isLenient, rest.hasPrefix("v") { rest = rest.dropFirst() }
        let plus = rest.firstIndex(of: "+") ?? rest.endIndex
        if plus < rest.endIndex, !Self.areIdentifiers(rest[rest.index(after: plus)...]) { return nil }
        rest = rest[..<plus]
        let dash = rest.firstIndex(of: "-") ?? rest.endIndex
        let suffix = dash < rest.endIndex ? rest[rest.index(after: dash)...] : ""
        if dash < rest.endIndex, !Self.areIdentifiers(suffix) { return nil }
        var numbers: [UInt64] = []
        for part in rest[..<dash].split(separator: ".", omittingEmptySubsequences: false) {
            guard let number = UInt64(part), part.allSatisfy({ ("0"..."9").contains($0) }),
                isLenient || part == String(number)[...]
            else { return nil }
            numbers.append(number)
        }
        guard numbers.count == 3 || isLenient && (1...3).contains(numbers.count) else { return nil }
        self.numbers = numbers + [UInt64](repeating: 0, count: 3 - numbers.count)
        prerelease = suffix.split(separator: ".").map(String.init)
    }

    private static func areIdentifiers(_ text: Substring) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        }
    }

    /// Smaller than zero when this version precedes the other.
    func compare(_ other: CELVersion) -> Int64 {
        for (one, two) in zip(numbers, other.numbers) where one != two { return one < two ? -1 : 1 }
        if prerelease.isEmpty || other.prerelease.isEmpty {
            return prerelease.isEmpty == other.prerelease.isEmpty ? 0 : prerelease.isEmpty ? 1 : -1
        }
        for (one, two) in zip(prerelease, other.prerelease) where one != two {
            switch (UInt64(one), UInt64(two)) {
            case (let one?, let two?): return one < two ? -1 : 1
            case (nil, nil): return one < two ? -1 : 1
            case (let number, _): return number == nil ? 1 : -1
            }
        }
        let difference = prerelease.count - other.prerelease.count
        return Int64(difference.signum())
    }
}

/// Kubernetes' named formats: `format.dns1123Label()` and others.
enum CELFormat: String, Hashable, Sendable, CaseIterable {
    case dns1123Label, dns1123LabelPrefix, dns1123Subdomain, dns1123SubdomainPrefix, dns1035Label
    case dns1035LabelPrefix, qualifiedName, labelValue, uri, uuid, byte, date, datetime

    /// What is wrong with a text; empty when nothing is.
    func errors(_ text: String) -> [String] {
        switch self {
        case .dns1123Label: return label(text)
        case .dns1123LabelPrefix: return label(text.hasSuffix("-") ? text + "a" : text)
        case .dns1123Subdomain: return MetadataRules.subdomainErrors(text)
        case .dns1123SubdomainPrefix:
            return MetadataRules.subdomainErrors(text.hasSuffix("-") ? text + "a" : text)
        case .dns1035Label: return lettersFirst(text)
        case .dns1035LabelPrefix: return lettersFirst(text.hasSuffix("-") ? text + "a" : text)
        case .qualifiedName: return MetadataRules.qualifiedNameErrors(text)
        case .labelValue: return MetadataRules.labelValueErrors(text)
        case .uri: return CELURL(text) == nil ? ["invalid URI for request"] : []
        case .uuid: return known(text, "uuid", "does not match the UUID format")
        case .byte: return known(text, "byte", "invalid base64")
        case .date: return known(text, "date", "invalid date")
        case .datetime: return known(text, "date-time", "invalid datetime")
        }
    }

    private func label(_ text: String) -> [String] {
        Check.dnsLabel(text, "").map(\.detail)
    }

    private func lettersFirst(_ text: String) -> [String] {
        var errors = text.utf8.count > 63 ? ["must be no more than 63 characters"] : []
        if !MetadataRules.isDNSLabel(text[...]) || !(text.first.map { ("a"..."z").contains($0) } ?? false) {
            errors.append(DefinitionValidation.label)
        }
        return errors
    }

    private func known(_ text: String, _ format: String, _ message: String) -> [String] {
        StringFormat.check(text, format, "") == nil ? [] : [message]
    }
}

/// Functions of versions and formats.
enum CELFormatFunctions {
    /// `semver`, `isSemver`.
    static func call(_ name: String, _ text: String, _ rest: [CELValue]) throws(CELFailure) -> CELValue? {
        let version = CELVersion(text, isLenient: rest == [.bool(true)])
        switch name {
        case "isSemver": return .bool(version != nil)
        case "semver":
            if let version { return .version(version) }
            throw CELFailure(message: "Semver \"\(text)\" parse error during conversion from string")
        default: return nil
        }
    }

    static func call(_ name: String, _ version: CELVersion, _ rest: [CELValue]) -> CELValue? {
        switch (name, rest.first) {
        case ("major", nil): return .part(version.numbers[0])
        case ("minor", nil): return .part(version.numbers[1])
        case ("patch", nil): return .part(version.numbers[2])
        case ("compareTo", .version(let other)?): return .int(version.compare(other))
        case ("isLessThan", .version(let other)?): return .bool(version.compare(other) < 0)
        case ("isGreaterThan", .version(let other)?): return .bool(version.compare(other) > 0)
        default: return nil
        }
    }

    /// `format.named('dns1123Label')` and `format.dns1123Label()`.
    static func named(_ name: String, _ arguments: [CELValue]) -> CELValue? {
        if name == "format.named", case .string(let text)? = arguments.first {
            return .optional(CELFormat(rawValue: text).map { .format($0) })
        }
        guard arguments.isEmpty, name.hasPrefix("format.") else { return nil }
        return CELFormat(rawValue: String(name.dropFirst("format.".count))).map { .format($0) }
    }

    /// `FORMAT.validate(text)`: nothing, or what is wrong.
    static func validate(_ format: CELFormat, _ rest: [CELValue]) -> CELValue? {
        guard case .string(let text)? = rest.first else { return nil }
        let errors = format.errors(text)
        return .optional(errors.isEmpty ? nil : .list(errors.map { .string($0) }))
    }

    /// `'%s has %d'.format([…])` (cel-go's strings library).
    static func format(_ pattern: String, _ arguments: [CELValue]) throws(CELFailure) -> CELValue {
        var result = ""
        var rest = pattern[...]
        var values = arguments[...]
        while let character = rest.popFirst() {
            guard character == "%" else {
                result.append(character)
                continue
            }
            if rest.first == "%" {
                result.append(rest.removeFirst())
                continue
            }
            var precision = 6
            if rest.first == "." {
                let digits = rest.dropFirst().prefix { ("0"..."9").contains($0) }
                precision = min(Int(digits) ?? 6, 100)
                rest = rest.dropFirst(digits.count + 1)
            }
            guard let verb = rest.popFirst() else {
                throw CELFailure(message: "unexpected end of string")
            }
            guard let value = values.popFirst() else {
                throw CELFailure(message: "index \(arguments.count) out of range")
            }
            result += try formatted(value, verb, precision)
        }
        return .string(try CELText.joined([result], ""))
    }

    private static func formatted(
        _ value: CELValue, _ verb: Character, _ precision: Int
    ) throws(CELFailure) -> String {
        switch (verb, value) {
        case ("s", _): return shown(value)
        case ("d", .int), ("d", .uint): return try CELText.converted(value)
        case ("b", .bool(let flag)): return flag ? "1" : "0"
        case ("b", .int(let number)): return String(number, radix: 2)
        case ("o", .int(let number)): return String(number, radix: 8)
        case ("x", .int(let number)): return String(number, radix: 16)
        case ("X", .int(let number)): return String(number, radix: 16, uppercase: true)
        case ("f", _):
            guard let number = value.number else { break }
            return fixed(number, precision)
        default: break
        }
        throw CELFailure(message: "could not parse formatting clause: unrecognized formatting clause \"\(verb)\"")
    }

    /// A value as `%s` shows it: texts of lists and maps in quotes.
    private static func shown(_ value: CELValue, isInner: Bool = false) -> String {
        switch value {
        case .string(let text): return isInner ? "\"\(text)\"" : text
        case .list(let elements): return "[" + elements.map { shown($0, isInner: true) }.joined(separator: ", ") + "]"
        case .null: return "null"
        case .map(let members):
            let pairs = members.map { "\(shown($0.key, isInner: true)):\(shown($0.value, isInner: true))" }
            return "{" + pairs.sorted().joined(separator: ", ") + "}"
        default: return CELText.string(value)
        }
    }

    private static func fixed(_ number: Double, _ precision: Int) -> String {
        guard number.isFinite, number.magnitude < 1e15 else { return "\(number)" }
        var scale = 1.0
        for _ in 0..<min(precision, 15) { scale *= 10 }
        let rounded = (number.magnitude * scale).rounded(.toNearestOrEven)
        let whole = (rounded / scale).rounded(.down)
        let sign = number < 0 ? "-" : ""
        guard precision > 0 else { return "\(sign)\(UInt64(rounded))" }
        let fraction = String(UInt64(max(rounded - whole * scale, 0)))
        let zeros = String(repeating: "0", count: max(min(precision, 15) - fraction.count, 0))
        return "\(sign)\(UInt64(whole)).\(zeros)\(fraction)"
    }
}

extension CELValue {
    /// A part of a version, which CEL sees as an int.
    static func part(_ number: UInt64) -> CELValue { .int(Int64(clamping: number)) }
}

// Numbers as Go prints them, where texts must equal those that Go programs write.

/// Go's texts of floating-point numbers.
package enum GoNumberText {
    /// `fmt.Sprint`, `%v`: the shortest digits that read back, with an exponent below 1e-4 and
    /// from 1e6 on wherever there is need of one (strconv's `g`: 123456789 is `1.23456789e+08`).
    package static func shortest(_ value: Double) -> String {
        special(value) ?? shortest(decimal(value.description), exponents: -4..<6)
    }

    /// The same for Go's float32.
    package static func shortest(_ value: Float) -> String {
        special(Double(value)) ?? shortest(decimal(value.description), exponents: -4..<6)
    }

    /// As encoding/json writes it: an exponent below 1e-6 and from 1e21 on, without padding.
    package static func json(_ value: Double) -> String {
        special(value) ?? shortest(decimal(value.description), exponents: -6..<21, padsExponent: false)
    }

    private static func shortest(
        _ number: (isNegative: Bool, digits: [UInt8], point: Int), exponents: Range<Int>,
        padsExponent: Bool = true
    ) -> String {
        let exponent = number.point - 1
        if exponents.contains(exponent) { return plain(number.isNegative, number.digits, number.point) }
        return scientific(number.isNegative, number.digits, exponent, padsExponent)
    }

    /// `%.2f` and the like: that many digits after the point.
    static func fixed(_ value: Double, digits: Int) -> String {
        if let special = special(value) { return special }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = (value.magnitude * scale).rounded(.toNearestOrEven)
        guard scaled < 9e15 else { return plain(value) }
        let whole = String(Int64(scaled))
        let padded = String(repeating: "0", count: max(0, digits + 1 - whole.count)) + whole
        let sign = value < 0 && scaled != 0 ? "-" : ""
        return "\(sign)\(padded.dropLast(digits)).\(padded.suffix(digits))"
    }

    /// `strconv.FormatFloat(value, 'f', -1, 64)`: never an exponent.
    package static func plain(_ value: Double) -> String {
        if let special = special(value) { return special }
        let (isNegative, digits, point) = decimal(value.description)
        return plain(isNegative, digits, point)
    }

    private static func special(_ value: Double) -> String? {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return nil
    }

    private static func plain(_ isNegative: Bool, _ digits: [UInt8], _ point: Int) -> String {
        var text = isNegative ? "-" : ""
        if point <= 0 {
            text += digits == [UInt8(ascii: "0")] ? "0" : "0." + String(repeating: "0", count: -point)
            if digits != [UInt8(ascii: "0")] { text += String(decoding: digits, as: UTF8.self) }
            return text
        }
        text += String(decoding: digits.prefix(point), as: UTF8.self)
        if digits.count < point { text += String(repeating: "0", count: point - digits.count) }
        if digits.count > point { text += "." + String(decoding: digits.dropFirst(point), as: UTF8.self) }
        return text
    }

    private static func scientific(
        _ isNegative: Bool, _ digits: [UInt8], _ exponent: Int, _ padsExponent: Bool
    ) -> String {
        var text = isNegative ? "-" : ""
        text += String(decoding: digits.prefix(1), as: UTF8.self)
        if digits.count > 1 { text += "." + String(decoding: digits.dropFirst(), as: UTF8.self) }
        text += exponent < 0 ? "e-" : "e+"
        let number = String(abs(exponent))
        return text + (padsExponent && number.utf8.count < 2 ? "0" : "") + number
    }

    /// The shortest digits that read back, and how many of them stand before the point.
    private static func decimal(_ description: String) -> (isNegative: Bool, digits: [UInt8], point: Int) {
        var isNegative = false
        var digits: [UInt8] = []
        var point: Int?
        var exponent = 0
        var text = Array(description.utf8)[...]
        if text.first == UInt8(ascii: "-") {
            isNegative = true
            text.removeFirst()
        }
        while let byte = text.popFirst() {
            switch byte {
            case UInt8(ascii: "."): point = digits.count
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                exponent = Int(String(decoding: text, as: UTF8.self)) ?? 0
                text = []
            default: digits.append(byte)
            }
        }
        var place = (point ?? digits.count) + exponent
        while digits.count > 1, digits.first == UInt8(ascii: "0") {
            digits.removeFirst()
            place -= 1
        }
        while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
        if digits == [UInt8(ascii: "0")] { place = 1 }
        return (isNegative, digits, place)
    }
}

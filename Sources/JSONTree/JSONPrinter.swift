// A JSON tree to text: compact or indented.

extension JSON {
    /// How a text is laid out.
    package struct PrintOptions: Sendable {
        /// Line breaks and this many blanks a level; nil is one line without blanks.
        package var indent: Int?
        /// Members ordered by name, as Go's encoder writes maps.
        package var sortsKeys = false
        /// `<`, `>`, `&`, U+2028 and U+2029 as escapes, as Go's encoder writes them.
        package var escapesHTML = false
        package init(indent: Int? = nil, sortsKeys: Bool = false, escapesHTML: Bool = false) {
            self.indent = indent
            self.sortsKeys = sortsKeys
            self.escapesHTML = escapesHTML
        }
        package static let compact = PrintOptions()
        package static let pretty = PrintOptions(indent: 2)
    }

    /// The JSON text of this value.
    package func text(_ options: PrintOptions = .compact) -> String {
        String(decoding: bytes(options), as: UTF8.self)
    }

    /// The JSON text of this value in UTF-8.
    package func bytes(_ options: PrintOptions = .compact) -> [UInt8] {
        var printer = JSONPrinter(options: options)
        printer.write(self, level: 0)
        return printer.bytes
    }

    /// Appends the JSON text of this value.
    package func write(to bytes: inout [UInt8], _ options: PrintOptions = .compact) {
        var printer = JSONPrinter(options: options)
        swap(&printer.bytes, &bytes)
        printer.write(self, level: 0)
        swap(&printer.bytes, &bytes)
    }
}

extension JSON: CustomStringConvertible {
    package var description: String { text() }
}

struct JSONPrinter {
    let options: JSON.PrintOptions
    var bytes: [UInt8] = []

    init(options: JSON.PrintOptions) { self.options = options }

    mutating func write(_ value: JSON, level: Int) {
        switch value {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .int(let value): bytes.append(contentsOf: String(value).utf8)
        case .number(let number): bytes.append(contentsOf: number.literal.utf8)
        case .string(let text): write(text)
        case .array(let elements): write(elements, level: level)
        case .object(let object): write(object, level: level)
        }
    }

    private mutating func write(_ elements: [JSON], level: Int) {
        bytes.append(UInt8(ascii: "["))
        for (position, element) in elements.enumerated() {
            if position > 0 { bytes.append(UInt8(ascii: ",")) }
            breakLine(level + 1)
            write(element, level: level + 1)
        }
        if !elements.isEmpty { breakLine(level) }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func write(_ object: JSONObject, level: Int) {
        bytes.append(UInt8(ascii: "{"))
        var isFirst = true
        for (key, value) in options.sortsKeys ? object.sorted() : object {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            breakLine(level + 1)
            write(key)
            bytes.append(UInt8(ascii: ":"))
            if options.indent != nil { bytes.append(UInt8(ascii: " ")) }
            write(value, level: level + 1)
        }
        if !isFirst { breakLine(level) }
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func breakLine(_ level: Int) {
        guard let indent = options.indent else { return }
        bytes.append(0x0A)
        bytes.append(contentsOf: repeatElement(0x20, count: indent * level))
    }

    private mutating func write(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { buffer in
            var start = 0
            for position in buffer.indices where needsEscape(buffer, position) {
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[start..<position]))
                start = position + escape(buffer, position)
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[min(start, buffer.count)...]))
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private func needsEscape(_ buffer: UnsafeBufferPointer<UInt8>, _ position: Int) -> Bool {
        let byte = buffer[position]
        if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return true }
        guard options.escapesHTML else { return false }
        if byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "&") { return true }
        return byte == 0xE2 && position + 2 < buffer.count && buffer[position + 1] == 0x80
            && (buffer[position + 2] == 0xA8 || buffer[position + 2] == 0xA9)
    }

    /// Writes the escape for the scalar at that position; returns how many bytes it stood for.
    private mutating func escape(_ buffer: UnsafeBufferPointer<UInt8>, _ position: Int) -> Int {
        switch buffer[position] {
        case UInt8(ascii: "\""): bytes.append(contentsOf: "\\\"".utf8)
        case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
        case 0x08: bytes.append(contentsOf: "\\b".utf8)
        case 0x09: bytes.append(contentsOf: "\\t".utf8)
        case 0x0A: bytes.append(contentsOf: "\\n".utf8)
        case 0x0C: bytes.append(contentsOf: "\\f".utf8)
        case 0x0D: bytes.append(contentsOf: "\\r".utf8)
        case 0xE2:
            bytes.append(contentsOf: (buffer[position + 2] == 0xA8 ? "\\u2028" : "\\u2029").utf8)
            return 3
        case let byte:
            let hex = String(byte, radix: 16)
            bytes.append(contentsOf: ("\\u" + String(repeating: "0", count: 4 - hex.count) + hex).utf8)
        }
        return 1
    }
}

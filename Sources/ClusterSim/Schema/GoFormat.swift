// Values as Go's %v writes them, for the server's messages.

import JSONTree

/// Go's plain formatting of decoded JSON.
enum GoFormat {
    /// `map[a:1 b:[x y]]`: members by name, no quotes, `<nil>` for null.
    static func value(_ value: JSON) -> String {
        switch value {
        case .null: "<nil>"
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .number(let number): number.literal
        case .string(let text): text
        case .array(let elements): "[" + elements.map(Self.value).joined(separator: " ") + "]"
        case .object(let members):
            "map[" + members.sorted().map { "\($0.key):\(Self.value($0.value))" }.joined(separator: " ") + "]"
        }
    }
}

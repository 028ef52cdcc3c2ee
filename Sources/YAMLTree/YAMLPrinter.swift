// Trees to YAML text through libyaml's emitter.

import CYAML
import JSONTree

/// Writes block style. The choice of a string's style is gopkg.in/yaml.v2's (`encode.go`,
/// `stringv`), which kubectl prints with.
enum YAMLPrinter {
    static func text(_ documents: [JSON]) -> String {
        var bytes: [UInt8] = []
        withUnsafeMutablePointer(to: &bytes) { sink in
            var emitter = yaml_emitter_t()
            guard yaml_emitter_initialize(&emitter) == 1 else { return }
            defer { yaml_emitter_delete(&emitter) }
            yaml_emitter_set_unicode(&emitter, 1)
            yaml_emitter_set_width(&emitter, -1)
            yaml_emitter_set_output(
                &emitter,
                { sink, start, count in
                    guard let sink, let start else { return 0 }
                    sink.assumingMemoryBound(to: [UInt8].self).pointee
                        .append(contentsOf: UnsafeBufferPointer(start: start, count: count))
                    return 1
                }, sink)
            emit(&emitter) { yaml_stream_start_event_initialize($0, YAML_UTF8_ENCODING) }
            for document in documents {
                emit(&emitter) { yaml_document_start_event_initialize($0, nil, nil, nil, 1) }
                write(document, &emitter)
                emit(&emitter) { yaml_document_end_event_initialize($0, 1) }
            }
            emit(&emitter) { yaml_stream_end_event_initialize($0) }
        }
        let text = String(decoding: bytes, as: UTF8.self)
        // libyaml ends an open plain scalar document with an explicit end mark.
        return text.hasSuffix("\n...\n") ? String(text.dropLast(4)) : text
    }

    /// Emits one event; the emitter takes it over. Failures leave the text short: they only come
    /// from a lack of memory, since we emit well-formed streams.
    private static func emit(
        _ emitter: inout yaml_emitter_t, _ make: (UnsafeMutablePointer<yaml_event_t>) -> CInt
    ) {
        var event = yaml_event_t()
        guard make(&event) == 1 else { return }
        _ = yaml_emitter_emit(&emitter, &event)
    }

    private static func write(_ tree: JSON, _ emitter: inout yaml_emitter_t) {
        switch tree {
        case .null: scalar("null", YAML_PLAIN_SCALAR_STYLE, &emitter)
        case .bool(let value): scalar(value ? "true" : "false", YAML_PLAIN_SCALAR_STYLE, &emitter)
        case .int(let value): scalar(String(value), YAML_PLAIN_SCALAR_STYLE, &emitter)
        case .number(let number): scalar(number.literal, YAML_PLAIN_SCALAR_STYLE, &emitter)
        case .string(let text): string(text, &emitter)
        case .array(let elements):
            let style = elements.isEmpty ? YAML_FLOW_SEQUENCE_STYLE : YAML_BLOCK_SEQUENCE_STYLE
            emit(&emitter) { yaml_sequence_start_event_initialize($0, nil, nil, 1, style) }
            for element in elements { write(element, &emitter) }
            emit(&emitter) { yaml_sequence_end_event_initialize($0) }
        case .object(let object):
            let style = object.isEmpty ? YAML_FLOW_MAPPING_STYLE : YAML_BLOCK_MAPPING_STYLE
            emit(&emitter) { yaml_mapping_start_event_initialize($0, nil, nil, 1, style) }
            for (key, value) in object {
                string(key, &emitter)
                write(value, &emitter)
            }
            emit(&emitter) { yaml_mapping_end_event_initialize($0) }
        }
    }

    private static func string(_ text: String, _ emitter: inout yaml_emitter_t) {
        if text.utf8.contains(0x0A) {
            scalar(text, YAML_LITERAL_SCALAR_STYLE, &emitter)
        } else if YAMLScalar.readsAsString(text), !isOtherReadersNumber(text), text != "<<" {
            scalar(text, YAML_PLAIN_SCALAR_STYLE, &emitter)
        } else {
            scalar(text, YAML_DOUBLE_QUOTED_SCALAR_STYLE, &emitter)
        }
    }

    /// Sexagesimals (`1:20`), dates and whatever else begins like a number: strings to us, but
    /// numbers or times to other readers of YAML 1.1. Plain words and versions (`1.2.3`, `v1`)
    /// need no quotes.
    private static func isOtherReadersNumber(_ text: String) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, (48...57).contains(first) || first == 0x2B || first == 0x2D else { return false }
        if bytes.contains(UInt8(ascii: ":")), bytes.allSatisfy({ (48...57).contains($0) || [0x2B, 0x2D, 0x2E, 0x3A, 0x5F].contains($0) }) {
            return true
        }
        let head = Array(bytes.prefix(8))
        return head.count >= 8 && head[..<4].allSatisfy { (48...57).contains($0) } && head[4] == 0x2D
            && (48...57).contains(head[5])
    }

    private static func scalar(_ text: String, _ style: yaml_scalar_style_t, _ emitter: inout yaml_emitter_t) {
        var text = text
        text.withUTF8 { bytes in
            emit(&emitter) {
                // libyaml copies the value; an empty string still needs an address.
                guard let base = bytes.baseAddress else {
                    return yaml_scalar_event_initialize($0, nil, nil, "", 0, 1, 1, style)
                }
                return yaml_scalar_event_initialize($0, nil, nil, base, CInt(bytes.count), 1, 1, style)
            }
        }
    }
}

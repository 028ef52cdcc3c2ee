// Fields that our kinds do not have: a typing error that would else be passed over in silence.

import JSONTree
import KubeModel

/// Compares objects with the table of fields.
enum FieldCheck {
    /// What is wrong with a field, and where.
    struct Finding: Hashable {
        var path: [String]
        var message: String
    }

    /// The fields of each type: name, then the type's text.
    static let types: [String: [String: String]] = {
        var types: [String: [String: String]] = [:]
        var current = ""
        for line in FieldTable.text.split(separator: "\n") {
            var words = line.split(separator: " ").map(String.init)[...]
            if !line.hasPrefix(" "), let name = words.popFirst() {
                current = name
                types[current] = [:]
            }
            for word in words {
                let parts = word.split(separator: ":", maxSplits: 1).map(String.init)
                if parts.count == 2 { types[current]?[parts[0]] = parts[1] }
            }
        }
        return types
    }()

    /// The findings about an object of one of our kinds, in the order of its fields.
    static func findings(in object: KubeObject) -> [Finding] {
        let kind =
            object.kindName == "ClusterAnalysisTemplate" ? "AnalysisTemplate" : object.kindName
        guard types[kind] != nil, let members = object.tree.object else { return [] }
        var findings: [Finding] = []
        let own: Set<String> = ["apiVersion", "kind", "metadata"]
        check(.object(JSONObject(members.filter { !own.contains($0.0) })), kind, [], &findings)
        return findings
    }

    private static func check(
        _ value: JSON, _ type: String, _ path: [String], _ findings: inout [Finding]
    ) {
        let type = type.hasSuffix("!") ? String(type.dropLast()) : type
        if value.isNull { return }
        if type.hasPrefix("[]") {
            guard case .array(let elements) = value else {
                return wrong(value, "a list", path, &findings)
            }
            for (index, element) in elements.enumerated() {
                check(element, String(type.dropFirst(2)), path + ["\(index)"], &findings)
            }
            return
        }
        if type.hasPrefix("map(") {
            for (key, element) in value.object ?? [:] {
                check(element, String(type.dropFirst(4).dropLast()), path + [key], &findings)
            }
            return
        }
        guard let fields = types[type] else { return checkScalar(value, type, path, &findings) }
        guard let members = value.object else { return wrong(value, "an object", path, &findings) }
        for (key, member) in members {
            if let field = fields[key] {
                check(member, field, path + [key], &findings)
            } else {
                let near = nearest(to: key, among: fields.keys.sorted())
                let hint = near.map { "; did you mean \($0)?" } ?? ""
                findings.append(
                    Finding(path: path + [key], message: "unknown field \"\(key)\"\(hint)"))
            }
        }
    }

    private static func checkScalar(
        _ value: JSON, _ type: String, _ path: [String], _ findings: inout [Finding]
    ) {
        switch type {
        case "string", "time": if value.string == nil { wrong(value, "a text", path, &findings) }
        case "bool": if value.bool == nil { wrong(value, "true or false", path, &findings) }
        case "int32", "int64":
            if value.int == nil { wrong(value, "a whole number", path, &findings) }
        case "map": if value.object == nil { wrong(value, "an object", path, &findings) }
        default: return  // Anything goes, or the controller has more to say than a type.
        }
    }

    private static func wrong(
        _ value: JSON, _ wanted: String, _ path: [String], _ findings: inout [Finding]
    ) {
        findings.append(Finding(path: path, message: "\(value.text()) is not \(wanted)"))
    }

    /// The field that somebody may have meant: at most two letters away, or another case.
    static func nearest(to word: String, among names: [String]) -> String? {
        let ranked = names.map { ($0, distance(Array(word.lowercased()), Array($0.lowercased()))) }
        guard let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= 2, best.1 < word.count else {
            return nil
        }
        return best.0
    }

    /// How many letters have to change (Levenshtein).
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var row = Array(0...right.count)
        for (i, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let kept = diagonal + (letter == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(kept, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}

// Label selectors: the object form and the query text.

package import JSONTree

/// Chooses objects by their labels: all requirements must hold. Without requirements it chooses
/// everything.
package struct LabelSelector: Hashable, Sendable {
    package struct Requirement: Hashable, Sendable {
        package enum Operator: String, Hashable, Sendable {
            case isIn = "In", notIn = "NotIn", exists = "Exists", doesNotExist = "DoesNotExist"
            /// Only in the query text.
            case greaterThan = "Gt", lessThan = "Lt"
        }
        package var key: String
        package var operation: Operator
        package var values: [String]
        package init(_ key: String, _ operation: Operator, _ values: [String] = []) {
            self.key = key
            self.operation = operation
            self.values = values
        }

        package func matches(_ labels: [String: String]) -> Bool {
            let value = labels[key]
            switch operation {
            case .isIn: return value.map(values.contains) ?? false
            case .notIn: return value.map { !values.contains($0) } ?? true
            case .exists: return value != nil
            case .doesNotExist: return value == nil
            case .greaterThan, .lessThan:
                guard let left = value.flatMap({ Int64($0) }), let right = values.first.flatMap({ Int64($0) })
                else { return false }
                return operation == .greaterThan ? left > right : left < right
            }
        }
    }

    package var requirements: [Requirement]
    package init(_ requirements: [Requirement] = []) { self.requirements = requirements }
    package init(matchLabels: [String: String]) {
        requirements = matchLabels.sorted { $0.key < $1.key }.map { Requirement($0.key, .isIn, [$0.value]) }
    }

    /// Reads the object form (`matchLabels`, `matchExpressions`).
    ///
    /// - Returns: Nil for an unknown operator.
    package init?(_ tree: JSON) {
        var requirements = LabelSelector(matchLabels: KubeObject.strings(tree["matchLabels"])).requirements
        for expression in tree["matchExpressions"].elements {
            guard let operation = expression["operator"].string.flatMap(Requirement.Operator.init),
                operation != .greaterThan, operation != .lessThan
            else { return nil }
            requirements.append(
                Requirement(
                    expression["key"].string ?? "", operation,
                    expression["values"].elements.compactMap(\.string)))
        }
        self.requirements = requirements
    }

    package var isEmpty: Bool { requirements.isEmpty }
    package func matches(_ labels: [String: String]) -> Bool { requirements.allSatisfy { $0.matches(labels) } }

    /// The query text, as `metav1.FormatLabelSelector` writes it: `app=web,tier in (a,b),!old`.
    package var text: String {
        requirements.map { requirement in
            let list = requirement.values.sorted().joined(separator: ",")
            switch requirement.operation {
            case .isIn where requirement.values.count == 1: return "\(requirement.key)=\(list)"
            case .isIn: return "\(requirement.key) in (\(list))"
            case .notIn where requirement.values.count == 1: return "\(requirement.key)!=\(list)"
            case .notIn: return "\(requirement.key) notin (\(list))"
            case .exists: return requirement.key
            case .doesNotExist: return "!\(requirement.key)"
            case .greaterThan: return "\(requirement.key)>\(list)"
            case .lessThan: return "\(requirement.key)<\(list)"
            }
        }.joined(separator: ",")
    }

    /// Reads the query text of `labelSelector=`: `a=b`, `a==b`, `a!=b`, `a in (b,c)`,
    /// `a notin (b)`, `a`, `!a`, `a>1`, `a<1`, joined by commas.
    ///
    /// - Returns: Nil when it is none of these.
    package init?(text: String) {
        var requirements: [Requirement] = []
        for part in Self.split(text) {
            let item = part.trimmingBlanks()
            if item.isEmpty {
                if part.isEmpty, text.trimmingBlanks().isEmpty { continue }
                return nil
            }
            guard let requirement = Self.requirement(item) else { return nil }
            requirements.append(requirement)
        }
        self.requirements = requirements
    }

    private static func split(_ text: String) -> [String] {
        var parts: [String] = [""]
        var depth = 0
        for character in text {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == ",", depth == 0 { parts.append("") } else { parts[parts.count - 1].append(character) }
        }
        return parts
    }

    private static func requirement(_ item: String) -> Requirement? {
        if item.hasPrefix("!") {
            let key = String(item.dropFirst()).trimmingBlanks()
            return isName(key) ? Requirement(key, .doesNotExist) : nil
        }
        if item.hasSuffix(")"), let open = item.firstIndex(of: "(") {
            let head = item[..<open].split(whereSeparator: \.isWhitespace)
            guard head.count == 2, head[1] == "in" || head[1] == "notin", isName(String(head[0])) else { return nil }
            let values = item[item.index(after: open)...].dropLast().split(separator: ",", omittingEmptySubsequences: false)
                .map { String($0).trimmingBlanks() }
            return Requirement(String(head[0]), head[1] == "in" ? .isIn : .notIn, values)
        }
        for (sign, operation) in [
            ("!=", Requirement.Operator.notIn), ("==", .isIn), ("=", .isIn), (">", .greaterThan), ("<", .lessThan),
        ] {
            guard let range = item.firstRange(of: sign) else { continue }
            let key = String(item[..<range.lowerBound]).trimmingBlanks()
            let value = String(item[range.upperBound...]).trimmingBlanks()
            guard isName(key), value.isEmpty || isName(value), !value.contains("=") else { return nil }
            if operation == .greaterThan || operation == .lessThan, Int64(value) == nil { return nil }
            return Requirement(key, operation, [value])
        }
        return isName(item) ? Requirement(item, .exists) : nil
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || byte == 45 || byte == 46 || byte == 47 || byte == 95
        }
    }
}

extension String {
    /// Without white space at both ends.
    package func trimmingBlanks() -> String {
        var text = Substring(self)
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}

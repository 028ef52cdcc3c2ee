// Server-side tables: the columns and cells of `kubectl get`.

import JSONTree
import KubeModel

/// A column of a table.
struct TableColumn: Hashable, Sendable {
    var name: String
    var type = "string"
    var format = ""
    var priority = 0

    init(_ name: String, _ type: String = "string", wide isWide: Bool = false) {
        self.name = name
        self.type = type
        priority = isWide ? 1 : 0
        format = name == "Name" ? "name" : ""
    }

    var tree: JSON {
        [
            "name": .string(name), "type": .string(type), "format": .string(format), "description": "",
            "priority": JSON(priority),
        ]
    }
}

/// The columns of a kind, and how an object's cells are made.
struct TableShape: Sendable {
    var columns: [TableColumn]
    var cells: @Sendable (_ object: JSON, _ now: Timestamp) -> [JSON]
}

enum Tables {
    /// The column definitions of a resource, as `columnDefinitions` lists them.
    static func columns(_ resource: ResourceDefinition) -> [JSON] {
        if resource.isCustom { return customColumns(resource) }
        return shape(of: resource).columns.map(\.tree)
    }

    /// The cells of one object.
    static func cells(_ object: JSON, _ resource: ResourceDefinition, now: Timestamp) -> [JSON] {
        if resource.isCustom { return customCells(object, resource, now: now) }
        return shape(of: resource).cells(object, now)
    }

    /// The conditions of an object's row: a pod that has ended is marked, so that clients may
    /// leave it out.
    static func rowConditions(_ object: JSON, _ resource: ResourceDefinition) -> [JSON] {
        guard resource.groupKind == Kinds.pod.groupKind else { return [] }
        let phase = object["status"]["phase"].string ?? ""
        let messages = [
            "Succeeded": "The pod has completed successfully.", "Failed": "The pod failed.",
        ]
        guard let message = messages[phase] else { return [] }
        return [["type": "Completed", "status": "True", "reason": .string(phase), "message": .string(message)]]
    }

    private static func shape(of resource: ResourceDefinition) -> TableShape {
        shapes[resource.groupKind] ?? fallback
    }

    private static let shapes: [GroupKind: TableShape] =
        WorkloadTables.shapes.merging(NetworkTables.shapes) { first, _ in first }
        .merging(PolicyTables.shapes) { first, _ in first }
        .merging(MachineryTables.shapes) { first, _ in first }

    /// Kinds without a printer of their own (`rest.NewDefaultTableConvertor`).
    private static let fallback = TableShape(columns: [TableColumn("Name"), TableColumn("Created At", "date")]) { object, _ in
        [object["metadata"]["name"], object["metadata"]["creationTimestamp"]]
    }

    // MARK: Custom resources

    private static func customColumns(_ resource: ResourceDefinition) -> [JSON] {
        let name = TableColumn("Name").tree
        if resource.printerColumns.isEmpty { return [name, TableColumn("Age", "date").tree] }
        return [name]
            + resource.printerColumns.map { column in
                [
                    "name": column["name"], "type": column["type"],
                    "format": column["format"].isNull ? "" : column["format"],
                    "description": column["description"].isNull ? "" : column["description"],
                    "priority": column["priority"].isNull ? 0 : column["priority"],
                ]
            }
    }

    private static func customCells(_ object: JSON, _ resource: ResourceDefinition, now: Timestamp) -> [JSON] {
        let name = object["metadata"]["name"]
        if resource.printerColumns.isEmpty { return [name, TableText.age(object, now)] }
        return [name]
            + resource.printerColumns.map { column in
                let values = JSONPath(column["jsonPath"].string ?? "")?.values(in: object) ?? []
                return customCell(values, type: column["type"].string ?? "string", now: now)
            }
    }

    /// A cell by its column's type (apiextensions' tableconvertor, `cellForJSONValue`).
    private static func customCell(_ values: [JSON], type: String, now: Timestamp) -> JSON {
        guard let first = values.first else { return .null }
        switch type {
        case "integer":
            guard let number = first.double else { return .null }
            return first.int.map { .int($0) } ?? .int(Int64(number))
        case "number": return first.double == nil ? .null : first
        case "boolean": return first.bool == nil ? .null : first
        case "date":
            guard let text = first.string else { return .null }
            guard let time = Timestamp(text) else { return "<invalid>" }
            return .string(TableText.duration(now - time))
        default:
            let texts = values.map { value in
                switch value {
                case .string(let text): text
                case .null: "<nil>"
                default: value.text()
                }
            }
            return .string(texts.joined(separator: " "))
        }
    }
}

/// Texts that many cells share (k8s.io/kubernetes pkg/printers/internalversion).
enum TableText {
    static let none: JSON = "<none>"
    static let unknown: JSON = "<unknown>"

    static func name(_ object: JSON) -> JSON { object["metadata"]["name"] }

    /// The time since an object's creation.
    static func age(_ object: JSON, _ now: Timestamp) -> JSON { since(object["metadata"]["creationTimestamp"], now) }

    static func since(_ time: JSON, _ now: Timestamp) -> JSON {
        guard let time = time.string.flatMap({ Timestamp($0) }) else { return unknown }
        return .string(duration(now - time))
    }

    /// A duration for people (`duration.HumanDuration`).
    static func duration(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        if seconds < -1 { return "<invalid>" }
        if seconds < 0 { return "0s" }
        func pair(_ whole: Int64, _ unit: String, _ rest: Int64, _ restUnit: String) -> String {
            rest == 0 ? "\(whole)\(unit)" : "\(whole)\(unit)\(rest)\(restUnit)"
        }
        let minutes = seconds / 60
        let hours = seconds / 3600
        let days = hours / 24
        if seconds < 120 { return "\(seconds)s" }
        if minutes < 10 { return pair(minutes, "m", seconds % 60, "s") }
        if minutes < 180 { return "\(minutes)m" }
        if hours < 8 { return pair(hours, "h", minutes % 60, "m") }
        if hours < 48 { return "\(hours)h" }
        if hours < 192 { return pair(days, "d", hours % 24, "h") }
        if days < 730 { return "\(days)d" }
        if days < 2920 { return pair(days / 365, "y", days % 365, "d") }
        return "\(days / 365)y"
    }

    /// Names and images of a template's containers, as two cells.
    static func containers(_ template: JSON) -> [JSON] {
        let containers = template["spec"]["containers"].elements
        return ["name", "image"].map { field in
            .string(containers.compactMap { $0[field].string }.joined(separator: ","))
        }
    }

    /// A label selector in object form.
    static func selector(_ selector: JSON) -> JSON {
        guard let parsed = LabelSelector(selector), !parsed.isEmpty else { return none }
        return .string(parsed.text)
    }

    /// A map of labels as a selector.
    static func labels(_ labels: JSON) -> JSON {
        let text = KubeObject.strings(labels).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return text.isEmpty ? none : .string(text.joined(separator: ","))
    }

    static func number(_ value: JSON) -> JSON { .int(value.int ?? 0) }

    /// A text, or `<none>`.
    static func orNone(_ value: JSON) -> JSON {
        guard let text = value.string, !text.isEmpty else { return none }
        return value
    }

    static func orUnset(_ value: JSON) -> JSON {
        guard let text = value.string, !text.isEmpty else { return "<unset>" }
        return value
    }
}

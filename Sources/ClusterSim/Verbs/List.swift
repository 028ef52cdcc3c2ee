// Get and list: reads, at the newest revision, at an exact one, in chunks.

import HTTPModel
import JSONTree
import KubeModel

/// `ListOptions` of lists and watches.
struct ListOptions: Sendable {
    var labels = LabelSelector()
    var fields: FieldSelector
    var limit: Int64 = 0
    var continueToken = ""
    var resourceVersion = ""
    var resourceVersionMatch = ""
    var timeoutSeconds: Int64?
    var allowsBookmarks = false
    var sendsInitialEvents: Bool?

    init(_ query: QueryOptions) throws(StatusError) {
        if let text = query["labelSelector"], !text.isEmpty {
            labels = try SelectorText.labels(text)
        }
        fields = try FieldSelector(parsing: query["fieldSelector"] ?? "")
        limit = try query.integer("limit") ?? 0
        timeoutSeconds = try query.integer("timeoutSeconds")
        continueToken = query["continue"] ?? ""
        resourceVersion = query["resourceVersion"] ?? ""
        resourceVersionMatch = query["resourceVersionMatch"] ?? ""
        allowsBookmarks = query.flag("allowWatchBookmarks")
        if query["sendInitialEvents"] != nil { sendsInitialEvents = query.flag("sendInitialEvents") }
    }

    /// Whether the list is to be of just that revision: when it is asked for, and for chunks of a
    /// revision.
    var wantsExactRevision: Bool {
        if resourceVersionMatch == "Exact" { return true }
        return limit > 0 && !["", "0"].contains(resourceVersion) && resourceVersionMatch.isEmpty
    }

    /// `ValidateListOptions` of k8s.io/apimachinery.
    func check(isWatch: Bool) throws(StatusError) {
        let errors = isWatch ? watchErrors : listErrors
        if !errors.isEmpty { throw .invalidOptions("ListOptions", errors) }
        if !isWatch, !continueToken.isEmpty, !resourceVersion.isEmpty, resourceVersion != "0" {
            throw .badRequest("specifying resource version is not allowed when using continue")
        }
    }

    private var listErrors: [FieldError] {
        var errors: [FieldError] = []
        let field = "resourceVersionMatch"
        if sendsInitialEvents != nil {
            errors.append(.forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"))
        }
        guard !resourceVersionMatch.isEmpty else { return errors }
        if resourceVersion.isEmpty {
            errors.append(
                .forbidden(field, "resourceVersionMatch is forbidden unless resourceVersion is provided"))
        }
        if !continueToken.isEmpty {
            errors.append(.forbidden(field, "resourceVersionMatch is forbidden when continue is provided"))
        }
        if !["Exact", "NotOlderThan"].contains(resourceVersionMatch) {
            errors.append(
                .notSupported(field, .string(resourceVersionMatch), ["Exact", "NotOlderThan", ""]))
        }
        if resourceVersionMatch == "Exact", resourceVersion == "0" {
            errors.append(
                .forbidden(field, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""))
        }
        return errors
    }

    private var watchErrors: [FieldError] {
        let field = "resourceVersionMatch"
        guard sendsInitialEvents != nil else {
            return resourceVersionMatch.isEmpty
                ? []
                : [
                    .forbidden(
                        field,
                        "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")
                ]
        }
        guard resourceVersionMatch != "NotOlderThan" else { return [] }
        var errors: [FieldError] = [
            .forbidden(field, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")
        ]
        if !resourceVersionMatch.isEmpty {
            errors.append(.notSupported(field, .string(resourceVersionMatch), ["NotOlderThan"]))
        }
        return errors
    }
}

/// Where a chunked list goes on: base64 of what k8s.io/apiserver's `EncodeContinue` writes.
struct ContinueToken: Sendable {
    var revision: Int64
    /// The first key that was not sent.
    var start: String

    var text: String {
        let tree: JSON = ["v": "meta.k8s.io/v1", "rv": .int(revision), "start": .string(start)]
        return Base64.encodeURL(tree.bytes())
    }

    init(revision: Int64, start: String) {
        self.revision = revision
        self.start = start
    }

    init(parsing text: String) throws(StatusError) {
        let bytes: [UInt8]
        switch Base64.decode(text) {
        case .success(let value): bytes = value
        case .failure(let error):
            throw .badRequest(
                "invalid continue token: continue key is not valid: illegal base64 data at input byte \(error.offset)"
            )
        }
        guard let tree = try? JSON.parse(bytes), tree["v"] == "meta.k8s.io/v1", let revision = tree["rv"].int,
            let start = tree["start"].string, !start.isEmpty
        else {
            throw .badRequest("invalid continue token: continue key is not valid")
        }
        self.revision = revision
        self.start = start
    }
}

extension ClusterMachine {
    /// GET of an object.
    func get(_ call: APICall) throws(StatusError) -> APIAnswer {
        try checkNewerThanAsked(call.query["resourceVersion"] ?? "", code: 500)
        let definition = call.definition
        guard let stored = store.object(StorageID(definition), call.key) else {
            throw .notFound(definition, call.info.name)
        }
        return .response(call.format.response(200, call.format.tree(stored.object, definition, now: now)))
    }

    /// Reads a version that a client has seen.
    ///
    /// - Throws: when it is not a number; 504 when it is in the future.
    private func checkNewerThanAsked(_ text: String, code: Int) throws(StatusError) {
        guard !text.isEmpty else { return }
        guard let asked = UInt64(text) else {
            let why =
                "resourceVersion: Invalid value: \(GoText.quoted(text)): strconv.ParseUint: parsing "
                + "\(GoText.quoted(text)): invalid syntax"
            throw code == 400 ? .badRequest("invalid resource version: \(why)") : .plain(why)
        }
        guard asked > UInt64(store.revision) else { return }
        var error = StatusError(
            504, "Timeout", "Too large resource version: \(asked), current: \(store.revision)",
            hasDetails: true,
            causes: [
                APIStatus.Cause(
                    field: "", reason: "ResourceVersionTooLarge", message: "Too large resource version")
            ])
        error.status.retryAfterSeconds = 1
        throw error
    }

    /// GET of a collection.
    func list(_ call: APICall) throws(StatusError) -> APIAnswer {
        let options = try ListOptions(call.query)
        try options.check(isWatch: false)
        try checkNewerThanAsked(options.resourceVersion, code: 400)
        try options.fields.check(call.definition)
        var chosen = options
        // Any version will do: the watch cache answers, which knows no chunks.
        if options.resourceVersion == "0", options.continueToken.isEmpty { chosen.limit = 0 }
        return .response(try listed(call, chosen))
    }

    /// The objects that a collection request chooses, without chunks.
    func select(_ call: APICall, _ options: ListOptions) throws(StatusError) -> [StoredObject] {
        try options.fields.check(call.definition)
        var result: [StoredObject] = []
        store.scan(StorageID(call.definition), namespace: call.namespace) { _, stored in
            if Self.matches(stored, call, options) { result.append(stored) }
            return true
        }
        return result
    }

    private static func matches(_ stored: StoredObject, _ call: APICall, _ options: ListOptions) -> Bool {
        (options.labels.isEmpty || options.labels.matches(stored.object.labels))
            && (options.fields.isEmpty || options.fields.matches(stored.object, call.definition))
    }

    private func listed(_ call: APICall, _ options: ListOptions) throws(StatusError) -> HTTPResponse {
        let storage = StorageID(call.definition)
        var revision = store.revision
        var start: String?
        var isExact = false
        if !options.continueToken.isEmpty {
            let token = try ContinueToken(parsing: options.continueToken)
            start = token.start
            // A negative revision goes on without a snapshot.
            revision = token.revision < 0 ? store.revision : token.revision
            isExact = true
        } else if options.wantsExactRevision {
            revision = Int64(options.resourceVersion) ?? revision
            isExact = true
        }
        var objects: [StoredObject] = []
        var next: String?
        var remaining: Int64 = 0
        let visit = { (key: String, stored: StoredObject) -> Bool in
            guard Self.matches(stored, call, options) else { return true }
            if options.limit > 0, objects.count >= options.limit {
                if next == nil { next = key }
                remaining += 1
                return true
            }
            objects.append(stored)
            return true
        }
        if isExact, revision < store.revision {
            guard let table = store.table(storage, at: revision) else { throw Self.expired(options) }
            if let namespace = call.namespace {
                table.scan(prefix: "\(namespace)/", from: start, visit)
            } else {
                table.scan(from: start ?? "", visit)
            }
        } else {
            store.scan(storage, namespace: call.namespace, from: start, visit)
        }
        var metadata: JSON = ["resourceVersion": .string(String(revision))]
        if let next {
            metadata["continue"] = .string(ContinueToken(revision: revision, start: next).text)
            if options.labels.isEmpty, options.fields.isEmpty {
                metadata["remainingItemCount"] = .int(remaining)
            }
        }
        return call.format.response(list: objects, metadata: metadata, call.definition, now: now)
    }

    private static func expired(_ options: ListOptions) -> StatusError {
        guard !options.continueToken.isEmpty else {
            return StatusError(410, "Expired", "The resourceVersion for the provided list is too old.")
        }
        var error = StatusError(
            410, "Expired",
            "The provided continue parameter is too old to display a consistent list result. You can start a "
                + "new list without the continue parameter.")
        error.hasDetails = false
        return error
    }
}

/// Label selectors in a query, with the server's words for broken ones.
enum SelectorText {
    static func labels(_ text: String) throws(StatusError) -> LabelSelector {
        if let selector = LabelSelector(text: text) { return selector }
        throw .badRequest("unable to parse requirement: \(why(text))")
    }

    private static func why(_ text: String) -> String {
        if text.contains("===") { return "found '=', expected: identifier" }
        for item in text.split(separator: ",") {
            let key = item.split(whereSeparator: { "=!<> ".contains($0) }).first.map(String.init) ?? ""
            let errors = MetadataRules.qualifiedNameErrors(key)
            if let first = errors.first { return "<nil>: Invalid value: \(GoText.quoted(key)): \(first)" }
        }
        return "found '\(text)', expected: in, notin, =, ==, !=, gt, lt"
    }
}

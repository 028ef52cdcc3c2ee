// Watch: from a revision, from now, or with what there is first.

import HTTPModel
import JSONTree
import KubeModel

extension ClusterMachine {
    /// GET of a collection with `watch=true`.
    mutating func openWatch(_ call: APICall) throws(StatusError) -> APIAnswer {
        let options = try ListOptions(call.query)
        try options.check(isWatch: true)
        try options.fields.check(call.definition)
        guard call.format.media == .json else {
            throw StatusError(
                406, "NotAcceptable",
                "only the following media types are accepted: application/json;stream=watch, "
                    + "application/vnd.kubernetes.protobuf;stream=watch")
        }
        guard hub.count < Limits.watchCountMax else {
            throw StatusError(429, "TooManyRequests", "too many open watches, please try again later")
        }
        var asked: Int64 = 0
        if !options.resourceVersion.isEmpty {
            guard let number = UInt64(options.resourceVersion), let revision = Int64(exactly: number) else {
                throw .plain(
                    "resourceVersion: Invalid value: \(GoText.quoted(options.resourceVersion)): "
                        + "strconv.ParseUint: parsing \(GoText.quoted(options.resourceVersion)): invalid syntax"
                )
            }
            asked = revision
        }
        let seconds = options.timeoutSeconds ?? 0
        let duration: Duration = seconds > 0 ? .seconds(seconds) : Limits.watchDuration
        var watch = Watch(
            storage: StorageID(call.definition), definition: call.definition, namespace: call.namespace,
            labels: options.labels, fields: options.fields, format: call.format, deadline: now + duration,
            nextBookmark: nil, revision: max(asked, store.revision))
        if !call.info.name.isEmpty {
            watch.fields.terms.append(.init(field: "metadata.name", value: call.info.name, isNegated: false))
        }
        if options.allowsBookmarks {
            watch.nextBookmark = now + min(Limits.bookmarkInterval, duration - Limits.bookmarkBeforeEnd)
            if let bookmark = watch.nextBookmark, bookmark <= now { watch.nextBookmark = nil }
        }
        fill(&watch, from: asked, options)
        let id = hub.open(watch)
        return .watch(id, ["Content-Type": call.format.contentType])
    }

    /// Puts into a new watch what it has to start with.
    private func fill(_ watch: inout Watch, from asked: Int64, _ options: ListOptions) {
        let isInitial = options.sendsInitialEvents ?? (asked == 0)
        if isInitial {
            let definition = watch.definition
            store.scan(StorageID(definition), namespace: watch.namespace) { _, stored in
                if watch.matches(stored.object) { watch.send("ADDED", stored, now: now) }
                return true
            }
            if options.sendsInitialEvents == true, options.allowsBookmarks {
                watch.sendBookmark(
                    revision: store.revision, annotations: ["k8s.io/initial-events-end": "true"], now: now)
            }
            return
        }
        guard asked > 0, asked < store.revision else { return }
        guard let changes = store.changes(watch.storage, after: asked) else {
            watch.sendError(
                StatusError(410, "Expired", "too old resource version: \(asked) (\(store.compactedRevision))")
            )
            return
        }
        watch.revision = asked
        for change in changes { watch.offer(change, now: now) }
        watch.revision = store.revision
    }
}

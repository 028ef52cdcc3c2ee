// The manifests of all Applications: loaded beside the passes, looked at by them.

import KubeModel
import Logging
import MartletModel
import Sourcing
import SyncCore

/// Keeps what each Application's sources hold. A pass never waits for Git: it sees what is there,
/// and is repeated when there is something new.
actor ManifestStore {
    /// How fresh manifests must be for a pass.
    enum Freshness: Sendable {
        /// As the poll has them.
        case polled
        /// Asked of Git after this moment, since somebody wants to see it now.
        case after(Timestamp)
    }
    private struct Entry {
        var request: ManifestRequest
        var manifests: Manifests = .pending
        /// When the revisions were last resolved, with or without success.
        var resolvedAt = Timestamp(nanoseconds: .min)
        var isLoading = false
        /// Git must be asked after this moment before the next answer counts.
        var wantedAfter = Timestamp(nanoseconds: .min)
    }
    private enum Purpose: Hashable { case spec, operation }
    private struct Place: Hashable {
        var application: ObjectKey
        var purpose: Purpose
    }

    private let loader: ManifestLoader
    /// The pause between two questions to one repository.
    private let interval: Duration
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private var entries: [Place: Entry] = [:]

    /// A repository that failed is asked again sooner.
    private static let failurePause: Duration = .seconds(15)

    init(loader: ManifestLoader, interval: Duration, logger: Logger, now: @escaping @Sendable () -> Timestamp) {
        self.loader = loader
        self.interval = interval
        self.logger = logger
        self.now = now
    }

    /// What a pass sees: the manifests of the spec, and of the operation where it has its own.
    struct View: Sendable {
        var target: Manifests
        var operation: Manifests?
        /// When to ask Git again.
        var nextPoll: Timestamp
    }

    /// The manifests of an Application now; loading starts where they are missing or old, and
    /// `changed` is called when something new is there.
    func view(
        _ application: Application, key: ObjectKey, freshness: Freshness, now: Timestamp,
        changed: @escaping @Sendable () -> Void
    ) -> View {
        let target = manifests(.spec(of: application), Place(application: key, purpose: .spec), application, freshness, now, changed)
        let place = Place(application: key, purpose: .operation)
        var operation: Manifests?
        if let request = ManifestRequest.operation(of: application) {
            operation = manifests(request, place, application, .polled, now, changed)
        } else {
            entries[place] = nil
        }
        let resolvedAt = entries[Place(application: key, purpose: .spec)]?.resolvedAt ?? now
        return View(target: target, operation: operation, nextPoll: max(resolvedAt, now - interval) + pause(target))
    }

    private func pause(_ manifests: Manifests) -> Duration {
        if case .failed = manifests { return min(interval, Self.failurePause) }
        return interval
    }

    private func manifests(
        _ request: ManifestRequest, _ place: Place, _ application: Application, _ freshness: Freshness,
        _ now: Timestamp, _ changed: @escaping @Sendable () -> Void
    ) -> Manifests {
        var entry = entries[place] ?? Entry(request: request)
        if entry.request != request { entry = Entry(request: request) }
        if case .after(let moment) = freshness { entry.wantedAfter = max(entry.wantedAfter, moment) }
        let isWanted = entry.resolvedAt < entry.wantedAfter
        let isDue = now >= entry.resolvedAt + pause(entry.manifests)
        if !entry.isLoading, isWanted || isDue {
            entry.isLoading = true
            let notBefore = max(entry.wantedAfter, now - pause(entry.manifests))
            Task { await self.load(request, place, application, notBefore: notBefore, changed) }
        }
        entries[place] = entry
        return isWanted ? .pending : entry.manifests
    }

    private func load(
        _ request: ManifestRequest, _ place: Place, _ application: Application, notBefore: Timestamp,
        _ changed: @Sendable () -> Void
    ) async {
        let began = now()
        let previous = entries[place].flatMap { $0.request == request ? $0.manifests : nil }
        var result: Manifests
        do throws(ManifestLoader.Problem) {
            let commits = try await loader.resolve(request, notBefore: notBefore, now: began)
            if case .loaded(let manifests)? = previous, manifests.revisions == commits {
                result = .loaded(manifests)
            } else {
                let variables = BuildVariables(application: place.application, project: application.spec.project)
                result = .loaded(
                    try await loader.load(
                        request, commits: commits, application: place.application, variables: variables))
            }
        } catch {
            result = .failed(error.message)
            logger.warning(
                "manifests could not be loaded",
                metadata: ["application": .string(place.application.description), "reason": .string(error.message)])
        }
        guard var entry = entries[place], entry.request == request else { return changed() }
        let isNews = entry.manifests != result || entry.resolvedAt < entry.wantedAfter
        entry.isLoading = false
        entry.manifests = result
        entry.resolvedAt = began
        entries[place] = entry
        if isNews { changed() }
    }

    /// Makes Git be asked again for these Applications: a push said that there is something new.
    func expire(_ applications: Set<ObjectKey>, now: Timestamp) {
        for (place, var entry) in entries where applications.contains(place.application) {
            entry.wantedAfter = max(entry.wantedAfter, now)
            entries[place] = entry
        }
    }

    /// Drops what an Application that is gone had.
    func forget(_ application: ObjectKey) {
        entries[Place(application: application, purpose: .spec)] = nil
        entries[Place(application: application, purpose: .operation)] = nil
    }
}

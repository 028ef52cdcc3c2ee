// swift-tools-version: 6.2
// The house of Sources/README.md as a package: one entry a room, in the order of its floors.
import PackageDescription

/// What a room imports: other rooms by name, products of packages as `package/Product`.
struct Room {
    var name: String
    var imports: [String]
    var kind = Kind.library
    var resources: [Resource] = []
    enum Kind { case library, executable, system(pkgConfig: String?, apt: String), tests }
}

let words = ["JSONTree", "YAMLTree", "KubeModel", "HTTPModel", "MartletModel"]
let mind = [
    "RolloutCore", "AnalysisCore", "SyncCore", "TrafficRouting", "MetricProviders",
]
let logging = "swift-log/Logging"

let rooms: [Room] = [
    // Cellar: module maps to system libraries.
    Room(name: "CCurl", imports: [], kind: .system(pkgConfig: "libcurl", apt: "libcurl4-openssl-dev")),
    Room(name: "CYAML", imports: [], kind: .system(pkgConfig: "yaml-0.1", apt: "libyaml-dev")),
    Room(name: "CZlib", imports: [], kind: .system(pkgConfig: "zlib", apt: "zlib1g-dev")),
    Room(name: "CMalloc", imports: [], kind: .system(pkgConfig: nil, apt: "libc6-dev")),
    // Floor 0: words.
    Room(name: "JSONTree", imports: []),
    Room(name: "YAMLTree", imports: ["JSONTree", "CYAML"]),
    Room(name: "KubeModel", imports: ["JSONTree"]),
    Room(name: "HTTPModel", imports: []),
    Room(name: "MartletModel", imports: ["KubeModel", "JSONTree"]),
    // Floor 1: mind.
    Room(name: "TrafficRouting", imports: words),
    Room(name: "MetricProviders", imports: words),
    Room(name: "RolloutCore", imports: words + ["TrafficRouting"]),
    Room(name: "AnalysisCore", imports: words + ["MetricProviders"]),
    Room(name: "SyncCore", imports: words),
    Room(name: "ClusterSim", imports: ["JSONTree", "YAMLTree", "KubeModel", "HTTPModel"]),
    // Floor 2: tools.
    Room(name: "Telemetry", imports: [logging]),
    Room(name: "Sealing", imports: words + ["swift-crypto/Crypto", "swift-crypto/CryptoExtras"]),
    Room(name: "Transport", imports: words + ["CCurl", logging]),
    Room(
        name: "Serving",
        imports: words + [
            "hummingbird/Hummingbird", "hummingbird/HummingbirdTLS", "hummingbird/HummingbirdHTTP2",
            logging,
        ]),
    Room(
        name: "KubeClient",
        imports: words + ["Transport", "swift-subprocess/Subprocess", logging]),
    Room(
        name: "ControllerKit",
        imports: words + [
            "KubeClient", "Telemetry", "swift-collections/HeapModule",
            "swift-collections/DequeModule", "swift-collections/HashTreeCollections", logging,
        ]),
    // Floor 3: hands.
    Room(
        name: "Sourcing",
        imports: words + ["Transport", "Sealing", "CZlib", "swift-subprocess/Subprocess", logging]),
    Room(name: "Notifications", imports: words + ["Transport", logging]),
    Room(
        name: "Controllers",
        imports: words + mind + [
            "ControllerKit", "KubeClient", "Transport", "Telemetry", "Sealing", "Sourcing",
            "Notifications", "Serving", logging,
        ]),
    // Floor 4: faces.
    Room(
        name: "LocalCluster",
        imports: words + [
            "ClusterSim", "Serving", "Transport", "Telemetry", "GRDB.swift/GRDB",
            "swift-subprocess/Subprocess", "swift-certificates/X509", "swift-crypto/Crypto", logging,
        ]),
    Room(
        name: "Commands",
        imports: words + mind + [
            "KubeClient", "Transport", "swift-argument-parser/ArgumentParser", logging,
        ]),
    Room(name: "Simulation", imports: words + mind + ["ClusterSim"]),
    // Roof: front doors.
    Room(
        name: "martlet",
        imports: words + mind + [
            "LocalCluster", "Controllers", "ControllerKit", "KubeClient", "Telemetry", "Transport",
            "Serving", "CMalloc", "Sourcing", "Notifications", "Commands",
            "swift-argument-parser/ArgumentParser", "swift-service-lifecycle/ServiceLifecycle",
            logging,
        ], kind: .executable),
    Room(
        name: "kubectl-martlet",
        imports: ["Commands", "swift-argument-parser/ArgumentParser"], kind: .executable),
    Room(
        name: "martlet-sim", imports: words + mind + ["ClusterSim", "Simulation"], kind: .executable),
    Room(name: "martlet-fuzz", imports: words + ["AnalysisCore", "MetricProviders"], kind: .executable),
    Room(
        name: "martlet-bench", imports: words + mind + ["ClusterSim", "ControllerKit", "Simulation"],
        kind: .executable),
    // Garden.
    Room(name: "TestSupport", imports: words),
    Room(name: "ScenarioTests", imports: ["JSONTree", "YAMLTree", "Simulation"], kind: .tests),
    Room(name: "TidyTests", imports: [], kind: .tests),
]

/// Rooms that have a test target of their own name, `<Room>Tests`.
let tested = [
    "JSONTree", "YAMLTree", "KubeModel", "MartletModel", "TrafficRouting", "MetricProviders",
    "RolloutCore", "AnalysisCore", "SyncCore", "ClusterSim", "Telemetry", "Sealing", "Transport",
    "KubeClient", "ControllerKit", "Sourcing", "Notifications", "Controllers", "LocalCluster",
    "Commands", "Simulation",
]
let testRooms = tested.map { room in
    Room(
        name: "\(room)Tests",
        imports: Array(Set(words + [room, "TestSupport"] + extraTestImports(of: room))).sorted(),
        kind: .tests)
}

/// What tests of a room use besides the room itself.
func extraTestImports(of room: String) -> [String] {
    switch room {
    case "Transport", "KubeClient", "ControllerKit", "Sourcing", "Notifications": ["Transport", "Serving"]
        + (room == "ControllerKit" ? ["KubeClient", "ClusterSim", "LocalCluster", "Telemetry", logging] : [])
    case "Controllers":
        [
            "RolloutCore", "AnalysisCore", "SyncCore", "ControllerKit", "KubeClient", "Serving", "Sourcing",
            "Telemetry", "TrafficRouting", "Transport", logging,
        ]
    case "LocalCluster": ["KubeClient", "Serving", "Transport"]
    case "Simulation": ["RolloutCore", "AnalysisCore", "TrafficRouting"]
    case "RolloutCore": ["TrafficRouting"]
    case "Commands": ["swift-argument-parser/ArgumentParser"]
    case "AnalysisCore": ["MetricProviders"]
    default: []
    }
}

let packages: [String: Package.Dependency] = [
    "swift-argument-parser": .package(
        url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    "swift-log": .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    "swift-collections": .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
    "swift-crypto": .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    "swift-certificates": .package(
        url: "https://github.com/apple/swift-certificates", exact: "1.21.1"),
    "swift-subprocess": .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
    "swift-service-lifecycle": .package(
        url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    "hummingbird": .package(
        url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    "GRDB.swift": .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
]

/// While working on chosen rooms warnings stay warnings.
let isQuickLoop = Context.environment["MARTLET_ROOMS"] != nil

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
] + (isQuickLoop ? [] : [.treatAllWarnings(as: .error)])

/// `MARTLET_ROOMS=RolloutCore,ClusterSim swift test` builds only those rooms, what they import and
/// their tests: the quick loop while working on one room.
let chosen: [Room] = {
    let all = rooms + testRooms
    guard let wish = Context.environment["MARTLET_ROOMS"], !wish.isEmpty else { return all }
    let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
    var keep: Set<String> = []
    var open = wish.split(separator: ",").map(String.init)
    open += open.map { "\($0)Tests" }
    while let name = open.popLast() {
        guard let room = byName[name], keep.insert(name).inserted else { continue }
        open += room.imports
    }
    return all.filter { keep.contains($0.name) }
}()

func dependency(_ name: String) -> Target.Dependency {
    let parts = name.split(separator: "/").map(String.init)
    return parts.count == 2 ? .product(name: parts[1], package: parts[0]) : .byName(name: name)
}

let usedPackages = Set(
    chosen.flatMap(\.imports).filter { $0.contains("/") }
        .map { String($0.split(separator: "/")[0]) })

let package = Package(
    name: "martlet",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "martlet", targets: ["martlet"]),
        .executable(name: "kubectl-martlet", targets: ["kubectl-martlet"]),
    ].filter { product in chosen.contains { $0.name == product.name } },
    dependencies: packages.filter { usedPackages.contains($0.key) }.map(\.value),
    targets: chosen.map { room in
        let dependencies = room.imports.map(dependency)
        switch room.kind {
        case .system(let pkgConfig, let apt):
            return .systemLibrary(name: room.name, pkgConfig: pkgConfig, providers: [.apt([apt])])
        case .library:
            return .target(
                name: room.name, dependencies: dependencies,
                path: room.name == "TestSupport" ? "Tests/TestSupport" : nil,
                exclude: [], resources: room.resources, swiftSettings: settings)
        case .executable:
            return .executableTarget(
                name: room.name, dependencies: dependencies, swiftSettings: settings)
        case .tests:
            return .testTarget(
                name: room.name, dependencies: dependencies, exclude: testExcludes(room.name),
                swiftSettings: settings)
        }
    },
    swiftLanguageModes: [.v6]
)

/// Fixture folders are read from the source tree by path, not bundled.
func testExcludes(_ name: String) -> [String] {
    let folder = Context.packageDirectory + "/Tests/" + name
    return ["Fixtures", "Scenarios"].filter { isFolder("\(folder)/\($0)") }
}

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

func isFolder(_ path: String) -> Bool { access(path, F_OK) == 0 }

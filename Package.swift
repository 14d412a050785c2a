// swift-tools-version: 6.2
import PackageDescription

// Imports go down, never sideways: a target may name only what stands above it in this list.
// What this file cannot say (no Foundation in the core, who may read a clock) `TreeTests` checks.
let package = Package(
  name: "outage",
  products: [
    .executable(name: "outage", targets: ["outage"]),
    .executable(name: "detection-bench", targets: ["DetectionBench"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // MARK: C libraries, from Debian's packages
    .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev", "libssl-dev"])]),
    .systemLibrary(name: "CLinux"),
    .systemLibrary(name: "CAres", providers: [.apt(["libc-ares-dev"])]),
    .systemLibrary(name: "CExpressions", providers: [.apt(["libpcre2-dev"])]),
    .systemLibrary(name: "CCompression", providers: [.apt(["zlib1g-dev", "libzstd-dev"])]),

    // MARK: The core
    .target(name: "Outages"),
    .target(name: "JSONText"),
    .target(name: "CSVText"),
    .target(name: "Expressions", dependencies: ["CExpressions"]),
    .target(name: "Zones", dependencies: ["Outages"]),

    // MARK: The rim
    .target(
      name: "Plans",
      dependencies: [
        "Outages", "Zones", "CSVText", "Expressions", .product(name: "Yams", package: "Yams"),
      ]),
    .target(
      name: "ProbeLog", dependencies: ["Outages", "JSONText", "CSVText", "Zones", "CCompression"]),
    .target(
      name: "Probing",
      dependencies: ["Outages", "Plans", "Expressions", "CCurl", "CAres", "CLinux"]),
    .target(name: "Simulation", dependencies: ["Outages", "Plans", "Zones"]),
    .target(name: "Reports", dependencies: ["Outages", "JSONText"]),
    .target(name: "Scoring", dependencies: ["Outages", "JSONText", "Simulation", "Reports"]),

    // MARK: The command
    .executableTarget(
      name: "outage",
      dependencies: [
        "Outages", "Zones", "Plans", "ProbeLog", "Probing", "Simulation", "Reports",
        "Scoring", "JSONText", "CLinux",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      resources: [.embedInCode("home.yaml")]),

    // MARK: The bench: peers' rules beside ours. Nothing above depends on it.
    .target(name: "Rivals", dependencies: ["Outages", "Reports"]),
    .executableTarget(
      name: "DetectionBench",
      dependencies: [
        "Outages", "Plans", "Simulation", "Reports", "Scoring", "Rivals",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    // MARK: Tests
    .testTarget(name: "OutagesTests", dependencies: ["Outages", "Zones"]),
    .testTarget(name: "PlansTests", dependencies: ["Plans", "Outages", "Expressions"]),
    .testTarget(name: "ProbeLogTests", dependencies: ["ProbeLog", "Outages", "CCompression"]),
    .testTarget(
      name: "ProbingTests",
      dependencies: ["Probing", "Plans", "Outages", "Expressions", "CCurl", "CAres", "CLinux"]),
    .testTarget(
      name: "SimulationTests",
      dependencies: ["Simulation", "Plans", "Outages", "ProbeLog", "Reports"]),
    .testTarget(name: "ReportsTests", dependencies: ["Reports", "Outages", "Zones"]),
    .testTarget(
      name: "ScoringTests",
      dependencies: ["Scoring", "Simulation", "Plans", "Outages", "ProbeLog", "Reports"]),
    .testTarget(name: "RivalsTests", dependencies: ["Rivals", "Outages", "Reports"]),
    .testTarget(name: "CommandTests", dependencies: ["outage", "Outages"]),
    .testTarget(name: "TreeTests"),
  ],
  swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
  target.swiftSettings = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ]
}

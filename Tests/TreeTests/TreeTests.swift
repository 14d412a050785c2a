import Foundation
import Testing

/// What Package.swift cannot say of the tree.
@Suite struct TreeTests {
  private static let sources = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().appendingPathComponent("../../Sources").standardized

  /// What each module may import. Who wants more changes the architecture, and says so here.
  private static let imports: [String: Set<String>] = [
    "Outages": [],
    "JSONText": [],
    "Zones": ["Outages", "Foundation"],
    "CSVText": [],
    "Expressions": ["CExpressions"],
    "Plans": ["Outages", "Zones", "CSVText", "Expressions", "Yams", "Glibc"],
    "ProbeLog": [
      "Outages", "JSONText", "CSVText", "Zones", "CCompression", "Glibc", "FoundationEssentials",
    ],
    "Probing": [
      "Outages", "Plans", "Expressions", "CCurl", "CAres", "CLinux", "Glibc", "Foundation",
    ],
    "Simulation": ["Outages", "Plans", "Zones", "Glibc"],
    "Reports": ["Outages", "JSONText", "FoundationEssentials"],
    "Scoring": ["Outages", "JSONText", "Simulation", "Reports", "FoundationEssentials", "Glibc"],
    "Rivals": ["Outages", "Reports"],
    "DetectionBench": [
      "Outages", "Plans", "Simulation", "Reports", "Scoring", "Rivals", "ArgumentParser",
      "Foundation",
    ],
    "outage": [
      "Outages", "Zones", "Plans", "ProbeLog", "Probing", "Simulation", "Reports",
      "Scoring", "JSONText", "ArgumentParser", "Logging", "CLinux", "Glibc",
      "FoundationEssentials",
    ],
  ]

  /// Reading a clock is for the network and the command alone; all else is told the time.
  private static let mayReadClocks = [
    "Probing/WallClock.swift", "Probing/EchoProber.swift", "outage/",
  ]
  private static let clocks = [
    "clock_gettime", "gettimeofday", "time(nil)", "Date()", "Date.now", "ContinuousClock",
    "SuspendingClock",
  ]

  private func files() throws -> [(path: String, lines: [Substring])] {
    let root = TreeTests.sources.path
    let paths = try #require(FileManager.default.enumerator(atPath: root)).compactMap {
      $0 as? String
    }
    return try paths.filter { $0.hasSuffix(".swift") }.sorted().map { path in
      let text = try String(contentsOfFile: root + "/" + path, encoding: .utf8)
      return (path, text.split(separator: "\n", omittingEmptySubsequences: false))
    }
  }

  @Test func importsGoDown() throws {
    let files = try files()
    #expect(files.count > 30)
    for (path, lines) in files {
      let module = String(path.prefix { $0 != "/" })
      let allowed = try #require(TreeTests.imports[module], "\(module) is a module nobody knows")
      for line in lines {
        let words = line.split(separator: " ")
        guard let at = words.firstIndex(of: "import"), at <= 1, words.count > at + 1 else {
          continue
        }
        #expect(allowed.contains(String(words[at + 1])), "\(path): \(line)")
      }
    }
  }

  @Test func onlyTheRimReadsClocks() throws {
    for (path, lines) in try files() {
      if TreeTests.mayReadClocks.contains(where: { path.hasPrefix($0) }) { continue }
      for line in lines {
        for clock in TreeTests.clocks { #expect(!line.contains(clock), "\(path): \(line)") }
      }
    }
  }

  @Test func nothingTrapsOnPurpose() throws {
    for (path, lines) in try files() {
      for line in lines {
        for trap in ["try!", "as!", "fatalError(", "preconditionFailure("] {
          #expect(!line.contains(trap), "\(path): \(line)")
        }
      }
    }
  }

  @Test func filesHoldOneIdea() throws {
    for (path, lines) in try files() { #expect(lines.count <= 300, "\(path) is long") }
  }
}

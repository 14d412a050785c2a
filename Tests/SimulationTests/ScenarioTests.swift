import Foundation
import Outages
import Plans
import ProbeLog
import Reports
import Testing

@testable import Simulation

/// The scenarios that come with the project.
private let shipped: [String] = {
  let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../data/scenarios").standardized.path
  let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  return names.filter { $0.hasSuffix(".yaml") }.sorted().map { folder + "/" + $0 }
}()

private func scenario(_ path: String) throws -> Scenario {
  try Scenario(yaml: String(contentsOfFile: path, encoding: .utf8), path: path)
}

/// A folder for a test's files, gone when the test is.
private final class Scratch {
  let path = NSTemporaryDirectory() + "outage-\(UUID().uuidString)"

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite struct ShippedScenarioTests {
  @Test func areThere() { #expect(shipped.count >= 2) }

  @Test(arguments: shipped)
  func yieldTheirEpisodes(_ path: String) throws {
    let scenario = try scenario(path)
    let timeline = try #require(scenario.run().timeline())
    #expect(scenario.mismatches(with: timeline) == [])
  }

  /// Live and replayed, whole and cut: the same report to the byte.
  @Test(arguments: shipped)
  func areReplayedToTheByte(_ path: String) throws {
    let scratch = try Scratch()
    let scenario = try scenario(path)
    let log = scratch.path + "/log"
    let session = scenario.plan.session
    let writer = try LogWriter(path: log, session: session, targets: session.targets)
    let live = try #require(try scenario.run { try writer.append($0) }.timeline()).json()
    #expect(try replay([log]) == live)

    // A second session under other parameters, in the middle of it all.
    var lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
    let header = lines[0].replacing(#""sustained":"5m""#, with: #""sustained":"1m""#)
      .replacing(#""sustained":"2m""#, with: #""sustained":"1m""#)
    lines.insert(Substring(header), at: lines.count / 2)
    try lines.joined(separator: "\n").write(toFile: log, atomically: false, encoding: .utf8)
    let whole = try replay([log])
    #expect(whole != live)

    for cut in [1, 2, lines.count / 3, lines.count / 2, lines.count / 2 + 1, lines.count - 1] {
      let parts = [lines[..<cut], lines[cut...]]
      let paths = try parts.enumerated().map { number, part in
        let path = scratch.path + "/part-\(number)"
        try (part.joined(separator: "\n") + "\n").write(
          toFile: path, atomically: false, encoding: .utf8)
        return path
      }
      #expect(try replay(paths) == whole, "cut after line \(cut)")
    }
  }

  private func replay(_ paths: [String]) throws -> String {
    var stream = try LogStream(paths: paths)
    var monitor = Monitor()
    var generation = -1
    while let observation = try stream.next() {
      if stream.generation != generation { monitor.adopt(stream.session) }
      generation = stream.generation
      _ = monitor.observe(observation)
    }
    return monitor.timeline()?.json() ?? ""
  }

  @Test(arguments: shipped)
  func areTheSameForTheSameSeed(_ path: String) throws {
    func observations(_ seed: UInt64?) throws -> [Observation] {
      var scenario = try scenario(path)
      if let seed { scenario.seed = seed }
      var observations: [Observation] = []
      _ = scenario.run { observations.append($0) }
      return observations
    }
    #expect(try observations(7) == observations(7))
    if path.contains("korea") { #expect(try observations(7) != observations(8)) }
  }
}

@Suite struct WeatherTests {
  private func scenario(_ weather: String, _ rest: String = "") throws -> Scenario {
    try Scenario(
      yaml: """
        start: 2014-12-22T00:00:00Z
        length: 1d
        every: 30s
        targets: {a: x, b: x}
        groups: {both: {members: [a, b]}}
        weather: \(weather)
        \(rest)
        """, path: "s.yaml")
  }

  private func outcomes(_ scenario: Scenario) -> [Observation] {
    var observations: [Observation] = []
    _ = scenario.run { observations.append($0) }
    return observations
  }

  @Test func failsAsItSays() throws {
    let scenario = try scenario(
      "[{on: a, from: 2014-12-22T06:00:00Z, until: 2014-12-22T07:00:00Z, fails: refused}]")
    for observation in outcomes(scenario) {
      let hour = (observation.time - scenario.span.lowerBound).milliseconds / 3_600_000
      let isDown = observation.target == 0 && hour == 6
      #expect(observation.outcome.isAnswered == !isDown)
      if isDown { #expect(observation.outcome == .failed(.refused)) }
    }
  }

  @Test func losesItsShareOfProbes() throws {
    let all = outcomes(try scenario("[{loss: 10%}]"))
    let lost = all.count { !$0.outcome.isAnswered }
    // Two days' probes, and some to confirm.
    #expect((5760...7200).contains(all.count))
    #expect((0.085...0.115).contains(Double(lost) / Double(all.count)))
  }

  @Test func answersInItsTime() throws {
    let all = outcomes(try scenario("[{latency: 200ms, jitter: 30%}]"))
    let latencies = all.compactMap { observation -> Double? in
      guard case .answered(let milliseconds) = observation.outcome else { return nil }
      return milliseconds
    }.sorted()
    let median = latencies[latencies.count / 2]
    #expect((195...205).contains(median))
    // The deviation of the logarithm: 84 % are below the median times e^0.3.
    let upper = latencies[latencies.count * 84 / 100]
    #expect((1.3...1.4).contains(upper / median))
  }

  @Test func isSeenByNobodyWhileNobodyWatches() throws {
    let scenario = try scenario(
      "[{unwatched: true, from: 2014-12-22T06:00:00Z, until: 2014-12-22T07:00:00Z}]")
    let all = outcomes(scenario)
    #expect(
      !all.contains {
        (21_600_000..<25_200_000).contains(($0.time - scenario.span.lowerBound).milliseconds)
      })
    let timeline = try #require(scenario.run().timeline())
    #expect(timeline.episodes.map(\.kind) == [.unobserved])
    #expect(timeline.episodes.map(\.scope) == [.vantage("local")])
  }

  @Test func fallsTogetherWhereItFlaps() throws {
    let scenario = try scenario("[{on: both, flaps: {every: 1h..20m, lasting: 1m..4m}}]")
    let timeline = try #require(scenario.run().timeline())
    let blips = timeline.episodes.filter { $0.scope == .group("both") }
    #expect((24...60).contains(blips.count))
    #expect(!timeline.episodes.contains { $0.kind == .outage })
    // Worse towards the end.
    let noon = scenario.span.lowerBound + .hours(12)
    #expect(blips.count { $0.start.latest > noon } > blips.count { $0.start.latest < noon })
  }

  @Test(arguments: [
    ("[{loss: 10}]", "6:18: '10' is not a share, like 2%, or two like 20%..60%"),
    ("[{los: 10%}]", "6:12: unknown key 'los'; did you mean 'loss'?"),
    ("[{fails: badly}]", "6:19: 'badly' is none of resolve, refused"),
    ("[{unwatched: yes}]", "6:23: 'yes' is none of off, crash, suspend, step, overload, or true"),
    (
      "[{unwatched: true, on: a}]",
      "6:33: this is the vantage's own trouble, and nobody else's; leave 'on' out"
    ),
    ("[{on: c, loss: 1%}]", "6:16: 'c' is no target and no group"),
    ("[{from: 2015-01-01T00:00:00Z, loss: 1%}]", "6:11: this weather must begin before it ends"),
    ("[{from: noon}]", "6:18: 'noon' is not a time like"),
    ("[{flaps: {every: 1h}}]", "6:19: flaps need 'every' and 'lasting'"),
    ("[{flaps: {every: 1h, lasting: 3m..1m}}]", "6:19: 'lasting' must name the shortest before"),
    ("{}", "6:10: here must be a list of weather"),
  ])
  func namesEachProblem(_ weather: String, _ problem: String) {
    do {
      _ = try scenario(weather)
      Issue.record("this was taken for a scenario")
    } catch {
      #expect("\(error)".contains(problem), "\(error)")
    }
  }
}

@Suite struct DrawingTests {
  private func check(_ text: String, _ mismatches: [String]) throws {
    let scenario = try Scenario(yaml: text, path: "s.yaml")
    let timeline = try #require(scenario.run().timeline())
    #expect(scenario.mismatches(with: timeline) == mismatches)
  }

  @Test func tellsWhatIsNotAsItMustBe() throws {
    try check(
      "drawn: |\n  a ...xx....\nexpect: |\n  a ...BB....", [])
    try check(
      "drawn: |\n  a ...xx....\nexpect: |\n  a ...BBB...",
      ["a: expected ...BBB...\na: but found ...BB...."])
    try check(
      "drawn: |\n  a ...xx....\n  b .........\nexpect: |\n  b .........",
      ["a: not expected: blip at 2000-01-01T00:01:30.000Z"])
  }

  @Test(arguments: [
    ("drawn: |\n  a ..z", "2:1: 'z' in the row 'a' means nothing"),
    ("drawn: |\n  a ..\n  b . .", "3:1: this is not a name and a strip"),
    ("drawn: |\n  a ..\n  a ..", "3:1: the row 'a' stands here twice"),
    ("drawn: |\n  a ..\nexpect: |\n  b ..", "3:9: 'b' is no target, no group and not the vantage"),
    ("drawn: |\n  a ..\nweather: []", "1:1: there are no targets; name at least one"),
    ("title: x", "1:1: there is nothing to simulate; add 'weather' or 'drawn'"),
    ("drawn: |\n  a ..\ntargets: {b: x}", "3:10: the targets of a drawn scenario are its rows"),
  ])
  func namesEachProblem(_ text: String, _ problem: String) {
    do {
      _ = try Scenario(yaml: text, path: "s.yaml")
      Issue.record("this was taken for a scenario")
    } catch {
      #expect("\(error)".contains(problem), "\(error)")
    }
  }
}

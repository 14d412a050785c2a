import Foundation
import Outages
import Plans
import ProbeLog
import Reports
import Simulation
import Testing

@testable import Scoring

/// What must hold in every world, on worlds that nobody wrote: each seed draws one.
@Suite struct SwarmTests {
  private static let seeds: ClosedRange<UInt64> = 1...24

  /// What a failing seed is repeated with.
  private func command(_ seed: UInt64) -> Comment {
    "scripts/outage simulate --swarm --seed \(seed)"
  }

  private func scenario(_ seed: UInt64) throws -> Scenario {
    try Scenario(yaml: Swarm.scenario(seed: seed), path: "swarm \(seed)")
  }

  @Test(arguments: seeds)
  func episodesAreDisjointAndStandOnObservations(_ seed: UInt64) throws {
    let scenario = try scenario(seed)
    var failed: [Episode.Scope: Set<Instant>] = [:]
    let targets = scenario.plan.session.targets
    let monitor = scenario.run(
      record: { _ in },
      observe: { observation in
        if observation.outcome.isAnswered { return }
        failed[.target(targets[observation.target].name), default: []].insert(observation.time)
      })
    for group in scenario.plan.session.groups {
      failed[.group(group.name)] = group.members.reduce(into: []) {
        $0.formUnion(failed[.target($1)] ?? [])
      }
    }
    let timeline = try #require(monitor.timeline(), command(seed))
    #expect(
      zip(timeline.episodes, timeline.episodes.dropFirst())
        .allSatisfy { $0.start.latest <= $1.start.latest }, command(seed))
    for (scope, own) in Dictionary(grouping: timeline.episodes, by: \.scope) {
      let interruptions = own.filter { $0.kind == .blip || $0.kind == .outage }
      for (a, b) in zip(interruptions, interruptions.dropFirst()) {
        #expect(a.end.map { $0.latest <= b.start.latest } ?? false, command(seed))
      }
      for episode in interruptions {
        #expect(failed[scope]?.contains(episode.start.latest) ?? false, command(seed))
        #expect(episode.start.earliest.map { $0 < episode.start.latest } ?? true, command(seed))
        if let end = episode.end {
          #expect(end.earliest ?? end.latest < end.latest, command(seed))
          #expect(episode.start.latest <= end.earliest ?? end.latest, command(seed))
        }
      }
      for kind in [Episode.Kind.instability, .degraded, .unobserved] {
        let stretches = own.filter { $0.kind == kind }
        for (a, b) in zip(stretches, stretches.dropFirst()) {
          #expect(a.end.map { $0.latest <= b.start.latest } ?? false, command(seed))
        }
      }
    }
    let whole = timeline.span.upperBound - timeline.span.lowerBound
    for history in timeline.targets + timeline.groups {
      let parts = [history.up, history.down, history.unobserved, history.maintenance]
      #expect(parts.reduce(.zero) { $0 + $1.total } == whole, command(seed))
      #expect(Spans(parts.flatMap(\.ranges)).total == whole, command(seed))
    }
    let ids = timeline.episodes.map(\.id)
    #expect(Set(ids).count == ids.count, command(seed))
  }

  /// Live, replayed, and replayed from a log that is cut anywhere: the same bytes.
  @Test(arguments: seeds)
  func replaysToTheByte(_ seed: UInt64) throws {
    let folder = NSTemporaryDirectory() + "outage-swarm-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let scenario = try scenario(seed)
    let session = scenario.plan.session
    let log = folder + "/log"
    var writer: LogWriter?
    var states: [String] = []
    let monitor = try scenario.run(
      record: { observation in
        let open = try writer ?? LogWriter(path: log, session: session, targets: session.targets)
        writer = open
        try open.append(observation)
      },
      restart: { writer = nil })
    let live = try #require(monitor.timeline(), command(seed)).json()
    #expect(try replay([log]).json() == live, command(seed))

    let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
    for share in [0.1, 0.37, 0.5, 0.83] {
      let cut = Int(Double(lines.count) * share)
      let parts = [lines[..<cut], lines[cut...]].enumerated().map { (folder + "/\($0)", $1) }
      for (path, part) in parts {
        try (part.joined(separator: "\n") + "\n").write(
          toFile: path, atomically: false, encoding: .utf8)
      }
      #expect(try replay(parts.map(\.0)).json() == live, command(seed))
      // The first part alone tells what was known then: what it has declared stays declared, unless
      // it proved to be something else, and is told with the same id.
      let early = try replay([parts[0].0])
      let later = try replay([log])
      let known = Set(later.episodes.map(\.id))
      let lost = early.episodes.filter {
        $0.kind == .outage && !$0.isExplained && !known.contains($0.id)
      }
      #expect(lost.count <= 1, "\(command(seed)): \(lost.map(\.id))")
      states.append(early.json())
    }
    #expect(Set(states).count == states.count, command(seed))
  }

  private func replay(_ paths: [String]) throws -> Timeline {
    var stream = try LogStream(paths: paths)
    var monitor = Monitor()
    var generation = -1
    while let observation = try stream.next() {
      if stream.generation != generation { monitor.adopt(stream.session) }
      generation = stream.generation
      _ = monitor.observe(observation)
    }
    return try #require(monitor.timeline())
  }

  /// The oracle's own report is perfect, whatever the world; and the truth survives its file.
  @Test(arguments: seeds)
  func theOracleIsPerfect(_ seed: UInt64) throws {
    let scenario = try scenario(seed)
    var times: [[Instant]] = scenario.plan.session.targets.map { _ in [] }
    scenario.run(record: { _ in }, observe: { times[$0.target].append($0.time) })
    let truth = scenario.truth(times)
    #expect(try Truth(json: truth.json()).json() == truth.json(), command(seed))
    let score = Score(of: SavedReport(oracle: truth), against: truth)
    for key in [
      "outage_recall", "outage_precision", "single_f1", "group_recall", "in_bounds", "blip_recall",
      "blip_precision", "instability_recall", "instability_precision", "instability_overlap",
      "degraded_recall", "degraded_precision", "uplink_recall",
    ] {
      let value = Measure.all.first { $0.key == key }?.value(score)
      #expect(value ?? 1 >= 0.999, "\(command(seed)): \(key) \(value ?? 1)")
    }
    #expect(score.falseAlarms == 0, command(seed))
    #expect(score.lateness.allSatisfy { $0 == 0 }, command(seed))
    let empty = Score(
      of: SavedReport(span: truth.span, probes: nil, claims: []), against: truth)
    #expect(empty.outageRecall.hits == 0 && empty.blipRecall.hits == 0, command(seed))
  }

  @Test func theSameSeedIsTheSameWorld() throws {
    #expect(Swarm.scenario(seed: 5) == Swarm.scenario(seed: 5))
    #expect(Set((1...20).map { Swarm.scenario(seed: $0) }).count == 20)
  }
}

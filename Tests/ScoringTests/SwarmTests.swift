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
  /// One seed alone when `OUTAGE_SWARM` names it.
  private static let seeds: ClosedRange<UInt64> = {
    let one = ProcessInfo.processInfo.environment["OUTAGE_SWARM"].flatMap { UInt64($0) }
    return one.map { $0...$0 } ?? 1...24
  }()

  /// What a failing seed is repeated with, and looked at.
  private func command(_ seed: UInt64) -> Comment {
    "OUTAGE_SWARM=\(seed) scripts/test --filter SwarmTests; scripts/outage simulate --swarm --seed \(seed)"
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
        // Of a group some may be away while others fall.
        let isAlone = a.end.map { $0.latest <= b.start.latest } ?? false
        #expect(isAlone || a.group != nil, command(seed))
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
    for parent in timeline.episodes.compactMap(\.parent) {
      #expect(ids.contains(parent), command(seed))
    }
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
    let monitor = try scenario.run(
      record: { observation in
        let open = try writer ?? LogWriter(path: log, session: session, targets: session.targets)
        writer = open
        try open.append(observation)
      },
      restart: { writer = nil })
    let live = try #require(monitor.timeline(), command(seed)).json()
    let whole = try replay([log])
    #expect(whole.json() == live, command(seed))

    // Cut anywhere: within a line, too, of which each part is lost.
    let bytes = try Data(contentsOf: URL(fileURLWithPath: log))
    var random = seed &* 0x9e37_79b9_7f4a_7c15
    for _ in 0..<4 {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let place = Int(random >> 33) % bytes.count
      let cut = (bytes[..<place].lastIndex(of: 0x0a) ?? 0) + 1
      let parts = [bytes[..<cut], bytes[cut...]].enumerated().map { (folder + "/\($0)", $1) }
      for (path, part) in parts { try part.write(to: URL(fileURLWithPath: path)) }
      #expect(try replay(parts.map(\.0)).json() == live, command(seed))
      // A torn line is lost, and nothing else is.
      let torn = folder + "/torn"
      try bytes[..<place].write(to: URL(fileURLWithPath: torn))
      if cut > 1, place > cut, bytes[place] != 0x0a {
        #expect(try replay([torn]).json() == replay([parts[0].0]).json(), command(seed))
      }
    }

    // A log that ends where an outage says that it was declared has it, with the same id.
    let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
    let outages = whole.episodes.filter { $0.kind == .outage && !$0.isExplained }
    for outage in outages.prefix(3) {
      let until = outage.declared.description
      let early = lines.filter { line in
        guard let at = line.range(of: "\"time\":\"") else { return true }
        return line[at.upperBound...].prefix(until.count) <= until
      }
      try (early.joined(separator: "\n") + "\n").write(
        toFile: folder + "/early", atomically: false, encoding: .utf8)
      let found = try replay([folder + "/early"]).episodes.first { $0.id == outage.id }
      #expect(found?.kind == .outage, command(seed))
      #expect(found?.declared == outage.declared, command(seed))
    }
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
    func world(_ seed: UInt64) throws -> [Observation] {
      var observations: [Observation] = []
      try scenario(seed).run { observations.append($0) }
      return observations
    }
    #expect(try world(5) == world(5))
    #expect(try world(5) != world(6))
    #expect(Set((1...20).map { Swarm.scenario(seed: $0) }).count == 20)
  }
}

import Outages
import Plans
import Reports
import Rivals
import Scoring
import Simulation

/// One world to run: a scenario at an interval, for so long, with a seed.
struct World: Sendable {
  var family: String
  var path: String
  var text: String
  var every: Duration
  var length: Duration
  var seed: UInt64

  var name: String { "\(family) \(every)" }

  func scenario(_ change: (inout Detection) -> Void) throws -> Scenario {
    var scenario = try Scenario(
      yaml: text, path: path, every: every, length: length)
    scenario.seed = seed
    change(&scenario.plan.session.detection)
    return scenario
  }
}

/// Who is scored, in the order of the table.
struct Contest: Sendable {
  var scores: [(name: String, score: Score)] = []

  static let replayed = "outage, replayed"
  static let watching = "outage, watching"
  static let oracle = "the oracle"

  mutating func add(_ name: String, _ score: Score) {
    if let index = scores.firstIndex(where: { $0.name == name }) {
      scores[index].score += score
    } else {
      scores.append((name, score))
    }
  }

  mutating func add(_ other: Contest) {
    for (name, score) in other.scores { add(name, score) }
  }

  /// Runs a world twice. First all see the same probes, one a turn; then our detector alone, asking
  /// out of turn where it doubts: what that costs is in its probes.
  init(_ world: World, change: (inout Detection) -> Void, withRivals: Bool) throws {
    let scenario = try world.scenario(change)
    let session = scenario.plan.session
    var rivals = withRivals ? Rival.all(session) : []
    var median = Median(session)
    var times: [[Instant]] = session.targets.map { _ in [] }
    let monitor = scenario.run(
      asksAgain: false, record: { _ in },
      observe: { observation in
        times[observation.target].append(observation.time)
        for index in rivals.indices { rivals[index].observe(observation) }
        if withRivals { median.observe(observation) }
      })
    let truth = scenario.truth(times)
    for rival in rivals {
      add(rival.name, Score(of: rival.report(over: truth.span), against: truth))
    }
    if withRivals { add(median.name, Score(of: median.report(over: truth.span), against: truth)) }
    if let timeline = monitor.timeline() {
      add(Contest.replayed, Score(of: SavedReport(timeline), against: truth))
    }
    var asked: [[Instant]] = session.targets.map { _ in [] }
    let watching = scenario.run(
      record: { _ in }, observe: { asked[$0.target].append($0.time) })
    if let timeline = watching.timeline() {
      add(
        Contest.watching, Score(of: SavedReport(timeline), against: scenario.truth(asked)))
    }
    add(Contest.oracle, Score(of: SavedReport(oracle: truth), against: truth))
  }

  init() {}
}

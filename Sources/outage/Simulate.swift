import ArgumentParser
import Glibc
import Outages
import Plans
import ProbeLog
import Scoring
import Simulation

struct Simulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Runs a scenario in virtual time and prints its timeline.",
    discussion: """
      Exits with 1 when the timeline is not what the scenario says it must yield.
      """)

  @Argument(help: ArgumentHelp("A drawn or written scenario.", valueName: "scenario"))
  var path: String?

  @Flag(help: "Let the seed draw the scenario too, and say which it is.")
  var swarm = false

  @Option(help: "The seed of all chance. (default: the scenario's)")
  var seed: UInt64?

  @Option(help: ArgumentHelp("Where to write the probe log.", valueName: "file"))
  var log: String?

  @Option(
    help: ArgumentHelp(
      "Where to write what really happened, for 'outage score'.", valueName: "file"))
  var truth: String?

  @Option(
    help: ArgumentHelp(
      "Ask every so often. (default: as the scenario says)", valueName: "duration"),
    transform: { try PositiveDuration($0).duration })
  var every: Duration?

  @Option(
    help: ArgumentHelp("Run for so long. (default: as the scenario says)", valueName: "duration"),
    transform: { try PositiveDuration($0).duration })
  var length: Duration?

  @Flag(help: "Never ask out of turn, whatever is in doubt.")
  var plain = false

  @OptionGroup var detection: DetectionOptions
  @OptionGroup var selection: SelectionOptions
  @OptionGroup var report: ReportOptions

  func validate() throws {
    if swarm == (path != nil) {
      throw ValidationError("name a scenario, or let the seed draw one with --swarm")
    }
  }

  func run() throws {
    var scenario = try scenario()
    if let seed { scenario.seed = seed }
    try detection.apply(to: &scenario.plan.session.detection)
    let session = scenario.plan.session
    let monitor: Monitor
    var times: [[Instant]] = session.targets.map { _ in [] }
    let (log, wantsTruth) = (log, truth != nil)
    do {
      if let log { try empty(log) }
      var writer: LogWriter?
      monitor = try scenario.run(
        asksAgain: !plain,
        record: { observation in
          guard let log else { return }
          let open = try writer ?? LogWriter(path: log, session: session, targets: session.targets)
          writer = open
          try open.append(observation)
        },
        observe: { if wantsTruth { times[$0.target].append($0.time) } },
        restart: { writer = nil })
    } catch let error as LogError {
      throw Failure(.cannotCreate, error.description)
    }
    if let truth { try Files.write(scenario.truth(times).json(), to: truth) }
    let timeline = try Folding.timeline(of: monitor, selection, report, source: path ?? "the swarm")
    try report.print(timeline)

    guard let whole = monitor.timeline(), let mismatches = scenario.mismatches(with: whole) else {
      return
    }
    if mismatches.isEmpty {
      Talk.detail("the episodes are those that \(scenario.title) must yield")
      return
    }
    for mismatch in mismatches { Talk.error(mismatch) }
    throw ExitCode(1)
  }

  private func scenario() throws -> Scenario {
    if let path { return try Files.scenario(path, every: every, length: length) }
    let text = Swarm.scenario(seed: seed ?? 1)
    Talk.plain(text)
    return try Files.scenario(text, path: "the swarm", every: every, length: length)
  }

  /// Takes away what a log of an earlier run holds.
  private func empty(_ path: String) throws(LogError) {
    if truncate(path, 0) != 0, errno != ENOENT {
      throw .cannotWrite(path: path, errno: errno)
    }
  }
}

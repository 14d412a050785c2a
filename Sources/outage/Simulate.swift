import ArgumentParser
import Glibc
import Outages
import Plans
import ProbeLog
import Simulation

struct Simulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Runs a scenario in virtual time and prints its timeline.",
    discussion: """
      Exits with 1 when the timeline is not what the scenario says it must yield.
      """)

  @Argument(help: ArgumentHelp("A drawn or written scenario.", valueName: "scenario"))
  var path: String

  @Option(help: "The seed of all chance. (default: the scenario's)")
  var seed: UInt64?

  @Option(help: ArgumentHelp("Where to write the probe log.", valueName: "file"))
  var log: String?

  @OptionGroup var detection: DetectionOptions
  @OptionGroup var selection: SelectionOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    var scenario = try Files.scenario(path)
    if let seed { scenario.seed = seed }
    try detection.apply(to: &scenario.plan.session.detection)
    let monitor: Monitor
    do {
      let writer = try log.map(fresh)
      monitor = try scenario.run { observation in try writer?.append(observation) }
    } catch let error as LogError {
      throw Failure(.cannotCreate, error.description)
    }
    let timeline = try Folding.timeline(of: monitor, selection, report, source: path)
    try report.print(timeline)

    guard let whole = monitor.timeline(), let mismatches = scenario.mismatches(with: whole) else {
      return
    }
    if mismatches.isEmpty {
      Talk.detail("the episodes are those that \(path) must yield")
      return
    }
    for mismatch in mismatches { Talk.error(mismatch) }
    throw ExitCode(1)

    func fresh(_ path: String) throws -> LogWriter {
      if truncate(path, 0) != 0, errno != ENOENT {
        throw LogError.cannotWrite(path: path, errno: errno)
      }
      let session = scenario.plan.session
      return try LogWriter(path: path, session: session, targets: session.targets)
    }
  }
}

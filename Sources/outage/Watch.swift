import ArgumentParser
import Outages
import Plans
import ProbeLog
import Probing
import Reports

struct Watch: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Probes what a plan names, records it, and says what changes.",
    discussion: """
      Stops on SIGINT and SIGTERM: awaits what is in flight, and prints the session's timeline. A \
      second signal does not await. Without a plan, a few well-known hosts are watched.
      """)

  @Argument(
    help: ArgumentHelp(
      "What to watch: files, and folders of them, that make one plan.", valueName: "plan"))
  var paths: [String] = []

  @Flag(help: "Probe everything once; exit with 1 when something did not answer.")
  var once = false

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp("Stop by itself after so long, like 10m.", valueName: "duration"),
    transform: { try PositiveDuration($0).duration })
  var length: Duration?

  @Option(
    help: ArgumentHelp(
      "Keep counts of sent, late, skipped and prevented probes there, for Prometheus.",
      valueName: "file"))
  var metrics: String?

  @OptionGroup var data: DataOptions
  @OptionGroup var report: ReportOptions

  func validate() throws {
    if once, length != nil {
      throw ValidationError("--once stops by itself; leave --for out")
    }
  }

  func run() throws {
    let signals = try Signals()
    let plan = try self.plan()
    let folder = try DataFolder(data.folder)
    try withExtendedLifetime(folder) {
      let daemon = try Daemon(plan, data: data, signals: signals, report: report, metrics: metrics)
      if once {
        let stories = daemon.probeOnce()
        let width = stories.map(\.name.count).max() ?? 0
        for story in stories {
          Output.write(
            report.format == .json ? story.line + "\n" : story.brief(width: width, report.style))
        }
        if stories.count < plan.session.targets.count || !stories.allSatisfy(\.isAnswered) {
          throw ExitCode(1)
        }
      } else {
        let count = plan.session.targets.count
        Talk.notice(
          "watching \(count) target\(count == 1 ? "" : "s"), recording to \(data.logPath)")
        let timeline = try daemon.watch(for: length)
        if let timeline { try report.print(timeline) } else { Talk.notice("nothing was probed") }
        if daemon.unrecorded > 0 {
          throw Failure(
            .inputOutput, "\(daemon.unrecorded) observations could not be recorded")
        }
      }
    }
  }

  private func plan() throws -> Plan {
    if !paths.isEmpty { return try Files.plan(paths) }
    let text = String(decoding: PackageResources.home_yaml, as: UTF8.self)
    Talk.notice("no plan was given; watching this:\n\n\(text)")
    do {
      return try Plan(yaml: text, path: "home.yaml", schemes: LiveNetwork.schemes)
    } catch {
      throw Failure(.badPlan, error.description)
    }
  }
}

import ArgumentParser
import Outages
import Plans
import Reports

struct Why: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows the evidence behind one episode: its probes, the belief, the rule.",
    discussion: """
      The episode is named by its id in a JSON report, or by the first letters of it. It is looked for in \
      the logs given, or in the data folder. 'latest' is the latest outage, of those that no \
      maintenance explains if there is one.
      """)

  @Argument(help: ArgumentHelp("The episode's id.", valueName: "episode"))
  var id: String

  @Argument(
    help: ArgumentHelp("Recorded logs. (default: that of the data folder)", valueName: "log"))
  var logs: [String] = []

  @Option(help: ArgumentHelp("Targets, groups and parameters to judge by.", valueName: "file"))
  var plan: String?

  @OptionGroup var data: DataOptions
  @OptionGroup var detection: DetectionOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let session = try plan.map { try Files.plan([$0]).session }
    let paths = logs.isEmpty ? [try data.existingLog()] : logs
    if paths.contains("-") {
      throw Failure(.usage, "the log is read twice, so it cannot be standard input; name a file")
    }
    var monitor = try Folding.fold(paths, session: session, change: detection.apply)
    if logs.isEmpty { monitor.add(try Folding.notes(data.notesPath)) }
    guard let timeline = monitor.timeline() else {
      throw Failure(.badData, "\(paths.joined(separator: ", ")) holds no observations")
    }
    guard var explanation = Explanation(try wanted(in: timeline), in: timeline) else {
      let count = timeline.episodes.count { $0.id.hasPrefix(id) }
      throw Failure(
        .usage,
        count == 0
          ? "there is no episode '\(id)'; --format json of replay or timeline names them"
          : "\(count) episodes begin with '\(id)'; write more of the id")
    }
    // The second time, with somebody who looks on.
    _ = try Folding.fold(paths, session: session, isQuiet: true, change: detection.apply) {
      observation, monitor in
      let name = monitor.session.targets[observation.target].name
      guard explanation.wants(name) else { return }
      explanation.see(
        Explanation.Step(
          observation: observation, name: name, standing: monitor.standing(of: observation.target)))
    }
    // What would be otherwise is tried, not guessed.
    for sustained in explanation.trials where explanation.sustained == nil {
      let other = try Folding.fold(paths, session: session, isQuiet: true) {
        try detection.apply(to: &$0)
        $0.sustained = sustained
      }
      if let timeline = other.timeline() { explanation.see(timeline, with: sustained) }
    }
    try Output.result(
      report.format == .json ? explanation.json() : explanation.text(report.style))
  }

  private func wanted(in timeline: Timeline) throws -> String {
    if id != "latest" { return id }
    let outages = timeline.episodes.filter { $0.kind == .outage && $0.parent == nil }
    guard let latest = outages.last(where: { !$0.isExplained }) ?? outages.last else {
      throw Failure(.usage, "there is no outage; --format json names the other episodes")
    }
    return latest.id
  }
}

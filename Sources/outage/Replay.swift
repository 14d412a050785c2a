import ArgumentParser
import Outages
import Plans

struct Replay: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Runs recorded logs through the detector and prints the timeline.",
    discussion: """
      Logs are NDJSON or CSV (time, target, ok, ms, error), plain, gzip or zstd. Several are merged by \
      time; '-' is standard input. Groups and parameters are those of the logs' headers, or of a plan.
      """)

  @Argument(help: ArgumentHelp("Recorded logs.", valueName: "log"))
  var logs: [String]

  @Option(help: ArgumentHelp("Targets, groups and parameters to judge by.", valueName: "file"))
  var plan: String?

  @Option(
    help: ArgumentHelp("Notes of maintenance, as 'outage note' writes them.", valueName: "file"))
  var notes: String?

  @OptionGroup var detection: DetectionOptions
  @OptionGroup var selection: SelectionOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let session = try plan.map { try Files.plan($0).session }
    var monitor = try Folding.fold(logs, session: session, change: detection.apply)
    if let notes { monitor.add(try Folding.notes(notes)) }
    let source = logs.joined(separator: ", ")
    try report.print(Folding.timeline(of: monitor, selection, report, source: source))
  }
}

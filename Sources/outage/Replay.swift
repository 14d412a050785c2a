import ArgumentParser
import Outages
import Plans
import Reports

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

  @Flag(help: "Print what --set changes, and not the timeline.")
  var diff = false

  @Option(
    help: ArgumentHelp(
      "Print what is told otherwise than in a report of the same log, as --format json printed it.",
      valueName: "report"))
  var against: String?

  @OptionGroup var detection: DetectionOptions
  @OptionGroup var selection: SelectionOptions
  @OptionGroup var report: ReportOptions

  func validate() throws {
    if diff, against != nil { throw ValidationError("--diff or --against, not both") }
    if diff, detection.settings.isEmpty {
      throw ValidationError("--diff shows what --set changes; add one")
    }
    if diff, logs.contains("-") {
      throw ValidationError("--diff reads the logs twice, and standard input cannot be read again")
    }
  }

  func run() throws {
    let timeline = try timeline(detection.apply)
    let after = SavedReport(timeline)
    if diff {
      try printDiff(from: SavedReport(self.timeline(isQuiet: true) { _ in }), to: after)
    } else if let against {
      let before = try Files.report(against)
      if before.span.upperBound < after.span.lowerBound {
        Talk.warning("\(against) ends before what is replayed begins: it is no report of it")
      } else if after.span.upperBound < before.span.lowerBound {
        Talk.warning("\(against) begins after what is replayed ends: it is no report of it")
      }
      try printDiff(from: before, to: after)
    } else {
      try report.print(timeline)
    }
  }

  private func timeline(
    isQuiet: Bool = false, _ change: (inout Detection) throws -> Void
  ) throws -> Timeline {
    let session = try plan.map { try Files.plan([$0]).session }
    var monitor = try Folding.fold(logs, session: session, isQuiet: isQuiet, change: change)
    if let notes { monitor.add(try Folding.notes(notes, mustExist: true)) }
    return try Folding.timeline(
      of: monitor, selection, report, source: logs.joined(separator: ", "))
  }

  private func printDiff(from before: SavedReport, to after: SavedReport) throws {
    let diff = ReportDiff(from: before, to: after)
    try Output.result(report.format == .json ? diff.json() : diff.text(report.style))
  }
}

import ArgumentParser
import Outages

struct TimelineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "timeline",
    abstract: "Prints the timeline of what was watched, whether a daemon is running or not.")

  @OptionGroup var data: DataOptions
  @OptionGroup var detection: DetectionOptions
  @OptionGroup var selection: SelectionOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let path = try data.existingLog()
    var monitor = try Folding.fold([path], change: detection.apply)
    monitor.add(try Folding.notes(data.notesPath))
    try report.print(Folding.timeline(of: monitor, selection, report, source: path))
  }
}

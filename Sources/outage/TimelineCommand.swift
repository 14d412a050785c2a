import ArgumentParser
import Glibc
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
    let path = data.logPath
    if access(path, F_OK) != 0, errno == ENOENT {
      throw Failure(
        .noInput,
        "there is no log in \(data.folder) yet; begin one with: outage watch --data \(data.folder)")
    }
    let monitor = try Folding.fold([path], change: detection.apply)
    try report.print(Folding.timeline(of: monitor, selection, report, source: path))
  }
}

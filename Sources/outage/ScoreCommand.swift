import ArgumentParser
import Outages
import Reports
import Scoring
import Simulation

struct ScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Holds a report against the truth of a simulated world.",
    discussion: """
      The truth is what 'simulate --truth' wrote; the report what '--format json' printed of the same \
      probes. Beside it stands the oracle: the best that anybody could say who saw those probes.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  @Argument(help: "What really happened.")
  var truth: String

  @Argument(help: "What a detector made of it.")
  var report: String

  @Option(help: "How to print the score.")
  var format = Format.text

  func run() throws {
    let truth = try Files.truth(self.truth)
    let report = try Files.report(self.report)
    guard report.probes == truth.probes, report.span.overlaps(truth.span) else {
      throw Failure(
        .badData,
        "\(self.report) is of \(report.probes.map { "\($0) probes" } ?? "a part of the probes"), and the "
          + "truth of \(truth.probes): print the whole report of the same run")
    }
    let table = ScoreTable([
      (name: "report", score: Score(of: report, against: truth)),
      (name: "oracle", score: Score(of: SavedReport(oracle: truth), against: truth)),
    ])
    try Output.result(format == .json ? table.json() : table.text())
  }
}

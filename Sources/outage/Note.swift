import ArgumentParser
import Glibc
import Outages
import ProbeLog

struct Note: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Notes afterwards that a stretch was maintenance, or has another reason of your own.",
    discussion: """
      What falls in it is reported apart and does not count; the probe log is left as it was. Notes are \
      kept in the data folder, in notes.ndjson, which is only ever appended to.
      """)

  @Argument(help: ArgumentHelp("What reports call it.", valueName: "text"))
  var text: String

  @Option(help: ArgumentHelp("From when: a time, or a day.", valueName: "when"))
  var from: String

  @Option(help: ArgumentHelp("Until when.", valueName: "when"))
  var to: String

  @Option(help: ArgumentHelp("Only of this target; may be given again.", valueName: "name"))
  var target: [String] = []

  @Option(help: ArgumentHelp("Only of this group; may be given again.", valueName: "name"))
  var group: [String] = []

  @OptionGroup var data: DataOptions
  @OptionGroup var zone: ZoneOptions

  func validate() throws {
    if text.allSatisfy(\.isWhitespace) { throw ValidationError("the note has no text") }
  }

  func run() throws {
    let monitor = try Folding.fold([data.existingLog()], isQuiet: true)
    guard let end = monitor.observed?.upperBound else {
      throw Failure(.badData, "\(data.logPath) holds no observations")
    }
    try SelectionOptions.check(targets: target, groups: group, monitor.session)
    let since = try SelectionOptions.instant(from, "--from", before: end, zone.zone)
    let until = try SelectionOptions.instant(to, "--to", before: end, zone.zone)
    if since >= until { throw Failure(.usage, "--from \(since) must be before --to \(until)") }
    let note = Maintenance(title: text, scopes: target + group, when: .once(since..<until))
    let now = Instant(milliseconds: Int64(time(nil)) * 1000)
    if until > now {
      Talk.warning(
        "the note reaches into the future, and a running watch reads no notes; "
          + "what is planned stands in the plan's 'maintenance'")
    }
    do {
      try Notes.append(note, at: now, to: data.notesPath)
    } catch {
      throw Failure(.cannotCreate, error.description)
    }
    Talk.notice("noted in \(data.notesPath)")
  }
}

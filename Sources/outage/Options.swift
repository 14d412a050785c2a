import ArgumentParser
import Glibc
import Outages
import Reports
import Zones

/// A duration as an option has it.
struct PositiveDuration {
  let duration: Duration

  init(_ text: String) throws {
    guard let duration = Duration(text), duration > .zero else {
      throw ValidationError("'\(text)' is no duration; write one like 10m")
    }
    self.duration = duration
  }
}

/// The time zone of times without an offset, and of those in text.
struct ZoneOptions: ParsableArguments {
  @Option(
    name: .customLong("timezone"), help: "The time zone of times in text, like Europe/Berlin.",
    transform: { name in
      guard let zone = Zone(name) else {
        throw ValidationError("'\(name)' is no time zone; write one like UTC or Europe/Berlin")
      }
      return zone
    })
  var zone = Zone.utc
}

/// How a timeline is printed.
struct ReportOptions: ParsableArguments {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  @Option(help: "How to print the timeline.")
  var format = Format.text

  @OptionGroup var zoneOptions: ZoneOptions
  var zone: Zone { zoneOptions.zone }

  @Option(help: "The columns of text. (default: the terminal's, or 80)")
  var width: Int?

  @Flag(name: .shortAndLong, help: "Leave nothing out.")
  var verbose = false

  /// The style for standard output.
  var style: Style { Style.ofOutput(width: width, zone: zone, isVerbose: verbose) }

  func print(_ timeline: Timeline) throws {
    try Output.result(format == .json ? timeline.json() : timeline.text(style))
  }
}

extension Style {
  /// As standard output can show it: with the terminal's width, and its colours where they are wanted.
  static func ofOutput(
    width: Int? = nil, zone: Zone = .utc, isVerbose: Bool = false
  ) -> Style {
    let isTerminal = isatty(STDOUT_FILENO) == 1
    let isPlain = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
    return Style(
      width: width ?? (isTerminal ? terminalWidth : nil) ?? 80, isColoured: isTerminal && !isPlain,
      zone: zone, isVerbose: isVerbose)
  }

  private static var terminalWidth: Int? {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }
}

/// Which part of a timeline is printed.
struct SelectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "From when: a time (2014-12-22T16:15:00Z), a day, or so long before the end of the log (24h).",
      valueName: "when"))
  var since: String?

  @Option(help: ArgumentHelp("Until when, written likewise.", valueName: "when"))
  var until: String?

  @Option(help: ArgumentHelp("Only this target; may be given again.", valueName: "name"))
  var target: [String] = []

  @Option(
    help: ArgumentHelp("Only this group and its members; may be given again.", valueName: "name"))
  var group: [String] = []

  @Option(
    help: ArgumentHelp("How time is counted: \(Self.policies).", valueName: "name"),
    transform: { name in
      guard let policy = Policy(rawValue: name) else {
        throw ValidationError("'\(name)' is no policy; there are \(Self.policies)")
      }
      return policy
    })
  var policy = Policy.everyInterruption

  private static let policies = Policy.allCases.map(\.rawValue).joined(separator: ", ")

  /// The selection of a log that ends at `end`.
  func selection(of session: Session, end: Instant, zone: Zone) throws -> Timeline.Selection {
    try SelectionOptions.check(targets: target, groups: group, session)
    let since = try since.map { try SelectionOptions.instant($0, "--since", before: end, zone) }
    let until = try until.map { try SelectionOptions.instant($0, "--until", before: end, zone) }
    if let since, let until, since >= until {
      throw Failure(.usage, "--since \(since) must be before --until \(until)")
    }
    return Timeline.Selection(
      since: since, until: until, targets: target, groups: group, policy: policy)
  }

  /// Refuses names that a session does not have.
  static func check(targets: [String], groups: [String], _ session: Session) throws {
    for name in targets where session.index(of: name) == nil {
      throw Failure(
        .usage, "there is no target '\(name)'; there are \(list(session.targets.map(\.name)))")
    }
    for name in groups where !session.groups.contains(where: { $0.name == name }) {
      throw Failure(
        .usage, "there is no group '\(name)'; there are \(list(session.groups.map(\.name)))")
    }
  }

  private static func list(_ names: [String]) -> String {
    if names.isEmpty { return "none" }
    return names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
  }

  static func instant(
    _ text: String, _ option: String, before end: Instant, _ zone: Zone
  ) throws -> Instant {
    if let instant = Instant(rfc3339: text) { return instant }
    if let ago = Duration(text) { return end - ago }
    // A day, or a time without an offset, is meant in the report's time zone.
    let local = text.count == 10 ? text + "T00:00:00Z" : text + (text.count == 16 ? ":00Z" : "Z")
    guard let wall = Instant(rfc3339: local) else {
      throw Failure(
        .usage,
        "\(option) '\(text)' is no time; write 2014-12-22T16:15:00Z, 2014-12-22, or 24h")
    }
    return zone.instant(wall: wall)
  }
}

/// What-ifs: other parameters than the log's or the plan's.
struct DetectionOptions: ParsableArguments {
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "What if: another parameter, like detection.sustained=10m. May be given again.",
      valueName: "key=value"))
  var settings: [String] = []

  func validate() throws {
    var detection = Detection()
    try apply(to: &detection)
  }

  func apply(to detection: inout Detection) throws {
    for setting in settings {
      guard let (parameter, value) = Detection.setting(setting) else {
        let known = Detection.parameters.map { "detection.\($0.name)" }.joined(separator: ", ")
        throw ValidationError("--set '\(setting)' is not key=value with one of the keys \(known)")
      }
      if !parameter.set(&detection, value) {
        throw ValidationError(
          "--set detection.\(parameter.name): '\(value)' is not \(parameter.expected)")
      }
    }
  }
}

public import Outages

extension Timeline {
  /// The report for people: what was watched and how it was judged, a drawn strip for each group
  /// and target, the episodes in order, and a table of figures.
  public func text(_ style: Style = Style()) -> String {
    let rows = Rows(self, style)
    let parts = [
      header(style), Strips(self, rows, style).text, EpisodeList(self, style).text + remarks(style),
      SummaryTable(rows, style).text,
    ]
    return parts.joined(separator: "\n")
  }

  private func remarks(_ style: Style) -> String {
    let titles = Dictionary(
      (targets + groups).map { ($0.scope, $0.title) }, uniquingKeysWith: { first, _ in first })
    return remarks.map { remark in
      let text = remark.text(style) { titles[$0] ?? $0.name }
      return text.folded(style.width).map { style.paint($0, .grey) + "\n" }.joined()
    }.joined()
  }

  private func header(_ style: Style) -> String {
    let zone = style.zone
    let length = span.upperBound - span.lowerBound
    let dates = [span.lowerBound, span.upperBound].map { zone.date($0, year: true) }
    let times = [span.lowerBound, span.upperBound].map {
      zone.time($0, seconds: length < .hours(1))
    }
    let until = dates[0] == dates[1] ? times[1] : "\(dates[1]) \(times[1])"
    let parts =
      [
        "\(dates[0]) \(times[0]) – \(until) \(zone.name)", length.rounded,
        "seen from \(vantage.printable)",
      ] + (probes.map { ["\($0.grouped) probes"] } ?? [])
    let rules = [
      "an outage lasts \(detection.sustained.brief) for certain",
      "\(detection.gap) intervals without a probe are unobserved",
      "believed up over \(detection.up), down under \(detection.down)", policy.text,
      "detector \(Detection.version)",
    ]
    return wrapped(parts, style.width).map { style.paint($0, .bold) + "\n" }.joined()
      + wrapped(rules, style.width).map { style.paint($0, .grey) + "\n" }.joined()
  }

  /// Parts with dots between them, on as few lines as they fit on.
  private func wrapped(_ parts: [String], _ width: Int) -> [String] {
    var lines: [String] = []
    for part in parts {
      if let last = lines.last, last.count + 3 + part.count <= width {
        lines[lines.count - 1] = last + " · " + part
      } else {
        lines.append(part)
      }
    }
    return lines
  }
}

/// The groups and targets of a timeline as rows: each group with its members under it, then the
/// others. Of many, only those with something to tell.
struct Rows {
  struct Row {
    var history: History
    var isMember: Bool

    var label: String { (isMember ? "  " : "") + history.title.printable }
  }

  private(set) var rows: [Row] = []
  /// How many targets were up throughout and are not shown.
  private(set) var quiet = 0
  /// The width of the column of labels.
  let labelWidth: Int

  /// More rows than this are too many to show those with nothing to tell.
  private static let many = 24

  init(_ timeline: Timeline, _ style: Style) {
    let targets = Dictionary(
      timeline.targets.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var shown = Set<String>()
    for group in timeline.groups {
      rows.append(Row(history: group, isMember: false))
      for name in group.members ?? [] where shown.insert(name).inserted {
        if let member = targets[name] { rows.append(Row(history: member, isMember: true)) }
      }
    }
    for target in timeline.targets where !shown.contains(target.name) {
      rows.append(Row(history: target, isMember: false))
    }
    if rows.count > Rows.many, !style.isVerbose {
      let all = rows.count
      rows = rows.filter { $0.history.members != nil || !$0.history.isQuiet }
      quiet = all - rows.count
    }
    let longest = rows.map(\.label.columns).max() ?? 0
    labelWidth = min(longest, max(14, style.width / 5))
  }

  /// What was left out, if anything.
  var note: String {
    quiet == 0
      ? "" : "\(quiet.grouped) more target\(quiet == 1 ? " was" : "s were") up throughout\n"
  }
}

extension History {
  /// Whether there is nothing to tell of it: up whenever it was watched, and watched all the time.
  fileprivate var isQuiet: Bool {
    state == .up && blips == 0 && outages.isEmpty && down.ranges.isEmpty
      && (coverage ?? 0) > 0.9
  }
}

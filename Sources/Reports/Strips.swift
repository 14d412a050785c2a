import Outages

/// A drawn strip for each row over a common axis of time. A cell shows the worst that touches it.
struct Strips {
  private let timeline: Timeline
  private let rows: Rows
  private let style: Style
  private let width: Int

  init(_ timeline: Timeline, _ rows: Rows, _ style: Style) {
    (self.timeline, self.rows, self.style) = (timeline, rows, style)
    width = style.width - rows.labelWidth - 2
  }

  var text: String {
    var episodes: [String: [Episode]] = [:]
    for episode in timeline.episodes { episodes[episode.scope.name, default: []].append(episode) }
    var lines = [indent + axis]
    var seen = Set<Mark>()
    for row in rows.rows {
      let cells = cells(of: row.history, episodes[row.history.name] ?? [])
      seen.formUnion(cells)
      lines.append(row.label.fitted(rows.labelWidth) + "  " + painted(cells))
    }
    let legend = Mark.allCases.filter(seen.contains)
      .map { "\(style.paint(String($0.glyph), $0.colour)) \($0.name)" }
    lines.append(indent + legend.joined(separator: "   "))
    return lines.joined(separator: "\n") + "\n" + rows.note
  }

  private var indent: String { String(repeating: " ", count: rows.labelWidth + 2) }
  private var length: Int64 {
    max(1, (timeline.span.upperBound - timeline.span.lowerBound).milliseconds)
  }

  private func column(_ instant: Instant) -> Int {
    let distance = (instant - timeline.span.lowerBound).milliseconds
    return Int(min(max(distance, 0), length) * Int64(width) / length)
  }

  private func cells(of history: History, _ episodes: [Episode]) -> [Mark] {
    var cells = Array(repeating: Mark.up, count: width)
    // A cell is unobserved when most of it is; a short hole would else look like a long one.
    for range in history.unobserved.ranges {
      let half = Duration.milliseconds(length / Int64(width) / 2)
      let first = column(range.lowerBound + half)
      for index in first..<max(first, min(width, column(range.upperBound + half))) {
        cells[index] = .unobserved
      }
    }
    if history.state == .neverUp {
      return cells.map { $0 == .unobserved ? .unobserved : .neverUp }
    }
    for kind in [Episode.Kind.blip, .outage] {
      for episode in episodes where episode.kind == kind {
        let end = episode.end?.midpoint ?? timeline.span.upperBound
        let first = min(column(episode.start.midpoint), width - 1)
        for index in first...max(first, min(width - 1, column(end - .milliseconds(1)))) {
          if cells[index] != .unobserved || index == first { cells[index] = Mark(kind) }
        }
      }
    }
    return cells
  }

  /// The cells as text, each run of equal ones in one colour.
  private func painted(_ cells: [Mark]) -> String {
    var text = ""
    var start = 0
    while start < cells.count {
      let end = cells[start...].firstIndex { $0 != cells[start] } ?? cells.count
      let run = String(repeating: cells[start].glyph, count: end - start)
      text += style.paint(run, cells[start].colour)
      start = end
    }
    return text
  }

  // MARK: The axis

  private static let steps: [Duration] = [
    .seconds(1), .seconds(2), .seconds(5), .seconds(10), .seconds(15), .seconds(30), .minutes(1),
    .minutes(2), .minutes(5), .minutes(10), .minutes(15), .minutes(30), .hours(1), .hours(2),
    .hours(3), .hours(6), .hours(12), .days(1), .days(2), .days(7), .days(14), .days(28), .days(91),
    .days(364), .days(3640),
  ]

  /// Ticks at round times of the zone, as close as their labels allow.
  private var axis: String {
    let labelWidth = 9
    let room = Duration.milliseconds(length * Int64(labelWidth) / Int64(width))
    let step = Strips.steps.first { $0 >= room } ?? .days(3640)
    var line = ""
    for tick in ticks(step) {
      let column = column(tick)
      guard column >= line.count, column < width else { continue }
      let label = "╷" + label(tick, step)
      guard column + label.count <= width else { continue }
      line = line.fitted(column) + label
    }
    return style.paint(line, .grey)
  }

  private func ticks(_ step: Duration) -> [Instant] {
    let zone = style.zone
    let first = timeline.span.lowerBound
    // Weeks begin on Mondays: the first day of 1970 was a Thursday.
    let shift: Duration = step >= .days(7) ? .days(4) : .zero
    let offset = zone.offset(at: first)
    let local = first.milliseconds + offset.milliseconds - shift.milliseconds
    var tick = local - (local % step.milliseconds + step.milliseconds) % step.milliseconds
    var ticks: [Instant] = []
    while true {
      let guess = Instant(milliseconds: tick + shift.milliseconds) - offset
      // What is round on the wall may be an hour off the first offset, after a change of the clocks.
      let instant = step >= .hours(1) ? guess + (offset - zone.offset(at: guess)) : guess
      if instant > timeline.span.upperBound { return ticks }
      if instant >= first { ticks.append(instant) }
      tick += step.milliseconds
    }
  }

  private func label(_ tick: Instant, _ step: Duration) -> String {
    let zone = style.zone
    if step >= .days(28) {
      return String(zone.date(tick, year: true).drop { $0 != " " }.dropFirst())
    }
    let time = zone.time(tick, seconds: step < .minutes(1))
    let isMidnight = time.allSatisfy { $0 == "0" || $0 == ":" }
    return step >= .days(1) || isMidnight ? zone.date(tick, year: false) : time
  }
}

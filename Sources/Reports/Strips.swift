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
    let episodes = Dictionary(grouping: timeline.episodes, by: \.scope)
    let axis = Axis(timeline.span, width: width, zone: style.zone).text
    var lines = [indent + style.paint(axis, .grey)]
    var seen = Set<Mark>()
    for row in rows.rows {
      let cells = cells(of: row.history, episodes[row.history.scope] ?? [])
      seen.formUnion(cells)
      lines.append(row.label.fitted(rows.labelWidth) + "  " + painted(cells))
    }
    let legend = Mark.allCases.filter(seen.contains)
    let length = legend.reduce(0) { $0 + $1.name.count + 5 }
    lines.append(
      String(indent.prefix(max(0, style.width - length)))
        + legend.map { "\(style.paint(String($0.glyph), $0.colour)) \($0.name)" }
        .joined(separator: "   "))
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
    for range in history.maintenance.ranges {
      let first = min(column(range.lowerBound), width - 1)
      for index in first...max(first, min(width - 1, column(range.upperBound - .milliseconds(1)))) {
        cells[index] = .maintenance
      }
    }
    if history.state == .neverUp {
      return cells.map { $0 == .unobserved ? .unobserved : .neverUp }
    }
    for kind in [Episode.Kind.degraded, .blip, .instability, .outage] {
      for episode in episodes where episode.kind == kind && episode.maintenance == nil {
        let end = episode.end?.midpoint ?? timeline.span.upperBound
        let first = min(column(episode.start.midpoint), width - 1)
        let last = max(first, min(width - 1, column(end - .milliseconds(1))))
        let seen = (first...last).filter { cells[$0] != .unobserved }
        // What falls into unobserved time as a whole would else not be seen at all.
        for index in seen.isEmpty ? [first] : seen { cells[index] = Mark(kind) }
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
}

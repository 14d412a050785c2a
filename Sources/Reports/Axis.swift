import Outages

/// The axis of time over the strips: ticks at round times of a zone, as close as their labels
/// allow.
struct Axis {
  private let span: Range<Instant>
  private let width: Int
  private let zone: Zone

  init(_ span: Range<Instant>, width: Int, zone: Zone) {
    (self.span, self.width, self.zone) = (span, width, zone)
  }

  private enum Step {
    case time(Duration)
    case months(Int64)
  }

  private static let times: [Duration] = [
    .seconds(1), .seconds(2), .seconds(5), .seconds(10), .seconds(15), .seconds(30), .minutes(1),
    .minutes(2), .minutes(5), .minutes(10), .minutes(15), .minutes(30), .hours(1), .hours(2),
    .hours(3), .hours(6), .hours(12), .days(1), .days(2), .days(7), .days(14),
  ]
  private static let months: [Int64] = [1, 2, 3, 6, 12, 24, 60, 120, 600]
  /// The width of the longest label, `╷Dec 2014`, and a space.
  private static let labelWidth = 9

  var text: String {
    var line = ""
    for (tick, label) in ticks {
      let column = Int((tick - span.lowerBound).milliseconds * Int64(width) / length)
      guard column >= line.count, column + 1 + label.count <= width else { continue }
      line = line.fitted(column) + "╷" + label
    }
    return line
  }

  private var length: Int64 { max(1, (span.upperBound - span.lowerBound).milliseconds) }

  private var ticks: [(Instant, String)] {
    let room = Duration.milliseconds(length * Int64(Axis.labelWidth) / Int64(width))
    if let step = Axis.times.first(where: { $0 >= room }) { return ticks(each: step) }
    let months = Axis.months.first { .days(28) * Double($0) >= room } ?? 600
    return ticks(eachMonths: months)
  }

  private func ticks(each step: Duration) -> [(Instant, String)] {
    // Weeks begin on Mondays: the first day of 1970 was a Thursday.
    let shift: Int64 = step >= .days(7) ? Duration.days(4).milliseconds : 0
    let first = wall(span.lowerBound) - shift
    var wall = first - (first % step.milliseconds + step.milliseconds) % step.milliseconds + shift
    var ticks: [(Instant, String)] = []
    while true {
      let tick = instant(wall)
      if tick > span.upperBound { return ticks }
      if tick >= span.lowerBound { ticks.append((tick, label(tick, step))) }
      wall += step.milliseconds
    }
  }

  private func ticks(eachMonths step: Int64) -> [(Instant, String)] {
    let (first, _) = span.lowerBound.civil(offset: zone.offset(at: span.lowerBound))
    var month = (first.year * 12 + first.month - 1) / step * step
    var ticks: [(Instant, String)] = []
    while true {
      let date = CivilDate(year: month / 12, month: month % 12 + 1, day: 1)
      guard let days = date.daysSinceEpoch else { return ticks }
      let tick = instant(Duration.days(days).milliseconds)
      if tick > span.upperBound { return ticks }
      let name = zone.date(tick, year: true).drop { $0 != " " }.dropFirst()
      if tick >= span.lowerBound { ticks.append((tick, String(name))) }
      month += step
    }
  }

  private func label(_ tick: Instant, _ step: Duration) -> String {
    let time = zone.time(tick, seconds: step < .minutes(1))
    let isMidnight = time.allSatisfy { $0 == "0" || $0 == ":" }
    return step >= .days(1) || isMidnight ? zone.date(tick, year: false) : time
  }

  /// What the clocks of the zone show, as if it were UTC.
  private func wall(_ instant: Instant) -> Int64 {
    instant.milliseconds + zone.offset(at: instant).milliseconds
  }

  /// When the clocks of the zone show this.
  private func instant(_ wall: Int64) -> Instant {
    zone.instant(wall: Instant(milliseconds: wall))
  }
}

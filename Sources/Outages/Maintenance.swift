/// A planned window, or a note made afterwards: what falls in it is reported apart and alarms
/// nobody.
public struct Maintenance: Sendable, Equatable, Codable {
  public enum When: Sendable, Equatable, Codable {
    case once(Range<Instant>)
    case recurring(Recurrence)
  }

  /// On some days of each week, from a time of day on, as the clocks of a zone show it.
  public struct Recurrence: Sendable, Equatable, Codable {
    /// 0 is Monday.
    public var days: Set<Int>
    public var from: Duration
    public var lasting: Duration
    public var zone: Zone

    public init(days: Set<Int>, from: Duration, lasting: Duration, zone: Zone) {
      (self.days, self.from, self.lasting, self.zone) = (days, from, lasting, zone)
    }
  }

  public var title: String
  /// Names of targets and groups; empty when it is everything.
  public var scopes: [String]
  public var when: When

  public init(title: String, scopes: [String], when: When) {
    (self.title, self.scopes, self.when) = (title, scopes, when)
  }

  /// Whether it is about one of these names.
  func concerns(_ names: [String]) -> Bool {
    scopes.isEmpty || scopes.contains(where: names.contains)
  }

  /// Its windows that touch a span, in order.
  public func windows(over span: Range<Instant>) -> [Range<Instant>] {
    switch when {
    case .once(let window): return window.overlaps(span) ? [window] : []
    case .recurring(let recurrence): return recurrence.windows(over: span)
    }
  }
}

extension Maintenance.Recurrence {
  fileprivate func windows(over span: Range<Instant>) -> [Range<Instant>] {
    let day = Duration.days(1).milliseconds
    // Days are counted on the wall; one more on each side for offsets and for windows over
    // midnight.
    let reach = (lasting.milliseconds / day + 2)
    let first = (span.lowerBound.milliseconds + zone.offset(at: span.lowerBound).milliseconds) / day
    let last = (span.upperBound.milliseconds + zone.offset(at: span.upperBound).milliseconds) / day
    return (first - reach...last + 1).compactMap { number in
      // The first day of 1970 was a Thursday.
      guard days.contains(Int(((number + 3) % 7 + 7) % 7)) else { return nil }
      let start = zone.instant(wall: Instant(milliseconds: number * day) + from)
      let window = start..<start + lasting
      return window.overlaps(span) ? window : nil
    }
  }
}

/// How time is counted in availability. Each report names the one in force.
public enum Policy: String, Sendable, CaseIterable, Codable {
  /// Blips, the beats of an instability and outages are down; maintenance and unobserved time are
  /// left out.
  case everyInterruption = "every-interruption"
  /// Only outages are down; blips count as up.
  case outagesOnly = "outages-only"
  /// As the first, and maintenance counts as whatever was seen in it.
  case withMaintenance = "with-maintenance"
  /// As the first, and what nobody saw counts as down.
  case unobservedIsDown = "unobserved-is-down"

  /// What it says, for the head of a report.
  public var text: String {
    switch self {
    case .everyInterruption: "blips count as down"
    case .outagesOnly: "only outages count as down"
    case .withMaintenance: "blips count as down, also in maintenance"
    case .unobservedIsDown: "blips and unobserved time count as down"
    }
  }
}

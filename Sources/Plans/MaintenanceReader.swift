public import Outages
import Zones

/// Reads `maintenance`: windows once, or on some days of each week.
///
///     maintenance:
///       - {title: new line card, of: [north-korea], from: 2014-12-24T00:00:00Z, until: 2014-12-24T04:00:00Z}
///       - {title: backups, of: naenara, every: [sat, sun], at: "03:00", for: 30m, timezone: Asia/Pyongyang}
public enum MaintenanceReader {
  private static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  public static func windows(_ place: Place, in session: Session) -> [Maintenance] {
    place.elements("a list of windows, like - {every: sun, at: '03:00', for: 30m}")
      .compactMap { window($0, in: session) }
  }

  private static func window(_ place: Place, in session: Session) -> Maintenance? {
    let fields = place.fields(["title", "of", "from", "until", "every", "at", "for", "timezone"])
    let title = fields["title"]?.text("a title") ?? "maintenance"
    let scopes = fields["of"].map { self.scopes($0, in: session) } ?? []
    let isOnce = fields["from"] != nil || fields["until"] != nil
    if isOnce, let odd = fields["every"] ?? fields["at"] ?? fields["for"] {
      odd.complain("a window is either once (from, until) or on days of the week (every, at, for)")
      return nil
    }
    let when = isOnce ? once(place, fields) : recurring(place, fields)
    return when.map { Maintenance(title: title, scopes: scopes, when: $0) }
  }

  private static func scopes(_ place: Place, in session: Session) -> [String] {
    let expected = "a target, a group, or a list of them"
    let known = session.targets.map(\.name) + session.groups.map(\.name)
    return (place.isSequence ? place.elements(expected) : [place]).compactMap { place in
      guard let name = place.text(expected) else { return nil }
      if !known.contains(name) {
        place.complain("'\(name)' is no target and no group\(name.suggestion(of: known))")
      }
      return name
    }
  }

  private static func once(_ place: Place, _ fields: [String: Place]) -> Maintenance.When? {
    guard let from = fields["from"], let until = fields["until"] else {
      place.complain("a window that comes once needs both 'from' and 'until'")
      return nil
    }
    guard let start = instant(from), let end = instant(until) else { return nil }
    if start >= end {
      until.complain("the window must begin before it ends")
      return nil
    }
    return .once(start..<end)
  }

  private static func instant(_ place: Place) -> Instant? {
    let expected = "a time like 2014-12-24T03:00:00Z"
    guard let text = place.text(expected) else { return nil }
    let instant = Instant(rfc3339: text)
    if instant == nil { place.complain("'\(text)' is not \(expected)") }
    return instant
  }

  private static func recurring(_ place: Place, _ fields: [String: Place]) -> Maintenance.When? {
    guard let every = fields["every"], let at = fields["at"], let length = fields["for"] else {
      place.complain(
        "a window needs 'from' and 'until', or 'every', 'at' and 'for', like every: sun, at: '03:00', for: 30m"
      )
      return nil
    }
    var zone = Zone.utc
    if let place = fields["timezone"], let name = place.text("a time zone, like Europe/Berlin") {
      if let known = Zone(name) {
        zone = known
      } else {
        place.complain("'\(name)' is no time zone; write one like UTC or Europe/Berlin")
      }
    }
    let days = self.days(every)
    guard let from = time(at), let lasting = length.duration(.seconds(1)...Duration.days(7)),
      !days.isEmpty
    else { return nil }
    return .recurring(
      Maintenance.Recurrence(days: days, from: from, lasting: lasting, zone: zone))
  }

  private static func days(_ place: Place) -> Set<Int> {
    let expected = "day, or days of the week like sat or [sat, sun]"
    var days = Set<Int>()
    if place.isSequence, place.count == 0 { place.complain("here must be \(expected)") }
    for place in place.isSequence ? place.elements(expected) : [place] {
      guard let text = place.text(expected)?.lowercased() else { continue }
      if text == "day" {
        days.formUnion(0..<7)
      } else if let day = self.days.firstIndex(where: { text.count >= 3 && text.hasPrefix($0) }) {
        days.insert(day)
      } else {
        place.complain("'\(text)' is not 'day', and no day of the week like sat or [sat, sun]")
      }
    }
    return days
  }

  private static func time(_ place: Place) -> Duration? {
    guard let text = place.text("a time of day, like '03:00'") else { return nil }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int64($0) }
    guard parts.count == 2, let hour = parts[0], let minute = parts[1], (0..<24).contains(hour),
      (0..<60).contains(minute)
    else {
      place.complain("'\(text)' is no time of day, like '03:00'; mind the quotes")
      return nil
    }
    return .minutes(hour * 60 + minute)
  }
}

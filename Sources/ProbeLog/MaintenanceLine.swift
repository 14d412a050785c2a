import JSONText
import Outages
import Zones

/// A maintenance window as JSON, in the header of a log and in the file of notes.
struct MaintenanceLine: Decodable {
  private var title: String
  private var of: [String]?
  private var from: String?
  private var until: String?
  private var every: [Int]?
  private var at: String?
  private var `for`: String?
  private var timezone: String?

  static func json(_ maintenance: Maintenance) -> JSON {
    let title: JSON = .string(maintenance.title)
    let scopes: JSON = .array(maintenance.scopes.map { .string($0) })
    switch maintenance.when {
    case .once(let window):
      return .object([
        "title": title, "of": scopes, "from": .string(window.lowerBound.description),
        "until": .string(window.upperBound.description),
      ])
    case .recurring(let recurrence):
      return .object([
        "title": title, "of": scopes,
        "every": .array(recurrence.days.sorted().map { .integer(Int64($0)) }),
        "at": .string(recurrence.from.description), "for": .string(recurrence.lasting.description),
        "timezone": .string(recurrence.zone.name),
      ])
    }
  }

  /// Nil when it is no window that this version knows.
  var maintenance: Maintenance? {
    if let from = from.flatMap({ Instant(rfc3339: $0) }),
      let until = until.flatMap({ Instant(rfc3339: $0) }), from < until
    {
      return Maintenance(title: title, scopes: of ?? [], when: .once(from..<until))
    }
    guard let every, let from = at.flatMap({ Duration($0) }),
      let lasting = `for`.flatMap({ Duration($0) }), let zone = Zone(timezone ?? "UTC")
    else { return nil }
    return Maintenance(
      title: title, scopes: of ?? [],
      when: .recurring(
        Maintenance.Recurrence(days: Set(every), from: from, lasting: lasting, zone: zone)))
  }
}

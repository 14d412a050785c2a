/// What was announced of each scope and lasts. Whatever was announced is followed up, and nothing
/// is announced twice: events are the difference between what was said and what is so.
struct Announcer: Sendable, Equatable, Codable {
  private var told: [Episode.Scope: [Episode]] = [:]

  /// Says what changed for a scope. `episodes` are those of the scope that last, and those that
  /// were over latest.
  mutating func update(
    _ scope: Episode.Scope, with episodes: [Episode], at time: Instant
  ) -> [Event] {
    var events: [Event] = []
    var lasting: [Episode] = []
    let before = told[scope] ?? []
    for old in before {
      guard let new = episodes.first(where: { $0.id == old.id }), !new.isExplained else {
        var gone = episodes.first { $0.id == old.id } ?? old
        gone.kind = old.kind
        events.append(Event(kind: .reclassified, time: time, episode: gone))
        continue
      }
      if new.kind != old.kind {
        events.append(Event(kind: .escalated, time: time, episode: new))
      }
      if new.end != nil {
        events.append(Event(kind: .ended, time: time, episode: new))
      } else {
        lasting.append(new)
      }
    }
    for new in episodes where !new.isExplained && new.end == nil {
      if before.contains(where: { $0.id == new.id }) { continue }
      let isWorse = new.kind == .outage && before.contains { $0.kind == .instability }
      let isOld = new.declared < time && before.contains { $0.start.latest > new.start.latest }
      let kind: Event.Kind = isOld ? .resumed : isWorse ? .escalated : .declared
      events.append(Event(kind: kind, time: time, episode: new))
      lasting.append(new)
    }
    told[scope] = lasting.isEmpty ? nil : lasting
    return events
  }

  /// When the first began of what was announced of a scope and lasts.
  func since(_ scope: Episode.Scope) -> Instant? { told[scope]?.map(\.start.latest).min() }

  /// What was announced and lasts, in order.
  var lasting: [Episode] { told.values.flatMap { $0 }.sorted(by: Episode.inOrder) }

  /// Takes leave of what nobody watches any more.
  mutating func drop(unplannedIn plan: Session, at time: Instant) -> [Event] {
    let groups = Set(plan.groups.map(\.name))
    let dropped = told.filter { scope, _ in
      switch scope {
      case .target(let name): !plan.isPlanned(name)
      case .group(let name): !groups.contains(name)
      case .vantage: false
      }
    }
    for scope in dropped.keys { told[scope] = nil }
    return dropped.values.flatMap { $0 }.sorted(by: Episode.inOrder)
      .map { Event(kind: .dropped, time: time, episode: $0) }
  }
}

/// An event of a group: its members fell together, and for a while all of them were down.
struct GroupEvent: Sendable, Equatable {
  /// A member's interruption that this event explains.
  struct Part: Sendable, Hashable {
    var member: Int
    var firstFailed: Instant
  }

  private(set) var parts: [Part] = []
  /// The members that are not back yet.
  private(set) var away: Set<Int> = []
  /// The first member's fall.
  private(set) var start: Bounds
  /// The last member's fall: from here on all were down.
  private(set) var fullStart: Bounds
  /// The first member's return.
  private(set) var fullEnd: Bounds?
  /// The last member's return so far.
  private(set) var end: Bounds?
  private(set) var failure: Failure
  fileprivate(set) var kind = Episode.Kind.blip
  fileprivate(set) var declared: Instant

  fileprivate init(_ first: (member: Int, interruption: Interruption), declared: Instant) {
    start = first.interruption.start
    fullStart = first.interruption.start
    failure = first.interruption.failure
    self.declared = declared
    join(first.member, first.interruption)
  }

  fileprivate mutating func join(_ member: Int, _ interruption: Interruption) {
    parts.append(Part(member: member, firstFailed: interruption.firstFailed))
    away.insert(member)
    guard fullEnd == nil else { return }
    let fall = interruption.start
    if fall.latest < start.latest { failure = interruption.failure }
    start = start.combined(with: fall, by: min)
    fullStart = fullStart.combined(with: fall, by: max)
  }

  fileprivate mutating func leave(_ member: Int, _ interruption: Interruption) {
    away.remove(member)
    guard let back = interruption.end else { return }
    fullEnd = fullEnd.map { $0.combined(with: back, by: min) } ?? back
    end = end.map { $0.combined(with: back, by: max) } ?? back
  }

  /// Whether this event speaks for a member's interruption: a blip of all does not explain the
  /// outage of the one that stayed away.
  func explains(_ kind: Episode.Kind) -> Bool { self.kind == .outage || kind == .blip }
}

extension Bounds {
  /// The bounds of the earlier (`min`) or the later (`max`) of two changes.
  fileprivate func combined(with other: Bounds, by pick: (Instant, Instant) -> Instant) -> Bounds {
    let earliest = earliest.flatMap { a in other.earliest.map { pick(a, $0) } }
    return Bounds(earliest: earliest, latest: pick(latest, other.latest))
  }
}

/// One event, one episode: the fourth layer. It follows the interruptions of a group's members and
/// says when all of them are down at once.
struct GroupWatch: Sendable, Equatable {
  private(set) var group = Group(name: "", members: [])
  /// Indices of the members in the session.
  private(set) var members: [Int] = []
  /// The interruptions that members are in.
  private var down: [Int: Interruption] = [:]
  private(set) var current: GroupEvent?
  /// Events that are over, in order.
  private(set) var past: [GroupEvent] = []

  /// Goes on with a newer description of the group. `interruption` is what a member is in.
  mutating func adopt(
    _ newer: Group, members: [Int], interruption: (Int) -> Interruption?
  ) {
    (group, self.members) = (newer, members)
    down = [:]
    for member in members { down[member] = interruption(member) }
  }

  /// What a member's change brought about for the group.
  enum Change: Sendable, Equatable {
    case began(GroupEvent)
    case escalated(GroupEvent)
    case ended(GroupEvent)
  }

  /// Takes in a member's change. Members that do not count, since they were never seen up, are not
  /// waited for.
  mutating func observe(
    _ change: Track.Change, of member: Int, at time: Instant, detection: Detection,
    counts: (Int) -> Bool
  ) -> Change? {
    switch change {
    case .began(let interruption):
      down[member] = interruption
      if current != nil {
        current?.join(member, interruption)
        return nil
      }
      begin(with: interruption, at: time, detection: detection, counts: counts)
      // With long intervals the probe that confirms the fall can be the one that proves an outage.
      for member in current?.away ?? [] { escalate(member, at: time) }
      return current.map { .began($0) }
    case .escalated(let interruption):
      down[member] = interruption
      return escalate(member, at: time) ? current.map { .escalated($0) } : nil
    case .ended(let interruption):
      down[member] = nil
      return end(member, interruption)
    }
  }

  /// Falls within `sustained` of the latest one are one event; a member that was down long before
  /// fell on its own.
  private mutating func begin(
    with latest: Interruption, at time: Instant, detection: Detection, counts: (Int) -> Bool
  ) {
    guard members.allSatisfy({ down[$0] != nil || !counts($0) }) else { return }
    let together = members.compactMap { member in down[member].map { (member, $0) } }
      .filter { latest.firstFailed - $1.firstFailed <= detection.sustained }
    var event = GroupEvent(together[0], declared: time)
    for (member, interruption) in together.dropFirst() { event.join(member, interruption) }
    current = event
  }

  /// The event is an outage as soon as one of its members' is, while all are down.
  @discardableResult
  private mutating func escalate(_ member: Int, at time: Instant) -> Bool {
    guard let event = current, event.kind == .blip, event.fullEnd == nil,
      event.away.contains(member), down[member]?.kind == .outage
    else { return false }
    current?.kind = .outage
    current?.declared = time
    return true
  }

  private mutating func end(_ member: Int, _ interruption: Interruption) -> Change? {
    guard let isPart = current?.away.contains(member), isPart else { return nil }
    current?.leave(member, interruption)
    guard let event = current, event.away.isEmpty else { return nil }
    past.append(event)
    current = nil
    return .ended(event)
  }

  /// The event that explains a member's interruption.
  func event(explaining part: GroupEvent.Part, of kind: Episode.Kind) -> GroupEvent? {
    if let current, current.explains(kind), current.parts.contains(part) { return current }
    // Events of a group are disjoint and in order: only the last that began by then can be the one.
    let event = past[..<past.partitionPoint { $0.start.latest > part.firstFailed }].last
    return event.flatMap { $0.explains(kind) && $0.parts.contains(part) ? $0 : nil }
  }

  /// What reports say of an event.
  func episode(_ event: GroupEvent, name: (Int) -> String) -> Episode {
    let fallen = Set(event.parts.map(\.member))
    return Episode(
      kind: event.kind, scope: .group(group.name), parent: nil, start: event.start,
      end: current == event ? nil : event.end, declared: event.declared, failure: event.failure,
      group: Episode.GroupPart(
        members: members.filter(fallen.contains).map(name), fullStart: event.fullStart,
        fullEnd: event.fullEnd))
  }
}

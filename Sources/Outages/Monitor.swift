/// The detector: observations in, events out. It reads no clock and does no I/O; the daemon, the
/// replay and the simulation drive this same value.
///
/// Observations must come in the order of their times, as a `Sequencer` hands them out.
public struct Monitor: Sendable, Equatable {
  public private(set) var session: Session
  private(set) var tracks: [Track]
  private(set) var groups: [GroupWatch]
  /// For each target, the indices in `groups` of those it belongs to.
  private var memberships: [[Int]]
  /// The times of the first and the last observation.
  public private(set) var observed: ClosedRange<Instant>?
  /// How many observations came.
  public private(set) var count = 0

  public init(session: Session = Session()) {
    self.session = session
    (tracks, groups, memberships) = ([], [], [])
    arrange()
  }

  /// Goes on under a newer session; see `Session.adopt`. What was decided stays decided: a group
  /// keeps its events when its members change, and also when the newer session has no such group.
  public mutating func adopt(_ newer: Session) {
    session.adopt(newer)
    arrange()
  }

  /// Takes in a target that nothing is known of but its name.
  public mutating func add(_ target: Target) {
    if session.add(target) < tracks.count { return }
    tracks.append(Track(every: target.every))
    memberships.append([])
  }

  private mutating func arrange() {
    for (index, target) in session.targets.enumerated() {
      if index < tracks.count {
        tracks[index].adopt(every: target.every)
      } else {
        tracks.append(Track(every: target.every))
      }
    }
    var known = Dictionary(
      groups.map { ($0.group.name, $0) }, uniquingKeysWith: { first, _ in first })
    let current = session.groups.map { group in
      var watch = known.removeValue(forKey: group.name) ?? GroupWatch()
      watch.adopt(group, members: group.members.compactMap(session.index(of:))) { member in
        tracks[member].interruptions.last.flatMap { $0.firstGood == nil ? $0 : nil }
      }
      return watch
    }
    let names = Set(session.groups.map(\.name))
    groups = current + groups.filter { !names.contains($0.group.name) }
    memberships = Array(repeating: [], count: tracks.count)
    for (index, watch) in current.enumerated() {
      for member in watch.members { memberships[member].append(index) }
    }
  }

  /// Takes in the next observation and says what it changed.
  public mutating func observe(_ observation: Observation) -> [Event] {
    let time = observation.time
    observed = min(observed?.lowerBound ?? time, time)...max(observed?.upperBound ?? time, time)
    count += 1
    let member = observation.target
    guard let change = tracks[member].observe(observation, detection: session.detection) else {
      return []
    }
    return events(of: change, member, at: time)
  }

  private mutating func events(of change: Track.Change, _ member: Int, at time: Instant) -> [Event]
  {
    var events: [Event] = []
    for index in memberships[member] {
      let change = groups[index].observe(
        change, of: member, at: time, detection: session.detection
      ) { [tracks] in tracks[$0].wasEverUp }
      if let change { events.append(event(change, of: groups[index], at: time)) }
    }
    let (kind, interruption): (Event.Kind, Interruption) =
      switch change {
      case .began(let interruption): (.declared, interruption)
      case .escalated(let interruption): (.escalated, interruption)
      case .ended(let interruption): (.ended, interruption)
      }
    let episode = episode(interruption, of: member)
    return [Event(kind: kind, time: time, episode: episode)] + events
  }

  private func event(_ change: GroupWatch.Change, of watch: GroupWatch, at time: Instant) -> Event {
    let (kind, event): (Event.Kind, GroupEvent) =
      switch change {
      case .began(let event): (.declared, event)
      case .escalated(let event): (.escalated, event)
      case .ended(let event): (.ended, event)
      }
    return Event(kind: kind, time: time, episode: episode(event, of: watch))
  }

  func episode(_ event: GroupEvent, of watch: GroupWatch) -> Episode {
    watch.episode(event) { session.targets[$0].name }
  }

  func episode(_ interruption: Interruption, of member: Int) -> Episode {
    let part = GroupEvent.Part(member: member, firstFailed: interruption.firstFailed)
    let parent = memberships[member].lazy.compactMap { index in
      let scope = Episode.Scope.group(groups[index].group.name)
      return groups[index].event(explaining: part, of: interruption.kind)
        .map { Episode.id(of: scope, isUnobserved: false, start: $0.start) }
    }.first
    return Episode(
      kind: interruption.kind, scope: .target(session.targets[member].name), parent: parent,
      start: interruption.start, end: interruption.end, declared: interruption.declared,
      failure: interruption.failure)
  }
}

/// Something that the monitor has just understood.
public struct Event: Sendable, Equatable {
  public enum Kind: Sendable {
    /// An interruption has begun.
    case declared
    /// A blip has become an outage.
    case escalated
    /// It is over.
    case ended
  }

  public var kind: Kind
  /// The send time of the probe that decided.
  public var time: Instant
  public var episode: Episode
}

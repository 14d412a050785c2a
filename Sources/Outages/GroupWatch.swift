/// One event, one episode: the fourth layer. It follows the interruptions of a group's members and
/// says when they are one event of the group: when a quorum fell together, or when so many did that
/// chance would hardly do it.
struct GroupWatch: Sendable, Equatable, Codable {
  private(set) var group = Group(name: "", members: [])
  /// Indices of the members in the session.
  private(set) var members: [Int] = []
  /// The groups that all its members belong to, and others too, by their indices.
  var wider: [Int] = []
  /// The interruptions that members are in.
  private(set) var down: [Int: Interruption] = [:]
  /// Those of them who have outlasted the event that they fell with: they are told of alone.
  private(set) var alone: Set<Int> = []
  /// Events that last, in the order of their declaration.
  private(set) var open: [GroupEvent] = []
  /// Events that are over, in the order of their ends, and the longest from its start to its end.
  private(set) var past: [GroupEvent] = []
  private(set) var longest = Duration.zero
  /// The longest interval between probes of a member that fell.
  private(set) var every = Duration.zero
  private(set) var pattern = Pattern()
  /// Whether no plan has it any more.
  private(set) var isRetired = false
  private(set) var instabilities: [Pattern.Instability] = []

  /// Goes on with a newer description of the group. `interruption` is what a member is in.
  mutating func adopt(
    _ newer: Group, members: [Int], interruption: (Int) -> Interruption?
  ) {
    (group, self.members, isRetired) = (newer, members, false)
    down = [:]
    for member in members { down[member] = interruption(member) }
    abandon { !members.contains($0) }
  }

  /// Who is no member any more, or not watched, is not waited for.
  private mutating func abandon(where hasLeft: (Int) -> Bool) {
    for index in open.indices { open[index].abandon(Set(open[index].away.keys.filter(hasLeft))) }
    finishAll()
  }

  /// A few who stayed away after an earlier event are not waited for, as another begins. Returns them.
  private mutating func abandonStragglers() -> Set<Int> {
    var left: Set<Int> = []
    for index in open.indices where !open[index].isMostlyAway {
      left.formUnion(open[index].away.keys)
      open[index].abandon(Set(open[index].away.keys))
    }
    finishAll()
    return left
  }

  /// A blip of all does not explain the outage of the few who stay away, nor wait for them. Returns them.
  private mutating func releaseOutages() -> Set<Int> {
    var left: Set<Int> = []
    for index in open.indices where open[index].kind == .blip && !open[index].isShared {
      let outages = open[index].away.filter { $0.value.kind == .outage }
      left.formUnion(open[index].release(Set(outages.keys)))
    }
    if left.isEmpty { return [] }
    alone.formUnion(left)
    finishAll()
    return left
  }

  private mutating func finishAll() {
    for event in open where event.isOver { finish(event) }
    open.removeAll(where: \.isOver)
  }

  /// The same, without beginning anything new: it follows what lasts with those who are watched.
  func retired(watching isWatched: (Int) -> Bool) -> GroupWatch {
    var watch = self
    watch.isRetired = true
    watch.abandon { !isWatched($0) }
    return watch
  }

  /// What a group must know of its members to judge a change.
  struct Circumstances {
    /// Whether a member counts: it was seen up at some time.
    var counts: (Int) -> Bool
    /// How often a member is interrupted usually.
    var usual: (Int) -> UsualRate
    /// How likely it is that a member lost all of an interruption's probes by chance.
    var chance: (Int, Interruption) -> Double
    /// How often a member loses a probe by chance.
    var lossRate: (Int) -> Double
    /// When the first member was probed first.
    var first: Instant?
    var detection: Detection
    /// Whether nothing speaks for a loss of ours: else members may lose by one cause.
    var isCalm: Bool
  }

  /// Whom a change concerns beside the member that changed.
  enum Reach {
    case nobody
    /// The group.
    case group
    /// The group and all whom an event concerns that has begun, or has become an outage.
    case members(Set<Int>)

    /// Adds whom it concerns. Returns whether it concerns the group.
    func adds(to all: inout Set<Int>) -> Bool {
      switch self {
      case .nobody: return false
      case .group: break
      case .members(let others): all.formUnion(others)
      }
      return true
    }
  }

  /// A member's interruption has proved to be longer.
  mutating func mend(_ member: Int, _ interruption: Interruption) {
    if down[member] != nil { down[member] = interruption }
  }

  /// A member fails further: which of the events that last something explains. Returns whether that has
  /// changed.
  mutating func excuse(_ areExplained: [Bool], at time: Instant) -> Bool {
    var hasChanged = false
    for (index, isExplained) in areExplained.enumerated() {
      if open[index].excuse(isExplained, at: time) { hasChanged = true }
    }
    return hasChanged
  }

  /// Time has passed. Returns whether an instability ended by that.
  mutating func pass(_ time: Instant) -> Bool {
    guard let ended = pattern.pass(time) else { return false }
    instabilities.append(ended)
    return true
  }

  /// Takes in a member's change, whose probes are `every` apart.
  mutating func observe(
    _ change: Track.Change, of member: Int, at time: Instant, every: Duration,
    _ circumstances: Circumstances
  ) -> Reach {
    self.every = max(self.every, every)
    switch change {
    case .suspected, .cleared, .proved: return .nobody
    case .dissolved(let interruption): return cancel(member, interruption)
    case .began(let interruption):
      down[member] = interruption
      let fallen = begin(member, interruption, at: time, circumstances)
      let grown = escalate(at: time, circumstances)
      return fallen.union(grown).isEmpty ? .group : .members(fallen.union(grown))
    case .escalated(let interruption):
      down[member] = interruption
      for index in open.indices { open[index].update(member, interruption) }
      let grown = escalate(at: time, circumstances).union(releaseOutages())
      return grown.isEmpty ? .group : .members(grown)
    case .ended(let interruption):
      down[member] = nil
      alone.remove(member)
      let quorum = Self.quorum(of: counted(circumstances).count, circumstances.detection)
      if down.count < quorum, let back = interruption.end {
        for index in open.indices { open[index].empty(at: back) }
      }
      guard let index = open.firstIndex(where: { $0.away[member] != nil }) else { return .nobody }
      open[index].leave(
        member, interruption, lossRate: circumstances.lossRate(member), every: every)
      if open[index].isOver { finish(open.remove(at: index)) }
      return .group
    }
  }

  private mutating func finish(_ event: GroupEvent) {
    let last = event.lastKnown
    past.insert(event, at: past.partitionPoint { $0.lastKnown > last })
    longest = max(longest, last - (event.start.earliest ?? event.start.latest))
    if event.kind == .blip, let end = event.end { pattern.end(end, isNear: false) }
  }

  /// A member's interruption was none of its own.
  mutating func cancel(_ member: Int, _ interruption: Interruption) -> Reach {
    down[member] = nil
    alone.remove(member)
    guard let index = open.firstIndex(where: { $0.has(member, interruption) }) else {
      return .nobody
    }
    let before = open[index].members.count
    open[index].cancel(member, interruption)
    let event = open[index]
    // What is left of two is no event of a group.
    if event.members.count < min(2, before) {
      open.remove(at: index)
      if event.kind == .blip { pattern.cancel() }
      return .members(event.members)
    }
    if event.isOver { finish(open.remove(at: index)) }
    return .group
  }

  /// A member fell. Returns all that fell with it when that is an event now, and who stayed away after an
  /// earlier one.
  private mutating func begin(
    _ member: Int, _ interruption: Interruption, at time: Instant, _ circumstances: Circumstances
  ) -> Set<Int> {
    if isRetired { return [] }
    var fallen: Set<Int> = []
    var together = [(member: member, interruption: interruption)]
    var index = open.firstIndex { accepts($0, member, interruption, circumstances) }
    if index == nil {
      together = fallenWith(interruption, circumstances)
      guard isOneEvent(together, circumstances) else { return [] }
      fallen = Set(together.map(\.member))
      // Others have fallen soon after those that are away: it spreads.
      index = open.firstIndex {
        $0.isMostlyAway && isSoon(interruption.start, after: $0, circumstances)
      }
    }
    if let index {
      for (member, interruption) in together {
        open[index].join(
          member, interruption, lossRate: circumstances.lossRate(member), every: every)
      }
    } else if let event = GroupEvent(
      together, declared: time, lossRate: circumstances.lossRate, every: every)
    {
      fallen.formUnion(abandonStragglers())
      index = open.count
      open.append(event)
      pattern.begin(
        event.begun, declared: time, watchedSince: circumstances.first,
        after: past.suffix(4 * Pattern.most).filter { $0.kind == .blip }.map(\.begun))
    }
    guard let index, open[index].fullStart == nil else { return fallen }
    let quorum = Self.quorum(of: counted(circumstances).count, circumstances.detection)
    if down.count >= quorum {
      let last = down.values.map(\.start).max {
        ($0.latest, $0.earliest ?? $0.latest) < ($1.latest, $1.earliest ?? $1.latest)
      }
      if let last { open[index].fill(since: last) }
    }
    return fallen
  }

  /// Whether a blip lasts.
  var hasOpenBlip: Bool { open.contains { $0.kind == .blip } }

  /// A member fails further. Returns the members of events that are outages by that.
  mutating func insist(
    _ member: Int, _ interruption: Interruption, at time: Instant, _ circumstances: Circumstances
  ) -> Set<Int> {
    for index in open.indices where open[index].kind == .blip {
      open[index].update(member, interruption)
    }
    return escalate(at: time, circumstances)
  }

  /// An event is an outage as soon as one of its members' is, or when their losses together prove
  /// it, while most that fell are still away. Returns the members of those that are now.
  private mutating func escalate(at time: Instant, _ circumstances: Circumstances) -> Set<Int> {
    var grown: Set<Int> = []
    for index in open.indices where open[index].kind == .blip {
      let event = open[index]
      guard event.isShared,
        event.away.values.contains(where: { $0.kind == .outage })
          || circumstances.isCalm
            && event.isProved(
              every: every, sustained: circumstances.detection.sustained, circumstances.chance)
      else { continue }
      open[index].escalate(at: time)
      grown.formUnion(event.members)
      if let ended = pattern.escalate(event.begun) { instabilities.append(ended) }
    }
    return grown
  }
}

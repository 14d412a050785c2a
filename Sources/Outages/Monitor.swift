/// The detector: observations in, events out. It reads no clock and does no I/O; the daemon, the
/// replay and the simulation drive this same value.
///
/// Observations must come in the order of their times, as a `Sequencer` hands them out.
public struct Monitor: Sendable, Equatable, Codable {
  public internal(set) var session: Session
  private(set) var tracks: [Track]
  private(set) var chronicles: [Chronicle]
  private(set) var groups: [GroupWatch]
  private(set) var vantage = VantageWatch()
  private(set) var troubles = TroubleWatch()
  private var line = Line()
  /// For each target, the indices in `groups` of those it belongs to.
  private(set) var memberships: [[Int]]
  /// Who is behind each target and group, by its name.
  private(set) var dependents: [String: [Int]] = [:]
  private(set) var sentinels: [Int] = []
  /// The groups whose members beat.
  private var restless: Set<Int> = []
  /// The times of the first and the last observation.
  public private(set) var observed: ClosedRange<Instant>?
  /// Whether the latest observation leaves it uncertain where its target stands, so that it is
  /// worth asking out of turn.
  public private(set) var isInDoubt = false
  /// Others that it makes worth asking: who is still down behind what has just come back, and a
  /// sentinel when a target begins to fail, since that may be our own doing.
  public private(set) var worthAsking: [Int] = []
  /// How many observations came.
  public private(set) var count = 0
  /// The last observations before a newer session began.
  private(set) var sessionEnds: [Instant] = []
  /// The first observations after lapses, with the reasons.
  private(set) var lapses: [Instant: Episode.Cause] = [:]
  var announcer: Announcer?

  /// `announces`: whether `observe` says what changes. A replay has nobody to tell.
  public init(session: Session = Session(), announces: Bool = false) {
    self.session = session
    (tracks, chronicles, groups, memberships) = ([], [], [], [])
    announcer = announces ? Announcer() : nil
    arrange()
    dependents = dependents(of: session)
  }

  /// Goes on under a newer session; see `Session.adopt`. What was decided stays decided: a group
  /// keeps its events when its members change, and also when the newer session has no such group.
  /// Says what was announced and is not watched any more.
  @discardableResult
  public mutating func adopt(_ newer: Session) -> [Event] {
    let last = observed?.upperBound
    if let last { sessionEnds.append(last) }
    session.adopt(newer)
    troubles.keep { newer.isPlanned(session.targets[$0].name) }
    arrange()
    dependents = dependents(of: newer)
    guard let last else { return [] }
    let isWatched = sentinels.contains { newer.isPlanned(session.targets[$0].name) }
    let isFound = !isWatched && vantage.leave(at: last) != nil
    return (isFound ? announceVantage(at: last) : [])
      + (announcer?.drop(unplannedIn: newer, at: last) ?? [])
  }

  /// Takes in a target that nothing is known of but its name.
  public mutating func add(_ target: Target) {
    if session.add(target) < tracks.count { return }
    append(target)
    memberships.append([])
  }

  private mutating func append(_ target: Target) {
    tracks.append(Track(every: target.every))
    chronicles.append(Chronicle())
  }

  private mutating func arrange() {
    for (index, target) in session.targets.enumerated() {
      if index < tracks.count { tracks[index].adopt(every: target.every) } else { append(target) }
    }
    sentinels = session.targets.indices.filter { session.targets[$0].isSentinel }
    var known = Dictionary(
      groups.map { ($0.group.name, $0) }, uniquingKeysWith: { first, _ in first })
    let current = session.groups.map { group in
      var watch = known.removeValue(forKey: group.name) ?? GroupWatch()
      watch.adopt(group, members: group.members.compactMap(session.index(of:))) {
        tracks[$0].believed
      }
      return watch
    }
    let names = Set(session.groups.map(\.name))
    // A group that is not planned any more follows its last events to their ends.
    groups =
      current
      + groups.filter { !names.contains($0.group.name) }.map { group in
        group.retired { session.isPlanned(session.targets[$0].name) }
      }
    restless = Set(groups.indices.filter { groups[$0].pattern.open != nil })
    memberships = Array(repeating: [], count: tracks.count)
    for (index, watch) in groups.enumerated() {
      for member in watch.members { memberships[member].append(index) }
    }
    for index in groups.indices { groups[index].wider = wider(than: index) }
  }

  /// Takes in the next observation and says what it changed, if it is to announce.
  public mutating func observe(_ observation: Observation) -> [Event] {
    let (time, member, outcome) = (observation.time, observation.target, observation.outcome)
    observed = min(observed?.lowerBound ?? time, time)...max(observed?.upperBound ?? time, time)
    count += 1
    if !worthAsking.isEmpty { worthAsking = [] }
    defer {
      // Whether it is up is asked first, since the rest would copy the monitor after each probe.
      isInDoubt =
        !vantage.isLost
        && (!tracks[member].reachability.isUp && isDoubtful(member)
          || !dependents.isEmpty && isReleased(member))
        && (troubles.isCalm || troubles.trouble(of: member) == nil)
    }
    if let lapse = observation.after { lapses[time] = Episode.Cause(rawValue: lapse.rawValue) }
    var events: [Event] = []
    if case .prevented(let trouble) = outcome {
      return prevented(member, by: trouble, at: time)
    }
    if !troubles.isCalm, let trouble = troubles.trouble(of: member) {
      lapses[time] = lapses[time] ?? Episode.Cause(rawValue: trouble.rawValue)
      if troubles.pass(member, at: time) { events = announceVantage(at: time) }
    }
    if !sentinels.isEmpty || vantage.isLost {
      if session.targets[member].isSentinel {
        events += listen(to: member, answered: outcome.isAnswered, at: time)
      } else {
        events += witness(outcome.isAnswered, of: member, at: time)
      }
      if vantage.isLost {
        tracks[member].pass(time, since: vantage.since, &chronicles[member], session.detection)
        return events
      }
    }
    if !restless.isEmpty { events += calm(at: time) }
    let isCalm =
      vantage.isCalm(at: time, session.detection) || session.targets[member].isSentinel
    let (change, isRestated) = tracks[member].observe(
      outcome, at: time, lost: vantage.lost, isCalm: isCalm, &chronicles[member], &line,
      detection: session.detection)
    if let change { events += follow(change, of: member, at: time) }
    if isRestated { events += announce(members: [member], groups: [], at: time) }
    let isRestless =
      !outcome.isAnswered && canLoseExplanation(member) && excuse(member, at: time)
    if change != nil { return events }
    if !outcome.isAnswered {
      if let whole = tracks[member].torn(chronicles[member]), !isOfGroup(whole, member) {
        tracks[member].mend(whole, &chronicles[member], session.detection)
        for index in memberships[member] { groups[index].mend(member, whole) }
        events += announce(members: [member], groups: [], at: time)
      }
      if !memberships[member].isEmpty { events += insist(member, at: time) }
    }
    // What maintenance or another's failure explained may be nobody's but its own by now.
    if isRestless, announcer != nil {
      return events + announce(members: [member], groups: memberships[member], at: time)
    }
    return events
  }

  /// A probe that could not be made is none of its target: its time passes as if nobody had probed.
  /// When it was for want of a way, it tells of our uplink all the same.
  private mutating func prevented(
    _ member: Int, by trouble: Trouble, at time: Instant
  ) -> [Event] {
    var events: [Event] = []
    if !sentinels.isEmpty {
      switch (trouble, session.targets[member].isSentinel) {
      case (.noRoute, true), (.resolver, true):
        events = listen(to: member, answered: false, isByName: trouble == .resolver, at: time)
      case (.noRoute, false): events = witness(false, of: member, at: time)
      default: break
      }
      if vantage.isLost {
        tracks[member].pass(time, since: vantage.since, &chronicles[member], session.detection)
        return events
      }
    }
    let isNews = troubles.prevent(
      member, by: trouble, at: time, after: tracks[member].cadence.last,
      every: tracks[member].cadence.every ?? .seconds(30))
    return isNews ? events + announceVantage(at: time) : events
  }

  /// Whether something that was explained is not any more, or the other way round.
  private mutating func excuse(_ member: Int, at time: Instant) -> Bool {
    var hasChanged = false
    if let open = tracks[member].interruption {
      hasChanged = tracks[member].excuse(episode(open, of: member).isExplained, at: time)
    }
    for index in memberships[member] {
      let watch = groups[index]
      let areExplained = watch.open.map { isExplained($0, of: watch) }
      if groups[index].excuse(areExplained, at: time) { hasChanged = true }
    }
    return hasChanged
  }

  /// A further failed probe may make an outage of what a member's group is in, though no member's
  /// own losses prove one yet.
  private mutating func insist(_ member: Int, at time: Instant) -> [Event] {
    guard let interruption = tracks[member].reachability.interruption, interruption.kind == .blip
    else { return [] }
    var changed: [Int] = []
    var members: Set<Int> = []
    for index in memberships[member] where groups[index].hasOpenBlip {
      let grown = groups[index].insist(
        member, interruption, at: time, circumstances(of: groups[index], at: time))
      if !grown.isEmpty { changed.append(index) }
      members.formUnion(grown)
    }
    return changed.isEmpty ? [] : announce(members: members.sorted(), groups: changed, at: time)
  }

  @inline(__always)
  private mutating func witness(_ answered: Bool, of member: Int, at time: Instant) -> [Event] {
    let change = vantage.witness(
      member, answered: answered, wasUp: tracks[member].reachability.isUp, at: time)
    return change == nil ? [] : announceVantage(at: time)
  }

  /// What was observed of targets in a stretch of time cannot be relied on: it counts as unobserved.
  public mutating func forget(_ time: Range<Instant>, of targets: Set<Int>, after lapse: Lapse) {
    for target in targets where target < chronicles.count { chronicles[target].forget(time) }
    lapses[time.upperBound] = Episode.Cause(rawValue: lapse.rawValue)
  }

  private mutating func follow(_ news: Track.Change, of member: Int, at time: Instant) -> [Event] {
    var change = news
    if case .proved(let blip) = change {
      if isOfGroup(blip, member) { return [] }
      change = .proved(
        tracks[member].prove(blip, at: time, &chronicles[member], session.detection))
    }
    var changed: [Int] = []
    var members: Set<Int> = [member]
    for index in memberships[member] where groups[index].needs(change) {
      let reach = groups[index].observe(
        change, of: member, at: time, every: tracks[member].cadence.every ?? .zero,
        circumstances(of: groups[index], at: time))
      if groups[index].pattern.open != nil { restless.insert(index) }
      if reach.adds(to: &members) { changed.append(index) }
    }
    switch change {
    case .ended where !dependents.isEmpty: worthAsking = released(by: member)
    case .suspected where isDoubtful(member):
      worthAsking = sentinelToAsk(besides: member, at: time).map { [$0] } ?? []
    default: break
    }
    if announcer == nil { return [] }
    if let (kind, interruption) = change.single {
      return [Event(kind: kind, time: time, episode: episode(interruption, of: member))]
    }
    return announce(members: members.sorted(), groups: changed, at: time)
  }

  /// Time has passed for groups whose members beat.
  private mutating func calm(at time: Instant) -> [Event] {
    var calmed: [Int] = []
    for index in restless where groups[index].pass(time) { calmed.append(index) }
    if calmed.isEmpty { return [] }
    restless.subtract(calmed)
    return announce(members: [], groups: calmed.sorted(), at: time)
  }

  /// A sentinel's probe. `isByName`: it failed for want of our resolver.
  private mutating func listen(
    to sentinel: Int, answered: Bool, isByName: Bool = false, at time: Instant
  ) -> [Event] {
    let alive = answered ? [] : alive(asking: sentinel, at: time)
    let change = vantage.observe(
      sentinel, answered: answered, wasUp: tracks[sentinel].reachability.isUp, isByName: isByName,
      at: time, alive: alive, every: session.targets[sentinel].every, detection: session.detection,
      hear: { [tracks, session] in Testimony(of: tracks, in: session, $0) })
    switch change {
    case nil: return []
    case .found, .dismissed: return announceVantage(at: time)
    case .lost(let loss):
      troubles.forget(since: loss.since ?? loss.start.latest)
      // What began to fail when we were last known to be online or later was our own doing.
      var members = Set<Int>()
      var changed = Set<Int>()
      for member in tracks.indices {
        let from = loss.since ?? Instant(milliseconds: .min)
        guard let interruption = tracks[member].absolve(after: from) else { continue }
        members.insert(member)
        for index in memberships[member] {
          let reach = groups[index].cancel(member, interruption)
          if reach.adds(to: &members) { changed.insert(index) }
        }
      }
      return announceVantage(at: time)
        + announce(members: members.sorted(), groups: changed.sorted(), at: time)
    }
  }
}

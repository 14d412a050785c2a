/// From the monitor's state to a timeline.
extension Monitor {
  /// What is known so far, or nil when nothing was observed. By default from the first observation
  /// to the last; `since` and `until` cut it or stretch it with unobserved time.
  public func timeline(_ selection: Timeline.Selection = .init()) -> Timeline? {
    guard let observed else { return nil }
    if selection.policy == .withMaintenance, !session.maintenance.isEmpty {
      var unplanned = self
      unplanned.session.maintenance = []
      return unplanned.timeline(selection)
    }
    let from = selection.since ?? observed.lowerBound
    let span = from..<max(from, selection.until ?? observed.upperBound)
    let lost = vantageSpans(now: max(span.upperBound, observed.upperBound))
    let targets = tracks.indices.map {
      history(of: $0, over: span, lost, last: observed.upperBound, selection.policy)
    }
    let groups = groups.map { history(of: $0, among: targets, over: span, selection.policy) }
    return Timeline(
      span: span, vantage: session.vantage, detection: session.detection,
      probes: span.lowerBound <= observed.lowerBound && span.upperBound >= observed.upperBound
        ? count : nil,
      targets: targets, groups: groups,
      episodes: episodes(over: span, observed: observed), policy: selection.policy
    ).selecting(selection)
  }

  private func history(
    of index: Int, over span: Range<Instant>, _ lost: [Range<Instant>], last: Instant,
    _ policy: Policy
  ) -> History {
    let target = session.targets[index]
    let whole = Spans(unwatched(index, over: span) + lost)
    let reach = min(span.lowerBound, observed?.lowerBound ?? last)..<max(span.upperBound, last)
    let pauses = maintained(target, over: reach)
    let maintenance = pauses.clipped(to: span)
    let unobserved = whole.clipped(to: span).subtracting(maintenance)
    let stretches = allInterruptions(index)
      .filter { policy != .outagesOnly || $0.kind == .outage }
      .map { $0.start.span(to: $0.end, now: span.upperBound) }
    let away = unobserved.union(maintenance)
    let down = Spans(stretches).clipped(to: span).subtracting(away)
    let up = down.union(away).complement(in: span)

    var history = History(
      name: target.name, title: target.name, isSentinel: target.isSentinel,
      state: state(of: index, at: span.upperBound, last: last), up: up, down: down,
      unobserved: unobserved, maintenance: maintenance,
      isUnobservedDown: policy == .unobservedIsDown)
    history.probes = chronicles[index].count
    history.count(
      interruptions(index).map { episode($0, of: index) }, over: span, last: last,
      away: whole.union(pauses))
    return history
  }

  /// When our own uplink was lost.
  private func vantageSpans(now: Instant) -> [Range<Instant>] {
    vantage.losses.map { $0.start.span(to: $0.end, now: now) }
  }

  /// When something kept us from probing a target.
  private func troubled(_ index: Int, _ whole: Range<Instant>) -> Spans {
    let spells = troubles.all.filter { $0.members.contains(index) }
    return Spans(
      spells.map { spell in
        let start = spell.start.earliest ?? spell.start.latest
        return start..<max(start, spell.end?.latest ?? whole.upperBound)
      })
  }

  /// When such things kept us from probing any target that was ever seen.
  private func troubledAll(_ whole: Range<Instant>) -> Spans {
    if troubles.spells.isEmpty { return Spans() }
    return tracks.indices.filter { chronicles[$0].first != nil }
      .reduce(Spans([whole])) { $0.intersection(troubled($1, whole)) }
  }

  /// Time in the span in which nobody watched a target: before its first probe, in holes, after its
  /// last probe.
  private func unwatched(_ index: Int, over span: Range<Instant>) -> [Range<Instant>] {
    let track = tracks[index]
    guard let first = chronicles[index].first else { return [span] }
    let before = min(span.lowerBound, first)..<first
    let after = track.cadence.hole(until: span.upperBound, detection: session.detection)
    return [before] + chronicles[index].holes + (after.map { [$0] } ?? [])
  }

  /// A group is up while one member is known to be, and down while all are known to be. Members
  /// that were never up have no say.
  private func history(
    of watch: GroupWatch, among targets: [History], over span: Range<Instant>, _ policy: Policy
  ) -> History {
    let members = watch.members.map { targets[$0] }
    let counted = members.filter { $0.state != .neverUp && $0.state != .unobserved }
    let up = Spans(counted.flatMap(\.up.ranges))
    let downs = counted.map(\.down)
    let down = downs.dropFirst().reduce(downs.first ?? Spans()) { $0.intersection($1) }
    let pauses = counted.map(\.maintenance)
    let maintenance = pauses.dropFirst().reduce(pauses.first ?? Spans()) { $0.intersection($1) }
    let unobserved = up.union(down).union(maintenance).complement(in: span)
    let state: History.State =
      counted.isEmpty
      ? .unobserved
      : counted.allSatisfy { $0.state == .retired }
        ? .retired : counted.contains { $0.state == .up } ? .up : .down
    var history = History(
      name: watch.group.name, title: watch.group.title, members: members.map(\.name), state: state,
      up: up, down: down, unobserved: unobserved, maintenance: maintenance,
      isUnobservedDown: policy == .unobservedIsDown)
    history.count(
      watch.events.map { episode($0, of: watch) }, over: span, last: span.upperBound,
      away: unobserved.union(maintenance))
    return history
  }

  private func episodes(
    over span: Range<Instant>, observed: ClosedRange<Instant>
  ) -> [Episode] {
    // What is clipped has other ends, and an episode's id hangs on them: so first all, then a part.
    let whole =
      min(span.lowerBound, observed.lowerBound)..<max(span.upperBound, observed.upperBound)
    let dark = unobservedByAll(over: whole)
    let longest = tracks.compactMap(\.cadence.every).max() ?? .zero
    // A hole that follows the end of a session begins an interval after its last probe.
    let offs = Spans(sessionEnds.map { $0..<$0 + longest + .milliseconds(1) })
    var episodes = vantage.losses.map(episode) + troubles.spells.map(episode)
    let lost = Spans(vantageSpans(now: whole.upperBound))
    episodes += dark.subtracting(lost).subtracting(troubledAll(whole)).ranges
      .map { unobserved($0, .vantage(session.vantage), over: whole, offs) }
    for watch in groups {
      episodes += watch.events.map { event in
        var episode = episode(event, of: watch)
        if isOver(event) { episode.end = event.end }
        return episode
      }
      episodes += watch.allInstabilities
        .map { episode($0, .group(watch.group.name), member: nil) }
    }
    for (index, target) in session.targets.enumerated() {
      episodes += interruptions(index).map { episode($0, of: index) }
      episodes += instabilities(index).map { episode($0, .target(target.name), member: index) }
      episodes += degraded(index).map { episode($0, of: index) }
      // A hole that everybody shares is the vantage's; what reaches beyond it by as much as a hole is the target's.
      let slack = (tracks[index].cadence.every ?? .zero) * max(session.detection.gap - 1, 1)
      episodes += Spans(chronicles[index].holes).subtracting(dark.union(troubled(index, whole)))
        .ranges
        .filter { $0.upperBound - $0.lowerBound > slack }
        .map { unobserved($0, .target(target.name), over: whole, offs) }
    }
    return episodes.filter { $0.overlaps(span) }.sorted(by: Episode.inOrder)
  }

  /// Time in which nobody was watched at all.
  private func unobservedByAll(over whole: Range<Instant>) -> Spans {
    tracks.indices.reduce(Spans([whole])) {
      $0.ranges.isEmpty ? $0 : $0.intersection(Spans(unwatched($1, over: whole)))
    }
  }

  private func unobserved(
    _ range: Range<Instant>, _ scope: Episode.Scope, over span: Range<Instant>, _ offs: Spans
  ) -> Episode {
    let isOver = range.upperBound < span.upperBound
    let lapse = lapses.first { range.lowerBound < $0.key && $0.key <= range.upperBound }?.value
    return Episode(
      kind: .unobserved, scope: scope, parent: nil,
      start: Bounds(earliest: range.lowerBound, latest: range.lowerBound),
      end: isOver ? Bounds(earliest: range.upperBound, latest: range.upperBound) : nil,
      declared: range.upperBound,
      cause: offs.contains(range.lowerBound) ? .daemonOff : lapse ?? .noProbes)
  }
}

extension Monitor {
  /// A target's interruptions, the one that lasts last. What was never up has none.
  func interruptions(_ index: Int) -> [Interruption] {
    let (track, past) = (tracks[index], chronicles[index].past)
    return past + (track.interruption.map { [$0] } ?? [])
  }

  /// The same, also the one that has lasted since before it was ever seen up.
  private func allInterruptions(_ index: Int) -> [Interruption] {
    let (track, past) = (tracks[index], chronicles[index].past)
    if track.isNeverUp { return past + (track.reachability.open.map { [$0] } ?? []) }
    return interruptions(index)
  }

  /// Where a target stands at the end of a span, of a log whose last observation was at `last`.
  private func state(of index: Int, at end: Instant, last: Instant) -> History.State {
    let track = tracks[index]
    guard chronicles[index].first != nil else { return .unobserved }
    if track.isNeverUp { return .neverUp }
    if end >= last, troubles.trouble(of: index) != nil { return .unobserved }
    if end >= last, let hole = track.cadence.hole(until: last, detection: session.detection) {
      // Who lost his turns is still watched.
      let isOverloaded = lapses.contains { $0.key >= hole.lowerBound && $0.value == .overload }
      return isOverloaded ? .unobserved : .retired
    }
    if end < last {
      let isDown = allInterruptions(index).contains {
        $0.start.midpoint < end && end <= $0.end?.midpoint ?? last
      }
      return isDown ? .down : .up
    }
    return track.reachability.interruption == nil ? .up : .down
  }
}

extension History {
  /// Counts the blips and outages among episodes. An outage that reaches beyond the span counts
  /// with its whole length; what is not over by `last` lasts until then.
  fileprivate mutating func count(
    _ episodes: [Episode], over span: Range<Instant>, last: Instant, away: Spans
  ) {
    for episode in episodes where episode.overlaps(span) && episode.maintenance == nil {
      if episode.kind == .blip { blips += 1 }
      guard episode.kind == .outage else { continue }
      let own = episode.likelySpan(now: max(last, span.upperBound))
      let length = own.upperBound - own.lowerBound - away.total(in: own)
      outages.append(length)
      if let end = episode.end, end.midpoint <= span.upperBound { repaired.append(length) }
    }
  }
}

extension Episode {
  func overlaps(_ span: Range<Instant>) -> Bool {
    start.midpoint < max(span.upperBound, span.lowerBound + .milliseconds(1))
      && end.map { $0.midpoint > span.lowerBound } ?? true
  }

  static func inOrder(_ a: Episode, _ b: Episode) -> Bool {
    if a.start.latest != b.start.latest { return a.start.latest < b.start.latest }
    if a.scope.rank != b.scope.rank { return a.scope.rank < b.scope.rank }
    if a.scope.name != b.scope.name { return a.scope.name < b.scope.name }
    return a.kind.rank < b.kind.rank
  }
}

extension Episode.Kind {
  /// Of two that start together, the one that owns the other comes first.
  fileprivate var rank: Int {
    switch self {
    case .unobserved: 0
    case .instability: 1
    case .degraded: 2
    case .blip, .outage: 3
    }
  }
}

extension Episode.Scope {
  fileprivate var rank: Int {
    switch self {
    case .vantage: 0
    case .group: 1
    case .target: 2
    }
  }
}

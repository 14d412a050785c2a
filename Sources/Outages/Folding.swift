/// From the monitor's state to a timeline.
extension Monitor {
  /// What is known so far, or nil when nothing was observed. By default from the first observation
  /// to the last; `since` and `until` cut it or stretch it with unobserved time.
  public func timeline(_ selection: Timeline.Selection = .init()) -> Timeline? {
    guard let observed else { return nil }
    let from = selection.since ?? observed.lowerBound
    let span = from..<max(from, selection.until ?? observed.upperBound)
    let targets = tracks.indices.map { history(of: $0, over: span, last: observed.upperBound) }
    let groups = groups.map { history(of: $0, among: targets, over: span) }
    return Timeline(
      span: span, vantage: session.vantage, detection: session.detection, probes: count,
      targets: targets, groups: groups,
      episodes: episodes(over: span, observed: observed)
    ).selecting(selection)
  }

  private func history(
    of index: Int, over span: Range<Instant>, last: Instant
  ) -> History {
    let (track, target) = (tracks[index], session.targets[index])
    let unobserved = Spans(unwatched(track, over: span)).clipped(to: span)
    let stretches = track.allInterruptions.map { $0.start.span(to: $0.end, now: span.upperBound) }
    let down = Spans(stretches).clipped(to: span).subtracting(unobserved)
    let up = down.union(unobserved).complement(in: span)

    var history = History(
      name: target.name, title: target.name, isSentinel: target.isSentinel,
      state: track.state(at: span.upperBound, last: last, detection: session.detection), up: up,
      down: down, unobserved: unobserved)
    history.count(track.interruptions.map { episode($0, of: index) }, over: span)
    return history
  }

  /// Time in the span in which nobody watched a target: before its first probe, in holes, after its
  /// last probe.
  private func unwatched(_ track: Track, over span: Range<Instant>) -> [Range<Instant>] {
    guard let first = track.first else { return [span] }
    let before = min(span.lowerBound, first)..<first
    let after = track.cadence.hole(until: span.upperBound, detection: session.detection)
    return [before] + track.holes + (after.map { [$0] } ?? [])
  }

  /// A group is up while one member is known to be, and down while all are known to be. Members that
  /// were never up have no say.
  private func history(
    of watch: GroupWatch, among targets: [History], over span: Range<Instant>
  ) -> History {
    let members = watch.members.map { targets[$0] }
    let counted = members.filter { $0.state != .neverUp && $0.state != .unobserved }
    let up = Spans(counted.flatMap(\.up.ranges))
    let downs = counted.map(\.down)
    let down = downs.dropFirst().reduce(downs.first ?? Spans()) { $0.intersection($1) }
    let unobserved = up.union(down).complement(in: span)
    let state: History.State =
      counted.isEmpty
      ? .unobserved
      : counted.allSatisfy { $0.state == .retired }
        ? .retired : counted.contains { $0.state == .up } ? .up : .down
    var history = History(
      name: watch.group.name, title: watch.group.title, members: members.map(\.name), state: state,
      up: up, down: down, unobserved: unobserved)
    history.count(watch.events.map { episode($0, of: watch) }, over: span)
    return history
  }

  private func episodes(
    over span: Range<Instant>, observed: ClosedRange<Instant>
  ) -> [Episode] {
    // What is clipped has other ends, and an episode's id hangs on them: so first all, then a part.
    let whole =
      min(span.lowerBound, observed.lowerBound)..<max(span.upperBound, observed.upperBound)
    let dark = unobservedByAll(over: whole)
    var episodes = dark.ranges.map { unobserved($0, .vantage(session.vantage), over: whole) }
    for watch in groups { episodes += watch.events.map { episode($0, of: watch) } }
    for (index, track) in tracks.enumerated() {
      episodes += track.interruptions.map { episode($0, of: index) }
      // A hole that everybody shares is the vantage's; what reaches far beyond it is the target's.
      let slack = (track.cadence.every ?? .zero) * session.detection.gap
      episodes += Spans(track.holes).subtracting(dark).ranges
        .filter { $0.upperBound - $0.lowerBound > slack }
        .map { unobserved($0, .target(session.targets[index].name), over: whole) }
    }
    return episodes.filter { $0.overlaps(span) }.sorted(by: Episode.inOrder)
  }

  /// Time in which nobody was watched at all.
  private func unobservedByAll(over whole: Range<Instant>) -> Spans {
    tracks.reduce(Spans([whole])) {
      $0.ranges.isEmpty ? $0 : $0.intersection(Spans(unwatched($1, over: whole)))
    }
  }

  private func unobserved(
    _ range: Range<Instant>, _ scope: Episode.Scope, over span: Range<Instant>
  ) -> Episode {
    let isOver = range.upperBound < span.upperBound
    return Episode(
      kind: .unobserved, scope: scope, parent: nil,
      start: Bounds(earliest: range.lowerBound, latest: range.lowerBound),
      end: isOver ? Bounds(earliest: range.upperBound, latest: range.upperBound) : nil,
      declared: range.upperBound)
  }
}

extension Track {
  /// Its interruptions, also the one that has lasted since before it was ever seen up.
  fileprivate var allInterruptions: [Interruption] {
    if case .doubtful(let open) = reachability, isNeverUp { return past + [open] }
    return past + (reachability.interruption.map { [$0] } ?? [])
  }

  /// Where it stands at the end of a span, of a log whose last observation was at `last`.
  fileprivate func state(at end: Instant, last: Instant, detection: Detection) -> History.State {
    guard first != nil else { return .unobserved }
    if isNeverUp { return .neverUp }
    if end >= last, cadence.hole(until: last, detection: detection) != nil { return .retired }
    if end < last {
      let isDown = allInterruptions.contains {
        $0.start.midpoint < end && end <= $0.end?.midpoint ?? last
      }
      return isDown ? .down : .up
    }
    return reachability.interruption == nil ? .up : .down
  }
}

extension GroupWatch {
  /// Its events, the one that lasts last.
  fileprivate var events: [GroupEvent] { past + (current.map { [$0] } ?? []) }
}

extension History {
  /// Counts the blips and outages among episodes.
  fileprivate mutating func count(_ episodes: [Episode], over span: Range<Instant>) {
    for episode in episodes where episode.overlaps(span) {
      if episode.kind == .blip { blips += 1 }
      guard episode.kind == .outage else { continue }
      let own = episode.likelySpan(now: span.upperBound).clamped(to: span)
      outages.append(own.upperBound - own.lowerBound - unobserved.total(in: own))
      if episode.end != nil { repaired += 1 }
    }
  }
}

extension Episode {
  func overlaps(_ span: Range<Instant>) -> Bool {
    start.midpoint < max(span.upperBound, span.lowerBound + .milliseconds(1))
      && end.map { $0.midpoint > span.lowerBound } ?? true
  }

  fileprivate static func inOrder(_ a: Episode, _ b: Episode) -> Bool {
    if a.start.latest != b.start.latest { return a.start.latest < b.start.latest }
    if a.scope.rank != b.scope.rank { return a.scope.rank < b.scope.rank }
    return a.scope.name < b.scope.name
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

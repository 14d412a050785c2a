/// From what the monitor keeps to episodes, each with the id of the episode that explains it.
extension Monitor {
  // MARK: Maintenance

  /// Takes notes of maintenance that nobody planned; they count from the beginning.
  public mutating func add(_ maintenance: [Maintenance]) {
    session.maintenance += maintenance
  }

  /// When a target is maintained: by its own name, by a group's, or with everything else.
  func maintained(_ target: Target, over span: Range<Instant>) -> Spans {
    if session.maintenance.isEmpty { return Spans() }
    let groups = session.groups.filter { $0.members.contains(target.name) }.map(\.name)
    return maintained([target.name] + groups, over: span)
  }

  private func maintained(_ names: [String], over span: Range<Instant>) -> Spans {
    let windows = session.maintenance.filter { $0.concerns(names) }
      .flatMap { $0.windows(over: span) }
    return Spans(windows).clipped(to: span)
  }

  /// The title of the maintenance in which an episode falls: it overlaps it, and what is certain of it outside,
  /// before and after, is no outage.
  private func maintenance(_ names: [String], _ start: Bounds, _ end: Bounds?) -> String? {
    if session.maintenance.isEmpty { return nil }
    let last = max(start.latest, end?.earliest ?? observed?.upperBound ?? start.latest)
    let certain = start.latest..<last + .milliseconds(1)
    let concerned = session.maintenance.filter { $0.concerns(names) }
    let windows = Spans(concerned.flatMap { $0.windows(over: certain) })
    let outside = last - start.latest - windows.total(in: certain)
    guard outside < session.detection.sustained else { return nil }
    return concerned.first { !$0.windows(over: certain).isEmpty }?.title
  }

  /// The names under which a target can be maintained.
  private func names(of member: Int) -> [String] {
    [session.targets[member].name] + memberships[member].map { groups[$0].group.name }
  }

  // MARK: Of a target

  func episode(_ interruption: Interruption, of member: Int) -> Episode {
    Episode(
      kind: interruption.kind, scope: .target(session.targets[member].name),
      parent: parent(of: interruption, member), start: interruption.start, end: interruption.end,
      declared: interruption.declared, certain: interruption.certain,
      failure: interruption.failure,
      maintenance: maintenance(names(of: member), interruption.start, interruption.end),
      key: interruption.key)
  }

  /// What explains a target's interruption, the widest first.
  private func parent(of interruption: Interruption, _ member: Int) -> String? {
    let (start, end) = (interruption.start, interruption.end)
    if let own = vantageLoss(explaining: start) { return own }
    let target = session.targets[member]
    if let above = behind(target.behind, start, end) { return above }
    for index in memberships[member] where groups[index].group.behind != target.name {
      let watch = groups[index]
      if let event = watch.event(
        explaining: interruption, of: member, slack: session.detection.sustained)
      {
        return Episode.id(of: .group(watch.group.name), event.kind, event.key)
      }
      if let above = behind(watch.group.behind, start, end) { return above }
    }
    if interruption.kind == .outage { return nil }
    let scope = Episode.Scope.target(target.name)
    if let stretch = degraded(member).last(where: { $0.start.latest <= start.latest }),
      stretch.end.map({ start.latest <= $0.latest }) ?? true
    {
      return Episode.id(of: scope, stretch.kind, stretch.start.latest)
    }
    return instability(instabilities(member), owning: start).map {
      Episode.id(of: scope, .instability, $0.first)
    }
  }

  func degraded(_ member: Int) -> [Degradation.Stretch] {
    chronicles[member].degraded + (tracks[member].degradation.open.map { [$0] } ?? [])
  }

  func instabilities(_ member: Int) -> [Pattern.Instability] {
    chronicles[member].instabilities + (tracks[member].pattern.open.map { [$0] } ?? [])
  }

  func episode(_ stretch: Degradation.Stretch, of member: Int) -> Episode {
    Episode(
      kind: stretch.kind, scope: .target(session.targets[member].name),
      parent: vantageLoss(explaining: stretch.start), start: stretch.start, end: stretch.end,
      declared: stretch.declared,
      maintenance: maintenance(names(of: member), stretch.start, stretch.end),
      blips: stretch.beats.map(Int.init))
  }

  // MARK: Of a group

  func episode(_ event: GroupEvent, of watch: GroupWatch) -> Episode {
    var episode = watch.episode(event) { session.targets[$0].name }
    episode.maintenance = maintenance(of: watch, event, until: episode.end)
    episode.parent = parent(of: event, watch)
    return episode
  }

  /// Whether something explains an event.
  func isExplained(_ event: GroupEvent, of watch: GroupWatch) -> Bool {
    parent(of: event, watch) != nil
      || maintenance(of: watch, event, until: event.isOver ? event.end : nil) != nil
  }

  private func parent(of event: GroupEvent, _ watch: GroupWatch) -> String? {
    vantageLoss(explaining: event.start)
      ?? (dependents.isEmpty
        ? nil : behind(above(watch, event), event.start, event.isOver ? event.end : nil))
      ?? wider(than: event, of: watch)
      ?? (event.kind == .blip ? instability(of: watch, owning: event.begun) : nil)
  }

  /// The maintenance of a group, or that of each of its members that fell.
  private func maintenance(of watch: GroupWatch, _ event: GroupEvent, until end: Bounds?) -> String?
  {
    if session.maintenance.isEmpty { return nil }
    if let own = maintenance([watch.group.name], event.start, end) { return own }
    let theirs = event.members.sorted().map { maintenance(names(of: $0), event.start, end) }
    return theirs.contains(nil) ? nil : theirs.first ?? nil
  }

  /// What the group is behind, or what all of its members that fell are.
  private func above(_ watch: GroupWatch, _ event: GroupEvent) -> String? {
    if let own = watch.group.behind { return own }
    let theirs = Set(event.members.map { session.targets[$0].behind })
    return theirs.count == 1 ? theirs.first ?? nil : nil
  }

  /// The event of a group that this one is a part of, if all fell with that who fell with this.
  private func wider(than event: GroupEvent, of watch: GroupWatch) -> String? {
    for index in watch.wider {
      let whole = groups[index]
      let isWhole = { (other: GroupEvent) in
        event.parts.isSubset(of: other.parts) && (other.kind == .outage || event.kind == .blip)
      }
      if let fit = whole.open.last(where: isWhole) ?? whole.past.last(where: isWhole) {
        return Episode.id(of: .group(whole.group.name), fit.kind, fit.key)
      }
    }
    return nil
  }

  private func instability(of watch: GroupWatch, owning start: Bounds) -> String? {
    let all = watch.allInstabilities
    return instability(all, owning: start).map {
      Episode.id(of: .group(watch.group.name), .instability, $0.first)
    }
  }

  // MARK: Of either

  /// The instability that a blip with this start is a beat of.
  private func instability(
    _ all: [Pattern.Instability], owning start: Bounds
  ) -> Pattern.Instability? {
    let last = all[..<all.partitionPoint { $0.first > start.latest }].last
    return last.flatMap { start.latest <= $0.last ? $0 : nil }
  }

  func episode(
    _ instability: Pattern.Instability, _ scope: Episode.Scope, member: Int?
  ) -> Episode {
    // An instability of a group explains those of its members, and one of what something is behind
    // explains that thing's.
    let own = member.map { memberships[$0].map { groups[$0] } } ?? []
    let above =
      [member.flatMap { session.targets[$0].behind }] + own.map(\.group.behind)
      + [session.groups.first { .group($0.name) == scope }?.behind]
    let parent =
      own.lazy.compactMap { self.instability(of: $0, over: instability) }.first
      ?? above.lazy.compactMap { self.instability(behind: $0, over: instability) }.first
    return Episode(
      kind: .instability, scope: scope, parent: parent, start: instability.start,
      end: instability.end, declared: instability.declared,
      maintenance: maintenance(
        member.map(names) ?? [scope.name], instability.start, instability.end),
      key: instability.first,
      blips: instability.count)
  }

  private func instability(of watch: GroupWatch, over other: Pattern.Instability) -> String? {
    let all = watch.allInstabilities
    return all.last { $0.first <= other.last && other.first <= $0.last }
      .map { Episode.id(of: .group(watch.group.name), .instability, $0.first) }
  }

  private func instability(behind name: String?, over other: Pattern.Instability) -> String? {
    guard let name else { return nil }
    if let watch = groups.first(where: { $0.group.name == name }) {
      return instability(of: watch, over: other)
    }
    return session.index(of: name).flatMap { index in
      instabilities(index).last { $0.first <= other.last && other.first <= $0.last }
        .map { Episode.id(of: .target(name), .instability, $0.first) }
    }
  }

  // MARK: Of the vantage

  func episode(_ loss: VantageWatch.Loss) -> Episode {
    Episode(
      kind: .unobserved, scope: .vantage(session.vantage), parent: nil, start: loss.start,
      end: loss.end, declared: loss.declared, cause: .uplink)
  }

  func episode(_ spell: TroubleWatch.Spell) -> Episode {
    Episode(
      kind: .unobserved, scope: .vantage(session.vantage), parent: nil, start: spell.start,
      end: spell.end, declared: spell.declared ?? spell.start.latest,
      cause: Episode.Cause(rawValue: spell.trouble.rawValue))
  }

  /// The loss of our own uplink in which something began.
  private func vantageLoss(explaining start: Bounds) -> String? {
    let isBefore = { (loss: VantageWatch.Loss) in
      loss.since ?? loss.start.latest < start.latest
    }
    let past = vantage.past
    let candidate =
      vantage.open.flatMap { isBefore($0) ? $0 : nil }
      ?? past[..<past.partitionPoint { !isBefore($0) }].last
    // What fails once we are back is the target's own.
    guard let loss = candidate, loss.end.map({ start.latest < $0.latest }) ?? true else {
      return nil
    }
    return Episode.id(of: .vantage(session.vantage), .unobserved, loss.start.latest)
  }
}

/// What is behind what: whose failure explains whose, and who is worth asking again when it is over.
extension Monitor {
  /// The targets of a plan that are behind each name, themselves or by a group of theirs.
  func dependents(of plan: Session) -> [String: [Int]] {
    var dependents: [String: Set<Int>] = [:]
    func add(_ names: [String], behind above: String?) {
      guard let above else { return }
      dependents[above, default: []].formUnion(
        names.filter(plan.isPlanned).compactMap(session.index(of:)))
    }
    for target in plan.targets { add([target.name], behind: target.behind) }
    for group in plan.groups { add(group.members, behind: group.behind) }
    return dependents.mapValues { $0.sorted() }
  }

  /// Who is still down behind a target that has come back, or behind a group that has with it: whether
  /// that was all that was wrong with them is best asked now.
  func released(by member: Int) -> [Int] {
    let names = [session.targets[member].name] + memberships[member].map { groups[$0].group.name }
    return Set(names.flatMap { dependents[$0] ?? [] }).filter { isReleased($0) }.sorted()
  }

  /// Whether a target is still down by what explains it, though that has come back: before it explains
  /// it no more, it must be known where the target stands.
  func isReleased(_ member: Int) -> Bool {
    guard let start = tracks[member].interruption?.start else { return false }
    let above =
      [session.targets[member].behind] + memberships[member].map { groups[$0].group.behind }
    return above.contains { name in
      guard let name, isBack(name) else { return false }
      return behind(name, start, nil) != nil
    }
  }

  /// Whether a target or a group is not down.
  private func isBack(_ name: String) -> Bool {
    if let index = session.index(of: name) { return tracks[index].interruption == nil }
    return groups.first { $0.group.name == name }?.open.isEmpty ?? false
  }

  /// The interruption of what something is behind that explains it: it was down when this began,
  /// and this did not outlast it by more than the time in which recoveries are staggered.
  func behind(_ name: String?, _ start: Bounds, _ end: Bounds?) -> String? {
    guard let name else { return nil }
    let slack = session.detection.sustained
    let isCause = { (cause: Bounds, causeEnd: Bounds?) in
      let first = cause.earliest ?? cause.latest
      guard first <= start.latest + slack, end.map({ $0.latest > first }) ?? true else {
        return false
      }
      guard let causeEnd else { return true }
      let last = end?.earliest ?? self.observed?.upperBound ?? causeEnd.latest
      return start.earliest.map { $0 <= causeEnd.latest } ?? true
        && last <= causeEnd.latest + slack
    }
    if let index = session.index(of: name) {
      let open = tracks[index].interruption
      let past = chronicles[index].past
      let before = past[..<past.partitionPoint { $0.start.latest > start.latest + slack }]
      let all = before.suffix(2) + (open.map { [$0] } ?? [])
      return all.last { isCause($0.start, $0.end ?? lastSeen(index, $0)) }
        .map { Episode.id(of: .target(name), $0.kind, $0.key) }
    }
    guard let watch = groups.first(where: { $0.group.name == name }) else { return nil }
    let isEvent = { (event: GroupEvent) in
      isCause(event.start, self.isOver(event) ? event.end : nil)
    }
    // Those before have been over for longer.
    let recent = watch.past[
      watch.past.partitionPoint { $0.lastKnown + slack >= start.earliest ?? start.latest }...]
    return (watch.open.last(where: isEvent) ?? recent.last(where: isEvent))
      .map { Episode.id(of: .group(name), $0.kind, $0.key) }
  }

  /// The hole in which a target is that is not probed any more, or not now.
  func silence(of index: Int) -> Range<Instant>? {
    observed.flatMap {
      tracks[index].cadence.hole(until: $0.upperBound, detection: session.detection)
    }
  }

  /// Whether all that are probed and fell are back: who is not probed any more is not waited for.
  func isOver(_ event: GroupEvent) -> Bool {
    event.isOver || !event.away.keys.contains { silence(of: $0) == nil }
  }

  /// Until when what is down was seen to be, if it is not probed any more: it explains nothing later.
  private func lastSeen(_ index: Int, _ open: Interruption) -> Bounds? {
    if silence(of: index) == nil { return nil }
    return Bounds(earliest: open.lastFailed, latest: open.lastFailed)
  }

  /// Whether what explains a member's interruption may explain it no more.
  func canLoseExplanation(_ member: Int) -> Bool {
    tracks[member].reachability.interruption != nil
      && (!session.maintenance.isEmpty || session.targets[member].behind != nil
        || !memberships[member].isEmpty)
  }
}

/// Whether something explained what fails, at its latest failed probe.
struct Excuse: Sendable, Equatable, Codable {
  private var isGiven = false

  /// What explained it may explain it no more: it is declared when it speaks for itself. Returns whether that has
  /// changed.
  mutating func take(_ isExplained: Bool, at time: Instant, _ declared: inout Instant) -> Bool {
    defer { isGiven = isExplained }
    if isGiven == isExplained { return false }
    if isGiven { declared = time }
    return true
  }
}

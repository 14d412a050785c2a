/// What is behind what: whose failure explains whose, and who is worth asking again when it is over.
extension Monitor {
  /// The targets of a plan that are behind each name, themselves or by a group of theirs.
  func dependents(of plan: Session) -> [String: [Int]] {
    var dependents: [String: Set<Int>] = [:]
    func add(_ names: [String], behind above: String?) {
      guard let above else { return }
      dependents[above, default: []].formUnion(names.compactMap(session.index(of:)))
    }
    for target in plan.targets { add([target.name], behind: target.behind) }
    for group in plan.groups { add(group.members, behind: group.behind) }
    return dependents.mapValues { $0.sorted() }
  }

  /// Who is still down behind a target that has come back, or behind a group that has with it: whether
  /// that was all that was wrong with them is best asked now.
  func released(by member: Int) -> [Int] {
    let back = memberships[member].map { groups[$0] }.filter(\.open.isEmpty).map(\.group.name)
    let names = [session.targets[member].name] + back
    return Set(names.flatMap { dependents[$0] ?? [] })
      .filter { $0 != member && isDown($0) }.sorted()
  }

  /// Whether a target is still down behind something that came back so lately that it explains it yet:
  /// before it does not any more, it must be known where the target stands.
  func isReleased(_ member: Int, at time: Instant) -> Bool {
    guard isDown(member) else { return false }
    let above =
      [session.targets[member].behind] + memberships[member].map { groups[$0].group.behind }
    return above.contains { name in
      guard let end = name.flatMap(lastEnd) else { return false }
      return time - end <= session.detection.sustained
    }
  }

  private func isDown(_ member: Int) -> Bool {
    !tracks[member].isNeverUp && tracks[member].reachability.interruption != nil
  }

  /// When a target or a group came back, if it is up.
  private func lastEnd(of name: String) -> Instant? {
    if let index = session.index(of: name) {
      return isDown(index) ? nil : chronicles[index].past.last?.end?.latest
    }
    guard let watch = groups.first(where: { $0.group.name == name }), watch.open.isEmpty else {
      return nil
    }
    return watch.past.last?.end?.latest
  }
}

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

  /// Whether what explains a member's interruption may explain it no more.
  func canLoseExplanation(_ member: Int) -> Bool {
    tracks[member].reachability.interruption != nil
      && (!session.maintenance.isEmpty || session.targets[member].behind != nil
        || memberships[member].contains { groups[$0].group.behind != nil })
  }
}

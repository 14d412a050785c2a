import Outages

/// Who goes down with whom.
extension Session {
  /// Each group as a whole, and each target that has none alone.
  func fates(among indices: some Sequence<Int>) -> [Weather.Whom] {
    let wanted = Set(indices)
    var left = wanted
    var fates: [Weather.Whom] = []
    for group in groups {
      let members = group.members.compactMap(index(of:)).filter(left.contains)
      left.subtract(members)
      if !members.isEmpty {
        fates.append(Weather.Whom(scope: .group(group.name), members: members))
      }
    }
    return fates
      + left.sorted().map { Weather.Whom(scope: .target(targets[$0].name), members: [$0]) }
  }

  /// Members, and all that is behind them or their group.
  func victims(of whom: Weather.Whom) -> [Int] {
    let dependents = dependents(of: whom.scope.map { [$0.name] } ?? [])
    return whom.members + dependents.filter { !whom.members.contains($0) }
  }

  func dependents(of names: Set<String>) -> [Int] {
    guard
      targets.contains(where: { $0.behind != nil })
        || groups.contains(where: { $0.behind != nil })
    else { return [] }
    var names = names
    for group in groups where names.contains(group.name) {
      names.formUnion(group.members)
    }
    while true {
      let groups = groups.filter { $0.behind.map(names.contains) ?? false }
      let targets = targets.filter { $0.behind.map(names.contains) ?? false }
      let more = Set(groups.flatMap { [$0.name] + $0.members } + targets.map(\.name))
      if more.isSubset(of: names) { break }
      names.formUnion(more)
    }
    return targets.indices.filter { names.contains(targets[$0].name) }
  }
}

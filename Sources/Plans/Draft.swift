import Outages

/// A plan in the making: targets first, then the groups that name them, then what is behind what.
struct Draft {
  var plan: Plan
  /// Where the first sentinels stand.
  var sentinels: Place?
  private var suggestions = 0
  /// How many sentinels the plan names.
  private var sentinelCount = 0
  /// The targets that stand for one that is asked over both families.
  private var families: [String: [String]] = [:]
  /// What names what it is behind, and where.
  private var dependents: [(name: String, isGroup: Bool, above: Place)] = []
  /// Groups by their names, as indices in the session's.
  private var groups: [String: Int] = [:]
  /// Groups that came about without being declared, and may yet be.
  private var undeclared: Set<String> = []
  /// Where what all files share was said first.
  private var agreements: [String: String] = [:]

  init(session: Session = Session()) {
    plan = Plan(session: session, probes: [])
    for (index, group) in session.groups.enumerated() { groups[group.name] = index }
  }

  /// Sets what all files share, and complains when one of them has said otherwise.
  mutating func agree<Value: Equatable>(
    _ value: Value, on path: WritableKeyPath<Plan, Value>, _ name: String, at place: Place
  ) {
    if let other = agreements[name] {
      if plan[keyPath: path] != value {
        place.complain("\(other) has another '\(name)'; leave one of them out")
      }
      return
    }
    agreements[name] = place.position
    plan[keyPath: path] = value
  }

  // MARK: Targets

  mutating func add(
    _ asked: TargetReader.Asked, named name: String, isSentinel: Bool = false, at place: Place
  ) {
    if isSentinel { sentinelCount += 1 }
    // An address has one family, whatever is said of all.
    guard asked.isOfBothFamilies, ProbeURL.hasName(asked.probe.url) else {
      return addOne(asked, named: name, isSentinel: isSentinel, at: place)
    }
    // Two targets, so that half up shows; and a group of the target's name for what befalls both.
    var members: [String] = []
    for family in ProbeSettings.Family.allCases {
      var one = asked
      one.probe.settings.family = family
      let member = "\(name)/\(family.rawValue)"
      members.append(member)
      addOne(one, named: member, isSentinel: isSentinel, at: place)
    }
    families[name] = members
    if isSentinel { return }
    for member in members { join(group: name, member) }
    undeclared.remove(name)
  }

  private mutating func addOne(
    _ asked: TargetReader.Asked, named name: String, isSentinel: Bool, at place: Place
  ) {
    if let index = plan.session.index(of: name) {
      let what = plan.session.targets[index].isSentinel ? "sentinel" : "target"
      place.complain("'\(name)' is a \(what) already; give one of them another name")
      return
    }
    plan.session.add(Target(name: name, every: asked.every, isSentinel: isSentinel))
    plan.probes.append(asked.probe)
    if let above = asked.behind { dependents.append((name, false, above)) }
  }

  /// A target of a list joins a group, which comes about when there is none yet.
  mutating func join(group name: String, _ member: String) {
    if let index = groups[name] {
      plan.session.groups[index].members.append(member)
    } else {
      groups[name] = plan.session.groups.count
      undeclared.insert(name)
      plan.session.groups.append(Group(name: name, members: [member]))
    }
  }

  /// The targets of a list join a group by what the list calls them.
  mutating func join(group name: String, asked member: String, at place: Place) {
    if isTarget(name, at: place) { return }
    for member in families[member] ?? [member] { join(group: name, member) }
  }

  // MARK: Groups

  mutating func add(groups place: Place) {
    for (key, value) in place.entries("names and groups, like site: {members: [a, b]}") {
      guard let name = key.text("the group's name") else { continue }
      if !isTarget(name, at: key), groups[name] != nil, !undeclared.contains(name) {
        key.complain("'\(name)' is a group already; give one of them another name")
        continue
      }
      let fields = value.fields(["title", "members", "behind"])
      let title = fields["title"]?.text("a title")
      if let list = fields["members"] {
        members(list).forEach { join(group: name, $0) }
      } else if groups[name] == nil {
        value.complain("there are no members; add them, like members: [a, b]")
      }
      undeclared.remove(name)
      guard let index = groups[name] else { continue }
      plan.session.groups[index].title = title ?? name
      if let above = fields["behind"] { dependents.append((name, true, above)) }
    }
  }

  /// Complains when a group has the name of a target.
  private func isTarget(_ name: String, at place: Place) -> Bool {
    guard plan.session.index(of: name) != nil else { return false }
    place.complain("'\(name)' is a target already; give the group another name")
    return true
  }

  private func members(_ list: Place) -> [String] {
    var members: [String] = []
    var known: Set<String> = []
    for place in list.elements("a list of targets, like [a, b]") {
      guard let name = place.text("a target's name") else { continue }
      for member in families[name] ?? [name] {
        if plan.session.index(of: member) == nil {
          let suggestion = member.suggestion(of: plan.session.targets.map(\.name))
          place.complain("'\(member)' is no target\(suggestion)")
        } else if !known.insert(member).inserted {
          place.complain("'\(member)' stands here twice")
        } else {
          members.append(member)
        }
      }
    }
    if list.isSequence, list.count == 0 { list.complain("a group needs members") }
    return members
  }

  // MARK: Dependencies

  /// Sets what things are behind, now that all names are known, and checks the whole.
  mutating func connect() {
    if let sentinels, sentinels.isMapping, sentinelCount < 2 {
      sentinels.complain("one sentinel proves nothing; name two or more, on different networks")
    }
    var above: [String: Set<String>] = [:]
    for (name, isGroup, place) in dependents {
      guard let behind = behind(place, of: name) else { continue }
      above[name, default: []].insert(behind)
      if isGroup {
        groups[name].map { plan.session.groups[$0].behind = behind }
      } else if let index = plan.session.index(of: name) {
        var target = plan.session.targets[index]
        target.behind = behind
        plan.session.add(target)
      }
    }
    // What all members are behind that fall, their group is.
    for group in plan.session.groups where group.behind == nil {
      above[group.name] = group.members.reduce(into: []) { $0.formUnion(above[$1] ?? []) }
    }
    for (name, _, place) in dependents where Draft.isBehindItself(name, above) {
      place.complain("'\(name)' is behind itself, by way of others; leave one 'behind' out")
    }
  }

  /// The target or group whose failure explains that of `name`.
  private mutating func behind(_ place: Place, of name: String) -> String? {
    guard let text = place.text("the name of a target or a group") else { return nil }
    if text == name || plan.session.index(of: text) == nil && groups[text] == nil {
      suggestions += 1
      let names = plan.session.targets.map(\.name) + groups.keys
      // The same mistake in thousands of rows needs no thousand looks at all names.
      let suggestion = suggestions > 20 ? "" : text.suggestion(of: names.filter { $0 != name })
      place.complain("'\(text)' is no other target or group\(suggestion)")
    } else if let index = groups[text], plan.session.groups[index].members.contains(name) {
      place.complain("'\(name)' is of the group '\(text)' itself, and cannot be behind it")
    }
    return text
  }

  /// Whether what something depends on depends on it in turn.
  private static func isBehindItself(_ name: String, _ above: [String: Set<String>]) -> Bool {
    var seen: Set<String> = []
    // Who is behind himself at once has been told so.
    var next = above[name, default: []].subtracting([name])
    while let current = next.popFirst() {
      if current == name { return true }
      if seen.insert(current).inserted { next.formUnion(above[current] ?? []) }
    }
    return false
  }
}

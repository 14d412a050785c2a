public import Outages

extension Plan {
  /// Reads a plan. `schemes` are those that this machine's libcurl speaks. Throws all that is wrong
  /// with it at once.
  public init(
    yaml text: String, path: String, schemes: Set<String>
  ) throws(Problems) {
    self = try Place.read(text, path: path) { place in
      let fields = place.fields([
        "vantage", "every", "timeout", "detection", "sentinels", "targets", "groups",
        "maintenance",
      ])
      let reader = PlanReader(fields, schemes: schemes)
      guard let targets = fields["targets"] else {
        place.complain("there are no targets; name at least one: targets: {web: 'https://…/'}")
        return nil
      }
      var plan = reader.plan(
        targets: targets, sentinels: fields["sentinels"], groups: fields["groups"])
      if let place = fields["maintenance"] {
        plan.session.maintenance = MaintenanceReader.windows(place, in: plan.session)
      }
      return plan
    }
  }
}

/// Reads the parts that plans and scenarios share: the session, and how targets are asked.
public struct PlanReader {
  /// An interval shorter than this would be load, not watching.
  private static let intervals = Duration.milliseconds(100)...Duration.days(1)
  /// The log promises its lines in order within ten seconds, so a probe must be over by then.
  private static let timeouts = Duration.milliseconds(10)...(Sequencer.tolerance - .seconds(1))

  private let vantage: String
  /// The interval of targets that name none of their own.
  public let every: Duration
  private let timeout: Duration?
  private let detection: Detection
  private let schemes: Set<String>?

  /// Reads `vantage`, `every`, `timeout` and `detection`. Without `schemes`, targets need no URL.
  /// `every` takes the place of what is written.
  public init(_ fields: [String: Place], schemes: Set<String>?, every given: Duration? = nil) {
    self.schemes = schemes
    vantage = fields["vantage"]?.text("the name of the place that probes") ?? "local"
    every = given ?? fields["every"]?.duration(PlanReader.intervals) ?? .seconds(30)
    let interval = every
    timeout = fields["timeout"].flatMap { place in
      given == nil
        ? PlanReader.timeout(place, every: interval) : place.duration(PlanReader.timeouts)
    }
    detection = fields["detection"].map(PlanReader.detection) ?? Detection()
  }

  public func plan(targets: Place?, sentinels: Place?, groups: Place?) -> Plan {
    var plan = Plan(
      session: Session(vantage: vantage, detection: detection), probes: [])
    if let sentinels {
      add(sentinels, areSentinels: true, to: &plan)
      if sentinels.isMapping, sentinels.count < 2 {
        sentinels.complain(
          "one sentinel proves nothing; name two or more, on different networks")
      }
    }
    if let targets {
      add(targets, areSentinels: false, to: &plan)
      if targets.isMapping, targets.count == 0 {
        targets.complain("there are no targets; name at least one")
      }
    }
    plan.session.groups = groups.map { self.groups($0, in: plan.session) } ?? []
    if let targets { addDependencies(of: targets, to: &plan) }
    let places =
      plan.session.targets.map { ($0.name, targets?.field($0.name)) }
      + plan.session.groups.map { ($0.name, groups?.field($0.name)) }
    for (name, place) in places where plan.session.isBehindItself(name) {
      place?.complain("'\(name)' is behind itself, by way of others; leave one 'behind' out")
    }
    return plan
  }

  /// Reads what targets are behind, now that all names are known.
  private func addDependencies(of targets: Place, to plan: inout Plan) {
    let names = plan.session.targets.map(\.name) + plan.session.groups.map(\.name)
    for (key, value) in targets.members {
      guard value.isMapping, let name = key.text("a name"), let place = value.field("behind"),
        let index = plan.session.index(of: name)
      else { continue }
      var target = plan.session.targets[index]
      target.behind = behind(place, of: name, among: names)
      plan.session.add(target)
    }
  }

  private func add(_ place: Place, areSentinels: Bool, to plan: inout Plan) {
    for (key, value) in place.entries("names and URLs, like web: 'https://example.org/'") {
      guard let name = key.text("the target's name") else { continue }
      if plan.session.index(of: name) != nil {
        key.complain("'\(name)' is a sentinel already; give one of them another name")
        continue
      }
      // A target that is refused has its name all the same: who names it has done nothing wrong.
      let (probe, every) = target(value) ?? (defaultProbe(), self.every)
      plan.session.add(Target(name: name, every: every, isSentinel: areSentinels))
      plan.probes.append(probe)
    }
  }

  private func target(_ place: Place) -> (Probe, Duration)? {
    guard place.isMapping else {
      if schemes == nil { return (defaultProbe(url: "", every: every), every) }
      return url(place).map { (defaultProbe(url: $0, every: self.every), self.every) }
    }
    let fields = place.fields(["url", "every", "timeout", "expect", "behind"])
    let every = fields["every"]?.duration(PlanReader.intervals) ?? every
    var probe = defaultProbe(url: "", every: every)
    if let place = fields["timeout"] {
      probe.timeout = PlanReader.timeout(place, every: every) ?? probe.timeout
    }
    if let expect = fields["expect"]?.fields(["status"]), let status = expect["status"] {
      probe.statuses = statuses(status)
    }
    if schemes != nil {
      guard let place = fields["url"] else {
        place.complain("there is no url; add one, like url: 'https://example.org/'")
        return nil
      }
      guard let url = url(place) else { return nil }
      probe.url = url
      if ["tcp", "tls"].contains(probe.scheme), let expect = fields["expect"] {
        expect.complain(
          "\(probe.scheme) has no status to expect; remove this, or use http or https")
      }
    }
    return (probe, every)
  }

  /// How a target is asked that says nothing of it.
  public func defaultProbe() -> Probe { defaultProbe(url: "", every: every) }

  /// With no timeout given that fits: five seconds, or half the interval when that is shorter.
  private func defaultProbe(url: String, every: Duration) -> Probe {
    // A timeout that was given for all is cut only for those whose interval leaves no room for it.
    let given = timeout.flatMap { $0 < every ? $0 : nil }
    return Probe(url: url, timeout: given ?? min(.seconds(5), every / 2))
  }

  private static func timeout(_ place: Place, every: Duration) -> Duration? {
    guard let timeout = place.duration(timeouts) else { return nil }
    if timeout >= every {
      place.complain(
        "the timeout \(timeout) must be shorter than every (\(every)), so that probes don't overlap"
      )
    }
    return timeout
  }

  private func url(_ place: Place) -> String? {
    guard let url = place.text("a URL, like https://example.org/") else { return nil }
    guard let schemes else { return url }
    if let problem = ProbeURL.problem(with: url, schemes: schemes) {
      place.complain(problem)
      return nil
    }
    return url
  }

  /// `200`, `200-399`, or a list of such.
  private func statuses(_ place: Place) -> [ClosedRange<Int>] {
    let expected = "a status or a range of them, like 200-399"
    let places = place.isSequence ? place.elements(expected) : [place]
    return places.compactMap { place in
      guard let text = place.text(expected) else { return nil }
      let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2,
        100 <= first, first <= last, last <= 999
      else {
        place.complain("'\(text)' is not \(expected)")
        return nil
      }
      return first...last
    }
  }

  private static func detection(_ place: Place) -> Detection {
    var detection = Detection()
    let fields = place.fields(Detection.parameters.map(\.name))
    for parameter in Detection.parameters {
      guard let place = fields[parameter.name], let text = place.text(parameter.expected) else {
        continue
      }
      if !parameter.set(&detection, text) {
        place.complain("'\(text)' is not \(parameter.expected)")
      }
    }
    return detection
  }

  /// Reads `groups`, whose members are targets of the session.
  public func groups(_ place: Place, in session: Session) -> [Group] {
    let entries = place.entries("names and groups, like site: {members: [a, b]}")
    let names = session.targets.map(\.name) + entries.compactMap { $0.key.text("a name") }
    return entries.compactMap { key, value in
      guard let name = key.text("the group's name") else { return nil }
      if session.index(of: name) != nil {
        key.complain("'\(name)' is a target already; give the group another name")
      }
      let fields = value.fields(["title", "members", "behind"])
      guard let list = fields["members"] else {
        value.complain("there are no members; add them, like members: [a, b]")
        return nil
      }
      let members = self.members(list, in: session)
      let behind = fields["behind"].flatMap { self.behind($0, of: name, among: names) }
      return Group(
        name: name, title: fields["title"]?.text("a title"), members: members, behind: behind)
    }
  }

  /// The target or group whose failure explains that of `name`.
  private func behind(_ place: Place, of name: String, among names: [String]) -> String? {
    guard let text = place.text("the name of a target or a group") else { return nil }
    if text == name || !names.contains(text) {
      let suggestion = text.suggestion(of: names.filter { $0 != name })
      place.complain("'\(text)' is no other target or group\(suggestion)")
    }
    return text
  }

  private func members(_ list: Place, in session: Session) -> [String] {
    var members: [String] = []
    for place in list.elements("a list of targets, like [a, b]") {
      guard let name = place.text("a target's name") else { continue }
      if session.index(of: name) == nil {
        let suggestion = name.suggestion(of: session.targets.map(\.name))
        place.complain("'\(name)' is no target\(suggestion)")
      } else if members.contains(name) {
        place.complain("'\(name)' stands here twice")
      } else {
        members.append(name)
      }
    }
    if list.isSequence, list.count == 0 { list.complain("a group needs members") }
    return members
  }
}

extension Session {
  /// Whether what something depends on depends on it in turn.
  fileprivate func isBehindItself(_ name: String) -> Bool {
    let above = Dictionary(
      targets.map { ($0.name, $0.behind) } + groups.map { ($0.name, $0.behind) },
      uniquingKeysWith: { first, _ in first })
    var seen: Set<String> = []
    var next = above[name] ?? nil
    // Who is behind himself at once has been told so.
    if next == name { return false }
    while let current = next, seen.insert(current).inserted {
      if current == name { return true }
      next = above[current] ?? nil
    }
    return false
  }
}

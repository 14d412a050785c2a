public import Outages

extension Plan {
  /// Reads a plan that is one file. `schemes` are those that can be probed here. Throws all that is
  /// wrong with it at once.
  public init(yaml text: String, path: String, schemes: Set<String>) throws(Problems) {
    try self.init([Source(path: path, text: text)], schemes: schemes)
  }

  /// Reads a plan that is several files. Each has its own intervals, timeouts and templates; what
  /// they name they may name of each other.
  public init(
    _ sources: [Source], schemes: Set<String>, in surroundings: Surroundings = Surroundings()
  ) throws(Problems) {
    self = try Place.read(sources, in: surroundings) { places in
      var draft = Draft()
      let readers = places.map { place in
        PlanReader(
          place.fields([
            "vantage", "every", "timeout", "source", "family", "record", "limits", "detection",
            "templates", "sentinels", "targets", "lists", "groups", "maintenance",
          ]), schemes: schemes)
      }
      for reader in readers { reader.addTargets(to: &draft) }
      if let first = readers.first, let place = places.first {
        first.checkTargets(draft, at: place)
      }
      for reader in readers { reader.addGroups(to: &draft) }
      draft.connect()
      for reader in readers {
        if let place = reader.fields["maintenance"] {
          draft.plan.session.maintenance += MaintenanceReader.windows(
            place, in: draft.plan.session)
        }
      }
      return draft.plan
    }
  }
}

/// Reads one file's part of a plan, and what scenarios have in common with plans.
public struct PlanReader {
  /// An interval shorter than this would be load, not watching.
  static let intervals = Duration.milliseconds(100)...Duration.days(1)
  /// The log promises its lines in order within ten seconds, so a probe must be over by then.
  static let timeouts = Duration.milliseconds(10)...(Sequencer.tolerance - .seconds(1))

  let fields: [String: Place]
  private let targets: TargetReader

  /// The interval of targets that name none of their own.
  public var every: Duration { targets.every }

  /// Without `schemes`, targets need no URL. `every` takes the place of what is written.
  public init(_ fields: [String: Place], schemes: Set<String>?, every given: Duration? = nil) {
    self.fields = fields
    let every = given ?? fields["every"]?.duration(PlanReader.intervals) ?? .seconds(30)
    let timeout = fields["timeout"].flatMap { place in
      given == nil
        ? TargetReader.timeout(place, every: every) : place.duration(PlanReader.timeouts)
    }
    var settings = ProbeSettings()
    settings.source = fields["source"]?.text("an address or an interface")
    var isOfBothFamilies = false
    if let place = fields["family"] {
      (settings.family, isOfBothFamilies) = SettingsReader.family(place)
    }
    var templates: [String: TargetReader.Template] = [:]
    for (key, value) in fields["templates"]?.entries("names and what targets have in common") ?? []
    {
      if let name = key.text("the template's name") { templates[name] = .init(value) }
    }
    targets = TargetReader(
      every: every, timeout: timeout, schemes: schemes, templates: templates, settings: settings,
      isOfBothFamilies: isOfBothFamilies)
  }

  /// A plan of what stands at these places, and of what was read already.
  public func plan(targets: Place?, sentinels: Place?, groups: Place?) -> Plan {
    var draft = Draft()
    addCommon(to: &draft)
    addTargets(targets, sentinels, to: &draft)
    if let targets, targets.isMapping, targets.count == 0 {
      targets.complain("there are no targets; name at least one")
    }
    if let groups { draft.add(groups: groups) }
    draft.connect()
    return draft.plan
  }

  /// How a target is asked that says nothing of it.
  public func defaultProbe() -> Probe { targets.defaultProbe(url: "", every: every) }

  // MARK: Files

  fileprivate func addTargets(to draft: inout Draft) {
    addCommon(to: &draft)
    addTargets(fields["targets"], fields["sentinels"], to: &draft)
    for place in fields["lists"]?.elements("lists, like - {file: hosts.txt, url: 'icmp://{host}'}")
      ?? []
    {
      ListReader(targets).add(place, to: &draft)
    }
  }

  fileprivate func checkTargets(_ draft: Draft, at place: Place) {
    if draft.plan.session.targets.contains(where: { !$0.isSentinel }) { return }
    // Who was refused has been told why.
    if fields["lists"] != nil || fields["targets"].map({ $0.count > 0 }) ?? false { return }
    (fields["targets"] ?? place).complain(
      "there are no targets; name at least one"
        + (fields["targets"] == nil ? ": targets: {web: 'https://…/'}" : ""))
  }

  fileprivate func addGroups(to draft: inout Draft) {
    if let place = fields["groups"] { draft.add(groups: place) }
  }

  private func addTargets(_ targets: Place?, _ sentinels: Place?, to draft: inout Draft) {
    if let sentinels {
      add(sentinels, areSentinels: true, to: &draft)
      draft.sentinels = draft.sentinels ?? sentinels
    }
    if let targets { add(targets, areSentinels: false, to: &draft) }
  }

  private func add(_ place: Place, areSentinels: Bool, to draft: inout Draft) {
    for (key, value) in place.entries("names and URLs, like web: 'https://example.org/'") {
      guard let name = key.text("the target's name") else { continue }
      // A target that is refused has its name all the same: who names it has done nothing wrong.
      let asked =
        targets.target(value) ?? TargetReader.Asked(probe: defaultProbe(), every: every)
      draft.add(asked, named: name, isSentinel: areSentinels, at: key)
    }
  }

  /// What holds for all files together, so that only one may say it.
  private func addCommon(to draft: inout Draft) {
    if let place = fields["vantage"], let name = place.text("the name of the place that probes") {
      draft.agree(name, on: \.session.vantage, "vantage", at: place)
    }
    if let place = fields["detection"] {
      draft.agree(PlanReader.detection(place), on: \.session.detection, "detection", at: place)
    }
    if let place = fields["limits"] {
      draft.agree(PlanReader.limits(place), on: \.limits, "limits", at: place)
    }
    if let place = fields["record"], let word = place.text("full or brief") {
      if !["full", "brief"].contains(word) {
        place.complain("'\(word)' is neither full nor brief")
      }
      draft.agree(word == "brief", on: \.isBrief, "record", at: place)
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

  private static func limits(_ place: Place) -> Limits {
    var limits = Limits()
    let fields = place.fields(["in-flight", "per-host", "body", "headers"])
    func read(_ name: String, _ range: ClosedRange<Int>, _ path: WritableKeyPath<Limits, Int>) {
      if let number = fields[name]?.wholeNumber(range) { limits[keyPath: path] = number }
    }
    read("in-flight", 1...100_000, \.inFlight)
    read("per-host", 1...100_000, \.perHost)
    read("body", 1...16_777_216, \.body)
    read("headers", 1024...16_777_216, \.headers)
    return limits
  }

  /// Reads `groups`, whose members are targets of the session.
  public func groups(_ place: Place, in session: Session) -> [Group] {
    var draft = Draft(session: session)
    draft.add(groups: place)
    draft.connect()
    return draft.plan.session.groups
  }
}

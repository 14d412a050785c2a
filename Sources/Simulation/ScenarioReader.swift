import Outages
public import Plans

extension Scenario {
  /// Reads a scenario. Throws all that is wrong with it at once.
  public init(yaml text: String, path: String) throws(Problems) {
    self = try Place.read(text, path: path) { ScenarioReader($0).scenario() }
  }

  /// Whether a file's text is meant as a scenario, and not as a plan.
  public static func isMeant(by text: String) -> Bool {
    text.split(separator: "\n").contains { $0.hasPrefix("drawn:") || $0.hasPrefix("weather:") }
  }
}

private struct ScenarioReader {
  private let place: Place
  private let fields: [String: Place]
  private let shared: PlanReader

  init(_ place: Place) {
    self.place = place
    fields = place.fields([
      "title", "start", "length", "seed", "vantage", "every", "timeout", "detection", "sentinels",
      "targets", "groups", "maintenance", "weather", "drawn", "expect",
    ])
    shared = PlanReader(fields, schemes: nil)
  }

  func scenario() -> Scenario? {
    let title = fields["title"]?.text("a title") ?? ""
    let seed = fields["seed"]?.number(0...1e15, "a whole number, like 42") ?? 1
    switch (fields["drawn"], fields["weather"]) {
    case (let drawn?, nil): return maintained(self.drawn(drawn, title: title, seed: UInt64(seed)))
    case (nil, let weather?): return maintained(written(weather, title: title, seed: UInt64(seed)))
    case (nil, nil):
      place.complain("there is nothing to simulate; add 'weather' or 'drawn'")
    case (_?, let weather?):
      weather.complain("a scenario is either drawn or has weather, not both")
    }
    return nil
  }

  private func maintained(_ scenario: Scenario?) -> Scenario? {
    guard var scenario, let place = fields["maintenance"] else { return scenario }
    scenario.plan.session.maintenance = MaintenanceReader.windows(place, in: scenario.plan.session)
    return scenario
  }

  // MARK: Drawn

  private func drawn(_ place: Place, title: String, seed: UInt64) -> Scenario? {
    let known = Set(Drawing.failures.keys).union([".", "_"])
    guard let drawing = drawing(place, cells: known) else { return nil }
    if drawing.rows.isEmpty { place.complain("nothing is drawn here") }
    fields["targets"]?.complain("the targets of a drawn scenario are its rows; remove this")
    var plan = shared.plan(targets: nil, sentinels: nil, groups: nil)
    let probe = shared.defaultProbe()
    for row in drawing.rows {
      if plan.session.index(of: row.name) != nil {
        place.complain("the row '\(row.name)' stands here twice", inLine: row.line)
        continue
      }
      plan.session.add(Target(name: row.name, every: shared.every))
      plan.probes.append(probe)
    }
    plan.session.groups = fields["groups"].map { shared.groups($0, in: plan.session) } ?? []
    for place in fields["sentinels"]?.elements("a list of rows, like [s1, s2]") ?? [] {
      guard let name = place.text("a row's name") else { continue }
      guard let index = plan.session.index(of: name) else {
        place.complain("'\(name)' is no row")
        continue
      }
      plan.session.add(
        Target(name: name, every: plan.session.targets[index].every, isSentinel: true))
    }
    let start = fields["start"].flatMap(instant) ?? Instant(milliseconds: 946_684_800_000)
    let expected = fields["expect"].flatMap { place in
      self.drawing(place, cells: ["B", "O", "I", "D", "_", "."]).map { rows in
        checkNames(rows.rows.map(\.name), in: plan.session, at: place)
        return Scenario.Expected.drawn(rows)
      }
    }
    return Scenario(
      title: title, plan: plan, span: start..<start + shared.every * Double(drawing.width),
      seed: seed, sky: .drawn(drawing), expected: expected)
  }

  private func drawing(_ place: Place, cells: Set<Character>) -> Drawing? {
    guard let text = place.text("rows of a name and a strip, like: | ⏎ web ...xx...") else {
      return nil
    }
    let drawing = Drawing(text)
    for line in drawing.badLines {
      place.complain("this is not a name and a strip, with no space in either", inLine: line)
    }
    let known = cells.map(String.init).sorted().joined(separator: " ")
    for row in drawing.rows {
      for cell in Set(row.cells).subtracting(cells).sorted() {
        place.complain(
          "'\(cell)' in the row '\(row.name)' means nothing; known are \(known)", inLine: row.line)
      }
    }
    return drawing
  }

  private func checkNames(_ names: [String], in session: Session, at place: Place) {
    let groups = session.groups.map(\.name)
    for name in names
    where session.index(of: name) == nil && !groups.contains(name) && name != session.vantage {
      place.complain("'\(name)' is no target, no group and not the vantage")
    }
  }

  // MARK: Written

  private func written(_ place: Place, title: String, seed: UInt64) -> Scenario? {
    guard let targets = fields["targets"] else {
      self.place.complain("there are no targets; name at least one: targets: {web: any text}")
      return nil
    }
    let plan = shared.plan(
      targets: targets, sentinels: fields["sentinels"], groups: fields["groups"])
    let start = (fields["start"] ?? missing("start")).flatMap(instant)
    let length = (fields["length"] ?? missing("length"))?.duration(.seconds(1)...Duration.longest)
    // Without them the weather is read all the same, for what else may be wrong with it.
    let from = start ?? Instant(milliseconds: 0)
    let span = from..<from + (length ?? .longest)
    let weather = place.elements("a list of weather").compactMap {
      self.weather($0, in: span, plan.session)
    }
    return Scenario(
      title: title, plan: plan, span: span, seed: seed, sky: .written(weather),
      expected: fields["expect"].flatMap { expected($0, plan.session) })
  }

  private func missing(_ key: String) -> Place? {
    place.complain("there is no '\(key)'; a scenario with weather needs one")
    return nil
  }

  private func weather(_ place: Place, in span: Range<Instant>, _ session: Session) -> Weather? {
    let fields = place.fields([
      "on", "from", "until", "fails", "flaps", "loss", "latency", "jitter", "unwatched",
    ])
    let from = fields["from"].flatMap(instant) ?? span.lowerBound
    let until = fields["until"].flatMap(instant) ?? span.upperBound
    let isDated = self.fields["start"] != nil && self.fields["length"] != nil
    guard !isDated || span.lowerBound <= from && from < until && until <= span.upperBound else {
      place.complain("this weather must begin before it ends, and within the scenario")
      return nil
    }
    var weather = Weather(
      targets: Array(session.targets.indices), span: from..<max(from, until))
    if let on = fields["on"] { weather.targets = indices(on, in: session) }
    weather.failure = fields["fails"].flatMap { place in
      let words = Failure.allCases.map(\.rawValue).joined(separator: ", ")
      guard let text = place.text("one of \(words)") else { return nil }
      let failure = Failure(rawValue: text)
      if failure == nil { place.complain("'\(text)' is none of \(words)") }
      return failure
    }
    weather.flaps = fields["flaps"].flatMap(flaps)
    weather.loss = fields["loss"].flatMap(percentage)
    weather.latency = fields["latency"]?.duration(.milliseconds(1)...Duration.hours(1))
      .map { Double($0.milliseconds) }
    weather.jitter = fields["jitter"].flatMap(percentage)
    if let place = fields["unwatched"] {
      weather.isUnwatched = place.text("true") == "true"
      if !weather.isUnwatched { place.complain("write unwatched: true, or leave it out") }
      fields["on"]?.complain("when nobody watches, no target is seen; leave 'on' out")
    }
    return weather
  }

  private func indices(_ place: Place, in session: Session) -> [Int] {
    let expected = "a target, a group, or a list of them"
    let places = place.isSequence ? place.elements(expected) : [place]
    return places.flatMap { place -> [Int] in
      guard let name = place.text(expected) else { return [] }
      if let index = session.index(of: name) { return [index] }
      guard let group = session.groups.first(where: { $0.name == name }) else {
        place.complain("'\(name)' is no target and no group")
        return []
      }
      return group.members.compactMap(session.index(of:))
    }
  }

  private func flaps(_ place: Place) -> Flaps? {
    let fields = place.fields(["every", "lasting"])
    guard let every = fields["every"].flatMap(durations),
      let lasting = fields["lasting"].flatMap(durations)
    else {
      place.complain("flaps need 'every' and 'lasting', like {every: 40m..8m, lasting: 20s..3m}")
      return nil
    }
    guard lasting.0 <= lasting.1 else {
      place.complain("'lasting' must name the shortest before the longest")
      return nil
    }
    return Flaps(every: every, lasting: lasting)
  }

  /// `8m`, or `40m..8m`.
  private func durations(_ place: Place) -> (Duration, Duration)? {
    let expected = "a duration, or two like 20s..3m"
    guard let text = place.text(expected) else { return nil }
    let dots = text.firstIndex(of: ".").flatMap { text[$0...].hasPrefix("..") ? $0 : nil }
    let ends = dots.map { [text[..<$0], text[$0...].dropFirst(2)] } ?? [text[...]]
    let durations = ends.compactMap { Duration(String($0)) }.filter { $0 > .zero }
    guard durations.count == ends.count, let first = durations.first, let last = durations.last
    else {
      place.complain("'\(text)' is not \(expected)")
      return nil
    }
    return (first, last)
  }

  private func percentage(_ place: Place) -> Double? {
    guard let text = place.text("a share, like 2%") else { return nil }
    guard text.hasSuffix("%"), let number = Double(text.dropLast()), (0...100).contains(number)
    else {
      place.complain("'\(text)' is no share; write it like 2%")
      return nil
    }
    return number / 100
  }

  private func instant(_ place: Place) -> Instant? {
    let expected = "a time like 2014-12-22T16:15:00Z"
    guard let text = place.text(expected) else { return nil }
    let instant = Instant(rfc3339: text)
    if instant == nil { place.complain("'\(text)' is not \(expected)") }
    return instant
  }

  private func expected(_ place: Place, _ session: Session) -> Scenario.Expected? {
    let fields = place.fields(["outages", "blips"])
    let outages = (fields["outages"]?.elements("a list of outages") ?? []).compactMap { place in
      let fields = place.fields(["of", "from", "until"])
      guard let scope = fields["of"]?.text("a target or a group"),
        let from = fields["from"].flatMap(instant), let until = fields["until"].flatMap(instant)
      else {
        place.complain("an expected outage needs 'of', 'from' and 'until'")
        return Scenario.Expected.Outage?.none
      }
      checkNames([scope], in: session, at: place)
      return Scenario.Expected.Outage(scope: scope, from: from, until: until)
    }
    var blips: [String: ClosedRange<Int>] = [:]
    for (key, value) in fields["blips"]?.entries("names and numbers, like web: 20-80") ?? [] {
      guard let name = key.text("a target or a group"), let text = value.text("a number") else {
        continue
      }
      checkNames([name], in: session, at: key)
      let ends = text.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, first <= last, ends.count <= 2 else {
        value.complain("'\(text)' is no number and no range like 20-80")
        continue
      }
      blips[name] = first...last
    }
    return .written(outages: outages, blips: blips)
  }
}

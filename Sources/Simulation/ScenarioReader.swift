public import Outages
public import Plans

extension Scenario {
  /// Reads a scenario. `every` and `length` take the place of its own. Throws all that is wrong with
  /// it at once.
  public init(
    yaml text: String, path: String, every: Duration? = nil, length: Duration? = nil
  ) throws(Problems) {
    self = try Place.read(text, path: path) {
      ScenarioReader($0, every: every, length: length).scenario()
    }
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

  private let length: Duration?

  init(_ place: Place, every: Duration?, length: Duration?) {
    (self.place, self.length) = (place, length)
    fields = place.fields([
      "title", "start", "length", "seed", "worlds", "vantage", "every", "timeout", "detection",
      "sentinels",
      "targets", "groups", "maintenance", "weather", "drawn", "expect",
    ])
    shared = PlanReader(fields, schemes: nil, every: every)
  }

  func scenario() -> Scenario? {
    let title = fields["title"]?.text("a title") ?? ""
    let seed = fields["seed"].flatMap(self.seed) ?? 1
    switch (fields["drawn"], fields["weather"]) {
    case (let drawn?, nil): return maintained(self.drawn(drawn, title: title, seed: seed))
    case (let drawn, let weather?):
      return maintained(written(weather, drawn, title: title, seed: seed))
    case (nil, nil):
      place.complain("there is nothing to simulate; add 'weather' or 'drawn'")
      return nil
    }
  }

  private func seed(_ place: Place) -> UInt64? {
    guard let text = place.text("a whole number, like 42") else { return nil }
    let seed = UInt64(text)
    if seed == nil { place.complain("'\(text)' is not a whole number, like 42") }
    return seed
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
    if length != nil { place.complain("what is drawn is as long as its rows; leave --length out") }
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
    let start = fields["start"]?.instant() ?? Instant(milliseconds: 946_684_800_000)
    let expected = fields["expect"].flatMap { place in
      self.drawing(place, cells: ["B", "O", "I", "D", "_", "."]).map { rows in
        checkNames(rows.rows.map(\.name), in: plan.session, at: place)
        return Scenario.Expected.drawn(rows)
      }
    }
    return Scenario(
      title: title, plan: plan, span: start..<start + shared.every * Double(drawing.width),
      seed: seed, drawing: drawing, expected: expected)
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

  private func written(
    _ place: Place, _ drawn: Place?, title: String, seed: UInt64
  ) -> Scenario? {
    guard let targets = fields["targets"] else {
      self.place.complain("there are no targets; name at least one: targets: {web: any text}")
      return nil
    }
    let plan = shared.plan(
      targets: targets, sentinels: fields["sentinels"], groups: fields["groups"])
    let start = (fields["start"] ?? missing("start"))?.instant()
    let length =
      self.length
      ?? (fields["length"] ?? missing("length"))?.duration(.seconds(1)...Duration.longest)
    // Without them the weather is read all the same, for what else may be wrong with it.
    let from = start ?? Instant(milliseconds: 0)
    let span = from..<from + (length ?? .longest)
    let isDated = start != nil && length != nil
    let weather = place.elements("a list of weather").compactMap {
      WeatherReader($0, in: span, isDated: isDated, plan.session)?.weather()
    }
    let known = Set(Drawing.failures.keys).union([".", "_", Drawing.weather])
    let drawing = drawn.flatMap { self.drawing($0, cells: known) }
    var seen: Set<String> = []
    for row in drawing?.rows ?? [] {
      if plan.session.index(of: row.name) == nil {
        drawn?.complain("'\(row.name)' is no target", inLine: row.line)
      } else if !seen.insert(row.name).inserted {
        drawn?.complain("the row '\(row.name)' stands here twice", inLine: row.line)
      }
    }
    return Scenario(
      title: title, plan: plan, span: span, seed: seed, weather: weather, drawing: drawing,
      expected: fields["expect"].flatMap { expected($0, plan.session) },
      worlds: fields["worlds"].map(worlds) ?? [])
  }

  private func worlds(_ place: Place) -> [(every: Duration, length: Duration)] {
    place.entries("intervals and lengths, like {10s: 2d, 60s: 10d}").compactMap { key, value in
      guard let every = key.duration(.milliseconds(100)...Duration.days(1)),
        let length = value.duration(.seconds(1)...Duration.longest)
      else { return nil }
      return (every, length)
    }
  }

  private func missing(_ key: String) -> Place? {
    place.complain("there is no '\(key)'; a scenario with weather needs one")
    return nil
  }

  private func expected(_ place: Place, _ session: Session) -> Scenario.Expected? {
    let fields = place.fields(["blips"] + Scenario.Written.kinds.map(\.key))
    var written = Scenario.Written()
    for (key, kind) in Scenario.Written.kinds {
      for place in fields[key]?.elements("a list of episodes") ?? [] {
        let fields = place.fields(["of", "from", "until"])
        guard let scope = fields["of"]?.text("a target, a group or the vantage"),
          let from = fields["from"]?.instant(), let until = fields["until"]?.instant()
        else {
          place.complain("an expected episode needs 'of', 'from' and 'until'")
          continue
        }
        if from >= until { place.complain("this episode must begin before it ends") }
        checkNames([scope], in: session, at: place)
        written.episodes.append(
          Scenario.Written.Episode(kind: kind, scope: scope, span: from..<max(from, until)))
      }
    }
    for (key, value) in fields["blips"]?.entries("names and numbers, like web: 20-80") ?? [] {
      guard let name = key.text("a target or a group"), let text = value.text("a number") else {
        continue
      }
      checkNames([name], in: session, at: key)
      let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last,
        ends.count <= 2
      else {
        value.complain("'\(text)' is no number and no range like 20-80")
        continue
      }
      written.blips[name] = first...last
    }
    return .written(written)
  }
}

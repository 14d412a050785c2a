import Outages

/// Reads how a target is asked: a URL, or settings by their names.
struct TargetReader {
  /// What a place says of a target.
  struct Asked {
    var probe: Probe
    var every: Duration
    /// Where it says what the target is behind.
    var behind: Place?
    var isOfBothFamilies = false
  }

  /// What targets have in common that are like it: their settings, and the variables that these name.
  struct Template {
    let fields: [String: Place]
    let variables: Set<String>
    /// The same by their settings.
    private let mentioned: [String: Set<String>]

    init(_ place: Place) {
      fields = place.fields(TargetReader.keys.filter { !["like", "with"].contains($0) })
      mentioned = fields.mapValues(\.mentioned)
      variables = mentioned.values.reduce([]) { $0.union($1) }
    }

    /// Those that are missing where `given` are there, and `others` take the place of its settings.
    func missing(_ given: [String: String], without others: [String: Place]) -> [String] {
      let needed = variables.filter { given[$0] == nil }
      return needed.filter { name in
        mentioned.contains { others[$0.key] == nil && $0.value.contains(name) }
      }.sorted()
    }
  }

  /// What targets have that say nothing else.
  let every: Duration
  let timeout: Duration?
  /// What can be asked here; without, targets need no URL.
  let schemes: Set<String>?
  let templates: [String: Template]
  let isOfBothFamilies: Bool
  private let plain: Probe

  init(
    every: Duration, timeout: Duration?, schemes: Set<String>?, templates: [String: Template],
    settings: ProbeSettings, isOfBothFamilies: Bool
  ) {
    (self.every, self.timeout, self.schemes) = (every, timeout, schemes)
    (self.templates, self.isOfBothFamilies) = (templates, isOfBothFamilies)
    var plain = Probe(url: "", timeout: .zero)
    if settings != ProbeSettings() { plain.settings = settings }
    self.plain = plain
  }

  /// The keys of a target.
  static let keys = ["url", "every", "timeout", "behind", "like", "with"] + SettingsReader.keys

  func target(_ place: Place) -> Asked? {
    guard place.isMapping else {
      if schemes == nil {
        return Asked(probe: defaultProbe(url: "", every: every), every: every)
      }
      return url(place).map {
        Asked(
          probe: defaultProbe(url: $0, every: every), every: every,
          isOfBothFamilies: isOfBothFamilies)
      }
    }
    let fields = self.fields(place)
    guard var asked = settings(fields) else { return nil }
    if schemes != nil {
      guard let place = fields["url"] else {
        place.complain("there is no url; add one, like url: 'https://example.org/'")
        return nil
      }
      guard let url = url(place) else { return nil }
      asked.probe.url = url
      SettingsReader.check(fields, for: asked.probe.scheme)
      SettingsReader.check(fields, asked.probe, at: place)
    }
    return asked
  }

  /// The places of a target's settings, those of the template that it is like among them.
  func fields(_ place: Place, _ others: [String] = []) -> [String: Place] {
    let fields = place.fields(TargetReader.keys + others)
    guard let like = fields["like"] else {
      fields["with"]?.complain("'with' gives a template its variables; add like: TEMPLATE")
      return fields
    }
    guard let name = like.text("a template's name") else { return fields }
    guard let template = templates[name] else {
      like.complain("'\(name)' is no template\(name.suggestion(of: templates.keys))")
      return fields
    }
    var variables: [String: String] = [:]
    for (key, value) in fields["with"]?.entries("variables, like {host: example.org}") ?? [] {
      guard let variable = key.name else { continue }
      variables[variable] = value.text("the variable's value")
      if !template.variables.contains(variable) {
        let suggestion = variable.suggestion(of: template.variables)
        key.complain("the template has no '{\(variable)}'\(suggestion)")
      }
    }
    // A list has further variables for each of its rows.
    let missing = others.isEmpty ? template.missing(variables, without: fields) : []
    if !missing.isEmpty {
      let with = missing.map { "\($0): …" }.joined(separator: ", ")
      like.complain("the template '\(name)' needs more: with: {\(with)}")
      // Told once is enough.
      for variable in missing { variables[variable] = variable }
    }
    return template.fields.mapValues { $0.with(variables) }.merging(fields) { $1 }
  }

  /// All that is said of a target but its URL.
  func settings(_ fields: [String: Place]) -> Asked? {
    let every = fields["every"]?.duration(PlanReader.intervals) ?? every
    var asked = Asked(probe: defaultProbe(url: "", every: every), every: every)
    if let place = fields["timeout"] {
      asked.probe.timeout = TargetReader.timeout(place, every: every) ?? asked.probe.timeout
    }
    asked.behind = fields["behind"]
    asked.isOfBothFamilies = isOfBothFamilies
    if fields.keys.contains(where: SettingsReader.keys.contains) {
      var settings = asked.probe.settings
      SettingsReader.read(fields, into: &settings)
      if let place = fields["family"] {
        (settings.family, asked.isOfBothFamilies) = SettingsReader.family(place)
      }
      asked.probe.settings = settings
    }
    return asked
  }

  /// With no timeout given that fits: five seconds, or half the interval when that is shorter.
  func defaultProbe(url: String, every: Duration) -> Probe {
    // A timeout that was given for all is cut only for those whose interval leaves no room for it.
    let given = timeout.flatMap { $0 < every ? $0 : nil }
    var probe = plain
    (probe.url, probe.timeout) = (url, given ?? min(.seconds(5), every / 2))
    return probe
  }

  static func timeout(_ place: Place, every: Duration) -> Duration? {
    guard let timeout = place.duration(PlanReader.timeouts) else { return nil }
    if timeout >= every {
      place.complain(
        "the timeout \(timeout) must be shorter than every (\(every)), so that probes don't overlap"
      )
    }
    return timeout
  }

  func url(_ place: Place) -> String? {
    guard let url = place.text("a URL, like https://example.org/") else { return nil }
    guard let schemes else { return url }
    if let problem = ProbeURL.problem(with: url, schemes: schemes) {
      // What a variable brings along is quoted nowhere, not even in part.
      place.complain(
        place.shown.map {
          "'\(ProbeURL.withoutSecret($0))' makes no URL with its variables; in them, write / as %2F, "
            + "? as %3F, # as %23 and @ as %40"
        } ?? problem.replacing(url, with: ProbeURL.withoutSecret(url)))
      return nil
    }
    return url
  }
}

import Outages
import Plans

/// A scenario's weather worked out: what each probe will find, when nobody watches, and what the
/// truth of it all is. The seed alone decides.
struct Forecast: Sendable {
  var climates: [Climate] = []
  /// In order, apart from each other.
  var absences: [Absence] = []
  var happenings: [Happening] = []

  /// More tries than this no entry makes.
  static let most = 100_000

  /// A true event, with the spans in which its members are away.
  struct Happening: Sendable {
    var event: Truth.Event
    var falls: [(target: Int, span: Range<Instant>)] = []
  }

  let session: Session
  let span: Range<Instant>
  let everies: [Duration]
  /// For each target its weather, and the number of the entry that brings it.
  var entries: [[(number: Int, entry: Climate.Entry)]]
  /// When something happens to a target: what comes by chance keeps clear of it.
  var calendar: [[Range<Instant>]]
  /// The same of the vantage.
  var ours: [Range<Instant>] = []
  /// The usual latency of each target.
  var latencies: [Double]
  var number = 0

  init(_ weather: [Weather], _ scenario: Scenario) {
    session = scenario.plan.session
    span = scenario.span
    everies = session.targets.map { $0.every ?? .seconds(30) }
    entries = Array(repeating: [], count: everies.count)
    calendar = Array(repeating: [], count: everies.count)
    latencies = Array(repeating: Condition().latency, count: everies.count)
    // What is drawn or has a date stands; what comes by chance has to find its place.
    if let drawing = scenario.drawing { draw(drawing) }
    for isByChance in [false, true] {
      for (number, entry) in weather.enumerated() where entry.isByChance == isByChance {
        self.number = number
        for whom in entry.whom {
          let name = whom.scope.map { " \($0.name)" } ?? ""
          var random = RandomSource(seed: scenario.seed, name: "weather \(number)\(name)")
          for span in spans(of: entry, whom, &random) {
            happen(entry, to: whom, span, &random)
          }
        }
      }
    }
    climates = session.targets.enumerated().map { index, target in
      let inOrder = entries[index].enumerated().sorted {
        ($0.element.number, $0.offset) < ($1.element.number, $1.offset)
      }
      return Climate(
        inOrder.map(\.element.entry), from: span.lowerBound, every: everies[index],
        seed: scenario.seed, name: target.name)
    }
    absences = apart(absences)
    if let drawing = scenario.drawing { overrule(by: drawing) }
    happenings.sort { ($0.event.start, $0.event.end) < ($1.event.start, $1.event.end) }
  }

  // MARK: When

  private mutating func spans(
    of entry: Weather, _ whom: Weather.Whom, _ random: inout RandomSource
  ) -> [Range<Instant>] {
    switch entry.when {
    case .throughout: return [entry.span]
    case .daily(let at, let lengths, let zone):
      let (from, until) = (entry.span.lowerBound, entry.span.upperBound)
      let wall = from + zone.offset(at: from)
      let midnight = wall - .milliseconds(wall.milliseconds % 86_400_000) - .days(1)
      return (0...Int((until - from).seconds / 86_400) + 3)
        .map { day in
          let start = zone.instant(wall: midnight + .days(Int64(day)) + at)
          return start..<max(start, min(start + lengths.draw(&random), until))
        }
        .filter { from <= $0.lowerBound && !$0.isEmpty }
    case .byChance(let mean, let lengths):
      var spans: [Range<Instant>] = []
      var time = entry.span.lowerBound
      for _ in 0..<Forecast.most {
        time = time + random.wait(mean: mean)
        let end = time + lengths.draw(&random)
        guard end < entry.span.upperBound else { return spans }
        if reserve(time..<end, for: entry, whom) { spans.append(time..<end) }
      }
      return spans
    }
  }

  /// Whether there is room for something that comes by chance: it keeps its distance from all that
  /// happens to its members, and from the ends. Our own troubles keep clear of each other alone.
  private mutating func reserve(
    _ span: Range<Instant>, for entry: Weather, _ whom: Weather.Whom
  ) -> Bool {
    if entry.isOurs {
      let wide = span.widened(by: .minutes(20))
      let isFree = !ours.contains { $0.overlaps(wide) }
      if isFree { ours.append(span) }
      return isFree
    }
    let hit = session.victims(of: whom)
    let every = hit.map { everies[$0] }.max() ?? .zero
    let isShort = span.upperBound - span.lowerBound < .minutes(5)
    let margin = max(isShort ? .minutes(5) : .minutes(20), every * 12) + entry.reach
    let wide = span.widened(by: margin)
    guard wide.lowerBound >= self.span.lowerBound, wide.upperBound <= self.span.upperBound,
      !hit.contains(where: { calendar[$0].contains { $0.overlaps(wide) } })
    else { return false }
    for target in hit { calendar[target].append(span.widened(by: entry.reach)) }
    return true
  }

  // MARK: What

  private mutating func happen(
    _ entry: Weather, to whom: Weather.Whom, _ span: Range<Instant>,
    _ random: inout RandomSource
  ) {
    switch entry.what {
    case .condition(let change):
      let loss = change.loss.map { random.uniform($0) }
      lay(whom.members, span) { change.apply(to: &$0, loss: loss) }
      if span == self.span {
        if let latency = change.latency {
          for target in whom.members { latencies[target] = latency }
        }
        return
      }
      let usual = whom.members.map { latencies[$0] }.max() ?? .infinity
      // A fifth of all probes lost, or three times the usual latency, is a brown-out.
      let isBad = (loss ?? change.bursts?.loss ?? 0) >= 0.2 || change.latency ?? 0 >= usual * 3
      let isNoted = happenings.contains {
        $0.event.kind == .degraded && $0.event.span == span && $0.event.scope == whom.scope
      }
      if isBad, !isNoted { note(.degraded, entry.family ?? "brown-out", whom, span) }
    case .failure(let failure, let course):
      fail(failure, course, entry, whom, span, &random)
    case .flaps(let flaps):
      let beats = flaps.failures(in: span, random: &random)
      for beat in beats {
        fail(.timeout, Course(), whom, beat, family: "beat", &random)
      }
      if let first = beats.first, let last = beats.last, beats.count > 2 {
        note(
          .instability, entry.family ?? "beat", whom, first.lowerBound..<last.upperBound)
      }
    case .uplink(let loss, let failure):
      let loss = random.uniform(loss)
      lay(Array(everies.indices), span) { ($0.uplink, $0.uplinkFailure) = (loss, failure) }
      ours.append(span)
      note(.unobserved, entry.family ?? "uplink", whom, span)
    case .absence(let kind):
      absences.append(Absence(span: span, kind: kind))
      ours.append(span)
      note(.unobserved, entry.family ?? kind.rawValue, whom, span)
    }
  }

  private mutating func fail(
    _ failure: Failure, _ course: Course, _ entry: Weather, _ whom: Weather.Whom,
    _ span: Range<Instant>, _ random: inout RandomSource
  ) {
    let isOutage = span.upperBound - span.lowerBound >= session.detection.sustained
    var family = isOutage ? "outage" : "blip"
    if course.share < 1 { family = "partial" }
    if course.stagger > .zero { family = "staggered" }
    if course.decay > .zero { family = "decay" }
    fail(failure, course, whom, span, family: entry.family ?? family, &random)
    if course.flanks == 0 { return }
    // A blip two to seven minutes before, and one after.
    for isBefore in [true, false] {
      let isThere = random.uniform() < course.flanks
      let length = random.uniform(.seconds(30)...(.seconds(150)))
      let distance = random.uniform(.minutes(2)...(.minutes(7)))
      if !isThere { continue }
      let start =
        isBefore ? span.lowerBound - distance - length : span.upperBound + course.stagger + distance
      fail(failure, Course(), whom, start..<start + length, family: "flank", &random)
    }
  }

  private mutating func fail(
    _ failure: Failure, _ course: Course, _ whom: Weather.Whom, _ span: Range<Instant>,
    family: String, _ random: inout RandomSource
  ) {
    var members = whom.members
    let count = Int((Double(members.count) * course.share).rounded())
    if count < members.count { members = random.choose(max(count, 1), of: members) }
    let falls = members.map { target -> (target: Int, span: Range<Instant>) in
      let first = random.uniform(.zero...course.stagger)
      let last = random.uniform(.zero...course.stagger)
      let start = span.lowerBound + first
      return (target, start..<max(start, span.upperBound + last))
    }
    let start = falls.map(\.span.lowerBound).min() ?? span.lowerBound
    let end = falls.map(\.span.upperBound).max() ?? span.upperBound
    for (target, span) in falls {
      decay(target, before: span.lowerBound, over: course.decay)
      lay([target], span) { ($0.failure, $0.stray) = (failure, course.stray) }
    }
    var others: [Int] = []
    if members.count == whom.members.count, let scope = whom.scope {
      others = session.dependents(of: [scope.name]).filter { !members.contains($0) }
      lay(others, start..<end) { ($0.failure, $0.stray) = (failure, course.stray) }
    }
    let longest = falls.map { $0.span.upperBound - $0.span.lowerBound }.max() ?? .zero
    note(
      longest >= session.detection.sustained ? .outage : .blip, family, whom, start..<end, falls,
      others,
      onset: course.decay > .zero ? start - course.decay : nil)
  }

  /// Ever more loss, until nothing is answered.
  private mutating func decay(_ target: Int, before start: Instant, over length: Duration) {
    if length == .zero { return }
    let steps = 8
    for step in 0..<steps {
      let from = start - length * (Double(steps - step) / Double(steps))
      let until = start - length * (Double(steps - step - 1) / Double(steps))
      let loss = Double(step + 1) / Double(steps + 1)
      lay([target], from..<until) { ($0.loss, $0.bursts) = (loss, nil) }
    }
  }

  private mutating func lay(
    _ targets: [Int], _ span: Range<Instant>,
    _ change: @escaping @Sendable (inout Condition) -> Void
  ) {
    for target in targets { entries[target].append((number, (span, change))) }
  }

  /// Writes down what happened: of the scope, or, when all are meant, of each group and of each
  /// target that has none.
  mutating func note(
    _ kind: Episode.Kind, _ family: String, _ whom: Weather.Whom, _ span: Range<Instant>,
    _ falls: [(target: Int, span: Range<Instant>)] = [], _ dependents: [Int] = [],
    onset: Instant? = nil
  ) {
    for (target, span) in falls { calendar[target].append(span) }
    if falls.isEmpty, kind != .unobserved {
      for target in session.victims(of: whom) { calendar[target].append(span) }
    }
    let falls = falls.isEmpty ? whom.members.map { (target: $0, span: span) } : falls
    for whom in whom.scope == nil && kind != .unobserved
      ? session.fates(among: session.targets.indices) : [whom]
    {
      let own = falls.filter { whom.members.contains($0.target) }
      var names: [String]?
      if case .group = whom.scope { names = own.map { session.targets[$0.target].name } }
      happenings.append(
        Happening(
          event: Truth.Event(
            kind: kind, scope: whom.scope ?? .vantage(session.vantage), family: family,
            members: names, isPartial: names != nil && own.count < whom.members.count,
            dependents: dependents.map { session.targets[$0].name },
            start: span.lowerBound, end: span.upperBound, onset: onset),
          falls: own))
    }
  }
}

import Outages
import Plans
import Zones

/// Reads one entry of a scenario's `weather`: what happens, to whom, and when.
struct WeatherReader {
  private static let conditions = [
    "loss", "latency", "jitter", "swing", "spikes", "answers",
  ]
  private static let events = ["fails", "flaps", "uplink", "unwatched"]
  private static let course = ["stray", "stagger", "decay", "share", "flanks"]
  private static let times = [
    "from", "until", "every", "at", "timezone", "lasting", "spread", "tail",
  ]

  private let place: Place
  private let fields: [String: Place]
  private let span: Range<Instant>
  private let session: Session

  /// Nil when it is not within the scenario. `isDated`: whether it is known when that is.
  init?(_ place: Place, in whole: Range<Instant>, isDated: Bool, _ session: Session) {
    (self.place, self.session) = (place, session)
    fields = place.fields(
      ["on", "family"] + WeatherReader.times + WeatherReader.events + WeatherReader.conditions
        + WeatherReader.course)
    let from = fields["from"]?.instant() ?? whole.lowerBound
    let until = fields["until"]?.instant() ?? whole.upperBound
    guard !isDated || whole.lowerBound <= from && from < until && until <= whole.upperBound else {
      place.complain("this weather must begin before it ends, and within the scenario")
      return nil
    }
    span = from..<max(from, until)
  }

  func weather() -> Weather? {
    guard let what = what(), let when = when() else { return nil }
    return Weather(
      whom: whom(what, isOnce: when == .throughout), what: what, when: when, span: span,
      family: fields["family"]?.text("a word"))
  }

  // MARK: What

  private func what() -> Weather.What? {
    let events = WeatherReader.events.filter { fields[$0] != nil }
    let conditions = WeatherReader.conditions.filter { fields[$0] != nil }
    let isOfUplink = events == ["fails", "uplink"]
    guard events.count + min(conditions.count, 1) <= 1 || isOfUplink && conditions.isEmpty else {
      let words = (events + conditions).joined(separator: "' and '")
      place.complain("'\(words)' need an entry each")
      return nil
    }
    if events != ["fails"] {
      for key in WeatherReader.course {
        fields[key]?.complain("'\(key)' tells how something fails; it goes with 'fails'")
      }
    }
    switch events.last {
    case "fails": return failure().map { .failure($0, course()) }
    case "flaps": return fields["flaps"].flatMap(flaps).map { .flaps($0) }
    case "uplink":
      let failure = isOfUplink ? failure() : .timeout
      return fields["uplink"]?.shares().flatMap { loss in failure.map { .uplink(loss, $0) } }
    case "unwatched": return fields["unwatched"].flatMap(absence).map { .absence($0) }
    default:
      if conditions.isEmpty {
        let known = (WeatherReader.events + WeatherReader.conditions).joined(separator: ", ")
        place.complain("this says nothing of the weather; there are \(known)")
        return nil
      }
      return .condition(change())
    }
  }

  private func failure() -> Failure? {
    guard let place = fields["fails"] else { return nil }
    let words = Failure.allCases.map(\.rawValue).joined(separator: ", ")
    guard let text = place.text("one of \(words)") else { return nil }
    let failure = Failure(rawValue: text)
    if failure == nil { place.complain("'\(text)' is none of \(words)") }
    return failure
  }

  private func course() -> Course {
    var course = Course()
    course.stray = fields["stray"]?.share() ?? 0
    course.share = fields["share"]?.share() ?? 1
    course.flanks = fields["flanks"]?.share() ?? 0
    course.stagger = fields["stagger"]?.duration(.zero...Duration.days(1)) ?? .zero
    course.decay = fields["decay"]?.duration(.zero...Duration.days(7)) ?? .zero
    return course
  }

  private func flaps(_ place: Place) -> Flaps? {
    let fields = place.fields(["every", "lasting"])
    guard let every = fields["every"]?.durations(),
      let lasting = fields["lasting"]?.durations()
    else {
      place.complain("flaps need 'every' and 'lasting', like {every: 40m..8m, lasting: 20s..3m}")
      return nil
    }
    guard lasting.0 <= lasting.1 else {
      place.complain("'lasting' must name the shortest before the longest")
      return nil
    }
    guard min(every.0, every.1) >= .seconds(1) else {
      place.complain("flaps cannot come more often than every second")
      return nil
    }
    return Flaps(every: every, lasting: lasting.0...lasting.1)
  }

  private func absence(_ place: Place) -> Absence.Kind? {
    let words = Absence.Kind.allCases.map(\.rawValue).joined(separator: ", ")
    guard let text = place.text("one of \(words)") else { return nil }
    if text == "true" { return .off }
    let kind = Absence.Kind(rawValue: text)
    if kind == nil { place.complain("'\(text)' is none of \(words), or true") }
    return kind
  }

  private func change() -> Change {
    var change = Change()
    if let place = fields["loss"] {
      if place.isMapping { change.bursts = bursts(place) } else { change.loss = place.shares() }
    }
    change.latency = fields["latency"]?.duration(.milliseconds(1)...Duration.hours(1))
      .map { Double($0.milliseconds) }
    change.jitter = fields["jitter"]?.share()
    change.swing = fields["swing"]?.share()
    change.spikes = fields["spikes"]?.share()
    change.limit = fields["answers"].flatMap(limit)
    return change
  }

  private func bursts(_ place: Place) -> Condition.Bursts? {
    let fields = place.fields(["enter", "leave", "bad", "good"])
    guard let enter = fields["enter"]?.share(), let leave = fields["leave"]?.share(),
      let bad = fields["bad"]?.share(), min(enter, leave) >= 0.0001, enter + leave <= 1
    else {
      place.complain(
        "loss in bursts needs the chances to 'enter' and to 'leave' a bad time, 0.01% or more and together no more than 100%, and "
          + "the loss in 'bad' times, like {enter: 1%, leave: 30%, bad: 70%, good: 0.1%}")
      return nil
    }
    return Condition.Bursts(
      enter: enter, leave: leave, bad: bad, good: fields["good"]?.share() ?? 0)
  }

  /// `6/1m`.
  private func limit(_ place: Place) -> Condition.Limit? {
    let expected = "a number of answers in a time, like 6/1m"
    guard let text = place.text(expected) else { return nil }
    let parts = text.split(separator: "/")
    guard parts.count == 2, let answers = Double(parts[0]), answers >= 1, answers <= 1e6,
      let per = Duration(String(parts[1])), per > .zero, per <= .days(1)
    else {
      place.complain("'\(text)' is not \(expected)")
      return nil
    }
    return Condition.Limit(answers: answers, per: per)
  }

  // MARK: To whom

  private func whom(_ what: Weather.What, isOnce: Bool) -> [Weather.Whom] {
    switch what {
    case .uplink, .absence:
      fields["on"]?.complain("this is the vantage's own trouble, and nobody else's; leave 'on' out")
      return [Weather.Whom(scope: nil, members: [])]
    case .condition, .failure, .flaps: break
    }
    let all = session.targets.indices
    guard let on = fields["on"] else {
      if isOnce { return [Weather.Whom(scope: nil, members: Array(all))] }
      place.complain(
        "say on whom: 'on: targets' (each alone), 'on: groups' (each as one), or names")
      return []
    }
    let expected = "a target, a group, a list of them, 'targets', 'groups' or 'sentinels'"
    let places = on.isSequence ? on.elements(expected) : [on]
    return places.flatMap { place -> [Weather.Whom] in
      guard let name = place.text(expected) else { return [] }
      if let index = session.index(of: name) {
        return [Weather.Whom(scope: .target(name), members: [index])]
      }
      if let group = session.groups.first(where: { $0.name == name }) {
        return [
          Weather.Whom(
            scope: .group(name), members: group.members.compactMap(session.index(of:)))
        ]
      }
      switch name {
      case "targets": return each(all.filter { !session.targets[$0].isSentinel })
      case "sentinels": return each(all.filter { session.targets[$0].isSentinel })
      case "groups":
        return session.fates(among: all).filter {
          if case .group = $0.scope { true } else { false }
        }
      default:
        place.complain("'\(name)' is no target and no group")
        return []
      }
    }
  }

  private func each(_ indices: [Int]) -> [Weather.Whom] {
    indices.map { Weather.Whom(scope: .target(session.targets[$0].name), members: [$0]) }
  }

  // MARK: When

  private func when() -> Weather.When? {
    let (every, at) = (fields["every"], fields["at"])
    guard every != nil || at != nil else {
      for key in ["lasting", "spread", "tail", "timezone"] {
        fields[key]?.complain(
          "'\(key)' goes with 'every' or 'at'; what happens once has from and until")
      }
      return .throughout
    }
    if every != nil, let at {
      at.complain("something comes 'every' so often by chance, or each day 'at' a time, not both")
      return nil
    }
    guard let lengths = lengths() else { return nil }
    if let every {
      return every.duration(.seconds(1)...Duration.longest).map { .byChance(mean: $0, lengths) }
    }
    guard let at, let text = at.text("a time of day, like 23:45") else { return nil }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int64($0) }
    guard parts.count == 2 || parts.count == 3, let hour = parts[0], (0...23).contains(hour),
      let minute = parts[1], (0...59).contains(minute),
      let second = parts.count == 3 ? parts[2] : 0,
      (0...59).contains(second)
    else {
      at.complain("'\(text)' is no time of day; write one like \"23:45\"")
      return nil
    }
    return .daily(
      at: .hours(hour) + .minutes(minute) + .seconds(second), lengths,
      fields["timezone"].flatMap(zone) ?? .utc)
  }

  private func zone(_ place: Place) -> Zone? {
    guard let name = place.text("a time zone, like Asia/Pyongyang") else { return nil }
    let zone = Zone(name)
    if zone == nil { place.complain("'\(name)' is no time zone; write one like Asia/Pyongyang") }
    return zone
  }

  private func lengths() -> Lengths? {
    guard let lasting = fields["lasting"] else {
      place.complain("say how long it lasts, like lasting: 30s..3m")
      return nil
    }
    guard let (shortest, longest) = lasting.durations() else { return nil }
    let spread = fields["spread"]?.number(
      0...3, "a deviation of the logarithm from 0 to 3, like 0.8")
    let tail = fields["tail"]?.number(0.5...10, "a Pareto exponent from 0.5 to 10, like 1.1")
    if shortest != longest || spread != nil && tail != nil {
      guard spread == nil, tail == nil else {
        lasting.complain("a length is of a range, or has a 'spread' about it, or a 'tail' above it")
        return nil
      }
      guard shortest <= longest else {
        lasting.complain("'lasting' must name the shortest before the longest")
        return nil
      }
      return .uniform(shortest...longest)
    }
    if let spread { return .lognormal(median: shortest, spread: spread) }
    if let tail { return .pareto(shortest: shortest, exponent: tail) }
    return .uniform(shortest...shortest)
  }
}

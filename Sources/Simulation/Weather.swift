import Outages

/// What a network is like between two instants: one entry of a scenario's `weather`. What it does
/// not say stays as the entries before it have it.
struct Weather: Sendable, Equatable {
  /// Indices of the targets it is about.
  var targets: [Int]
  var span: Range<Instant>
  /// Probes fail so.
  var failure: Failure?
  /// The targets fall and come back together, again and again.
  var flaps: Flaps?
  /// The share of probes that get lost, 0 to 1.
  var loss: Double?
  /// The median time to an answer, in milliseconds.
  var latency: Double?
  /// The spread of that time: the deviation of its natural logarithm.
  var jitter: Double?
  /// Nobody watches: the daemon is off.
  var isUnwatched = false
}

/// A steady beat of short failures.
struct Flaps: Sendable, Equatable {
  /// The distance from one fall to the next, at the start of the span and at its end.
  var every: (first: Duration, last: Duration)
  /// The shortest and the longest failure. None takes more than half of the distance.
  var lasting: (shortest: Duration, longest: Duration)

  static func == (a: Flaps, b: Flaps) -> Bool { a.every == b.every && a.lasting == b.lasting }

  /// The failures in a span: distances vary by a third, lengths are uniform.
  func failures(in span: Range<Instant>, random: inout RandomSource) -> [Range<Instant>] {
    var failures: [Range<Instant>] = []
    var time = span.lowerBound
    while true {
      let progress = (time - span.lowerBound).seconds / (span.upperBound - span.lowerBound).seconds
      let mean = every.first.seconds + (every.last.seconds - every.first.seconds) * progress
      let distance = Duration.seconds(1) * (mean * random.uniform(2 / 3...4 / 3))
      let lasting =
        Duration.seconds(1)
        * random.uniform(self.lasting.shortest.seconds...self.lasting.longest.seconds)
      time = time + max(distance, .milliseconds(1))
      let end = time + min(lasting, distance / 2)
      if end > span.upperBound { return failures }
      failures.append(time..<end)
    }
  }
}

/// The weather of one target as a sequence of steady conditions.
struct Climate: Sendable {
  struct Condition: Sendable, Equatable {
    var failure: Failure?
    var loss = 0.0
    var latency = 30.0
    var jitter = 0.1
  }

  private var changes: [(at: Instant, condition: Condition)]
  private var current = 0

  /// Lays a target's weather over each other, the later entries on top.
  init(_ entries: [(span: Range<Instant>, change: (inout Condition) -> Void)]) {
    let instants = Set(entries.flatMap { [$0.span.lowerBound, $0.span.upperBound] }).sorted()
    var conditions: [Condition] = Array(repeating: Condition(), count: instants.count)
    let places = Dictionary(uniqueKeysWithValues: instants.enumerated().map { ($1, $0) })
    for entry in entries {
      guard let first = places[entry.span.lowerBound], let end = places[entry.span.upperBound]
      else { continue }
      for index in first..<end { entry.change(&conditions[index]) }
    }
    changes = Array(zip(instants, conditions)).map { (at: $0, condition: $1) }
  }

  /// The condition at an instant that is no earlier than any asked for before.
  mutating func condition(at time: Instant) -> Condition {
    while current + 1 < changes.count, changes[current + 1].at <= time { current += 1 }
    return current < changes.count && changes[current].at <= time
      ? changes[current].condition : Condition()
  }
}

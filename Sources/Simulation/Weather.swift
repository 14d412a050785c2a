import Outages

/// What a network is like, or what happens to it: one entry of a scenario's `weather`.
struct Weather: Sendable, Equatable {
  /// Who shares a fate: what happens to one of these happens to all its members.
  struct Whom: Sendable, Equatable {
    /// Nil for all targets at once.
    var scope: Episode.Scope?
    /// Indices of targets.
    var members: [Int]
  }

  enum What: Sendable, Equatable {
    case condition(Change)
    case failure(Failure, Course)
    case flaps(Flaps)
    /// Our own uplink loses so great a share of all probes, which fail so.
    case uplink(ClosedRange<Double>, Failure)
    case absence(Absence.Kind)
  }

  enum When: Sendable, Equatable {
    /// Once, for the whole span.
    case throughout
    /// Again and again by chance, as a Poisson process, `mean` apart.
    case byChance(mean: Duration, Lengths)
    /// Each day at this time of day.
    case daily(at: Duration, Lengths, Zone)
  }

  var whom: [Whom]
  var what: What
  var when: When
  var span: Range<Instant>
  /// What scores call it.
  var family: String?
}

/// How a failure goes.
struct Course: Sendable, Equatable {
  /// The share of probes that are answered for all that.
  var stray = 0.0
  /// Members fall, and come back, within so long of each other.
  var stagger = Duration.zero
  /// So long before it, more and more probes are lost.
  var decay = Duration.zero
  /// The share of a group's members that fall.
  var share = 1.0
  /// The chance of a blip minutes before, and of one minutes after.
  var flanks = 0.0
}

/// A steady beat of short failures.
struct Flaps: Sendable, Equatable {
  /// The distance from one fall to the next, at the start of the span and at its end.
  var every: (first: Duration, last: Duration)
  /// The shortest and the longest failure. None takes more than half of the distance.
  var lasting: ClosedRange<Duration>

  static func == (a: Flaps, b: Flaps) -> Bool { a.every == b.every && a.lasting == b.lasting }

  /// The failures in a span: distances vary by a third, lengths are uniform.
  func failures(in span: Range<Instant>, random: inout RandomSource) -> [Range<Instant>] {
    var failures: [Range<Instant>] = []
    var time = span.lowerBound
    while true {
      let progress = (time - span.lowerBound).seconds / (span.upperBound - span.lowerBound).seconds
      let mean = every.first.seconds + (every.last.seconds - every.first.seconds) * progress
      let distance = Duration.seconds(1) * (mean * random.uniform(2 / 3...4 / 3))
      let lasting = random.uniform(self.lasting)
      time = time + max(distance, .milliseconds(1))
      let end = time + min(lasting, distance / 2)
      if end > span.upperBound { return failures }
      failures.append(time..<end)
    }
  }
}

/// A time in which nothing is probed.
struct Absence: Sendable, Equatable {
  enum Kind: String, Sendable, CaseIterable {
    /// The daemon is stopped, or it crashes: a new recording session begins after it.
    case off, crash
    case suspend
    /// The clock leaps forward.
    case step
    case overload
  }

  var span: Range<Instant>
  var kind: Kind

  /// Whether the daemon is not there, and not only its time.
  var isRestart: Bool { kind == .off || kind == .crash }
}

extension Weather {
  var isByChance: Bool {
    if case .byChance = when { true } else { false }
  }

  /// Whether it is the vantage's trouble.
  var isOurs: Bool {
    switch what {
    case .uplink, .absence: true
    case .condition, .failure, .flaps: false
    }
  }

  /// How far beyond its span it reaches.
  var reach: Duration {
    guard case .failure(_, let course) = what else { return .zero }
    return course.stagger + course.decay + (course.flanks > 0 ? .minutes(10) : .zero)
  }
}

extension Range<Instant> {
  func widened(by margin: Duration) -> Range<Instant> {
    lowerBound - margin..<upperBound + margin
  }
}

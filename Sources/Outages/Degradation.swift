/// Loss or latency far above the usual without interruption: what a brown-out looks like.
struct Degradation: Sendable, Equatable, Codable {
  /// A stretch in which a target was degraded.
  struct Stretch: Sendable, Equatable, Codable {
    var start: Bounds
    var end: Bounds?
    var declared: Instant
    /// How many times it lost probes, if these keep their distance: then it is an instability.
    var beats: Int16?

    var kind: Episode.Kind { beats == nil ? .degraded : .instability }
  }

  private enum Phase: Sendable, Equatable, Codable {
    /// The last probe that looked as usual, and the first after it that did not.
    case usual(last: Instant?, firstOdd: Instant?)
    /// Since `start`, declared or not, for so many probes; the last odd one and the first usual one
    /// after.
    case odd(
      start: Bounds, declared: Instant?, probes: Int32, lastOdd: Instant, firstUsual: Instant?)
  }

  private var phase = Phase.usual(last: nil, firstOdd: nil)
  /// How its losses come since it is odd, and whether they were found to be a beat.
  private var rhythm = Rhythm()
  private(set) var isBeat = false

  /// Fewer probes than this say nothing of a level.
  private static let least: Int32 = 8
  /// In so many, one in five of which is lost, twenty answers in a row come in one case of ten.
  private static let long: Int32 = 60

  enum Change: Sendable, Equatable {
    case began(Stretch)
    case ended(Stretch)
  }

  /// What was taken for an interruption belongs to it. Once declared, it keeps its start.
  mutating func extend(to start: Bounds, at time: Instant) {
    switch phase {
    case .usual: phase = .usual(last: start.earliest, firstOdd: start.latest)
    case .odd(let old, let declared, let probes, let lastOdd, let firstUsual):
      if start.latest >= old.latest || declared.map({ $0 < time }) ?? false { return }
      phase = .odd(
        start: start, declared: declared, probes: probes, lastOdd: lastOdd, firstUsual: firstUsual)
    }
  }

  /// An interruption is over, and with it what was odd: nothing is degraded before `time`.
  mutating func resume(at time: Instant) {
    if case .usual = phase { phase = .usual(last: time, firstOdd: nil) }
  }

  /// Ends an open stretch where something else begins: an outage, or a new usual.
  mutating func close(at end: Bounds) -> Stretch? {
    // What is odd from now on began after what was seen last.
    var seen = end.earliest
    if case .usual(let last?, _) = phase { seen = last }
    defer { phase = .usual(last: seen, firstOdd: nil) }
    guard var stretch = open, stretch.start.latest < end.latest else { return nil }
    stretch.end = end
    return stretch
  }

  /// Whether nothing is odd, declared or not.
  var isUsual: Bool {
    if case .usual = phase { true } else { false }
  }

  /// Whether it has lasted for so many probes that chance may have made a lull in it.
  var isLong: Bool {
    if case .odd(_, .some, let probes, _, _) = phase { probes >= Degradation.long } else { false }
  }

  /// The stretch that lasts.
  var open: Stretch? {
    guard case .odd(let start, let declared?, _, _, _) = phase else { return nil }
    return Stretch(start: start, declared: declared, beats: beats)
  }

  /// How far apart its losses come; nil when nothing is odd.
  var distances: Standing.Distances? {
    isUsual
      ? nil : Standing.Distances(count: Int(rhythm.runs), likelihood: Double(rhythm.likelihood))
  }

  private var beats: Int16? { isBeat ? rhythm.runs : nil }

  /// Whether its losses prove to keep their distance: from now on it is an instability.
  mutating func findBeat(at time: Instant) -> Bool {
    guard !isBeat, rhythm.isProof,
      case .odd(let start, .some, let probes, let lastOdd, let firstUsual) = phase
    else { return false }
    isBeat = true
    phase = .odd(
      start: start, declared: time, probes: probes, lastOdd: lastOdd, firstUsual: firstUsual)
    return true
  }

  /// Takes in a probe. `isOdd`: it was lost, or slow. `isDegraded`: it is believed that loss or
  /// latency are far above the usual; `isUsual`: that they are as usual.
  @inline(__always)
  mutating func step(
    at time: Instant, isAnswered: Bool, isOdd: Bool, isDegraded: Bool, isUsual: Bool,
    every: Duration?,
    detection: Detection
  ) -> Change? {
    if !isOdd, isUsual, case .usual = phase {
      phase = .usual(last: time, firstOdd: nil)
      return nil
    }
    return odd(at: time, isAnswered, isOdd, isDegraded, isUsual, every ?? .zero, detection)
  }

  private mutating func odd(
    at time: Instant, _ isAnswered: Bool, _ isOdd: Bool, _ isDegraded: Bool, _ isUsual: Bool,
    _ every: Duration, _ detection: Detection
  ) -> Change? {
    switch phase {
    case .usual(let last, let firstOdd):
      let first = firstOdd ?? (isOdd ? time : nil)
      phase = .usual(last: last, firstOdd: first)
      guard isDegraded else { return nil }
      (rhythm, isBeat) = (Rhythm(), false)
      phase = .odd(
        start: Bounds(earliest: last, latest: first ?? time), declared: nil, probes: 1,
        lastOdd: time, firstUsual: nil)
      return nil
    case .odd(let start, var declared, let probes, var lastOdd, var firstUsual):
      if isOdd { (lastOdd, firstUsual) = (time, nil) } else { firstUsual = firstUsual ?? time }
      rhythm.take(answered: isAnswered)
      if isUsual {
        phase = .usual(last: time, firstOdd: nil)
        guard let declared, let firstUsual else { return nil }
        let end = Bounds(earliest: lastOdd, latest: firstUsual)
        return .ended(Stretch(start: start, end: end, declared: declared, beats: beats))
      }
      // While it fails without an answer it may as well be down.
      let isNews =
        declared == nil && isDegraded && isAnswered && probes >= Degradation.least
        && time - start.latest >= max(detection.sustained * 2, every * Double(Degradation.least))
      if isNews { declared = time }
      phase = .odd(
        start: start, declared: declared, probes: probes + 1, lastOdd: lastOdd,
        firstUsual: firstUsual)
      return isNews ? .began(Stretch(start: start, declared: time)) : nil
    }
  }
}

extension Degradation.Stretch {
  /// Since when the level has lasted, with its lulls: what began again within a hundred probes, and a quarter
  /// of the time that it had lasted, is the same.
  func lasting(after chronicle: Chronicle, every: Duration?) -> Instant {
    var first = self
    for earlier in chronicle.degraded.reversed() {
      // What ended at one instant had become the usual.
      guard let end = earlier.end?.latest, earlier.end?.earliest != end,
        first.start.latest - end < (every ?? .zero) * 100.0,
        (first.start.latest - end) * 4.0 < end - earlier.start.latest
      else { break }
      first = earlier
    }
    return first.declared
  }
}

/// How it is degraded as a rule: what its last thirty days say, and before them two days with one rise that
/// lasted three hours, of which nobody knows.
extension Chronicle {
  private static let prior = (watched: Duration.days(2), degraded: Duration.hours(3))
  private static let memory = Duration.days(30)
  /// What was watched for less says little.
  private static let least = Duration.days(15)

  /// How likely it is that its loss rises before the next probe: a Gamma–Poisson rate.
  func chanceOfRise(within every: Duration?, at time: Instant) -> Double {
    let rate = Double(1 + rises(until: time)) / watched(window(until: time))
    return min(max((every ?? .seconds(30)).seconds * rate, 1e-6), 0.01)
  }

  /// The same by what is known of it alone, and one rise is no habit.
  func chanceOfFurtherRise(within every: Duration?, at time: Instant) -> Double {
    let watched = max(watched(window(until: time)), Chronicle.least.seconds)
    return (every ?? .seconds(30)).seconds * Double(max(0, rises(until: time) - 1)) / watched
  }

  private func rises(until time: Instant) -> Int { stretches(in: window(until: time)).count }

  private func stretches(in window: Range<Instant>) -> [Degradation.Stretch] {
    degraded.reversed().prefix { $0.ends(after: window.lowerBound) }
  }

  /// For what share of the time it was degraded, and is by the stretch that lasts.
  func shareDegraded(with open: Degradation.Stretch?, until time: Instant) -> Double {
    let window = window(until: time)
    var whole = Chronicle.prior.degraded
    for stretch in stretches(in: window) + (open.map { [$0] } ?? []) {
      let span = stretch.start.span(to: stretch.end, now: time).clamped(to: window)
      whole += span.upperBound - span.lowerBound
    }
    return whole.seconds / watched(window)
  }

  private func window(until time: Instant) -> Range<Instant> {
    min(time, max(first ?? time, time - Chronicle.memory))..<time
  }

  private func watched(_ window: Range<Instant>) -> Double {
    (Chronicle.prior.watched + (window.upperBound - window.lowerBound)).seconds
  }
}

extension Degradation.Stretch {
  fileprivate func ends(after instant: Instant) -> Bool { end.map { $0.latest > instant } ?? true }
}

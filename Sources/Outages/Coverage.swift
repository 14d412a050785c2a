/// How often a target is probed, and so which silences are holes: the fifth layer. Not seen is not up.
///
/// The interval is the plan's where there is one. Otherwise it is the median of the last fifteen
/// distances between probes, which a few holes among them cannot bend.
struct Cadence: Sendable, Equatable {
  /// The time of the latest probe.
  private(set) var last: Instant?
  /// The interval in force; nil until there is one to speak of.
  private(set) var every: Duration?
  private let isDeclared: Bool
  private var recent = RecentDistances()

  init(every: Duration?) {
    self.every = every
    isDeclared = every != nil
  }

  /// Goes on under a new interval, or goes on learning.
  mutating func adopt(every: Duration?) {
    let last = last
    let learned = isDeclared || every != nil ? nil : (self.every, recent)
    self = Cadence(every: every)
    self.last = last
    if let learned { (self.every, recent) = learned }
  }

  /// Takes in the time of a probe and returns the hole before it, if there is one: from one interval
  /// after the previous probe to this one.
  mutating func probe(at time: Instant, detection: Detection) -> Range<Instant>? {
    defer { last = time }
    guard let last else { return nil }
    let distance = time - last
    if !isDeclared { learn(distance) }
    guard let every, distance > every * detection.gap else { return nil }
    return last + every..<time
  }

  /// The hole after the latest probe, seen from `end`.
  func hole(until end: Instant, detection: Detection) -> Range<Instant>? {
    guard let last, let every, end - last > every * detection.gap else { return nil }
    return last + every..<end
  }

  private mutating func learn(_ distance: Duration) {
    recent.append(distance)
    // Distances near the interval move it only once a round: the median is the costly part.
    if let every, !recent.isRoundComplete, distance >= every * 0.5, distance <= every * 2 { return }
    every = recent.median
  }
}

/// The last fifteen distances between probes.
private struct RecentDistances: Sendable, Equatable {
  private static let capacity = 15
  private var ring = [Int64]()
  private var next = 0

  var isRoundComplete: Bool { next == 0 }

  mutating func append(_ distance: Duration) {
    if ring.count < RecentDistances.capacity {
      ring.append(distance.milliseconds)
    } else {
      ring[next] = distance.milliseconds
    }
    next = (next + 1) % RecentDistances.capacity
  }

  /// The upper median: of two distances the longer, so that a doubtful silence is no hole.
  var median: Duration? {
    ring.isEmpty ? nil : Duration(milliseconds: ring.sorted()[ring.count / 2])
  }
}

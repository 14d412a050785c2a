/// How often a target is probed, and so which silences are holes: the fifth layer. Not seen is not
/// up.
///
/// The interval is the plan's where there is one. Otherwise it is the median of the last fifteen
/// distances between probes, which a few holes among them cannot bend.
struct Cadence: Sendable, Equatable, Codable {
  /// The time of the latest probe.
  private(set) var last: Instant?
  /// The interval in force; nil until there is one to speak of.
  private(set) var every: Duration?
  private let isDeclared: Bool
  private var recent = RecentDistances()
  private var hasFailed = false
  /// The latest distance between two failed probes, in milliseconds, 0 when there was none: many a prober slows down
  /// while it waits for timeouts, and that is no hole.
  private var whileFailing: Int32 = 0

  init(every: Duration?) {
    self.every = every
    isDeclared = every != nil
  }

  /// Goes on under a new interval, or goes on learning.
  mutating func adopt(every: Duration?) {
    var newer = Cadence(every: every)
    (newer.last, newer.hasFailed) = (last, hasFailed)
    if !isDeclared, every == nil { (newer.every, newer.recent) = (self.every, recent) }
    if newer.every == self.every { newer.whileFailing = whileFailing }
    self = newer
  }

  /// Takes in a probe and returns the hole before it, if there is one: from one interval after the
  /// previous probe to this one.
  @inline(__always)
  mutating func probe(at time: Instant, failed: Bool, detection: Detection) -> Range<Instant>? {
    guard let last else {
      (self.last, hasFailed) = (time, failed)
      return nil
    }
    let distance = time - last
    let isFailing = failed && hasFailed
    // Who is asked again in a doubt is not probed oftener for that.
    let isExtra = hasFailed && distance < (every ?? .zero) / 2
    (self.last, hasFailed) = (time, failed)
    if !isDeclared, !isExtra { learn(distance) }
    guard let every, distance > every * detection.gap || isFailing else { return nil }
    return hole(last, distance, every, isFailing: isFailing, detection)
  }

  private mutating func hole(
    _ last: Instant, _ distance: Duration, _ every: Duration, isFailing: Bool,
    _ detection: Detection
  ) -> Range<Instant>? {
    let usual = isFailing ? failing(every) : every
    if isFailing { whileFailing = Int32(clamping: distance.milliseconds) }
    return distance > usual * detection.gap ? last + every..<last + distance : nil
  }

  /// The interval that is usual while it fails.
  private func failing(_ every: Duration) -> Duration {
    max(every, min(.milliseconds(Int64(whileFailing)), every * 6))
  }

  /// A probe of which nothing is known, as when our own uplink was lost: its time passes.
  mutating func pass(_ time: Instant) { last = time }

  /// The hole after the latest probe, seen from `end`.
  func hole(until end: Instant, detection: Detection) -> Range<Instant>? {
    guard let last, let every else { return nil }
    let usual = hasFailed ? failing(every) : every
    return end - last > usual * detection.gap ? last + every..<end : nil
  }

  private mutating func learn(_ distance: Duration) {
    recent.append(distance)
    // Distances near the interval move it only once a round: the median is the costly part.
    if let every, !recent.isRoundComplete, distance >= every * 0.5, distance <= every * 2 { return }
    every = recent.median
  }
}

/// The last fifteen distances between probes, kept of targets alone whose interval is learned.
private struct RecentDistances: Sendable, Equatable, Codable {
  private static let capacity = 15
  /// In milliseconds; of a distance longer than 24 days it matters only that it is long.
  private var ring: [Int32] = []
  private var next: Int8 = 0

  var isRoundComplete: Bool { next == 0 }

  mutating func append(_ distance: Duration) {
    let milliseconds = Int32(clamping: distance.milliseconds)
    if ring.count < RecentDistances.capacity {
      ring.append(milliseconds)
    } else {
      ring[Int(next)] = milliseconds
    }
    next = (next + 1) % Int8(RecentDistances.capacity)
  }

  /// The upper median: of two distances the longer, so that a doubtful silence is no hole.
  var median: Duration? {
    ring.isEmpty ? nil : Duration(milliseconds: Int64(ring.sorted()[ring.count / 2]))
  }
}

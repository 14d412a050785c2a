/// What a run of interruptions is called: the third layer. It follows the blips of one scope and
/// tells isolated ones from a steady beat.
///
/// Blips are unstable when so many in so short a time would hardly come by chance at the scope's usual
/// rate; a scope without history is held to `UsualRate`'s prior.
struct Pattern: Sendable, Equatable, Codable {
  /// A steady beat of blips.
  struct Instability: Sendable, Equatable, Codable {
    var start: Bounds
    /// The end of its last blip, or the start of the outage that it led to.
    var end: Bounds?
    var declared: Instant
    /// The starts of its first and its last blip, and how many it has.
    var first: Instant
    var last: Instant
    var count: Int

    /// The mean distance from blip to blip.
    var beat: Duration { (last - first) / Int64(max(1, count - 1)) }
  }

  /// One blip.
  private struct Blip: Sendable, Equatable, Codable {
    var start: Bounds
    var key: Instant { start.latest }
  }

  private(set) var usual = UsualRate()
  /// The latest blips that no instability owns, in order, at most `most`.
  private var recent: [Blip] = []
  private(set) var open: Instability?
  /// Whether the last blip of the open instability still lasts.
  private var isWithin = false
  /// The end of the last blip.
  private var lastEnd: Bounds?
  /// How many blips were but one probe short of an outage.
  private(set) var nearOutages = 0

  private static let most = 8

  /// What it may take beside its own size, for the tests that watch the state of a target.
  static var heapSize: Int { most * MemoryLayout<Blip>.stride }
  /// Fewer blips than this are no beat.
  private static let least = 3
  /// So seldom a beat may come about by chance at the usual rate.
  private static let surprise = 1e-4
  /// Blips further apart than this on average are isolated, however rare they are else.
  private static let slowest = Duration.hours(1)
  /// A silence of so many beats ends an instability.
  private static let silence = 4.0

  /// A blip has begun, of a scope that is watched since `first`.
  mutating func begin(_ start: Bounds, declared: Instant, watchedSince first: Instant?) {
    usual.watch(from: first, until: start.latest)
    isWithin = true
    if var beat = open {
      beat.last = start.latest
      beat.count += 1
      open = beat
      return
    }
    usual.learn(1)
    recent.append(Blip(start: start))
    if recent.count > Pattern.most { recent.removeFirst() }
    guard let from = firstUnstable else { return }
    let blips = recent[from...]
    open = Instability(
      start: recent[from].start, declared: declared, first: recent[from].key, last: start.latest,
      count: blips.count)
    usual.learn(-blips.count)
    recent.removeAll()
  }

  /// Where in `recent` a beat begins that lasts until now, if there is one: where it would be the
  /// greatest surprise.
  private var firstUnstable: Int? {
    guard let last = recent.last else { return nil }
    let surprises = recent.indices.dropLast(Pattern.least - 1).compactMap { from in
      let count = recent.count - from
      let window = last.key - recent[from].key
      if window > Pattern.slowest * Double(count - 1) { return (from: Int, expected: Double)?.none }
      return (from, usual.expected(further: count - 1, within: window, without: count))
    }
    return surprises.min { $0.expected < $1.expected }
      .flatMap { $0.expected < Pattern.surprise ? $0.from : nil }
  }

  /// The blip is over. `isNear`: one more failed probe would have made it an outage.
  mutating func end(_ end: Bounds, isNear: Bool) {
    if isNear { nearOutages += 1 }
    (isWithin, lastEnd) = (false, end)
    usual.watch(until: end.latest)
  }

  /// What began as a blip has proved to be an outage. Returns the instability that it ends.
  mutating func escalate(_ start: Bounds, at time: Instant) -> Instability? {
    isWithin = false
    recent.removeAll { $0.key == start.latest }
    guard var beat = open else {
      usual.learn(-1)
      return nil
    }
    open = nil
    beat.count -= 1
    // With the outage's own start taken back, the beat's last blip is the one before.
    beat.end = start
    return beat.count >= Pattern.least ? beat : nil
  }

  /// What began as a blip was none of this scope's.
  mutating func cancel(_ start: Bounds) {
    if isWithin, open != nil { open?.count -= 1 }
    isWithin = false
    recent.removeAll { $0.key == start.latest }
  }

  /// Time has passed without a blip. Returns the instability that this ends.
  @inline(__always)
  mutating func pass(_ time: Instant) -> Instability? {
    guard open != nil else { return nil }
    return settle(at: time)
  }

  private mutating func settle(at time: Instant) -> Instability? {
    guard var beat = open, !isWithin, let lastEnd,
      time - lastEnd.latest > beat.beat * Pattern.silence
    else { return nil }
    open = nil
    beat.end = lastEnd
    usual.watch(until: time)
    return beat
  }
}

/// What a run of interruptions is called: the third layer. It follows the blips of one scope and
/// tells isolated ones from a steady beat.
///
/// Blips are unstable when so many in so short a time would hardly come by chance at the scope's
/// usual rate; a scope without history is held to `UsualRate`'s prior.
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
  }

  /// An instability that lasts.
  private struct Beat: Sendable, Equatable, Codable {
    var start: Bounds
    var declared: Instant
    /// The start of the latest blip, and how many there are.
    var last: Instant
    var count: Int32

    func ended(at end: Bounds?) -> Instability {
      Instability(
        start: start, end: end, declared: declared, first: start.latest, last: last,
        count: Int(count))
    }
  }

  private(set) var usual = UsualRate()
  /// How many blips were but one probe short of an outage.
  private(set) var nearOutages: Int32 = 0
  private var beat: Beat?
  /// The end of the latest blip; nil while it lasts.
  private var quiet: Bounds?
  /// Blips until here belong to an instability that is over.
  private var settled: Instant?

  /// The instability that lasts.
  var open: Instability? { beat?.ended(at: nil) }

  /// So many of the latest blips are looked at.
  static let most = 8
  /// Fewer blips than this are no beat.
  private static let least = 3
  /// So seldom a beat may come about by chance at the usual rate.
  private static let rare = 1e-3
  /// Blips further apart than this on average are isolated, however rare they are else.
  private static let slowest = Duration.hours(3)
  /// A silence of so many beats ends an instability.
  private static let silence = 4.0

  /// A blip has begun, of a scope that is watched since `first`. `earlier` are the starts of those
  /// before it, in order.
  mutating func begin(
    _ start: Bounds, declared: Instant, watchedSince first: Instant?,
    after earlier: @autoclosure () -> [Bounds]
  ) {
    usual.watch(from: first, until: start.latest)
    quiet = nil
    if beat != nil {
      beat?.last = start.latest
      beat?.count += 1
      return
    }
    usual.learn(1)
    let settled = settled
    let recent = earlier().suffix(Pattern.most - 1).filter { bounds in
      settled.map { bounds.latest > $0 } ?? true
    }
    let blips = recent + [start]
    guard let from = firstUnstable(blips) else { return }
    let count = Int32(blips.count - from)
    beat = Beat(start: blips[from], declared: declared, last: start.latest, count: count)
    usual.learn(-Int(count))
  }

  /// Where in a run of blips a beat begins that lasts until now, if there is one: where it would be
  /// the greatest surprise.
  private func firstUnstable(_ blips: [Bounds]) -> Int? {
    guard let last = blips.last else { return nil }
    let surprises = blips.indices.dropLast(Pattern.least - 1).compactMap { from in
      let count = blips.count - from
      let window = last.latest - blips[from].latest
      if window > Pattern.slowest * Double(count - 1) { return (from: Int, expected: Double)?.none }
      return (from, usual.expected(further: count - 1, within: window, without: count))
    }
    return surprises.min { $0.expected < $1.expected }
      .flatMap { $0.expected < Pattern.rare ? $0.from : nil }
  }

  /// How surprising the beat is that lasts.
  var surprise: Standing.Beat? {
    guard let beat else { return nil }
    let window = beat.last - beat.start.latest
    return Standing.Beat(
      count: Int(beat.count), window: window,
      expected: usual.expected(further: max(1, Int(beat.count) - 1), within: window))
  }

  /// Watching begins.
  mutating func watch(from time: Instant) { usual.watch(from: time, until: time) }

  /// Time passed that nobody watched: it was not calm, it was not seen.
  mutating func skip(_ hole: Duration) { usual.skip(hole) }

  /// The blip is over. `isNear`: one more failed probe would have made it an outage.
  mutating func end(_ end: Bounds, isNear: Bool) {
    if isNear { nearOutages += 1 }
    quiet = end
    usual.watch(until: end.latest)
  }

  /// What began as a blip has proved to be an outage. Returns the instability that it ends.
  /// `wasBlip`: it was told as one.
  mutating func escalate(_ start: Bounds, wasBlip: Bool = true) -> Instability? {
    usual.watch(until: start.latest)
    guard beat != nil else {
      if wasBlip { usual.learn(-1) }
      return nil
    }
    if wasBlip { beat?.count -= 1 }
    return finish(at: start)
  }

  /// What began as a blip was none of this scope's. `wasNear` as it was when it ended.
  mutating func cancel(wasNear: Bool = false) {
    if wasNear { nearOutages -= 1 }
    // It is quiet since, or the beat would last for ever.
    if let beat { quiet = quiet ?? Bounds(earliest: beat.last, latest: beat.last) }
    if beat != nil { beat?.count -= 1 } else { usual.learn(-1) }
  }

  /// The blips from this one on proved to be the loss of a brown-out: a beat of them was none.
  mutating func dissolve(since start: Bounds) {
    if let beat, beat.start.latest >= start.latest { self.beat = nil }
  }

  /// The blips until now belong to an instability that is told otherwise.
  mutating func settle(until time: Instant) { settled = max(settled ?? time, time) }

  /// What seemed a beat are the bursts in which the target loses.
  mutating func dissolve() {
    settled = beat?.last ?? settled
    beat = nil
  }

  /// Time has passed without a blip. Returns the instability that this ends.
  @inline(__always)
  mutating func pass(_ time: Instant) -> Instability? {
    beat == nil ? nil : settle(at: time)
  }

  private mutating func settle(at time: Instant) -> Instability? {
    guard let beat, let quiet else { return nil }
    let distance = (beat.last - beat.start.latest) / Int64(max(1, beat.count - 1))
    guard time - quiet.latest > distance * Pattern.silence else { return nil }
    usual.watch(until: time)
    return finish(at: quiet)
  }

  private mutating func finish(at end: Bounds) -> Instability? {
    guard let beat else { return nil }
    settled = beat.last
    self.beat = nil
    return beat.count >= Pattern.least ? beat.ended(at: end) : nil
  }
}

/// What happened to a target so far.
struct Chronicle: Sendable, Equatable, Codable {
  /// The time of the first probe, and how many there were.
  private(set) var first: Instant?
  private(set) var count = 0
  /// Interruptions that are over, in order.
  var past: [Interruption] = []
  /// Holes between probes, in order.
  var holes: [Range<Instant>] = []
  /// Instabilities that are over, in order.
  var instabilities: [Pattern.Instability] = []
  /// Degraded stretches that are over, in order.
  var degraded: [Degradation.Stretch] = []
  /// The outage that lasts as it would have ended before its latest stray answers, if they were none; at most
  /// one.
  private var whole: [Interruption] = []

  /// Takes in how the outage that lasts stands, and how it would have ended before this probe failed.
  mutating func weigh(_ open: Interruption, ended: Interruption) {
    if let earlier = whole.first, !open.hasCrumbled(since: earlier) { whole = [] }
    if whole.isEmpty, open.tally.strays > ended.tally.strays { whole = [ended] }
  }

  /// What was an outage before it crumbled, if it was one: it answered one probe in ten at most.
  mutating func takeWhole(of open: Interruption, _ sustained: Duration) -> Interruption? {
    defer { whole = [] }
    return whole.first {
      open.kind == .outage && $0.firstFailed == open.firstFailed && $0.certain >= sustained
        && $0.tally.strays * 10 <= $0.tally.probes
    }
  }

  @inline(__always)
  mutating func note(_ time: Instant) {
    if first == nil { first = time }
    count += 1
  }

  /// Whether an interruption with this start is of no instability that is over.
  func isApart(_ start: Bounds) -> Bool {
    instabilities.last.map { $0.last < start.latest } ?? true
  }

  /// Whether an instability ended with what has this start.
  func hasEnded(with start: Bounds) -> Bool {
    instabilities.last?.end?.latest == start.latest
      || degraded.last.map { $0.beats != nil && $0.end?.latest == start.latest } ?? false
  }

  /// Time whose probes cannot be relied on is a hole too.
  mutating func forget(_ time: Range<Instant>) {
    holes.insert(time, at: holes.partitionPoint { $0.lowerBound > time.lowerBound })
  }

  /// The starts of the latest blips that are over, as many as a pattern looks at.
  var latestBlips: [Bounds] {
    let blips = past.suffix(4 * Pattern.most).filter { $0.kind == .blip && !$0.isLoss }
    return blips.suffix(Pattern.most).map(\.start)
  }
}

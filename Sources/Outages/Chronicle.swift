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

  @inline(__always)
  mutating func note(_ time: Instant) {
    if first == nil { first = time }
    count += 1
  }

  /// What was over latest was an outage, as is known since `time`. Returns it.
  mutating func proveLatest(at time: Instant) -> Interruption? {
    guard var latest = past.popLast() else { return nil }
    (latest.kind, latest.declared) = (.outage, time)
    past.append(latest)
    return latest
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

/// Loss or latency far above the usual without interruption: what a brown-out looks like.
struct Degradation: Sendable, Equatable, Codable {
  /// A stretch in which a target was degraded.
  struct Stretch: Sendable, Equatable, Codable {
    var start: Bounds
    var end: Bounds?
    var declared: Instant
  }

  /// The open stretch, declared or not.
  private var since: Bounds?
  private var declared: Instant?
  /// The last probe that looked as usual, and the first after it that did not.
  private var lastUsual: Instant?
  private var firstOdd: Instant?
  /// How many probes the open stretch has.
  private var probes: Int32 = 0
  /// The last odd probe and the first usual one after it.
  private var lastOdd: Instant?
  private var firstUsual: Instant?

  /// Fewer probes than this say nothing of a level.
  private static let least: Int32 = 8

  enum Change: Sendable, Equatable {
    case began(Stretch)
    case ended(Stretch)
  }

  /// What was taken for an interruption belongs to it.
  mutating func extend(to start: Bounds) {
    if since != nil {
      if let open = since, start.latest < open.latest { since = start }
    } else {
      (lastUsual, firstOdd) = (start.earliest, start.latest)
    }
  }

  /// Ends an open stretch where something else begins: an outage, or a new usual.
  mutating func close(at end: Bounds) -> Change? {
    defer { (since, declared, firstOdd, lastUsual) = (nil, nil, nil, nil) }
    guard let stretch = open, stretch.start.latest < end.latest else { return nil }
    return .ended(Stretch(start: stretch.start, end: end, declared: stretch.declared))
  }

  /// The stretch that lasts.
  var open: Stretch? {
    guard let since, let declared else { return nil }
    return Stretch(start: since, declared: declared)
  }

  /// Takes in a probe. `isOdd`: it was lost, or slow. `isDegraded`: it is believed that loss or
  /// latency are far above the usual; `isUsual`: that they are as usual.
  @inline(__always)
  mutating func step(
    at time: Instant, isOdd: Bool, isDegraded: Bool, isUsual: Bool, detection: Detection
  ) -> Change? {
    if !isOdd, isUsual, since == nil {
      (lastUsual, firstOdd) = (time, nil)
      return nil
    }
    return odd(at: time, isOdd, isDegraded, isUsual, detection)
  }

  private mutating func odd(
    at time: Instant, _ isOdd: Bool, _ isDegraded: Bool, _ isUsual: Bool, _ detection: Detection
  ) -> Change? {
    if isOdd {
      if firstOdd == nil { firstOdd = time }
      (lastOdd, firstUsual) = (time, nil)
    } else if firstUsual == nil {
      firstUsual = time
    }
    if isDegraded, since == nil {
      since = Bounds(earliest: lastUsual, latest: firstOdd ?? time)
      probes = 0
    }
    guard let start = since else { return nil }
    probes += 1
    if isUsual {
      defer { (since, declared, firstOdd, lastUsual) = (nil, nil, nil, time) }
      guard let declared, let lastOdd, let firstUsual else { return nil }
      return .ended(
        Stretch(
          start: start, end: Bounds(earliest: lastOdd, latest: firstUsual), declared: declared))
    }
    if declared == nil, isDegraded, probes >= Degradation.least,
      time - start.latest >= detection.sustained * 2
    {
      declared = time
      return .began(Stretch(start: start, declared: time))
    }
    return nil
  }
}

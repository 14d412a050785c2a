/// How much speaks for a loss of most probes since something spoke against it last: Page's
/// cumulative sum of ln P(r | three in four are lost) − ln P(r | one in a hundred is).
struct Oddity: Sendable, Equatable, Codable {
  private(set) var sum = 0.0
  /// When nothing spoke for it last, and the first failure since.
  var before: Instant?
  private(set) var first: Instant?

  init(before: Instant? = nil) { self.before = before }

  @inline(__always)
  mutating func take(answered: Bool, at time: Instant) {
    // No more than it takes to be believed: it must not take long to speak against it.
    sum = min(max(0, sum + (answered ? -1.38 : 4.32)), 15)
    if sum == 0 {
      (before, first) = (time, nil)
    } else if first == nil {
      first = time
    }
  }
}

/// What the targets that are up say between the probes of sentinels.
struct Witnesses: Sendable, Equatable, Codable {
  /// The latest answer, and the first failure since then.
  var lastGood: Instant?
  var firstFailed: Instant?
  /// Since a sentinel failed last: the first answer, and the latest failure before it.
  var firstGood: Instant?
  var lastFailed: Instant?
  /// Whether some answered between failures of sentinels: they do not need our uplink, and date nothing.
  var areMixed = false

  mutating func see(answered: Bool, at time: Instant) {
    if answered {
      if firstGood == nil { firstGood = time }
      (lastGood, firstFailed) = (time, nil)
    } else {
      if firstFailed == nil { firstFailed = time }
      if firstGood == nil { lastFailed = time }
    }
  }

  /// A sentinel fails; `isFurther` if one did before, and none answered since.
  mutating func sentinelFails(isFurther: Bool) {
    areMixed = isFurther && (areMixed || firstGood != nil)
    firstGood = nil
  }
}

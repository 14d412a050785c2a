/// Page's cumulative sum: how much speaks for a change since something spoke against it last, and when that was.
struct CumulativeSum: Sendable, Equatable, Codable {
  private(set) var sum = 0.0
  /// When nothing spoke for it last, and the first that did since.
  private(set) var before: Instant?
  private(set) var first: Instant?

  init(before: Instant? = nil) { self.before = before }

  @inline(__always)
  mutating func take(_ evidence: Double, atMost most: Double = .infinity, at time: Instant) {
    sum = min(max(0, sum + evidence), most)
    if sum == 0 {
      (before, first) = (time, nil)
    } else if first == nil {
      first = time
    }
  }
}

/// How much speaks for a loss of most probes: the sum of ln P(r | three in four are lost) −
/// ln P(r | one in a hundred is), and no more of it than it takes to be believed, since it must not take long
/// to speak against it.
struct Oddity: Sendable, Equatable, Codable {
  private var evidence: CumulativeSum
  private var sum: Double { evidence.sum }
  var before: Instant? { evidence.before }
  var first: Instant? { evidence.first }
  /// Whether that is hardly chance any more.
  var isProof: Bool { sum > 12 }

  init(before: Instant? = nil) { evidence = CumulativeSum(before: before) }

  @inline(__always)
  mutating func take(answered: Bool, at time: Instant) {
    evidence.take(answered ? -1.38 : 4.32, atMost: 15, at: time)
  }
}

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
  /// How many have failed since nothing spoke for it.
  private var losses = 0
  private var sum: Double { evidence.sum }
  var before: Instant? { evidence.before }
  var first: Instant? { evidence.first }
  /// Whether that is hardly chance any more.
  var isProof: Bool { sum > 12 }
  /// Whether so many fail that one sentinel among them is hardly chance either.
  var isWide: Bool { losses >= 6 }

  init(before: Instant? = nil) { evidence = CumulativeSum(before: before) }

  @inline(__always)
  mutating func take(answered: Bool, at time: Instant) {
    evidence.take(answered ? -1.38 : 4.32, atMost: 15, at: time)
    losses = evidence.first == nil ? 0 : losses + (answered ? 0 : 1)
  }
}

/// What speaks for an uplink that loses most: the sentinels together, each of them, and all that are up.
struct Oddities: Sendable, Equatable, Codable {
  var sentinels = Oddity()
  /// Of all that are up.
  private(set) var common = Oddity()
  /// What part of its latest four or so probes each sentinel lost.
  private var shares: [Int: Double] = [:]
  /// Whether two sentinels have failed since they answered, or the only one.
  private var areTwo = false
  /// When most of all failed last, and sentinels with them: two, the only one, or one with very many.
  private(set) var last: Instant?
  /// For so long a sentinel that failed alone is reckoned with.
  private var until: Instant?

  /// What part at least a sentinel has lost that failed within the last few probes, at the last, and again.
  private static let (leastLately, leastLast, leastAgain) = (0.1, 0.2, 0.3)

  init(before: Instant? = nil) {
    (sentinels, common) = (Oddity(before: before), Oddity(before: before))
  }

  /// What anybody says who is none that is down on its own.
  @inline(__always)
  mutating func weigh(answered: Bool, at time: Instant) {
    common.take(answered: answered, at: time)
    if !answered { watch(at: time) }
  }

  private mutating func watch(at time: Instant) {
    guard common.isProof else { return }
    let isOne =
      until.map { time <= $0 } ?? false && shares.values.contains { $0 > Oddities.leastLast }
    if areTwo || isOne && common.isWide { last = time }
  }

  /// What a sentinel says that is none that is down on its own.
  mutating func take(_ sentinel: Int, answered: Bool, at time: Instant) {
    sentinels.take(answered: answered, at: time)
    shares[sentinel, default: 0] += ((answered ? 0 : 1) - shares[sentinel, default: 0]) / 4
  }

  /// It is down on its own.
  mutating func forget(_ sentinel: Int) { shares[sentinel] = nil }

  /// One has failed. Returns whether all that live have, of late.
  mutating func fail(_ alive: Set<Int>, at time: Instant, every: Duration) -> Bool {
    let failed = alive.count { shares[$0, default: 0] > Oddities.leastLast }
    areTwo = failed >= min(2, alive.count)
    until = time + every * 2.0
    watch(at: time)
    return failed == alive.count
  }

  /// One has answered. Returns whether it is odd for all that.
  mutating func answer(_ sentinel: Int) -> Bool {
    let isOdd = shares[sentinel, default: 0] > Oddities.leastLast
    if !isOdd { areTwo = false }
    return isOdd
  }

  /// Whether together they lose far more than usual, and each that lives has failed again and again; or of late, where
  /// all that are up began to fail when they did. `failing` is what part of their latest eight or so probes failed;
  /// these are `every` apart.
  func isProof(_ alive: Set<Int>, failing: Double, every: Duration?) -> Bool {
    guard sentinels.isProof || failing > 0.35 else { return false }
    let least =
      sentinels.isProof && isCommon(every ?? .zero) ? Oddities.leastLately : Oddities.leastAgain
    return alive.allSatisfy { shares[$0, default: 0] > least }
  }

  private func isCommon(_ every: Duration) -> Bool {
    guard common.isProof, let first = common.first, let own = sentinels.first else { return false }
    return first - own <= every && own - first <= every
  }
}

/// An instant known only from two sides, as every end of an interruption is: the change happened
/// after `earliest` and not after `latest`.
public struct Bounds: Sendable, Hashable, Codable {
  /// Nil when nothing was seen before.
  public var earliest: Instant?
  public var latest: Instant

  public init(earliest: Instant?, latest: Instant) {
    (self.earliest, self.latest) = (earliest, latest)
  }

  /// The best single guess: the middle, which is off by at most half the distance.
  public var midpoint: Instant { earliest.map { .midpoint($0, latest) } ?? latest }

  /// From the middle of these bounds to the middle of those of the end, or until now.
  func span(to end: Bounds?, now: Instant) -> Range<Instant> {
    midpoint..<max(midpoint, end?.midpoint ?? now)
  }

  /// The bounds of the earlier (`min`) or the later (`max`) of two changes.
  func combined(with other: Bounds, by pick: (Instant, Instant) -> Instant) -> Bounds {
    let earliest = earliest.flatMap { a in other.earliest.map { pick(a, $0) } }
    return Bounds(earliest: earliest, latest: pick(latest, other.latest))
  }
}

/// A stretch in which a target is believed unreachable, dated from its first evidence.
public struct Interruption: Sendable, Equatable, Codable {
  /// The last answer before; nil when the target was never seen up before.
  public var lastGood: Instant?
  public var firstFailed: Instant
  public var lastFailed: Instant
  /// The first answer after; nil while it lasts.
  public var firstGood: Instant?
  /// Time between the first and the last failed probe that nobody watched.
  public var unobserved = Duration.zero
  /// When the verdict fell that this is what `kind` says: the send time of the deciding probe.
  public var declared: Instant
  /// How the first probe failed.
  public var failure: Failure
  public var kind = Episode.Kind.blip
  /// Whether it may have been the loss of a brown-out.
  var isLoss = false
  /// Whether more than one in twenty of the target's probes are lost by chance.
  var losesMany = false

  /// When it was believed, as a blip or already as an outage.
  var began: Instant
  /// The failed probe by which the fall is certain: the first, unless the target loses so many that
  /// the first may have been lost anyway.
  var surelyDown: Instant
  /// The failed probe until which it is certain to have lasted: the last, with the same reserve.
  var surelyStill: Instant
  /// How likely it is that all failed probes were lost by chance while the target was up.
  var strayness: Double
  /// How many probes failed, and how many were answered for all that.
  var losses: Int32 = 1
  var strays: Int32 = 0

  public var start: Bounds { Bounds(earliest: lastGood, latest: surelyDown) }
  public var end: Bounds? { firstGood.map { Bounds(earliest: surelyStill, latest: $0) } }
  /// What it certainly lasted: from the first failed probe to the last, less what nobody watched.
  /// Of a target that loses many by chance, without those that may have been lost anyway.
  public var certain: Duration {
    let whole = losesMany ? surelyStill - surelyDown : lastFailed - firstFailed
    return max(whole - unobserved, .zero)
  }
}

extension Interruption {
  /// The first failed probe of what may become one. `lossRate` is how often the target loses a
  /// probe by chance.
  init(_ failure: Failure, at time: Instant, lastGood: Instant?, lossRate: Double) {
    self.init(
      lastGood: lastGood, firstFailed: time, lastFailed: time, declared: time, failure: failure,
      began: time,
      surelyDown: time, surelyStill: time, strayness: lossRate)
    losesMany = lossRate > 0.05
  }

  /// A run of losses that chance makes as rarely as this is proof of a change.
  private static let unlikely = 0.03

  /// Whether runs of losses like this one come about by chance less than once in `period`.
  func isRare(_ period: Duration, every: Duration?) -> Bool {
    Interruption.isRare(strayness, in: period, every: every)
  }

  /// Whether something that each probe brings about with this chance comes less than once in
  /// `period`.
  static func isRare(_ chance: Double, in period: Duration, every: Duration?) -> Bool {
    chance * period.seconds < max(every?.seconds ?? 1, 0.001)
  }

  /// What an outage's losses must be rarer than: once in twenty months.
  static let proof = Duration.days(600)

  /// Whether it has more answers than stray ones can be: one in ten and some.
  var isBrownOut: Bool { Double(strays) > 2 + 0.2 * Double(losses + strays) }

  /// Whether its losses may be chance at the highest loss of a brown-out: so many in a row may, and
  /// more when some were answered among them.
  var mayBeLoss: Bool { losses <= 10 + 5 * strays }

  /// Takes in a further failed probe after `hole` of unobserved time.
  mutating func fail(at time: Instant, hole: Duration, lossRate: Double, every: Duration?) {
    losses += 1
    lastFailed = time
    unobserved += hole
    if strayness > Interruption.unlikely { surelyDown = time }
    strayness = max(strayness * lossRate, 1e-30)
    // As many probes as it took at the start may have been lost by chance at the end.
    var (reserve, chance) = (0, lossRate)
    while chance > Interruption.unlikely, reserve < 8 {
      chance *= lossRate
      reserve += 1
    }
    let margin = (every ?? .zero) * Double(reserve)
    surelyStill = max(surelyDown, reserve == 0 ? time : time - margin)
  }
}

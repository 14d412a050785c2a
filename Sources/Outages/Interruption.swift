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

  /// The same by what others saw between: after `first`, and not after `last`, where these lie within.
  func narrowed(after first: Instant?, until last: Instant?) -> Bounds {
    guard let earliest else { return self }
    let after = first.flatMap { earliest < $0 && $0 < latest ? $0 : nil } ?? earliest
    let until = last.flatMap { after < $0 && $0 < latest ? $0 : nil } ?? latest
    return Bounds(earliest: after, latest: until)
  }

  /// The bounds of the earlier (`min`) or the later (`max`) of two changes.
  func combined(with other: Bounds, by pick: (Instant, Instant) -> Instant) -> Bounds {
    let earliest = earliest.flatMap { a in other.earliest.map { pick(a, $0) } }
    return Bounds(earliest: earliest, latest: pick(latest, other.latest))
  }
}

/// A stretch in which a target is believed unreachable, dated from its first evidence.
public struct Interruption: Sendable, Equatable, Codable {
  /// The last answer before, or that before it where it is told; nil when the target was never seen up before.
  public var lastGood: Instant?
  /// How the first probe failed.
  public var failure: Failure
  public var kind = Episode.Kind.blip
  /// Whether it may have been the loss of a brown-out.
  var isLoss = false
  private var excuse = Excuse()
  /// How many of its failed probes came at once after another: it is being asked about out of turn.
  private var asked: Int8 = 0
  /// How many probes failed since the latest stray answers; the most there is when there were none.
  private var sinceStray = Int8.max
  /// How many probes came since the interruption before it was over, at most as many as there is room for.
  var probesBefore = Int8.max
  public var firstFailed: Instant
  public var lastFailed: Instant
  /// The answer by which the return is certain: the first after it, unless that may be a stray one or the last loss
  /// chance; nil while it lasts.
  public var surelyUp: Instant?
  /// How many milliseconds before the last failed probe the one before it failed.
  private var lastStep: Int32 = 0
  /// Time between the first and the last failed probe that nobody watched.
  public var unobserved = Duration.zero
  /// When the verdict fell that this is what `kind` says: the send time of the deciding probe.
  public var declared: Instant

  /// When it was believed, as a blip or already as an outage.
  var began: Instant
  /// The failed probe by which the fall is certain: the first, unless the target loses so many that
  /// the first may have been lost anyway.
  var surelyDown: Instant
  /// The failed probe until which it is certain to have lasted: the last, with the same reserve.
  var surelyStill: Instant
  /// Of a target that loses many: the latest failed probes, as many as may have been lost by chance at
  /// the end, and one.
  private var latest: [Instant] = []
  private(set) var tally = Tally(losses: 1)
  /// The first evidence of it that was told, by which it stays known also when an earlier blip proves to be
  /// part of it. An earlier outage goes on under its own.
  private(set) var key: Instant

  public var start: Bounds { Bounds(earliest: lastGood, latest: surelyDown) }
  public var end: Bounds? { surelyUp.map { Bounds(earliest: surelyStill, latest: $0) } }
  /// Whether its last losses may be chance.
  var mayHaveEndedEarlier: Bool { surelyStill < lastFailed }
  /// How long after its first failed probe the fall is certain.
  var reserve: Duration { surelyDown - firstFailed }
  /// What it certainly lasted: from the first failed probe to the last, less what nobody watched.
  public var certain: Duration { max(lastFailed - firstFailed - unobserved, .zero) }
  /// What it lasted even if the last failed probe was lost by chance.
  var certainWithoutLast: Duration { max(certain - .milliseconds(Int64(lastStep)), .zero) }
}

extension Interruption {
  /// The first failed probe of what may become one.
  init(_ failure: Failure, at time: Instant, lastGood: Instant?) {
    self.init(
      lastGood: lastGood, failure: failure, firstFailed: time, lastFailed: time,
      declared: time, began: time, surelyDown: time, surelyStill: time, key: time)
    latest = [time]
  }

  /// What chance makes as rarely as this at an edge is proof of the change: ninety-nine bounds of a hundred are to hold
  /// it.
  static let unlikely = 0.005

  /// Whether something that each probe brings about with this chance comes less than once in
  /// `period`.
  static func isRare(_ chance: Double, in period: Duration, every: Duration?) -> Bool {
    chance * period.seconds < max(every?.seconds ?? 1, 0.001)
  }

  /// What an outage's losses must be rarer than: once in ten months.
  static let proof = Duration.days(300)

  /// Whether it has more answers than stray ones can be: one in ten and some.
  var isBrownOut: Bool { Double(tally.strays) > 2 + 0.2 * Double(tally.probes) }

  /// Whether its losses may be chance at the highest loss of a brown-out: so many in a row may, and
  /// more when some were answered among them.
  var mayBeLoss: Bool { tally.losses <= 10 + 5 * tally.strays }

  /// Whether it may be how a brown-out begins, as so many losses and answers of one that loses most.
  var mayBeBeginning: Bool { tally.losses <= 10 + 2 * tally.strays }

  /// Whether what followed an earlier state of it, losses and answers, speaks more for a brown-out than for an
  /// outage with stray answers: Page's cumulative sum, of one that answers one probe in twenty against one that
  /// answers two in five.
  func hasCrumbled(since earlier: Interruption) -> Bool {
    0.46 * Double(tally.losses - earlier.tally.losses)
      < 2.08 * Double(tally.strays - earlier.tally.strays)
  }

  /// Whether it is being asked about, so that there can be more proof in the same time. A
  /// prober that tries again while it fails is seldom so quick.
  var isAsked: Bool { asked > 1 }

  /// What had been answers of a recovery were stray ones.
  mutating func relapse(after recovery: Recovery) {
    sinceStray = Int8(clamping: recovery.losses)
    tally.relapse(after: recovery)
  }

  /// An earlier interruption proves to be part of it, and the answers between were stray ones.
  mutating func goOn(from earlier: Interruption) {
    (lastGood, failure) = (earlier.lastGood, earlier.failure)
    (firstFailed, surelyDown) = (earlier.firstFailed, earlier.surelyDown)
    unobserved += earlier.unobserved
    tally = tally + earlier.tally + Tally(losses: 0, strays: Int32(probesBefore))
    probesBefore = earlier.probesBefore
    if earlier.kind == .outage {
      (declared, began, key) = (earlier.declared, earlier.began, earlier.key)
      excuse = Excuse()
    }
  }

  /// Whether at most one of its probes had failed by then, which proves nothing. A run of more than three is looked
  /// at no further back.
  func isUnproved(by instant: Instant) -> Bool {
    switch tally.losses {
    case 1: true
    case 2: lastFailed > instant
    case 3: lastFailed - .milliseconds(Int64(lastStep)) > instant
    default: firstFailed > instant
    }
  }

  /// Takes in whether something explains it. Returns whether that has changed.
  mutating func excuse(_ isExplained: Bool, at time: Instant) -> Bool {
    excuse.take(isExplained, at: time, &declared)
  }

  /// It is told: what was kept to judge its next probe is not needed any more.
  mutating func close() { latest = [] }

  /// Takes in a further failed probe after `hole` of unobserved time.
  mutating func fail(at time: Instant, hole: Duration, belief: Belief, every: Duration?) {
    tally.losses += 1
    if let every, time - lastFailed < every / 8, asked < .max { asked += 1 }
    (lastStep, lastFailed) = (Int32(clamping: (time - lastFailed).milliseconds), time)
    unobserved += hole
    // So many probes may have been lost by chance at the start, and at the end.
    var reserve = Int32(0)
    while reserve < 8, chance(belief.shownLoss, times: reserve + 1) > Interruption.unlikely {
      reserve += 1
    }
    // Beyond a hole nothing is near.
    if unobserved == .zero, tally.losses <= reserve + 1 { (surelyDown, key) = (time, time) }
    latest = reserve == 0 ? [] : (hole > .zero ? [] : latest.suffix(Int(reserve))) + [time]
    if sinceStray < .max {
      sinceStray += 1
      // The answers before may have been the return all the same, and what failed since chance.
      let byChance = chance(1 - belief.answerRate, times: Int32(sinceStray))
      if byChance > Interruption.unlikely * tally.strayRate { return }
    }
    surelyStill = max(surelyDown, latest.first ?? time)
  }
}

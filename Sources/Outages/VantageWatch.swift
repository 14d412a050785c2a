/// Whether we are online ourselves, by what the sentinels say. Their probes together are judged
/// like those of one target: they agree that we are not online when all of them that are alive fail
/// in a row, or when most of their probes do and each has lost some.
struct VantageWatch: Sendable, Equatable, Codable {
  /// A stretch in which our own uplink was lost, whole or for the most part.
  struct Loss: Sendable, Equatable, Codable {
    var start: Bounds
    var end: Bounds?
    var declared: Instant
    /// When a sentinel answered last before it: what fails since then may be our own.
    var since: Instant?
  }

  private var belief = Belief()
  private(set) var open: Loss?
  private(set) var past: [Loss] = []
  /// The total length of `past`, from the first failed probe to the first answer.
  private(set) var lost = Duration.zero
  /// The latest answer of any sentinel, and the latest with which all was as usual.
  private(set) var lastGood: Instant?
  private var lastUsual: Instant?
  /// Since the latest answer: the first failure, who failed, and how likely it is that all did so
  /// by chance.
  private var firstFailed: Instant?
  private var losers: Set<Int> = []
  /// Whether all that failed since the latest answer may be for want of our resolver alone.
  private var isOfResolver = true
  private var strayness = 1.0
  /// What part of the latest eight or so probes failed.
  private var failing = 0.0
  /// What speaks for an uplink that loses most: of the sentinels, and of all that are up.
  private var oddity = Oddity()
  private var commonOddity = Oddity()
  /// Since all was as usual, the first failure, and who failed.
  private var firstOdd: Instant?
  private var odd: [Int: Int] = [:]
  private var oddProbes = 0
  private var oddFailures = 0
  /// The latest failure; while the uplink is lost, the answers since, and how many probes before it
  /// failed and were answered for all that.
  private var lastFailed: Instant?
  private var recovery: Recovery?
  private var tally = Tally(losses: 0)
  /// What part of the latest probes of targets failed: of one of each, or of sixteen.
  private var failingTargets = 0.0
  /// The targets that are up are probed between the sentinels, and date what these say.
  private var targets = Witnesses()
  private var targetsBefore = Witnesses()
  /// Whether all sentinels that live have failed since all was as usual.
  private var isUnanimous = false

  /// How much speaks for a loss of most probes since something spoke against it last: Page's
  /// cumulative sum of ln P(r | three in four are lost) − ln P(r | one in a hundred is).
  private struct Oddity: Sendable, Equatable, Codable {
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

  private struct Witnesses: Sendable, Equatable, Codable {
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

  var isLost: Bool { open != nil }

  /// Whether nothing speaks for a loss of ours: the sentinels answer, or one alone does not, or they
  /// fail no more since they are known to be down themselves.
  func isCalm(at time: Instant, _ detection: Detection) -> Bool {
    failing < 0.25 || !isUnanimous || lastFailed.map { time - $0 > detection.sustained } ?? true
  }

  /// All losses, the one that lasts last.
  var losses: [Loss] { past + (open.map { [$0] } ?? []) }

  /// What a sentinel's probe brought about.
  enum Change: Sendable, Equatable {
    case lost(Loss)
    case found(Loss)
  }

  /// A target's probe: a witness when the sentinels are too few, or not of one mind. `wasUp`: whether
  /// it is none that is down on its own.
  @inline(__always)
  mutating func witness(answered: Bool, wasUp: Bool, of targets: Int, at time: Instant) {
    failingTargets += ((answered ? 0 : 1) - failingTargets) / Double(min(max(2, targets), 16))
    if wasUp {
      self.targets.see(answered: answered, at: time)
      commonOddity.take(answered: answered, at: time)
    }
  }

  /// Takes in a sentinel's probe. `alive` are the sentinels that are not down on their own.
  mutating func observe(
    _ sentinel: Int, answered: Bool, wasUp: Bool, isByName: Bool = false, at time: Instant,
    alive: Set<Int>, every: Duration?, detection: Detection
  ) -> Change? {
    if wasUp { commonOddity.take(answered: answered, at: time) }
    if !answered, !alive.contains(sentinel) { return nil }
    if answered { isOfResolver = true } else if !isByName { isOfResolver = false }
    belief.update(answered: answered, detection: detection)
    failing += ((answered ? 0 : 1) - failing) / 8
    oddity.take(answered: answered, at: time)
    oddProbes += 1
    if !answered { oddFailures += 1 }
    return answered
      ? answer(at: time, detection) : fail(sentinel, at: time, alive, every, detection)
  }

  private mutating func fail(
    _ sentinel: Int, at time: Instant, _ alive: Set<Int>, _ every: Duration?,
    _ detection: Detection
  ) -> Change? {
    targets.sentinelFails(isFurther: firstFailed != nil)
    if firstFailed == nil { (firstFailed, targetsBefore) = (time, targets) }
    if firstOdd == nil { firstOdd = time }
    losers.insert(sentinel)
    odd[sentinel, default: 0] += 1
    isUnanimous = alive.allSatisfy { odd[$0] != nil }
    strayness *= 1 - belief.answerRate
    lastFailed = time
    if open != nil {
      if let recovery {
        // Answers that so many failures follow were stray ones.
        tally.relapse(after: recovery)
      }
      recovery = nil
      tally.losses += 1
      return nil
    }
    guard let (start, since) = start(alive, every, detection) else { return nil }
    let loss = Loss(start: start, declared: time, since: since)
    // What was answered since things became odd were stray answers.
    open = loss
    tally = Tally(losses: Int32(oddFailures), strays: Int32(oddProbes - oddFailures))
    return .lost(loss)
  }

  /// From when on we have been offline, if the sentinels agree that we are, and when the last of them
  /// answered before.
  private func start(
    _ alive: Set<Int>, _ every: Duration?, _ detection: Detection
  ) -> (Bounds, since: Instant?)? {
    let perMonth = Duration.days(30).seconds / max(every?.seconds ?? 1, 0.001)
    let isDown =
      belief.up < detection.down && strayness * perMonth < 0.1 && losers.isSuperset(of: alive)
      && (alive.count > 1 || failingTargets > 0.5)
    let isLossy =
      (oddity.sum > 12 && failingTargets > 0.3 || failing > 0.35 && failingTargets > 0.5)
      && alive.count > 1 && alive.allSatisfy { odd[$0, default: 0] > 1 }
    // A dead resolver is no lost uplink while targets with addresses answer.
    if isOfResolver, failingTargets <= 0.5 { return nil }
    guard isDown || isLossy, let firstOdd, let firstFailed else { return nil }
    // It began when things became odd if half was lost since; else with the failures in a row.
    if isDown, oddFailures == oddProbes, targets.lastGood == targetsBefore.lastGood {
      // Since a sentinel failed nobody answered at all: what was seen last, and failed first, dates it.
      let bounds = Bounds(earliest: lastGood, latest: firstFailed)
      let narrow = bounds.narrowed(
        after: targetsBefore.lastGood, until: targetsBefore.firstFailed)
      return (narrow, lastGood)
    }
    let (start, since) =
      oddFailures * 2 >= oddProbes
      ? (Bounds(earliest: lastUsual, latest: firstOdd), lastUsual)
      : (Bounds(earliest: lastGood, latest: firstFailed), lastGood)
    if let first = commonOddity.first, first < start.latest {
      return (Bounds(earliest: commonOddity.before, latest: first), commonOddity.before)
    }
    return (start, since)
  }

  private mutating func answer(at time: Instant, _ detection: Detection) -> Change? {
    lastGood = time
    (firstFailed, strayness) = (nil, 1)
    losers.removeAll(keepingCapacity: true)
    if open == nil {
      if belief.up > detection.up { belief.resume(afterShort: true) }
      if failing < 0.2 { beUsual(at: time) }
      return nil
    }
    var now = recovery ?? Recovery(firstGood: time)
    let hasRecovered = now.take(
      answered: true, at: time, rate: belief.answerRate, from: tally)
    recovery = now
    guard hasRecovered, belief.up > detection.up, var loss = open, let lastFailed,
      failingTargets < 0.5 || isProof(now.answers)
    else { return nil }
    let end = Bounds(earliest: lastFailed, latest: now.surelyUp)
    loss.end =
      tally.strays == 0 && !targets.areMixed
      ? end.narrowed(after: targets.lastFailed, until: targets.firstGood) : end
    (open, recovery, failing) = (nil, nil, 0)
    (oddity, commonOddity) = (Oddity(before: time), Oddity(before: time))
    belief.resume(afterShort: false)
    past.append(loss)
    lost += (loss.end?.latest ?? time) - loss.start.latest
    beUsual(at: time)
    return .found(loss)
  }

  /// Whether so many answers in a row would hardly pass an uplink that loses most: six probes in ten or
  /// more, and no fewer than it has lost so far.
  private func isProof(_ answers: Int32) -> Bool {
    let probes = Double(tally.probes + (tally.strays > 0 ? 0 : answers))
    let loss = max(0.6, Double(tally.losses) / probes)
    // One that has lost all so far has probably lost all there was.
    let before = tally.strays == 0 ? chance(loss, times: min(tally.losses, 100)) : 1
    return chance(1 - loss, times: answers) * before < 0.0002
  }

  private mutating func beUsual(at time: Instant) {
    (lastUsual, firstOdd) = (time, nil)
    (oddProbes, oddFailures, isUnanimous) = (0, 0, false)
    odd.removeAll(keepingCapacity: true)
  }
}

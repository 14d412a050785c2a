/// Whether we are online ourselves, by what the sentinels say. Their probes together are judged
/// like those of one target: they agree that we are not online when all of them that are alive fail
/// in a row, or when most of their probes do and each has lost some; unless the targets contradict them.
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
  /// When we were known to be online last, by the answer of a sentinel or by the targets', and the latest
  /// with which all was as usual.
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
  /// What speaks for an uplink that loses most.
  private var odd = Oddities()
  /// Since all was as usual, how many probes there were, and how many failed.
  private var oddProbes = 0
  private var oddFailures = 0
  /// The latest failure; while the uplink is lost, the answers since, and how many probes before it
  /// failed and were answered for all that.
  private var lastFailed: Instant?
  private var recovery: Recovery?
  private var tally = Tally(losses: 0)
  /// Whether the sentinels have failed since targets answered for all that: they alone prove nothing.
  private var isDiscredited = false
  /// What the targets say while the uplink is lost, and each sentinel since its latest failure.
  private var absence = Absence()
  private var runs: [Int: SentinelRun] = [:]
  /// The targets that are up are probed between the sentinels, and date what these say.
  private var targets = Witnesses()
  private var targetsBefore = Witnesses()
  /// Whether all sentinels that live have failed lately.
  private var isUnanimous = false

  var isLost: Bool { open != nil }

  /// Since when the uplink is certainly lost.
  var since: Instant? { open?.start.latest }

  /// Whether nothing speaks for a loss of ours: the sentinels answer, or one alone does not, or they
  /// fail no more since they are known to be down themselves; and none failed with most of all others.
  func isCalm(at time: Instant, _ detection: Detection) -> Bool {
    if let last = odd.last, time - last <= detection.sustained * Track.patience { return false }
    return failing < 0.25 || !isUnanimous
      || lastFailed.map { time - $0 > detection.sustained } ?? true
  }

  /// All losses, the one that lasts last.
  var losses: [Loss] { past + (open.map { [$0] } ?? []) }

  /// What a probe brought about.
  enum Change: Sendable, Equatable {
    case lost(Loss)
    case found(Loss)
    /// What was taken for a loss of ours was the sentinels' own.
    case dismissed(Loss)
  }

  /// A target's probe. `wasUp`: whether it is none that is down on its own.
  @inline(__always)
  mutating func witness(_ target: Int, answered: Bool, wasUp: Bool, at time: Instant) -> Change? {
    guard wasUp else { return nil }
    targets.see(answered: answered, at: time)
    odd.weigh(answered: answered, at: time)
    return isLost ? hear(target, answered: answered, at: time) : nil
  }

  private mutating func hear(_ target: Int, answered: Bool, at time: Instant) -> Change? {
    absence.take(target, answered: answered, at: time)
    guard let end = absence.end else { return nil }
    lastGood = end.latest
    return close(at: end, at: time)
  }

  /// Takes in a sentinel's probe. `alive` are the sentinels that are not down on their own.
  mutating func observe(
    _ sentinel: Int, answered: Bool, wasUp: Bool, isByName: Bool = false, at time: Instant,
    alive: Set<Int>, every: Duration?, detection: Detection,
    hear: (Testimony.Times) -> Testimony
  ) -> Change? {
    if wasUp { odd.weigh(answered: answered, at: time) }
    if !answered, !alive.contains(sentinel) {
      odd.forget(sentinel)
      return nil
    }
    if answered { isOfResolver = true } else if !isByName { isOfResolver = false }
    belief.update(answered: answered, detection: detection)
    failing += ((answered ? 0 : 1) - failing) / 8
    odd.take(sentinel, answered: answered, at: time)
    oddProbes += 1
    if !answered { oddFailures += 1 }
    return answered
      ? answer(sentinel, at: time, detection)
      : fail(sentinel, at: time, alive, every, detection, hear)
  }

  private mutating func fail(
    _ sentinel: Int, at time: Instant, _ alive: Set<Int>, _ every: Duration?,
    _ detection: Detection, _ hear: (Testimony.Times) -> Testimony
  ) -> Change? {
    targets.sentinelFails(isFurther: firstFailed != nil)
    if firstFailed == nil { (firstFailed, targetsBefore) = (time, targets) }
    losers.insert(sentinel)
    isUnanimous = odd.fail(alive, at: time, every: every ?? .zero)
    strayness *= 1 - belief.answerRate
    lastFailed = time
    if let loss = open {
      runs[sentinel] = SentinelRun(failed: time)
      if absence.isNone {
        dismiss()
        return .dismissed(loss)
      }
      if let recovery {
        // Answers that so many failures follow were stray ones.
        tally.relapse(after: recovery)
      }
      recovery = nil
      tally.losses += 1
      return nil
    }
    let areDown = belief.up < detection.down && losers.isSuperset(of: alive)
    let isOdd = odd.isProof(alive, failing: failing, every: every)
    guard areDown || isOdd, let firstFailed else { return nil }
    let testimony = hear(
      Testimony.Times(usual: lastUsual, calm: odd.common.before, failed: firstFailed))
    let isDown = areDown && testimony.isProof(with: strayness, every)
    if isDown, testimony.isOnline {
      beOnline(since: testimony.firstFailed)
      return nil
    }
    let isBorneOut =
      isDown
      && (alive.count > 1 && !(isDiscredited && testimony.failing.isEmpty)
        || testimony.share > 0.5)
      || isOdd && testimony.share > (odd.sentinels.isProof && alive.count > 1 ? 0.3 : 0.5)
    // A dead resolver is no lost uplink while targets with addresses answer.
    guard isBorneOut, !isOfResolver || testimony.share > 0.5,
      let (start, since) = start(isDown, every)
    else { return nil }
    absence = Absence(testimony)
    let loss = Loss(start: start, declared: time, since: since)
    // What was answered since things became odd were stray answers.
    open = loss
    tally = Tally(losses: Int32(oddFailures), strays: Int32(oddProbes - oddFailures))
    return .lost(loss)
  }

  /// For so many intervals of a sentinel answers may be stray ones of a loss that has begun.
  private static let strayTime = 4.0

  /// No sentinel is watched any more: a loss is known to have lasted as long as they were.
  mutating func leave(at time: Instant) -> Change? {
    close(at: Bounds(earliest: lastFailed, latest: time), at: time)
  }

  /// Nearly all targets answer: the sentinels fail on their own. What has failed since `first` may yet be
  /// ours.
  private mutating func beOnline(since first: Instant?) {
    guard let answer = targets.lastGood else { return }
    let online = min(answer, first.map { $0 - .milliseconds(1) } ?? answer)
    lastGood = max(lastGood ?? online, online)
    isDiscredited = true
    endRun()
    beUsual(at: online)
  }

  /// The targets have answered all the while.
  private mutating func dismiss() {
    (open, recovery, failing, odd.sentinels) = (nil, nil, 0, Oddity(before: lastGood))
    belief.resume(afterShort: false)
    beOnline(since: absence.firstFailed)
  }

  /// From when on we have been offline, and when we were last known to be online.
  private func start(_ isDown: Bool, _ every: Duration?) -> (Bounds, since: Instant?)? {
    guard let firstFailed else { return nil }
    let before = odd.common.before
    if isDown, targets.lastGood == targetsBefore.lastGood {
      // Since a sentinel failed nobody answered at all: what was seen last, and failed first, dates it.
      let bounds = Bounds(earliest: lastGood, latest: firstFailed)
      let narrow = bounds.narrowed(
        after: targetsBefore.lastGood, until: targetsBefore.firstFailed)
      // What was answered just after all had become odd may have been stray answers.
      guard let lastGood, let first = odd.common.first, first <= lastGood,
        lastGood - first <= (every ?? .zero) * VantageWatch.strayTime
      else { return (narrow, lastGood) }
      return (Bounds(earliest: before, latest: narrow.latest), before)
    }
    // What all say together dates it, those that do not need our uplink among them if they are few.
    if let first = odd.common.first, odd.common.isProof || !isDown {
      return (Bounds(earliest: before, latest: first), before)
    }
    return isDown ? (Bounds(earliest: lastGood, latest: firstFailed), lastGood) : nil
  }

  private mutating func answer(_ sentinel: Int, at time: Instant, _ detection: Detection) -> Change?
  {
    (lastGood, isDiscredited) = (time, false)
    if !odd.answer(sentinel) { isUnanimous = false }
    endRun()
    if open == nil {
      if belief.up > detection.up { belief.resume(afterShort: true) }
      if failing < 0.2 { beUsual(at: time) }
      return nil
    }
    var run = runs[sentinel] ?? SentinelRun()
    (run.firstGood, run.answers) = (run.firstGood ?? time, run.answers + 1)
    runs[sentinel] = run
    if run.isProof, let first = run.firstGood {
      return close(at: Bounds(earliest: run.failed, latest: first), at: time)
    }
    var now = recovery ?? Recovery(firstGood: time)
    let hasRecovered = now.take(
      answered: true, at: time, rate: belief.answerRate, from: tally)
    recovery = now
    guard hasRecovered, belief.up > detection.up, let lastFailed,
      absence.failing < 0.5 || isProof(now.answers)
    else { return nil }
    let end = Bounds(earliest: lastFailed, latest: now.surelyUp)
    return close(
      at: tally.strays == 0 && !targets.areMixed
        ? end.narrowed(after: targets.lastFailed, until: targets.firstGood) : end, at: time)
  }

  private mutating func close(at end: Bounds, at time: Instant) -> Change? {
    guard var loss = open else { return nil }
    let start = loss.start.latest
    loss.end = Bounds(earliest: max(end.earliest ?? start, start), latest: end.latest)
    (open, recovery, failing, odd) = (nil, nil, 0, Oddities(before: time))
    endRun()
    runs.removeAll(keepingCapacity: true)
    belief.resume(afterShort: false)
    past.append(loss)
    lost += end.latest - start
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

  /// Whatever failed in a row, somebody has answered.
  private mutating func endRun() {
    (firstFailed, strayness) = (nil, 1)
    losers.removeAll(keepingCapacity: true)
  }

  private mutating func beUsual(at time: Instant) {
    lastUsual = time
    (oddProbes, oddFailures, isUnanimous) = (0, 0, false)
  }
}

/// Where one target stands: the second layer, which turns belief into interruptions.
///
///     up ──loss──► doubtful ──believed down──► down ──answer──► recovering ──believed up──► up
///      ▲              │ answer                   ▲                  │ a relapse
///      └──────────────┘ (a stray loss)           └──────────────────┘ (stray answers)
enum Reachability: Sendable, Equatable, Codable {
  /// Not probed yet.
  case unseen
  case up(lastGood: Instant)
  /// Probes fail and the belief has not fallen yet.
  indirect case doubtful(Interruption)
  indirect case down(Interruption)
  /// Answers come again and are not yet believed.
  indirect case recovering(Interruption, Recovery)

  /// What a step brought about.
  enum Change: Sendable, Equatable {
    /// The first failed probe.
    case suspected(Interruption)
    /// What was suspected was a stray loss.
    case cleared(Interruption)
    /// What was taken for an interruption had too many answers to be one.
    case dissolved(Interruption)
    case began(Interruption)
    /// With how many probes came since the first answer, that one counted.
    case ended(Interruption, since: Int32)
  }

  /// Takes in a further answer of a target that is up, and returns when the one before came; nil when it is not up.
  @inline(__always)
  mutating func stayUp(at time: Instant) -> Instant? {
    guard case .up(let before) = self else { return nil }
    self = .up(lastGood: time)
    return before
  }

  /// Takes in an outcome that left the belief as it is, after `hole` of unobserved time.
  mutating func step(
    _ outcome: Outcome, at time: Instant, belief: Belief, hole: Duration, every: Duration?,
    detection: Detection
  ) -> Change? {
    if outcome.isAnswered {
      return answered(at: time, belief: belief, hole: hole, detection: detection)
    }
    return failed(
      outcome, at: time, belief: belief, hole: hole, every: every, detection: detection)
  }

  private mutating func answered(
    at time: Instant, belief: Belief, hole: Duration, detection: Detection
  ) -> Change? {
    switch self {
    case .unseen, .up:
      self = .up(lastGood: time)
      return nil
    case .doubtful(var interruption):
      interruption.unobserved += hole
      self = .up(lastGood: time)
      return .cleared(interruption)
    case .down(let interruption):
      self = .recovering(interruption, Recovery(firstGood: time))
      return take(.answered(milliseconds: nil), at: time, belief, hole, detection)
    case .recovering:
      return take(.answered(milliseconds: nil), at: time, belief, hole, detection)
    }
  }

  private mutating func failed(
    _ outcome: Outcome, at time: Instant, belief: Belief, hole: Duration, every: Duration?,
    detection: Detection
  ) -> Change? {
    guard case .failed(let failure) = outcome else { return nil }
    switch self {
    case .unseen, .up:
      var lastGood: Instant?
      if case .up(let time) = self { lastGood = time }
      let first = Interruption(failure, at: time, lastGood: lastGood)
      self = .doubtful(first)
      return .suspected(first)
    case .doubtful(var interruption):
      interruption.fail(at: time, hole: hole, belief: belief, every: every)
      // Who was asked out of turn is asked again in a moment: there is time for more proof.
      let isSoon = time - interruption.firstFailed < (every ?? .zero) / 2
      let isRare = belief.isRarerThanBlips(interruption.tally.losses, isSoon: isSoon, every)
      if belief.up >= detection.down || !isRare {
        self = .doubtful(interruption)
        return nil
      }
      (interruption.declared, interruption.began) = (time, time)
      self = .down(interruption)
      return .began(interruption)
    case .down(var interruption):
      interruption.fail(at: time, hole: hole, belief: belief, every: every)
      self = .down(interruption)
      return nil
    case .recovering(var interruption, let recovery):
      if !recovery.isRelapse(to: interruption.tally, rate: belief.answerRate) {
        return take(outcome, at: time, belief, hole, detection)
      }
      interruption.relapse(after: recovery)
      interruption.fail(
        at: time, hole: recovery.unobserved + hole, belief: belief, every: every)
      if interruption.isBrownOut {
        self = .up(lastGood: recovery.lastGood)
        return .dissolved(interruption)
      }
      self = .down(interruption)
      return nil
    }
  }

  /// An outcome while it recovers. It has recovered when that is believed, and when an interruption
  /// this long would hardly make such outcomes once by its own stray answers.
  private mutating func take(
    _ outcome: Outcome, at time: Instant, _ belief: Belief, _ hole: Duration,
    _ detection: Detection
  ) -> Change? {
    guard case .recovering(var interruption, var recovery) = self else { return nil }
    recovery.unobserved += hole
    let hasRecovered = recovery.take(
      answered: outcome.isAnswered, at: time, rate: belief.answerRate,
      mayBeEarlier: interruption.mayHaveEndedEarlier && hole == .zero, from: interruption.tally)
    self = .recovering(interruption, recovery)
    guard hasRecovered, belief.up > detection.up else { return nil }
    interruption.surelyUp = recovery.surelyUp
    self = .up(lastGood: time)
    return .ended(interruption, since: recovery.answers + recovery.losses)
  }

  /// Whether it is in an outage.
  var isOutage: Bool {
    switch self {
    case .down(let interruption), .recovering(let interruption, _): interruption.kind == .outage
    case .unseen, .up, .doubtful: false
    }
  }

  /// The interruption that is believed to last.
  var interruption: Interruption? {
    get {
      switch self {
      case .down(let interruption), .recovering(let interruption, _): interruption
      case .unseen, .up, .doubtful: nil
      }
    }
    set {
      switch (self, newValue) {
      case (.down, let new?): self = .down(new)
      case (.recovering(_, let recovery), let new?): self = .recovering(new, recovery)
      default: break
      }
    }
  }

  /// The interruption as it has ended if what answers since is its return.
  var ended: Interruption? {
    guard case .recovering(var interruption, let recovery) = self else { return nil }
    interruption.surelyUp = recovery.surelyUp
    return interruption
  }

  /// The interruption that may have begun, believed or not.
  var open: Interruption? {
    get {
      switch self {
      case .doubtful(let open), .down(let open), .recovering(let open, _): open
      case .unseen, .up: nil
      }
    }
    set {
      if case .doubtful = self, let newValue {
        self = .doubtful(newValue)
      } else {
        interruption = newValue
      }
    }
  }

  /// A doubt is no doubt any more after a long hole: whatever it was may be long over. Returns
  /// whether there was one.
  mutating func forgetDoubt() -> Bool {
    guard case .doubtful = self else { return false }
    absolve()
    return true
  }

  /// Forgets the open interruption: it was none of this target's.
  mutating func absolve() {
    guard let open else { return }
    self = open.lastGood.map { .up(lastGood: $0) } ?? .unseen
  }
}

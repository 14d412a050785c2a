/// An instant known only from two sides, as every end of an interruption is: the change happened
/// after `earliest` and not after `latest`.
public struct Bounds: Sendable, Hashable {
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
}

/// A stretch in which a target is believed unreachable, dated from its first evidence.
public struct Interruption: Sendable, Equatable {
  /// The last answer before; nil when the target was never seen up before.
  public var lastGood: Instant?
  public var firstFailed: Instant
  public var lastFailed: Instant
  /// The first answer after; nil while it lasts.
  public var firstGood: Instant?
  /// Time between the first and the last failed probe that nobody watched.
  public var unobserved = Duration.zero
  /// How the first probe failed.
  public var failure: Failure
  /// When the verdict fell that this is what `kind` says: the send time of the deciding probe.
  public var declared: Instant
  public var kind = Episode.Kind.blip

  public var start: Bounds { Bounds(earliest: lastGood, latest: firstFailed) }
  public var end: Bounds? { firstGood.map { Bounds(earliest: lastFailed, latest: $0) } }
  /// What it certainly lasted: from the first failed probe to the last, less what nobody watched.
  public var certain: Duration { lastFailed - firstFailed - unobserved }
}

/// Where one target stands: the second layer, which turns belief into interruptions.
///
///     up ──loss──► doubtful ──believed down──► down ──answer──► recovering ──believed up──► up
///      ▲              │ answer                   ▲                  │ loss
///      └──────────────┘ (a stray loss)           └──────────────────┘ (a relapse)
enum Reachability: Sendable, Equatable {
  /// Not probed yet.
  case unseen
  case up(lastGood: Instant)
  /// Probes fail and the belief has not fallen yet.
  case doubtful(Interruption)
  case down(Interruption)
  /// Answers come again, since `firstGood`, and are not yet believed. `unobserved` is the time since
  /// the last failed probe that nobody watched: the interruption's own if it relapses.
  case recovering(Interruption, firstGood: Instant, unobserved: Duration)

  /// What a step brought about.
  enum Change: Sendable, Equatable {
    case began(Interruption)
    case ended(Interruption)
  }

  /// Takes in an outcome that left the belief at `belief`, after `hole` of unobserved time.
  mutating func step(
    _ outcome: Outcome, at time: Instant, belief: Double, hole: Duration, detection: Detection
  ) -> Change? {
    switch outcome {
    case .answered: answered(at: time, isBelieved: belief > detection.up, hole: hole)
    case .failed(let failure):
      failed(failure, at: time, isBelieved: belief < detection.down, hole: hole)
    }
  }

  private mutating func answered(at time: Instant, isBelieved: Bool, hole: Duration) -> Change? {
    switch self {
    case .unseen, .up, .doubtful:
      self = .up(lastGood: time)
      return nil
    case .down(let interruption):
      self = .recovering(interruption, firstGood: time, unobserved: hole)
    case .recovering(let interruption, let firstGood, let unobserved):
      self = .recovering(interruption, firstGood: firstGood, unobserved: unobserved + hole)
    }
    guard case .recovering(var interruption, let firstGood, _) = self, isBelieved else {
      return nil
    }
    interruption.firstGood = firstGood
    self = .up(lastGood: time)
    return .ended(interruption)
  }

  private mutating func failed(
    _ failure: Failure, at time: Instant, isBelieved: Bool, hole: Duration
  ) -> Change? {
    switch self {
    case .unseen:
      self = .doubtful(.first(failure, at: time, lastGood: nil))
    case .up(let lastGood):
      self = .doubtful(.first(failure, at: time, lastGood: lastGood))
    case .doubtful(var interruption):
      interruption.lastFailed = time
      interruption.unobserved += hole
      self = .doubtful(interruption)
    case .down(var interruption):
      interruption.lastFailed = time
      interruption.unobserved += hole
      self = .down(interruption)
    case .recovering(var interruption, _, let unobserved):
      interruption.lastFailed = time
      interruption.unobserved += unobserved + hole
      self = .down(interruption)
    }
    guard case .doubtful(var interruption) = self, isBelieved else { return nil }
    interruption.declared = time
    self = .down(interruption)
    return .began(interruption)
  }

  /// The interruption that is believed to last.
  var interruption: Interruption? {
    get {
      switch self {
      case .down(let interruption), .recovering(let interruption, _, _): interruption
      case .unseen, .up, .doubtful: nil
      }
    }
    set {
      switch (self, newValue) {
      case (.down, let new?): self = .down(new)
      case (.recovering(_, let firstGood, let unobserved), let new?):
        self = .recovering(new, firstGood: firstGood, unobserved: unobserved)
      default: break
      }
    }
  }
}

extension Interruption {
  fileprivate static func first(
    _ failure: Failure, at time: Instant, lastGood: Instant?
  ) -> Interruption {
    Interruption(
      lastGood: lastGood, firstFailed: time, lastFailed: time, failure: failure, declared: time)
  }
}

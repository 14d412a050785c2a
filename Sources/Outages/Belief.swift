/// How far we believe that a target is up, from the outcomes of its probes: the Bayesian update of
/// Trinocular (Quan, Heidemann, Pradkin, "Trinocular: Understanding Internet Reliability Through
/// Adaptive Probing", SIGCOMM 2013, §4), with the target's own reliability A:
///
///     P(answer | up) = A               P(loss | up) = 1 − A
///     P(answer | down) = (1 − ℓ)/|b|   P(loss | down) = 1 − (1 − ℓ)/|b|
///     B'(up) = P(r | up) B(up) / (P(r | up) B(up) + P(r | down) (1 − B(up)))
///
/// B is kept within [0.01, 0.99], so that no history, however long, makes it deaf to news. A target
/// that answers nearly always is believed down after two losses, one that answers 70 % after six.
public struct Belief: Sendable, Equatable {
  /// B(up), a probability.
  public private(set) var up = 0.99
  /// A: the chance that a probe is answered while the target is up, learned while it is believed up.
  public private(set) var reliability = 0.98
  /// How many probes the reliability stands on; begins as a prior worth fifty.
  private var weight: Int32 = 50
  /// Losses that await a verdict: stray ones teach us the reliability, those of an interruption don't.
  private var undecided: Int32 = 0

  /// P(answer | down), with Trinocular's ℓ = 0.01 and |b| = 256.
  static let strayAnswer = (1 - 0.01) / 256
  /// The reliability never leaves these bounds: one loss alone must never be proof, and a target that
  /// answers less than one probe in five cannot be judged at all.
  static let bounds = 0.2...0.99
  /// The reliability forgets: it is the mean of about the last thousand probes.
  private static let memory: Int32 = 1000

  public init() {}

  /// Takes in one outcome.
  public mutating func update(answered: Bool, detection: Detection) {
    let ifUp = (answered ? reliability : 1 - reliability) * up
    let ifDown = (answered ? Belief.strayAnswer : 1 - Belief.strayAnswer) * (1 - up)
    up = min(max(ifUp / (ifUp + ifDown), 0.01), 0.99)
    if !answered {
      undecided += 1
    } else if up > detection.up {
      while undecided > 0 {
        learn(0)
        undecided -= 1
      }
      learn(1)
    }
    if up < detection.down { undecided = 0 }
  }

  private mutating func learn(_ outcome: Double) {
    if weight < Belief.memory { weight += 1 }
    let mean = reliability + (outcome - reliability) / Double(weight)
    reliability = min(max(mean, Belief.bounds.lowerBound), Belief.bounds.upperBound)
  }
}

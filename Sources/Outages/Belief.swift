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
///
/// Beyond Trinocular, A is not taken for granted: loss may have risen, and then a few losses in a
/// row prove little. So "up" is a mixture of three levels, the usual A and two that lose far more,
/// each with its share of the belief. Only single losses speak for the lossy ones, since losses in
/// a row may be interruptions, and a steady beat of those is no brown-out.
public struct Belief: Sendable, Equatable, Codable {
  /// B(up), a probability.
  public private(set) var up = 0.99
  /// A: the chance that a probe is answered while the target is up as usual, learned while it is.
  public private(set) var reliability = 0.99
  /// How likely the two lossy levels are, if the target is up.
  private var shares = Shares()
  /// The same before the losses in a row that have not been explained yet.
  private var sharesBefore = Shares()
  /// Whether losses come in bursts.
  var bursts = Bursts()
  /// How many probes the reliability stands on; begins as a prior worth fifty.
  private var weight: Int32 = 50
  /// Losses that await a verdict: stray ones teach us the reliability, those of an interruption
  /// don't.
  private var undecided: Int32 = 0

  private struct Shares: Sendable, Equatable, Codable {
    // Floats: what a share is to many digits nobody knows.
    private var storedMild = Float(Belief.rare)
    private var storedSevere = Float(Belief.rare)

    var mild: Double {
      get { Double(storedMild) }
      set { storedMild = Float(newValue) }
    }
    var severe: Double {
      get { Double(storedSevere) }
      set { storedSevere = Float(newValue) }
    }
  }

  /// P(answer | down), with Trinocular's ℓ = 0.01 and |b| = 64. A block of 256 addresses answers
  /// more seldom by chance than one host behind a captive portal or a dying link.
  static let strayAnswer = (1 - 0.01) / 64
  /// A as the update uses it never leaves these bounds: one loss alone must never be proof, and a
  /// target that answers less than one probe in five cannot be judged at all.
  static let bounds = 0.2...0.99
  /// What part of the usual probes is answered at the lossy levels: brown-outs lose 20 to 60 %.
  private static let mild = 0.7
  private static let severe = 0.45
  /// The least share of a lossy level: how likely it is that loss rises at any one probe.
  private static let rare = 0.0002
  /// The least share of the usual level, so that it can come back.
  private static let leastUsual = 0.01
  /// The reliability forgets: it is the mean of about the last thousand probes.
  private static let memory: Int32 = 1000
  /// So many probes must have been learned from before there is a usual to rise above.
  private static let acquainted: Int32 = 100

  public init() {}

  /// How likely it is that the target is up and loses far more than is usual for it.
  public var lossy: Double { up * (shares.mild + shares.severe) }

  /// Whether it loses far more than is usual for it, if it is up.
  var isLossy: Bool { shares.mild + shares.severe > 0.5 }

  /// The chance that a probe is answered while the target is up, whatever the level, as it was
  /// before the losses in a row that have not been explained yet.
  public var answerRate: Double {
    reliability
      * (1 - (1 - Belief.mild) * sharesBefore.mild - (1 - Belief.severe) * sharesBefore.severe)
  }

  /// How likely it is that so many losses in a row come about while the target is up. Where losses
  /// come in bursts, one makes the next likelier.
  func chance(ofLosses count: Int32) -> Double {
    let first = 1 - answerRate
    let next = bursts.isBursty(reliability) ? max(bursts.continuation, first) : first
    var chance = first
    for _ in 1..<max(1, min(count, 1000)) { chance *= next }
    return chance
  }

  /// Takes in one outcome.
  @inline(__always)
  public mutating func update(answered: Bool, detection: Detection) {
    // A further answer of a target that is up as usual: nothing can rise, nothing can fall.
    if answered, undecided == 0, up == 0.99, shares == Shares() { return learn(1) }
    weigh(answered: answered, detection: detection)
  }

  private mutating func weigh(answered: Bool, detection: Detection) {
    let a = min(reliability, Belief.bounds.upperBound)
    let levels = (usual: a, mild: a * Belief.mild, severe: a * Belief.severe)
    if !answered, undecided == 0, up > detection.down { sharesBefore = shares }
    let ifUsual = (answered ? levels.usual : 1 - levels.usual) * (1 - shares.mild - shares.severe)
    let ifMild = (answered ? levels.mild : 1 - levels.mild) * shares.mild
    let ifSevere = (answered ? levels.severe : 1 - levels.severe) * shares.severe
    let all = ifUsual + ifMild + ifSevere
    let ifUp = all * up
    let ifDown = (answered ? Belief.strayAnswer : 1 - Belief.strayAnswer) * (1 - up)
    up = min(max(ifUp / (ifUp + ifDown), 0.01), 0.99)

    if !answered { undecided += 1 }
    if up < detection.down {
      undecided = 0
      shares = sharesBefore
      return
    }
    if answered, undecided > 1 {
      // Losses in a row may have been a short interruption: only single ones tell of a level.
      shares = sharesBefore
    } else if isAcquainted {
      shares.mild = max(ifMild / all, Belief.rare)
      shares.severe = max(ifSevere / all, Belief.rare)
      let lossy = shares.mild + shares.severe
      if lossy > 1 - Belief.leastUsual {
        shares.mild *= (1 - Belief.leastUsual) / lossy
        shares.severe *= (1 - Belief.leastUsual) / lossy
      }
    }
    if answered, up > detection.up { learn() }
  }

  /// Learns from an answer and from the losses before it, unless they belong to a brown-out.
  private mutating func learn() {
    if shares.mild + shares.severe < 0.5 {
      while undecided > 0 {
        learn(0)
        undecided -= 1
      }
      learn(1)
    }
    undecided = 0
  }

  private mutating func learn(_ outcome: Double) {
    if weight < Belief.memory { weight += 1 }
    let mean = reliability + (outcome - reliability) / Double(weight)
    reliability = min(max(mean, Belief.bounds.lowerBound), 0.9999)
  }

  /// What was taken for an interruption had too many answers: loss has risen.
  mutating func brownOut() {
    absolve()
    shares.mild = 0.3
    shares.severe = 0.6
    sharesBefore = shares
  }

  /// An interruption is over that had stray answers: it may have been a brown-out.
  mutating func suspectBrownOut() {
    guard isAcquainted else { return }
    shares.mild = max(shares.mild, 0.2)
    shares.severe = max(shares.severe, 0.3)
  }

  /// Whether enough is known of the target to say what is usual for it.
  var isAcquainted: Bool { weight >= Belief.acquainted }

  /// Forgets what is not certain any more: the losses in a row have another explanation.
  mutating func absolve() {
    (up, shares, undecided) = (0.99, sharesBefore, 0)
  }

  /// Takes the present level for the usual from now on.
  mutating func settle() {
    reliability = max(
      reliability * (1 - (1 - Belief.mild) * shares.mild - (1 - Belief.severe) * shares.severe),
      Belief.bounds.lowerBound)
    (shares, sharesBefore, weight) = (Shares(), Shares(), Belief.acquainted)
  }
}

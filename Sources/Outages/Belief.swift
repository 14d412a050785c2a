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
/// row prove little. So "up" is a mixture: the usual A, two levels that lose far more, and a beat of
/// short interruptions, each with its share of the belief. A run of losses alone speaks for none of
/// them, whatever its length: it may be a blip. That losses come again and again speaks for a lossy
/// level where they come singly, and for a beat where they come in runs with long answers between.
public struct Belief: Sendable, Equatable, Codable {
  /// B(up), a probability.
  public private(set) var up: Double {
    get { Double(storedUp) }
    set { storedUp = Float(newValue) }
  }
  /// A: the chance that a probe is answered while the target is up as usual, learned while it is.
  public private(set) var reliability: Double {
    get { Double(storedReliability) }
    set { storedReliability = Float(newValue) }
  }
  // Floats: what a probability is to many digits nobody knows, and there may be many targets.
  private var storedUp = Belief.surest
  private var storedReliability: Float = 0.99
  /// The highest B(up).
  private static let surest: Float = 0.99
  /// How likely the two lossy levels and the beat are, if the target is up.
  private var shares = Shares()
  /// The same before the losses in a row that have not been explained yet.
  private var sharesBefore = Shares()
  /// Whether losses come in bursts.
  var bursts = Bursts()
  /// How many probes the reliability stands on; begins as a prior worth fifty.
  private var weight: Int16 = 50
  /// Losses that await a verdict: stray ones teach us the reliability, those of an interruption
  /// don't.
  private var undecided: Int16 = 0
  /// Whether the shares are as little as they can be.
  private var isUsual = true
  /// How many of the latest probes were lost, none answered between; as far as it matters.
  private var run: UInt8 = 0
  /// Whether an interruption is believed whose end has not been told yet.
  private var isInterrupted = false

  private struct Shares: Sendable, Equatable, Codable {
    private(set) var mild = Float(Belief.rare)
    private(set) var severe = Float(Belief.rare)
    private(set) var beat = Float(Belief.rare)

    /// Nothing speaks for any.
    static let none = Shares(mild: 0, severe: 0, beat: 0)

    var lossy: Double { Double(mild + severe) }
    var usual: Double { 1 - Double(mild + severe + beat) }

    /// What part of the usual probes is answered at these levels.
    var answered: Double {
      1 - (1 - Belief.mild) * Double(mild) - (1 - Belief.severe) * Double(severe)
    }

    /// Sets them, each to `least` or more; something is left for the usual, so that it can come back.
    /// Returns whether all are as little as they can be.
    mutating func set(mild: Double, severe: Double, beat: Double, least: Double) -> Bool {
      let all = max(mild, least) + max(severe, least) + max(beat, least)
      let scale = min(1, (1 - Belief.leastUsual) / all)
      self.mild = Float(max(mild, least) * scale)
      self.severe = Float(max(severe, least) * scale)
      self.beat = Float(max(beat, least) * scale)
      return mild <= least && severe <= least && beat <= least
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
  /// In a beat: how likely a loss is after an answer, and after a loss. Beside this, one loss makes the
  /// next so likely at any time, since blips come with all targets.
  private static let beat = (first: 0.1, next: 0.6)
  private static let blip = 0.3
  /// The same in what is surely an interruption: they are of any length.
  private static let stillDown = 0.75
  /// A run of so many losses is no surer an interruption than a longer one.
  private static let longestRun: UInt8 = 16
  /// The least share of the others, where nothing is known of how often loss rises.
  public static let rare = 1e-4
  /// The least share of the usual level, so that it can come back.
  private static let leastUsual = 0.01
  /// The reliability forgets: it is the mean of about the last four thousand probes.
  private static let memory: Int16 = 4000
  /// So many probes must have been learned from before there is a usual to rise above.
  private static let acquainted: Int16 = 100
  /// Until so many, what seems a rise may be the usual itself, of a target worse than most.
  private static let experienced: Int16 = 300

  public init() {}

  /// How likely it is that the target is up and loses far more than is usual for it.
  public var lossy: Double { up * shares.lossy }

  /// The same with what speaks for a beat.
  var restless: Double { up * (1 - shares.usual) }

  /// Whether it loses far more than is usual for it, if it is up.
  var isLossy: Bool { shares.lossy > 0.5 }

  /// The same before the losses in a row that have not been explained yet.
  var wasLossy: Bool { sharesBefore.lossy > 0.5 }

  /// Whether hardly more speaks for a loss above the usual than ever does.
  func isSurelyUsual(_ rise: Double) -> Bool { isUsual || shares.lossy <= 3 * rise }

  /// Whether its losses may well come in bursts: enough for them to be no beat, and not for less proof.
  var isBursty: Bool { bursts.likelihood > 0.1 }

  /// The chance that a probe is answered while the target is up, whatever the level, as it was
  /// before the losses in a row that have not been explained yet.
  public var answerRate: Double { reliability * sharesBefore.answered }

  /// How often a probe is lost by chance, as far as the target has shown: beyond the prior, and beyond one loss, which
  /// may be the only one that it ever has.
  var shownLoss: Double { max(1 - answerRate - 1.5 / Double(weight), 0) }

  /// How likely it is that so many losses in a row come about while the target is up. Where losses
  /// come in bursts, one makes the next likelier.
  func chance(ofLosses count: Int32) -> Double {
    var (single, inBurst) = (1 - bursts.likelihood, bursts.likelihood)
    for index in 0..<max(1, min(count, 1000)) {
      let loss = lossRate(after: index)
      single *= loss
      inBurst *= index > 0 ? max(bursts.continuation(after: index - 1), loss) : loss
    }
    return single + inBurst
  }

  /// How likely it is that a brown-out has so many losses in a row before it shows, at its beginning or just
  /// after: twice the mean over all that lose from 20 to 60 %.
  static func chanceInBrownOut(ofLosses count: Int32) -> Double {
    let power = count + 1
    return (Outages.chance(0.6, times: power) - Outages.chance(0.2, times: power))
      / (0.2 * Double(power))
  }

  /// Whether chance makes so many losses in a row more rarely than blips do, which come to all targets; much
  /// more rarely where more will be known soon. Of a new target nobody knows that its losses are chance.
  func isRarerThanBlips(_ losses: Int32, isSoon: Bool, _ every: Duration?) -> Bool {
    let chance =
      isAcquainted
      ? chance(ofLosses: losses) : Outages.chance(1 - answerRate, times: min(losses, 100))
    if isSoon { return chance < Belief.blipShare / 10 }
    return Interruption.isRare(chance, in: .hours(8), every: every)
      && (chance < Belief.blipShare || !isAcquainted)
  }

  /// What part of all probes falls into a blip, if one comes a day and lasts 45 seconds.
  private static let blipShare = 45.0 / 86_400

  /// The chance that a probe is lost while the target is up, after so many losses in a row that have
  /// not been explained yet: these speak for a higher rate, the more so the less is known.
  func lossRate(after losses: Int32) -> Double {
    let known = Double(weight)
    return ((1 - answerRate) * known + Double(losses)) / (known + Double(losses))
  }

  /// Takes in one outcome. `rise` is how likely it is that loss rises before the next probe.
  @inline(__always)
  public mutating func update(
    answered: Bool, rise: @autoclosure () -> Double = Belief.rare, detection: Detection
  ) {
    // A further answer of a target that is up as usual: nothing can rise, nothing can fall.
    if answered, undecided == 0, storedUp == Belief.surest, isUsual { return learn(1) }
    weigh(answered: answered, rise(), detection)
  }

  private mutating func weigh(answered: Bool, _ rise: Double, _ detection: Detection) {
    if !answered, undecided == 0, !isInterrupted { sharesBefore = isUsual ? Shares.none : shares }
    let a = min(reliability, Belief.bounds.upperBound)
    func chance(ofLoss loss: Double) -> Double { answered ? 1 - loss : loss }
    let ifMild = chance(ofLoss: 1 - a * Belief.mild) * Double(shares.mild)
    let ifSevere = chance(ofLoss: 1 - a * Belief.severe) * Double(shares.severe)
    // The losses of blips and of a beat are interruptions: while up, A stands.
    let ifUp = (ifMild + ifSevere + chance(ofLoss: 1 - a) * (1 - shares.lossy)) * up
    let ifDown = chance(ofLoss: 1 - Belief.strayAnswer) * (1 - up)
    up = min(max(ifUp / (ifUp + ifDown), 0.01), Double(Belief.surest))
    if !answered, undecided < .max { undecided += 1 }

    if isAcquainted {
      let usualLoss = lossAfterRun(usual: 1 - a)
      let beatLoss = run > 0 ? max(usualLoss, Belief.beat.next) : Belief.beat.first
      let ifBeat = chance(ofLoss: beatLoss) * Double(shares.beat)
      let all = ifMild + ifSevere + ifBeat + chance(ofLoss: usualLoss) * shares.usual
      isUsual = shares.set(
        mild: ifMild / all, severe: ifSevere / all, beat: ifBeat / all, least: rise)
    }
    run = answered ? 0 : min(run + 1, Belief.longestRun)
    if up < detection.down {
      (undecided, isInterrupted) = (0, true)
    } else if answered, up > detection.up {
      learn()
    }
  }

  /// How likely a loss is at the usual level after the run of losses so far: the surer it is that this is an
  /// interruption and no chance, the likelier it goes on.
  private func lossAfterRun(usual: Double) -> Double {
    if run == 0 { return usual }
    if isInterrupted { return max(Belief.stillDown, usual) }
    let losses = Int32(run)
    let down = Belief.blipShare * Outages.chance(Belief.stillDown, times: losses - 1)
    let share = down / (down + Outages.chance(usual, times: losses))
    return max(Belief.blip, usual, share * Belief.stillDown + (1 - share) * usual)
  }

  /// An interruption is over. A short one may have been loss, and speaks for a level; a long one
  /// says nothing of how the target is while it is up.
  mutating func resume(afterShort isShort: Bool) {
    isInterrupted = false
    if !isShort { (shares, isUsual) = (sharesBefore, false) }
  }

  /// An interruption is over of a target that loses in bursts: its first loss may have been that of one.
  mutating func learnBurst() { if isBursty { learn(0) } }

  /// Learns from an answer and from the losses before it, unless they belong to a brown-out of a target
  /// that is well known.
  private mutating func learn() {
    if !isLossy || weight < Belief.experienced {
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
    isUsual = shares.set(mild: 0.3, severe: 0.6, beat: 0, least: Belief.rare)
    sharesBefore = shares
  }

  /// Its interruptions are a beat.
  mutating func beat() {
    guard isAcquainted, !isLossy else { return }
    isUsual = shares.set(mild: 0, severe: 0, beat: 0.9, least: Belief.rare)
    sharesBefore = shares
  }

  /// An interruption is over that had stray answers: it may have been a brown-out.
  mutating func suspectBrownOut() {
    guard isAcquainted else { return }
    isUsual = shares.set(
      mild: max(Double(shares.mild), 0.2), severe: max(Double(shares.severe), 0.3),
      beat: Double(shares.beat), least: Belief.rare)
  }

  /// Whether enough is known of the target to say what is usual for it.
  var isAcquainted: Bool { weight >= Belief.acquainted }

  /// Forgets what is not certain any more: the losses in a row have another explanation.
  mutating func absolve() {
    (storedUp, shares, isUsual) = (Belief.surest, sharesBefore, false)
    (undecided, isInterrupted) = (0, false)
  }

  /// Takes the present level for the usual from now on.
  mutating func settle() {
    reliability = max(reliability * shares.answered, Belief.bounds.lowerBound)
    (shares, sharesBefore, isUsual) = (Shares(), Shares(), true)
    (weight, isInterrupted) = (Belief.acquainted, false)
  }
}

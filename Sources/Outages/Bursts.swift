/// Whether a target's losses come in bursts, so that one makes the next likelier. Links that lose
/// as Gilbert and Elliott described (a bad state that lasts for some packets and loses most of
/// them) do; taking their losses for independent finds outages where there are none.
///
/// A burst differs from a real interruption in what follows it: it crumbles, so that more losses
/// come within the next two probes.
public struct Bursts: Sendable, Equatable, Codable {
  /// How much likelier what followed the runs so far is in bursts than without.
  private var evidence: Float = 1
  /// How likely it was beforehand, by what the line does to all.
  private var prior = Bursts.prior
  /// The same before the latest cluster of runs, which may be those of a brown-out.
  private var evidenceBefore: Float = 1
  /// Losses that continued a run of them, and runs; and as many before that cluster.
  private var continued: Int16 = 0
  private var continuedBefore: Int16 = 0
  private var runs: UInt8 = 0
  private var runsBefore: UInt8 = 0
  /// What it has said of its line.
  private var vote: Int8 = 0
  /// How many answers came since the last run ended.
  private var sinceEnd = Bursts.apart

  /// How likely it is that a target of which nothing is known loses in bursts.
  fileprivate static let prior: Float = 0.006
  /// So many runs are followed by another within two probes, beside those that are by chance.
  private static let relapse = 0.2
  /// Brown-outs and bursts crumble: so many answers in a row are seldom of one.
  static let trial: Int8 = 12
  /// Runs with so many answers between are not of one brown-out.
  private static let apart: Int8 = 20
  /// Of so many runs the older half is half forgotten.
  private static let memory: UInt8 = 200
  /// What goes on more surely than this are no bursts but interruptions.
  private static let mostContinued = 0.7
  /// What lasts so many intervals is no burst.
  static let longest = 8.0
  /// More losses than these, of one that was asked about, say no more.
  private static let most: Int32 = 20

  /// An answer while all is well. Returns whether as many came since the latest run as tell what was over
  /// from a brown-out.
  @discardableResult @inline(__always)
  mutating func calm(_ reliability: Double) -> Bool {
    sinceEnd < Bursts.apart && pass(reliability)
  }

  private mutating func pass(_ reliability: Double) -> Bool {
    sinceEnd += 1
    if sinceEnd == 3 { learn(isRelapse: false, reliability) }
    return sinceEnd == Bursts.trial
  }

  /// A run of losses has begun, of probes `every` apart. `line` is what all targets are reached over.
  mutating func begin(_ reliability: Double, at time: Instant, every: Duration, _ line: inout Line)
  {
    if sinceEnd < 3 { learn(isRelapse: true, reliability) }
    if sinceEnd == Bursts.apart {
      (evidenceBefore, continuedBefore, runsBefore) = (evidence, continued, runs)
    }
    sinceEnd = 3
    prior = max(Bursts.prior, line.likelihood(without: vote) / 2)
    vote = line.take(Int8(min(max(evidence.exponent, -3), 3)), insteadOf: vote, at: time, every)
  }

  /// A run of losses is over, since so many answers; `hadStrays`: some between were taken for stray ones.
  mutating func end(losses: Int32, hadStrays: Bool, answers: Int8, _ reliability: Double) {
    runs += 1
    continued += Int16(min(losses, Bursts.most) - 1)
    if hadStrays { learn(isRelapse: true, reliability) }
    sinceEnd = answers
    if runs > Bursts.memory { (runs, continued) = (runs / 2, continued / 2) }
  }

  /// The latest runs were those of a brown-out, and say nothing of what it is like else.
  mutating func brownOut() {
    (evidence, continued, runs) = (evidenceBefore, continuedBefore, runsBefore)
    sinceEnd = 3
  }

  private mutating func learn(isRelapse: Bool, _ reliability: Double) {
    // No run, and no history, is proof alone.
    let byChance = max(1 - reliability * reliability, 0.02)
    let ratio =
      isRelapse ? (byChance + Bursts.relapse * (1 - byChance)) / byChance : 1 - Bursts.relapse
    // And no evidence is beyond revision.
    evidence = min(max(evidence * Float(min(ratio, 8)), 0.03), 300_000)
  }

  /// The chance that a loss follows so many further losses of a run while the target is up, if losses
  /// come in bursts: Beta–Bernoulli, with a prior of one in ten that is worth five.
  func continuation(after further: Int32) -> Double {
    let continued = Double(continued) + Double(further) + 0.5
    return min(continued / (continued + Double(runs) + 4.5), Bursts.mostContinued)
  }

  /// How likely it is that losses come in bursts.
  var likelihood: Double { Bursts.likelihood(evidence, prior) }

  fileprivate static func likelihood(_ evidence: Float, _ prior: Float) -> Double {
    let odds = Double(evidence) * Double(prior) / Double(1 - prior)
    return odds / (1 + odds)
  }
}

/// The line over which all are reached: if it loses in bursts, all targets do. Each has a say, three
/// doublings of the odds at most, and what comes at once to many is one event and speaks once.
struct Line: Sendable, Equatable, Codable {
  /// How often targets double the odds that it does.
  private var votes: Int32 = 0
  private var latest: Instant?

  /// How likely it is that it does, by the votes of all but one.
  fileprivate func likelihood(without own: Int8) -> Float {
    let exponent = Int(min(max(votes - Int32(own), -20), 20))
    let evidence = Float(sign: .plus, exponent: exponent, significand: 1)
    return Float(Bursts.likelihood(evidence, Bursts.prior))
  }

  /// Takes in a target's vote; returns the one that counts from now on.
  fileprivate mutating func take(
    _ vote: Int8, insteadOf old: Int8, at time: Instant, _ every: Duration
  ) -> Int8 {
    if vote > old {
      defer { latest = time }
      if let latest, time - latest < every { return old }
    }
    votes += Int32(vote) - Int32(old)
    return vote
  }
}

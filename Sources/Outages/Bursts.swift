/// Whether a target's losses come in bursts, so that one makes the next likelier. Links that lose
/// as Gilbert and Elliott described (a bad state that lasts for some packets and loses most of
/// them) do; taking their losses for independent finds outages where there are none.
///
/// A burst differs from a real interruption in what follows it: it crumbles, so that more losses
/// come within the next two probes.
public struct Bursts: Sendable, Equatable, Codable {
  /// How much likelier what followed the runs so far is in bursts than without, times the prior's odds.
  private var odds = Bursts.prior / (1 - Bursts.prior)
  /// Runs of losses, and losses that continued one.
  private var runs: Float = 0
  private var continued: Float = 0
  /// How many answers came since the last run ended.
  private var sinceEnd: Int32 = 3

  /// How likely it is that a target of which nothing is known loses in bursts.
  private static let prior: Float = 0.003
  /// So many runs are followed by another within two probes, beside those that are by chance.
  private static let relapse = 0.2
  /// Of so many runs the older half is half forgotten.
  private static let memory: Float = 200
  /// What has more losses than this is no burst.
  private static let longest: Int32 = 20

  /// An answer while all is well.
  @inline(__always)
  mutating func calm(_ reliability: Double) {
    if sinceEnd < 3 { pass(reliability) }
  }

  private mutating func pass(_ reliability: Double) {
    sinceEnd += 1
    if sinceEnd == 3 { learn(isRelapse: false, reliability) }
  }

  /// A run of losses has begun.
  mutating func begin(_ reliability: Double) {
    if sinceEnd < 3 { learn(isRelapse: true, reliability) }
    sinceEnd = 3
  }

  /// A run of losses is over, since so many answers; `hadStrays`: some between were taken for stray ones.
  mutating func end(losses: Int32, hadStrays: Bool, answers: Int32, _ reliability: Double) {
    guard losses <= Bursts.longest else { return }
    runs += 1
    continued += Float(losses - 1)
    if hadStrays { learn(isRelapse: true, reliability) }
    sinceEnd = answers
    if runs > Bursts.memory { (runs, continued) = (runs / 2, continued / 2) }
  }

  private mutating func learn(isRelapse: Bool, _ reliability: Double) {
    // No run, and no history, is proof alone.
    let byChance = max(1 - reliability * reliability, 0.02)
    let ratio =
      isRelapse ? (byChance + Bursts.relapse * (1 - byChance)) / byChance : 1 - Bursts.relapse
    odds = min(max(odds * Float(min(ratio, 8)), 0.0001), 1000)
  }

  /// The chance that a loss follows so many further losses of a run while the target is up, if losses
  /// come in bursts: Beta–Bernoulli, with a prior of one in ten that is worth five.
  func continuation(after further: Int32) -> Double {
    let continued = Double(continued) + Double(further) + 0.5
    return continued / (continued + Double(runs) + 4.5)
  }

  /// How likely it is that losses come in bursts.
  var likelihood: Double { Double(odds / (1 + odds)) }
}

/// Whether a target's losses come in bursts, so that one makes the next likelier. Links that lose
/// as Gilbert and Elliott described (a bad state that lasts for some packets and loses most of
/// them) do; taking their losses for independent finds outages where there are none.
///
/// A burst differs from a real interruption in what follows it: it crumbles, so that more losses
/// come within the next two probes.
public struct Bursts: Sendable, Equatable, Codable {
  /// Runs of losses, those that another one followed within two probes, and losses that continued
  /// one.
  private var runs: Float = 0
  private var relapses: Float = 0
  private var continued: Float = 0
  /// How many answers came since the last run ended.
  private var sinceEnd: Int32 = 3

  /// Of so many runs the older half is half forgotten.
  private static let memory: Float = 200
  /// What has more losses than this is no burst.
  private static let longest: Int32 = 20

  /// An answer while all is well.
  @inline(__always)
  mutating func calm() { if sinceEnd < 3 { sinceEnd += 1 } }

  /// A run of losses has begun.
  mutating func begin() {
    if sinceEnd < 3 { relapses += 1 }
    sinceEnd = 3
  }

  /// A run of losses is over, after so many answers that were taken for stray ones.
  mutating func end(losses: Int32, strays: Int32) {
    guard losses <= Bursts.longest else { return }
    runs += 1
    relapses += Float(strays)
    continued += Float(losses - 1)
    sinceEnd = 1
    if runs > Bursts.memory {
      (runs, relapses, continued) = (runs / 2, relapses / 2, continued / 2)
    }
  }

  /// The chance that a loss follows a loss while the target is up, if losses come in bursts.
  var continuation: Double { Double((continued + 0.1) / (continued + runs + 10)) }

  /// Whether runs crumble far more often than independent losses would make them.
  func isBursty(_ reliability: Double) -> Bool {
    let byChance = 1 - reliability * reliability
    return relapses >= 4 && Double(relapses / (runs + 4)) > 1.5 * byChance + 0.06
  }
}

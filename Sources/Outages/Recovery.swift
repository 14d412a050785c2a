/// What speaks for a recovery since its first answer, held against the stray answers that an outage
/// may have: it is one when the outcomes would hardly come about once in all the outage's probes.
struct Recovery: Sendable, Equatable, Codable {
  /// The answer by which the return is certain: the first, unless the outage had so many stray ones that
  /// the first may be one too.
  private(set) var surelyUp: Instant
  private(set) var lastGood: Instant
  /// Time since the last failed probe that nobody watched: the interruption's own if it relapses.
  var unobserved = Duration.zero
  private(set) var answers: Int32 = 0
  private(set) var losses: Int32 = 0
  /// How much likelier the outcomes since are of a target that is up than of one that is down.
  private var likelihood: Float = 1

  /// So much likelier than one chance in all probes of the outage it must be.
  private static let margin = 150.0

  init(firstGood: Instant) { (surelyUp, lastGood) = (firstGood, firstGood) }

  /// How much likelier an outcome is of a target that is up, and answers at `rate`, than of one that is down.
  private func ratio(answered: Bool, _ rate: Double, _ tally: Tally) -> Double {
    let (rate, stray) = (min(rate, Belief.bounds.upperBound), tally.strayRate)
    return answered ? rate / stray : (1 - rate) / (1 - stray)
  }

  /// Whether a further loss makes a relapse of it: what came since the first answer, this loss with it,
  /// speaks less for a return than for stray answers. So Page's cumulative sum dates a change
  /// ("Continuous Inspection Schemes", Biometrika 1954).
  func isRelapse(to tally: Tally, rate: Double) -> Bool {
    Double(likelihood) * ratio(answered: false, rate, tally) < 1
  }

  /// Takes in an outcome; true when it completes the recovery from what has this tally so far. `rate` is
  /// the chance of an answer while up. `mayBeEarlier`: the last losses may be chance.
  mutating func take(
    answered: Bool, at time: Instant, rate: Double, mayBeEarlier: Bool = false, from tally: Tally
  ) -> Bool {
    likelihood *= Float(ratio(answered: answered, rate, tally))
    guard answered else {
      losses += 1
      return false
    }
    // Without stray ones before, the first answer stands; the second where the last loss may be chance, so that the
    // middle of the bounds hardly moves.
    let stray = tally.strays == 0 ? 0 : tally.strayRate
    if mayBeEarlier && answers == 1 || chance(stray, times: min(answers, 8)) > Interruption.unlikely
    {
      surelyUp = time
    }
    answers += 1
    lastGood = time
    return Double(likelihood) > Recovery.margin * Double(tally.probes)
  }
}

/// What a stretch of failure counts.
struct Tally: Sendable, Equatable, Codable {
  /// Probes that failed.
  var losses: Int32
  /// Probes that were answered for all that.
  var strays: Int32 = 0

  var probes: Int32 { losses + strays }
  /// What its losses prove, as so many in a row: an answer speaks for a brown-out more than a loss speaks
  /// against it.
  var unbroken: Int32 { losses - 3 * strays }

  static func + (a: Tally, b: Tally) -> Tally {
    Tally(losses: a.losses + b.losses, strays: a.strays + b.strays)
  }

  /// How often it answers all the same, as far as these tell.
  var strayRate: Double { min((Double(strays) + 0.5) / Double(probes + 10), Tally.mostStray) }

  /// What is answered oftener than this is not down. An uplink that loses most still lets so much pass.
  private static let mostStray = 0.4

  /// What was taken for a recovery was none: its answers were stray ones.
  mutating func relapse(after recovery: Recovery) {
    losses += recovery.losses
    strays += recovery.answers
  }
}

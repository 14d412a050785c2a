/// What speaks for a recovery since its first answer, held against the stray answers that an outage
/// may have: it is one when the outcomes would hardly come about once in all the outage's probes.
struct Recovery: Sendable, Equatable, Codable {
  /// The answer by which the return is certain: the first, unless the outage had so many stray ones that
  /// the first may be one too.
  private(set) var surelyUp: Instant
  private(set) var lastGood: Instant
  private(set) var answers: Int32 = 0
  private(set) var losses: Int32 = 0
  /// How much likelier the outcomes since are of a target that is up than of one that is down.
  private var likelihood: Float = 1
  /// Time since the last failed probe that nobody watched: the interruption's own if it relapses.
  var unobserved = Duration.zero

  /// So much likelier than one chance in all probes of the outage it must be.
  private static let margin = 50.0
  /// What is answered oftener than this is not down. An uplink that loses most still lets so much pass.
  private static let mostStray = 0.4

  init(firstGood: Instant) { (surelyUp, lastGood) = (firstGood, firstGood) }

  /// Takes in an outcome; true when it completes a recovery. `rate` is the chance of an answer
  /// while up; `losses` and `strays` count the outage's failed probes and its stray answers before.
  mutating func take(
    answered: Bool, at time: Instant, rate: Double, losses: Int32, strays: Int32
  ) -> Bool {
    let probes = Double(losses + strays)
    let stray = min((Double(strays) + 0.5) / (probes + 10), Recovery.mostStray)
    let rate = min(rate, Belief.bounds.upperBound)
    if answered {
      // Without stray ones before, the first answer stands.
      let strayness = chance(strays == 0 ? 0 : stray, times: min(answers, 8))
      if strayness > Interruption.unlikely { surelyUp = time }
      answers += 1
      lastGood = time
      likelihood *= Float(rate / stray)
    } else {
      self.losses += 1
      likelihood *= Float((1 - rate) / (1 - stray))
    }
    return answered && Double(likelihood) > Recovery.margin * probes
  }
}

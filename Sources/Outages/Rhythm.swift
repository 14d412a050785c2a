/// Whether losses keep their distance, as those of a beat do: short interruptions that come and go, of which probes
/// that are far apart see one loss here and there. Chance brings losses together as often as not.
///
/// It holds two laws against each other by how many answers come between losses, a mean of μ: chance, where the next
/// probe is always as likely to be lost (geometric, p = 1/μ), and a beat (negative binomial: the sum of eight such
/// waits, each an eighth as long).
struct Rhythm: Sendable, Equatable, Codable {
  /// How much likelier the distances so far are of a beat.
  private(set) var likelihood: Float = 1
  /// How many runs of losses came after answers, and how many answers before them.
  private(set) var runs: Int16 = 0
  private var answers: Int16 = 0
  /// How many answers came since the latest loss.
  private var distance: UInt8 = 0

  /// Before so many runs the mean says little.
  private static let acquainted: Int16 = 4
  /// A beat is the sum of so many waits.
  private static let waits = 8
  /// So much likelier it must be.
  private static let proof: Float = 50
  /// It is kept within these: a beat may begin in what is loss, and what is sure need not be surer.
  private static let bounds: ClosedRange<Float> = 0.05...1e6

  /// Whether they are surely a beat.
  var isProof: Bool { likelihood > Rhythm.proof }

  mutating func take(answered: Bool) {
    if answered {
      if distance < .max { distance += 1 }
      return
    }
    defer { distance = 0 }
    guard distance > 0, answers < 16_000 else { return }
    if runs >= Rhythm.acquainted {
      let next = likelihood * Float(ratio(of: Int32(distance)))
      likelihood = min(max(next, Rhythm.bounds.lowerBound), Rhythm.bounds.upperBound)
    }
    runs += 1
    answers += Int16(distance)
  }

  /// How much likelier so many answers between losses are of a beat than of chance, with the mean so far.
  private func ratio(of distance: Int32) -> Double {
    let mean = Double(answers) / Double(runs)
    let waits = Double(Rhythm.waits)
    let (next, step) = (1 / mean, waits / (mean + waits - 1))
    if next >= 1 { return 1 }
    // In how many ways the answers after the first fall between the waits.
    let ways = (1..<Rhythm.waits).reduce(1.0) { $0 * Double(Int(distance) - 1 + $1) / Double($1) }
    return ways * chance(step, times: Int32(Rhythm.waits))
      * chance((1 - step) / (1 - next), times: distance - 1)
      / next
  }
}

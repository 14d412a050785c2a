import Testing

@testable import Scoring

@Suite struct RangeMetricsTests {
  /// Whole numbers are ranges of length one, as the published examples have them.
  private func ranges(_ cells: [Int]) -> [Range<Double>] {
    var ranges: [Range<Double>] = []
    for (index, cell) in cells.enumerated() where cell == 1 {
      let (from, until) = (Double(index), Double(index + 1))
      if let last = ranges.last, last.upperBound == from {
        ranges[ranges.count - 1] = last.lowerBound..<until
      } else {
        ranges.append(from..<until)
      }
    }
    return ranges
  }

  /// The example of the authors' package (ahstat/affiliation-metrics-py): 0.82 and 0.84.
  @Test func affiliationIsThePublishedOne() {
    let scores = RangeMetrics.affiliation(
      truth: ranges([0, 0, 0, 1, 0, 0, 0, 1, 1, 1]), told: ranges([0, 0, 0, 0, 1, 0, 0, 0, 1, 0]),
      whole: 0..<10)
    #expect(abs((scores.precision ?? 0) - 0.82) < 0.006, "\(scores)")
    #expect(abs(scores.recall - 0.84) < 0.006, "\(scores)")
  }

  @Test func affiliationIsOneOfThePerfectAndNoneOfTheEmpty() {
    let truth = ranges([0, 1, 1, 0, 0, 0, 1, 0])
    let perfect = RangeMetrics.affiliation(truth: truth, told: truth, whole: 0..<8)
    #expect(abs((perfect.precision ?? 0) - 1) < 1e-6)
    #expect(abs(perfect.recall - 1) < 1e-6)
    let empty = RangeMetrics.affiliation(truth: truth, told: [], whole: 0..<8)
    #expect(empty.precision == nil)
    #expect(empty.recall == 0)
  }

  /// One event 4..<6 in 0..<10, told as 7..<8. By hand: a point at distance x, 1 to 2, is nearer
  /// than a random one with chance 1 − (2 + 2x)/10, on the mean 0.5. And of the event's points y,
  /// 1 to 3 away from 7, with chance 1 − 2(7 − y)/10 where both sides are within the zone: 0.6 on
  /// the mean.
  @Test func affiliationByHand() {
    let scores = RangeMetrics.affiliation(truth: [4..<6], told: [7..<8], whole: 0..<10)
    #expect(abs((scores.precision ?? 0) - 0.5) < 1e-6, "\(scores)")
    #expect(abs(scores.recall - 0.6) < 1e-6, "\(scores)")
  }

  /// Flat bias, no reward for existence: what is covered, over the number of pieces.
  @Test func rangeBasedByHand() {
    let check = { (truth: [Range<Double>], told: [Range<Double>], expected: Double) in
      #expect(abs(RangeMetrics.recall(of: truth, in: told) - expected) < 1e-9)
    }
    check([0..<10], [0..<10], 1)
    check([0..<10], [5..<15], 0.5)
    check([0..<10], [0..<4, 6..<10], 0.4)
    check([0..<10, 20..<30], [0..<10], 0.5)
    check([0..<10], [], 0)
    // Half of the weight for being found at all (α = 0.5): 0.5 + 0.5 · 0.2.
    let alpha = RangeMetrics.recall(of: [0..<10], in: [0..<2], alpha: 0.5)
    #expect(abs(alpha - 0.6) < 1e-9)
  }
}

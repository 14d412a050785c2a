import Glibc

/// Precision and recall over time, beside those over events.
public struct RangeMetrics: Sendable, Equatable {
  /// Sums over targets with true outages, and how many those are.
  public var rangeRecall = 0.0
  public var rangePrecision = 0.0
  public var affiliationRecall = 0.0
  public var affiliationPrecision = 0.0
  public var targets = 0
  /// Targets that had some outage told: precision is theirs alone.
  public var told = 0

  public init() {}

  static func += (a: inout RangeMetrics, b: RangeMetrics) {
    a.rangeRecall += b.rangeRecall
    a.rangePrecision += b.rangePrecision
    a.affiliationRecall += b.affiliationRecall
    a.affiliationPrecision += b.affiliationPrecision
    a.targets += b.targets
    a.told += b.told
  }

  mutating func count(truth: [Range<Double>], told: [Range<Double>], whole: Range<Double>) {
    guard !truth.isEmpty else {
      // What is told of a target that had none is all wrong.
      if !told.isEmpty { self.told += 1 }
      return
    }
    targets += 1
    rangeRecall += RangeMetrics.recall(of: truth, in: told)
    affiliationRecall += RangeMetrics.affiliation(truth: truth, told: told, whole: whole).recall
    guard !told.isEmpty else { return }
    self.told += 1
    rangePrecision += RangeMetrics.recall(of: told, in: truth)
    affiliationPrecision +=
      RangeMetrics.affiliation(truth: truth, told: told, whole: whole).precision ?? 0
  }

  /// Range-based recall (Tatbul, Lee, Zdonik, Alam, Gottschlich, "Precision and recall for time
  /// series", NeurIPS 2018): the mean over ranges of α for being found at all, and 1 − α for the
  /// share that is covered, divided by the number of pieces that cover it. Flat positional bias,
  /// α = 0, γ = 1/x. Precision is the same with the parts exchanged.
  static func recall(
    of ranges: [Range<Double>], in others: [Range<Double>], alpha: Double = 0
  ) -> Double {
    guard !ranges.isEmpty else { return 0 }
    let sum = ranges.reduce(0.0) { sum, range in
      let common = others.compactMap { other -> Double? in
        let length =
          min(range.upperBound, other.upperBound) - max(range.lowerBound, other.lowerBound)
        return length > 0 ? length : nil
      }
      guard !common.isEmpty else { return sum }
      let share = common.reduce(0, +) / (range.upperBound - range.lowerBound)
      return sum + alpha + (1 - alpha) * share / Double(common.count)
    }
    return sum / Double(ranges.count)
  }

  /// Affiliation precision and recall (Huet, Navarro, Rossi, "Local evaluation of time series
  /// anomaly detection algorithms", KDD 2022). The time is cut into the zones that are nearest to
  /// each true range; in each, distances between what is told and what is true are held against
  /// those of a point told at random. Precision is nil where nothing was told.
  static func affiliation(
    truth: [Range<Double>], told: [Range<Double>], whole: Range<Double>
  ) -> (precision: Double?, recall: Double) {
    var (precisions, recalls): ([Double], [Double]) = ([], [])
    for (index, event) in truth.enumerated() {
      let from =
        index == 0
        ? whole.lowerBound : (truth[index - 1].upperBound + event.lowerBound) / 2
      let until =
        index == truth.count - 1
        ? whole.upperBound : (event.upperBound + truth[index + 1].lowerBound) / 2
      let zone = from..<max(from, until)
      let here = told.compactMap { range -> Range<Double>? in
        let (a, b) = (
          max(range.lowerBound, zone.lowerBound), min(range.upperBound, zone.upperBound)
        )
        return a < b ? a..<b : nil
      }
      let length = here.reduce(0) { $0 + $1.upperBound - $1.lowerBound }
      if length > 0 {
        let sum = here.reduce(0.0) { sum, piece in
          sum
            + integral(piece, [event, zone]) {
              survival(of: distance($0, to: [event]), of: event, in: zone)
            }
        }
        precisions.append(sum / length)
      }
      if here.isEmpty {
        recalls.append(0)
      } else {
        let sum = integral(event, here + [zone]) { point in
          let reach = distance(point, to: here)
          // A random point of the zone is farther from this one with this chance.
          let nearer =
            min(zone.upperBound, point + reach) - max(zone.lowerBound, point - reach)
          return 1 - nearer / (zone.upperBound - zone.lowerBound)
        }
        recalls.append(sum / (event.upperBound - event.lowerBound))
      }
    }
    return (
      precisions.isEmpty ? nil : precisions.reduce(0, +) / Double(precisions.count),
      recalls.reduce(0, +) / Double(recalls.count)
    )
  }

  /// The chance that a random point of the zone is at least as far from the event.
  private static func survival(
    of distance: Double, of event: Range<Double>, in zone: Range<Double>
  ) -> Double {
    if distance <= 0 { return 1 }
    let near =
      min(zone.upperBound, event.upperBound + distance)
      - max(zone.lowerBound, event.lowerBound - distance)
    return 1 - near / (zone.upperBound - zone.lowerBound)
  }

  private static func distance(_ point: Double, to ranges: [Range<Double>]) -> Double {
    ranges.map { max($0.lowerBound - point, point - $0.upperBound, 0) }.min() ?? .infinity
  }

  /// The integral over a range of a function that is linear between its kinks. Those are where
  /// `ranges` end, half way between them, and as far from an end as the other side of the zone is:
  /// between all of them the trapezoids are exact.
  private static func integral(
    _ range: Range<Double>, _ ranges: [Range<Double>], _ value: (Double) -> Double
  ) -> Double {
    let zone = ranges[ranges.count - 1]
    let ends = ranges.flatMap { [$0.lowerBound, $0.upperBound] }.sorted()
    var kinks = ends + zip(ends, ends.dropFirst()).map { ($0 + $1) / 2 }
    for end in ends {
      for other in [zone.lowerBound, zone.upperBound] {
        kinks += [(end + other) / 2, 2 * end - other]
        for event in ranges { kinks += [event.lowerBound + event.upperBound - other] }
      }
      if let event = ranges.first {
        for other in [zone.lowerBound, zone.upperBound] {
          let reach = [other - event.upperBound, event.lowerBound - other].map(abs)
          kinks += reach.flatMap { [event.lowerBound - $0, event.upperBound + $0] }
        }
      }
    }
    let inside = [range.lowerBound] + kinks.filter(range.contains).sorted() + [range.upperBound]
    return zip(inside, inside.dropFirst()).reduce(0) { sum, pair in
      // The value may leap at a range's end: it is taken a little within.
      let (a, b) = pair
      let margin = (b - a) * 1e-9
      return sum + (b - a) * (value(a + margin) + value(b - margin)) / 2
    }
  }
}

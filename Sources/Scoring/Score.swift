/// How good a report is, measured at the truth. Scores of several worlds add up.
public struct Score: Sendable, Equatable {
  /// So many of so many.
  public struct Ratio: Sendable, Equatable {
    public var hits = 0
    public var of = 0

    public init() {}

    public var value: Double? { of > 0 ? Double(hits) / Double(of) : nil }

    mutating func count(_ isHit: Bool) {
      hits += isHit ? 1 : 0
      of += 1
    }

    static func += (a: inout Ratio, b: Ratio) {
      a.hits += b.hits
      a.of += b.of
    }
  }

  /// Of the true events of each family, how many were told.
  public var families: [String: Ratio] = [:]

  /// True outages that were told; outages told that are true.
  public var outageRecall = Ratio()
  public var outagePrecision = Ratio()
  /// True outages that had one alarm which overlaps them by half, of true outages and of alarms.
  public var single = Ratio()
  /// Further episodes for one true outage; true outages that share one episode.
  public var splits = 0
  public var merges = 0
  /// True blips that were told; told blips that are true; true blips told as outages.
  public var blipRecall = Ratio()
  public var blipPrecision = Ratio()
  public var promoted = Ratio()
  public var instabilityRecall = Ratio()
  public var instabilityPrecision = Ratio()
  /// For each instability told, the time in common with the true one over the time of either.
  public var instabilityOverlaps: [Double] = []
  /// The same of brown-outs.
  public var degradedOverlaps: [Double] = []
  /// True brown-outs that were told, as degraded or as instability, and not as outages; degraded
  /// stretches told that are true.
  public var degradedRecall = Ratio()
  public var degradedPrecision = Ratio()
  /// True outages of groups that were told of the group.
  public var groupRecall = Ratio()
  /// Outages told of groups that are true.
  public var groupPrecision = Ratio()
  /// Losses of our own uplink that were told, and those in which targets were blamed.
  public var uplinkRecall = Ratio()
  public var uplinkBlamed = Ratio()
  /// True starts and ends that are within the bounds told.
  public var bounds = Ratio()
  /// How far the middles of the bounds are from the truth, in seconds.
  public var onsetErrors: [Double] = []
  public var endErrors: [Double] = []
  /// From the true start to when it was declared, in seconds and in intervals; and from when the
  /// oracle could.
  public var delays: [Double] = []
  public var delayIntervals: [Double] = []
  public var lateness: [Double] = []
  /// Alarms are outages told that nothing explains. `targetMonths` are of thirty days.
  public var alarms = 0
  public var falseAlarms = 0
  public var events = 0
  public var targetMonths = 0.0
  /// Target-seconds in which nobody could see, and those of them that were told as up or down.
  public var unseen = 0.0
  public var miscounted = 0.0
  /// Target-seconds in which somebody could see, and those of them that were told as unobserved.
  public var seen = 0.0
  public var overlooked = 0.0
  /// Means over targets with outages, for these to be added up: range-based and affiliation metrics.
  public var ranges = RangeMetrics()
  public var probes = 0
  /// True events that are too near the line between blip and outage, those that were told as maintenance,
  /// and those that no two probes saw: set aside.
  public var ambiguous = 0
  public var planned = 0
  public var unseeable = 0
  /// Each miss, false alarm and error, a sentence each.
  public var mishaps: [String] = []

  public init() {}

  /// F1 of events that may have one alarm each.
  public var singleF1: Double? {
    let (recall, precision) = (Double(single.hits), Double(alarms + events))
    return precision > 0 ? 2 * recall / precision : nil
  }

  /// The harmonic mean of precision and recall.
  public static func f1(_ recall: Ratio, _ precision: Ratio) -> Double? {
    guard let recall = recall.value, let precision = precision.value else { return nil }
    return recall + precision > 0 ? 2 * recall * precision / (recall + precision) : 0
  }

  public static func += (a: inout Score, b: Score) {
    a.families.merge(b.families) { x, y in
      var sum = x
      sum += y
      return sum
    }
    for path in ratios { a[keyPath: path] += b[keyPath: path] }
    for path in lists { a[keyPath: path] += b[keyPath: path] }
    for path in counts { a[keyPath: path] += b[keyPath: path] }
    for path in sums { a[keyPath: path] += b[keyPath: path] }
    a.ranges += b.ranges
    a.mishaps += b.mishaps
  }

  private static var ratios: [WritableKeyPath<Score, Ratio>] {
    [
      \.outageRecall, \.outagePrecision, \.single, \.blipRecall, \.blipPrecision, \.promoted,
      \.instabilityRecall, \.instabilityPrecision, \.degradedRecall, \.degradedPrecision,
      \.groupRecall, \.groupPrecision, \.uplinkRecall, \.uplinkBlamed, \.bounds,
    ]
  }
  private static var lists: [WritableKeyPath<Score, [Double]>] {
    [
      \.instabilityOverlaps, \.degradedOverlaps, \.onsetErrors, \.endErrors, \.delays,
      \.delayIntervals, \.lateness,
    ]
  }
  private static var counts: [WritableKeyPath<Score, Int>] {
    [
      \.splits, \.merges, \.alarms, \.falseAlarms, \.events, \.probes, \.ambiguous, \.planned,
      \.unseeable,
    ]
  }
  private static var sums: [WritableKeyPath<Score, Double>] {
    [\.targetMonths, \.unseen, \.miscounted, \.seen, \.overlooked]
  }
}

extension [Double] {
  var mean: Double? { isEmpty ? nil : reduce(0, +) / Double(count) }

  /// The value that a share of all is not above: 0.5 is the median. Nil of none.
  public func quantile(_ share: Double) -> Double? {
    if isEmpty { return nil }
    let rank = Int((Double(count) * share).rounded(.up))
    return sorted()[Swift.min(Swift.max(rank - 1, 0), count - 1)]
  }
}

import JSONText

/// The measures of a score, in the order of its table.
public struct Measure: Sendable {
  public enum Unit: Sendable { case share, count, seconds, number }

  public let name: String
  /// Its name in JSON.
  public let key: String
  public let unit: Unit
  public let value: @Sendable (Score) -> Double?

  /// All of them.
  public static let all: [Measure] = [
    Measure("outages: true events", "events", .count) { Double($0.events) },
    Measure("  recall", "outage_recall", .share) { $0.outageRecall.value },
    Measure("  precision", "outage_precision", .share) { $0.outagePrecision.value },
    Measure("  F1", "outage_f1", .share) { Score.f1($0.outageRecall, $0.outagePrecision) },
    Measure("  F1, one alarm an event", "single_f1", .share) { $0.singleF1 },
    Measure("  split", "splits", .count) { Double($0.splits) },
    Measure("  merged", "merges", .count) { Double($0.merges) },
    Measure("  of groups: recall", "group_recall", .share) { $0.groupRecall.value },
    Measure("  of groups: precision", "group_precision", .share) { $0.groupPrecision.value },
    Measure("  of groups: F1", "group_f1", .share) { Score.f1($0.groupRecall, $0.groupPrecision) },
    Measure("  alarms an event", "alarms_per_event", .number) {
      $0.events > 0 ? Double($0.alarms) / Double($0.events) : nil
    },
    Measure("  false alarms a target-month", "false_alarms_per_target_month", .number) {
      $0.targetMonths > 0 ? Double($0.falseAlarms) / $0.targetMonths : nil
    },
    Measure("  start and end in bounds", "in_bounds", .share) { $0.bounds.value },
    Measure("  start off by, median", "onset_error_median_seconds", .seconds) {
      $0.onsetErrors.quantile(0.5)
    },
    Measure("  end off by, median", "end_error_median_seconds", .seconds) {
      $0.endErrors.quantile(0.5)
    },
    Measure("  declared after, median", "delay_median_seconds", .seconds) {
      $0.delays.quantile(0.5)
    },
    Measure("  declared after, p95", "delay_p95_seconds", .seconds) { $0.delays.quantile(0.95) },
    Measure("  the same in intervals, median", "delay_median_intervals", .number) {
      $0.delayIntervals.quantile(0.5)
    },
    Measure("  the same in intervals, p95", "delay_p95_intervals", .number) {
      $0.delayIntervals.quantile(0.95)
    },
    Measure("  later than the oracle, median", "lateness_median_seconds", .seconds) {
      $0.lateness.quantile(0.5)
    },
    Measure("  later than the oracle, p95", "lateness_p95_seconds", .seconds) {
      $0.lateness.quantile(0.95)
    },
    Measure("  range-based recall", "range_recall", .share) {
      $0.ranges.targets > 0 ? $0.ranges.rangeRecall / Double($0.ranges.targets) : nil
    },
    Measure("  range-based precision", "range_precision", .share) {
      $0.ranges.told > 0 ? $0.ranges.rangePrecision / Double($0.ranges.told) : nil
    },
    Measure("  affiliation recall", "affiliation_recall", .share) {
      $0.ranges.targets > 0 ? $0.ranges.affiliationRecall / Double($0.ranges.targets) : nil
    },
    Measure("  affiliation precision", "affiliation_precision", .share) {
      $0.ranges.told > 0 ? $0.ranges.affiliationPrecision / Double($0.ranges.told) : nil
    },
    Measure("blips: recall", "blip_recall", .share) { $0.blipRecall.value },
    Measure("  precision", "blip_precision", .share) { $0.blipPrecision.value },
    Measure("  F1", "blip_f1", .share) { Score.f1($0.blipRecall, $0.blipPrecision) },
    Measure("  told as outages", "blips_promoted", .share) { $0.promoted.value },
    Measure("instability: recall", "instability_recall", .share) { $0.instabilityRecall.value },
    Measure("  precision", "instability_precision", .share) { $0.instabilityPrecision.value },
    Measure("  F1", "instability_f1", .share) {
      Score.f1($0.instabilityRecall, $0.instabilityPrecision)
    },
    Measure("  overlap in time", "instability_overlap", .share) { $0.instabilityOverlaps.mean },
    Measure("brown-outs: told, and not as outages", "degraded_recall", .share) {
      $0.degradedRecall.value
    },
    Measure("  precision of degraded", "degraded_precision", .share) { $0.degradedPrecision.value },
    Measure("  F1", "degraded_f1", .share) { Score.f1($0.degradedRecall, $0.degradedPrecision) },
    Measure("  overlap in time", "degraded_overlap", .share) { $0.degradedOverlaps.mean },
    Measure("own uplink lost: told", "uplink_recall", .share) { $0.uplinkRecall.value },
    Measure("  targets blamed", "uplink_blamed", .share) { $0.uplinkBlamed.value },
    Measure("unseen time told as seen", "miscounted", .share) {
      $0.unseen > 0 ? $0.miscounted / $0.unseen : nil
    },
    Measure("seen time told as unseen", "overlooked", .share) {
      $0.seen > 0 ? $0.overlooked / $0.seen : nil
    },
    Measure("set aside: near the line", "ambiguous", .count) { Double($0.ambiguous) },
    Measure("  told as maintenance", "planned", .count) { Double($0.planned) },
    Measure("  nobody could tell", "unseeable", .count) { Double($0.unseeable) },
    Measure("probes", "probes", .count) { Double($0.probes) },
  ]

  private init(
    _ name: String, _ key: String, _ unit: Unit, _ value: @escaping @Sendable (Score) -> Double?
  ) {
    (self.name, self.key, self.unit, self.value) = (name, key, unit, value)
  }

  /// The value as tables print it.
  public func text(_ score: Score) -> String {
    guard let value = value(score) else { return "–" }
    switch unit {
    case .count: return "\(Int(value))"
    case .share, .number: return Measure.fixed(value, digits: 3)
    case .seconds: return Measure.fixed(value, digits: 1) + " s"
    }
  }

  /// A number with so many digits after the point.
  private static func fixed(_ value: Double, digits: Int) -> String {
    let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
    let parts = Int64((abs(value) * scale).rounded())
    let fraction = String(Int64(scale) + parts % Int64(scale)).dropFirst()
    return (value < 0 && parts > 0 ? "-" : "") + "\(parts / Int64(scale)).\(fraction)"
  }
}

/// Scores side by side.
public struct ScoreTable: Sendable {
  public var columns: [(name: String, score: Score)]

  public init(_ columns: [(name: String, score: Score)]) { self.columns = columns }

  /// One line a measure, one column a score, and what of each family was told.
  public func text() -> String {
    let families = Set(columns.flatMap { $0.score.families.keys }).sorted()
    var rows = [[""] + columns.map(\.name)]
    rows += Measure.all.map { measure in
      [measure.name] + columns.map { measure.text($0.score) }
    }
    rows.append(["told, by family:"] + columns.map { _ in "" })
    rows += families.map { family in
      ["  " + family]
        + columns.map {
          $0.score.families[family].map { "\($0.hits)/\($0.of)" } ?? "–"
        }
    }
    return ScoreTable.aligned(rows)
  }

  /// Rows with their columns one under the other, the first to the left.
  public static func aligned(_ rows: [[String]], gap: String = "  ") -> String {
    let widths = (rows.first ?? []).indices.map { column in
      rows.map { $0[column].count }.max() ?? 0
    }
    return rows.map { row in
      let cells = zip(row, widths).enumerated().map { index, cell in
        let space = String(repeating: " ", count: cell.1 - cell.0.count)
        return index == 0 ? cell.0 + space : space + cell.0
      }
      var line = cells.joined(separator: gap)
      while line.hasSuffix(" ") { line.removeLast() }
      return line + "\n"
    }.joined()
  }

  /// The same as JSON, `outage-score/1`.
  public func json() -> String {
    let scores = columns.map { name, score in
      let families = score.families.sorted { $0.key < $1.key }.map { family, ratio in
        JSON.Member(
          name: family,
          value: .object(["told": .integer(Int64(ratio.hits)), "of": .integer(Int64(ratio.of))]))
      }
      return JSON.object(
        [JSON.Member(name: "of", value: .string(name))]
          + Measure.all.map {
            JSON.Member(name: $0.key, value: $0.value(score).map { .number($0) } ?? .null)
          } + [JSON.Member(name: "families", value: .object(families))])
    }
    return JSON.object(["format": "outage-score/1", "scores": .array(scores)]).lines + "\n"
  }
}

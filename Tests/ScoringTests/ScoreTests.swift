import Outages
import Reports
import Simulation
import Testing

@testable import Scoring

/// Truths and reports drawn as strips, one character half a minute.
private enum Strips {
  static let every = Duration.seconds(30)
  static let start = Instant(milliseconds: 1_419_206_400_000)

  /// The moment half a turn before a column's probe.
  static func edge(_ column: Int) -> Instant { start + every * (Double(column) - 0.5) }
  static func probe(_ column: Int) -> Instant { start + every * Double(column) }

  static let kinds: [Character: Episode.Kind] = [
    "O": .outage, "B": .blip, "I": .instability, "D": .degraded, "_": .unobserved, "b": .blip,
    "M": .outage,
  ]

  /// The runs of each letter in a strip.
  static func runs(_ strip: String) -> [(letter: Character, columns: Range<Int>)] {
    var runs: [(letter: Character, columns: Range<Int>)] = []
    for (column, letter) in strip.enumerated() where letter != "." {
      if let last = runs.last, last.letter == letter, last.columns.upperBound == column {
        runs[runs.count - 1].columns = last.columns.lowerBound..<column + 1
      } else {
        runs.append((letter, column..<column + 1))
      }
    }
    return runs
  }

  /// The scope of a row: `a`, `b`, … are targets, `G` their group, `V` the vantage.
  static func scope(_ name: String) -> Episode.Scope {
    switch name {
    case "G": .group("G")
    case "V": .vantage("V")
    default: .target(name)
    }
  }

  static func truth(_ rows: KeyValuePairs<String, String>) -> Truth {
    let names = ["a", "b", "c"]
    let width = rows.map(\.value.count).max() ?? 0
    let events = rows.flatMap { name, strip in
      runs(strip).map { letter, columns in
        Truth.Event(
          kind: kinds[letter] ?? .blip, scope: scope(name),
          family: name == "V" ? "uplink" : letter == "b" ? "beat" : "drawn",
          members: name == "G" ? names : nil,
          start: edge(columns.lowerBound), end: edge(columns.upperBound),
          seen: Truth.Sight(
            probes: columns.count,
            start: Bounds(
              earliest: probe(columns.lowerBound - 1), latest: probe(columns.lowerBound)),
            end: Bounds(earliest: probe(columns.upperBound - 1), latest: probe(columns.upperBound)),
            declared: columns.count > 10 ? probe(columns.lowerBound + 10) : nil))
      }
    }
    return Truth(
      vantage: "V", span: start..<start + every * Double(width), sustained: .minutes(5),
      targets: names.map { Truth.Target(name: $0, every: every, probes: width) },
      groups: [Group(name: "G", members: names)],
      events: events.sorted { $0.start < $1.start })
  }

  /// `late`: how much later than the truth's everything is told.
  static func report(
    _ rows: KeyValuePairs<String, String>, late: Duration = .zero
  ) -> SavedReport {
    let width = rows.map(\.value.count).max() ?? 0
    let claims = rows.flatMap { name, strip in
      runs(strip).map { letter, columns in
        let first = probe(columns.lowerBound) + late
        let last = probe(columns.upperBound - 1) + late
        let declared = min(first + .minutes(5), last)
        return SavedReport.Claim(
          kind: kinds[letter] ?? .blip, scope: scope(name),
          members: name == "G" ? ["a", "b", "c"] : nil,
          start: Bounds(earliest: first - every, latest: first),
          end: Bounds(earliest: last, latest: last + every),
          declared: letter == "O" ? declared : first, isExplained: letter == "M",
          isMaintenance: letter == "M")
      }
    }
    return SavedReport(
      span: start..<start + every * Double(width), probes: nil, claims: claims)
  }
}

@Suite struct ScoreTests {
  /// What a report scores: measures by their keys.
  private func check(
    truth: KeyValuePairs<String, String>, report: KeyValuePairs<String, String>,
    late: Duration = .zero, scores expected: KeyValuePairs<String, Double?>,
    location: SourceLocation = #_sourceLocation
  ) {
    let score = Score(of: Strips.report(report, late: late), against: Strips.truth(truth))
    for (key, value) in expected {
      guard let measure = Measure.all.first(where: { $0.key == key }) else {
        Issue.record("there is no measure '\(key)'", sourceLocation: location)
        continue
      }
      let found = measure.value(score)
      let isClose = abs((found ?? -1) - (value ?? -1)) < 0.0006
      #expect(
        isClose,
        "\(key): \(found.map { "\($0)" } ?? "nil") instead of \(value.map { "\($0)" } ?? "nil")",
        sourceLocation: location)
    }
  }

  private let a = "....OOOOOOOOOOOOOOOOOOOO........BBB.............OOOOOOOOOOOOOOOOOOOO...."

  @Test func aPerfectReportScoresOne() {
    check(
      truth: ["a": a], report: ["a": a],
      scores: [
        "events": 2, "outage_recall": 1, "outage_precision": 1, "outage_f1": 1, "single_f1": 1,
        "splits": 0, "merges": 0, "alarms_per_event": 1, "false_alarms_per_target_month": 0,
        "in_bounds": 1, "onset_error_median_seconds": 0, "end_error_median_seconds": 0,
        // Half a turn to the first failed probe, and five minutes.
        "delay_median_seconds": 315, "delay_median_intervals": 10.5, "lateness_median_seconds": 0,
        "blip_recall": 1, "blip_precision": 1, "blips_promoted": 0, "range_recall": 1,
        "range_precision": 1, "affiliation_recall": 1, "affiliation_precision": 1,
      ])
  }

  @Test func maintenanceIsSetAside() {
    let planned = "....OOOOOOOOOOOOOOOOOOOO........BBB.............MMMMMMMMMMMMMMMMMMMM...."
    check(
      truth: ["a": a], report: ["a": planned],
      scores: [
        "events": 1, "planned": 1, "outage_recall": 1, "outage_precision": 1, "single_f1": 1,
      ])
    // What is planned of one excuses nothing of another.
    check(
      truth: ["a": a],
      report: [
        "a": "....OOOOOOOOOOOOOOOOOOOO........BBB.....................................",
        "b": "................................................MMMMMMMMMMMMMMMMMMMM....",
      ], scores: ["events": 2, "planned": 0, "outage_recall": 0.5])
  }

  @Test func anEmptyReportScoresNoRecall() {
    check(
      truth: ["a": a], report: ["a": String(repeating: ".", count: a.count)],
      scores: [
        "outage_recall": 0, "outage_precision": nil, "outage_f1": nil, "single_f1": 0,
        "alarms_per_event": 0, "blip_recall": 0, "blip_precision": nil, "range_recall": 0,
        "affiliation_recall": 0,
      ])
  }

  @Test func aShiftedReportScoresTheShift() {
    check(
      truth: ["a": a], report: ["a": a], late: .seconds(60),
      scores: [
        "outage_recall": 1, "single_f1": 1, "onset_error_median_seconds": 60,
        "end_error_median_seconds": 60, "lateness_median_seconds": 60, "in_bounds": 0,
        // Ten minutes, of which nine are covered.
        "range_recall": 0.9, "range_precision": 0.9,
      ])
  }

  @Test func countsSplitsAndMerges() {
    check(
      truth: ["a": "....OOOOOOOOOOOOOOOOOOOOOOOOOOOOOO...."],
      report: ["a": "....OOOOOOOOOOOOOOOOOO..OOOOOOOOOO...."],
      scores: [
        "outage_recall": 1, "outage_precision": 1, "splits": 1, "alarms_per_event": 2,
        // One of two alarms overlaps the event by half: 2 · 1 / (2 + 1).
        "single_f1": 0.6667,
        // 28 of 30 columns in two pieces: (28/30)/2.
        "range_recall": 0.4667,
      ])
    check(
      truth: ["a": "....OOOOOOOOOOOOOOOOOO......OOOOOOOOOOOOOOOO...."],
      report: ["a": "....OOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOO...."],
      scores: ["outage_recall": 1, "merges": 1, "alarms_per_event": 0.5, "single_f1": 0])
  }

  @Test func tellsFalseAlarmsAndPromotedBlips() {
    check(
      truth: ["a": "........BBBB...................................."],
      report: ["a": "......OOOOOOOOOOOO....................OOOOOOOOOO"],
      scores: [
        "events": 0, "outage_precision": 0, "alarms_per_event": nil, "blip_recall": 1,
        "blips_promoted": 1,
        // Two in 24 minutes of three targets: 72 target-minutes of 43,200.
        "false_alarms_per_target_month": 1200,
      ])
  }

  @Test func setsAsideWhatNobodyCanTell() {
    // Five minutes are ten columns; two intervals about the line are nine to eleven.
    let near = ["....OOOOOOOOOOO........B........", "....BBBBBBBBB..........B........"]
    for (truth, told) in [(near[0], near[1]), (near[1], near[0]), (near[0], near[0])] {
      check(
        truth: ["a": truth], report: ["a": told],
        scores: [
          "events": 0, "ambiguous": 1, "unseeable": 1, "blip_recall": nil, "outage_recall": nil,
          "outage_precision": nil, "alarms_per_event": nil,
        ])
    }
  }

  @Test func holdsMembersAlarmsAgainstTheirGroup() {
    let down = "....OOOOOOOOOOOOOOOOOOOO...."
    check(
      truth: ["G": down], report: ["G": down],
      scores: ["group_recall": 1, "single_f1": 1, "alarms_per_event": 1])
    // Three alarms of three members: all true, one event.
    check(
      truth: ["G": down], report: ["a": down, "b": down, "c": down],
      scores: [
        "outage_recall": 1, "outage_precision": 1, "group_recall": 0, "alarms_per_event": 3,
        "single_f1": 0.5,
      ])
  }

  @Test func scoresStretchesByTheirTime() {
    let beats = "....BB...BB...BB...BB...BB...BB...BB...."
    let unstable = "....IIIIIIIIIIIIIIIIIIIIIIIIIIIIIIII...."
    check(
      truth: ["a": unstable, "a ": ""], report: ["a": unstable],
      scores: ["instability_recall": nil, "instability_precision": 1])
    let truth = Strips.truth(["a": unstable, "b": ""])
    var withBeats = truth
    withBeats.events += Strips.truth(["a": beats.replacing("B", with: "b")]).events
    let score = Score(
      of: Strips.report(["a": "....IIIIIIIIIIIIIIIIIIIIIIII............"]), against: withBeats)
    #expect(score.instabilityRecall.value == 1)
    // 24 of 32 columns.
    #expect(abs((score.instabilityOverlaps.first ?? 0) - 0.75) < 0.001)
    check(
      truth: ["a": "....DDDDDDDDDDDDDDDD...."], report: ["a": "....DDDDDDDDDDDDDDDD...."],
      scores: ["degraded_recall": 1, "degraded_precision": 1])
    check(
      truth: ["a": "....DDDDDDDDDDDDDDDD...."], report: ["a": "....DDDDDD.....OOOO....."],
      scores: ["degraded_recall": 0, "degraded_precision": 1, "outage_precision": 0])
  }

  @Test func scoresTheVantage() {
    let lost = "....________________...."
    check(
      truth: ["V": lost], report: ["V": lost],
      scores: ["uplink_recall": 1, "uplink_blamed": 0, "miscounted": 0])
    // Blamed on a target, and all of its time told as seen.
    check(
      truth: ["V": lost], report: ["a": "....OOOOOOOOOOOOOOOO...."],
      scores: ["uplink_recall": 0, "uplink_blamed": 1, "miscounted": 1])
    // An outage that goes on under it is one.
    check(
      truth: [
        "V": "............____________........................",
        "a": "....OOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOO..........",
      ],
      report: [
        "V": "............____________........................",
        "a": "....OOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOO..........",
      ],
      scores: ["uplink_blamed": 0, "outage_recall": 1, "single_f1": 1])
  }

  /// Twice the same is twice of all that is counted, and the same of all that is a share.
  @Test func addsUp() throws {
    let truth = Strips.truth([
      "a": a, "b": "....DDDDDDDDDDDDDDDD....", "V": "........________........", "G": a,
    ])
    let report = Strips.report([
      "a": a, "b": "....DDDDDDDD......................OOOOOOOOOOOO", "V": "........______....",
      "G": a,
    ])
    let one = Score(of: report, against: truth)
    var two = one
    two += one
    for measure in Measure.all {
      let (a, b) = (measure.value(one), measure.value(two))
      if measure.unit == .count {
        #expect(b == a.map { $0 * 2 }, "\(measure.key)")
      } else {
        #expect(abs((a ?? -1) - (b ?? -1)) < 1e-9, "\(measure.key)")
      }
    }
    #expect(two.families.allSatisfy { $1.of == 2 * (one.families[$0]?.of ?? 0) })
    #expect(two.mishaps.count == 2 * one.mishaps.count)
  }

  @Test func quantilesAreRanks() {
    let twenty = (1...20).map(Double.init)
    #expect(twenty.quantile(0.5) == 10)
    #expect(twenty.quantile(0.95) == 19)
    #expect([7.0].quantile(0.95) == 7)
    #expect([Double]().quantile(0.5) == nil)
  }

  /// Whoever tells nothing but that he saw nothing is found out.
  @Test func countsSeenTimeToldAsUnseen() {
    check(
      truth: ["a": "................", "V": "....____........"],
      report: ["a": "................", "V": "....________...."],
      scores: ["miscounted": 0, "overlooked": 0.333])
  }
}

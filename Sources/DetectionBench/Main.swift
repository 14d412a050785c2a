import ArgumentParser
import Foundation
import Outages
import Plans
import Scoring
import Simulation

/// Holds our detector, and the rules of its peers, against the truth of simulated worlds.
@main
struct DetectionBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scripts/bench-detection",
    abstract: "Scores our detector and the rules of its peers on the worlds of data/worlds.",
    discussion: """
      The rules were made looking at seeds 1 to 9 and 101 to 105; the default seeds are others. The same \
      seeds print the same table.
      """)

  @Option(help: ArgumentHelp("The folder of the worlds.", valueName: "folder"))
  var worlds = "data/worlds"

  @Option(help: ArgumentHelp("Only worlds whose name has this in it.", valueName: "text"))
  var only: [String] = []

  @Option(help: ArgumentHelp("No worlds whose name has this in it.", valueName: "text"))
  var without: [String] = []

  @Option(help: ArgumentHelp("Seeds, like 7 or 101..103.", valueName: "range"))
  var seeds = "201..205"

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Another parameter for our detector.", valueName: "detection.key=value"))
  var settings: [String] = []

  @Option(
    help: ArgumentHelp(
      "Run with several values of one parameter, like detection.sustained=1m..30m or =1m,5m.",
      valueName: "detection.key=values"))
  var sweep: String?

  @Flag(help: "All measures, of ours and the oracle.")
  var full = false

  @Flag(help: "A line for each world.")
  var each = false

  @Flag(help: "Each miss, false alarm and error of ours, with the world's name.")
  var mishaps = false

  func run() async throws {
    let all = try suite()
    if all.isEmpty { throw ValidationError("no world has that in its name; see \(worlds)") }
    let set = try settings.map { try Setting($0) }
    if let sweep {
      try await self.sweep(Sweep(sweep), all, set)
      return
    }
    let contests = try await run(all, withRivals: !full && !each) { detection in
      for setting in set { setting.apply(&detection) }
    }
    var sum = Contest()
    for (world, contest) in zip(all, contests) {
      sum.add(contest)
      for (name, score) in contest.scores where name == Contest.replayed || name == Contest.watching
      {
        if mishaps {
          for mishap in score.mishaps { print("\(world.name) #\(world.seed) \(name): \(mishap)") }
        }
        if each { print(Summary.line("\(world.name) #\(world.seed) \(name)", score)) }
      }
    }
    let replayed = sum.scores.first { $0.name == Contest.replayed }
    print(
      "\(all.count) worlds, \(replayed?.score.probes ?? 0) probes, \(replayed?.score.events ?? 0) outages\n"
    )
    if full {
      print(ScoreTable(sum.scores).text(), terminator: "")
    } else {
      print(
        ScoreTable.aligned(
          [Summary.head("")] + sum.scores.map { Summary.row($0.name, $0.score) }, gap: " "),
        terminator: "")
    }
  }

  // MARK: What to run

  private func suite() throws -> [World] {
    let paths = try FileManager.default.contentsOfDirectory(atPath: worlds)
      .filter { $0.hasSuffix(".yaml") }.sorted()
    let ends = seeds.components(separatedBy: "..").map { UInt64($0) }
    guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last
    else {
      throw ValidationError("--seeds '\(seeds)' is no range like 201..203")
    }
    return try (first...last).flatMap { seed in
      try paths.flatMap { file -> [World] in
        let text = try String(contentsOfFile: worlds + "/" + file, encoding: .utf8)
        let scenario = try Scenario(yaml: text, path: worlds + "/" + file)
        return scenario.worlds.map {
          World(
            family: String(file.dropLast(5)), path: worlds + "/" + file, text: text,
            every: $0.every, length: $0.length,
            seed: seed)
        }
      }
    }.filter { world in
      (only.isEmpty || only.contains { world.name.contains($0) })
        && !without.contains { world.name.contains($0) }
    }
  }

  /// Runs the worlds on all cores; the results are in the worlds' order.
  private func run(
    _ worlds: [World], withRivals: Bool, change: @escaping @Sendable (inout Detection) -> Void
  ) async throws -> [Contest] {
    try await withThrowingTaskGroup(of: (Int, Contest).self) { group in
      for (index, world) in worlds.enumerated() {
        group.addTask { (index, try Contest(world, change: change, withRivals: withRivals)) }
      }
      var contests = worlds.map { _ in Contest() }
      for try await (index, contest) in group { contests[index] = contest }
      return contests
    }
  }

  // MARK: Sweeps

  private func sweep(_ sweep: Sweep, _ worlds: [World], _ set: [Setting]) async throws {
    print("\(worlds.count) worlds\n")
    var rows = [Summary.head(sweep.name)]
    for value in sweep.values {
      let setting = try Setting("\(sweep.name)=\(value)")
      let contests = try await run(worlds, withRivals: false) { detection in
        for setting in set + [setting] { setting.apply(&detection) }
      }
      var sum = Contest()
      for contest in contests { sum.add(contest) }
      for (name, score) in sum.scores where name == Contest.watching {
        rows.append(Summary.row(value, score))
      }
    }
    print(ScoreTable.aligned(rows), terminator: "")
  }
}

/// One parameter with a value.
struct Setting: Sendable {
  var parameter: Detection.Parameter
  var value: String

  init(_ text: String) throws {
    guard let setting = Detection.setting(text) else {
      throw ValidationError("'\(text)' is no setting like detection.sustained=10m")
    }
    (parameter, value) = setting
    var detection = Detection()
    if !parameter.set(&detection, value) {
      throw ValidationError("detection.\(parameter.name): '\(value)' is not \(parameter.expected)")
    }
  }

  func apply(_ detection: inout Detection) { _ = parameter.set(&detection, value) }
}

/// The values of one parameter: a list, or a range in steps of about a half, or for numbers in four
/// equal ones.
struct Sweep {
  var name: String
  var values: [String]

  init(_ text: String) throws {
    let parts = text.components(separatedBy: "=")
    guard parts.count == 2 else {
      throw ValidationError("--sweep '\(text)' is not like detection.sustained=1m..30m")
    }
    name = parts[0]
    let ends = parts[1].components(separatedBy: "..")
    if ends.count != 2 {
      values = parts[1].components(separatedBy: ",")
    } else if let from = Duration(ends[0]), let until = Duration(ends[1]), from < until {
      values = Sweep.steps.filter { from <= $0 && $0 <= until }.map(\.description)
    } else if let from = Double(ends[0]), let until = Double(ends[1]), from < until {
      values = (0...4).map {
        "\(((from + (until - from) * Double($0) / 4) * 1000).rounded() / 1000)"
      }
    } else {
      throw ValidationError("--sweep '\(parts[1])' is no range like 1m..30m")
    }
    if values.isEmpty {
      throw ValidationError("--sweep '\(parts[1])' has no step in it; list values")
    }
  }

  private static let steps: [Duration] =
    [1, 2, 5, 10, 15, 30].map { Duration.seconds($0) }
    + [1, 2, 3, 5, 10, 15, 20, 30].map { .minutes($0) }
    + [1, 2, 3, 6, 12, 24, 48].map { .hours($0) }
}

/// The measures of the table, in few columns.
enum Summary {
  private static let columns: [(head: String, key: String)] = [
    ("recall", "outage_recall"), ("prec.", "outage_precision"), ("F1/1", "single_f1"),
    ("al/ev", "alarms_per_event"),
    ("false", "false_alarms_per_target_month"), ("start", "onset_error_median_seconds"),
    ("bounds", "in_bounds"), ("decl.", "delay_median_seconds"), ("p95", "delay_p95_seconds"),
    ("blips", "blip_recall"), ("prec.", "blip_precision"), ("unst.", "instability_recall"),
    ("brown", "degraded_recall"), ("group", "group_recall"), ("blame", "uplink_blamed"),
    ("unseen", "miscounted"), ("probes", "probes"),
  ]

  static func head(_ name: String) -> [String] { [name] + columns.map(\.head) }

  /// A row by itself, under the heads of a table.
  static func line(_ name: String, _ score: Score) -> String {
    let cells = row("", score).dropFirst().map {
      String(repeating: " ", count: max(0, 7 - $0.count)) + $0
    }
    return name + String(repeating: " ", count: max(0, 44 - name.count)) + cells.joined()
  }

  static func row(_ name: String, _ score: Score) -> [String] {
    [name]
      + columns.map { column in
        Measure.all.first { $0.key == column.key }?.text(score)
          .replacingOccurrences(of: " s", with: "") ?? ""
      }
  }
}

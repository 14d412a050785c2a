@testable import Outages

/// The detector on drawn probes, one every 30 seconds: `.` answered, `x` failed, `_` not probed; kept
/// from us by `r` our dead resolver, `n` our want of a route.
struct Strip {
  static let every = Duration.seconds(30)
  static let start = Instant(milliseconds: 1_419_264_000_000)

  static func instant(_ column: Int) -> Instant { start + every * Double(column) }

  static func session(_ names: [String], groups: [Group] = [], sustained: Duration) -> Session {
    var detection = Detection()
    detection.sustained = sustained
    return Session(
      targets: names.map { Target(name: $0, every: every) }, groups: groups, detection: detection)
  }

  /// The observations of rows, in the order of time.
  static func observations(_ rows: [[Character]]) -> [Observation] {
    var observations: [Observation] = []
    for column in 0..<(rows.map(\.count).max() ?? 0) {
      for (target, row) in rows.enumerated() where column < row.count && row[column] != "_" {
        observations.append(
          Observation(
            time: instant(column), target: target,
            outcome: outcome(row[column])))
      }
    }
    return observations
  }

  private static func outcome(_ cell: Character) -> Outcome {
    switch cell {
    case ".": .answered(milliseconds: 20)
    case "r": .prevented(.resolver)
    case "n": .prevented(.noRoute)
    default: .failed(.timeout)
    }
  }

  /// A scope's episodes drawn under its probes: from the first failed probe to the last.
  static func drawn(_ episodes: [Episode], of name: String, width: Int) -> String {
    var cells = Array(repeating: Character("."), count: width)
    func column(_ instant: Instant) -> Int {
      Int((instant - start).milliseconds / every.milliseconds)
    }
    for episode in episodes where episode.scope.name == name {
      let mark = Character(episode.kind.rawValue.prefix(1).uppercased())
      let isHole = episode.kind == .unobserved
      let last = episode.end.map { column($0.earliest ?? $0.latest) - (isHole ? 1 : 0) }
      let first = column(episode.start.latest)
      for index in first...max(first, last ?? width - 1) where index < width {
        cells[index] = isHole ? "_" : mark
      }
    }
    return String(cells)
  }
}

/// One target a row, and what the detector makes of it.
extension Strip {
  static func monitor(
    _ rows: KeyValuePairs<String, String>, around calm: String = "", groups: [Group] = [],
    sentinels: Set<String> = [], sustained: Duration = .minutes(2)
  ) -> Monitor {
    var session = session(rows.map(\.key), groups: groups, sustained: sustained)
    for name in sentinels {
      session.add(Target(name: name, every: every, isSentinel: true))
    }
    var monitor = Monitor(session: session)
    for observation in observations(rows.map { Array(calm + $0.value + calm) }) {
      _ = monitor.observe(observation)
    }
    return monitor
  }

  /// Drawn shorter: `400.` are four hundred answers, `x` is a loss.
  static func row(_ drawing: String) -> String {
    drawing.split(separator: " ").map { part in
      let count = part.prefix { $0.isNumber }
      return String(repeating: String(part.dropFirst(count.count)), count: Int(count) ?? 1)
    }.joined()
  }

  /// A target that is probed so often.
  static func watch(
    _ drawing: String, every: Duration, announces: Bool = false
  ) -> (Monitor, [Event]) {
    let session = Session(targets: [Target(name: "a", every: every)])
    var monitor = Monitor(session: session, announces: announces)
    var events: [Event] = []
    for (turn, cell) in row(drawing).enumerated() {
      events += monitor.observe(
        Observation(
          time: start + every * Double(turn), target: 0,
          outcome: cell == "." ? .answered(milliseconds: 20) : .failed(.timeout)))
    }
    return (monitor, events)
  }

  /// What is told of it in the end, and that is no part of something.
  static func told(_ drawing: String, every: Duration) -> [Episode] {
    (watch(drawing, every: every).0.timeline()?.episodes ?? []).filter { $0.parent == nil }
  }

  static func drawn(_ monitor: Monitor, _ name: String, _ width: Int) -> String {
    drawn(monitor.timeline()?.episodes ?? [], of: name, width: width)
  }
}

/// Numbers that look drawn and are the same each time (Knuth's MMIX generator).
struct Draws {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// From 0 to 1.
  mutating func next() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 40) / Double(1 << 24)
  }

  mutating func isTrue(_ chance: Double) -> Bool { next() < chance }
}

import JSONText
import Outages

extension Explanation {
  /// As JSON, `outage-explanation/1`: the episode as in a report, and the chain behind it.
  public func json() -> String {
    JSON.object([
      "format": "outage-explanation/1",
      "detector": .integer(Detection.version),
      "parameters": detection.json,
      "episode": episode.json,
      "parent": parent?.json ?? .null,
      "because": .array(reasons.map { .string($0) }),
      "else": .array(alternatives.map { .string($0) }),
      "left_out": .integer(Int64(left)),
      "probes": .array((before + first + middle + last).map(\.json)),
    ]).lines + "\n"
  }
}

extension Explanation.Step {
  fileprivate var json: JSON {
    .object([
      "time": .string(observation.time.description),
      "target": .string(name),
      "ok": .bool(observation.outcome.isAnswered),
      "ms": milliseconds.map { .number($0) },
      "error": observation.outcome.failure.map { .string($0.rawValue) },
      "belief": .number(standing.belief),
      "lossy": .number(standing.lossy),
      "reliability": .number(standing.reliability),
      "blips_per_day": .number(standing.blipsPerDay),
      "state": .string(standing.state.rawValue),
      "losses": standing.unexplained.map { .integer(Int64($0.count)) },
      "chance": standing.unexplained.map { .number($0.chance) },
      "beat": standing.beat.map(\.json),
      "distances": standing.distances.map(\.json),
    ])
  }

  private var milliseconds: Double? {
    if case .answered(let milliseconds) = observation.outcome { milliseconds } else { nil }
  }
}

extension Standing.Distances {
  fileprivate var json: JSON {
    .object(["losses": .integer(Int64(count)), "likelihood": .number(likelihood)])
  }
}

extension Standing.Beat {
  fileprivate var json: JSON {
    .object([
      "blips": .integer(Int64(count)), "seconds": .seconds(window), "expected": .number(expected),
    ])
  }
}

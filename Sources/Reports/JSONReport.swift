public import JSONText
public import Outages

extension Timeline {
  /// The report as JSON, `outage-report/1`. Instants are RFC 3339 in UTC, lengths are in seconds,
  /// availability and coverage are fractions.
  public func json() -> String {
    JSON.object([
      "format": "outage-report/1",
      "from": .instant(span.lowerBound), "to": .instant(span.upperBound),
      "vantage": .string(vantage), "probes": probes.map { .integer(Int64($0)) } ?? .null,
      "detector": .integer(Detection.version),
      "parameters": detection.json, "policy": .string(policy.rawValue),
      "targets": .array(targets.map(\.json)),
      "groups": .array(groups.map(\.json)),
      "episodes": .array(episodes.map(\.json)),
      "remarks": .array(remarks.map(\.json)),
    ]).lines + "\n"
  }
}

extension Detection {
  /// The parameters in force, as a plan writes them.
  var json: JSON {
    .object(
      Detection.parameters.map { JSON.Member(name: $0.name, value: .string($0.text(self))) })
  }
}

extension History {
  fileprivate var json: JSON {
    .object([
      "name": .string(name),
      "title": title == name ? nil : .string(title),
      "members": members.map { .array($0.map { .string($0) }) },
      "sentinel": isSentinel ? true : nil,
      "state": .string(state.rawValue),
      "availability": availability.map { .number($0) } ?? .null,
      "coverage": coverage.map { .number($0) } ?? .null,
      "observed_seconds": .seconds(observed),
      "down_seconds": .seconds(down.total),
      "unobserved_seconds": .seconds(unobserved.total),
      "maintenance_seconds": .seconds(maintenance.total),
      "blips": .integer(Int64(blips)),
      "outages": .integer(Int64(outages.count)),
      "longest_outage_seconds": outages.max().map { .seconds($0) } ?? .null,
      "mean_time_to_repair_seconds": meanTimeToRepair.map { .seconds($0) } ?? .null,
      "mean_time_between_outages_seconds": meanTimeBetweenOutages.map { .seconds($0) } ?? .null,
    ])
  }
}

extension Episode {
  var json: JSON {
    .object([
      "id": .string(id),
      "kind": .string(kind.rawValue),
      "scope": scope.json,
      "parent": parent.map { .string($0) } ?? .null,
      "members": group.map { .array($0.members.map { .string($0) }) },
      "start": start.json,
      "end": end?.json ?? .null,
      "full": group.flatMap { group in
        group.fullStart.map {
          .object(["start": $0.json, "end": group.fullEnd?.json ?? .null])
        }
      },
      "partial": group?.isPartial == true ? true : nil,
      "blips": blips.map { .integer(Int64($0)) },
      "declared": .instant(declared),
      "error": failure.map { .string($0.rawValue) },
      "maintenance": maintenance.map { .string($0) },
      "cause": cause.map { .string($0.rawValue) },
    ])
  }
}

extension Episode.Scope {
  public var json: JSON {
    switch self {
    case .target(let name): .object(["target": .string(name)])
    case .group(let name): .object(["group": .string(name)])
    case .vantage(let name): .object(["vantage": .string(name)])
    }
  }
}

extension Bounds {
  public var json: JSON {
    .object(["earliest": earliest.map { .instant($0) } ?? .null, "latest": .instant(latest)])
  }
}

extension JSON {
  public static func instant(_ instant: Instant) -> JSON { .string(instant.description) }

  static func seconds(_ duration: Duration) -> JSON {
    duration.milliseconds % 1000 == 0
      ? .integer(duration.milliseconds / 1000) : .number(duration.seconds)
  }
}

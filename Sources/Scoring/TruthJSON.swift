import FoundationEssentials
import JSONText
import Outages
public import Reports
public import Simulation

extension Truth {
  private static let format = "outage-truth/1"

  /// The truth as JSON, one line an event.
  public func json() -> String {
    JSON.object([
      "format": .string(Truth.format), "title": .string(title), "seed": .string("\(seed)"),
      "vantage": .string(vantage), "from": .instant(span.lowerBound),
      "to": .instant(span.upperBound), "sustained": .string(sustained.description),
      "targets": .array(
        targets.map {
          .object([
            "name": .string($0.name), "every": .string($0.every.description),
            "sentinel": $0.isSentinel ? true : nil, "probes": .integer(Int64($0.probes)),
          ])
        }),
      "groups": .array(
        groups.map {
          .object([
            "name": .string($0.name), "members": .array($0.members.map { .string($0) }),
          ])
        }),
      "events": .array(events.map(\.json)),
    ]).lines + "\n"
  }

  /// Reads what `simulate --truth` wrote.
  public init(json text: String) throws(ReadingError) {
    let file: File = try JSONFile.read(text, format: Truth.format, called: "truth")
    for event in file.events {
      let (start, end) = (event.start.instant, event.end.instant)
      guard start <= end, event.onset.map({ $0.instant <= start }) ?? true else {
        throw ReadingError("an event at \(start) does not begin before it ends")
      }
    }
    self.init(
      title: file.title, seed: UInt64(file.seed) ?? 0, vantage: file.vantage,
      span: file.from.instant..<max(file.from.instant, file.to.instant),
      sustained: file.sustained.duration,
      targets: file.targets.map {
        Target(
          name: $0.name, every: $0.every.duration, isSentinel: $0.sentinel ?? false,
          probes: min(max($0.probes, 0), 1 << 40))
      },
      groups: file.groups.map { Group(name: $0.name, members: $0.members) },
      events: file.events.map(\.event))
  }

  private struct File: Decodable, JSONFile.Formatted {
    struct Target: Decodable {
      var name: String
      var every: Length
      var sentinel: Bool?
      var probes: Int
    }
    struct Group: Decodable {
      var name: String
      var members: [String]
    }
    var format: String
    var title: String
    var seed: String
    var vantage: String
    var from: InstantJSON
    var to: InstantJSON
    var sustained: Length
    var targets: [Target]
    var groups: [Group]
    var events: [FileEvent]
  }

  private struct Length: Decodable {
    var duration: Duration

    init(from decoder: any Decoder) throws {
      let text = try decoder.singleValueContainer().decode(String.self)
      guard let duration = Duration(text) else {
        throw JSONFile.corrupted(decoder, "'\(text)' is no duration")
      }
      self.duration = duration
    }
  }

  private struct FileEvent: Decodable {
    struct Seen: Decodable {
      var probes: Int
      var start: BoundsJSON?
      var end: BoundsJSON?
      var declared: InstantJSON?
    }
    var kind: Episode.Kind
    var scope: ScopeJSON
    var family: String
    var members: [String]?
    var partial: Bool?
    var dependents: [String]?
    var start: InstantJSON
    var end: InstantJSON
    var onset: InstantJSON?
    var seen: Seen

    var event: Event {
      Event(
        kind: kind, scope: scope.scope, family: family, members: members,
        isPartial: partial ?? false, dependents: dependents ?? [], start: start.instant,
        end: end.instant, onset: onset?.instant,
        seen: Sight(
          probes: seen.probes, start: seen.start?.bounds, end: seen.end?.bounds,
          declared: seen.declared?.instant))
    }
  }
}

extension Truth.Event {
  fileprivate var json: JSON {
    .object([
      "kind": .string(kind.rawValue), "scope": scope.json, "family": .string(family),
      "members": members.map { .array($0.map { .string($0) }) },
      "partial": isPartial ? true : nil,
      "dependents": dependents.isEmpty ? nil : .array(dependents.map { .string($0) }),
      "start": .instant(start), "end": .instant(end), "onset": onset.map { .instant($0) },
      "seen": .object([
        "probes": .integer(Int64(seen.probes)), "start": seen.start?.json, "end": seen.end?.json,
        "declared": seen.declared.map { .instant($0) },
      ]),
    ])
  }
}

import JSONText
import Outages

extension Remark {
  /// A sentence for people.
  func text(_ style: Style, title: (Episode.Scope) -> String) -> String {
    switch self {
    case .regular(let scope, let every, let count, let first, let last):
      let name =
        switch every {
        case .days(7): "week"
        case .days(1): "day"
        default: "hour"
        }
      let time = style.zone.time(first, seconds: false)
      let at = every == .hours(1) ? "minute \(time.suffix(2))" : time
      return
        "\(title(scope).printable) is interrupted regularly: \(count) times, about every \(name) at "
        + "\(at), from \(style.moment(first, seconds: false)) to \(style.moment(last, seconds: false))"
    case .together(let targets, let start):
      let names = targets.prefix(5).map(\.printable).joined(separator: ", ")
      let more = targets.count > 5 ? " and \(targets.count - 5) more" : ""
      return
        "\(names)\(more) fell together at \(style.moment(start)), which is hardly chance; do they "
        + "share a group, or is there no sentinel?"
    case .pair(let targets, let count, let falls):
      let names = targets.map(\.printable).joined(separator: " and ")
      let of = falls.map(String.init).joined(separator: " and ")
      return
        "\(names) fell together \(count) times, of \(of) falls, which is hardly chance; do they share a "
        + "group?"
    }
  }

  var json: JSON {
    switch self {
    case .pair(let targets, let count, let falls):
      .object([
        "kind": "pair", "targets": .array(targets.map { .string($0) }),
        "count": .integer(Int64(count)), "falls": .array(falls.map { .integer(Int64($0)) }),
      ])
    case .regular(let scope, let every, let count, let first, let last):
      .object([
        "kind": "regular", "scope": scope.json,
        "every_seconds": .integer(every.milliseconds / 1000),
        "count": .integer(Int64(count)), "first": .string(first.description),
        "last": .string(last.description),
      ])
    case .together(let targets, let start):
      .object([
        "kind": "together", "targets": .array(targets.map { .string($0) }), "start": start.json,
      ])
    }
  }
}

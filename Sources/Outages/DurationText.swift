/// Durations as people write them: `30s`, `5m`, `1h30m`, `9d`, `250ms`, `1.5h`.
extension Duration {
  /// The longest duration that text can name: ten years. Sums of a few such stay far from overflow.
  public static let longest = Duration.days(3653)

  private static let units: [(name: String, milliseconds: Int64)] = [
    ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("ms", 1), ("m", 60_000), ("s", 1000),
  ]

  /// Reads one or more numbers with units, largest first or not. Nil when it is no duration, when a
  /// unit is missing, or when it is longer than `longest`.
  public init?(_ text: String) {
    var rest = Substring(text)
    var total = 0.0
    if rest.isEmpty { return nil }
    while !rest.isEmpty {
      let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      rest = rest.dropFirst(number.count)
      guard let value = Double(number),
        let unit = Duration.units.first(where: { rest.hasPrefix($0.name) })
      else { return nil }
      rest = rest.dropFirst(unit.name.count)
      total += value * Double(unit.milliseconds)
      guard total <= Double(Duration.longest.milliseconds) else { return nil }
    }
    milliseconds = Int64(total + 0.5)
  }
}

extension Duration: CustomStringConvertible {
  /// The exact length in the shortest form that `init(_:)` reads back: `1h30m`, `250ms`, `0s`.
  public var description: String {
    if milliseconds == 0 { return "0s" }
    var rest = milliseconds.magnitude
    var text = milliseconds < 0 ? "-" : ""
    for (name, size) in [
      ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]
      as [(String, UInt64)]
    {
      let count = rest / size
      if count > 0 { text += "\(count)\(name)" }
      rest %= size
    }
    return text
  }

  /// The length for a reader, rounded to the nearest of its second largest unit.
  public var rounded: String {
    let total = Int64(milliseconds.magnitude)
    let unit: Int64 = total >= 86_400_000 ? 3_600_000 : total >= 3_600_000 ? 60_000 : 1000
    return Duration(milliseconds: (total + unit / 2) / unit * unit).brief
  }

  /// The length for a reader, in its two largest units and cut, not rounded: `9h 31m`, `4d 6h`,
  /// `45s`, `0.4s`.
  public var brief: String {
    let total = milliseconds.magnitude
    let sign = milliseconds < 0 ? "-" : ""
    let seconds = total / 1000
    let pairs: [(unit: UInt64, name: String, lower: UInt64, lowerName: String)] = [
      (86_400, "d", 3600, "h"), (3600, "h", 60, "m"), (60, "m", 1, "s"),
    ]
    for pair in pairs where seconds >= pair.unit {
      let rest = seconds % pair.unit / pair.lower
      let tail = rest > 0 ? " \(rest)\(pair.lowerName)" : ""
      return "\(sign)\(seconds / pair.unit)\(pair.name)\(tail)"
    }
    if seconds >= 10 || total % 1000 == 0 { return "\(sign)\(seconds)s" }
    return "\(sign)\(seconds).\(total % 1000 / 100)s"
  }
}

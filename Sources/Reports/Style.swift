public import Outages

/// How a text report is set.
public struct Style: Sendable {
  /// The columns of the terminal.
  public var width: Int
  public var isColoured: Bool
  public var zone: Zone
  /// Whether each blip gets a line of its own, and each target a row.
  public var isVerbose: Bool

  public init(
    width: Int = 80, isColoured: Bool = false, zone: Zone = .utc, isVerbose: Bool = false
  ) {
    self.width = min(max(width, 60), 400)
    (self.isColoured, self.zone, self.isVerbose) = (isColoured, zone, isVerbose)
  }

  /// `22 Dec 16:15:30`, with the year on demand.
  func moment(_ instant: Instant, year: Bool = false, seconds: Bool = true) -> String {
    "\(zone.date(instant, year: year)) \(zone.time(instant, seconds: seconds))"
  }

  /// The middle of the bounds and how far it may be off: `22 Dec 16:15:30 ±15s`.
  func moment(_ bounds: Bounds, year: Bool = false) -> String {
    guard let earliest = bounds.earliest else {
      return "before \(moment(bounds.latest, year: year))"
    }
    let width = bounds.latest - earliest
    if width == .zero { return moment(bounds.latest, year: year) }
    // In whole seconds, or in tenths when that is too coarse; the bounds always lie within what is
    // said.
    let unit: Int64 = width >= .seconds(10) ? 1000 : 100
    let middle = (bounds.midpoint.milliseconds + unit / 2) / unit * unit
    let reach = max(bounds.latest.milliseconds - middle, middle - earliest.milliseconds)
    let uncertainty = Duration(milliseconds: (reach + unit - 1) / unit * unit)
    let fraction = unit == 100 ? ".\((middle % 1000 + 1000) % 1000 / 100)" : ""
    let text = moment(Instant(milliseconds: middle), year: year)
    return "\(text)\(fraction) ±\(uncertainty.brief)"
  }

  enum Colour: String {
    case red = "31"
    case green = "32"
    case yellow = "33"
    case grey = "90"
    case bold = "1"
  }

  func paint(_ text: String, _ colour: Colour?) -> String {
    guard isColoured, let colour, !text.isEmpty else { return text }
    return "\u{1b}[\(colour.rawValue)m\(text)\u{1b}[0m"
  }
}

/// How each kind of time looks, in strips and lists.
enum Mark: Int, CaseIterable {
  case up, degraded, blip, instability, outage, maintenance, unobserved, neverUp

  var glyph: Character {
    switch self {
    case .up: "▁"
    case .degraded: "▂"
    case .blip: "▄"
    case .instability: "▞"
    case .outage: "█"
    case .maintenance: "m"
    case .unobserved: "░"
    case .neverUp: "×"
    }
  }

  var name: String {
    switch self {
    case .up: "up"
    case .degraded: "degraded"
    case .blip: "blip"
    case .instability: "instability"
    case .outage: "outage"
    case .maintenance: "maintenance"
    case .unobserved: "unobserved"
    case .neverUp: "never up"
    }
  }

  var colour: Style.Colour {
    switch self {
    case .up: .green
    case .degraded, .blip, .instability: .yellow
    case .outage: .red
    case .maintenance, .unobserved, .neverUp: .grey
    }
  }

  init(_ kind: Episode.Kind) {
    switch kind {
    case .degraded: self = .degraded
    case .blip: self = .blip
    case .instability: self = .instability
    case .outage: self = .outage
    case .unobserved: self = .unobserved
    }
  }
}

extension Character {
  /// How many columns of a terminal it takes: two in the scripts of East Asia and for emoji.
  fileprivate var columns: Int {
    guard let scalar = unicodeScalars.first else { return 0 }
    switch scalar.value {
    case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff,
      0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1f64f, 0x1f680...0x1f9ff,
      0x20000...0x3fffd:
      return 2
    default: return 1
    }
  }
}

extension String {
  /// How many columns of a terminal it takes.
  var columns: Int { reduce(0) { $0 + $1.columns } }

  /// Without control characters, which would move the terminal's cursor or change its colours, and
  /// without invisible ones, which would turn or hide the text.
  public var printable: String {
    let unfit: Set<Unicode.GeneralCategory> = [
      .control, .format, .lineSeparator, .paragraphSeparator,
    ]
    return String(
      map {
        $0.unicodeScalars.contains { unfit.contains($0.properties.generalCategory) } ? "?" : $0
      })
  }

  /// Cut to a width with an ellipsis, or filled up with spaces.
  func fitted(_ width: Int) -> String {
    var taken = 0
    var kept = startIndex
    for index in indices {
      let columns = self[index].columns
      if taken + columns > width {
        // Too long: what is kept must leave a column for the ellipsis.
        while kept > startIndex, taken > width - 1 {
          kept = self.index(before: kept)
          taken -= self[kept].columns
        }
        let short = self[..<kept] + (width > 0 ? "…" : "")
        return short + String(repeating: " ", count: max(0, width - taken - 1))
      }
      taken += columns
      kept = self.index(after: index)
    }
    return self + String(repeating: " ", count: width - taken)
  }

  /// A sentence on as many lines as it needs.
  func folded(_ width: Int) -> [String] {
    split(separator: " ").reduce(into: [String]()) { lines, word in
      if let last = lines.last, last.columns + 1 + String(word).columns <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
  }

  /// Filled up with spaces from the left.
  func rightAligned(_ width: Int) -> String {
    String(repeating: " ", count: max(0, width - columns)) + self
  }

  /// Without the spaces at its end.
  var trimmed: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}

extension Int {
  /// With commas between the thousands.
  var grouped: String {
    var digits = String(magnitude)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return (self < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
  }
}

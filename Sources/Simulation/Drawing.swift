public import Outages

/// A scenario drawn as text: one row a target, one character a probe.
///
///     kcna     ......xx......xxxxxxxxxxxx...
///     naenara  ..............rrrrrrrrrrrr___
///
/// `.` is an answer, `x` a timeout, `_` no probe, and the other failures have letters of their own.
public struct Drawing: Sendable, Equatable {
  public struct Row: Sendable, Equatable {
    public var name: String
    public var cells: [Character]
    /// The number of its line in the drawing, from 0.
    public var line = 0
  }

  public var rows: [Row]
  /// The numbers of the lines that are no rows.
  public private(set) var badLines: [Int] = []

  /// The characters for failures.
  public static let failures: [Character: Failure] = [
    "x": .timeout, "r": .refused, "u": .unreachable, "c": .reset, "d": .resolve, "t": .tls,
    "s": .status, "o": .other,
  ]

  /// Reads rows of a name and a strip; empty lines and those that begin with `#` are skipped.
  public init(_ text: String) {
    rows = []
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let words = line.split(whereSeparator: \.isWhitespace)
      guard let name = words.first, !name.hasPrefix("#") else { continue }
      if words.count == 2 {
        rows.append(Row(name: String(name), cells: Array(words[1]), line: number))
      } else {
        badLines.append(number)
      }
    }
  }

  /// How many probes the longest row has.
  public var width: Int { rows.map(\.cells.count).max() ?? 0 }

  /// What a probe finds; nil when there is none.
  func outcome(row: Int, column: Int) -> Outcome? {
    guard rows.indices.contains(row), rows[row].cells.indices.contains(column) else { return nil }
    let cell = rows[row].cells[column]
    if cell == "." { return .answered(milliseconds: 20) }
    return Drawing.failures[cell].map { .failed($0) }
  }
}

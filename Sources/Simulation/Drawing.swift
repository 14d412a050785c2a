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

    /// The runs of cells that fail.
    var failures: [Range<Int>] {
      var runs: [Range<Int>] = []
      for (index, cell) in cells.enumerated() where Drawing.failures[cell] != nil {
        if let last = runs.last, last.upperBound == index {
          runs[runs.count - 1] = last.lowerBound..<index + 1
        } else {
          runs.append(index..<index + 1)
        }
      }
      return runs
    }
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

  /// The character for what the weather has, where there is weather.
  static let weather: Character = "~"

  /// What a probe finds; nil when there is none.
  static func outcome(of cell: Character) -> Outcome? {
    cell == "." ? .answered(milliseconds: 20) : failures[cell].map { .failed($0) }
  }
}

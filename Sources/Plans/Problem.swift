/// Something wrong in a file, with its place and what to do about it.
public struct Problem: Error, Sendable, Equatable, CustomStringConvertible {
  public var path: String
  /// Counted from 1; nil when the file as a whole is meant.
  public var line: Int?
  public var column: Int?
  public var message: String

  public var description: String {
    guard let line, let column else { return "\(path): \(message)" }
    return "\(path):\(line):\(column): \(message)"
  }
}

/// All that is wrong in a file, in the order of the lines.
public struct Problems: Error, Sendable, Equatable, CustomStringConvertible {
  public var list: [Problem]

  public var description: String { list.map(\.description).joined(separator: "\n") }
}

extension String {
  /// A question to end a message with, when one of the candidates is near enough to be meant.
  public func suggestion(of candidates: some Sequence<String>) -> String {
    nearest(of: candidates).map { "; did you mean '\($0)'?" } ?? ""
  }

  /// The nearest of the candidates, when one is near enough.
  func nearest(of candidates: some Sequence<String>) -> String? {
    candidates.map { ($0, distance(to: $0)) }
      .filter { $0.1 <= Swift.max(1, $0.0.count / 3) && $0.1 < $0.0.count }
      .min { ($0.1, $0.0) < ($1.1, $1.0) }?.0
  }

  /// The edit distance of Levenshtein, a swap of neighbours counting as one.
  private func distance(to other: String) -> Int {
    let (a, b) = (Array(lowercased()), Array(other.lowercased()))
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var least = Swift.min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          least = Swift.min(least, beforeLast[j - 1] + 1)
        }
        row.append(least)
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}

public import Outages

/// Texts that are something else than text.
extension Place {
  /// The duration that stands here.
  public func duration(_ range: ClosedRange<Duration>) -> Duration? {
    let expected = "a duration from \(range.lowerBound) to \(range.upperBound), like 30s or 1h30m"
    guard let text = text(expected) else { return nil }
    guard let duration = Duration(text), range.contains(duration) else {
      let hint = Double(text) == nil ? "" : "; the unit is missing: \(text)s?"
      complain("'\(text)' is not \(expected)\(hint)")
      return nil
    }
    return duration
  }

  /// The number that stands here.
  public func number(_ range: ClosedRange<Double>, _ expected: String) -> Double? {
    guard let text = text(expected) else { return nil }
    guard let number = Double(text), range.contains(number) else {
      complain("'\(text)' is not \(expected)")
      return nil
    }
    return number
  }

  /// The whole number that stands here.
  func wholeNumber(_ range: ClosedRange<Int>) -> Int? {
    let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    guard let text = text(expected) else { return nil }
    let number = Int(text).flatMap { range.contains($0) ? $0 : nil }
    if number == nil { complain("'\(text)' is not \(expected)") }
    return number
  }
}

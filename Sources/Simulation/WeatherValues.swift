import Outages
import Plans

/// The values that scenarios have beside those of plans.
extension Place {
  func instant() -> Instant? {
    let expected = "a time like 2014-12-22T16:15:00Z"
    guard let text = text(expected) else { return nil }
    let instant = Instant(rfc3339: text)
    if instant == nil { complain("'\(text)' is not \(expected)") }
    return instant
  }

  /// `8m`, or `40m..8m`.
  func durations() -> (Duration, Duration)? {
    pair("a duration, or two like 20s..3m") {
      Duration($0).flatMap { $0 > .zero && $0 <= .longest ? $0 : nil }
    }
  }

  /// `2%`, or `20%..60%`.
  func shares() -> ClosedRange<Double>? {
    guard
      let (low, high) = pair("a share, like 2%, or two like 20%..60%", Place.share)
    else { return nil }
    guard low <= high else {
      complain("the smaller share comes first")
      return nil
    }
    return low...high
  }

  private func pair<Value>(
    _ expected: String, _ read: (String) -> Value?
  ) -> (Value, Value)? {
    guard let text = self.text(expected) else { return nil }
    let dots = text.firstIndex(of: ".").flatMap { first in
      text.indices.first { $0 >= first && text[$0...].hasPrefix("..") }
    }
    let ends = dots.map { [text[..<$0], text[$0...].dropFirst(2)] } ?? [text[...]]
    let values = ends.compactMap { read(String($0)) }
    guard values.count == ends.count, let first = values.first, let last = values.last else {
      complain("'\(text)' is not \(expected)")
      return nil
    }
    return (first, last)
  }

  func share() -> Double? {
    guard let text = self.text("a share, like 2%") else { return nil }
    let share = Place.share(text)
    if share == nil { complain("'\(text)' is no share; write it like 2%") }
    return share
  }

  private static func share(_ text: String) -> Double? {
    guard text.hasSuffix("%"), let number = Double(text.dropLast()), (0...100).contains(number)
    else { return nil }
    return number / 100
  }
}

public import Outages

/// How late probes were sent, in whole milliseconds after they were due.
public struct Punctuality: Sendable {
  /// How many probes were late by so many milliseconds; the last by as many or more.
  private var counts = [Int](repeating: 0, count: 2001)
  public private(set) var sent = 0
  public private(set) var most = Duration.zero
  /// How many were so late that the log says so.
  public private(set) var late = 0
  static let noteworthy = Duration.milliseconds(100)

  mutating func note(_ late: Duration) {
    sent += 1
    most = max(most, late)
    if late >= Punctuality.noteworthy { self.late += 1 }
    counts[min(max(0, Int(late.milliseconds)), counts.count - 1)] += 1
  }

  /// What this share of the probes was not later than.
  public func quantile(_ share: Double) -> Duration {
    var left = Int((Double(sent) * share).rounded(.up))
    for (milliseconds, count) in counts.enumerated() {
      left -= count
      if left <= 0 { return .milliseconds(Int64(milliseconds)) }
    }
    return most
  }
}

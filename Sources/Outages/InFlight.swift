/// The probes that have no outcome yet, in the order of sending.
public struct InFlight: Sendable {
  /// Send times from `head` on; nil once the outcome came.
  private var times: [Instant?] = []
  private var head = 0
  /// The ticket of the probe at `times[0]`.
  private var base = 0

  public init() {}

  /// Takes in a probe sent now, not before any other, and returns its ticket.
  public mutating func begin(at time: Instant) -> Int {
    times.append(time)
    return base + times.count - 1
  }

  /// The probe with this ticket has an outcome.
  public mutating func end(_ ticket: Int) {
    times[ticket - base] = nil
    while head < times.count, times[head] == nil { head += 1 }
    if head >= 1024, head * 2 >= times.count {
      times.removeFirst(head)
      base += head
      head = 0
    }
  }

  /// The send time of the oldest.
  public var oldest: Instant? { head < times.count ? times[head] : nil }
}

/// Puts observations in the order of their times. Probes end in another order than they were sent
/// in, and so logs are up to `tolerance` out of order.
public struct Sequencer: Sendable {
  /// How much out of order a log may be.
  public static let tolerance = Duration.seconds(10)

  /// How many observations had the time and target of an earlier one, and were left out.
  public private(set) var duplicates = 0
  /// Held back, in order, from `head` on.
  private var held: [Observation] = []
  private var head = 0
  /// For each target the time of the last observation handed out.
  private var latest: [Instant] = []

  public init() {}

  /// Whether an observation that comes after one of `newest` comes too late to be put in order.
  public static func isLate(_ time: Instant, after newest: Instant) -> Bool {
    time < newest - tolerance
  }

  /// Takes an observation in.
  public mutating func hold(_ observation: Observation) {
    guard head < held.count, Sequencer.precedes(observation, held[held.count - 1]) else {
      held.append(observation)
      return
    }
    // Little is out of order, and never by far: the place is near the end.
    var at = held.count - 1
    while at > head, Sequencer.precedes(observation, held[at - 1]) { at -= 1 }
    held.insert(observation, at: at)
  }

  /// At one instant the lower target comes first, so that the order is the same however they came.
  private static func precedes(_ a: Observation, _ b: Observation) -> Bool {
    a.time < b.time || a.time == b.time && a.target < b.target
  }

  /// Hands out the next observation sent before `horizon`; nil when there is none yet.
  @inline(__always)
  public mutating func next(before horizon: Instant) -> Observation? {
    while head < held.count, held[head].time < horizon {
      let observation = held[head]
      head += 1
      if head >= 64, head * 2 >= held.count {
        held.removeFirst(head)
        head = 0
      }
      if isNews(observation) { return observation }
      duplicates += 1
    }
    return nil
  }

  /// Whether this target has no observation of this time yet. The first to come counts.
  private mutating func isNews(_ observation: Observation) -> Bool {
    let target = observation.target
    while target >= latest.count { latest.append(Instant(milliseconds: .min)) }
    if latest[target] == observation.time { return false }
    latest[target] = observation.time
    return true
  }
}

/// When to ask again about a target that is in doubt: at once and out of turn, since the next turn
/// may be far away. Seconds apart, further each time, and never beyond the target's next turn; a
/// few times for each doubt, and bounded for all targets together, so that an outage of thousands
/// is no storm.
public struct Confirmation: Sendable {
  private struct Doubt: Sendable {
    /// When the probe was sent that began it.
    var since: Instant
    var asked = 0
  }

  /// Of each target that is in doubt.
  private var doubts: [Doubt?]
  /// How many probes may be asked for now, and when that was counted.
  private var budget: Double
  private var counted: Instant?
  private let most: Double
  private let perSecond: Double

  private static let first = Duration.seconds(1)
  private static let most = 7

  /// `intervals` are those of all targets: confirming probes are at most a quarter more than
  /// theirs, and some at once in any case.
  public init(intervals: [Duration]) {
    most = max(10, Double(intervals.count) / 10)
    perSecond = max(1, intervals.reduce(0) { $0 + 0.25 / max($1.seconds, 0.001) })
    budget = most
    doubts = intervals.map { _ in nil }
  }

  /// Whom to ask out of turn, and when, now that an observation has been taken in: its target if that
  /// is in doubt, and others that it makes worth asking (see `Monitor`). `every` gives the interval of a target.
  @inline(__always)
  public mutating func asks(
    after observation: Observation, isInDoubt: Bool, others: [Int], now: Instant,
    every: (Int) -> Duration
  ) -> [Schedule.Turn] {
    if !isInDoubt {
      forget(observation.target)
      if others.isEmpty { return [] }
    }
    // Others first, who are few, and each but once until it is heard.
    var asked = others.filter { !isAsked($0, now, every: every($0)) }
      .map { (target: $0, sent: now) }
    if isInDoubt { asked.append((observation.target, observation.time)) }
    return asked.compactMap { target, time in
      due(target, isInDoubt: true, sent: time, every: every(target), now: now)
        .map { Schedule.Turn(target: target, due: $0, isExtra: true) }
    }
  }

  /// Whether a target is being asked already.
  private func isAsked(_ target: Int, _ now: Instant, every: Duration) -> Bool {
    guard target < doubts.count, let doubt = doubts[target] else { return false }
    return doubt.asked > 0 && now - doubt.since < every
  }

  private mutating func forget(_ target: Int) {
    if target < doubts.count { doubts[target] = nil }
  }

  /// When to ask again about a target after a probe of it sent at `time`, now that its outcome is
  /// known; nil when its turn is soon enough, or when there is no doubt.
  mutating func due(
    _ target: Int, isInDoubt: Bool, sent time: Instant, every: Duration, now: Instant
  ) -> Instant? {
    guard isInDoubt else {
      forget(target)
      return nil
    }
    while target >= doubts.count { doubts.append(nil) }
    var doubt = doubts[target] ?? Doubt(since: time)
    if time - doubt.since >= every { doubt = Doubt(since: time) }
    defer { doubts[target] = doubt }
    let due = now + Confirmation.first * Double(1 << doubt.asked)
    guard doubt.asked < Confirmation.most, due + Confirmation.first <= doubt.since + every else {
      return nil
    }
    refill(now)
    guard budget >= 1 else { return nil }
    budget -= 1
    doubt.asked += 1
    return due
  }

  private mutating func refill(_ now: Instant) {
    if let counted { budget = min(most, budget + max(0, (now - counted).seconds) * perSecond) }
    counted = now
  }
}

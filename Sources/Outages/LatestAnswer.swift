/// The latest answer of a target that is up, and how far back the one before it lies: it bounds what begins now where
/// the latest may be a stray one.
struct LatestAnswer: Sendable, Equatable, Codable {
  /// In milliseconds, negative when the latest came alone, between losses; 0 where the one before bounds nothing.
  private var step: Int32 = 0

  var isLone: Bool { step < 0 }

  /// The time from the answer before.
  var distance: Duration? { step == 0 ? nil : .milliseconds(Int64(step.magnitude)) }

  /// An answer; what lies beyond a hole bounds nothing.
  @inline(__always)
  mutating func take(
    _ time: Instant, after before: Instant?, isLone: Bool = false, hole: Duration
  ) {
    forget()
    guard hole == .zero, let before else { return }
    let distance = Int32(exactly: (time - before).milliseconds) ?? 0
    step = isLone ? -distance : distance
  }

  mutating func forget() { step = 0 }
}

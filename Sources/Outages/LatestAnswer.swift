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
  mutating func take(_ time: Instant, after before: Instant, hole: Duration) {
    step = hole > .zero ? 0 : Int32(exactly: (time - before).milliseconds) ?? 0
  }

  /// An answer that clears a doubt. Probes further apart than `longest` have a hole between.
  mutating func take(_ time: Instant, clearing doubt: Interruption, longest: Duration) {
    forget()
    guard let before = doubt.lastGood, doubt.unobserved == .zero,
      doubt.firstFailed - before <= longest
    else { return }
    step = -(Int32(exactly: (time - before).milliseconds) ?? 0)
  }

  mutating func forget() { step = 0 }
}

extension Interruption {
  /// As it is told. It may have begun before its last answer, though not before the one before that, if that came alone
  /// between losses and may be a stray one. And if the first loss may be chance, so that the middle of the bounds hardly
  /// moves.
  func told(after answer: LatestAnswer) -> Interruption {
    var told = self
    told.close()
    guard let distance = answer.distance, let lastGood,
      answer.isLone || reserve * 2.0 >= distance
    else { return told }
    told.lastGood = lastGood - distance
    return told
  }
}

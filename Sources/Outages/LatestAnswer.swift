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

extension Interruption {
  /// As it is told. It may have begun before its last answer, though not before the one before that, if it came alone
  /// between losses and may be a stray one. And if the first loss may be chance, so that the middle of the bounds stays
  /// the best guess.
  func told(after answer: LatestAnswer, _ belief: Belief) -> Interruption {
    var told = self
    told.close()
    guard let distance = answer.distance, let lastGood,
      answer.isLone || belief.shownLoss > Interruption.unlikely && reserve * 2.0 >= distance
    else { return told }
    told.lastGood = lastGood - distance
    return told
  }
}

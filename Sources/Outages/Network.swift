/// The one port to the world: what the loop needs of a network, be it real or simulated. Time
/// passes only in `wait`.
public protocol Network {
  var now: Instant { get }

  /// The send time of the oldest probe that has no outcome yet.
  var oldestInFlight: Instant? { get }

  /// Why time has passed that nobody could use, since this was last asked.
  mutating func takeLapse() -> Lapse?

  /// Whether a further probe may be sent now, as far as the number in flight is bounded.
  var hasRoom: Bool { get }

  /// Sends a probe to the target whose turn it is, by its index in the session. `after` is what kept
  /// us from sending before.
  mutating func send(_ turn: Schedule.Turn, after: Lapse?)

  /// No further probe is wanted: what has not been sent yet never is.
  mutating func sendNoMore()

  /// Passes time until outcomes came, the deadline, or an interruption from outside; adds the
  /// outcomes that came, in the order they came in.
  mutating func wait(until deadline: Instant, _ outcomes: inout [Observation])
}

extension Network {
  /// Probes what the schedule says until `end` or while `isWanted`, which sees the schedule at each
  /// turn of the loop; then awaits what is in flight while `isPatient`. Each observation goes to
  /// `record` as it comes and to `observe` in the order of sending; `observe` is told what time it is
  /// and says whom to ask out of turn, and when.
  ///
  /// Inlinable, so that the loop is compiled for the network at hand.
  @inlinable
  public mutating func watch(
    _ schedule: inout Schedule, until end: Instant? = nil,
    while isWanted: (Schedule) -> Bool = { _ in true },
    patientWhile isPatient: () -> Bool = { true },
    record: (Observation) throws -> Void, observe: (Observation, Instant) throws -> [Schedule.Turn]
  ) rethrows {
    var passage = Passage()
    let distantFuture = now + .longest
    let end = end ?? distantFuture
    var skipped = schedule.skipped
    var lapse: Lapse?
    while isWanted(schedule), now < end {
      let now = now
      if let news = takeLapse() {
        lapse = news
        if news != .overload { schedule.forgive() }
      }
      while hasRoom, let turn = schedule.takeDue(at: now) {
        let overload = schedule.skipped > skipped ? Lapse.overload : nil
        skipped = schedule.skipped
        send(turn, after: lapse.take() ?? overload)
      }
      // Without room, what is due waits until a probe ends.
      try pass(until: hasRoom ? min(schedule.next ?? end, end) : end, &passage, record)
      while let observation = passage.next {
        for ask in try observe(observation, self.now) {
          schedule.addOnce(ask.target, due: ask.due)
        }
      }
    }
    sendNoMore()
    while oldestInFlight != nil, isPatient() {
      try pass(until: distantFuture, &passage, record)
      while let observation = passage.next { _ = try observe(observation, now) }
    }
    // Whoever did not wait for the last probes still wants to know of those after them.
    passage.horizon = distantFuture
    while let observation = passage.next { _ = try observe(observation, now) }
  }

  @inlinable
  mutating func pass(
    until deadline: Instant, _ passage: inout Passage, _ record: (Observation) throws -> Void
  ) rethrows {
    if !passage.outcomes.isEmpty { passage.outcomes.removeAll(keepingCapacity: true) }
    wait(until: deadline, &passage.outcomes)
    for observation in passage.outcomes {
      try record(observation)
      passage.take(observation)
    }
    // What was sent before the oldest probe in flight is complete, and so in its final order.
    passage.horizon = oldestInFlight ?? now + .milliseconds(1)
  }
}

/// The outcomes on their way from the network to the monitor.
@usableFromInline struct Passage {
  @usableFromInline var outcomes: [Observation] = []
  /// Up to when all outcomes are known.
  @usableFromInline var horizon = Instant(milliseconds: .min)
  private var sequencer = Sequencer()
  private var newest = Instant(milliseconds: .min) + .longest

  @usableFromInline init() {}

  @usableFromInline mutating func take(_ observation: Observation) {
    // After a suspend an old probe may end behind newer ones; whoever reads the log leaves it out.
    if Sequencer.isLate(observation.time, after: newest) { return }
    newest = max(newest, observation.time)
    sequencer.hold(observation)
  }

  /// The next in the order of sending, once no earlier one can come.
  @usableFromInline var next: Observation? {
    mutating get { sequencer.next(before: horizon) }
  }
}

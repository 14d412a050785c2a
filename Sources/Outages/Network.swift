/// The one port to the world: what the loop needs of a network, be it real or simulated. Time
/// passes only in `wait`.
public protocol Network {
  var now: Instant { get }

  /// The send time of the oldest probe that has no outcome yet.
  var oldestInFlight: Instant? { get }

  /// Sends a probe to a target, by its index in the session.
  mutating func send(to target: Int)

  /// Passes time until outcomes came, the deadline, or an interruption from outside; returns the
  /// outcomes that came, in the order they came in.
  mutating func wait(until deadline: Instant) -> [Observation]
}

extension Network {
  /// Probes what the schedule says until `end` or while `isWanted`, then awaits what is in flight
  /// while `isPatient`. Each observation goes to `record` as it comes and to `observe` in the order
  /// of sending; `observe` is told what time it is
  /// and says when to ask that target again out of turn.
  public mutating func watch(
    _ schedule: inout Schedule, until end: Instant? = nil,
    while isWanted: () -> Bool = { true }, patientWhile isPatient: () -> Bool = { true },
    record: (Observation) throws -> Void, observe: (Observation, Instant) throws -> Instant?
  ) rethrows {
    var sequencer = Sequencer()
    var newest = Instant(milliseconds: .min) + .longest
    let distantFuture = now + .longest
    let end = end ?? distantFuture
    while isWanted(), now < end {
      for target in schedule.takeDue(at: now) { send(to: target) }
      try pass(until: min(schedule.next ?? end, end), &sequencer, &newest, record) {
        observation, now in
        if let due = try observe(observation, now) {
          schedule.addOnce(observation.target, due: due)
        }
      }
    }
    while oldestInFlight != nil, isPatient() {
      try pass(until: distantFuture, &sequencer, &newest, record) { _ = try observe($0, $1) }
    }
    // Whoever did not wait for the last probes still wants to know of those after them.
    while let observation = sequencer.next(before: distantFuture) {
      _ = try observe(observation, now)
    }
  }

  private mutating func pass(
    until deadline: Instant, _ sequencer: inout Sequencer, _ newest: inout Instant,
    _ record: (Observation) throws -> Void, _ observe: (Observation, Instant) throws -> Void
  ) rethrows {
    for observation in wait(until: deadline) {
      try record(observation)
      // After a suspend an old probe may end behind newer ones; whoever reads the log leaves it
      // out.
      if Sequencer.isLate(observation.time, after: newest) { continue }
      newest = max(newest, observation.time)
      sequencer.hold(observation)
    }
    // What was sent before the oldest probe in flight is complete, and so in its final order.
    let horizon = oldestInFlight ?? now + .milliseconds(1)
    while let observation = sequencer.next(before: horizon) { try observe(observation, now) }
  }
}

public import Outages
public import Plans

/// A network's weather to simulate, with the episodes that it must yield.
public struct Scenario: Sendable {
  public var title: String
  public var plan: Plan
  public var span: Range<Instant>
  public var seed: UInt64
  var sky: Sky
  var expected: Expected?

  /// Where the outcomes come from.
  enum Sky: Sendable {
    case drawn(Drawing)
    case written([Weather])
  }

  /// The episodes that a scenario must yield.
  enum Expected: Sendable, Equatable {
    /// Rows under the drawing: `B` blip, `O` outage, `_` unobserved, from first to last failed
    /// probe.
    case drawn(Drawing)
    case written(outages: [Outage], blips: [String: ClosedRange<Int>])

    struct Outage: Sendable, Equatable {
      var scope: String
      var from: Instant
      var until: Instant
    }
  }

  /// Runs the real loop and the real monitor over the simulated network, in virtual time. `record`
  /// is handed each observation as it comes, as the daemon's log is.
  public func run(record: (Observation) throws -> Void = { _ in }) rethrows -> Monitor {
    var network = SimulatedNetwork(self)
    var schedule = Schedule()
    for (index, target) in plan.session.targets.enumerated() {
      let every = target.every ?? .seconds(30)
      switch sky {
      case .drawn: schedule.add(index, every: every, due: span.lowerBound)
      case .written: schedule.add(index, named: target.name, every: every, from: span.lowerBound)
      }
    }
    var monitor = Monitor(session: plan.session)
    let intervals = plan.session.targets.map { $0.every ?? .seconds(30) }
    var confirmation = Confirmation(intervals: intervals)
    // What is drawn is drawn: one character a probe, and none between.
    var asksAgain = false
    if case .written = sky { asksAgain = true }
    try network.watch(&schedule, until: span.upperBound, record: record) { observation, now in
      _ = monitor.observe(observation)
      let target = observation.target
      guard asksAgain else { return nil }
      return confirmation.due(
        target, isInDoubt: monitor.isInDoubt(target), sent: observation.time,
        every: intervals[target], now: now)
    }
    return monitor
  }
}

public import Outages
public import Plans

/// A network's weather to simulate, with the episodes that it must yield.
public struct Scenario: Sendable {
  public var title: String
  public var plan: Plan
  public var span: Range<Instant>
  public var seed: UInt64
  /// What happens, the later entries over the earlier ones.
  var weather: [Weather] = []
  /// What is drawn stands over all weather.
  var drawing: Drawing?
  var expected: Expected?
  /// The intervals, each with a length, at which a bench runs it.
  public var worlds: [(every: Duration, length: Duration)] = []

  /// The episodes that a scenario must yield.
  enum Expected: Sendable, Equatable {
    /// Rows under the drawing: `B` blip, `O` outage, `_` unobserved, from first to last failed
    /// probe.
    case drawn(Drawing)
    case written(Written)
  }

  /// Whether all of it is drawn, and no probe is sent but those.
  private var isDrawn: Bool { drawing != nil && weather.isEmpty }

  /// Runs the real loop and the real monitor over the simulated network, in virtual time.
  ///
  /// `asksAgain`: whether what is in doubt is probed out of turn. `restart` hears that another
  /// recording session begins; `observe` is handed each observation in the order of sending, before
  /// the monitor is; `record` as it comes in, as the daemon's log is.
  @discardableResult
  public func run(
    asksAgain: Bool = true, record: (Observation) throws -> Void = { _ in },
    observe: (Observation) -> Void = { _ in }, restart: () -> Void = {}
  ) rethrows -> Monitor {
    let forecast = Forecast(weather, self)
    var monitor = Monitor(session: plan.session)
    var start = span.lowerBound
    for absence in forecast.absences where absence.isRestart {
      try run(
        &monitor, start..<max(start, absence.span.lowerBound), forecast, asksAgain, observe, record)
      start = max(start, absence.span.upperBound)
      monitor.adopt(plan.session)
      restart()
    }
    try run(&monitor, start..<max(start, span.upperBound), forecast, asksAgain, observe, record)
    return monitor
  }

  /// One session of the daemon.
  private func run(
    _ monitor: inout Monitor, _ span: Range<Instant>, _ forecast: Forecast, _ asksAgain: Bool,
    _ hear: (Observation) -> Void, _ record: (Observation) throws -> Void
  ) rethrows {
    var network = SimulatedNetwork(self, forecast, from: span.lowerBound)
    var schedule = Schedule()
    let intervals = plan.session.targets.map { $0.every ?? .seconds(30) }
    for (index, target) in plan.session.targets.enumerated() {
      if isDrawn {
        schedule.add(index, every: intervals[index], due: span.lowerBound)
      } else {
        schedule.add(index, named: target.name, every: intervals[index], from: span.lowerBound)
      }
    }
    var confirmation = Confirmation(intervals: intervals)
    // What is drawn is drawn: one character a probe, and none between.
    let asksAgain = asksAgain && !isDrawn
    let isLast = span.upperBound == self.span.upperBound
    try network.watch(
      &schedule, until: span.upperBound, patientWhile: { isLast }, record: record
    ) { observation, now in
      hear(observation)
      _ = monitor.observe(observation)
      guard asksAgain else { return [] }
      return confirmation.asks(
        after: observation, isInDoubt: monitor.isInDoubt, others: monitor.worthAsking, now: now
      ) { intervals[$0] }
    }
  }

  /// What really happens in it, with what an observer could know of that who was told it, and sees
  /// only the probes that `times` has, for each target in order.
  public func truth(_ times: [[Instant]]) -> Truth {
    let forecast = Forecast(weather, self)
    let session = plan.session
    let hidden = Spans(
      forecast.happenings.filter { $0.event.kind == .unobserved }.map(\.event.span))
    return Truth(
      title: title, seed: seed, vantage: session.vantage, span: span,
      sustained: session.detection.sustained,
      targets: session.targets.enumerated().map { index, target in
        Truth.Target(
          name: target.name, every: target.every ?? .seconds(30), isSentinel: target.isSentinel,
          probes: times[index].count)
      },
      groups: session.groups,
      events: forecast.happenings.map { happening in
        var event = happening.event
        event.seen = happening.sight(
          times, hidden: hidden, sustained: session.detection.sustained)
        return event
      })
  }
}

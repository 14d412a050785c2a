import Outages
import Plans

/// A network that exists in a scenario alone. Its time passes in `wait`, as fast as it is asked to.
struct SimulatedNetwork: Network {
  private(set) var now: Instant
  private var arrivals = Heap<Arrival>()
  private var inFlight = InFlight<Void>()
  private let start: Instant
  private var stations: [Station]
  /// When nothing is probed though the daemon is there, in order.
  private var stalls: ArraySlice<Absence>
  private var lapse: Lapse?

  /// One target, as its probes find it.
  fileprivate struct Station {
    var timeout: Duration
    var every: Int64
    /// What is drawn of it. A cell that is `~` leaves it to the weather.
    var row: [Character]
    var climate: Climate
  }

  init(_ scenario: Scenario, _ forecast: Forecast, from start: Instant) {
    now = start
    self.start = scenario.span.lowerBound
    stalls = forecast.absences.filter { !$0.isRestart && $0.span.upperBound > start }[...]
    let targets = scenario.plan.session.targets
    stations = targets.indices.map { index in
      Station(
        timeout: scenario.plan.probes[index].timeout,
        every: (targets[index].every ?? .seconds(30)).milliseconds,
        row: scenario.drawing?.rows.first { $0.name == targets[index].name }?.cells ?? [],
        climate: forecast.climates[index])
    }
  }

  var oldestInFlight: Instant? { inFlight.oldest }

  mutating func takeLapse() -> Lapse? { lapse.take() }

  var hasRoom: Bool { true }

  mutating func send(_ turn: Schedule.Turn, after lapse: Lapse?) {
    let target = turn.target
    guard let (outcome, delay) = stations[target].answer(at: now, since: start) else { return }
    arrivals.insert(
      Arrival(
        at: now + delay, ticket: inFlight.begin((), at: now), sent: now, target: target,
        outcome: outcome, after: lapse))
  }

  /// Whatever was sent is on its way at once.
  mutating func sendNoMore() {}

  mutating func wait(until deadline: Instant, _ outcomes: inout [Observation]) {
    let next = min(arrivals.first?.at ?? deadline, deadline)
    if let stall = stalls.first, stall.span.lowerBound <= max(next, now) {
      stalls.removeFirst()
      pass(stall)
      return
    }
    now = max(now, next)
    while let first = arrivals.first, first.at <= now {
      inFlight.end(first.ticket)
      outcomes.append(
        Observation(
          time: first.sent, target: first.target, outcome: first.outcome, after: first.after))
      _ = arrivals.removeFirst()
    }
  }

  /// Time that nobody could use. Only who is overloaded gets the answers to what was in flight, late.
  private mutating func pass(_ stall: Absence) {
    now = max(now, stall.span.upperBound)
    lapse =
      switch stall.kind {
      case .suspend: .suspended
      case .step: .clockStepped
      // That turns were left out shows in the schedule.
      case .overload, .off, .crash: nil
      }
    if lapse != nil { (arrivals, inFlight) = (Heap(), InFlight<Void>()) }
  }
}

extension SimulatedNetwork.Station {
  /// What becomes of a probe sent now, and how long that takes; nil when there is to be none.
  fileprivate mutating func answer(at now: Instant, since start: Instant) -> (Outcome, Duration)? {
    if !row.isEmpty {
      let column = Int((now - start).milliseconds / every)
      if column < row.count, row[column] != Drawing.weather {
        return Drawing.outcome(of: row[column]).map { outcome in
          (outcome, outcome == .failed(.timeout) ? timeout : .milliseconds(20))
        }
      }
    }
    return climate.answer(at: now, timeout: timeout)
  }
}

/// An outcome on its way. Of those that arrive together, the one sent first comes first.
private struct Arrival: Comparable, Sendable {
  var at: Instant
  var ticket: Int
  var sent: Instant
  var target: Int
  var outcome: Outcome
  var after: Lapse?

  static func < (a: Arrival, b: Arrival) -> Bool { (a.at, a.ticket) < (b.at, b.ticket) }
}

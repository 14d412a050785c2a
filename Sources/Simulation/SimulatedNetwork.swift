import Outages
import Plans

/// A network that exists in a scenario alone. Its time passes in `wait`, as fast as it is asked to.
struct SimulatedNetwork: Network {
  private(set) var now: Instant
  private var arrivals = Heap<Arrival>()
  private var inFlight = InFlight()
  private let start: Instant
  private let timeouts: [Duration]
  private let every: [Duration]
  private var sky: Sky
  /// When nobody watches, in order.
  private var unwatched: [Range<Instant>] = []

  private enum Sky {
    case drawn(Drawing)
    case written([Climate], [RandomSource])
  }

  init(_ scenario: Scenario) {
    start = scenario.span.lowerBound
    now = start
    timeouts = scenario.plan.probes.map(\.timeout)
    let targets = scenario.plan.session.targets
    every = targets.map { $0.every ?? .seconds(30) }
    switch scenario.sky {
    case .drawn(let drawing): sky = .drawn(drawing)
    case .written(let weather):
      let climates = SimulatedNetwork.climates(
        weather, count: targets.count, seed: scenario.seed)
      let sources = targets.map { RandomSource(seed: scenario.seed, name: $0.name) }
      sky = .written(climates, sources)
      unwatched = Spans(weather.filter(\.isUnwatched).map(\.span)).ranges
    }
  }

  var oldestInFlight: Instant? { inFlight.oldest }

  mutating func send(to target: Int) {
    guard let (outcome, delay) = answer(target) else { return }
    let observation = Observation(time: now, target: target, outcome: outcome)
    arrivals.insert(
      Arrival(at: now + delay, ticket: inFlight.begin(at: now), observation: observation))
  }

  mutating func wait(until deadline: Instant) -> [Observation] {
    let next = min(arrivals.first?.at ?? deadline, deadline)
    if let dark = unwatched.first, dark.lowerBound <= max(next, now) {
      unwatched.removeFirst()
      // Who is not there gets no answers.
      arrivals = Heap()
      inFlight = InFlight()
      now = max(now, dark.upperBound)
      return []
    }
    now = max(now, next)
    var outcomes: [Observation] = []
    while let first = arrivals.first, first.at <= now {
      inFlight.end(first.ticket)
      outcomes.append(first.observation)
      _ = arrivals.removeFirst()
    }
    return outcomes
  }

  /// What becomes of a probe sent now, and how long that takes; nil when there is to be none.
  private mutating func answer(_ target: Int) -> (Outcome, Duration)? {
    let timeout = timeouts[target]
    switch sky {
    case .drawn(let drawing):
      let column = (now - start).milliseconds / every[target].milliseconds
      return drawing.outcome(row: target, column: Int(column)).map { outcome in
        (outcome, outcome == .failed(.timeout) ? timeout : .milliseconds(20))
      }
    case .written(var climates, var sources):
      sky = .drawn(SimulatedNetwork.blank)
      defer { sky = .written(climates, sources) }
      let condition = climates[target].condition(at: now)
      return condition.answer(timeout: timeout, random: &sources[target])
    }
  }

  /// Holds the place of the sky while it is changed, so that its arrays are not copied.
  private static let blank = Drawing(rows: [])

  /// The climate of each target. Flaps are drawn once an entry: who shares a fate falls together.
  private static func climates(
    _ weather: [Weather], count: Int, seed: UInt64
  ) -> [Climate] {
    typealias Entry = (span: Range<Instant>, change: (inout Climate.Condition) -> Void)
    var entries: [[Entry]] = Array(repeating: [], count: count)
    for (number, weather) in weather.enumerated() where !weather.isUnwatched {
      var random = RandomSource(seed: seed, name: "weather \(number)")
      let failures = weather.flaps?.failures(in: weather.span, random: &random) ?? []
      for target in weather.targets {
        entries[target].append((weather.span, weather.apply))
        entries[target] += failures.map { ($0, { $0.failure = .timeout }) }
      }
    }
    return entries.map { Climate($0) }
  }
}

extension Weather {
  fileprivate func apply(to condition: inout Climate.Condition) {
    if let failure { condition.failure = failure }
    if let loss { condition.loss = loss }
    if let latency { condition.latency = latency }
    if let jitter { condition.jitter = jitter }
  }
}

extension Drawing {
  fileprivate init(rows: [Row]) { self.rows = rows }
}

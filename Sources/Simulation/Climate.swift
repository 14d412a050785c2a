import Glibc
import Outages

/// What becomes of a target's probes at one time.
struct Condition: Sendable, Equatable {
  var failure: Failure?
  /// The share of probes that are answered though it fails.
  var stray = 0.0
  var loss = 0.0
  var bursts: Bursts?
  /// The share of probes that our own uplink loses.
  var uplink = 0.0
  var uplinkFailure = Failure.timeout
  /// The median time to an answer, in milliseconds.
  var latency = 30.0
  /// The deviation of its natural logarithm.
  var jitter = 0.1
  /// By how much the latency swings in a day: 0.3 is up to 30 % more in the evening, and less in the
  /// morning.
  var swing = 0.0
  /// The chance that an answer takes ten times as long.
  var spikes = 0.0
  var limit: Limit?

  /// Loss in bursts, as Gilbert and Elliott model it: a chain of a good and a bad state, with the
  /// chances of a change from one probe to the next. Netem calls them p, r, 1−h and 1−k.
  struct Bursts: Sendable, Equatable {
    var enter: Double
    var leave: Double
    /// The share of probes that are lost in the bad and in the good state.
    var bad: Double
    var good: Double

    /// What is lost on the whole.
    var loss: Double { (enter * bad + leave * good) / (enter + leave) }
  }

  /// At most so many answers in so long.
  struct Limit: Sendable, Equatable {
    var answers: Double
    var per: Duration
  }
}

/// What an entry says of a condition. What it does not say stays as the entries before it have it.
struct Change: Sendable, Equatable {
  var loss: ClosedRange<Double>?
  var bursts: Condition.Bursts?
  var latency: Double?
  var jitter: Double?
  var swing: Double?
  var spikes: Double?
  var limit: Condition.Limit?

  func apply(to condition: inout Condition, loss: Double?) {
    if let loss { (condition.loss, condition.bursts) = (loss, nil) }
    if let bursts { (condition.bursts, condition.loss) = (bursts, 0) }
    if let latency { condition.latency = latency }
    if let jitter { condition.jitter = jitter }
    if let swing { condition.swing = swing }
    if let spikes { condition.spikes = spikes }
    if let limit { condition.limit = limit }
  }
}

/// The weather of one target: a sequence of steady conditions, and what becomes of each probe under
/// them.
struct Climate: Sendable {
  typealias Entry = (span: Range<Instant>, change: @Sendable (inout Condition) -> Void)

  private var changes: [(at: Instant, condition: Condition)]
  private var next = 0
  private var condition = Condition()
  /// Luck hangs on the target and the time alone: one more probe changes no other's, unless answers
  /// are limited.
  private let key: UInt64
  private var chain: Chain
  private var bucket: (filled: Instant, answers: Double)?

  /// Lays a target's weather over each other, the later entries on top.
  init(_ entries: [Entry], from start: Instant, every: Duration, seed: UInt64, name: String) {
    let instants = Set(entries.flatMap { [$0.span.lowerBound, $0.span.upperBound] }).sorted()
    var conditions: [Condition] = Array(repeating: Condition(), count: instants.count)
    let places = Dictionary(uniqueKeysWithValues: instants.enumerated().map { ($1, $0) })
    for entry in entries {
      guard let first = places[entry.span.lowerBound], let end = places[entry.span.upperBound]
      else { continue }
      for index in first..<end { entry.change(&conditions[index]) }
    }
    changes = Array(zip(instants, conditions)).map { (at: $0, condition: $1) }
    var random = RandomSource(seed: seed, name: name)
    key = random.next()
    chain = Chain(random: random, start: start, every: every)
  }

  /// What becomes of a probe sent at an instant no earlier than any before, and how long that takes.
  mutating func answer(at time: Instant, timeout: Duration) -> (Outcome, Duration) {
    while next < changes.count, changes[next].at <= time {
      condition = changes[next].condition
      next += 1
    }
    var random = RandomSource(
      seed: key ^ UInt64(bitPattern: time.milliseconds) &* 0xd6e8_feb8_6659_fd93)
    let luck = random.next()
    // Three numbers of 21 bits are chance enough for one probe.
    func share(_ shift: UInt64) -> Double { Double(luck >> shift & 0x1f_ffff) * 0x1p-21 }
    if condition.uplink > 0, share(0) < condition.uplink {
      let isSlow = condition.uplinkFailure == .timeout
      return (.failed(condition.uplinkFailure), isSlow ? timeout : min(.milliseconds(20), timeout))
    }
    var latency = condition.latency * exp(condition.jitter * Normal.quantile(share(21)))
    if condition.swing > 0 {
      let day = Double(time.milliseconds % 86_400_000) / 86_400_000
      latency *= 1 + condition.swing * sin(2 * .pi * (day - 0.55))
    }
    if condition.spikes > 0, random.uniform() < condition.spikes { latency *= 10 }
    if let failure = condition.failure, condition.stray == 0 || share(42) >= condition.stray {
      let delay = failure == .timeout ? timeout : min(.milliseconds(Int64(latency)), timeout)
      return (.failed(failure), delay)
    }
    if condition.failure == nil, isLost(share(42), at: time) || latency >= timeout.seconds * 1000 {
      return (.failed(.timeout), timeout)
    }
    let tenths = Int64(latency * 10 + 0.5)
    return (
      .answered(milliseconds: Double(tenths) / 10),
      min(.milliseconds(tenths / 10), timeout - .milliseconds(1))
    )
  }

  private mutating func isLost(_ luck: Double, at time: Instant) -> Bool {
    if let limit = condition.limit, !hasToken(limit, at: time) { return true }
    guard let bursts = condition.bursts else { return luck < condition.loss }
    return luck < (chain.isBad(bursts, at: time) ? bursts.bad : bursts.good)
  }

  private mutating func hasToken(_ limit: Condition.Limit, at time: Instant) -> Bool {
    let (filled, answers) = bucket ?? (time, limit.answers)
    let rate = limit.answers / limit.per.seconds
    let now = min(limit.answers, answers + (time - filled).seconds * rate)
    bucket = (time, now >= 1 ? now - 1 : now)
    return now >= 1
  }

  /// The chain of good and bad states, in continuous time: how it goes does not hang on when it is
  /// looked at. At one probe an interval it is the chain of its parameters.
  private struct Chain: Sendable {
    var random: RandomSource
    var start: Instant
    var every: Duration
    var bad = false
    var until: Instant?

    mutating func isBad(_ bursts: Condition.Bursts, at time: Instant) -> Bool {
      let both = min(bursts.enter + bursts.leave, 0.999_999)
      if both <= 0 { return false }
      // From n probes a time to a rate: e^(−rate · every) is the correlation of two neighbours.
      let rate = -log(1 - both) / max(every.seconds, 0.001)
      func wait() -> Duration {
        random.wait(
          mean: .milliseconds(1) * (1000 * both / (rate * (bad ? bursts.leave : bursts.enter))))
      }
      if until == nil {
        bad = random.uniform() * both < bursts.enter
        until = start + wait()
      }
      while let end = until, end <= time {
        bad.toggle()
        until = end + max(wait(), .milliseconds(1))
      }
      return bad
    }
  }
}

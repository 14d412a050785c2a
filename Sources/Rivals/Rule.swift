import Outages

/// A peer's rule for one target: observations in, and whether its alarm is on.
protocol Rule: Sendable {
  /// Whether the alarm is on after this observation.
  mutating func observe(_ outcome: Outcome, at time: Instant) -> Bool
}

/// N failures in a row raise the alarm, m answers in a row clear it.
struct Consecutive: Rule {
  var failures: Int
  var answers: Int
  private var run = 0
  private var isOn = false

  init(failures: Int, answers: Int) { (self.failures, self.answers) = (failures, answers) }

  mutating func observe(_ outcome: Outcome, at time: Instant) -> Bool {
    // What speaks for the state that holds begins the count again.
    run = outcome.isAnswered == isOn ? run + 1 : 0
    if run >= (isOn ? answers : failures) { (isOn, run) = (!isOn, 0) }
    return isOn
  }
}

/// Prometheus, `probe_success == 0` with `for: 5m`: pending from the first failed sample on, firing
/// when every sample for five minutes was one, over with the first that is not (prometheus
/// rules/alerting.go). A series without samples for five minutes is gone, and its alert with it.
struct PrometheusFor: Rule {
  private var pending: Instant?
  private var last: Instant?

  mutating func observe(_ outcome: Outcome, at time: Instant) -> Bool {
    if let last, time - last > .minutes(5) { pending = nil }
    last = time
    pending = outcome.isAnswered ? nil : pending ?? time
    return pending.map { time - $0 >= .minutes(5) } ?? false
  }
}

/// Prometheus, `avg_over_time(probe_success[5m]) < 0.5` with `for: 5m`: no default of anybody, but
/// the common way to write a rule that forgives single samples.
struct PrometheusAverage: Rule {
  private var window: [(time: Instant, isAnswered: Bool)] = []
  private var pending: Instant?

  mutating func observe(_ outcome: Outcome, at time: Instant) -> Bool {
    window.append((time, outcome.isAnswered))
    window.removeAll { time - $0.time > .minutes(5) }
    let isLow = window.count { $0.isAnswered } * 2 < window.count
    pending = isLow ? pending ?? time : nil
    return pending.map { time - $0 >= .minutes(5) } ?? false
  }
}

/// Nagios and Icinga 2: a state is hard after `max_check_attempts` (3), and who changes too often is
/// flapping and notifies nobody.
struct HardStates: Rule {
  private let attempts = 3
  private let flapping: Flapping
  private var failures = 0
  private var isHardDown = false
  private var isFlapping = false
  /// Whether each of the latest checks changed the state, the newest last.
  private var changes: [Bool] = []
  private var isNotified = false
  private var wasDown = false

  struct Flapping: Sendable {
    var checks: Int
    var oldest: Double
    var newest: Double
    var low: Double
    var high: Double
    /// Whether it looks at hard states alone.
    var isOfHardStates: Bool
  }

  /// Nagios: the last 21 hard states, weights 0.75 to 1.25 (base/flapping.c), from 20 % down to 5 %
  /// (sample nagios.cfg).
  static let nagios = Flapping(
    checks: 20, oldest: 0.75, newest: 1.25, low: 0.05, high: 0.2, isOfHardStates: true)
  /// Icinga 2: the last 20 states, weights 0.80 to 1.18, from 30 % down to 25 %
  /// (checkable-flapping.cpp); off unless `enable_flapping` is set, as it is here.
  static let icinga = Flapping(
    checks: 20, oldest: 0.8, newest: 1.18, low: 0.25, high: 0.3, isOfHardStates: false)

  init(_ flapping: Flapping) { self.flapping = flapping }

  mutating func observe(_ outcome: Outcome, at time: Instant) -> Bool {
    failures = outcome.isAnswered ? 0 : failures + 1
    let isSoft = !outcome.isAnswered && failures < attempts
    if !isSoft { isHardDown = !outcome.isAnswered }
    let isDown = flapping.isOfHardStates ? isHardDown : !outcome.isAnswered
    if !(flapping.isOfHardStates && isSoft) {
      changes.append(isDown != wasDown)
      wasDown = isDown
      if changes.count > flapping.checks { changes.removeFirst() }
    }
    let step = (flapping.newest - flapping.oldest) / Double(flapping.checks - 1)
    let sum = changes.enumerated().reduce(0.0) { sum, change in
      let age = flapping.checks - changes.count + change.offset
      return change.element ? sum + flapping.oldest + step * Double(age) : sum
    }
    let share = sum / Double(flapping.checks)
    let starts = flapping.isOfHardStates ? share >= flapping.high : share > flapping.high
    isFlapping = isFlapping ? share > flapping.low : starts
    if !isHardDown { isNotified = false } else if !isFlapping { isNotified = true }
    return isNotified
  }
}

/// cloudprober: an alert condition of 3 failures in the last 5 probes, over as soon as it does not
/// hold (alerting.go).
struct Windowed: Rule {
  private var recent: [Bool] = []

  mutating func observe(_ outcome: Outcome, at time: Instant) -> Bool {
    recent.append(outcome.isAnswered)
    if recent.count > 5 { recent.removeFirst() }
    return recent.count { !$0 } >= 3
  }
}

/// Trinocular (Quan, Heidemann, Pradkin, SIGCOMM 2013) for one address instead of a block: a belief
/// of up by Bayes, |b| = 256, ℓ = 0.01, between 0.01 and 0.99; up above 0.9 and down below 0.1. The
/// availability is an average that forgets (0.15 a probe, as ports to single hosts have it), moved
/// only while up.
struct Trinocular: Rule {
  private var up = 0.99
  private var availability = 0.9
  private var isDown = false

  mutating func observe(_ outcome: Outcome, at time: Instant) -> Bool {
    let stray = (1 - 0.01) / 256
    let a = min(max(availability, 0.1), 0.99)
    let (ifUp, ifDown) = outcome.isAnswered ? (a, stray) : (1 - a, 1 - stray)
    up = ifUp * up / (ifUp * up + ifDown * (1 - up))
    up = min(max(up, 0.01), 0.99)
    if up > 0.9 {
      isDown = false
      availability += 0.15 * ((outcome.isAnswered ? 1 : 0) - availability)
    } else if up < 0.1 {
      isDown = true
    }
    return isDown
  }
}

/// Hubble (Katz-Bassett and others, NSDI 2008): a trial each quarter of an hour, a probe and one
/// retry; what fails in two trials in a row is a problem, until a trial succeeds.
struct Hubble: Rule {
  private var trial: Int64?
  private var attempts = 0
  private var failed = 0
  private var isOn = false

  mutating func observe(_ outcome: Outcome, at time: Instant) -> Bool {
    let current = time.milliseconds / 900_000
    if current != trial { (trial, attempts) = (current, 0) }
    if attempts >= 2 { return isOn }
    attempts += 1
    if outcome.isAnswered {
      (attempts, failed, isOn) = (2, 0, false)
    } else if attempts == 2 {
      failed += 1
      isOn = failed >= 2
    }
    return isOn
  }
}

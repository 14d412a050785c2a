public import Outages
public import Reports

/// A peer's detector, with its default parameters, over the same observations as ours.
///
/// Peers have no notion of a blip: what failed for less than `sustained` by the time that the alarm
/// goes off counts as one, and an alarm counts as declared when it is on and has failed so long. Who
/// has such a notion of his own is not cut.
public struct Rival: Sendable {
  public let name: String
  private var rules: [any Rule]
  private let hasOwnCut: Bool
  private let targets: [String]
  private let sustained: Duration
  private var alarms: [[Alarm]]
  /// Since when each target's probes have failed, one after the other.
  private var failing: [Instant?]

  /// An alarm that was on, dated as the peer does: from when it came on to when it went off.
  private struct Alarm: Sendable {
    var from: Instant
    /// Since when probes failed.
    var since: Instant
    var until: Instant?
    var cut: Instant?
  }

  private init(
    _ name: String, _ session: Session, hasOwnCut: Bool = false, _ rule: any Rule
  ) {
    (self.name, self.hasOwnCut) = (name, hasOwnCut)
    targets = session.targets.map(\.name)
    rules = targets.map { _ in rule }
    sustained = session.detection.sustained
    alarms = targets.map { _ in [] }
    failing = targets.map { _ in nil }
  }

  /// All that judge target by target.
  public static func all(_ session: Session) -> [Rival] {
    [
      // uptime-kuma's `maxretries`, 0 by default: one more failure than retries is down, and one
      // answer is up (server/model/monitor.js).
      Rival("uptime-kuma 0", session, Consecutive(failures: 1, answers: 1)),
      Rival("uptime-kuma 3", session, Consecutive(failures: 4, answers: 1)),
      // gatus: `failure-threshold: 3`, `success-threshold: 2` (alerting/alert/alert.go).
      Rival("gatus 3/2", session, Consecutive(failures: 3, answers: 2)),
      Rival("Prometheus 5m", session, hasOwnCut: true, PrometheusFor()),
      Rival("Prometheus avg 5m", session, hasOwnCut: true, PrometheusAverage()),
      Rival("Nagios", session, HardStates(HardStates.nagios)),
      Rival("Icinga 2", session, HardStates(HardStates.icinga)),
      Rival("cloudprober 3/5", session, Windowed()),
      // SmokePing's matcher CheckLoss(l, x): x rounds with loss raise, x without it clear.
      Rival("SmokePing x3", session, Consecutive(failures: 3, answers: 3)),
      Rival("Trinocular", session, Trinocular()),
      Rival("Hubble", session, hasOwnCut: true, Hubble()),
    ]
  }

  public mutating func observe(_ observation: Observation) {
    let (target, time) = (observation.target, observation.time)
    failing[target] = observation.outcome.isAnswered ? nil : failing[target] ?? time
    let isOn = rules[target].observe(observation.outcome, at: time)
    let wasOn = alarms[target].last.map { $0.until == nil } ?? false
    if isOn, !wasOn {
      alarms[target].append(Alarm(from: time, since: failing[target] ?? time))
    }
    if isOn || wasOn {
      let last = alarms[target].count - 1
      if !isOn {
        alarms[target][last].until = time
      } else if alarms[target][last].cut == nil, time - alarms[target][last].since >= sustained {
        alarms[target][last].cut = time
      }
    }
  }

  /// What it says until now.
  public func report(over span: Range<Instant>) -> SavedReport {
    let claims = alarms.enumerated().flatMap { target, alarms in
      alarms.map { alarm in
        let declared = hasOwnCut ? alarm.from : alarm.cut
        return SavedReport.Claim(
          kind: declared == nil ? .blip : .outage, scope: .target(targets[target]),
          start: Bounds(earliest: alarm.from, latest: alarm.from),
          end: alarm.until.map { Bounds(earliest: $0, latest: $0) },
          declared: declared ?? alarm.from)
      }
    }
    return SavedReport(span: span, probes: nil, claims: claims)
  }
}

/// IODA's rule for active probing (InetIntel/ioda-ui, Help.js): each round of ten minutes, how many
/// members of a group are up, against the median of the last seven days; below 80 % is a warning. It
/// says nothing of single targets.
public struct Median: Sendable {
  public let name = "IODA, groups"
  private let groups: [Group]
  private let names: [String]
  /// For each target whether it answered in this round.
  private var isUp: [Bool]
  private var wasAsked: [Bool]
  private var round: Int64?
  private var history: [[Int]]
  private var alarms: [[(from: Instant, until: Instant?)]]
  private let memberships: [[Int]]

  public init(_ session: Session) {
    groups = session.groups
    names = session.targets.map(\.name)
    isUp = names.map { _ in false }
    wasAsked = isUp
    history = groups.map { _ in [] }
    alarms = groups.map { _ in [] }
    memberships = groups.map { $0.members.compactMap(session.index(of:)) }
  }

  public mutating func observe(_ observation: Observation) {
    let current = observation.time.milliseconds / 600_000
    if let round, current != round {
      close(at: Instant(milliseconds: current * 600_000))
      isUp = names.map { _ in false }
      wasAsked = isUp
    }
    round = current
    wasAsked[observation.target] = true
    if observation.outcome.isAnswered { isUp[observation.target] = true }
  }

  private mutating func close(at time: Instant) {
    for group in groups.indices where memberships[group].contains(where: { wasAsked[$0] }) {
      let up = memberships[group].count { isUp[$0] }
      let median = history[group].sorted()[safe: history[group].count / 2] ?? up
      let isOn = Double(up) < 0.8 * Double(median)
      let wasOn = alarms[group].last.map { $0.until == nil } ?? false
      if isOn, !wasOn { alarms[group].append((time, nil)) }
      if !isOn, wasOn { alarms[group][alarms[group].count - 1].until = time }
      // While it alarms, the history receives its own prediction (watchtower-sentry, inpainting).
      history[group].append(isOn ? median : up)
      if history[group].count > 1008 { history[group].removeFirst() }
    }
  }

  public func report(over span: Range<Instant>) -> SavedReport {
    let claims = alarms.enumerated().flatMap { group, alarms in
      alarms.map { alarm in
        SavedReport.Claim(
          kind: .outage, scope: .group(groups[group].name), members: groups[group].members,
          start: Bounds(earliest: alarm.from - .minutes(20), latest: alarm.from),
          end: alarm.until.map { Bounds(earliest: $0 - .minutes(20), latest: $0) },
          declared: alarm.from)
      }
    }
    return SavedReport(span: span, probes: nil, claims: claims)
  }
}

extension Array {
  fileprivate subscript(safe index: Int) -> Element? {
    indices.contains(index) ? self[index] : nil
  }
}

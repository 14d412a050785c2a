import ArgumentParser
import Glibc
import Outages
import Plans
import ProbeLog
import Probing
import Reports

/// A watch in progress: the real network, the log, and the monitor over both.
final class Daemon {
  private let network: LiveNetwork
  @exclusivity(unchecked) private var monitor: Monitor
  private let writer: LogWriter
  private let signals: Signals
  private let report: ReportOptions
  /// Indices in the monitor's session of the plan's targets.
  private let targets: [Int]
  private let notesPath: String
  /// What the log left open and the plan does not have.
  private let farewells: [Event]
  private var metrics: Metrics?
  /// When it was said last that turns are left out.
  private var strained: Instant?
  /// How many observations could not be recorded.
  private(set) var unrecorded = 0

  /// Takes up where the log ends: what was open is still open.
  init(
    _ plan: Plan, data: DataOptions, signals: Signals, report: ReportOptions, metrics: String? = nil
  ) throws {
    (self.signals, self.report) = (signals, report)
    self.metrics = metrics.map { Metrics($0) }
    let logPath = data.logPath
    notesPath = data.notesPath
    monitor =
      access(logPath, F_OK) == 0
      ? try Folding.fold([logPath], announces: true) : Monitor(announces: true)
    farewells = monitor.adopt(plan.session)
    let session = monitor.session
    targets = plan.session.targets.compactMap { session.index(of: $0.name) }
    let probes = Dictionary(uniqueKeysWithValues: zip(targets, plan.probes))
    do {
      network = try LiveNetwork(
        probes: probes, limits: plan.limits, wakeOn: signals.descriptor)
    } catch {
      throw Failure(.unavailable, error.description)
    }
    if let last = monitor.observed?.upperBound, last > network.now + Sequencer.tolerance {
      throw Failure(
        .tryLater,
        "the log ends in the future, at \(last), and now it is \(network.now); set the clock, "
          + "or move \(logPath) away")
    }
    do {
      writer = try LogWriter(
        path: logPath, session: plan.session, targets: session.targets, isBrief: plan.isBrief)
    } catch {
      throw Failure(.cannotCreate, error.description)
    }
  }

  /// Watches until it is asked to stop, or for so long. Returns the timeline from the first probe
  /// of this session on; nil when there was none.
  func watch(for length: Duration?) throws -> Timeline? {
    var schedule = Schedule()
    // Setting up may have taken its time.
    network.refresh()
    let start = network.now
    for index in targets {
      let target = monitor.session.targets[index]
      schedule.add(index, named: target.name, every: target.every ?? .seconds(30), from: start)
    }
    var first: Instant?
    let style = report.style
    // A report for programs stays alone on standard output.
    let news = report.format == .text ? STDOUT_FILENO : STDERR_FILENO
    func tell(_ events: [Event]) {
      for event in events where style.isVerbose || !event.isMereDoubt {
        Output.write(event.line(style, title: title) + "\n", to: news)
      }
    }
    tell(farewells)
    for episode in monitor.announced {
      Output.write("still \(episode.beginning(style, title: title))\n", to: news)
    }
    run(&schedule, until: length.map { start + $0 }) { observation, events in
      first = first ?? observation.time
      tell(events)
    }
    let skipped = schedule.skipped + network.skipped
    say(network.punctuality, skipped: skipped)
    metrics?.finish(network, skipped: skipped, unrecorded: unrecorded)
    // Whoever noted something meanwhile finds it in the report.
    monitor.add(try Folding.notes(notesPath))
    return first.flatMap { monitor.timeline(.init(since: $0)) }
  }

  /// What became of each target's probe, in the plan's order; of those that were interrupted, nothing.
  func probeOnce() -> [ProbeStory] {
    var schedule = Schedule()
    for index in targets { schedule.add(index, every: .longest, due: network.now) }
    var stories: [Int: ProbeStory] = [:]
    let session = monitor.session
    // Some may have to wait until others of their host are through; what failed over a lapse of ours
    // has no story.
    let isWanted = { stories.count + self.network.unobserved < self.targets.count }
    run(&schedule, until: nil, while: isWanted, isOnce: true) {
      _, _ in
    } witness: { observation, detail in
      let name = session.targets[observation.target].name
      stories[observation.target] = ProbeStory(name: name, observation, detail)
    }
    return targets.compactMap { stories[$0] }
  }

  /// How the prober kept up, and what kept it from probing.
  private func say(_ punctuality: Punctuality, skipped: Int) {
    if punctuality.sent == 0 { return }
    func late(_ share: Double) -> String { "\(punctuality.quantile(share).milliseconds) ms" }
    Talk.notice(
      "sent \(punctuality.sent) probes, late by \(late(0.5)) at the median, \(late(0.99)) at p99, "
        + "\(punctuality.most.milliseconds) ms at most; skipped \(skipped) turns")
    for (trouble, count) in network.prevented.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      Talk.warning("\(count) probes could not be made: \(trouble.text)")
    }
  }

  private func run(
    _ schedule: inout Schedule, until end: Instant?, while isWanted: () -> Bool = { true },
    isOnce: Bool = false, hear: (Observation, [Event]) -> Void,
    witness: (Observation, Detail?) -> Void = { _, _ in }
  ) {
    let session = monitor.session
    func every(_ target: Int) -> Duration { session.targets[target].every ?? .seconds(30) }
    var confirmation = Confirmation(intervals: targets.map(every))
    var asked = signals.requests
    // To ask the system costs, and it calls.
    func requests() -> Int {
      if network.takeCall() { asked = signals.requests }
      return asked
    }
    // The same network: it is an object, and asked for details while it watches.
    var watching = network
    watching.watch(
      &schedule, until: end,
      while: { schedule in
        metrics?.update(
          network, skipped: schedule.skipped + network.skipped, unrecorded: unrecorded)
        return requests() == 0 && isWanted()
      },
      patientWhile: { requests() < 2 },
      record: { observation in
        let detail = network.detail(of: observation)
        witness(observation, detail)
        record(observation, detail)
      }
    ) { observation, now in
      if observation.after == .overload { strain(at: observation.time) }
      hear(observation, monitor.observe(observation))
      if isOnce { return [] }
      return confirmation.asks(
        after: observation, isInDoubt: monitor.isInDoubt, others: monitor.worthAsking, now: now,
        every: every)
    }
  }

  /// Turns were left out for want of time or room. Says so, and again if it goes on.
  private func strain(at time: Instant) {
    if let last = strained, time - last < .hours(1) { return }
    strained = time
    Talk.warning(
      "cannot keep up: turns are left out, and their time is unobserved; take longer intervals, "
        + "fewer targets, or more 'limits'")
  }

  /// Appends to the log. A disk that is full ends no watch: what cannot be recorded is counted and
  /// said, once when it begins.
  private func record(_ observation: Observation, _ detail: Detail?) {
    do {
      try writer.append(observation, detail: detail)
    } catch {
      if unrecorded == 0 { Talk.error("\(error); watching on") }
      unrecorded += 1
    }
  }

  private func title(of scope: Episode.Scope) -> String {
    guard case .group(let name) = scope else { return scope.name }
    return monitor.session.groups.first { $0.name == name }?.title ?? name
  }
}

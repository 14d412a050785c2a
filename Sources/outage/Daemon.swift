import ArgumentParser
import Glibc
import Outages
import Plans
import ProbeLog
import Probing
import Reports

/// A watch in progress: the real network, the log, and the monitor over both.
final class Daemon {
  private let network: CurlNetwork
  private var monitor: Monitor
  private let writer: LogWriter
  private let signals: Signals
  private let report: ReportOptions
  /// Indices in the monitor's session of the plan's targets.
  private let targets: [Int]
  private let notesPath: String
  /// What the log left open and the plan does not have.
  private let farewells: [Event]
  /// How many observations could not be recorded.
  private(set) var unrecorded = 0

  /// Takes up where the log ends: what was open is still open.
  init(_ plan: Plan, data: DataOptions, signals: Signals, report: ReportOptions) throws {
    (self.signals, self.report) = (signals, report)
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
      network = try CurlNetwork(probes: probes, wakeOn: signals.descriptor)
    } catch {
      throw Failure(.internalError, error.description)
    }
    if let last = monitor.observed?.upperBound, last > network.now + Sequencer.tolerance {
      throw Failure(
        .tryLater,
        "the log ends in the future, at \(last), and now it is \(network.now); set the clock, "
          + "or move \(logPath) away")
    }
    do {
      writer = try LogWriter(path: logPath, session: plan.session, targets: session.targets)
    } catch {
      throw Failure(.cannotCreate, error.description)
    }
  }

  /// Watches until it is asked to stop, or for so long. Returns the timeline from the first probe
  /// of this session on; nil when there was none.
  func watch(for length: Duration?) throws -> Timeline? {
    var schedule = Schedule()
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
    run(&schedule, until: length.map { start + $0 }) { observation, events in
      first = first ?? observation.time
      tell(events)
    }
    if network.unsent > 0 {
      Talk.warning("\(network.unsent) probes could not be sent for want of descriptors or memory")
    }
    // Whoever noted something meanwhile finds it in the report.
    monitor.add(try Folding.notes(notesPath))
    return first.flatMap { monitor.timeline(.init(since: $0)) }
  }

  /// Probes each target once and prints what became of it; false when one did not answer.
  func probeOnce() -> Bool {
    var schedule = Schedule()
    for index in targets { schedule.add(index, every: .longest, due: network.now) }
    var outcomes: [Int: Observation] = [:]
    var details: [Int: String?] = [:]
    run(&schedule, until: network.now + .milliseconds(1)) { observation, _ in
      outcomes[observation.target] = observation
      details[observation.target] = network.detail(of: observation)
    }
    let names = targets.map { monitor.session.targets[$0].name }
    let width = names.map(\.count).max() ?? 0
    for (index, name) in zip(targets, names) {
      if let observation = outcomes[index] {
        let line =
          report.format == .json
          ? observation.json(name: name, detail: details[index] ?? nil)
          : observation.line(
            name: name, width: width, detail: details[index] ?? nil, report.style)
        Output.write(line + "\n")
      }
    }
    return targets.allSatisfy { outcomes[$0]?.outcome.isAnswered ?? false }
  }

  private func run(
    _ schedule: inout Schedule, until end: Instant?, hear: (Observation, [Event]) -> Void
  ) {
    let session = monitor.session
    func every(_ target: Int) -> Duration { session.targets[target].every ?? .seconds(30) }
    var confirmation = Confirmation(intervals: targets.map(every))
    // The same network: it is an object, and asked for details while it watches.
    var watching = network
    watching.watch(
      &schedule, until: end, while: { signals.requests == 0 },
      patientWhile: { signals.requests < 2 }, record: record
    ) { observation, now in
      hear(observation, monitor.observe(observation))
      let target = observation.target
      return confirmation.due(
        target, isInDoubt: monitor.isInDoubt, sent: observation.time,
        every: every(target), now: now)
    }
  }

  /// Appends to the log. A disk that is full ends no watch: what cannot be recorded is counted and
  /// said, once when it begins.
  private func record(_ observation: Observation) {
    do {
      try writer.append(observation, detail: network.detail(of: observation))
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

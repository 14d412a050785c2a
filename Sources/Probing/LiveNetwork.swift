import CCurl
import Glibc
public import Outages
public import Plans

/// The real network: probes through libcurl, c-ares and sockets of our own, all on one thread.
///
/// Nothing blocks: `wait` sleeps in `epoll_wait` alone. Each probe opens a connection of its own,
/// unless its target wants to keep one.
///
/// Here and in what it is made of, what each probe touches is `@exclusivity(unchecked)`: it is on
/// one thread, and no access to it lasts over a call that comes back to it. The checks were a
/// tenth of what we do ourselves.
public final class LiveNetwork: Network {
  /// Why no network could be set up.
  public struct SetupError: Error, CustomStringConvertible {
    public let description: String
  }

  @exclusivity(unchecked) var stations: [Station?] = []
  private let mostInFlight: Int
  @exclusivity(unchecked) private var gate: Gate
  /// The gate's numbers of hosts, by their names and addresses.
  private var hosts: [String: Int]
  private let poller: Poller
  let transfers: Transfers
  let resolver: Resolver
  let questions: DNSProber
  let echoes: EchoProber
  private let findings = Findings()
  let trace: ((String) -> Void)?
  @exclusivity(unchecked) var clock = WallClock()
  @exclusivity(unchecked) var inFlight = InFlight<Flight>()
  @exclusivity(unchecked) var deadlines = Heap<Deadline>()
  /// What is known of the outcomes that the latest `wait` has brought.
  @exclusivity(unchecked) private var details: [(sent: Instant, target: Int, detail: Detail)] = []
  @exclusivity(unchecked) private var nextDetail = 0
  /// Whether a probe has ended since `wait` began.
  @exclusivity(unchecked) private var hasEnded = false
  /// Whether the caller was called since it last asked.
  @exclusivity(unchecked) private var wasCalled = false
  /// How many probes failed over a lapse of our own, and so were not observed.
  public private(set) var unobserved = 0
  /// How many probes our own troubles prevented.
  public private(set) var prevented: [Trouble: Int] = [:]
  @exclusivity(unchecked) public internal(set) var punctuality = Punctuality()
  /// How many turns were left out, since the one before still waited for its host.
  public var skipped: Int { gate.skipped }

  /// `probes` by their targets' indices in the session. `wakeOn` is a descriptor that ends a `wait`
  /// when it can be read, as one for signals can. `trace` hears what libcurl and servers say.
  public init(
    probes: [Int: Probe], limits: Limits = Limits(), wakeOn: Int32? = nil,
    trace: ((String) -> Void)? = nil
  ) throws(SetupError) {
    // Without this, names that are not ASCII are none for libcurl.
    setlocale(LC_CTYPE, "C.UTF-8")
    guard let poller = Poller() else {
      throw SetupError(description: "no epoll: \(systemText(errno))")
    }
    guard let transfers = Transfers(poller, limits, trace: trace) else {
      throw SetupError(description: "libcurl cannot be initialised")
    }
    (self.poller, self.transfers, self.trace) = (poller, transfers, trace)
    (resolver, questions) = (Resolver(poller), DNSProber(poller, findings))
    echoes = EchoProber(poller, findings)
    let descriptors = DescriptorLimit.raise()
    // The log, the resolver and others will want descriptors too.
    mostInFlight = max(1, min(limits.inFlight, descriptors - 16))
    (stations, hosts) = Station.all(probes)
    gate = Gate(hosts: hosts.count, most: limits.perHost)
    if let wakeOn { poller.watch(wakeOn, for: .caller, read: true, write: false, isNew: true) }
    guard stations.contains(where: { $0?.manner.means == .echo }) else { return }
    // Whoever wants echo must be told at once when it is not allowed.
    do {
      try echoes.open(AF_INET, at: clock.monotonic)
      try echoes.open(AF_INET6, at: clock.monotonic)
    } catch {
      throw SetupError(description: error.description)
    }
  }

  // MARK: The port

  public var now: Instant { clock.now }
  public var oldestInFlight: Instant? { inFlight.oldest }
  public var inFlightCount: Int { inFlight.count }
  public var hasRoom: Bool { inFlight.count < mostInFlight }

  public func takeLapse() -> Lapse? { clock.takeLapse() }

  /// Looks at the clock again, after time has passed elsewhere by the caller's wish.
  public func refresh() { clock.advance(expecting: .max) }

  /// Whether `wakeOn` could be read since this was last asked.
  public func takeCall() -> Bool {
    defer { wasCalled = false }
    return wasCalled
  }

  /// What else is known of an outcome that the latest `wait` has brought.
  public func detail(of observation: Observation) -> Detail? {
    // They are asked for in their order: the one asked for last is where to look on.
    for _ in details.indices {
      let (sent, target, detail) = details[nextDetail]
      if sent == observation.time, target == observation.target { return detail }
      nextDetail = (nextDetail + 1) % details.count
    }
    return nil
  }

  public func send(_ turn: Schedule.Turn, after lapse: Lapse?) {
    guard stations.indices.contains(turn.target), let station = stations[turn.target] else {
      return
    }
    clock.advance()
    let waiting = Gate.Waiting(
      target: turn.target, due: turn.due, after: lapse, isUrgent: turn.isExtra)
    if gate.enter(station.host, waiting) { begin(station, waiting, host: station.host) }
  }

  /// A name has this address: its next probes count for it, whatever other names it has.
  func learn(_ address: SocketAddress, of target: Int) {
    let text = address.text
    // Names whose addresses change for ever must not fill the memory: theirs count as they did.
    if hosts[text] == nil, hosts.count > 2 * stations.count + 1024 { return }
    let host = hosts[text] ?? gate.add()
    hosts[text] = host
    stations[target]?.host = host
  }

  public func sendNoMore() { gate.close() }

  public func wait(until deadline: Instant, _ outcomes: inout [Observation]) {
    details.removeAll(keepingCapacity: true)
    (nextDetail, hasEnded) = (0, false)
    clock.advance()
    // What was just sent is begun before anybody sleeps.
    tick()
    collect(&outcomes)
    var isWoken = false
    // A probe that was not observed has no outcome, and yet makes room.
    while outcomes.isEmpty, !isWoken, !hasEnded {
      let patience = patience(until: deadline)
      let count = poller.wait(milliseconds: patience)
      clock.advance(expecting: Int64(patience) * 1000)
      isWoken = count == nil
      for index in 0..<(count ?? 0) {
        if let event = poller.event(index), act(on: event) { isWoken = true }
      }
      tick()
      collect(&outcomes)
      if now >= deadline { break }
    }
  }

  // MARK: Time

  /// How long to sleep, in milliseconds, rounded up so that it does not wake early.
  private func patience(until deadline: Instant) -> Int32 {
    var left = deadline.milliseconds * 1000 - clock.microseconds
    if let timer = transfers.timer { left = min(left, timer - clock.monotonic) }
    if let first = deadlines.first { left = min(left, first.at - clock.monotonic) }
    if resolver.isBusy { left = min(left, 100_000) }
    return Int32(clamping: max(0, (left + 999) / 1000))
  }

  private func tick() {
    let now = clock.monotonic
    transfers.tick(at: now)
    resolver.tick(at: now)
    while let first = deadlines.first, first.at <= now {
      _ = deadlines.removeFirst()
      giveUp(first.ticket)
    }
  }

  /// Does what an event asks for; true when it wakes the caller.
  private func act(on event: Poller.Event) -> Bool {
    switch event.owner {
    case .caller:
      wasCalled = true
      return true
    case .transfers: transfers.act(on: event, at: clock.monotonic)
    case .names: resolver.act(on: event, at: clock.monotonic)
    case .questions: questions.act(on: event, at: clock.monotonic)
    case .echoes: echoes.act(on: event, at: clock.monotonic)
    }
    return false
  }

  // MARK: Outcomes

  /// What servers say stands in the log, and must not fill it.
  private static let longestSentence = 300

  func finish(_ finding: Finding) { findings.add(finding) }

  private func collect(_ outcomes: inout [Observation]) {
    if resolver.hasAnswers {
      for (ticket, answer) in resolver.takeAnswers() { proceed(ticket, answer) }
    }
    transfers.takeEnded { easy, result in
      guard let flight = inFlight[easy.ticket], let station = stations[flight.target] else {
        return
      }
      if let host = easy.unresolved(result) {
        return inquire(easy.ticket, about: Resolver.Name(host: host, family: station.manner.family))
      }
      finish(easy.finding(result, station.manner, resolve: flight.resolve))
    }
    questions.tidy()
    while !findings.all.isEmpty {
      for finding in findings.take() { observe(finding, &outcomes) }
    }
  }

  private func observe(_ finding: Finding, _ outcomes: inout [Observation]) {
    guard let flight = inFlight.end(finding.ticket), let station = stations[flight.target] else {
      return
    }
    hasEnded = true
    defer {
      if let next = gate.leave(flight.host), let other = stations[next.target] {
        begin(other, next, host: flight.host)
      }
    }
    // A failure over a lapse of our own tells nothing.
    if !finding.outcome.isAnswered, let lapsed = clock.lapsed, lapsed > flight.sent {
      unobserved += 1
      return
    }
    var (outcome, detail) = (finding.outcome, finding.detail)
    if let trace, station.manner.means != .transfer {
      detail?.answers.forEach { trace("< \($0)") }
      trace(outcome.isAnswered ? "< answered" : "* \(detail?.sentence ?? "")")
    }
    if station.manner.wantsFailure {
      let passed = Double(clock.monotonic - flight.begun) / 1000
      (outcome, detail) = station.manner.settings.expectation.judged(
        outcome, detail ?? Detail(), after: passed)
    }
    if case .prevented(let trouble) = outcome { prevented[trouble, default: 0] += 1 }
    if let resolve = flight.resolve, station.manner.means != .transfer {
      detail = detail ?? Detail()
      detail?.phases.resolve = resolve
      detail?.address = flight.address?.text
    }
    if let sentence = detail?.sentence {
      let shown = station.manner.secrets.masked(sentence)
      detail?.sentence =
        shown.utf8.count > LiveNetwork.longestSentence
        ? shown.prefix(LiveNetwork.longestSentence) + " …" : shown
    }
    if flight.late >= Punctuality.noteworthy {
      detail = detail ?? Detail()
      detail?.late = Int(flight.late.milliseconds)
    }
    outcomes.append(
      Observation(
        time: flight.sent, target: flight.target, outcome: outcome, after: flight.after))
    if let detail { details.append((flight.sent, flight.target, detail)) }
  }
}

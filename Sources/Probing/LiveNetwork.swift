import CCurl
import Glibc
public import Outages
public import Plans

/// The real network: probes through libcurl, c-ares and sockets of our own, all on one thread.
///
/// Nothing blocks: `wait` sleeps in `epoll_wait` alone. Each probe opens a connection of its own,
/// unless its target wants to keep one.
public final class LiveNetwork: Network {
  /// Why no network could be set up.
  public struct SetupError: Error, CustomStringConvertible {
    public let description: String
  }

  private var stations: [Station?] = []
  private let mostInFlight: Int
  private var gate: Gate
  private let poller: Poller
  private let transfers: Transfers
  private let resolver: Resolver
  private let questions: DNSProber
  private let echoes: EchoProber
  private let wakeOn: Int32?
  private var clock = WallClock()
  private var flights: [Int: Flight] = [:]
  private var inFlight = InFlight()
  private var deadlines = Heap<Deadline>()
  /// What is known of the outcomes that the latest `wait` has brought.
  private var details: [Int: Detail] = [:]
  /// How many probes failed over a lapse of our own, and so were not observed.
  public private(set) var unobserved = 0
  /// How many probes our own troubles prevented.
  public private(set) var prevented: [Trouble: Int] = [:]
  public private(set) var punctuality = Punctuality()
  /// How many turns were left out, since the one before still waited for its host.
  public var skipped: Int { gate.skipped }

  /// The schemes that URLs may have here. Telnet and files are left out: libcurl waits for them
  /// within a call, and all other probes would wait with it.
  public static let schemes: Set<String> = {
    var schemes: Set<String> = ["tcp", "tls", "icmp", "dns", "dns+tcp"]
    var next = curl_version_info(CURLVERSION_FIRST)?.pointee.protocols
    while let name = next?.pointee {
      schemes.insert(String(cString: name))
      next = next?.successor()
    }
    return schemes.subtracting(["telnet", "file"])
  }()

  /// `probes` by their targets' indices in the session. `wakeOn` is a descriptor that ends a `wait`
  /// when it can be read, as one for signals can. `trace` hears what libcurl and servers say.
  public init(
    probes: [Int: Probe], limits: Limits = Limits(), wakeOn: Int32? = nil,
    trace: ((String) -> Void)? = nil
  ) throws(SetupError) {
    guard let poller = Poller() else {
      throw SetupError(description: "no epoll: \(systemText(errno))")
    }
    guard let transfers = Transfers(poller, limits, trace: trace) else {
      throw SetupError(description: "libcurl cannot be initialised")
    }
    (self.poller, self.transfers, self.wakeOn) = (poller, transfers, wakeOn)
    (resolver, questions) = (Resolver(poller), DNSProber(poller))
    echoes = EchoProber(poller)
    let descriptors = LiveNetwork.raiseDescriptorLimit()
    // The log, the resolver and others have descriptors too.
    mostInFlight = max(1, min(limits.inFlight, descriptors - 24))
    var hosts: [Substring: Int] = [:]
    stations = Array(repeating: nil, count: (probes.keys.max() ?? -1) + 1)
    for (target, probe) in probes {
      let name = ProbeURL.host(of: probe.url)
      let host = hosts[name] ?? hosts.count
      hosts[name] = host
      stations[target] = Station(probe, host: host)
    }
    gate = Gate(hosts: hosts.count, most: limits.perHost)
    if let wakeOn { poller.watch(wakeOn, for: .caller, read: true, write: false, isNew: true) }
    try openEchoes()
  }

  /// Whoever wants echo must be told at once when it is not allowed.
  private func openEchoes() throws(SetupError) {
    guard stations.contains(where: { $0?.manner == .echo }) else { return }
    do {
      try echoes.open(AF_INET, at: clock.monotonic)
      try echoes.open(AF_INET6, at: clock.monotonic)
    } catch {
      throw SetupError(description: error.description)
    }
  }

  /// A probe needs a descriptor; the usual limit of a thousand is the soft one. Returns the limit.
  private static func raiseDescriptorLimit() -> Int {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    return Int(clamping: limit.rlim_cur)
  }

  // MARK: The port

  public var now: Instant { clock.now }
  public var oldestInFlight: Instant? { inFlight.oldest }
  public var hasRoom: Bool { flights.count < mostInFlight }

  public func takeLapse() -> Lapse? { clock.takeLapse() }

  /// What else is known of an outcome that the latest `wait` has brought.
  public func detail(of observation: Observation) -> Detail? { details[observation.target] }

  public func send(to target: Int, after lapse: Lapse?, late: Duration) {
    guard stations.indices.contains(target), let station = stations[target] else { return }
    clock.advance()
    let waiting = Gate.Waiting(target: target, after: lapse, due: now - late)
    if gate.enter(station.host, waiting) { begin(station, waiting) }
  }

  public func wait(until deadline: Instant, _ outcomes: inout [Observation]) {
    details.removeAll(keepingCapacity: true)
    clock.advance()
    collect(&outcomes)
    var isWoken = false
    while outcomes.isEmpty, !isWoken {
      let count = poller.wait(milliseconds: patience(until: deadline))
      clock.advance()
      isWoken = count == nil
      for index in 0..<(count ?? 0) where act(on: poller[index]) { isWoken = true }
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
    case .caller: return true
    case .transfers: transfers.act(on: event, at: clock.monotonic)
    case .names: resolver.act(on: event, at: clock.monotonic)
    case .questions: questions.act(on: event, at: clock.monotonic)
    case .echoes: echoes.act(on: event, at: clock.monotonic)
    }
    return false
  }

  // MARK: A probe's way

  private func begin(_ station: Station, _ waiting: Gate.Waiting) {
    let ticket = inFlight.begin(at: now)
    let late = now - waiting.due
    punctuality.note(late)
    var flight = Flight(
      target: waiting.target, sent: now, after: waiting.after, late: late, begun: clock.monotonic)
    if station.endpoint != nil || station.manner != .transfer {
      let timeout = station.probe.timeout.milliseconds * 1000
      deadlines.insert(Deadline(at: flight.begun + timeout, ticket: ticket))
    }
    if let endpoint = station.endpoint {
      let name = Resolver.Name(host: endpoint.host, family: station.probe.settings.family)
      flight.name = name
      flights[ticket] = flight
      resolver.resolve(name, for: ticket, at: clock.monotonic)
    } else {
      flights[ticket] = flight
      ask(ticket, station, flight, nil)
    }
  }

  /// Asks, when the addresses are known or need not be.
  private func ask(
    _ ticket: Int, _ station: Station, _ flight: Flight, _ addresses: [SocketAddress]?
  ) {
    let (probe, now) = (station.probe, clock.monotonic)
    switch station.manner {
    case .transfer:
      let left = probe.timeout - .milliseconds((now - flight.begun) / 1000)
      if !transfers.begin(ticket, probe, station.endpoint, addresses, timeout: left, at: now) {
        finish(Finding(ticket, .prevented(.memory), "libcurl has no memory left"))
      }
    case .question:
      guard let question = DNSQuestion(url: probe.url) else { return }
      let server = addresses?.first ?? SocketAddress(ProbeURL.host(of: probe.url))
      flights[ticket]?.address = addresses?.first
      questions.begin(
        ticket, question, server: server,
        port: UInt16(clamping: ProbeURL.port(of: probe.url) ?? 53),
        probe.settings, at: now)
    case .echo:
      guard let address = addresses?.first ?? SocketAddress(ProbeURL.host(of: probe.url)) else {
        return finish(Finding(ticket, .failed(.resolve), in: .resolve, "there is no address"))
      }
      flights[ticket]?.address = addresses?.first
      echoes.begin(
        ticket, flight.target, address, source: probe.settings.source.map(SourceAddress.init),
        at: now)
    }
  }

  /// A name has been resolved, or not.
  private func proceed(_ ticket: Int, _ answer: Resolver.Answer) {
    guard var flight = flights[ticket], let station = stations[flight.target] else { return }
    flight.name = nil
    flight.resolve = Double(clock.monotonic - flight.begun) / 1000
    flights[ticket] = flight
    switch answer {
    case .addresses(let addresses): ask(ticket, station, flight, addresses)
    case .failed(let sentence): finish(Finding(ticket, .failed(.resolve), in: .resolve, sentence))
    case .prevented(let trouble, let sentence):
      finish(Finding(ticket, .prevented(trouble), in: .resolve, sentence))
    }
  }

  private func giveUp(_ ticket: Int) {
    guard let flight = flights[ticket], let station = stations[flight.target] else { return }
    if let name = flight.name { return proceed(ticket, resolver.giveUp(ticket, on: name)) }
    switch station.manner {
    case .transfer: return
    case .question: questions.giveUp(ticket)
    case .echo: echoes.giveUp(ticket, at: clock.monotonic)
    }
    let sentence = "no answer within \(station.probe.timeout)"
    finish(Finding(ticket, .failed(.timeout), in: .first, sentence))
  }

  // MARK: Outcomes

  private var ended: [Finding] = []

  private func finish(_ finding: Finding) { ended.append(finding) }

  private func collect(_ outcomes: inout [Observation]) {
    for (ticket, answer) in resolver.takeAnswers() { proceed(ticket, answer) }
    transfers.takeEnded { easy, result in
      guard let flight = flights[easy.ticket], let station = stations[flight.target] else { return }
      ended.append(easy.finding(result, of: station.probe, resolve: flight.resolve))
    }
    ended += questions.takeFindings()
    ended += echoes.takeFindings()
    while !ended.isEmpty {
      let findings = ended
      ended.removeAll(keepingCapacity: true)
      for finding in findings { observe(finding, &outcomes) }
    }
  }

  private func observe(_ finding: Finding, _ outcomes: inout [Observation]) {
    guard let flight = flights.removeValue(forKey: finding.ticket),
      let station = stations[flight.target]
    else { return }
    inFlight.end(finding.ticket)
    defer {
      if let next = gate.leave(station.host), let other = stations[next.target] {
        begin(other, next)
      }
    }
    // A failure over a lapse of our own tells nothing.
    if !finding.outcome.isAnswered, let lapsed = clock.lapsed, lapsed > flight.sent {
      unobserved += 1
      return
    }
    var (outcome, detail) = station.probe.settings.expectation.judged(
      finding.outcome, finding.detail, after: Double(clock.monotonic - flight.begun) / 1000)
    if case .prevented(let trouble) = outcome { prevented[trouble, default: 0] += 1 }
    if let resolve = flight.resolve, station.manner != .transfer {
      detail.phases.insert((.resolve, resolve), at: 0)
      detail.address = flight.address?.text
    }
    if flight.late >= .milliseconds(100) { detail.late = Int(flight.late.milliseconds) }
    outcomes.append(
      Observation(
        time: flight.sent, target: flight.target, outcome: outcome, after: flight.after))
    details[flight.target] = detail
  }
}

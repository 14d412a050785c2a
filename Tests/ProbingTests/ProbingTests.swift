import CCurl
import Glibc
import Outages
import Plans
import Testing

@testable import Probing

@Suite struct FailureWordTests {
  @Test(
    arguments: [
      (CURLE_COULDNT_RESOLVE_HOST, 0, true, .resolve),
      (CURLE_COULDNT_CONNECT, ECONNREFUSED, true, .refused),
      (CURLE_COULDNT_CONNECT, ENETUNREACH, true, .unreachable),
      (CURLE_COULDNT_CONNECT, EHOSTUNREACH, true, .unreachable),
      (CURLE_COULDNT_CONNECT, ETIMEDOUT, true, .timeout),
      (CURLE_COULDNT_CONNECT, ECONNRESET, true, .reset),
      (CURLE_COULDNT_CONNECT, 0, true, .other),
      (CURLE_OPERATION_TIMEDOUT, 0, true, .timeout),
      (CURLE_OPERATION_TIMEDOUT, 0, false, .resolve),
      (CURLE_RECV_ERROR, ECONNRESET, true, .reset),
      (CURLE_SEND_ERROR, EPIPE, true, .reset),
      (CURLE_RECV_ERROR, EAGAIN, true, .reset),
      (CURLE_LOGIN_DENIED, 0, true, .status),
      (CURLE_TOO_MANY_REDIRECTS, 0, true, .status),
      (CURLE_GOT_NOTHING, 0, true, .reset),
      (CURLE_SSL_CONNECT_ERROR, 0, true, .tls),
      (CURLE_SSL_CONNECT_ERROR, ECONNRESET, true, .reset),
      (CURLE_PEER_FAILED_VERIFICATION, 0, true, .tls),
      (CURLE_HTTP_RETURNED_ERROR, 0, true, .status),
      (CURLE_WEIRD_SERVER_REPLY, 0, true, .other),
    ] as [(CURLcode, Int32, Bool, Failure)])
  func isTheRightOne(_ code: CURLcode, _ errno: Int32, _ wasResolved: Bool, _ word: Failure) {
    #expect(Failure(code: code, systemError: errno, wasResolved: wasResolved) == word)
  }
}

@Suite struct WallClockTests {
  @Test(
    arguments: [
      // It follows the system's clock, a bit ahead or a day ahead.
      (1_000_000, 500_000, 1_500_000, 1_500_000),
      (1_000_000, 500_000, 1_500_200, 1_500_200),
      (1_000_000, 500_000, 86_401_500_000, 86_401_500_000),
      // A step back is slewed: nine tenths of the time that passes.
      (1_000_000, 500_000, 0, 1_450_000),
      (1_000_000, 500_000, 1_460_000, 1_460_000),
    ] as [(Int64, Int64, Int64, Int64)])
  func neverGoesBack(_ time: Int64, _ passed: Int64, _ real: Int64, _ next: Int64) {
    #expect(WallClock.next(time, passed: passed, real: real) == next)
  }
}

@Suite struct LapseTests {
  /// Microseconds: how far the time leapt, what passed, what of that the host was awake, and what was
  /// waited for.
  @Test(
    arguments: [
      (1_000_000, 1_000_000, 1_000_000, nil),
      // NTP mends less than a second.
      (1_900_000, 1_000_000, 1_000_000, nil),
      (3_601_000_000, 1_000_000, 1_000_000, .clockStepped),
      (7_200_000_000, 7_200_000_000, 3_000_000, .suspended),
      // Slept, and set forward: it slept.
      (9_000_000_000, 7_200_000_000, 3_000_000, .suspended),
      // Set back, and so slewed.
      (900_000, 1_000_000, 1_000_000, nil),
      // Four seconds were waited for, and then five seconds and a half went by.
      (5_500_000, 5_500_000, 5_500_000, .overload),
    ] as [(Int64, Int64, Int64, Lapse?)])
  func tellsWhyTimeLeapt(_ leap: Int64, _ passed: Int64, _ awake: Int64, _ lapse: Lapse?) {
    let waited: Int64 = awake > 4_000_000 ? 4_000_000 : awake
    #expect(WallClock.lapse(leap: leap, passed: passed, awake: awake, waited: waited) == lapse)
  }
}

@Suite struct LiveNetworkTests {
  /// Probes all at once and returns what became of each, in their order.
  private func outcomes(
    _ probes: [Probe], details: ((Int, Detail?) -> Void)? = nil
  ) throws -> [Observation] {
    let network = try LiveNetwork(
      probes: Dictionary(uniqueKeysWithValues: zip(probes.indices, probes)))
    for index in probes.indices {
      network.send(Schedule.Turn(target: index, due: network.now), after: nil)
    }
    var outcomes: [Int: Observation] = [:]
    while network.oldestInFlight != nil || outcomes.count < probes.count {
      for outcome in network.wait(until: network.now + .seconds(10)) {
        #expect(outcomes.updateValue(outcome, forKey: outcome.target) == nil)
        details?(outcome.target, network.detail(of: outcome))
      }
    }
    return try probes.indices.map { try #require(outcomes[$0]) }
  }

  private func check(
    _ url: String, _ expected: Failure?, statuses: [ClosedRange<Int>] = [200...399],
    location: SourceLocation = #_sourceLocation
  ) throws {
    var probe = Probe(url: url, timeout: .milliseconds(300))
    probe.settings.expectation.statuses = statuses
    var detail: Detail?
    let observation = try outcomes([probe]) { detail = $1 }[0]
    switch observation.outcome {
    case .answered(let milliseconds):
      #expect(expected == nil, sourceLocation: location)
      #expect(milliseconds ?? 0 > 0, sourceLocation: location)
    case .failed(let failure):
      #expect(failure == expected, "\(detail?.sentence ?? "")", sourceLocation: location)
      #expect(detail?.sentence?.isEmpty == false, sourceLocation: location)
    case .prevented(let trouble):
      Issue.record("\(trouble): \(detail?.sentence ?? "")", sourceLocation: location)
    }
  }

  @Test func tellsAnswersFromFailures() throws {
    let hello = try Server(.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"))
    defer { withExtendedLifetime(hello) {} }
    let missing = try Server(.answering("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))
    defer { withExtendedLifetime(missing) {} }
    let silent = try Server(.silent)
    defer { withExtendedLifetime(silent) {} }
    let resetting = try Server(.resetting)
    defer { withExtendedLifetime(resetting) {} }
    let closing = try Server(.closing)
    defer { withExtendedLifetime(closing) {} }
    let junk = try Server(.answering("\u{0}\u{1}\u{2} this is no HTTP\r\n\r\n"))
    defer { withExtendedLifetime(junk) {} }
    let closed = try Server(.closed)
    defer { withExtendedLifetime(closed) {} }

    try check("http://127.0.0.1:\(hello.port)/", nil)
    try check("http://localhost:\(hello.port)/", nil)
    try check("http://127.0.0.1:\(missing.port)/", .status)
    try check("http://127.0.0.1:\(missing.port)/", nil, statuses: [200...200, 404...404])
    try check("http://127.0.0.1:\(silent.port)/", .timeout)
    try check("http://127.0.0.1:\(resetting.port)/", .reset)
    try check("http://127.0.0.1:\(closing.port)/", .reset)
    for scheme in ["https", "tls", "dns+tcp"] {
      let question = scheme == "dns+tcp" ? "x" : ""
      try check("\(scheme)://127.0.0.1:\(closing.port)/\(question)", .reset)
    }
    try check("http://127.0.0.1:\(junk.port)/", .other)
    try check("http://127.0.0.1:\(closed.port)/", .refused)
    try check("http://no-such-host.invalid/", .resolve)
    try check("https://127.0.0.1:\(hello.port)/", .tls)
    try check("https://127.0.0.1:\(silent.port)/", .timeout)
    try check("tcp://127.0.0.1:\(silent.port)", nil)
    try check("tcp://127.0.0.1:\(closed.port)", .refused)
    try check("tls://127.0.0.1:\(hello.port)", .tls)
    try check("tls://127.0.0.1:\(closed.port)", .refused)
  }

  /// Libcurl keeps the system's last error; it must not colour what another probe finds.
  @Test func forgetsTheErrorsOfOtherProbes() throws {
    let hello = try Server(.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"))
    defer { withExtendedLifetime(hello) {} }
    let closed = try Server(.closed)
    defer { withExtendedLifetime(closed) {} }
    let network = try LiveNetwork(
      probes: [
        0: Probe(url: "tcp://127.0.0.1:\(closed.port)"),
        1: Probe(url: "https://127.0.0.1:\(hello.port)/"),
      ])
    for (target, expected) in [(0, Failure.refused), (1, .tls), (0, .refused), (1, .tls)] {
      network.send(Schedule.Turn(target: target, due: network.now), after: nil)
      var outcomes: [Observation] = []
      while outcomes.isEmpty { outcomes = network.wait(until: network.now + .seconds(10)) }
      #expect(outcomes.map(\.outcome) == [.failed(expected)], "\(outcomes)")
    }
  }

  @Test func stopsReadingAnEndlessAnswer() throws {
    let endless = try Server(.endless("HTTP/1.1 200 OK\r\n\r\n"))
    defer { withExtendedLifetime(endless) {} }
    try check("http://127.0.0.1:\(endless.port)/", nil)
  }

  @Test func stopsReadingAnEndlessHead() throws {
    let flooding = try Server(.repeating("HTTP/1.1 200 OK\r\n", "X-Y: z\r\n"))
    defer { withExtendedLifetime(flooding) {} }
    try check("http://127.0.0.1:\(flooding.port)/", .other)
    let dripping = try Server(.dripping("HTTP/1.1 200 OK\r\nX: y"))
    defer { withExtendedLifetime(dripping) {} }
    for scheme in ["http", "ftp", "smtp", "imap"] {
      try check("\(scheme)://127.0.0.1:\(dripping.port)/", .timeout)
    }
  }

  @Test func probesManyAtOnce() throws {
    let hello = try Server(.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"))
    defer { withExtendedLifetime(hello) {} }
    let silent = try Server(.silent)
    defer { withExtendedLifetime(silent) {} }
    let probes = (0..<300).map { number in
      let port = number % 3 == 0 ? silent.port : hello.port
      return Probe(url: "http://127.0.0.1:\(port)/", timeout: .seconds(2))
    }
    for (number, observation) in try outcomes(probes).enumerated() {
      #expect(observation.outcome.isAnswered == (number % 3 != 0), "\(observation)")
    }
    #expect(hello.connections == 200)
  }

  @Test func opensAConnectionForEachProbe() throws {
    let hello = try Server(.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"))
    defer { withExtendedLifetime(hello) {} }
    let probe = Probe(url: "http://127.0.0.1:\(hello.port)/", timeout: .seconds(2))
    let network = try LiveNetwork(probes: [0: probe])
    for _ in 0..<20 {
      network.send(Schedule.Turn(target: 0, due: network.now), after: nil)
      while network.oldestInFlight != nil {
        _ = network.wait(until: network.now + .seconds(5))
      }
    }
    #expect(hello.connections == 20)
  }

  @Test func waitsUntilTheDeadlineAndNoLonger() throws {
    let silent = try Server(.silent)
    defer { withExtendedLifetime(silent) {} }
    let probe = Probe(url: "http://127.0.0.1:\(silent.port)/", timeout: .seconds(5))
    let network = try LiveNetwork(probes: [0: probe])
    network.send(Schedule.Turn(target: 0, due: network.now), after: nil)
    let deadline = network.now + .milliseconds(50)
    #expect(network.wait(until: deadline).isEmpty)
    #expect(network.now >= deadline)
    // The probe is still in flight: nobody waited for it.
    #expect(network.oldestInFlight != nil)
  }

  /// A prober that was stopped has heard nobody, says so of nobody, and goes on.
  @Test func aStallIsOurs() throws {
    let silent = try Server(.silent)
    defer { withExtendedLifetime(silent) {} }
    let probe = Probe(url: "http://127.0.0.1:\(silent.port)/", timeout: .milliseconds(100))
    let network = try LiveNetwork(probes: [0: probe])
    network.send(Schedule.Turn(target: 0, due: network.now), after: nil)
    // The stall itself: longer than the timeout, and than what any scheduler explains.
    usleep(1_200_000)
    #expect(network.wait(until: network.now + .hours(1)).isEmpty)
    #expect(network.oldestInFlight == nil && network.unobserved == 1)
    #expect(network.takeLapse() == .overload)
  }

  @Test func wakesWhenItIsCalled() throws {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    let network = try LiveNetwork(probes: [:], wakeOn: ends[0])
    let deadline = network.now + .hours(1)
    #expect(write(ends[1], "!", 1) == 1)
    #expect(network.wait(until: deadline).isEmpty)
    #expect(network.now < deadline)
  }

  @Test func speaksWhatLibcurlSpeaks() {
    #expect(LiveNetwork.schemes.isSuperset(of: ["http", "https", "tcp", "tls", "ftp"]))
  }
}

extension LiveNetwork {
  fileprivate func wait(until deadline: Instant) -> [Observation] {
    var outcomes: [Observation] = []
    wait(until: deadline, &outcomes)
    return outcomes
  }
}

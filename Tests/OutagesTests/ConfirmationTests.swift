import Testing

@testable import Outages

@Suite struct ConfirmationTests {
  private let start = Instant(milliseconds: 0)

  /// The seconds at which a doubt that lasts is asked about, one probe answered by the next.
  private func asks(every: Duration) -> [Int64] {
    var confirmation = Confirmation(intervals: [every])
    var asks: [Int64] = []
    var now = start
    while let due = confirmation.due(0, isInDoubt: true, sent: now, every: every, now: now) {
      asks.append((due - start).milliseconds / 1000)
      now = due
    }
    return asks
  }

  @Test(
    arguments: [
      (30, [1, 3, 7, 15]), (60, [1, 3, 7, 15, 31]), (300, [1, 3, 7, 15, 31, 63, 127]),
      (10, [1, 3, 7]), (5, [1, 3]), (2, [1]), (1, []),
    ] as [(Int64, [Int64])])
  func backsOffAndStaysWithinTheInterval(_ every: Int64, _ expected: [Int64]) {
    #expect(asks(every: .seconds(every)) == expected)
  }

  @Test func asksNothingWithoutDoubt() {
    var confirmation = Confirmation(intervals: [.seconds(30)])
    let due = confirmation.due(
      0, isInDoubt: false, sent: start, every: .seconds(30), now: start)
    #expect(due == nil)
  }

  @Test func beginsAnewWithTheNextTurn() {
    var confirmation = Confirmation(intervals: [.seconds(30)])
    for turn in 0..<3 {
      let now = start + .seconds(30 * Int64(turn))
      let due = confirmation.due(0, isInDoubt: true, sent: now, every: .seconds(30), now: now)
      #expect(due == now + .seconds(1))
    }
  }

  /// Ten thousand targets fall in one second: no storm.
  @Test func isBoundedForAllTogether() {
    let every = Duration.seconds(60)
    var confirmation = Confirmation(intervals: Array(repeating: every, count: 10_000))
    let asked = (0..<10_000).count { target in
      let now = start + .milliseconds(Int64(target) / 10)
      return confirmation.due(target, isInDoubt: true, sent: now, every: every, now: now) != nil
    }
    #expect((1000...1100).contains(asked))
  }
}

@Suite struct DependencyTests {
  private let start = Instant(milliseconds: 1_419_264_000_000)

  /// A router and a server behind it, probed every five minutes, both down for an hour; the router's
  /// return is seen at zero. The outcomes of the server's probes follow, by their seconds.
  private func monitor(behind: Bool = true, then probes: [(seconds: Int64, isAnswered: Bool)] = [])
    -> Monitor
  {
    let every = Duration.minutes(5)
    let server = Target(name: "server", every: every, behind: behind ? "router" : nil)
    var monitor = Monitor(
      session: Session(targets: [Target(name: "router", every: every), server]))
    func observe(_ target: Int, _ seconds: Int64, _ isAnswered: Bool) {
      let outcome = isAnswered ? Outcome.answered(milliseconds: 20) : .failed(.timeout)
      let time = start + .seconds(seconds)
      _ = monitor.observe(Observation(time: time, target: target, outcome: outcome))
    }
    for turn in Int64(-200)..<(-12) { for target in 0...1 { observe(target, turn * 300, true) } }
    for turn in Int64(-12)...(-1) { for target in 0...1 { observe(target, turn * 300, false) } }
    for second in [Int64(-2), 0] { observe(0, second, true) }
    for probe in probes { observe(1, probe.seconds, probe.isAnswered) }
    return monitor
  }

  @Test func asksWhoIsBehindWhatReturned() {
    #expect(monitor().worthAsking == [1])
    #expect(monitor(behind: false).worthAsking == [])
    var confirmation = Confirmation(intervals: [.minutes(5), .minutes(5)])
    let returned = Observation(time: start, target: 0, outcome: .answered(milliseconds: 20))
    let asks = confirmation.asks(
      after: returned, isInDoubt: false, others: monitor().worthAsking, now: start
    ) { _ in .minutes(5) }
    #expect(asks.map(\.target) == [1] && asks.map(\.due) == [start + .seconds(1)])
  }

  @Test func asksUntilItSpeaksForItself() {
    #expect(monitor(then: [(2, false)]).isInDoubt)
    #expect(monitor(then: [(2, false), (298, false)]).isInDoubt)
    // By now it is down on its own.
    #expect(!monitor(then: [(2, false), (305, false)]).isInDoubt)
    #expect(!monitor(behind: false, then: [(2, false)]).isInDoubt)
  }

  @Test func tellsAReturnAsItWas() throws {
    let timeline = try #require(monitor(then: [(2, true), (4, true), (6, true)]).timeline())
    let child = try #require(timeline.episodes.first { $0.scope == .target("server") })
    #expect(child.parent != nil && child.end?.latest == start + .seconds(2))
  }
}

@Suite struct SentinelTests {
  /// What is worth asking after the last column: each row's probes, a second after one another.
  private func asked(_ rows: KeyValuePairs<String, String>) -> [String] {
    var session = Strip.session(rows.map(\.key), sustained: .minutes(2))
    for name in rows.map(\.key) where name.hasPrefix("s") {
      session.add(Target(name: name, every: Strip.every, isSentinel: true))
    }
    var monitor = Monitor(session: session)
    for observation in Strip.observations(rows.map { Array($0.value) }) {
      _ = monitor.observe(observation)
    }
    return monitor.worthAsking.map { monitor.session.targets[$0].name }
  }

  @Test func oneIsAskedWhenATargetBeginsToFail() {
    // It may be our own uplink: the one that has been silent for longest knows least.
    #expect(asked(["s1": "......", "s2": ".....", "web": ".....x"]) == ["s2"])
    #expect(asked(["s1": "......", "s2": "......", "web": "......"]) == [])
    #expect(asked(["s1": "......", "s2": "......", "web": ".....xx"]) == [])
    // Nobody to ask, and one that is in doubt itself.
    #expect(asked(["web": ".....x"]) == [])
    #expect(asked(["s1": ".....x", "web": ".....x"]) == [])
    // One that nobody probes any more.
    #expect(asked(["s1": ".....", "s2": ".", "web": ".....x"]) == ["s1"])
    // A sentinel that fails is held against another.
    #expect(asked(["s1": ".....", "web": ".....", "s2": ".....x"]) == ["s1"])
  }

  /// Until it is heard one is asked but once, however many make it worth asking.
  @Test func oneIsAskedOnceUntilItIsHeard() {
    let now = Instant(milliseconds: 0)
    var confirmation = Confirmation(intervals: Array(repeating: .seconds(30), count: 20))
    func asks(_ target: Int, isInDoubt: Bool, others: [Int]) -> [Int] {
      confirmation.asks(
        after: Observation(time: now, target: target, outcome: .failed(.timeout)),
        isInDoubt: isInDoubt, others: others, now: now
      ) { _ in .seconds(30) }.map(\.target)
    }
    #expect(asks(1, isInDoubt: true, others: [0]) == [0, 1])
    #expect(asks(2, isInDoubt: true, others: [0]) == [2])
    #expect(asks(0, isInDoubt: false, others: []) == [])
    #expect(asks(3, isInDoubt: true, others: [0]) == [0, 3])
  }
}

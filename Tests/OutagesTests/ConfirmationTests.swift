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
      (30, [2, 6, 14]), (60, [2, 6, 14, 30]), (300, [2, 6, 14, 30, 62, 126, 254]), (10, [2, 6]),
      (5, [2]),
      (2, []),
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
      #expect(due == now + .seconds(2))
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
    #expect(monitor().released == [1])
    #expect(monitor(behind: false).released == [])
    var confirmation = Confirmation(intervals: [.minutes(5), .minutes(5)])
    let returned = Observation(time: start, target: 0, outcome: .answered(milliseconds: 20))
    let asks = confirmation.asks(
      after: returned, isInDoubt: false, released: monitor().released, now: start
    ) { _ in .minutes(5) }
    #expect(asks.map(\.target) == [1] && asks.map(\.due) == [start + .seconds(2)])
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

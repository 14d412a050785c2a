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

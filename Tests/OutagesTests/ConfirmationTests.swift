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

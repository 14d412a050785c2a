import Testing

@testable import Outages

/// When the first of several members fell, drawn: each row is a member's probes, a column apart, the
/// first `.` before the first `x` its last answer before it fell.
@Suite struct FrontTests {
  private let every = Duration.seconds(10)

  private func column(_ column: Int) -> Instant {
    Instant(milliseconds: Int64(column) * every.milliseconds)
  }

  /// The columns after which and by which the first fell.
  private func first(_ rows: [String], lossRate: Double) -> [Int]? {
    var front = Front()
    for row in rows {
      let cells = Array(row)
      guard let fall = cells.firstIndex(of: "x"), let good = cells[..<fall].lastIndex(of: ".")
      else {
        continue
      }
      front.add(
        Bounds(earliest: column(good), latest: column(fall)), lossRate: lossRate, every: every * 5)
    }
    guard let first = front.first, let earliest = first.earliest else { return nil }
    return [earliest, first.latest].map { Int($0.milliseconds / every.milliseconds) }
  }

  @Test func isTheEarliestOfThose() {
    #expect(first([". .x", "...x", "..x"], lossRate: 0) == [1, 2])
    #expect(first([], lossRate: 0) == nil)
  }

  /// One member, probed every fifth column, fails before others answer: by chance, if it loses often enough.
  @Test(arguments: [(0.001, [3, 8]), (0.01, [3, 14])])
  func mayBeALossByChance(_ lossRate: Double, _ expected: [Int]) {
    let rows = [
      "   .    x    x    x", "    .    .    x", ".    .    .    x", " .    .    .    x",
    ]
    #expect(first(rows, lossRate: lossRate) == expected)
  }

  /// What was declared had begun.
  @Test func beginsNotAfterItWasDeclared() throws {
    func fall(_ good: Int, _ failed: Int) -> Interruption {
      Interruption(.timeout, at: column(failed), lastGood: column(good))
    }
    var event = try #require(
      GroupEvent([(0, fall(0, 1))], declared: column(3), lossRate: { _ in 0.1 }, every: every * 5))
    for member in 1...3 {
      event.join(member, fall(2, member + 4), lossRate: 0.1, every: every * 5)
    }
    #expect(event.start == Bounds(earliest: column(0), latest: column(3)))
  }

  @Test func isNoChanceWhereFallsAreStaggered() {
    // No one instant is within the bounds of all but one.
    #expect(first([".x", "....x", "........x", "............x"], lossRate: 0.05) == [0, 1])
    // Nor may it be more than a probe off.
    #expect(first([".x", "..........x", "..........x"], lossRate: 0.05) == [0, 1])
    // Of two, nobody can say which it was.
    #expect(first([".  x", ".    .  x"], lossRate: 0.05) == [0, 3])
  }

  @Test func doesNotHangOnTheOrder() {
    // The last of these refutes that all but the first fell at once.
    let rows = [
      "   .    x", "    .         x", ".    .    .    x", "          .      x",
      " . .  .  . . . . .   x",
    ]
    for shift in rows.indices {
      let turned = Array(rows[shift...] + rows[..<shift])
      #expect(first(turned, lossRate: 0.01) == first(rows, lossRate: 0.01), "\(shift)")
      #expect(first(turned.reversed(), lossRate: 0.01) == first(rows, lossRate: 0.01), "\(shift)")
    }
  }

  @Test func aReturnIsAFallSeenBackwards() {
    let bounds = Bounds(earliest: column(3), latest: column(5))
    #expect(bounds.reversed?.reversed == bounds)
    #expect(bounds.reversed.map { $0.latest } == Instant(milliseconds: -30_000))
    #expect(Bounds(earliest: nil, latest: column(5)).reversed == nil)
  }
}

import Testing

@testable import Outages

/// Sets of instants against sets of bits: every pair of subsets of seven instants.
@Suite struct SpansTests {
  private let width = 7

  private func spans(_ bits: Int) -> Spans {
    Spans((0..<width).filter { bits >> $0 & 1 == 1 }.map { instant($0)..<instant($0 + 1) })
  }

  private func bits(_ spans: Spans) -> Int {
    (0..<width).reduce(0) { bits, index in
      let isIn = spans.ranges.contains { $0.contains(instant(index)) }
      return bits | (isIn ? 1 << index : 0)
    }
  }

  private func instant(_ n: Int) -> Instant { Instant(milliseconds: Int64(n)) }

  @Test func agreesWithBits() {
    let whole = instant(0)..<instant(width)
    for a in 0..<1 << width {
      #expect(bits(spans(a)) == a)
      #expect(spans(a).total == .milliseconds(Int64(a.nonzeroBitCount)))
      #expect(bits(spans(a).complement(in: whole)) == ~a & (1 << width - 1))
      for b in 0..<1 << width {
        #expect(spans(a).union(spans(b)) == spans(a | b))
        #expect(spans(a).intersection(spans(b)) == spans(a & b))
        #expect(spans(a).subtracting(spans(b)) == spans(a & ~b))
      }
      for from in 0...width {
        for to in from...width {
          let bits = (0..<width).count { a >> $0 & 1 == 1 && from <= $0 && $0 < to }
          #expect(spans(a).total(in: instant(from)..<instant(to)) == .milliseconds(Int64(bits)))
        }
      }
    }
  }
}

import Testing

@testable import Outages

/// Lasting changes of how a target is, against its usual.
@Suite struct LevelTests {
  /// What the detector makes of a target that loses so much after a while, and again nothing at the end.
  private func told(loss: Double, seed: UInt64, _ before: String = "") -> [Episode] {
    var draws = Draws(seed: seed)
    let rows = [
      String(repeating: ".", count: 2000) + before
        + String((0..<9000).map { _ in draws.isTrue(loss) ? "x" : "." })
        + String(repeating: ".", count: 400)
    ]
    var monitor = Monitor(session: Strip.session(["a"], sustained: .minutes(5)))
    for observation in Strip.observations(rows.map(Array.init)) { _ = monitor.observe(observation) }
    return (monitor.timeline()?.episodes ?? []).filter { $0.parent == nil }
  }

  /// Three days of one loss are a brown-out, perhaps with a lull, and the new usual after a day.
  @Test(arguments: [0.2, 0.4, 0.6]) func aLastingLossBecomesTheUsual(_ loss: Double) throws {
    for seed in 1...4 {
      let degraded = told(loss: loss, seed: UInt64(seed)).filter { $0.kind == .degraded }
      let first = try #require(degraded.first)
      let length = try #require(degraded.last?.end).latest - first.declared
      #expect(degraded.count <= 2 && abs((length - .days(1)).seconds) < 60, "seed \(seed)")
    }
  }

  /// Whatever began while nobody watched began after what was seen last.
  @Test func aBrownOutAfterAHoleHasBounds() throws {
    let episodes = told(loss: 0.5, seed: 5, String(repeating: "_", count: 60))
    let start = try #require(episodes.first { $0.kind == .degraded }).start
    let earliest = try #require(start.earliest)
    #expect(earliest >= Strip.instant(1999) && start.latest >= Strip.instant(2060))
  }

  /// Who has had none for a week is unstable at a blip in two hours.
  @Test func aSlowBeatIsOneOfATargetWithoutBlips() {
    let beat = String(repeating: "xxxxxxx" + String(repeating: ".", count: 233), count: 12)
    let row = String(repeating: ".", count: 20_000) + beat + String(repeating: ".", count: 2000)
    var monitor = Monitor(session: Strip.session(["a"], sustained: .minutes(5)))
    for observation in Strip.observations([Array(row)]) { _ = monitor.observe(observation) }
    let told = (monitor.timeline()?.episodes ?? []).filter { $0.parent == nil }
    #expect(told.map(\.kind) == [.instability])
  }
}

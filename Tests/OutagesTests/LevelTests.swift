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

  /// Slow answers that end end as soon at ten seconds as at thirty, before any probe is lost.
  @Test func slowAnswersEnd() throws {
    let session = Session(targets: [Target(name: "a", every: .seconds(10))])
    var monitor = Monitor(session: session)
    for number in 0..<1000 {
      let milliseconds = (300..<500).contains(number) ? 200.0 : 20
      _ = monitor.observe(
        Observation(
          time: Strip.start + .seconds(10) * Double(number), target: 0,
          outcome: .answered(milliseconds: milliseconds)))
    }
    let told = try #require(monitor.timeline()).episodes
    #expect(told.map(\.kind) == [.degraded] && told.allSatisfy { $0.end != nil })
  }

  /// A day of one level does not make another usual hours later.
  @Test func aSecondBrownOutIsNoPartOfTheFirst() {
    var draws = Draws(seed: 7)
    func row(_ loss: Double, _ count: Int) -> String {
      String((0..<count).map { _ in draws.isTrue(loss) ? "x" : "." })
    }
    let first = row(0, 2000) + row(0.3, 2950) + row(0, 360)
    let rows = [Array(first + row(0.6, 1440) + row(0, 400))]
    var monitor = Monitor(session: Strip.session(["a"], sustained: .minutes(5)))
    for observation in Strip.observations(rows) { _ = monitor.observe(observation) }
    let later = (monitor.timeline()?.episodes ?? [])
      .filter { $0.kind == .degraded && $0.start.latest > Strip.instant(first.count - 100) }
      .map { $0.likelySpan(now: Strip.instant(7200)) }
    let length = later.reduce(Duration.zero) { $0 + ($1.upperBound - $1.lowerBound) }
    #expect(length > .hours(11))
  }
}

import Testing

@testable import Outages

@Suite struct UsualRateTests {
  private let start = Instant(milliseconds: 0)

  @Test func standsForTwoADayWithoutHistory() {
    #expect(abs(UsualRate().perSecond * 86_400 - 2) < 1e-9)
  }

  /// With Gamma(1, 12 h): E[C(N, m)] = (w / 12 h)^m, since 1·2·…·m / m! = 1.
  @Test(arguments: [(1, 0.5), (2, 0.25), (3, 0.125)])
  func expectsFactorialMoments(_ further: Int, _ expected: Double) {
    let found = UsualRate().expected(further: further, within: .hours(6))
    #expect(abs(found - expected) < 1e-9)
  }

  /// Gamma(1 + 9, 12 h + 108 h), without three of the nine: 7 · 8 / 2 · (w / 120 h)².
  @Test func leavesOutWhatIsTried() {
    var rate = UsualRate()
    rate.watch(from: start, until: start + .hours(108))
    rate.learn(9)
    let expected = 28 * (12.0 / 120) * (12.0 / 120)
    #expect(abs(rate.expected(further: 2, within: .hours(12), without: 3) - expected) < 1e-9)
  }

  @Test func forgetsSlowly() {
    var rate = UsualRate()
    rate.learn(60)
    for day in 1...365 { rate.watch(from: start, until: start + .days(Int64(day))) }
    // Sixty blips of a year ago are hardly remembered; the rate is that of a calm year.
    #expect(rate.perSecond * 86_400 < 0.1)
  }
}

@Suite struct BurstsTests {
  /// What a target that answers so many of its probes shows of bursts by such runs.
  private func bursts(
    _ runs: [(losses: Int32, calm: Int)], times: Int, reliability: Double = 0.98
  ) -> Bursts {
    var bursts = Bursts()
    for _ in 0..<times {
      for run in runs {
        bursts.begin(reliability)
        bursts.end(losses: run.losses, hadStrays: false, answers: 1, reliability)
        for _ in 0..<run.calm { bursts.calm(reliability) }
      }
    }
    return bursts
  }

  @Test func knowsRunsThatCrumble() {
    // A run of three, one answer, another loss, then calm: what Gilbert and Elliott's links do.
    #expect(bursts([(3, 0), (1, 90)], times: 10).likelihood > 0.9)
  }

  @Test func knowsInterruptionsThatEndCleanly() {
    #expect(bursts([(4, 90)], times: 50).likelihood < 0.001)
  }

  @Test func takesIndependentLossesForWhatTheyAre() {
    // A target that loses a third of its probes has runs close together by chance alone.
    let runs: [(Int32, Int)] = [(1, 1), (2, 2), (1, 0), (1, 3)]
    #expect(bursts(runs, times: 50, reliability: 0.67).likelihood < 0.1)
  }

  @Test func learnsHowLikelyALossContinues() {
    // Of each run of four, three losses follow another one; those of this run count too.
    let bursts = bursts([(4, 90)], times: 40)
    #expect(abs(bursts.continuation(after: 0) - 120.5 / 165) < 0.001)
    #expect(bursts.continuation(after: 10) > bursts.continuation(after: 0))
  }
}

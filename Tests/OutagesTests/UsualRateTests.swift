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
    var line = Line()
    return bursts(runs, times: times, reliability: reliability, over: &line)
  }

  /// The same of a target reached over this line, `after` the others' so many seconds.
  private func bursts(
    _ runs: [(losses: Int32, calm: Int)], times: Int, reliability: Double = 0.98,
    over line: inout Line, after: Int64 = 0
  ) -> Bursts {
    var bursts = Bursts()
    var time = Instant(milliseconds: after * 1000)
    for _ in 0..<times {
      for run in runs {
        bursts.begin(reliability, at: time, every: .seconds(30), &line)
        bursts.end(losses: run.losses, hadStrays: false, answers: 1, reliability)
        for _ in 0..<run.calm { bursts.calm(reliability) }
        time = time + .seconds(30) * Double(Int(run.losses) + 1 + run.calm)
      }
    }
    return bursts
  }

  @Test func knowsRunsThatCrumble() {
    // A run of three, one answer, another loss, then calm: what Gilbert and Elliott's links do.
    #expect(bursts([(3, 0), (1, 90)], times: 10).likelihood > 0.9)
  }

  /// Where many targets so far lose in bursts it is the line, and the next is judged by that; where only one
  /// does, or many did at one time, or the others end their runs cleanly, it is not.
  @Test func expectsOfATargetWhatTheLineDoesToMany() {
    func next(
      after others: [(losses: Int32, calm: Int)], times: Int = 3, of count: Int64 = 5,
      apart: Int64 = 100_000
    ) -> Double {
      var line = Line()
      for index in 0..<count {
        _ = bursts(others, times: times, over: &line, after: index * apart)
      }
      return bursts([(3, 90)], times: 1, over: &line, after: 1_000_000).likelihood
    }
    let crumbling: [(losses: Int32, calm: Int)] = [(3, 0), (1, 90)]
    #expect(next(after: crumbling) > 0.3)
    #expect(next(after: crumbling, times: 100, of: 1) < 0.02)
    #expect(next(after: crumbling, times: 1, of: 20, apart: 0) < 0.02)
    #expect(next(after: [(3, 90)]) < 0.01)
    // What a target has said itself it is not told again.
    #expect(bursts(crumbling, times: 1).likelihood < 0.03)
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
    // Of each run of two, one loss follows another one; those of this run count too.
    let short = bursts([(2, 90)], times: 40)
    #expect(abs(short.continuation(after: 0) - 40.5 / 85) < 0.001)
    #expect(short.continuation(after: 10) > short.continuation(after: 0))
    // What goes on more surely is none.
    #expect(bursts([(8, 90)], times: 40).continuation(after: 0) == 0.7)
  }
}

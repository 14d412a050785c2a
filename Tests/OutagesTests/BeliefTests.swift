import Testing

@testable import Outages

@Suite struct BeliefTests {
  /// The belief that many answers leave, with a reliability learned from one answer in `every`
  /// lost.
  private func belief(losing every: Int?, after probes: Int = 20_000) -> Belief {
    var belief = Belief()
    for probe in 1...probes {
      let isLost = every.map { probe % $0 == 0 } ?? false
      belief.update(answered: !isLost, detection: Detection())
    }
    // A single loss makes us careful for some probes; these are over.
    for _ in 0..<30 { belief.update(answered: true, detection: Detection()) }
    return belief
  }

  private func lossesToDown(_ belief: Belief) -> Int {
    var belief = belief
    for losses in 1...100 {
      belief.update(answered: false, detection: Detection())
      if belief.up < Detection().down { return losses }
    }
    return .max
  }

  /// Probes needed from B = 0.99 to B < 0.1 with |b| = 256: what Trinocular's formula gives.
  @Test(arguments: [(nil, 2), (1000, 2), (20, 3), (10, 3), (5, 5), (3, 7)] as [(Int?, Int)])
  func needsMoreLossesOfATargetThatLosesMore(_ every: Int?, _ losses: Int) {
    #expect(lossesToDown(belief(losing: every)) == losses)
  }

  @Test func judgesANewTargetAfterTwoLosses() { #expect(lossesToDown(Belief()) == 2) }

  @Test func returnsAfterTwoAnswers() {
    var belief = belief(losing: nil)
    for _ in 0..<1000 { belief.update(answered: false, detection: Detection()) }
    #expect(abs(belief.up - 0.01) < 1e-6)
    belief.update(answered: true, detection: Detection())
    #expect(belief.up < Detection().up)
    belief.update(answered: true, detection: Detection())
    #expect(belief.up > Detection().up)
  }

  @Test func learnsNothingFromAnOutage() {
    var belief = belief(losing: nil)
    let before = belief.reliability
    for _ in 0..<500 { belief.update(answered: false, detection: Detection()) }
    #expect(belief.reliability == before)
  }

  /// A target that loses three in ten from its first probe on is no better one that is degraded.
  @Test func learnsThatATargetIsBad() throws {
    var degraded = Duration.zero
    for seed in UInt64(1)...20 {
      var draws = Draws(seed: seed)
      var monitor = Monitor(session: Strip.session(["a"], sustained: .minutes(5)))
      for column in 0..<5000 {
        let isAnswered = !draws.isTrue(0.3)
        _ = monitor.observe(
          Observation(
            time: Strip.instant(column), target: 0,
            outcome: isAnswered ? .answered(milliseconds: 20) : .failed(.timeout)))
      }
      let timeline = try #require(monitor.timeline())
      for episode in timeline.episodes where episode.kind == .degraded {
        let span = episode.likelySpan(now: timeline.span.upperBound)
        degraded += span.upperBound - span.lowerBound
      }
    }
    #expect(degraded.seconds / (Strip.every * 5000 * 20).seconds < 0.01)
  }

  /// A target that loses one in a thousand, probed every five minutes, is out after two losses.
  @Test func twoLossesProveAnOutageOfOneThatLosesOneInAThousand() throws {
    let session = Session(targets: [Target(name: "a", every: .minutes(5))])
    var prompt = 0
    for seed in UInt64(1)...20 {
      var draws = Draws(seed: seed)
      var monitor = Monitor(session: session)
      for number in 0..<8000 {
        let isLost = number >= 7990 || draws.isTrue(0.001)
        _ = monitor.observe(
          Observation(
            time: Strip.start + .minutes(5) * Double(number), target: 0,
            outcome: isLost ? .failed(.timeout) : .answered(milliseconds: 20)))
      }
      let outage = try #require(monitor.timeline()?.episodes.last { $0.kind == .outage })
      if outage.declared - outage.start.latest == .minutes(5) { prompt += 1 }
    }
    // Few had worse luck before.
    #expect(prompt >= 18)
  }

  @Test func learnsTheShareOfAnswers() {
    #expect(abs(belief(losing: 5).reliability - 0.8) < 0.02)
    #expect(abs(belief(losing: 3).reliability - 0.67) < 0.02)
  }
}

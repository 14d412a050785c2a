import Testing

@testable import Outages

/// What it takes to be told as an outage, and what the bounds of one are, where probes are lost by
/// chance.
@Suite struct ProofTests {
  private let start = Instant(milliseconds: 1_419_264_000_000)

  /// A target that is probed every five minutes, for ten days `pattern` over and over, and then, so
  /// many seconds after its last turn, answers (true) or fails.
  private func monitor(
    after pattern: String = ".", then probes: [(seconds: Int64, isAnswered: Bool)]
  ) -> Monitor {
    let every = Duration.minutes(5)
    var monitor = Monitor(session: Session(targets: [Target(name: "a", every: every)]))
    func observe(_ time: Instant, _ isAnswered: Bool) {
      let outcome = isAnswered ? Outcome.answered(milliseconds: 20) : .failed(.timeout)
      _ = monitor.observe(Observation(time: time, target: 0, outcome: outcome))
    }
    let cells = Array(pattern)
    var time = start
    for turn in 0..<2880 {
      time = start + every * Double(turn)
      observe(time, turn == 2879 || cells[turn % cells.count] == ".")
    }
    for probe in probes { observe(time + .seconds(probe.seconds), probe.isAnswered) }
    return monitor
  }

  private func seconds(_ instant: Instant?) -> Int64? {
    instant.map { ($0 - start - .minutes(5) * 2879).milliseconds / 1000 }
  }

  private func last(_ monitor: Monitor) -> Interruption? { monitor.tracks[0].reachability.open }

  private func failed(_ seconds: [Int64]) -> [(seconds: Int64, isAnswered: Bool)] {
    seconds.map { ($0, false) }
  }

  @Test func oneThatIsAskedMustBeMoreThanABrownOut() {
    // Probed in its turns alone it is an outage at the second that fails; with a few losses out of turn
    // between, there could be more and are not yet.
    #expect(last(monitor(then: failed([300, 600, 900])))?.kind == .outage)
    let few = failed([300, 302, 306, 600, 602])
    #expect(last(monitor(then: few))?.kind == .blip)
    #expect(monitor(then: few).isInDoubt)
    let many = failed([300, 302, 306, 314, 330, 362, 426, 554, 600, 602, 606])
    #expect(last(monitor(then: many))?.kind == .outage)
    #expect(!monitor(then: many).isInDoubt)
    // Nobody may be left to ask: it is not waited for ever.
    #expect(last(monitor(then: failed([300, 302, 306, 600, 900])))?.kind == .outage)
  }

  /// A few stray losses just before make no brown-out of it.
  @Test(arguments: ["x.x.", "x.x..", "x..x.", ".x.xx.", "xx.x.", "xx.xx."])
  func anOutageMayFollowStrayLosses(_ strays: String) throws {
    for every in [Duration.seconds(30), .seconds(60), .seconds(90), .minutes(2), .minutes(5)] {
      let monitor = Strip.watch("300. \(strays) 20x 30.", every: every).0
      let told = try #require(monitor.timeline()).episodes.filter { $0.kind == .outage }
      #expect(told.count == 1, "\(strays) every \(every)")
    }
  }

  @Test func isAskedAboutWhileItsLossesProveNothing() {
    // Of a target that loses a third, five losses in ten minutes are chance.
    let losing = monitor(after: "..x", then: failed([300, 600, 900, 901, 902]))
    #expect(losing.isInDoubt && last(losing)?.kind == .blip)
    let answered = monitor(then: [(300, true)])
    #expect(!answered.isInDoubt)
  }

  @Test func keepsAReserveAtBothEndsWhereManyAreLost() {
    let turns = failed(Array(stride(from: 300, through: 6000, by: 300)))
    let solid = last(monitor(then: turns))
    #expect(seconds(solid?.surelyDown) == 300 && seconds(solid?.surelyStill) == 6000)
    // A third to the fifth is less than one in a hundred: four may be chance at each end.
    let losing = last(monitor(after: "..x", then: turns))
    #expect(seconds(losing?.surelyDown) == 1500)
    #expect(seconds(losing?.surelyStill) == 4800)
    // Probes out of turn make the reserve short in time.
    let asked = last(monitor(after: "..x", then: turns + failed([6002, 6006, 6014, 6030])))
    #expect(seconds(asked?.surelyStill) == 6000)
  }

  @Test func mayHaveBegunBeforeAStrayAnswer() {
    let probes: [(Int64, Bool)] = [(300, false), (302, true), (600, false), (900, false)]
    let lone = monitor(then: probes).tracks[0].interruption
    #expect(seconds(lone?.start.earliest) == 0 && seconds(lone?.start.latest) == 600)
    // Two answers are none.
    let calm: [(Int64, Bool)] = [
      (300, false), (302, true), (600, true), (900, false), (1200, false),
    ]
    #expect(seconds(monitor(then: calm).tracks[0].interruption?.start.earliest) == 600)
    // Of who loses many it may be either.
    let more = failed(Array(stride(from: 1200, through: 3000, by: 300)))
    let losing = monitor(after: "........x", then: probes + more).tracks[0].interruption
    #expect(seconds(losing?.start.earliest) == 0 && seconds(losing?.start.latest) == 1200)
    // Nor does it matter what was before a hole.
    let awake: [(Int64, Bool)] = [
      (36_000, false), (36_300, true), (36_600, false), (36_900, false),
    ]
    let woken = monitor(then: awake).tracks[0].interruption
    #expect(seconds(woken?.start.earliest) == 36_300)
  }

  /// The first loss may be chance, and so may the last: the bounds are a probe wider, on both sides, so that
  /// what lies in their middle does not move.
  @Test(arguments: [
    (".", [0, 300, 6000, 6300]),
    // One in a hundred, and one in a thousand.
    (String(repeating: ".", count: 99) + "x", [-300, 600, 5700, 6600]),
    (String(repeating: ".", count: 999) + "x", [0, 300, 6000, 6300]),
  ])
  func boundsAreWiderWhereProbesAreLostByChance(_ usual: String, _ bounds: [Int64]) {
    let turns = (1...24).map { (seconds: Int64(300 * $0), isAnswered: $0 > 20) }
    let told = monitor(after: usual, then: turns).chronicles[0].past.last
    let edges = [told?.start.earliest, told?.start.latest, told?.end?.earliest, told?.end?.latest]
    #expect(edges.map(seconds) == bounds)
  }

  /// Who is asked in a moment whether the first loss was chance has answered: the middle would move for nothing.
  @Test func boundsAreNoWiderWhereItIsAsked() {
    let usual = String(repeating: ".", count: 99) + "x"
    let failed = failed([300, 302, 306, 314, 600, 900])
    let back = (4...6).map { (seconds: Int64(300 * $0), isAnswered: true) }
    let told = monitor(after: usual, then: failed + back).chronicles[0].past.last
    #expect(seconds(told?.start.earliest) == 0 && seconds(told?.start.latest) == 302)
  }

  /// A group has bounds of its own, and its members' chance losses are reckoned with there.
  @Test func boundsOfAGroupAreNoWiderForOneMember() throws {
    let calm = String(repeating: String(repeating: ".", count: 99) + "x", count: 5) + "....."
    let solid = String(repeating: ".", count: calm.count)
    let fall = String(repeating: "x", count: 20) + String(repeating: ".", count: 20)
    let told = Strip.monitor(
      ["a": solid + fall, "b": calm + fall, "c": solid + fall],
      groups: [Group(name: "g", members: ["a", "b", "c"])])
    let group = try #require(told.timeline()?.episodes.first { $0.group != nil })
    let at = solid.count
    #expect(group.start == Bounds(earliest: Strip.instant(at - 1), latest: Strip.instant(at)))
  }

  /// What lies beyond a hole bounds nothing, whoever loses how many.
  @Test func boundsReachAcrossNoHole() {
    let usual = String(repeating: ".", count: 49) + "x"
    let awake = (1...8).map { (seconds: Int64(36_000 + 300 * $0), isAnswered: $0 > 5) }
    let fell = monitor(after: usual, then: [(36_000, true)] + awake).chronicles[0].past.last
    #expect(seconds(fell?.start.earliest) == 36_000 && seconds(fell?.start.latest) == 36_600)
    let down = (1...6).map { (seconds: Int64(300 * $0), isAnswered: $0 > 5) }
    let back = (0...3).map { (seconds: Int64(36_000 + 300 * $0), isAnswered: true) }
    let rose = monitor(after: usual, then: down + back).chronicles[0].past.last
    #expect(seconds(rose?.end?.earliest) == 1200 && seconds(rose?.end?.latest) == 1800)
  }

  /// The seconds between which the last interruption ended.
  private func end(_ outcomes: String) -> [Int64?] {
    let down = failed(Array(stride(from: 300, through: 6000, by: 300)))
    let turns = outcomes.enumerated().map {
      (seconds: Int64(6300 + 300 * $0), isAnswered: $1 == ".")
    }
    let end = monitor(then: down + turns).chronicles[0].past.last?.end
    return [seconds(end?.earliest), seconds(end?.latest)]
  }

  @Test func hasReturnedWhenMoreSpeaksForItThanForStrayAnswers() {
    #expect(end(".....") == [6000, 6300])
    // One of two may have been stray: the failures after it are the outage's.
    #expect(end(".xx.....") == [6900, 7500])
    #expect(end(".x.xx.....") == [7500, 8400])
    // After two answers one failure is chance, and four are none.
    #expect(end("..x.....") == [6000, 6300])
    #expect(end("..xxxx.....") == [7800, 8100])
  }

  @Test func mayHaveReturnedBeforeALossByChance() {
    // One in a hundred is lost anyway: the first answer may have been the return.
    let usual = String(repeating: ".", count: 99) + "x"
    var turns = failed(Array(stride(from: 300, through: 6000, by: 300)))
    turns += ".x.....".enumerated().map { (seconds: Int64(6300 + 300 * $0), isAnswered: $1 == ".") }
    let end = monitor(after: usual, then: turns).chronicles[0].past.last?.end
    #expect([seconds(end?.earliest), seconds(end?.latest)] == [5700, 7200])
  }

  @Test func oneThatIsAskedMustBeRarerThanBlips() {
    // One in a hundred is lost anyway: asked in a moment, two are chance, and three are a blip.
    let usual = String(repeating: ".", count: 99) + "x"
    func isBlip(_ seconds: [Int64]) -> Bool {
      monitor(after: usual, then: failed(seconds)).tracks[0].reachability.interruption != nil
    }
    #expect(!isBlip([300, 301]))
    #expect(isBlip([300, 301, 303]))
    // Who cannot be asked has had five minutes.
    #expect(isBlip([300, 600]))
  }

  @Test func oneLossIsNoDoubtOfATargetThatLosesMany() {
    #expect(monitor(then: failed([300])).isInDoubt)
    #expect(!monitor(after: "..x", then: failed([300])).isInDoubt)
    #expect(monitor(after: "..x", then: failed([300, 600])).isInDoubt)
  }

  @Test func mayHaveEndedWithAStrayAnswer() {
    var turns = failed(Array(stride(from: 300, through: 6000, by: 300)))
    turns[6].isAnswered = true
    turns[12].isAnswered = true
    let answers: [(Int64, Bool)] = (0..<4).map { (6300 + 300 * $0, true) }
    let end = monitor(then: turns + answers).chronicles[0].past.last?.end
    // Two answers of twenty were stray: the first two of these may be two more.
    #expect(seconds(end?.earliest) == 6000 && seconds(end?.latest) == 6900)
  }
}

@Suite struct BurstyTests {
  /// Of a target that loses in bursts, a run is a blip only when it is longer than they are.
  @Test func blipsAreLongerThanBursts() {
    func blips(then run: String) -> (before: Int, then: Int) {
      var monitor = Monitor(session: Strip.session(["a"], sustained: .minutes(20)))
      let burst = String(repeating: ".", count: 70) + "xxx.x."
      let strip = String(repeating: burst, count: 40) + String(repeating: ".", count: 70)
      let row = Array(strip + run + String(repeating: ".", count: 20))
      for observation in Strip.observations([row]) { _ = monitor.observe(observation) }
      let starts = (monitor.timeline()?.episodes ?? []).map(\.start.latest)
      let end = Strip.instant(strip.count)
      return (starts.count { $0 < end }, starts.count { $0 >= end })
    }
    // The first are told, and later one in a while.
    #expect(blips(then: "").before < 12)
    #expect(blips(then: "xxxxxxxxxxxx").then == 1)
  }

  /// Three in four of its runs of losses crumble; what was a beat by their number is none.
  @Test func burstsAreNoBeat() {
    func kinds(_ run: String) -> Set<Episode.Kind> {
      var monitor = Monitor(session: Strip.session(["a"], sustained: .minutes(5)))
      let strip = Array(String(repeating: run, count: 40))
      for observation in Strip.observations([strip]) { _ = monitor.observe(observation) }
      return Set((monitor.timeline()?.episodes ?? []).map(\.kind))
    }
    #expect(kinds(String(repeating: ".", count: 70) + "xxx.x").contains(.blip))
    #expect(!kinds(String(repeating: ".", count: 70) + "xxx.x").contains(.instability))
    #expect(kinds(String(repeating: ".", count: 70) + "xxxx.").contains(.instability))
  }
}

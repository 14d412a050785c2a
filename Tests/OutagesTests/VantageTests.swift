import Testing

@testable import Outages

/// When what fails is our own uplink, and when it is not: drawn probes, each a fault that was found once.
@Suite struct VantageTests {
  private func dots(_ count: Int) -> String { String(repeating: ".", count: count) }
  private func down(_ count: Int) -> String { String(repeating: "x", count: count) }
  private func out(_ count: Int) -> String { String(repeating: "O", count: count) }
  private func none(_ count: Int) -> String { String(repeating: "_", count: count) }

  /// Draws what is told of each, and of the vantage, under the probes. What is ours ends, as a hole does, before
  /// the last failed probe.
  private func check(
    _ rows: KeyValuePairs<String, String>, tells told: [String: String],
    _ location: SourceLocation = #_sourceLocation
  ) {
    let sentinels = Set(rows.map(\.key).filter { $0.hasPrefix("s") })
    let seen = Strip.monitor(rows, sentinels: sentinels)
    let width = rows.first?.value.count ?? 0
    for name in rows.map(\.key) + ["local"] {
      let drawn = Strip.drawn(seen, name, width)
      #expect(drawn == told[name] ?? dots(width), "\(name)", sourceLocation: location)
    }
  }

  /// A hole that reaches into what is ours is a hole all the same.
  @Test func followsAHole() {
    let lost = dots(60) + down(8) + dots(30)
    let hole = dots(20) + none(46) + down(2) + dots(30)
    check(
      ["s1": lost, "s2": lost, "a": hole, "b": lost, "c": lost],
      tells: ["local": dots(60) + none(7) + dots(31), "a": dots(20) + none(40) + dots(38)])
    let down = dots(10) + down(10) + none(46) + down(12) + dots(20)
    let seen = Strip.monitor(
      ["s1": lost, "s2": lost, "a": down, "b": lost, "c": lost], sentinels: ["s1", "s2"])
    let history = seen.timeline()?.targets.first { $0.name == "a" }
    #expect(history?.down.total == Strip.every * 20.5)
  }

  @Test func endsThoughASentinelStaysDead() {
    check(
      [
        "s1": dots(20) + down(60), "s2": dots(20) + down(10) + dots(50),
        "a": dots(20) + down(10) + dots(50),
        "b": dots(20) + down(10) + dots(20) + down(15) + dots(15),
      ],
      tells: [
        "local": dots(20) + none(9) + dots(51),
        "b": dots(50) + out(15) + dots(15),
        "s1": dots(37) + out(43),
      ])
  }

  @Test func endsThoughNoSentinelIsProbedAnyMore() {
    check(
      [
        "s1": dots(20) + down(4) + none(56), "s2": dots(20) + down(4) + none(56),
        "a": dots(20) + down(10) + dots(50),
        "b": dots(20) + down(10) + dots(30) + down(10) + dots(10),
      ],
      tells: [
        "local": dots(20) + none(9) + dots(51),
        "b": dots(60) + out(10) + dots(10),
      ])
  }

  /// One loss just before ours proves nothing, and the next ones are ours. Two are a blip of its own.
  @Test(arguments: [(1, ""), (2, "BBB")])
  func oneLossJustBeforeIsForgotten(_ before: Int, _ told: String) {
    let lost = dots(400) + down(6) + dots(30)
    let early = dots(400 - before) + down(before + 6) + dots(30)
    check(
      ["a": early, "s1": lost, "s2": lost, "b": lost, "c": lost, "d": lost],
      tells: [
        "local": dots(400) + none(5) + dots(31),
        "a": dots(400 - before) + told + dots(36 + before - told.count),
      ])
  }

  /// Nearly all lost probes at once, and each sentinel one: nobody's outage, though too little to call it our own. One
  /// sentinel of two proves nothing.
  @Test func isWaitedForWhileSentinelsFailWithMost() {
    let (calm, back) = (dots(120), dots(60))
    let (short, most) = (calm + down(6) + back, calm + ".xx.xx" + back)
    let late = calm + "x.xx.." + back
    func kinds(_ rows: KeyValuePairs<String, String>) -> Set<Episode.Kind> {
      let seen = Strip.monitor(rows, sentinels: ["s1", "s2"])
      return Set((seen.timeline()?.episodes ?? []).map(\.kind))
    }
    let (one, none) = (calm + ".x...." + back, calm + "......" + back)
    #expect(kinds(["a": short, "b": short, "c": most, "s1": one, "d": late, "s2": one]) == [.blip])
    #expect(
      kinds(["a": short, "b": short, "c": most, "s1": one, "d": late, "s2": none])
        .contains(.outage))
    // But one and six targets do.
    #expect(
      kinds([
        "a": short, "b": short, "c": most, "s1": one, "d": short, "e": late, "f": short, "s2": none,
      ]) == [.blip])
    #expect(
      kinds([
        "a": short, "b": short, "c": most, "s1": none, "d": short, "e": late, "f": short,
        "s2": none,
      ]).contains(.outage))
  }

  /// An uplink that loses two in three lets some probes of each sentinel pass: that each has lost one of late is
  /// enough where they have lost most together.
  @Test func losesMostThoughEachSentinelAnswers() {
    let (calm, back) = (dots(300), dots(60))
    let seen = Strip.monitor(
      [
        "a": calm + "x..xx" + back, "b": calm + ".xx.x" + back, "s1": calm + "x...." + back,
        "c": calm + "xx.xx" + back, "s2": calm + "x.xxx" + back, "d": calm + "xxx.x" + back,
        "s3": calm + ".xx.x" + back,
      ], sentinels: ["s1", "s2", "s3"])
    #expect(seen.vantage.losses.map(\.start.latest) == [Strip.instant(300)])
    #expect((seen.timeline()?.episodes ?? []).map(\.kind) == [.unobserved])
  }

  /// Who answers is proof that we are online, whoever does not.
  @Test func isNoneWhileTargetsAnswer() {
    let dead = dots(20) + down(40) + dots(20)
    check(
      [
        "s1": dead, "s2": dead, "a": dots(80), "b": dots(80), "c": dots(80), "d": dots(80),
        "e": dots(80),
        "f": dots(40) + down(10) + dots(30),
      ],
      tells: [
        "s1": dots(20) + out(40) + dots(20),
        "s2": dots(20) + out(40) + dots(20),
        "f": dots(40) + out(10) + dots(30),
      ])
  }

  @Test func isNotDatedByASentinelThatDiedBefore() {
    let lost = dots(30) + down(20) + dots(30)
    check(
      ["s1": dots(26) + down(54), "s2": lost, "a": lost, "b": lost, "c": lost],
      tells: [
        "local": dots(30) + none(19) + dots(31), "s1": dots(26) + out(54),
      ])
  }

  /// One loses most of its probes, the other two stray ones: what fails then is the targets' own.
  @Test func needsEachSentinelToLoseMost() {
    let lossy = "xx.xxx.x.xxxx.xx.xxx.xxxx.xx.xxx.xx.xxxx"
    let own = dots(52) + down(18) + dots(10)
    let seen = Strip.monitor(
      [
        "s1": dots(30) + lossy + dots(10), "s2": dots(45) + "x" + dots(9) + "x" + dots(24),
        "a": own,
        "b": own, "c": own,
      ], sentinels: ["s1", "s2"])
    #expect(seen.vantage.losses.isEmpty)
    #expect(Strip.drawn(seen, "a", 80) == dots(52) + out(18) + dots(10))
  }

  @Test func mayHaveLastedSinceTheFirstProbe() {
    let lost = down(20) + dots(20)
    check(
      ["s1": lost, "s2": lost, "a": lost, "b": lost], tells: ["local": none(19) + dots(21)])
  }

  /// With one sentinel left most targets must fail with it, and one of two is not most.
  @Test func needsMostOfTheTargetsWhereOneSentinelLives() {
    let own = dots(40) + down(20) + dots(20)
    check(
      ["s1": dots(4) + down(76), "s2": dots(30) + down(40) + dots(10), "a": own, "b": dots(80)],
      tells: [
        "s1": dots(4) + out(76),
        "s2": dots(30) + out(40) + dots(10),
        "a": dots(40) + out(20) + dots(20),
      ])
  }

  /// Each sentinel lost but one probe, or the one that lives two; but so did all targets, and nobody answers.
  @Test(arguments: [("x_", "x_", 2), ("x_x_", "xxxx", 4)])
  func isProvedByTheTargetsToo(_ s1: String, _ s2: String, _ count: Int) {
    let every = { (cells: String) in String(repeating: cells, count: 100) }
    let dead = s2 == "xxxx" ? dots(100) + down(100) : every("._")
    let own = dots(200) + down(count) + dots(60)
    let seen = Strip.monitor(
      [
        "s1": every("._") + s1 + String(repeating: "._", count: 30), "a": own, "b": own, "c": own,
        "s2": dead + s2 + (s2 == "xxxx" ? down(60) : String(repeating: "._", count: 30)), "d": own,
      ], sentinels: ["s1", "s2"])
    #expect(seen.vantage.losses.map(\.start.latest) == [Strip.instant(200)])
    #expect(Strip.drawn(seen, "a", 260) == dots(260) && Strip.drawn(seen, "d", 260) == dots(260))
  }

  /// An answer just after all began to fail is a stray one: what had failed before it is ours as well.
  @Test func beganBeforeAStrayAnswer() throws {
    let lost = dots(30) + down(20) + dots(30)
    let seen = Strip.monitor(
      ["s1": lost, "a": lost, "b": lost, "s2": dots(30) + "." + down(19) + dots(30)],
      sentinels: ["s1", "s2"])
    #expect(try #require(seen.timeline()).episodes.map(\.scope) == [.vantage("local")])
  }

  /// Some need no uplink of ours, and answer all the while.
  @Test func isOursThoughMostTargetsAreNear() {
    let lost = dots(20) + down(20) + dots(20)
    check(
      [
        "s1": lost, "s2": lost, "router": dots(60), "nas": dots(60), "printer": dots(60),
        "camera": dots(60), "far": lost, "away": lost,
      ], tells: ["local": dots(20) + none(19) + dots(21)])
  }

  /// All targets were down before, and one of the sentinels dies: the other's answers are proof.
  @Test func endsByOneSentinelAlone() {
    check(
      [
        "s1": dots(40) + down(80), "s2": dots(40) + down(2) + dots(78),
        "a": dots(20) + down(60) + dots(40),
      ],
      tells: [
        "local": dots(40) + none(1) + dots(79), "a": dots(20) + out(60) + dots(40),
        "s1": dots(52) + out(68),
      ])
  }

  @Test func endsWithThePlanOfItsSentinels() {
    let rows = [
      "a": dots(20) + down(4) + dots(60), "s1": dots(20) + down(4), "s2": dots(20) + down(4),
    ]
    var session = Strip.session(["a"], sustained: .minutes(2))
    let plan = session
    for name in ["s1", "s2"] {
      session.add(Target(name: name, every: Strip.every, isSentinel: true))
    }
    var monitor = Monitor(session: session)
    for observation in Strip.observations(["a", "s1", "s2"].map { Array(rows[$0] ?? "") }) {
      if observation.time == Strip.instant(24), observation.target == 0 { monitor.adopt(plan) }
      _ = monitor.observe(observation)
    }
    #expect(monitor.vantage.open == nil && monitor.vantage.past.count == 1)
  }
}

import Testing

@testable import Outages

/// Targets that share a fate and the vantage on drawn probes, each a fault that was found once.
@Suite struct CorrelationTests {
  @Test func aStrayLossBesideADeadSentinelProvesNothing() {
    let row = "....................xxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    let seen = Strip.monitor(
      [
        "s1": row, "s2": ".............................x..................",
        "web": ".......................xxxxxxxxxx...............",
      ], sentinels: ["s1", "s2"])
    #expect(Strip.drawn(seen, "local", 48) == String(repeating: ".", count: 48))
    #expect(Strip.drawn(seen, "web", 48) == ".......................OOOOOOOOOO...............")
  }

  @Test func aSentinelThatIsNotProbedAnyMoreIsNotWaitedFor() {
    let seen = Strip.monitor(
      [
        "s1": "..........______________________________",
        "s2": "........................xxxxxxxx........",
        "s3": "........................xxxxxxxx........",
        "web": "........................xxxxxxxx........",
      ], sentinels: ["s1", "s2", "s3"])
    // The strip ends before the last failed probe of a sentinel, as that of a hole before a probe.
    #expect(Strip.drawn(seen, "local", 40) == "........................_______.........")
    #expect(Strip.drawn(seen, "web", 40) == String(repeating: ".", count: 40))
  }

  @Test func aBeatBehindABeatIsItsChild() throws {
    let beat = String(repeating: ".", count: 40) + String(repeating: "xx........", count: 8)
    var session = Strip.session(["router"], sustained: .minutes(2))
    session.add(Target(name: "web", every: Strip.every, behind: "router"))
    var monitor = Monitor(session: session)
    for observation in Strip.observations([Array(beat), Array(beat)]) {
      _ = monitor.observe(observation)
    }
    let unstable = try #require(monitor.timeline()).episodes.filter { $0.kind == .instability }
    #expect(unstable.count == 2)
    let router = try #require(unstable.first { $0.scope == .target("router") })
    let web = try #require(unstable.first { $0.scope == .target("web") })
    #expect(router.parent == nil)
    #expect(web.parent == router.id)
  }

  @Test func aBrownOutTakesInWhatLookedLikeAnOutageAtItsStart() throws {
    let calm = String(repeating: ".", count: 120)
    let seen = Strip.monitor([
      "a": calm + "xxxxxxx.xxxx..x...x...xxxxx.x.x.xxx.x.xxxx...x..x.x.xxx..x.xx.x.x..xx.x..x.x"
        + calm
    ])
    let kinds = try #require(seen.timeline()).episodes.filter { $0.parent == nil }.map(\.kind)
    #expect(kinds == [.degraded])
  }

  @Test func theLastLivingSentinelNeedsAWitness() {
    let dead = "....xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    let lost = "........................xxxxxxxx........"
    let calm = "........................................"
    let offline = Strip.monitor(["s1": dead, "s2": lost, "web": lost], sentinels: ["s1", "s2"])
    #expect(Strip.drawn(offline, "web", 40) == calm)
    let online = Strip.monitor(["s1": dead, "s2": lost, "web": calm], sentinels: ["s1", "s2"])
    #expect(Strip.drawn(online, "local", 40) == calm)
    #expect(Strip.drawn(online, "s2", 40) == "........................OOOOOOOO........")
  }

  @Test func anUplinkLossIsNotDatedOverAnswers() {
    let seen = Strip.monitor(
      [
        "s1": "....................xxxx......xxxxxxxxx......",
        "s2": ".......................xxxx...xxxxxxxxx......",
        "web": "..............................xxxxxxxxx......",
      ], sentinels: ["s1", "s2"])
    #expect(Strip.drawn(seen, "local", 45) == "..............................________.......")
  }

  /// Two of three probes are lost, and at first the sentinels are lucky: all that are up date it.
  @Test func anUplinkThatLosesMostIsDatedByAll() throws {
    let seen = Strip.monitor(
      [
        "a": "xx.xxx.xxx.x", "b": "x.xx.xx.xx.x", "c": "xxx.xx.x.xxx", "d": "x.xxx.xx.xx.",
        "e": ".xxx.xx.xx.x", "f": "xx.x.xxx.xx.", "s1": "...xx.xxx.xx", "s2": ".x..xxx.xxx.",
        "s3": "...x.xxx.xxx",
      ], around: String(repeating: ".", count: 30), sentinels: ["s1", "s2", "s3"])
    let loss = seen.vantage.losses.first
    #expect(
      loss.map { ($0.start.latest - Strip.start).milliseconds / Strip.every.milliseconds } == 30)
    let told = try #require(seen.timeline()).episodes.filter { $0.scope != .vantage("local") }
    #expect(told.isEmpty, "\(told.map(\.scope))")
  }

  /// What fell together on its own a while before stays as it was dated.
  @Test func anUplinkLossTakesNoOutagesBeforeAway() throws {
    let calm = String(repeating: ".", count: 30)
    let down = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    let seen = Strip.monitor(
      [
        "a": down, "b": down, "c": down, "d": down, "e": down, "f": down, "g": down, "h": down,
        "lan": "..............................", "s1": ".....................xxxxxxxxx",
        "s2": ".....................xxxxxxxxx",
      ], around: calm, sentinels: ["s1", "s2"])
    for name in ["a", "h"] {
      let outage = try #require(seen.timeline()).episodes.first { $0.scope == .target(name) }
      #expect(outage?.kind == .outage && outage?.start.latest == Strip.instant(30))
    }
  }

  /// Lost, back for a moment, and lost again: what was down before stays down.
  @Test func aSecondUplinkLossTakesNoOutagesBeforeAway() throws {
    let seen = Strip.monitor(
      [
        "a": String(repeating: "x", count: 40), "web": ".........................xxxxx.xxxxx....",
        "s1": ".........................xxxxx.xxxxx....",
        "s2": ".........................xxxxx.xxxxx....",
      ], around: String(repeating: ".", count: 20), sentinels: ["s1", "s2"])
    let outage = try #require(seen.timeline()).episodes.first { $0.scope == .target("a") }
    #expect(outage?.kind == .outage && outage?.start.latest == Strip.instant(20))
  }

  @Test func anUplinkLossTakesNoBeatsAway() {
    let blips = String(repeating: "xx........", count: 8)
    let calm = String(repeating: ".", count: 80)
    var lost = Array(calm)
    for column in 44..<48 { lost[column] = "x" }
    let web = zip(blips, lost).map { $0 == "x" || $1 == "x" ? Character("x") : "." }
    let seen = Strip.monitor(
      ["s1": String(lost), "s2": String(lost), "web": "...." + String(web.dropFirst(4))],
      sentinels: ["s1", "s2"])
    let unstable = seen.timeline()?.episodes.first { $0.kind == .instability }
    #expect(unstable?.blips == 7)
  }

  @Test func aDoubtDoesNotOutlastAHole() {
    let hole = String(repeating: "_", count: 30)
    let seen = Strip.monitor(["a": "..........x" + hole + "xxxxxxx......"])
    let start = seen.timeline()?.episodes.first { $0.kind == .outage }?.start
    #expect(start?.latest == Strip.instant(41))
  }

  @Test func whatNobodyWatchedWasNotCalm() {
    // Three blips fifty minutes apart are isolated, also after twenty days in which nobody watched.
    var columns: [(Int, Character)] = (0..<60).map { ($0, ".") }
    let far = 20 * 2880
    for blip in 0..<3 {
      for probe in 0..<100 { columns.append((far + blip * 100 + probe, probe < 2 ? "x" : ".")) }
    }
    var monitor = Monitor(session: Strip.session(["a"], sustained: .minutes(2)))
    for (column, cell) in columns {
      _ = monitor.observe(
        Observation(
          time: Strip.instant(column), target: 0,
          outcome: cell == "." ? .answered(milliseconds: 20) : .failed(.timeout)))
    }
    #expect(!(monitor.timeline()?.episodes ?? []).contains { $0.kind == .instability })
  }

  @Test func slownessIsSeenAlsoWhereAnswersTookNoTime() {
    var monitor = Monitor(session: Strip.session(["a"], sustained: .minutes(2)))
    for column in 0..<400 {
      _ = monitor.observe(
        Observation(
          time: Strip.instant(column), target: 0,
          outcome: .answered(milliseconds: column < 200 ? 0 : 800)))
    }
    #expect(monitor.timeline()?.episodes.map(\.kind) == [.degraded])
  }

  @Test func whatIsDownIsNotDegraded() {
    var random = Draws(seed: 1)
    let lossy = (0..<200).map { _ in random.isTrue(0.5) ? Character("x") : "." }
    let row =
      String(repeating: ".", count: 100) + String(lossy) + String(repeating: "x", count: 200)
    let episodes = Strip.monitor(["a": row]).timeline()?.episodes ?? []
    let outage = episodes.first { $0.kind == .outage }
    let degraded = episodes.filter { $0.kind == .degraded }
    #expect(outage != nil && !degraded.isEmpty)
    #expect(degraded.allSatisfy { $0.end != nil })
  }
}

@Suite struct WitnessTests {
  private let start = Instant(milliseconds: 1_419_264_000_000)

  /// Two sentinels are probed each minute, and targets so many seconds after; we are offline from the
  /// second given until the other. `lan` needs no uplink.
  private func monitor(offline from: Int64, _ until: Int64, _ targets: [(name: String, at: Int64)])
    -> Monitor
  {
    let all = [("s1", Int64(0)), ("s2", 1)] + targets.map { ($0.name, $0.at) }
    var monitor = Monitor(
      session: Session(
        targets: all.map { name, _ in
          Target(name: name, every: .minutes(1), isSentinel: name.hasPrefix("s"))
        }))
    for minute in Int64(0)..<60 {
      for (index, (name, offset)) in all.enumerated() {
        let second = minute * 60 + offset
        let isLost = from <= second && second < until && name != "lan"
        let outcome = isLost ? Outcome.failed(.timeout) : .answered(milliseconds: 20)
        _ = monitor.observe(
          Observation(time: start + .seconds(second), target: index, outcome: outcome))
      }
    }
    return monitor
  }

  private func seconds(_ bounds: Bounds?) -> [Int64?] {
    [bounds?.earliest, bounds?.latest].map { instant in
      instant.map { ($0 - start).milliseconds / 1000 }
    }
  }

  @Test func targetsDateWhatTheSentinelsSay() {
    // The target answered at 1230 and failed at 1830: closer than the sentinels' 1201 and 1801.
    let loss = monitor(offline: 1240, 1850, [("web", 30)]).vantage.past.first
    #expect(seconds(loss?.start) == [1230, 1260] && seconds(loss?.end) == [1830, 1860])
    // It failed at 1230 already, and answered at 1830.
    let other = monitor(offline: 1220, 1820, [("web", 30)]).vantage.past.first
    #expect(seconds(other?.start) == [1201, 1230] && seconds(other?.end) == [1801, 1830])
  }

  @Test func whoAnswersFirstDatesTheReturn() {
    // The second target fails once more after our return.
    let web = [("web", Int64(20)), ("mail", 40)]
    var monitor = monitor(offline: 1240, 1815, web)
    #expect(seconds(monitor.vantage.past.first?.end) == [1801, 1820])
    monitor = self.monitor(offline: 1240, 1830, web)
    #expect(seconds(monitor.vantage.past.first?.end) == [1820, 1840])
  }

  /// What failed before a target that needs no uplink answered is ours for all that.
  @Test func aTargetAtHomeBlamesNobody() throws {
    for offset in [Int64(10), 30, 50] {
      let monitor = monitor(offline: 1205, 1830, [("web", 8), ("lan", offset), ("mail", 55)])
      let timeline = try #require(monitor.timeline())
      let blamed = timeline.episodes.filter { $0.scope != .vantage("local") && !$0.isExplained }
      #expect(blamed.isEmpty && !monitor.vantage.past.isEmpty, "\(blamed)")
    }
  }
}

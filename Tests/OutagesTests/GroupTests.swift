import Testing

@testable import Outages

/// Groups on drawn probes, each a fault that was found once.
@Suite struct GroupTests {
  @Test func lossyMembersProveAnOutageTogether() throws {
    // Each loses three probes in ten: nine in a row prove nothing of one, and much of four.
    let calm = ["..x..x.x..", ".x.x....x.", "..x.x..x..", ".x..x..x.."]
      .map { String(repeating: $0, count: 20) }
    let rows = calm.map { $0 + "xxxxxxxxx" + $0 }
    let seen = Strip.monitor(
      ["a": rows[0], "b": rows[1], "c": rows[2], "d": rows[3]],
      groups: [Group(name: "g", members: ["a", "b", "c", "d"])])
    let outages = try #require(seen.timeline()).episodes.filter { $0.kind == .outage }
    #expect(outages.map(\.scope) == [.group("g")])
    let alone = Strip.monitor(["a": calm[0] + ".x...x..x." + calm[0]])
    #expect(try #require(alone.timeline()).episodes.allSatisfy { $0.kind != .outage })
  }

  @Test func fallsWithOurUplinkLostBetweenThemAreOneEvent() throws {
    // Two fall before we are offline, one is found down when we are back.
    let seen = Strip.monitor(
      [
        "s1": ".........................xxxxxxxxxxxx...........................",
        "s2": ".........................xxxxxxxxxxxx...........................",
        "a": "......................xxxxxxxxxxxxxxxxxxxxxxxxxx................",
        "b": ".......................xxxxxxxxxxxxxxxxxxxxxxxxx................",
        "c": ".........................xxxxxxxxxxxxxxxxxxxxxxx................",
      ], groups: [Group(name: "g", members: ["a", "b", "c"])], sentinels: ["s1", "s2"])
    let events = try #require(seen.timeline()).episodes.filter { $0.scope == .group("g") }
    #expect(events.map(\.kind) == [.outage])
    #expect(events.map { $0.group?.members } == [["a", "b", "c"]])
  }

  @Test func aGroupWhoseMembersAreAllBehindSomethingIsToo() throws {
    let row = "..........xxxxxxxxxx.........."
    var session = Strip.session(
      ["ap"], groups: [Group(name: "hall", members: ["till", "printer"])], sustained: .minutes(2))
    for name in ["till", "printer"] {
      session.add(Target(name: name, every: Strip.every, behind: "ap"))
    }
    var monitor = Monitor(session: session)
    for observation in Strip.observations([Array(row), Array(row), Array(row)]) {
      _ = monitor.observe(observation)
    }
    let told = try #require(monitor.timeline()).episodes.filter { $0.parent == nil }
    #expect(told.map(\.scope) == [.target("ap")])
  }

  @Test func whoStaysAwayIsNotWaitedFor() throws {
    let group = Group(name: "g", members: ["a", "b", "c", "d"])
    let twice = "....xxxxxx..........xxxxxx........"
    let seen = Strip.monitor(
      ["a": twice, "b": twice, "c": twice, "d": "....xxxxxxxxxxxxxxxxxxxxxxxxxx...."],
      groups: [group])
    let episodes = try #require(seen.timeline()).episodes
    let events = episodes.filter { $0.scope == .group("g") }
    #expect(events.count == 2)
    #expect(events[0].end?.latest ?? Strip.instant(99) <= events[1].start.latest)
    // What it is in outlasts the event, and is told of it alone.
    let own = try #require(episodes.first { $0.scope == .target("d") })
    #expect(own.parent == nil && own.end?.latest == Strip.instant(30))
  }

  /// A city of a country: what takes the whole country is one event, and the city's a part of it.
  @Test func aGroupMayBePartOfAWiderOne() throws {
    let (lost, calm) = ("....xxxxxxxx........", "....................")
    let groups = [
      Group(name: "city", members: ["a", "b"]), Group(name: "land", members: ["a", "b", "c", "d"]),
    ]
    let all = try #require(
      Strip.monitor(["a": lost, "b": lost, "c": lost, "d": lost], groups: groups).timeline())
    #expect(all.episodes.filter { $0.parent == nil }.map(\.scope) == [.group("land")])
    let some = try #require(
      Strip.monitor(["a": lost, "b": lost, "c": calm, "d": calm], groups: groups).timeline())
    #expect(some.episodes.contains { $0.scope == .group("city") })
    #expect(some.episodes.count { $0.parent == nil } == 1)
  }

  /// All but one are back for a moment: what they fall with then is new, and that one is of the first.
  @Test func whoStaysAwayForAMomentIsPartOfIt() throws {
    let twice = "....xxxxxxxxxxxx..xx.........."
    let seen = Strip.monitor(
      ["a": twice, "b": twice, "c": twice, "d": "....xxxxxxxxxxxx.xxx.........."],
      groups: [Group(name: "g", members: ["a", "b", "c", "d"])])
    let told = try #require(seen.timeline()).episodes
    #expect(told.allSatisfy { $0.parent != nil || $0.scope == .group("g") })
  }

  @Test func whoIsNotProbedAnyMoreIsNotWaitedFor() throws {
    let down = "....xxxxxxxxxx............"
    let seen = Strip.monitor(
      ["a": down, "b": down, "c": "....xxxx"], groups: [Group(name: "g", members: ["a", "b", "c"])])
    let event = try #require(seen.timeline()?.episodes.first { $0.scope == .group("g") })
    #expect(event.end?.latest == Strip.instant(14))
  }

  @Test func theQuorumIsDownAsLongAsItIs() throws {
    let names = (0..<10).map { "m\($0)" }
    var rows = names.map { ($0, "....xxxxxxxxxxxxxxxx....") }
    rows[0].1 = "....xxxxx..............."
    var session = Strip.session(
      names, groups: [Group(name: "g", members: names)], sustained: .minutes(2))
    session.detection.quorum = 0.9
    var monitor = Monitor(session: session)
    for observation in Strip.observations(rows.map { Array($0.1) }) {
      _ = monitor.observe(observation)
    }
    let event = try #require(monitor.timeline()?.episodes.first { $0.scope == .group("g") })
    #expect(event.group?.fullEnd?.latest == Strip.instant(20))
  }

  @Test func aGroupThatIsNotPlannedAnyMoreStillEnds() {
    let group = Group(name: "g", members: ["a", "b"])
    let row = Array("....xxxxxxxx........")
    var monitor = Monitor(
      session: Strip.session(["a", "b"], groups: [group], sustained: .minutes(2)))
    for (number, observation) in Strip.observations([row, row]).enumerated() {
      if number == 16 { monitor.adopt(Strip.session(["a", "b"], sustained: .minutes(2))) }
      _ = monitor.observe(observation)
    }
    let episodes = monitor.timeline()?.episodes ?? []
    #expect(episodes.allSatisfy { $0.end != nil })
    #expect(episodes.filter { $0.parent == nil }.map(\.scope) == [.group("g")])
  }

  private func events(_ rows: KeyValuePairs<String, String>) throws -> [Episode] {
    let group = Group(name: "g", members: rows.map(\.key))
    return try #require(Strip.monitor(rows, groups: [group]).timeline()).episodes
      .filter { $0.scope == .group("g") }
  }

  @Test func anEventSpreads() throws {
    // The other two fall six minutes later, while the first two are away.
    let events = try events([
      "a": "....xxxxxxxxxxxxxxxxxxxxxxxxxxxx........",
      "b": "....xxxxxxxxxxxxxxxxxxxxxxxxxxxx........",
      "c": "................xxxxxxxxxxxxxxxxx.......",
      "d": ".................xxxxxxxxxxxxxxx........",
    ])
    #expect(events.map { $0.group?.members } == [["a", "b", "c", "d"]])
    #expect(events.first?.start.latest == Strip.instant(4))
    #expect(events.first?.end?.latest == Strip.instant(33))
    #expect(events.first?.group?.fullStart?.latest == Strip.instant(17))
  }

  @Test func whatFallsLongAfterIsAnEventOfItsOwn() throws {
    let calm = String(repeating: ".", count: 40)
    let away = String(repeating: "x", count: 40)
    let events = try events([
      "a": "...." + away + "xxxxxxxx" + "......", "b": "...." + away + "xxxxxxxx" + "......",
      "c": "...." + calm + "xxxxx..." + "......", "d": "...." + calm + "xxxxx..." + "......",
    ])
    #expect(events.map { $0.group?.members } == [["a", "b"], ["c", "d"]])
    // The first goes on, and ends when its own members are back.
    #expect(events.map { $0.end?.latest } == [Strip.instant(52), Strip.instant(49)])
    // The quorum was down as long as all were.
    #expect(events.map { $0.group?.fullStart?.latest } == [nil, Strip.instant(44)])
    #expect(events.map { $0.group?.fullEnd?.latest } == [nil, Strip.instant(49)])
  }

  @Test func anEventKeepsItsMembersWhateverEndsBesideIt() throws {
    // While three are away for long, five others have a dozen events of their own.
    let others = String(repeating: "..........................xx..", count: 12)
    let away = String(repeating: "x", count: others.count)
    let calm = "...................."
    let long = calm + away + calm
    let quiet = calm + others + calm
    let rows: KeyValuePairs = [
      "a": long, "b": long, "c": long, "d": quiet, "e": quiet, "f": quiet, "g": quiet, "h": quiet,
    ]
    let seen = Strip.monitor(rows, groups: [Group(name: "all", members: rows.map(\.key))])
    let episodes = try #require(seen.timeline()).episodes
    let ids = Set(episodes.map(\.id))
    for episode in episodes {
      if case .target = episode.scope {
        #expect(episode.parent.map(ids.contains) ?? false, "\(episode)")
      }
    }
  }

  /// Who was explained by an event that is none is told of after all.
  @Test func whatIsLeftOfTwoIsAnnounced() {
    let calm = String(repeating: ".", count: 300)
    let names = ["a", "b", "c"]
    var monitor = Monitor(
      session: Strip.session(
        names, groups: [Group(name: "g", members: names)], sustained: .minutes(2)),
      announces: true)
    let rows = [
      "xxx.x.x.xx.x.xx.x.x..x.x.x.xx..........", String(repeating: "x", count: 40), ".",
    ]
    var told: [Event.Kind] = []
    for observation in Strip.observations(rows.map { Array(calm + $0 + calm) }) {
      told += monitor.observe(observation).filter { $0.episode.scope == .target("b") }.map(\.kind)
    }
    #expect(told.last == .ended, "\(told)")
  }

  @Test func whoIsToldAloneIsOfNoLaterEvent() throws {
    // One stays away after an event of all four, and another falls once more a little later.
    let calm = String(repeating: ".", count: 600)
    let group = Group(name: "g", members: ["d", "a", "b", "c"])
    let seen = Strip.monitor(
      [
        "d": "xxxxxxxxxxxxxxxxxxxxxxxxx..", "a": "xx..xx..xx.................",
        "b": "xx..xx.....................", "c": "xx..xxxxxxxxx..............",
      ], around: calm, groups: [group])
    let episodes = try #require(seen.timeline()).episodes
    #expect(Set(episodes.map(\.id)).count == episodes.count)
    #expect(episodes.first { $0.scope == .target("d") }?.parent == nil)
  }

  @Test func whatIsLeftOfTwoIsNoEvent() throws {
    // The one had a brown-out, as it turns out.
    let calm = String(repeating: ".", count: 300)
    let seen = Strip.monitor(
      ["a": "xxx.x.x.xx.x.xx.x.x..x.x.x.xx", "b": "xxxxxx.......................", "c": "."],
      around: calm, groups: [Group(name: "g", members: ["a", "b", "c"])])
    for episode in try #require(seen.timeline()).episodes where episode.scope == .group("g") {
      #expect(episode.group?.members.count ?? 0 > 1)
    }
  }

  @Test func whoFellWithItAndIsLongBackFallsAnew() throws {
    let calm = String(repeating: ".", count: 40)
    let away = String(repeating: "x", count: 40)
    let events = try events([
      "a": "....xxxxxx" + away + "xxxxxx....", "b": "....xxxxxx" + away + "xxxxxx....",
      "c": "....xxxxxx" + calm + "xxxxxx....", "d": "....xxxxxx" + calm + "xxxxxx....",
    ])
    #expect(events.map { $0.start.latest } == [Strip.instant(4), Strip.instant(50)])
  }
}

import Testing

@testable import Outages

/// What the detector says as it runs forward, on drawn probes.
@Suite struct EventTests {
  /// The events of each scope, in order: `kind episode-kind`.
  private func events(
    _ rows: KeyValuePairs<String, String>, groups: [Group] = [], sentinels: Set<String> = []
  ) -> [String: [String]] {
    var session = Strip.session(rows.map(\.key), groups: groups, sustained: .minutes(2))
    for name in sentinels {
      session.add(Target(name: name, every: Strip.every, isSentinel: true))
    }
    var monitor = Monitor(session: session, announces: true)
    var events: [String: [String]] = [:]
    for observation in Strip.observations(rows.map { Array($0.value) }) {
      for event in monitor.observe(observation) where !event.isMereDoubt {
        let text = "\(event.kind) \(event.episode.kind)"
        events[event.episode.scope.name, default: []].append(text)
      }
    }
    return events
  }

  @Test func followsABlip() {
    #expect(events(["a": "......xx......"]) == ["a": ["declared blip", "ended blip"]])
  }

  @Test func saysThatABlipHasBecomeAnOutage() {
    #expect(
      events(["a": "......xxxxxxx......"]) == [
        "a": ["declared blip", "escalated outage", "ended outage"]
      ])
  }

  /// What had ended was stray answers: it goes on under the name and the verdict that it had.
  @Test func anOutageThatWasOverGoesOn() throws {
    let row =
      String(repeating: ".", count: 40) + String(repeating: "x", count: 60) + "..xxx.xxxxxxxx."
      + String(repeating: "x", count: 40) + "......"
    let found = events(["a": row])["a"]
    #expect(
      found == [
        "declared blip", "escalated outage", "ended outage", "declared blip", "escalated outage",
        "reclassified outage", "resumed outage", "ended outage",
      ])
    let cut = try #require(Strip.monitor(["a": String(row.prefix(60))]).timeline()?.episodes.first)
    let whole = try #require(Strip.monitor(["a": row]).timeline()?.episodes.first)
    #expect(whole.id == cut.id && whole.declared == cut.declared && whole.start == cut.start)
  }

  @Test func tellsABrownOutAndItsEnd() {
    let calm = String(repeating: ".", count: 70)
    let found = events(["a": calm + "x.x..x.xx..x..x.x..x.x.x.x..xx..x...x.x" + calm])
    #expect(
      found["a"]?.filter { $0.contains("degraded") } == ["declared degraded", "ended degraded"])
  }

  @Test func tellsABeatAndItsEnd() {
    let beat = String(repeating: "xx..........", count: 6)
    let found = events(["a": "...................." + beat + String(repeating: ".", count: 90)])
    let told = found["a"]?.filter { $0.contains("instability") }
    #expect(told == ["declared instability", "ended instability"])
  }

  @Test func saysNothingOfStrayLosses() { #expect(events(["a": "...x....x....x..."]) == [:]) }

  @Test func tellsDoubtToTheCurious() {
    var monitor = Monitor(session: Strip.session(["a"], sustained: .minutes(2)), announces: true)
    let kinds = Strip.observations([Array("...x..xx..")]).flatMap { monitor.observe($0) }
      .map(\.kind)
    #expect(kinds == [.suspected, .cleared, .suspected, .declared, .ended])
  }

  @Test func takesLeaveOfWhatLeavesThePlan() {
    var monitor = Monitor(
      session: Strip.session(["a", "b"], sustained: .minutes(2)), announces: true)
    for observation in Strip.observations([Array("......xxxxxxxx"), Array("..............")]) {
      _ = monitor.observe(observation)
    }
    #expect(monitor.announced.map(\.scope) == [.target("a")])
    let events = monitor.adopt(Strip.session(["b"], sustained: .minutes(2)))
    #expect(monitor.announced == [])
    #expect(events.map(\.kind) == [.dropped])
    #expect(events.map(\.episode.scope) == [.target("a")])
    #expect(events.map(\.episode.kind) == [.outage])
    // And only once.
    #expect(monitor.adopt(Strip.session(["b"], sustained: .minutes(2))) == [])
    #expect(monitor.adopt(Strip.session(["a", "b"], sustained: .minutes(2))) == [])
  }

  /// A log's second header comes with all names that are known by then; leave is taken all the same, and
  /// with the plan that it repeats not again.
  @Test func takesLeaveOnceThoughTheNameIsKnown() {
    var monitor = Monitor(
      session: Strip.session(["a", "b"], sustained: .minutes(2)), announces: true)
    for observation in Strip.observations([Array("......xxxxxxxx"), Array("..............")]) {
      _ = monitor.observe(observation)
    }
    var known = Strip.session(["a", "b"], sustained: .minutes(2))
    known.adopt(Strip.session(["b"], sustained: .minutes(2)))
    #expect(!known.isPlanned("a") && known.isPlanned("b"))
    #expect(monitor.adopt(known).map(\.kind) == [.dropped])
    #expect(monitor.adopt(Strip.session(["b"], sustained: .minutes(2))) == [])
  }

  /// A group that leaves the plan while it is down is over when those who are still watched are back,
  /// and is not announced again.
  @Test func aGroupThatLeftEndsInSilence() throws {
    let names = ["a", "b"]
    let groups = [Group(name: "pair", members: names)]
    var monitor = Monitor(
      session: Strip.session(names, groups: groups, sustained: .minutes(2)), announces: true)
    let rows = ["......xxxxxxxx......", "......xxxxxxxx......"].map(Array.init)
    var events: [Event] = []
    for observation in Strip.observations(rows) {
      if observation.time == Strip.instant(14) {
        // From here on there is no b, and no group.
        if observation.target == 0 {
          events = monitor.adopt(Strip.session(["a"], sustained: .minutes(2)))
          #expect(events.map(\.kind) == [.dropped])
        }
      }
      if observation.time >= Strip.instant(14), observation.target == 1 { continue }
      events += monitor.observe(observation)
    }
    let told = events.filter { $0.episode.scope == .group("pair") }.map(\.kind)
    #expect(told == [.dropped])
    let timeline = try #require(monitor.timeline())
    let event = try #require(timeline.episodes.first { $0.scope == .group("pair") })
    #expect(event.kind == .outage && event.end?.latest == Strip.instant(14))
  }

  @Test func tellsAGroupsEventOnce() {
    let found = events(
      ["a": "......xxxxxxx......", "b": "......xxxxxxx......", "c": "......xxxxxxx......"],
      groups: [Group(name: "g", members: ["a", "b", "c"])])
    #expect(found["g"] == ["declared blip", "escalated outage", "ended outage"])
    // The first to be believed down was told before there was an event of the group, and is taken
    // back.
    #expect(found["a"] == ["declared blip", "reclassified blip"])
    #expect(found["b"] == nil && found["c"] == nil)
  }

  @Test func takesBackWhatWasOurOwn() {
    let found = events(
      [
        "web": "......xxxxxxxxxxx........", "s1": "........xxxxxxxxx........",
        "s2": "........xxxxxxxxx........",
      ], sentinels: ["s1", "s2"])
    #expect(found["local"] == ["declared unobserved", "ended unobserved"])
    // It fell before the sentinels did: its own, and it is over when it answers again.
    #expect(found["web"] == ["declared blip", "ended blip"])

    let together = events(
      [
        "web": "........xxxxxxxxxx........", "s1": "._._._._x_x_x_x_x_._._._._",
        "s2": "._._._._x_x_x_x_x_._._._._",
      ], sentinels: ["s1", "s2"])
    #expect(together["local"] == ["declared unobserved", "ended unobserved"])
    #expect(together["web"] == ["declared blip", "reclassified blip"])
  }

  /// Every strip of fifteen probes: what was declared is ended or taken back, or lasts.
  @Test func leavesNothingOpen() {
    for number in 0..<1 << 15 {
      let strip = (0..<15).map { number >> $0 & 1 == 1 ? Character("x") : "." }
      var monitor = Monitor(session: Strip.session(["a"], sustained: .minutes(1)), announces: true)
      var open = Set<String>()
      for observation in Strip.observations([Array(strip)]) {
        for event in monitor.observe(observation) {
          switch event.kind {
          case .declared, .resumed:
            #expect(open.insert(event.episode.id).inserted, "\(String(strip))")
          case .escalated: open.insert(event.episode.id)
          case .ended, .reclassified, .dropped:
            #expect(open.remove(event.episode.id) != nil, "\(String(strip))")
          case .suspected, .cleared: break
          }
        }
      }
      let lasting = (monitor.timeline()?.episodes ?? []).filter {
        $0.end == nil && $0.parent == nil
      }
      #expect(open == Set(lasting.map(\.id)), "\(String(strip))")
    }
  }
}

import Testing

@testable import Outages

/// What keeps us from probing is ours, and one event.
@Suite struct TroubleTests {
  private func observe(
    _ rows: KeyValuePairs<String, String>, sentinels: Set<String> = []
  ) -> (monitor: Monitor, events: [Event]) {
    var session = Strip.session(rows.map(\.key), sustained: .minutes(2))
    for name in sentinels {
      session.add(Target(name: name, every: Strip.every, isSentinel: true))
    }
    var monitor = Monitor(session: session, announces: true)
    var events: [Event] = []
    for observation in Strip.observations(rows.map { Array($0.value) }) {
      events += monitor.observe(observation)
    }
    return (monitor, events.filter { !$0.isMereDoubt })
  }

  @Test func aDeadResolverIsOneEvent() throws {
    let (monitor, events) = observe([
      "a": "..........rrrrrrrrrrrr..........",
      "b": "..........rrrrrrrrrrrr..........",
      "c": ".........rrrrrrrrrrrrr..........",
      "by-address": "................................",
    ])
    let timeline = try #require(monitor.timeline())
    #expect(timeline.episodes.map(\.kind) == [.unobserved])
    let episode = try #require(timeline.episodes.first)
    #expect(episode.scope == .vantage("local") && episode.cause == .resolver)
    #expect(
      episode.start == Bounds(earliest: Strip.instant(8), latest: Strip.instant(9)))
    #expect(episode.end == Bounds(earliest: Strip.instant(21), latest: Strip.instant(22)))
    #expect(episode.declared == Strip.instant(10))
    // Who was not kept from us was seen all the time.
    #expect(timeline.targets.map { $0.unobserved.ranges.isEmpty } == [false, false, false, true])
    #expect(timeline.targets.allSatisfy { $0.down.ranges.isEmpty })
    #expect(
      events.map { "\($0.kind) \($0.episode.kind)" } == ["declared unobserved", "ended unobserved"])
  }

  @Test func oneProbeThatWasPreventedIsNoEvent() throws {
    let (monitor, events) = observe(["a": ".....r.....", "b": "..........."])
    #expect(try #require(monitor.timeline()).episodes == [])
    #expect(events == [])
  }

  /// Without any route the sentinels have none either: that is the loss of our uplink, told once.
  @Test func noRouteAtAllIsOurUplink() throws {
    let row = "..........nnnnnnnnnnnn.........."
    let (monitor, _) = observe(["s1": row, "s2": row, "a": row], sentinels: ["s1", "s2"])
    let episodes = try #require(monitor.timeline()).episodes
    #expect(episodes.map(\.cause) == [.uplink])
    #expect(episodes.map(\.start.latest) == [Strip.instant(10)])
  }

  @Test func anOutageGoesOnAcrossIt() throws {
    let (monitor, _) = observe(["a": "..........xxxxxxxxrrrrrrrrxxxxxxxx.........."])
    let episodes = try #require(monitor.timeline()).episodes
    #expect(episodes.filter { $0.kind == .outage }.count == 1)
    #expect(episodes.map(\.cause).contains(.resolver))
  }

  /// An address of a family that we do not have is neither up nor down.
  @Test func whatWasNeverPossibleIsUnobserved() throws {
    let (monitor, _) = observe(["six": "nnnnnnnnnnnnnnnnnnnn", "four": "...................."])
    let timeline = try #require(monitor.timeline())
    #expect(timeline.targets.map(\.state) == [.unobserved, .up])
    #expect(timeline.episodes == [])
  }

  /// Nor does it hide when nobody watched at all, or what befalls the others later.
  @Test func oneThatIsNeverPossibleHidesNothing() throws {
    let (monitor, events) = observe([
      "six": "nnnnnnnnnn__________nnnnnnnnnnnnnnnnnnnnnnnn",
      "a": "..........__________..........nnnnn.........",
      "b": "..........__________..........nnnnn.........",
    ])
    let episodes = try #require(monitor.timeline()).episodes
    #expect(episodes.map(\.cause) == [.noProbes, .noRoute])
    #expect(episodes.map(\.start.latest) == [Strip.instant(10), Strip.instant(30)])
    #expect(events.map { "\($0.kind)" } == ["declared", "ended"])
  }

  @Test func aTroubleOfOneIsAHoleWithItsReason() throws {
    let (monitor, _) = observe([
      "a": "..........nnnnnnnnnn..........", "b": "..............................",
    ])
    let episodes = try #require(monitor.timeline()).episodes
    #expect(episodes.map(\.scope) == [.target("a")] && episodes.map(\.cause) == [.noRoute])
  }

  @Test func whoLeavesThePlanLeavesItsTroubleToo() throws {
    var (monitor, _) = observe(["a": "....rrrrrr", "b": "....rrrrrr", "c": ".........."])
    monitor.adopt(Session(targets: [Target(name: "c", every: Strip.every)]))
    #expect(try #require(monitor.timeline()).episodes.first?.end != nil)
  }

  /// When the uplink is lost the resolver is too, and sentinels by name say nothing else: that is one
  /// event, and what fails meanwhile is nobody's outage.
  @Test func aLostUplinkTakesTheResolverWithIt() throws {
    let names = "..........rrrrrrrrrrrrrrrrrrrr.........."
    let addresses = "..........xxxxxxxxxxxxxxxxxxxx.........."
    let (monitor, _) = observe(
      ["s1": names, "s2": names, "a": addresses, "b": addresses, "c": names],
      sentinels: ["s1", "s2"])
    let timeline = try #require(monitor.timeline())
    #expect(timeline.episodes.map(\.cause) == [.uplink])
    #expect(timeline.targets.allSatisfy { $0.down.ranges.isEmpty })
    // While targets by address answer it is the resolver alone.
    let calm = String(repeating: ".", count: 40)
    let (other, _) = observe(
      ["s1": names, "s2": names, "a": calm, "b": calm, "c": names], sentinels: ["s1", "s2"])
    #expect(try #require(other.timeline()).episodes.map(\.cause) == [.resolver])
  }
}

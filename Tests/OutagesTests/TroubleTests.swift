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
    #expect(timeline.episodes.map(\.cause) == [.noRoute])
  }
}

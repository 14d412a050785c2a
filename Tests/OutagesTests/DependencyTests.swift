import Testing

@testable import Outages

@Suite struct DependencyTests {
  private let start = Instant(milliseconds: 1_419_264_000_000)

  /// A router and a server behind it, probed every five minutes, both down for an hour; the router's
  /// return is seen at zero. The outcomes of the server's probes follow, by their seconds.
  private func monitor(behind: Bool = true, then probes: [(seconds: Int64, isAnswered: Bool)] = [])
    -> Monitor
  {
    let every = Duration.minutes(5)
    let server = Target(name: "server", every: every, behind: behind ? "router" : nil)
    var monitor = Monitor(
      session: Session(targets: [Target(name: "router", every: every), server]))
    func observe(_ target: Int, _ seconds: Int64, _ isAnswered: Bool) {
      let outcome = isAnswered ? Outcome.answered(milliseconds: 20) : .failed(.timeout)
      let time = start + .seconds(seconds)
      _ = monitor.observe(Observation(time: time, target: target, outcome: outcome))
    }
    for turn in Int64(-200)..<(-12) { for target in 0...1 { observe(target, turn * 300, true) } }
    for turn in Int64(-12)...(-1) { for target in 0...1 { observe(target, turn * 300, false) } }
    for second in [Int64(-2), 0] { observe(0, second, true) }
    for probe in probes { observe(1, probe.seconds, probe.isAnswered) }
    return monitor
  }

  @Test func asksWhoIsBehindWhatReturned() {
    #expect(monitor().worthAsking == [1])
    #expect(monitor(behind: false).worthAsking == [])
    var confirmation = Confirmation(intervals: [.minutes(5), .minutes(5)])
    let returned = Observation(time: start, target: 0, outcome: .answered(milliseconds: 20))
    let asks = confirmation.asks(
      after: returned, isInDoubt: false, others: monitor().worthAsking, now: start
    ) { _ in .minutes(5) }
    #expect(asks.map(\.target) == [1] && asks.map(\.due) == [start + .seconds(1)])
  }

  @Test func asksUntilItSpeaksForItself() {
    #expect(monitor(then: [(2, false)]).isInDoubt)
    #expect(monitor(then: [(2, false), (298, false)]).isInDoubt)
    // By now it is down on its own.
    #expect(!monitor(then: [(2, false), (305, false)]).isInDoubt)
    #expect(!monitor(behind: false, then: [(2, false)]).isInDoubt)
  }

  @Test func tellsAReturnAsItWas() throws {
    let timeline = try #require(monitor(then: [(2, true), (4, true), (6, true)]).timeline())
    let child = try #require(timeline.episodes.first { $0.scope == .target("server") })
    #expect(child.parent != nil && child.end?.latest == start + .seconds(2))
  }

  /// The episodes of targets that are behind others, `web` behind `router` and so on.
  private func episodes(
    _ rows: KeyValuePairs<String, String>, behind: [String: String], groups: [Group] = []
  ) -> [String: Episode] {
    var session = Strip.session(rows.map(\.key), groups: groups, sustained: .minutes(2))
    for (name, above) in behind {
      session.add(Target(name: name, every: Strip.every, behind: above))
    }
    var monitor = Monitor(session: session)
    for observation in Strip.observations(rows.map { Array($0.value) }) {
      _ = monitor.observe(observation)
    }
    return Dictionary(
      (monitor.timeline()?.episodes ?? []).map { ($0.scope.name, $0) },
      uniquingKeysWith: { first, _ in first })
  }

  @Test func whatWasOverBeforeIsNotExplained() {
    let told = episodes(
      ["router": "..............xxxxxxxxx.....", "web": "........xxx................."],
      behind: ["web": "router"])
    #expect(told["web"]?.kind == .blip && told["web"]?.parent == nil)
  }

  /// Nobody knows whether it was still down.
  @Test func whoIsNotProbedAnyMoreExplainsNothing() {
    let told = episodes(
      [
        "router": "....xxxxxxx___________________________________",
        "web": "..............................xxxxxxxxx.......",
      ], behind: ["web": "router"])
    #expect(told["web"]?.kind == .outage && told["web"]?.parent == nil)
  }

  /// It is declared when it speaks for itself, two minutes after the router's return.
  @Test func whoStaysAwayForLongIsDeclaredThen() {
    let rows: KeyValuePairs = [
      "router": "....xxxxxxxxxx....................",
      "web": "....xxxxxxxxxxxxxxxxxxxxxxxx......",
    ]
    let told = episodes(rows, behind: ["web": "router"])
    #expect(told["web"]?.parent == nil && told["web"]?.start.latest == Strip.instant(4))
    #expect(told["web"]?.declared == Strip.instant(19))
    let before = rows.map { ($0.key, String($0.value.prefix(19))) }
    let cut = episodes(
      [before[0].0: before[0].1, before[1].0: before[1].1], behind: ["web": "router"])
    #expect(cut["web"]?.parent == cut["router"]?.id && cut["router"] != nil)
  }

  /// The site is behind its router, and the router is of the site.
  @Test func aGroupMayBeBehindAMemberOfItself() {
    let row = "....xxxxxxxxxx......"
    let told = episodes(
      ["router": row, "web": row], behind: [:],
      groups: [Group(name: "site", members: ["router", "web"], behind: "router")])
    #expect(told["router"].map { $0.parent == nil } == true)
    #expect(told["site"]?.parent == told["router"]?.id && told["web"]?.parent == told["site"]?.id)
  }
}

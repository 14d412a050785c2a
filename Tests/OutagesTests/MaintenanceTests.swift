import Testing
import Zones

@testable import Outages

@Suite struct MaintenanceTests {
  private func instant(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }

  /// The starts of windows at a time of day on some days, over some days from 2014-`from` on.
  private func starts(
    _ time: Duration, days: Set<Int>, zone: String, from: String, for length: Int64
  ) throws -> [String] {
    let first = try instant("2014-\(from)T00:00:00Z")
    let recurrence = Maintenance.Recurrence(
      days: days, from: time, lasting: .minutes(30), zone: try #require(Zone(zone)))
    let maintenance = Maintenance(title: "", scopes: [], when: .recurring(recurrence))
    return maintenance.windows(over: first..<first + .days(length))
      .map { String($0.lowerBound.description.dropFirst(5).prefix(11)) }
  }

  @Test func comesOnItsDays() throws {
    // 22 December 2014 was a Monday.
    #expect(
      try starts(.hours(3), days: [0, 6], zone: "UTC", from: "12-20", for: 10)
        == ["12-21T03:00", "12-22T03:00", "12-28T03:00", "12-29T03:00"])
  }

  @Test func keepsTheTimeOnTheWallAcrossDST() throws {
    let sunday: Set = [6]
    #expect(
      try starts(.hours(3), days: sunday, zone: "Europe/Berlin", from: "03-22", for: 16)
        == ["03-23T02:00", "03-30T01:00", "04-06T01:00"])
    #expect(
      try starts(.hours(3), days: sunday, zone: "Europe/Berlin", from: "10-18", for: 16)
        == ["10-19T01:00", "10-26T02:00", "11-02T02:00"])
    // 02:30 did not come on 30 March, and came twice on 26 October: once each all the same.
    #expect(
      try starts(.minutes(150), days: sunday, zone: "Europe/Berlin", from: "03-30", for: 1)
        == ["03-30T01:30"])
    #expect(
      try starts(.minutes(150), days: sunday, zone: "Europe/Berlin", from: "10-26", for: 1)
        == ["10-26T00:30"])
  }

  @Test func reachesOverMidnight() throws {
    let recurrence = Maintenance.Recurrence(
      days: [0], from: .hours(23), lasting: .hours(4), zone: .utc)
    let maintenance = Maintenance(title: "", scopes: [], when: .recurring(recurrence))
    let tuesday = try instant("2014-12-23T01:00:00Z")
    #expect(maintenance.windows(over: tuesday..<tuesday + .hours(1)).count == 1)
  }

  private func monitor(_ windows: [ClosedRange<Int>], _ row: String) -> (Monitor, [Event]) {
    var session = Strip.session(["a", "b"], sustained: .minutes(2))
    session.maintenance = windows.map {
      Maintenance(
        title: "new line card", scopes: ["a"],
        when: .once(Strip.instant($0.lowerBound)..<Strip.instant($0.upperBound)))
    }
    var monitor = Monitor(session: session, announces: true)
    let calm = String(repeating: ".", count: row.count)
    let events = Strip.observations([Array(row), Array(calm)]).flatMap { monitor.observe($0) }
      .filter { !$0.isMereDoubt }
    return (monitor, events)
  }

  @Test func isReportedApartAndAlarmsNobody() throws {
    let (monitor, events) = monitor([4...20], "......xxxxxxxx..........")
    #expect(events == [])
    let timeline = try #require(monitor.timeline())
    #expect(timeline.episodes.map(\.maintenance) == ["new line card"])
    let history = timeline.targets[0]
    #expect(history.outages.isEmpty && history.availability == 1)
    #expect(history.maintenance.total == .minutes(8))
    #expect(timeline.targets[1].maintenance.ranges.isEmpty)
    let whole = try #require(monitor.timeline(.init(policy: .withMaintenance))?.targets[0])
    #expect(whole.maintenance.ranges.isEmpty && whole.down.total == .minutes(4))
  }

  /// Work begins a little early and overruns: what nobody would call an outage by itself is none.
  /// What had been told of its beginning is taken back.
  @Test(
    arguments: [
      ("......xxxxxxxx..........", []), ("......xxxxxxxxx.........", []),
      ("..xxxxxxxxx.............", [.declared, .reclassified]),
      ("..xxxxxxxxxxx...........", [.declared, .reclassified]),
    ] as [(String, [Event.Kind])])
  func mayBeginEarlyAndOverrun(_ row: String, _ kinds: [Event.Kind]) {
    let (monitor, events) = monitor([4...7, 7...12], row)
    #expect(events.map(\.kind) == kinds)
    #expect(events.allSatisfy { $0.episode.kind == .blip })
    #expect(monitor.timeline()?.episodes.map(\.maintenance) == ["new line card"])
  }

  /// It alarms once what lies outside is `sustained` long: two minutes, four probes after the window.
  @Test func alarmsWhenItIsOutlasted() {
    let (_, events) = monitor([4...10], "......xxxxxxxxxxxxx.....")
    #expect(events.map(\.kind) == [.declared, .ended])
    #expect(events.map(\.episode.kind) == [.outage, .outage])
    #expect(events.first?.time == Strip.instant(14))
    #expect(events.first?.episode.declared == Strip.instant(14))
  }

  /// Each of those that fell is maintained under its own name: so is their group.
  @Test func concernsTheGroupOfThoseItConcerns() throws {
    let row = "......xxxxxxxx.........."
    var session = Strip.session(
      ["a", "b", "c"], groups: [Group(name: "g", members: ["a", "b", "c"])], sustained: .minutes(2))
    let window = Maintenance.When.once(Strip.instant(4)..<Strip.instant(20))
    session.maintenance = [Maintenance(title: "card", scopes: ["a", "b"], when: window)]
    var monitor = Monitor(session: session)
    let calm = String(repeating: ".", count: row.count)
    for observation in Strip.observations([row, row, calm].map(Array.init)) {
      _ = monitor.observe(observation)
    }
    let told = try #require(monitor.timeline()).episodes
    #expect(told.map(\.maintenance) == ["card", "card", "card"])
  }

  @Test func doesNotExplainWhatWasOverBefore() {
    let (monitor, events) = monitor([9...12], "......xx................")
    #expect(events.map(\.kind) == [.declared, .ended])
    #expect(monitor.timeline()?.episodes.map(\.maintenance) == [nil])
  }

  @Test(arguments: [
    (Policy.everyInterruption, 5.25), (.outagesOnly, 4.25), (.withMaintenance, 5.25),
    (.unobservedIsDown, 5.25),
  ])
  func countsByItsPolicy(_ policy: Policy, _ minutes: Double) throws {
    let (monitor, _) = monitor([], "....xx.....xxxxxxxx____....")
    let history = try #require(monitor.timeline(.init(policy: policy))?.targets[0])
    #expect(history.down.total.seconds == minutes * 60)
    let counted = history.down.total + history.up.total
    let all = policy == .unobservedIsDown ? counted + history.unobserved.total : counted
    #expect(history.availability == history.up.total.seconds / all.seconds)
  }
}

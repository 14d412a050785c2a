import Testing

@testable import Outages
@testable import Reports

/// The lines that a watch says, one a moment.
@Suite struct EventLineTests {
  private let start = Instant(milliseconds: 1_419_206_400_000)  // 2014-12-22T00:00:00Z

  private func line(_ kind: Event.Kind, _ what: Episode.Kind, end: Bounds? = nil) -> String {
    let episode = Episode(
      kind: what, scope: .target("web"), parent: nil,
      start: Bounds(earliest: start, latest: start + .minutes(2)), end: end,
      declared: start + .minutes(90), certain: .minutes(20), failure: .timeout)
    return Event(kind: kind, time: start + .minutes(90), episode: episode)
      .line(Style(width: 80)) { $0.name }
  }

  /// What lasts is said to be down; what was over when it was understood is said with its length.
  @Test func saysWhetherAnOutageLasts() {
    let end = Bounds(earliest: start + .minutes(22), latest: start + .minutes(24))
    #expect(
      line(.escalated, .outage).hasSuffix("web: outage (timeout), certainly down for 1h 28m"))
    #expect(
      line(.escalated, .outage, end: end).hasSuffix(
        "over after 22m: its losses were no chance"))
    #expect(line(.ended, .outage, end: end).hasSuffix("web: up, the outage lasted 22m"))
    #expect(line(.resumed, .outage).contains("still down, the outage since "))
  }
}

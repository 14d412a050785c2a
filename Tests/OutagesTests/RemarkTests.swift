import Testing

@testable import Outages

@Suite struct RemarkTests {
  /// What is remarked of rows with falls at some minutes, each of three probes a minute apart.
  private func remarks(
    _ falls: [String: [Int]], minutes: Int, groups: [Group] = []
  ) -> [Remark] {
    let names = falls.keys.sorted()
    let session = Session(
      targets: names.map { Target(name: $0, every: .minutes(1)) }, groups: groups)
    var monitor = Monitor(session: session)
    for minute in 0..<minutes {
      for (index, name) in names.enumerated() {
        let isDown = (falls[name] ?? []).contains { ($0..<$0 + 3).contains(minute) }
        _ = monitor.observe(
          Observation(
            time: Strip.start + .minutes(Int64(minute)), target: index,
            outcome: isDown ? .failed(.timeout) : .answered(milliseconds: 20)))
      }
    }
    return monitor.timeline()?.remarks ?? []
  }

  @Test func seesWhatComesEveryNight() {
    let nightly = (0..<5).map { 200 + $0 * 1440 } + [3000]
    let found = remarks(["a": nightly], minutes: 7 * 1440)
    #expect(
      found == [
        .regular(
          scope: .target("a"), every: .days(1), count: 5, first: Strip.start + .minutes(200),
          last: Strip.start + .minutes(200 + 4 * 1440))
      ])
  }

  /// Some of the nights are weeks apart too; all of them are nights.
  @Test func takesThePeriodThatMostFollow() {
    let nightly = (0..<20).map { 200 + $0 * 1440 } + [212 + 14 * 1440]
    guard
      case .regular(_, let every, let count, _, _)? = remarks(["a": nightly], minutes: 21 * 1440)
        .first
    else {
      Issue.record("it was not seen")
      return
    }
    #expect(every == .days(1) && count == 20)
  }

  @Test func seesNothingInChance() {
    #expect(remarks(["a": [200, 1900, 3100, 5000, 7700]], minutes: 7 * 1440) == [])
  }

  @Test func seesTwoThatFallTogetherAgainAndAgain() {
    let found = remarks(
      ["a": [300, 2100, 4400, 7000, 9000], "b": [300, 2100, 4400, 8000], "c": [1500]],
      minutes: 10_000)
    #expect(found == [.pair(targets: ["a", "b"], count: 3, falls: [5, 4])])
    // Once is no more than chance.
    #expect(remarks(["a": [300, 2100], "b": [300, 4400], "c": []], minutes: 10_000) == [])
  }

  @Test func seesACommonCauseThatNobodyDeclared() {
    let alone = ["a": [300], "b": [2000], "c": [4000], "d": [5000], "e": [600], "f": [3500]]
    let all = alone.mapValues { $0 + [1000] }
    guard case .together(let targets, let start)? = remarks(all, minutes: 6000).first else {
      Issue.record("it was not seen")
      return
    }
    #expect(targets == ["a", "b", "c", "d", "e", "f"])
    #expect(start.latest == Strip.start + .minutes(1000))
    #expect(remarks(alone, minutes: 6000) == [])
    // What a group explains needs no remark.
    let group = Group(name: "g", members: alone.keys.sorted())
    #expect(remarks(all, minutes: 6000, groups: [group]) == [])
  }
}

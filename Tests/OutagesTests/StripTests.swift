import Testing

@testable import Outages

/// The detector on drawn probes.
@Suite struct StripTests {
  /// Rows of probes must yield rows of episodes: `B` blip, `O` outage, `_` unobserved. The group,
  /// if it has a row, has all targets as members.
  private func check(
    _ probes: KeyValuePairs<String, String>, yields expected: KeyValuePairs<String, String>,
    sustained: Duration = .minutes(2), location: SourceLocation = #_sourceLocation
  ) {
    let groups = [Group(name: "group", members: probes.map(\.key))]
    let monitor = Strip.monitor(probes, groups: groups, sustained: sustained)
    let episodes = monitor.timeline()?.episodes ?? []
    for (name, strip) in expected {
      let drawn = Strip.drawn(episodes, of: name, width: strip.count)
      #expect(drawn == strip, "\(name)", sourceLocation: location)
    }
  }

  @Test func oneLostProbeIsNothing() {
    check(["a": "......x.........x......"], yields: ["a": "......................."])
  }

  @Test func twoAreABlip() {
    check(["a": "......xx..............."], yields: ["a": "......BB..............."])
  }

  @Test func whatCertainlyLastedIsAnOutage() {
    // Two minutes are five probes half a minute apart: first to last.
    check(["a": "......xxxx............."], yields: ["a": "......BBBB............."])
    check(["a": "......xxxxx............"], yields: ["a": "......OOOOO............"])
    // One loss before makes no habit.
    check(["a": ".x....xxxxx............"], yields: ["a": "......OOOOO............"])
  }

  @Test func oneAnswerIsNoRecovery() {
    check(["a": "......xxxxxx.xxxx.xx...."], yields: ["a": "......OOOOOOOOOOOOOO...."])
    // What failed after the answer may have been chance: its end lies somewhere between.
    check(["a": "......xx.x............."], yields: ["a": "......BB..............."])
  }

  @Test func twoAnswersAre() {
    check(["a": "......xx..xx..........."], yields: ["a": "......BB..BB..........."])
  }

  /// What is told of a row after so long a calm that all is known of the target.
  private func told(_ row: String) -> String {
    let calm = String(repeating: ".", count: 500)
    let rest = String(repeating: ".", count: 30)
    let monitor = Strip.monitor(["a": calm + row + rest], sustained: .minutes(5))
    let drawn = Strip.drawn(
      monitor.timeline()?.episodes.filter { $0.parent == nil } ?? [], of: "a",
      width: calm.count + row.count)
    return String(drawn.dropFirst(calm.count))
  }

  /// A run of losses is no sign of a lossy level, however long: what follows it is judged as ever.
  @Test func anOutageMayFollowABlipAtOnce() {
    #expect(told("xxxxxxxxxx..xxxxxxxxxxxxxxxxxxxx") == "BBBBBBBBBB..OOOOOOOOOOOOOOOOOOOO")
    #expect(told("xxxxxxxxxx..xxxxxxxxxx") == "BBBBBBBBBB..BBBBBBBBBB")
    let beat = "xxxxxxxxx.."
    #expect(
      told(String(repeating: beat, count: 6)).dropLast(2) == String(repeating: "I", count: 64))
  }

  /// What seemed a return were stray answers, if the outage has others: so much is known only later.
  @Test func anOutageWithStrayAnswersIsOne() {
    let row = "xxxxxxxx..xxxxxxxxxxxx.xxxxxx.xxxxxxxxxx.xxxxxxx"
    #expect(told(row) == String(repeating: "O", count: row.count))
    let twice = "xxxxxxxxxxxxxxx..xxxxxxxxxxxx.xxxxxx.xxxxxxxxxx.xxxxxxx"
    #expect(told(twice) == String(repeating: "O", count: twice.count))
    // Five in a row are none.
    #expect(
      told("xxxxxxxx.....xxxxxxxxxxxx.xxxxxx.xxxxxxxxxx.xxxxxxx")
        == "BBBBBBBB....." + String(repeating: "O", count: 38))
  }

  @Test func whatLastsHasNoEnd() {
    check(["a": "......xxx"], yields: ["a": "......BBB"])
    check(["a": "......xxxxxx."], yields: ["a": "......OOOOOOO"])
  }

  @Test func timeWithoutProbesIsUnobserved() {
    check(["a": ".....___......"], yields: ["local": ".....___......"])
    // One probe left out is within two and a half intervals.
    check(["a": ".....__._....."], yields: ["local": ".....__......."])
    check(
      ["a": ".....___...", "b": "..........."],
      yields: ["a": ".....___...", "local": "..........."])
    check(["a": ".....__....", "b": "..........."], yields: ["a": ".....__...."])
  }

  @Test func anOutageGoesOnAcrossAHole() {
    check(["a": "....xxxxx____xx....."], yields: ["a": "....OOOOOOOOOOO....."])
  }

  @Test func aHoleProvesNoOutage() {
    check(["a": "....xx_______x......"], yields: ["a": "....BBBBBBBBBB......"])
  }

  @Test func whatWasNeverUpHasNoEpisodes() {
    check(["a": "xxxxxxxxxxxxxxxx"], yields: ["a": "................"])
  }

  @Test func whatComesUpLateWasDownBefore() {
    check(["a": "xxxxxxxx........"], yields: ["a": "OOOOOOOO........"])
  }

  @Test func aGroupIsDownWhenAllItsMembersAre() {
    check(
      ["a": "......xxxxxx......", "b": ".......xxxxxx.....", "c": "......xxxxxxx....."],
      yields: ["group": "......OOOOOOO....."])
  }

  @Test func someMembersThatFallTogetherAreAPartOfIt() {
    check(
      ["a": "......xxxxxx......", "b": "..................", "c": "......xxxxxxx....."],
      yields: ["group": "......OOOOOOO....."])
    // One alone is an event of its own.
    check(
      ["a": "......xxxxxx......", "b": "..................", "c": ".................."],
      yields: ["group": "..................", "a": "......OOOOOO......"])
  }

  @Test func aMemberThatWasDownBeforeIsNoPartOfIt() {
    check(
      [
        "a": "..xxxxxxxxxxxxxxxxxxxx", "b": "............xxx.......", "c": "............xxx.......",
      ],
      yields: ["group": "............BBB.......", "a": "..OOOOOOOOOOOOOOOOOOOO"])
    // Two that fell on their own, one long before the other, are two events.
    check(
      ["a": "..xxxxxxxxxxxxxxxxxxxx..", "b": "............xxxxxxxxx..."],
      yields: [
        "group": "........................", "a": "..OOOOOOOOOOOOOOOOOOOO..",
        "b": "............OOOOOOOOO...",
      ])
  }

  @Test func fallsMayBeStaggered() {
    check(
      [
        "a": "......xxxxxxxxxx..........", "b": "........xxxxxxxxxx........",
        "c": ".........xxxxxxxxxxx......",
      ],
      yields: ["group": "......OOOOOOOOOOOOOO......"])
  }

  @Test func whoStaysAwayAfterABlipOfAllHasAnOutageOfHisOwn() {
    check(
      ["a": "......xxx...........", "b": "......xxxxxxxxxx...."],
      yields: [
        "group": "......BBB...........", "a": "......BBB...........", "b": "......OOOOOOOOOO....",
      ])
  }

  @Test func whatWasNeverUpIsNotWaitedFor() {
    check(
      ["a": "......xxxxxx......", "b": "......xxxxxx......", "c": "xxxxxxxxxxxxxxxxxx"],
      yields: ["group": "......OOOOOO......"])
  }
}

/// Every strip of fourteen probes.
@Suite struct EveryStripTests {
  private func strip(_ number: Int, _ width: Int, _ alphabet: [Character]) -> [Character] {
    var rest = number
    return (0..<width).map { _ in
      defer { rest /= alphabet.count }
      return alphabet[rest % alphabet.count]
    }
  }

  private func monitor(_ strip: ArraySlice<Character>) -> Monitor {
    var monitor = Monitor(session: Strip.session(["a"], sustained: .minutes(2)))
    for observation in Strip.observations([Array(strip)]) { _ = monitor.observe(observation) }
    return monitor
  }

  /// What must hold of any timeline of one target; returns what does not.
  private func faults(_ timeline: Timeline) -> [String] {
    var faults: [String] = []
    let history = timeline.targets[0]
    let whole = timeline.span.upperBound - timeline.span.lowerBound
    if history.up.total + history.down.total + history.unobserved.total != whole {
      faults.append("up, down and unobserved do not add up")
    }
    if Spans(history.up.ranges + history.down.ranges + history.unobserved.ranges).total != whole {
      faults.append("up, down and unobserved overlap")
    }
    let interruptions = timeline.episodes.filter { $0.kind == .blip || $0.kind == .outage }
    for (a, b) in zip(interruptions, interruptions.dropFirst())
    where (a.end?.latest ?? timeline.span.upperBound) > b.start.earliest ?? b.start.latest {
      faults.append("\(a.id) and \(b.id) overlap or are out of order")
    }
    for episode in interruptions {
      if let earliest = episode.start.earliest, earliest >= episode.start.latest {
        faults.append("\(episode.id) begins before its evidence")
      }
      if let end = episode.end, (end.earliest ?? end.latest) < episode.start.latest {
        faults.append("\(episode.id) ends before it begins")
      }
    }
    let down = Spans(
      interruptions.map { $0.start.midpoint..<($0.end?.midpoint ?? timeline.span.upperBound) })
    if history.state != .neverUp, down.subtracting(history.unobserved) != history.down {
      faults.append("the time down is not that of the episodes")
    }
    return faults
  }

  @Test func yieldsDisjointOrderedEpisodesThatAddUp() {
    for number in 0..<1 << 14 {
      let strip = strip(number, 14, [".", "x"])
      guard let timeline = monitor(strip[...]).timeline() else {
        Issue.record("\(String(strip)): no timeline")
        continue
      }
      let faults = faults(timeline)
      #expect(faults.isEmpty, "\(String(strip))")
    }
  }

  @Test func alsoWithHoles() {
    for number in 0..<19_683 {
      let strip = strip(number, 9, [".", "x", "_"])
      guard let timeline = monitor(strip[...]).timeline() else { continue }
      let faults = faults(timeline)
      #expect(faults.isEmpty, "\(String(strip))")
    }
  }

  /// Whoever stops the log where a verdict claims to have fallen finds that verdict.
  @Test func declaresWithoutLookingAhead() {
    for number in 0..<1 << 12 {
      let strip = strip(number, 12, [".", "x"])
      for episode in monitor(strip[...]).timeline()?.episodes ?? [] {
        let column = Int((episode.declared - Strip.start).milliseconds / Strip.every.milliseconds)
        let then = monitor(strip[...column]).timeline()?.episodes ?? []
        let isThere = then.contains { $0.id == episode.id && $0.kind == episode.kind }
        #expect(isThere, "\(String(strip)): \(episode.kind) at \(column)")
      }
    }
  }
}

@Suite struct CadenceTests {
  private func holes(_ seconds: [Int64], every: Duration? = nil) -> [Int64] {
    var cadence = Cadence(every: every)
    return seconds.compactMap { second in
      cadence.probe(
        at: Instant(milliseconds: second * 1000), failed: false, detection: Detection()
      )
      .map { $0.lowerBound.milliseconds / 1000 }
    }
  }

  @Test func knowsHolesFromTheIntervalOfThePlan() {
    #expect(holes([0, 30, 60, 135, 165, 241], every: .seconds(30)) == [195])
  }

  /// Who probes more slowly while it fails does so after a header too.
  @Test func aHeaderThatSaysTheSameChangesNothing() {
    var cadence = Cadence(every: .seconds(30))
    var holes = 0
    for (number, second) in [0, 30, 60, 150, 240, 330, 420].enumerated() {
      if number == 5 { cadence.adopt(every: .seconds(30)) }
      let time = Instant(milliseconds: Int64(second) * 1000)
      if cadence.probe(at: time, failed: number > 1, detection: Detection()) != nil { holes += 1 }
    }
    #expect(holes == 1)
  }

  @Test func learnsTheInterval() {
    let minutes = (0..<20).map { Int64($0) * 60 }
    #expect(holes(minutes + [1140 + 3600, 1140 + 3660]) == [1200])
  }

  @Test func followsAChangeOfCadence() {
    let slow = (0..<20).map { Int64($0) * 60 }
    let fast = (1...40).map { 1140 + Int64($0) * 5 }
    #expect(holes(slow + fast + [1340 + 60]) == [1345])
  }

  @Test func isNotBentByHoles() {
    var times: [Int64] = []
    var time: Int64 = 0
    for turn in 0..<60 {
      time += turn % 6 == 5 ? 900 : 60
      times.append(time)
    }
    // The first hole comes after five minutes; all ten are found.
    #expect(holes(times).count == 10)
  }
}

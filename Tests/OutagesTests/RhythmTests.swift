import Testing

@testable import Outages

/// Up and down, up and down: whatever probes see of it, it is one instability.
@Suite struct RhythmTests {
  /// Of interruptions of a minute or two, probes two minutes apart see one loss here and there.
  private let beat = "x 5. x 4. xx 6. x 7. x 3. x 5. x 6. xx 4. x 5. x 8. x 4. x 6. x 5. x 3. x 6. "

  @Test func aBeatOfSingleLossesIsAnInstability() throws {
    let calm = "1000. "
    let drawing = calm + String(repeating: beat, count: 4) + "200."
    let episodes = Strip.told(drawing, every: .minutes(2))
    #expect(episodes.map(\.kind) == [.instability])
    let instability = try #require(episodes.first)
    let late = instability.start.latest - (Strip.start + .minutes(2) * 1000.0)
    #expect(late >= .zero && late < .hours(1))
    #expect(instability.blips ?? 0 > 50)
    // When it was declared it was true already.
    let probes = Int((instability.declared - Strip.start).milliseconds / 120_000)
    let until = Strip.watch(
      calm + String(repeating: beat, count: 4), every: .minutes(2), announces: true
    ).1.filter { $0.time <= instability.declared }
    #expect(probes < 1200)
    #expect(until.last?.kind == .declared && until.last?.episode.kind == .instability)
  }

  /// What was degraded before its beat was found is taken back, and the beat ends once.
  @Test func isToldOnce() {
    let drawing = "1000. " + String(repeating: beat, count: 4) + "200."
    let events = Strip.watch(drawing, every: .minutes(2), announces: true).1
      .filter { ![.suspected, .cleared].contains($0.kind) && $0.episode.kind != .blip }
      .map { "\($0.kind.rawValue) \($0.episode.kind.rawValue)" }
    #expect(
      events == [
        "declared degraded", "reclassified degraded", "declared instability", "ended instability",
      ])
  }

  /// Losses by chance come together as often as not, and hardly ever keep their distance for hours.
  @Test(arguments: [0.2, 0.3, 0.5])
  func chanceIsNoBeat(_ loss: Double) {
    let beats = (1...60).count { seed in
      var random = Draws(seed: UInt64(seed))
      let cells = (0..<400).map { _ in random.isTrue(loss) ? "x" : "." }.joined()
      return Strip.told("1000. \(cells) 200.", every: .minutes(2)).contains {
        $0.kind == .instability
      }
    }
    #expect(beats <= 1)
  }

  /// A blip every quarter of an hour is a beat of one who had one in four hours, and none of one who has ten a day.
  @Test func isHeldToWhatIsUsual() {
    let beat = "6x 82. 12x 64. 5x 97. 16x 400."
    func kinds(_ past: String) -> [Episode.Kind] {
      Strip.told("\(past) \(beat)", every: .seconds(10)).map(\.kind)
    }
    #expect(kinds("253. 5x 1100.") == [.blip, .instability])
    let restless = String(repeating: "5x 895. ", count: 16)
    #expect(kinds(restless).count > 16 && kinds(restless).allSatisfy { $0 == .blip })
  }

  /// Chance losses beside long blips made all of them bursts, and an instability of hours was told as forty blips.
  @Test func longBlipsAreNoBursts() {
    let unit = "12x 5. x 40. 9x 3. x 1. x 40. 5x 2. x 35. 14x 50. "
    let drawing = "2000. " + String(repeating: unit, count: 12) + "600."
    let episodes = Strip.told(drawing, every: .seconds(10))
    #expect(episodes.map(\.kind) == [.instability])
    #expect(episodes.first?.start.latest == Strip.start + .seconds(10) * 2000.0)
  }

  /// What was declared between beats is not taken back by those that follow, and ends the instability.
  @Test func anOutageBetweenBeatsStands() {
    let beats = String(repeating: "x 3. ", count: 20)
    let kinds = Strip.told("1500. \(beats) 10x 3. \(beats) 300.", every: .minutes(5)).map(\.kind)
    #expect(kinds == [.instability, .outage, .instability])
  }

  /// However long it lasts, what is known of it stays within bounds.
  @Test func isNoSurerThanSure() {
    var rhythm = Rhythm()
    for turn in 0..<40_000 { rhythm.take(answered: turn % 5 > 0) }
    #expect(rhythm.isProof && rhythm.likelihood <= 1e6)
    for turn in 0..<40_000 { rhythm.take(answered: turn % 5 > 1 || turn % 35 == 0) }
    #expect(rhythm.likelihood.isFinite && rhythm.likelihood > 0)
  }
}

import Testing

@testable import Outages

/// What a target's past makes of the same losses.
@Suite struct HistoryTests {
  private let every = Duration.minutes(5)

  private func monitor(_ drawing: String, announces: Bool = false) -> (Monitor, [Event]) {
    Strip.watch(drawing, every: every, announces: announces)
  }

  private func told(_ drawing: String) -> [Episode] { Strip.told(drawing, every: every) }

  /// A brown-out that loses half for three hours, and two days without a loss.
  private let brownOut = "xx.xx..x.x..xxx..x.x.x.xx..x.x..x.x. 576."

  /// A loss weeks ago, or outages, make no brown-out of what begins with a stray loss.
  @Test(arguments: ["4000.", "400. x 4000.", "400. 20x 4000.", "400. 9x 400. 9x 400. 9x 400."])
  func anOutageMayFollowALoss(_ past: String) {
    for outage in ["x.xxxxxx", "x..xxxxx", "x...xxxxx", "x.x..xxxxxxxxxx"] {
      let kinds = told("\(past) \(outage) 40.").map(\.kind)
      #expect(kinds.last == .outage, "\(past) \(outage)")
    }
  }

  /// Whose loss rose often is believed down later than who never had a brown-out.
  @Test func whoHasBrownOutsMayHaveAnother() throws {
    func turns(_ past: String) throws -> Int {
      let last = try #require(told("\(past) 30x 40.").last { $0.kind == .outage })
      return Int((last.declared - last.start.latest).milliseconds / every.milliseconds)
    }
    #expect(try turns("4000.") == 1)
    let known = try turns("1000. " + String(repeating: brownOut + " ", count: 4))
    #expect(known > 4 && known < 20)
  }

  /// How often, and for how long, is learned from the last thirty days.
  @Test func learnsHowOftenItIsDegraded() {
    var chronicle = Chronicle()
    chronicle.note(Strip.start)
    let hour = Duration.hours(1)
    let day = Duration.days(1)
    #expect(chronicle.chanceOfRise(within: hour, at: Strip.start) == 0.01)
    #expect(chronicle.chanceOfRise(within: every, at: Strip.start + day * 8.0) == 1.0 / 2880)
    let start = Bounds(earliest: nil, latest: Strip.start + day)
    let end = Bounds(earliest: nil, latest: Strip.start + day + hour * 9.0)
    chronicle.degraded = [Degradation.Stretch(start: start, end: end, declared: start.latest)]
    // One is no habit, and two are one more in half a month, as far as is known.
    #expect(chronicle.chanceOfFurtherRise(within: every, at: Strip.start + day * 8.0) == 0)
    var habit = chronicle
    habit.degraded += chronicle.degraded
    #expect(habit.chanceOfFurtherRise(within: every, at: Strip.start + day * 8.0) == 1.0 / 4320)
    #expect(chronicle.shareDegraded(with: nil, until: Strip.start + day * 8.0) == 0.05)
    let open = Degradation.Stretch(
      start: Bounds(earliest: nil, latest: Strip.start + day * 7.0), declared: Strip.start)
    #expect(chronicle.shareDegraded(with: open, until: Strip.start + day * 8.0) == 0.15)
    // After a month it is forgotten.
    #expect(chronicle.shareDegraded(with: nil, until: Strip.start + day * 40.0) == 1.0 / 256)
  }

  /// What may have been a brown-out is known by what follows: that crumbles.
  @Test func whatIsFollowedByAnswersWasAnOutage() throws {
    let past = "1000. " + String(repeating: brownOut + " ", count: 4)
    let drawing = "\(past) 4x"
    func kinds(_ rest: String) -> [Episode.Kind] {
      told("\(drawing) \(rest)").suffix(1).map(\.kind)
    }
    #expect(kinds("11.") == [.blip] && kinds("12.") == [.outage])
    #expect(kinds("6. x 30.") == [.blip])
    // It is declared then, and its bounds are those of the probes.
    let length = Strip.row(drawing).count
    let outage = try #require(told("\(drawing) 60.").last)
    #expect(outage.declared == Strip.start + every * Double(length + 11))
    #expect(outage.start.latest == Strip.start + every * Double(length - 4))
    #expect(outage.end?.latest == Strip.start + every * Double(length))
    // It is said once, with its end.
    let said = monitor("\(drawing) 60.", announces: true).1.filter { !$0.isMereDoubt }.suffix(3)
    #expect(said.map(\.kind) == [.declared, .ended, .escalated])
    #expect(said.last?.episode.kind == .outage && said.last?.episode.end != nil)
  }

  /// What has certainly been an outage is not undone by a rough return: the brown-out begins after it.
  @Test(arguments: [
    "15x .x..x.x...x.x", "25x .x.x..x.x..xx....xx", "16x .x....x...x",
    "54x .x.xxx.x...xxxx.x.x.xxx.x....x.x.x.xxxxx..xx..x.xx.xxxx.x.x...xx",
    "10x . 21x .x.x...x.xxx.xx..",
  ])
  func aRoughReturnUndoesNoOutage(_ end: String) throws {
    let (monitor, events) = monitor("2000. \(end) 60.", announces: true)
    let told = try #require(monitor.timeline()).episodes.filter { $0.kind == .outage }
    let outage = try #require(told.first)
    #expect(told.count == 1 && outage.start.latest == Strip.start + every * 2000)
    let least = Int64(end.prefix { $0.isNumber }) ?? 0
    #expect(try #require(outage.certain) >= every * Double(least - 1))
    #expect(outage.declared == Strip.start + every * 2001)
    let ended = events.filter { $0.episode.kind == .outage && $0.kind == .ended }
    #expect(ended.count == 1)
  }

  /// What is neither surely loss nor surely a beat is told all the same.
  @Test(arguments: ["xx......", "xx.....", "x..x.....", "xx.........."])
  func isNeverSilentBetweenLossAndABeat(_ beat: String) throws {
    for past in ["200.", "1000.", "4000."] {
      let told = told("\(past) \(String(repeating: beat, count: 48)) 200.")
      let longest =
        told.filter { $0.kind == .degraded || $0.kind == .instability }
        .map { $0.likelySpan(now: Strip.start).upperBound - $0.start.latest }.max() ?? .zero
      #expect(longest > every * (12 * Double(beat.count)), "\(past) \(beat)")
    }
  }

  /// The runs of a brown-out say nothing of whether it loses in bursts while all is well.
  @Test func brownOutsAreNoBursts() {
    let past = "1000. " + String(repeating: brownOut + " ", count: 6)
    #expect(!monitor(past).0.tracks[0].belief.isBursty)
  }
}

import Outages
import Plans
import Testing

@testable import Simulation

/// What a scenario's weather makes happen, by its truth and by its probes.
@Suite struct WeatherProcessTests {
  private static let start = Instant(milliseconds: 1_419_206_400_000)

  private func scenario(_ weather: String, days: Int = 10, _ more: String = "") throws -> Scenario {
    try Scenario(
      yaml: """
        start: 2014-12-22T00:00:00Z
        length: \(days)d
        every: 30s
        targets: {a: "", b: "", c: "", d: "", lone: "", shop: {behind: both}}
        groups: {both: {members: [a, b, c, d]}}
        weather: \(weather)
        \(more)
        """, path: "s.yaml")
  }

  /// The truth, where nobody probes.
  private func truth(_ scenario: Scenario) -> Truth {
    scenario.truth(scenario.plan.session.targets.map { _ in [] })
  }

  /// The truth, and what became of each probe that came in its turn.
  private func run(_ scenario: Scenario) -> (truth: Truth, observations: [Observation]) {
    var times: [[Instant]] = scenario.plan.session.targets.map { _ in [] }
    var observations: [Observation] = []
    scenario.run(
      asksAgain: false, record: { _ in },
      observe: {
        observations.append($0)
        times[$0.target].append($0.time)
      })
    return (scenario.truth(times), observations)
  }

  @Test func comesByChanceAsOftenAsItSays() throws {
    let truth = try truth(
      scenario("[{on: targets, fails: timeout, every: 12h, lasting: 2m}]", days: 60))
    // Six targets and twice a day, less those that found no place.
    #expect((500...720).contains(truth.events.count), "\(truth.events.count)")
    #expect(truth.events.allSatisfy { $0.kind == .blip && $0.end - $0.start == .minutes(2) })
    let perTarget = Dictionary(grouping: truth.events, by: \.scope).mapValues(\.count)
    #expect(perTarget.count == 6 && perTarget.values.allSatisfy { $0 > 60 })
  }

  @Test func lastsAsItSays() throws {
    func lengths(_ how: String) throws -> [Double] {
      try truth(scenario("[{on: lone, fails: timeout, every: 3h, \(how)}]", days: 365)).events
        .map { ($0.end - $0.start).seconds }.sorted()
    }
    let uniform = try lengths("lasting: 2m..4m")
    #expect((uniform.first ?? 0) >= 120 && (uniform.last ?? 0) <= 240)
    let lognormal = try lengths("lasting: 60s, spread: 0.5")
    #expect((54...66).contains(lognormal[lognormal.count / 2]))
    // The deviation of the logarithm: 84 % are below the median times e^0.5.
    #expect((1.5...1.8).contains(lognormal[lognormal.count * 84 / 100] / 60))
    let pareto = try lengths("lasting: 60s, tail: 1.5")
    #expect((pareto.first ?? 0) >= 60)
    // A share of (1/2)^1.5 is longer than twice the shortest.
    let long = Double(pareto.count { $0 > 120 }) / Double(pareto.count)
    #expect((0.31...0.4).contains(long), "\(long)")
  }

  @Test func fallsTogetherAndApart() throws {
    let (truth, observations) = try run(
      scenario(
        "[{on: both, from: 2014-12-23T00:00:00Z, until: 2014-12-23T01:00:00Z, fails: refused, "
          + "stagger: 3m}]", days: 2))
    let event = try #require(truth.events.first)
    #expect(event.scope == .group("both") && event.kind == .outage && !event.isPartial)
    #expect(event.members == ["a", "b", "c", "d"] && event.dependents == ["shop"])
    #expect(event.end - event.start > .minutes(60) && event.end - event.start <= .minutes(66))
    let falls = (0..<4).compactMap { target in
      observations.first { $0.target == target && $0.outcome == .failed(.refused) }?.time
    }
    #expect(falls.count == 4 && Set(falls).count == 4)
    // What is behind the group goes with it, what is not does not.
    #expect(observations.contains { $0.target == 5 && !$0.outcome.isAnswered })
    #expect(!observations.contains { $0.target == 4 && !$0.outcome.isAnswered })
    // The oracle's bounds hold the truth.
    let (start, end) = (try #require(event.seen.start), try #require(event.seen.end))
    #expect(start.earliest ?? event.start < event.start && event.start <= start.latest)
    #expect(end.earliest ?? event.end < event.end && event.end <= end.latest)
    #expect(try #require(event.seen.declared) >= event.start + .minutes(5))
  }

  @Test func fallsInPart() throws {
    let (truth, observations) = try run(
      scenario(
        "[{on: both, from: 2014-12-23T00:00:00Z, until: 2014-12-23T01:00:00Z, fails: timeout, "
          + "share: 50%}]", days: 2))
    let event = try #require(truth.events.first)
    #expect(event.isPartial && event.members?.count == 2 && event.dependents == [])
    let fallen = Set(observations.filter { !$0.outcome.isAnswered }.map(\.target))
    #expect(fallen.count == 2)
  }

  @Test func decaysBeforeItFalls() throws {
    let (truth, observations) = try run(
      scenario(
        "[{on: lone, from: 2014-12-23T06:00:00Z, until: 2014-12-23T08:00:00Z, fails: timeout, "
          + "decay: 4h}]", days: 2))
    let event = try #require(truth.events.first)
    #expect(event.onset == event.start - .hours(4) && event.family == "decay")
    func loss(_ hours: Range<Int>) -> Double {
      let all = observations.filter {
        $0.target == 4
          && (hours.lowerBound..<hours.upperBound).contains(
            Int(($0.time - WeatherProcessTests.start).milliseconds / 3_600_000))
      }
      return Double(all.count { !$0.outcome.isAnswered }) / Double(all.count)
    }
    #expect(loss(20..<26) == 0)
    #expect((0.05...0.3).contains(loss(26..<27)))
    #expect((0.7...0.95).contains(loss(29..<30)))
    #expect(loss(30..<32) == 1)
    #expect(loss(32..<48) == 0)
  }

  @Test func answersStraysWhileItIsDown() throws {
    let (_, observations) = try run(
      scenario(
        "[{on: lone, from: 2014-12-22T12:00:00Z, until: 2014-12-23T12:00:00Z, fails: timeout, "
          + "stray: 10%}]", days: 2))
    let down = observations.filter {
      $0.target == 4 && $0.time >= WeatherProcessTests.start + .hours(12)
        && $0.time < WeatherProcessTests.start + .hours(36)
    }
    let answered = Double(down.count { $0.outcome.isAnswered }) / Double(down.count)
    #expect((0.08...0.12).contains(answered))
  }

  @Test func flanksAnOutageWithBlips() throws {
    let truth = try truth(
      scenario("[{on: lone, fails: timeout, every: 2d, lasting: 1h, flanks: 100%}]", days: 60))
    let outages = truth.events.filter { $0.kind == .outage }
    let blips = truth.events.filter { $0.kind == .blip }
    #expect(outages.count > 10 && blips.count == 2 * outages.count)
    for outage in outages {
      let near = blips.filter {
        $0.end > outage.start - .minutes(8) && $0.start < outage.end + .minutes(8)
      }
      #expect(near.count == 2)
    }
  }

  @Test func comesEachDayByTheClocksOfItsZone() throws {
    let truth = try truth(
      scenario(
        "[{on: lone, fails: timeout, at: \"23:45\", timezone: Europe/Berlin, lasting: 4m}]"))
    #expect(truth.events.count == 10)
    for event in truth.events {
      // In December, 22:45 UTC.
      #expect(
        (event.start - WeatherProcessTests.start).milliseconds % 86_400_000 == 81_900_000)
    }
  }

  @Test func losesInBursts() throws {
    let (_, observations) = try run(
      scenario("[{loss: {enter: 2%, leave: 30%, bad: 80%, good: 0.1%}}]", days: 20))
    let one = observations.filter { $0.target == 0 }.map { !$0.outcome.isAnswered }
    let losses = Double(one.count { $0 })
    // A share of 0.02/0.32 is bad, and of that 80 % is lost; of the rest 0.1 %.
    #expect((0.042...0.06).contains(losses / Double(one.count)))
    // One loss makes the next likelier: 0.7 · 0.8 and a little.
    let pairs = Double(zip(one, one.dropFirst()).count { $0 && $1 })
    #expect((0.5...0.65).contains(pairs / losses), "\(pairs / losses)")
  }

  /// A daemon that comes back finds the network as it has become meanwhile.
  @Test func losesInOtherBurstsAfterARestart() throws {
    let (_, observations) = try run(
      scenario(
        "[{loss: {enter: 2%, leave: 20%, bad: 100%}}, "
          + "{unwatched: off, at: \"22:00\", lasting: 6h}]", days: 5))
    let one = observations.filter { $0.target == 0 }
    let days = Dictionary(grouping: one) {
      ($0.time - WeatherProcessTests.start + .hours(2)).milliseconds / 86_400_000
    }
    let mornings = days.values.map { $0.prefix(600).map(\.outcome.isAnswered) }
    #expect(Set(mornings.dropFirst()).count == mornings.count - 1)
  }

  @Test func limitsAnswers() throws {
    let (_, observations) = try run(
      scenario("[{on: lone, answers: 1/90s}]", days: 1))
    let one = observations.filter { $0.target == 4 }
    // One probe in three has its answer.
    #expect((0.32...0.35).contains(Double(one.count { $0.outcome.isAnswered }) / Double(one.count)))
  }

  @Test func swingsAndSpikes() throws {
    let (_, observations) = try run(
      scenario("[{latency: 100ms, jitter: 1%, swing: 50%, spikes: 1%}]", days: 10))
    let latencies = observations.compactMap { observation -> (hour: Int64, ms: Double)? in
      guard case .answered(let ms?) = observation.outcome else { return nil }
      return ((observation.time - WeatherProcessTests.start).milliseconds / 3_600_000 % 24, ms)
    }
    let spikes = Double(latencies.count { $0.ms > 400 }) / Double(latencies.count)
    #expect((0.008...0.012).contains(spikes))
    func median(_ hour: Int64) -> Double {
      let all = latencies.filter { $0.hour == hour }.map(\.ms).sorted()
      return all[all.count / 2]
    }
    #expect(median(19) > 140 && median(7) < 60)
  }

  @Test(arguments: [
    ("off", Episode.Cause.daemonOff), ("crash", .daemonOff), ("suspend", .suspended),
    ("step", .clockStepped), ("overload", .overload),
  ])
  func knowsWhyNobodyWatched(_ kind: String, _ cause: Episode.Cause) throws {
    let scenario = try scenario(
      "[{unwatched: \(kind), from: 2014-12-22T06:00:10Z, until: 2014-12-22T07:00:10Z}]", days: 1)
    var restarts = 0
    let monitor = scenario.run(record: { _ in }, restart: { restarts += 1 })
    let episodes = try #require(monitor.timeline()).episodes
    #expect(episodes.map(\.kind) == [.unobserved])
    #expect(episodes.map(\.cause) == [cause])
    #expect(episodes.map(\.scope) == [.vantage("local")])
    #expect(restarts == (cause == .daemonOff ? 1 : 0))
  }

  @Test func losesItsOwnUplink() throws {
    let (truth, observations) = try run(
      scenario("[{uplink: 60%..90%, every: 6h, lasting: 20m..40m}]"))
    #expect(truth.events.count > 15)
    #expect(truth.events.allSatisfy { $0.kind == .unobserved && $0.scope == .vantage("local") })
    let lost = truth.unobserved
    let inside = observations.filter { lost.contains($0.time) }
    let share = Double(inside.count { !$0.outcome.isAnswered }) / Double(inside.count)
    #expect((0.6...0.9).contains(share))
    #expect(!observations.contains { !lost.contains($0.time) && !$0.outcome.isAnswered })
  }

  @Test func losesItsOwnUplinkInItsOwnWay() throws {
    let (truth, observations) = try run(
      scenario(
        "[{uplink: 100%, fails: tls, from: 2014-12-22T06:00:00Z, until: 2014-12-22T07:00:00Z}]",
        days: 1))
    #expect(truth.events.map(\.kind) == [.unobserved])
    let failed = observations.filter { !$0.outcome.isAnswered }
    #expect(failed.count == 6 * 120 && failed.allSatisfy { $0.outcome == .failed(.tls) })
  }

  @Test func whatIsDrawnStandsOverTheWeather() throws {
    let (truth, observations) = try run(
      scenario(
        "[{on: lone, fails: refused, from: 2014-12-22T00:00:00Z, until: 2014-12-22T01:00:00Z}]",
        days: 1, "drawn: |\n  lone ~~~~....uu__~~"))
    let one = observations.filter { $0.target == 4 }.prefix(10).map(\.outcome)
    #expect(one[..<4].allSatisfy { $0 == .failed(.refused) })
    #expect(one[4..<8].allSatisfy { $0.isAnswered })
    #expect(one[8..<10].allSatisfy { $0 == .failed(.unreachable) })
    #expect(truth.events.map(\.family) == ["drawn"])
    #expect(truth.events.map { $0.end - $0.start } == [.seconds(60)])
  }

  @Test(arguments: [
    ("[{on: a}]", "6:11: this says nothing of the weather; there are fails, flaps"),
    ("[{fails: timeout, loss: 1%}]", "'fails' and 'loss' need an entry each"),
    ("[{fails: timeout, every: 1d}]", "say how long it lasts"),
    ("[{fails: timeout, every: 1d, lasting: 1m}]", "say on whom"),
    ("[{fails: timeout, lasting: 1m}]", "'lasting' goes with 'every' or 'at'"),
    ("[{on: a, fails: timeout, every: 1d, at: \"10:00\", lasting: 1m}]", "not both"),
    ("[{on: a, fails: timeout, at: 25:00, lasting: 1m}]", "is no time of day"),
    ("[{on: a, fails: timeout, at: \"10:00\", timezone: Mars, lasting: 1m}]", "is no time zone"),
    ("[{on: a, fails: timeout, every: 1d, lasting: 1m..2m, spread: 1}]", "a length is of a range"),
    ("[{on: a, fails: timeout, every: 1d, lasting: 1m, spread: 9}]", "a deviation"),
    ("[{loss: 1%, stray: 1%}]", "'stray' tells how something fails"),
    ("[{loss: {enter: 1%, bad: 50%}}]", "loss in bursts needs"),
    ("[{loss: {enter: 0%, leave: 1%, bad: 50%}}]", "0.01% or more"),
    ("[{loss: 60%..20%}]", "the smaller share comes first"),
    ("[{loss: {enter: 60%, leave: 60%, bad: 50%}}]", "together no more than 100%"),
    ("[{on: a, flaps: {every: 1ms, lasting: 1ms}}]", "more often than every second"),
    ("[{uplink: 100%, fails: badly}]", "'badly' is none of resolve"),
    ("[{answers: many}]", "'many' is not a number of answers in a time, like 6/1m"),
    ("[{uplink: 100%, on: a}]", "this is the vantage's own trouble"),
    ("[{unwatched: asleep}]", "'asleep' is none of off, crash, suspend, step, overload"),
  ])
  func namesEachProblem(_ weather: String, _ problem: String) {
    do {
      _ = try scenario(weather)
      Issue.record("this was taken for a scenario")
    } catch {
      #expect("\(error)".contains(problem), "\(error)")
    }
  }
}

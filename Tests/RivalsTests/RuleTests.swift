import Outages
import Reports
import Testing

@testable import Rivals

/// Each peer's rule on strips: `.` an answer, `x` a failure; under it, when its alarm is on.
@Suite struct RuleTests {
  private func check(
    _ rule: any Rule, every: Duration = .seconds(60), _ probes: String, _ alarms: String,
    location: SourceLocation = #_sourceLocation
  ) {
    var rule = rule
    var found = ""
    for (index, cell) in probes.enumerated() where cell != "_" {
      let isOn = rule.observe(
        cell == "." ? .answered(milliseconds: 1) : .failed(.timeout),
        at: Instant(milliseconds: 1_800_000_000 + every.milliseconds * Int64(index)))
      found += isOn ? "#" : "-"
    }
    #expect(found == alarms, sourceLocation: location)
  }

  @Test func uptimeKumaCountsRetries() {
    check(Consecutive(failures: 1, answers: 1), "..x..xx.", "--#--##-")
    check(Consecutive(failures: 4, answers: 1), "..xxx.xxxxx.", "---------##-")
  }

  @Test func gatusWantsThreeAndTwo() {
    check(Consecutive(failures: 3, answers: 2), "..xxxx.x..x..", "----#####----")
  }

  @Test func prometheusWaits() {
    check(PrometheusFor(), ".xxxxxxxx.x.", "------###---")
    // One sample that is up begins the wait again; so does a gap of more than five minutes.
    check(PrometheusFor(), ".xxx.xxxxxxx", "----------##")
    check(PrometheusFor(), ".xxx______xx", "------")
  }

  @Test func prometheusAverages() {
    // Under a half from the fourth failure on, and five minutes after that.
    check(PrometheusAverage(), "......xxxxxxxxxx...", "--------------####-")
  }

  @Test func nagiosWantsThreeAndHatesFlapping() {
    check(HardStates(HardStates.nagios), "....xxxx..", "------##--")
    // Down and up again and again: the later falls notify nobody.
    let beat = String(repeating: "xxx...", count: 6)
    var alarms = HardStates(HardStates.nagios)
    let on = beat.enumerated().filter { index, cell in
      alarms.observe(
        cell == "." ? .answered(milliseconds: 1) : .failed(.timeout),
        at: Instant(milliseconds: Int64(index) * 60_000))
    }
    #expect((1...4).contains(on.count))
  }

  @Test func icingaCountsSoftStatesToo() {
    check(HardStates(HardStates.icinga), "....xxxx..", "------##--")
    let noise = String(repeating: "x.", count: 10)
    check(
      HardStates(HardStates.icinga), noise + "xxxx",
      String(repeating: "-", count: noise.count + 4))
  }

  @Test func cloudproberLooksAtFive() {
    check(Windowed(), "..x.x.x..x....", "------#-------")
    check(Windowed(), "..xxx......", "----###----")
  }

  @Test func trinocularBelieves() {
    // Two losses leave it uncertain, the third is down; and two answers are up again.
    check(Trinocular(), "....xxxx...", "------###--")
  }

  @Test func hubbleTriesTwice() {
    // Trials at every fifteenth minute, with one retry.
    check(
      Hubble(), every: .seconds(450), "..xxxxxx..", "-----###--")
  }
}

/// What rivals make of their alarms.
@Suite struct RivalTests {
  private func claims(_ name: String, _ probes: String) -> [String] {
    let session = Session(targets: [Target(name: "a", every: .seconds(60))])
    var rival = Rival.all(session).first { $0.name == name }
    let start = Instant(milliseconds: 1_800_000_000)
    for (index, cell) in probes.enumerated() {
      rival?.observe(
        Observation(
          time: start + .minutes(Int64(index)), target: 0,
          outcome: cell == "." ? .answered(milliseconds: 1) : .failed(.timeout)))
    }
    let report = rival?.report(over: start..<start + .minutes(Int64(probes.count)))
    return (report?.claims ?? []).map { claim in
      func minute(_ instant: Instant) -> Int64 { (instant - start).milliseconds / 60_000 }
      let end = claim.end.map { "\(minute($0.latest))" } ?? "…"
      return "\(claim.kind) \(minute(claim.start.latest))–\(end) @\(minute(claim.declared))"
    }
  }

  @Test func theCutIsFiveMinutesOfFailure() {
    // Three minutes are a blip; six are an outage as soon as they are five.
    #expect(claims("uptime-kuma 0", "..xxx...xxxxxxx..") == ["blip 2–5 @2", "outage 8–15 @13"])
    // It dates from when it alarms, the cut from the first failure.
    #expect(claims("uptime-kuma 3", "..xxx...xxxxxxx..") == ["outage 11–15 @13"])
    #expect(claims("gatus 3/2", "..xxxxxxx") == ["outage 4–… @7"])
    // Who waits by himself is not cut again.
    #expect(claims("Prometheus 5m", "..xxxxxxx..") == ["outage 7–9 @7"])
  }

  @Test func theMedianRuleJudgesGroups() {
    let names = ["a", "b", "c", "d"]
    let session = Session(
      targets: names.map { Target(name: $0, every: .seconds(60)) },
      groups: [Group(name: "g", members: names)])
    var median = Median(session)
    let start = Instant(milliseconds: 0)
    for minute in 0..<200 {
      for target in names.indices {
        // Half of the group is gone from the 100th minute to the 140th.
        let isDown = target < 2 && (100..<140).contains(minute)
        median.observe(
          Observation(
            time: start + .minutes(Int64(minute)), target: target,
            outcome: isDown ? .failed(.timeout) : .answered(milliseconds: 1)))
      }
    }
    let claims = median.report(over: start..<start + .minutes(200)).claims
    #expect(claims.map(\.scope) == [.group("g")])
    #expect(claims.map(\.declared) == [start + .minutes(110)])
    #expect(claims.first?.end?.latest == start + .minutes(150))
  }
}

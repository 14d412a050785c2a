import Outages
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

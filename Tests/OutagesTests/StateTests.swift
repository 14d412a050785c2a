import Foundation
import Testing

@testable import Outages

/// The detector's state: small, and saved and restored exactly.
@Suite struct StateTests {
  /// Weather for six targets and two sentinels: loss, beats, brown-outs, falls together, lost
  /// uplinks.
  private func observations(seed: UInt64, count: Int) -> [Observation] {
    var draws = Draws(seed: seed)
    func draw() -> Double { draws.next() }
    var observations: [Observation] = []
    // What ails each target, and until which round.
    var ailments = Array(repeating: (chance: 0.01, until: 0), count: 9)
    for round in 0..<count {
      for target in 0..<9 where ailments[target].until <= round {
        let length = 2 + Int(draw() * 30)
        ailments[target] = ([0.01, 0.01, 0.01, 0.4, 1.0][Int(draw() * 5)], round + length)
      }
      let group = ailments[8].chance == 1
      for target in 0..<8 {
        let isLost = target < 3 && group || draw() < ailments[target].chance
        if draw() < 0.01 { continue }
        observations.append(
          Observation(
            time: Strip.instant(round) + .milliseconds(Int64(target) * 100), target: target,
            outcome: isLost ? .failed(.timeout) : .answered(milliseconds: 20 + draw() * 100)))
      }
    }
    return observations
  }

  private func monitor() -> Monitor {
    var session = Strip.session(
      (0..<6).map { "t\($0)" }, groups: [Group(name: "g", members: ["t0", "t1", "t2"])],
      sustained: .minutes(2))
    for name in ["s0", "s1"] {
      session.add(Target(name: name, every: Strip.every, isSentinel: true))
    }
    return Monitor(session: session, announces: true)
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func goesOnAsIfItHadNeverStopped(_ seed: UInt64) throws {
    let all = observations(seed: seed, count: 400)
    var whole = monitor()
    let events = all.map { whole.observe($0) }
    var restored = monitor()
    for (number, observation) in all.enumerated() {
      if number % 97 == 0 {
        let saved = try JSONEncoder().encode(restored)
        restored = try JSONDecoder().decode(Monitor.self, from: saved)
      }
      #expect(restored.observe(observation) == events[number], "seed \(seed), probe \(number)")
    }
    #expect(restored == whole)
    #expect(restored.timeline() == whole.timeline())
    // The weather was rough enough to try all of it.
    let kinds = Set((whole.timeline()?.episodes ?? []).map(\.kind))
    #expect(kinds.isSuperset(of: [.blip, .outage]), "\(kinds)")
  }

  /// What is kept of a target to judge its next probe, whatever happened to it before.
  @Test func isSmall() {
    // An interruption that lasts is kept in a box of its own.
    let box = MemoryLayout<Interruption>.size + MemoryLayout<Recovery>.size + 16
    #expect(MemoryLayout<Track>.size + box < 512, "\(MemoryLayout<Track>.size) + \(box)")
  }
}

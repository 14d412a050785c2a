import Outages

/// Worlds whose every parameter is drawn, within what real networks do: what nobody thought of to
/// write down is among them.
public enum Swarm {
  /// The scenario of a seed, as a file has it. The same seed gives the same text.
  public static func scenario(seed: UInt64) -> String {
    var draw = Draw(random: RandomSource(seed: seed, name: "swarm"))
    let every = draw.pick(["2s", "5s", "10s", "30s", "60s", "120s", "300s"])
    let seconds = Duration(every)?.seconds ?? 30
    let turns = draw.number(1500...6000)
    // In events a thousand turns, so that worlds of all intervals have about as many.
    func often(_ perThousand: Double) -> String { "\(Int(1000 * seconds / perThousand))s" }

    var lines = [
      "title: swarm \(seed)", "start: 2024-01-01T00:00:00Z", "seed: \(seed)", "every: \(every)",
      "length: \(Int(Double(turns) * seconds))s",
    ]
    let groups = draw.number(0...2)
    var targets: [String] = []
    var described: [String] = []
    for group in 0..<groups {
      let members = (0..<draw.number(2...5)).map { "g\(group)-\($0)" }
      targets += members
      let behind = group > 0 && draw.chance(0.3) ? ", behind: g0" : ""
      described.append("g\(group): {members: [\(members.joined(separator: ", "))]\(behind)}")
    }
    targets += (0..<draw.number(1...4)).map { "t\($0)" }
    lines.append("targets: {\(targets.map { "\($0): \"\"" }.joined(separator: ", "))}")
    let sentinels = draw.pick([0, 0, 2, 3, 4])
    if sentinels > 0 {
      let names = (0..<sentinels).map { "s\($0): \"\"" }.joined(separator: ", ")
      lines.append("sentinels: {\(names)}")
    }
    if groups > 0 { lines.append("groups: {\(described.joined(separator: ", "))}") }
    lines.append("weather:")

    let whom = groups > 0 ? draw.pick(["targets", "groups", "[groups, t0]"]) : "targets"
    let loss = draw.pick(["0.1%", "0.3%", "1%", "2%", "5%"])
    lines.append(
      draw.chance(0.2)
        ? "  - {loss: {enter: 1%, leave: \(draw.number(10...50))%, bad: \(draw.number(50...90))%, good: 0.1%}}"
        : "  - {loss: \(loss)}")
    lines.append(
      "  - {latency: \(draw.number(5...300))ms, jitter: \(draw.number(2...50))%, "
        + "swing: \(draw.number(0...40))%, spikes: \(draw.pick(["0%", "0.1%", "1%"]))}")
    let median = Int(max(600, seconds * Double(draw.number(6...20))))
    lines.append(
      "  - {on: \(whom), fails: \(draw.pick(Failure.allCases).rawValue), every: \(often(0.5)), "
        + "lasting: \(median)s, spread: 0.\(draw.number(3...9))"
        + draw.maybe(0.3, ", stray: \(draw.number(1...10))%")
        + draw.maybe(0.3, ", stagger: \(draw.number(10...180))s")
        + draw.maybe(0.15, ", decay: \(Int(seconds) * draw.number(10...60))s")
        + draw.maybe(0.2, ", flanks: 50%") + draw.maybe(0.15, ", share: 50%") + "}")
    lines.append(
      "  - {on: targets, fails: timeout, every: \(often(1)), lasting: \(Int(seconds * 1.5))s, "
        + "spread: 0.8}")
    if draw.chance(0.3) {
      let beat = Int(seconds * Double(draw.number(8...20)))
      lines.append(
        "  - {on: \(whom), flaps: {every: \(beat)s, lasting: \(Int(seconds * 2))s..\(Int(seconds * 4))s}, "
          + "every: \(often(0.3)), lasting: \(beat * 12)s..\(beat * 40)s}")
    }
    if draw.chance(0.3) {
      lines.append(
        "  - {on: targets, loss: 20%..60%, every: \(often(0.3)), "
          + "lasting: \(Int(seconds * 60))s..\(Int(seconds * 300))s}")
    }
    if draw.chance(0.4) {
      lines.append(
        "  - {uplink: \(draw.pick(["100%", "60%..90%"])), every: \(often(0.7)), "
          + "lasting: \(Int(seconds * 5))s..\(Int(seconds * 60))s}")
    }
    if draw.chance(0.5) {
      lines.append(
        "  - {unwatched: \(draw.pick(Absence.Kind.allCases).rawValue), every: \(often(0.6)), "
          + "lasting: \(Int(seconds * 5))s..\(Int(seconds * 200))s}")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private struct Draw {
    var random: RandomSource

    mutating func chance(_ share: Double) -> Bool { random.uniform() < share }

    mutating func number(_ range: ClosedRange<Int>) -> Int {
      range.lowerBound + Int(random.uniform() * Double(range.count))
    }

    mutating func pick<Value>(_ values: [Value]) -> Value { values[number(0...values.count - 1)] }

    mutating func maybe(_ share: Double, _ text: String) -> String { chance(share) ? text : "" }
  }
}

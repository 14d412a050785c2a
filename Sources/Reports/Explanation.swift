public import Outages

/// The evidence chain behind one verdict: the probes it stands on with the belief as it moved, the
/// rule and its parameters, what was usual, what explains it, and what would have made it
/// different.
public struct Explanation: Sendable {
  /// One probe, and where its target stood after it.
  public struct Step: Sendable {
    public var observation: Observation
    public var name: String
    public var standing: Standing

    public init(observation: Observation, name: String, standing: Standing) {
      (self.observation, self.name, self.standing) = (observation, name, standing)
    }
  }

  /// Probes from the start of an episode to its declaration.
  struct Count {
    var probes = 0
    var lost = 0
    /// The milliseconds of its answers.
    var latencies: [Double] = []

    fileprivate mutating func take(_ outcome: Outcome) {
      probes += 1
      if !outcome.isAnswered { lost += 1 }
      if case .answered(let milliseconds?) = outcome { latencies.append(milliseconds) }
    }
  }

  public let episode: Episode
  let parent: Episode?
  /// The episodes that it explains.
  let children: [Episode]
  /// The ids of all outages.
  private let outages: Set<String>
  /// How many members the group has.
  let size: Int
  let detection: Detection
  let span: Range<Instant>
  /// Whose probes it stands on.
  private let witnesses: Set<String>
  let sentinels: Set<String>
  /// What was asked until its declaration of sentinels, of whose probes it stands on, and of all others.
  private(set) var ofSentinels = Count()
  private(set) var ofWitnesses = Count()
  private(set) var ofOthers = Count()
  /// Where each witness stood before it, and where one did after the last failed probe.
  private(set) var standingBefore: [String: Standing] = [:]
  private(set) var atLastLoss: Step?
  private(set) var first: [Step] = []
  private(set) var last: [Step] = []
  private(set) var left = 0
  private(set) var before: [Step] = []
  private var after = 0
  /// Where the witness stood whose probe decided.
  private(set) var atVerdict: Step?

  /// With which `sustained` it was tried whether it would be an outage, and is one.
  public private(set) var sustained: Duration?

  private static let context = 3

  /// Nil when the timeline has no episode with this id, or several that begin so.
  public init?(_ id: String, in timeline: Timeline) {
    let found = timeline.episodes.filter { $0.id.hasPrefix(id) }
    guard found.count == 1, let episode = found.first else { return nil }
    self.episode = episode
    parent = timeline.episodes.first { $0.id == episode.parent }
    children = timeline.episodes.filter { $0.parent == episode.id }
    outages = Set(timeline.episodes.filter { $0.kind == .outage }.map(\.id))
    size = timeline.groups.first { .group($0.name) == episode.scope }?.members?.count ?? 0
    (detection, span) = (timeline.detection, timeline.span)
    sentinels = Set(timeline.targets.filter(\.isSentinel).map(\.name))
    witnesses =
      switch episode.scope {
      case .target(let name): [name]
      case .group(let name):
        Set(episode.group?.members ?? timeline.groups.first { $0.name == name }?.members ?? [])
      case .vantage: sentinels.isEmpty ? Set(timeline.targets.map(\.name)) : sentinels
      }
  }

  /// Whether it wants to see the probes of a target.
  public func wants(_ name: String) -> Bool {
    witnesses.contains(name) || sentinels.contains(name) || episode.cause == .uplink
  }

  /// Takes in what happened, in the order of time.
  public mutating func see(_ step: Step) {
    let time = step.observation.time
    let outcome = step.observation.outcome
    if episode.start.latest <= time, time <= episode.declared {
      if sentinels.contains(step.name) {
        ofSentinels.take(outcome)
      } else if witnesses.contains(step.name) {
        ofWitnesses.take(outcome)
      } else {
        ofOthers.take(outcome)
      }
    }
    guard witnesses.contains(step.name) else { return }
    if time == episode.declared { atVerdict = step }
    if !outcome.isAnswered, time <= episode.end?.earliest ?? time { atLastLoss = step }
    if time < episode.start.latest {
      standingBefore[step.name] = step.standing
      before.append(step)
      if before.count > Explanation.context * witnesses.count { before.removeFirst() }
      return
    }
    if let end = episode.end, time > max(end.latest, episode.declared) {
      if after >= Explanation.context * witnesses.count { return }
      after += 1
    }
    // Enough for each witness's fall, and for its return.
    let shown = min(max(12, witnesses.count * 6), 60)
    if first.count < shown {
      first.append(step)
    } else {
      last.append(step)
      if last.count > shown {
        last.removeFirst()
        left += 1
      }
    }
  }

  /// The lengths of `sustained` with which a blip may be an outage, the longest first: who must be waited for needs two
  /// or three times as long.
  public var trials: [Duration] {
    guard episode.kind == .blip, parent == nil, certain < detection.sustained,
      atLastLoss?.standing.unexplained?.areProof ?? false
    else { return [] }
    return [1, 2, 3].map { certain / $0 }.filter { $0 >= .seconds(1) }
  }

  /// Takes in what the same log yields with another `sustained`.
  public mutating func see(_ timeline: Timeline, with sustained: Duration) {
    let isOutage = timeline.episodes.contains { other in
      other.kind == .outage && other.scope == episode.scope && !outages.contains(other.id)
        && other.start.latest <= episode.end?.latest ?? span.upperBound
        && episode.start.latest <= other.end?.latest ?? span.upperBound
    }
    if isOutage { self.sustained = sustained }
  }

  /// As text for people.
  public func text(_ style: Style) -> String {
    let year = true
    var text =
      style.paint("\(episode.kind.rawValue) \(episode.id)", .bold)
      + " of \(episode.scope.name.printable)\n"
    text += "  began     \(style.moment(episode.start, year: year))\n"
    text += "  ended     \(episode.end.map { style.moment($0, year: year) } ?? "not yet")\n"
    text += "  declared  \(style.moment(episode.declared, year: year))\n\n"
    func paragraph(_ head: String, _ sentence: String) -> String {
      sentence.folded(max(30, style.width - 8)).enumerated()
        .map { ($0 == 0 ? head : "").fitted(8) + $1 + "\n" }.joined()
    }
    text += reasons.map { paragraph("because", $0) }.joined()
    text += alternatives.map { paragraph("else", $0) }.joined() + "\n"
    let width = (first + last + before).map(\.name.columns).max() ?? 0
    let lines = [before + first, last].map { steps in
      steps.map { line($0, width, style) }.joined()
    }
    var skipped = left > 0 ? "  … \(left.grouped) more …\n" : ""
    for step in middle { skipped += line(step, width, style) + "  …\n" }
    return text + style.paint("probes, what came back, and the belief that it was up\n", .grey)
      + lines[0] + skipped + lines[1]
  }

  /// The probe that decided, when it is among those left out: it is shown wherever it stands.
  var middle: [Step] {
    guard left > 0, let step = atVerdict, let from = first.last?.observation.time,
      let until = last.first?.observation.time, from < step.observation.time,
      step.observation.time < until
    else { return [] }
    return [step]
  }

  private func line(_ step: Step, _ width: Int, _ style: Style) -> String {
    let (observation, standing) = (step.observation, step.standing)
    let outcome = observation.outcome.failure?.rawValue ?? "ok"
    let colour: Style.Colour = observation.outcome.isAnswered ? .green : .red
    var belief = String(Int(standing.belief * 1000 + 0.5))
    belief = "0." + String(repeating: "0", count: max(0, 3 - belief.count)) + belief
    let mark = observation.time == episode.declared ? "  ← declared" : ""
    return "  \(style.moment(observation.time))  \(step.name.printable.fitted(width))  "
      + style.paint(outcome.fitted(11), colour) + "  \(belief)  \(standing.state.rawValue)\(mark)\n"
  }
}

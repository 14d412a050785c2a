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

  public let episode: Episode
  let parent: Episode?
  let detection: Detection
  private let span: Range<Instant>
  /// Whose probes it stands on.
  private let witnesses: Set<String>
  private let sentinels: Set<String>
  /// How many probes of sentinels there were from its start to its declaration, and how many of them
  /// were answered.
  private var asked = 0
  private var answered = 0
  private(set) var first: [Step] = []
  private(set) var last: [Step] = []
  private(set) var left = 0
  private(set) var before: [Step] = []
  private var after = 0
  /// Where the witness stood whose probe decided.
  private var atVerdict: Step?

  private static let context = 3

  /// Nil when the timeline has no episode with this id, or several that begin so.
  public init?(_ id: String, in timeline: Timeline) {
    let found = timeline.episodes.filter { $0.id.hasPrefix(id) }
    guard found.count == 1, let episode = found.first else { return nil }
    self.episode = episode
    parent = timeline.episodes.first { $0.id == episode.parent }
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
    witnesses.contains(name) || sentinels.contains(name)
  }

  /// Takes in what happened, in the order of time.
  public mutating func see(_ step: Step) {
    let time = step.observation.time
    if sentinels.contains(step.name), episode.start.latest <= time, time <= episode.declared {
      asked += 1
      if step.observation.outcome.isAnswered { answered += 1 }
    }
    guard witnesses.contains(step.name) else { return }
    if time == episode.declared { atVerdict = step }
    if time < episode.start.latest {
      before.append(step)
      if before.count > Explanation.context * witnesses.count { before.removeFirst() }
      return
    }
    if let end = episode.end, time > end.latest {
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

  // MARK: What it says

  /// What it certainly lasted.
  private var certain: Duration {
    episode.certain
      ?? max((episode.end?.earliest ?? span.upperBound) - episode.start.latest, .zero)
  }

  /// Why it is called what it is called, a sentence each.
  var reasons: [String] {
    var reasons: [String] = []
    let certain = certain
    switch episode.kind {
    case .blip:
      reasons.append(
        "it was believed down (below \(detection.down)) with the probe that declared it, when so many "
          + "losses in a row come by chance more rarely than blips do, which take one probe in two thousand"
      )
      let subject =
        episode.group == nil
        ? "it certainly lasted" : "none of its members certainly lasted more than"
      reasons.append(
        certain < detection.sustained
          ? "\(subject) \(certain.brief), less than detection.sustained (\(detection.sustained))"
          : "it lasted \(certain.brief), and its losses may be chance, those of a brown-out, or our own"
      )
    case .outage:
      let whose = episode.group == nil ? "it" : "one of those that fell together"
      reasons.append(
        "at \(episode.declared) \(whose) had failed for detection.sustained "
          + "(\(detection.sustained)) from its first failed probe to its last, unobserved time taken off"
      )
      reasons.append(
        episode.group == nil
          ? "so many losses would be chance less than once in twenty months" + chance
          : "the losses of all who fell would be chance together less than once in twenty months")
    case .instability:
      reasons.append(
        "\(episode.blips ?? 0) blips came in \(certain.brief), far more than is usual")
    case .degraded:
      reasons.append(
        "probes were lost, or answered late, far more than is usual, and it was not down")
    case .unobserved:
      reasons.append(
        episode.cause == .uplink
          ? (answered == 0
            ? "all sentinels that were alive failed together"
            : "the sentinels lost \(asked - answered) of \(asked) probes together, far more than is usual")
            + ", so that nothing we probed could tell"
          : "there were no probes for more than \(detection.gap) intervals"
            + (episode.cause == .daemonOff ? ": the daemon was off" : ""))
    }
    if let maintenance = episode.maintenance {
      reasons.append(
        "it falls in maintenance (\(maintenance)), so it counts apart and alarms nobody")
    }
    if let step = atVerdict {
      let standing = step.standing
      var usual =
        "usual for \(step.name) then: it answers \(percentage(standing.reliability)) of its probes, "
        + "and has \(number(standing.blipsPerDay)) blips a day"
      if standing.isBursty { usual += "; its losses come in bursts" }
      reasons.append(usual)
    }
    if episode.kind != .unobserved, parent?.cause != .uplink { reasons.append(ownSide) }
    if let parent {
      reasons.append(
        "the \(parent.kind.rawValue) \(parent.id) of \(parent.scope.name) explains it, so it raises no "
          + "alarm of its own")
    }
    return reasons
  }

  /// How likely the losses were by chance that the verdict stands on.
  private var chance: String {
    guard let losses = atVerdict?.standing.unexplained, losses.chance > 0 else { return "" }
    let oneIn = 1 / losses.chance
    let seldom = oneIn < 1e9 ? "\(Int(oneIn.rounded()).grouped)" : "a thousand million or more"
    return ": its \(losses.count) up to the verdict are one chance in \(seldom)"
  }

  /// What is known of our own side of it.
  private var ownSide: String {
    if sentinels.isEmpty {
      return "there are no sentinels, so nothing tells whether we were online ourselves"
    }
    if asked == 0 { return "no sentinel was probed from its start to its declaration" }
    return
      "of \(asked) probes of sentinels from its start to its declaration \(answered) were answered: "
      + (answered * 2 > asked ? "we were online" : "they do not agree that we were offline")
  }

  /// What would have made the verdict different, a sentence each.
  var alternatives: [String] {
    switch episode.kind {
    case .blip:
      return certain < detection.sustained
        ? [
          "with detection.sustained=\(max(certain, .seconds(1))) or less it would be an outage, if chance "
            + "would hardly make so many losses"
        ] : ["with more losses in a row it would have been an outage"]
    case .outage:
      return [
        "with detection.sustained above \(certain.brief) it would be a blip",
        episode.group == nil
          ? "two answers in a row, or as many as no stray answers make, would have ended it"
          : "it ends when the last of its members is back, or when more fall while few are away",
      ]
    case .instability:
      return ["were so many blips usual for it, or an hour apart, they would be isolated"]
    case .degraded:
      return [
        "after detection.settling (\(detection.settling)) such a level becomes the usual, and it ends"
      ]
    case .unobserved:
      return episode.cause == .uplink
        ? ["had the sentinels answered as usual, what failed would have been the targets'"]
        : ["with a detection.gap of as many intervals as it lasted it would count as watched"]
    }
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

  private func percentage(_ share: Double) -> String { "\(number(share * 100)) %" }

  /// With at most one digit after the point.
  private func number(_ value: Double) -> String {
    let tenths = Int(value * 10 + 0.5)
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }
}

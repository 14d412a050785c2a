import Outages

/// What an explanation says: why an episode is called what it is called, and what would have made the verdict
/// different.
extension Explanation {
  /// What it certainly lasted, or the most certain of those that fell together.
  var certain: Duration {
    let members = episode.group == nil ? [] : children.filter(\.kind.isInterruption)
    return ([episode.certain] + members.map(\.certain)).compactMap(\.self).max()
      ?? max((episode.end?.earliest ?? span.upperBound) - episode.start.latest, .zero)
  }

  /// A sentence each.
  var reasons: [String] {
    var reasons =
      switch episode.kind {
      case .blip: ofBlip
      case .outage: ofOutage
      case .instability: ofInstability
      case .degraded: ofDegradation
      case .unobserved: ofUnobserved
      }
    if episode.group != nil { reasons.append(ofGroup) }
    if let maintenance = episode.maintenance {
      reasons.append(
        "it falls in maintenance (\(maintenance)), so it counts apart and alarms nobody")
    }
    if let usual { reasons.append(usual) }
    if episode.kind != .unobserved, parent?.cause != .uplink { reasons.append(ownSide) }
    if let parent {
      reasons.append(
        "the \(parent.kind.rawValue) \(parent.id) of \(parent.scope.name) explains it, so it raises no "
          + "alarm of its own")
    }
    if episode.kind.isInterruption { reasons.append(bayes) }
    return reasons
  }

  private var ofBlip: [String] {
    let subject =
      episode.group == nil
      ? "it certainly lasted" : "none of its members certainly lasted more than"
    return [
      "it was believed down (below \(detection.down)), and chance makes so many losses in a row less often "
        + "than blips come, which are one probe in two thousand if one of 45 seconds comes a day"
        + odds,
      certain < detection.sustained
        ? "\(subject) \(certain.brief), less than detection.sustained (\(detection.sustained))"
        : "it lasted \(certain.brief), and its losses may be chance, those of a brown-out, or our own",
    ]
  }

  /// Whether what followed it told it from a brown-out.
  private var isLate: Bool {
    episode.group == nil && episode.start.earliest != nil
      && episode.end.map { episode.declared > $0.latest } ?? false
  }

  private var ofOutage: [String] {
    if isLate {
      return [
        "it had failed for \(certain.brief) from its first failed probe to its last, at least detection.sustained "
          + "(\(detection.sustained)), but a brown-out might have begun so, as others of this target had",
        "at \(episode.declared) a dozen answers in a row had followed it: a brown-out would hardly have paused so "
          + "long, and so many losses are chance less than once in ten months",
      ]
    }
    let whose = episode.group == nil ? "it" : "one of those that fell together"
    return [
      "at \(episode.declared) \(whose) had failed for detection.sustained "
        + "(\(detection.sustained)) from its first failed probe to its last, unobserved time taken off",
      episode.group == nil
        ? "so many losses would be chance less than once in ten months" + odds
        : "the losses of all who fell would be chance together less than once in ten months",
    ]
  }

  /// Whether it is a beat of single losses, of which few are blips.
  private var isOfLosses: Bool {
    atVerdict.map { $0.standing.beat == nil && $0.standing.distances != nil } ?? false
  }

  private var ofInstability: [String] {
    if isOfLosses, let distances = atVerdict?.standing.distances {
      return [
        "it lost probes \(episode.blips ?? 0) times in \(certain.brief), and answered between: short interruptions "
          + "of which probes so far apart see little",
        "chance brings losses together as often as not, and these keep their distance: when it was declared "
          + "\(distances.count) were \(number(distances.likelihood)) times likelier of a beat, and it takes 50",
      ]
    }
    let all = "\(episode.blips ?? 0) blips came in \(certain.brief), far more than is usual"
    guard let beat = atVerdict?.standing.beat else { return [all] }
    return [
      all,
      "\(beat.count) of them had come within \(beat.window.brief) when it was declared: at the usual rate that "
        + "follows one blip in \(oneIn(beat.expected)) (Gamma–Poisson), and what follows fewer than one in 1,000 is far "
        + "more than usual",
    ]
  }

  private var ofDegradation: [String] {
    let (probes, lost) = (ofWitnesses.probes, ofWitnesses.lost)
    var said = "from its start to its declaration \(lost) of \(probes) probes were lost"
    if probes > 0 { said += " (\(percentage(Double(lost) / Double(probes))))" }
    if let before = usual(of: episode.scope.name) {
      said += ", where \(percentage(1 - before.reliability)) are usual"
    }
    let latencies = ofWitnesses.latencies.sorted()
    guard let latency = atVerdict?.standing.latency, !latencies.isEmpty else {
      return [said, "it was not down"]
    }
    let median = latencies[latencies.count / 2]
    if median < latency.slow { return [said, "its answers were as fast as ever; it was not down"] }
    return [
      said,
      "its answers took \(number(median)) ms, where \(number(latency.usual)) ms are usual and over "
        + "\(number(latency.slow)) ms are slow",
      "it was not down",
    ]
  }

  private var ofUnobserved: [String] {
    if episode.cause == .clockStepped {
      return [
        "the clock was set, and what was recorded of this time tells nothing, or there is nothing"
      ]
    }
    if episode.cause != .uplink {
      return [
        "there were no probes for more than \(detection.gap) intervals"
          + (episode.cause == .daemonOff ? ": the daemon was off" : "")
      ]
    }
    let (asked, lost) = (ofSentinels.probes, ofSentinels.lost)
    let they =
      lost == asked
      ? "all sentinels that were alive failed together"
      : "the sentinels lost \(lost) of \(asked) probes together, far more than is usual"
    let others = ofOthers
    return [
      they + ", so that nothing we probed could tell",
      "of \(others.probes) probes of targets from its start to its declaration \(others.lost) were lost: nearly all "
        + "answering, it would have been the sentinels' own",
    ]
  }

  private var ofGroup: String {
    let fallen = episode.group?.members.count ?? 0
    let starts = children.filter { $0.kind.isInterruption }.map(\.start.latest)
    let within =
      starts.min().flatMap { first in starts.max().map { " within \(($0 - first).brief)" } } ?? ""
    let quorum = "the quorum (detection.quorum \(detection.quorum))"
    return "\(fallen) of its \(size) members fell\(within), "
      + (episode.group?.fullStart != nil
        ? "\(quorum) of them was down at once"
        : "not \(quorum), but more than chance would hardly make fall together at their usual rates")
  }

  /// What was usual before it for the one whose probe decided.
  private var usual: String? {
    guard let name = atVerdict?.name, let standing = usual(of: name) else { return nil }
    let blips = number(standing.blipsPerDay)
    return
      "usual for \(name) before: it answers \(percentage(standing.reliability)) of its probes, "
      + "and has \(blips) \(blips == "1" ? "blip" : "blips") a day"
      + (standing.isBursty ? "; its losses come in bursts" : "")
  }

  private func usual(of name: String) -> Standing? {
    standingBefore[name] ?? atVerdict?.standing
  }

  /// What is known of our own side of it.
  private var ownSide: String {
    let (asked, lost) = (ofSentinels.probes, ofSentinels.lost)
    if sentinels.isEmpty {
      return "there are no sentinels, so nothing tells whether we were online ourselves"
    }
    if asked == 0 { return "no sentinel was probed from its start to its declaration" }
    return
      "of \(asked) probes of sentinels from its start to its declaration \(asked - lost) were answered: "
      + (lost * 2 < asked ? "we were online" : "they do not agree that we were offline")
  }

  /// How the belief moves.
  private var bayes: String {
    let up = atVerdict.flatMap { usual(of: $0.name) }.map { min($0.reliability, 0.99) } ?? 0.99
    return
      "each outcome moves the belief by Bayes' rule, as in Trinocular: up it answers \(percentage(up)) of "
      + "its probes, or fewer when losses come again and again, and down 1.5 %"
  }

  /// How likely the losses up to the verdict were by chance.
  private var odds: String {
    guard let losses = atVerdict?.standing.unexplained, losses.chance > 0 else { return "" }
    return ": its \(losses.count) up to the verdict are one chance in \(oneIn(losses.chance))"
  }

  /// What would have made the verdict different, a sentence each.
  var alternatives: [String] {
    switch episode.kind {
    case .blip:
      if let sustained { return ["with detection.sustained=\(sustained) it would be an outage"] }
      guard parent == nil, certain < detection.sustained,
        let losses = atLastLoss?.standing.unexplained
      else { return ["with more losses in a row it would have been an outage"] }
      return [
        losses.areProof
          ? "with a shorter detection.sustained it would hardly be one: it might have been a brown-out, or our own"
          : "with a shorter detection.sustained it would still be none: its \(losses.count) losses are one chance "
            + "in \(oneIn(losses.chance)), more than once in ten months"
      ]
    case .outage where isLate:
      return ["with a loss among the answers that followed it would have stayed a blip"]
    case .outage:
      return [
        "with detection.sustained above \(certain.brief) it would be a blip",
        episode.group == nil
          ? "two answers in a row, or as many as no stray answers make, would have ended it"
          : "it ends when the last of its members is back, or when more fall while few are away",
      ]
    case .instability where isOfLosses:
      return ["with losses as near to each other as chance brings them it would be degraded"]
    case .instability:
      return [
        "were so many blips usual for it, or three hours apart, they would be isolated"
      ]
    case .degraded:
      return [
        "after detection.settling (\(detection.settling)) such a level becomes the usual, and it ends"
      ]
    case .unobserved:
      if episode.cause == .clockStepped { return [] }
      return episode.cause == .uplink
        ? ["had the sentinels answered as usual, what failed would have been the targets'"]
        : [
          "with a detection.gap of as many intervals as it lasted (100 at most) it would count as watched"
        ]
    }
  }

  private func percentage(_ share: Double) -> String { "\(number(share * 100)) %" }

  private func oneIn(_ chance: Double) -> String {
    let oneIn = 1 / max(chance, 1e-12)
    return oneIn < 1e9 ? "\(Int(oneIn.rounded()).grouped)" : "a thousand million or more"
  }

  /// With at most one digit after the point.
  private func number(_ value: Double) -> String {
    let tenths = Int(value * 10 + 0.5)
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }
}

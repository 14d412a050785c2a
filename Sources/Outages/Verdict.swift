/// What the losses of an interruption prove.
extension Track {
  /// Whether an interruption is an outage by now: it certainly lasted `sustained`, and a run of
  /// losses like it would hardly come about by chance in all the probes of twenty months. Where more will
  /// be known soon it waits for that, at most as long again.
  func isOutage(_ interruption: Interruption, _ isCalm: Bool, _ detection: Detection)
    -> Bool
  {
    guard interruption.certain >= detection.sustained else { return false }
    // Where blips often are but a probe short of an outage, an outage must be a probe longer.
    if pattern.nearOutages > 1, interruption.certainWithoutLast < detection.sustained {
      return false
    }
    // Who can be asked is asked until it is no brown-out, and when sentinels fail it may be ours: more
    // will be known soon.
    if interruption.isAsked && interruption.mayBeLoss || !isCalm,
      interruption.certain < detection.sustained * 2
    {
      return false
    }
    let every = cadence.every ?? .seconds(1)
    return Interruption.isRare(chance(of: interruption), in: Interruption.proof, every: every)
  }

  /// How likely it is that all its losses came about by chance while the target was up.
  func chance(of interruption: Interruption) -> Double {
    // An answer speaks for a brown-out more than a loss speaks against it.
    belief.chance(ofLosses: interruption.tally.losses - 3 * interruption.tally.strays)
  }

  /// Whether one more failed probe would have made an outage of a blip.
  func isNearOutage(_ blip: Interruption, _ detection: Detection) -> Bool {
    blip.certain + (cadence.every ?? .zero) >= detection.sustained
  }

  /// The outage that lasts with the interruption before it, if they may be one. Who was never up before
  /// the first was not down with it, and what is of an instability or of a brown-out stays so.
  func torn(_ chronicle: Chronicle) -> Interruption? {
    guard let open = reachability.interruption, open.probesBefore < .max,
      let earlier = chronicle.past.last, earlier.lastGood != nil,
      !open.isLoss, !earlier.isLoss,
      open.mayGoOn(from: earlier, every: cadence.every ?? .zero),
      chronicle.instabilities.last.map({ $0.last < earlier.start.latest }) ?? true,
      chronicle.degraded.last?.end.map({ $0.latest < earlier.start.latest }) ?? true
    else { return nil }
    var whole = open
    whole.goOn(from: earlier)
    return whole.isBrownOut ? nil : whole
  }
}

extension Interruption {
  /// Whether what came since an earlier interruption may be stray answers of this outage: it had others,
  /// and has so many that chance makes these few as well.
  func mayGoOn(from earlier: Interruption, every: Duration) -> Bool {
    let all = tally + earlier.tally
    return kind == .outage && all.strays > 1
      && chance(all.strayRate, times: Int32(probesBefore)) > Interruption.unlikelyStrays
      && firstFailed - earlier.lastFailed <= every * Double(probesBefore + 2)
  }

  /// So seldom does an outage answer several times in a row at a given time.
  private static let unlikelyStrays = 5e-4
}

extension Monitor {
  /// Whether it, or its latest part, fell with a group of the target's.
  func isOfGroup(_ interruption: Interruption, _ member: Int) -> Bool {
    let parts =
      [interruption] + chronicles[member].past.suffix(1)
      + (tracks[member].reachability.interruption.map { [$0] } ?? [])
    return memberships[member].contains { index in
      parts.contains {
        groups[index].event(explaining: $0, of: member, slack: session.detection.sustained) != nil
      }
    }
  }
}

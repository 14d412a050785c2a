/// What the losses of an interruption prove.
extension Track {
  /// Whether an interruption is an outage by now: it certainly lasted `sustained`, and a run of
  /// losses like it would hardly come about by chance in all the probes of ten months. Where more will
  /// be known soon it waits for that, at most `patience` times as long.
  func isOutage(
    _ interruption: Interruption, at time: Instant, _ isCalm: Bool, _ chronicle: Chronicle,
    _ detection: Detection
  ) -> Bool {
    guard interruption.certain >= detection.sustained else { return false }
    // Where blips often are but a probe short of an outage, an outage must be a probe longer.
    if pattern.nearOutages > 1, interruption.certainWithoutLast < detection.sustained {
      return false
    }
    // Who can be asked is asked until it is no brown-out, and when sentinels fail it may be ours: more
    // will be known soon.
    let isWaitedFor = interruption.isAsked && interruption.mayBeLoss
    let patience = !isCalm ? Track.patience : isWaitedFor ? 2 : 1
    if interruption.certain < detection.sustained * patience { return false }
    return areProof(interruption, at: time, chronicle)
  }

  /// Whether chance makes losses like its less than once in ten months, for a share of which at most it
  /// loses as many as in a brown-out; and its own brown-outs begin so as seldom.
  func areProof(_ interruption: Interruption, at time: Instant, _ chronicle: Chronicle) -> Bool {
    var chance = chance(of: interruption)
    if belief.wasLossy {
      chance *= chronicle.shareDegraded(with: degradation.open, until: time)
    } else {
      chance +=
        chronicle.chanceOfFurtherRise(within: cadence.every, at: time)
        * Belief.chanceInBrownOut(ofLosses: interruption.tally.unbroken)
    }
    return isProof(chance)
  }

  private func isProof(_ chance: Double) -> Bool {
    Interruption.isRare(chance, in: Interruption.proof, every: cadence.every)
  }

  /// What is over, was long and not proved, if its losses prove an outage now that none came after it.
  func late(_ chronicle: Chronicle, _ detection: Detection) -> Change? {
    guard let last = chronicle.past.last, last.kind == .blip, !last.isLoss,
      last.certain >= detection.sustained * Track.patience, pattern.open == nil,
      degradation.isUsual,
      chronicle.count - Int(probesAtReturn) <= Bursts.trial, chronicle.isApart(last.start),
      isProof(chance(of: last))
    else { return nil }
    return .proved(last)
  }

  /// Whether its loss is far above the usual, and whether it is as usual. What may as well be a beat, and is none
  /// that was told, is not.
  @inline(__always)
  func loss(_ chronicle: Chronicle, at time: Instant) -> (isFar: Bool, isUsual: Bool) {
    let (lossy, up) = (belief.lossy, belief.up)
    let restless = pattern.open == nil ? belief.restless : lossy
    return (
      isFar: lossy > 0.8 * up || lossy > 0.2 * up && restless > 0.9 * up,
      // A lull is not the end of a long brown-out: nothing must speak for it any more.
      isUsual: degradation.isLong
        ? belief.isSurelyUsual(chronicle.chanceOfRise(within: cadence.every, at: time))
        : restless < 0.1 * up
    )
  }

  /// So many times `sustained` must have lasted what may have been ours, or a brown-out.
  static let patience = 3.0

  /// A hole of more intervals than this ends what was doubted or degraded.
  static let longHole = 10.0

  /// Whether its losses may be those of a brown-out, or of one that is not known yet.
  var isBrownOut: Bool { degradation.open != nil || !belief.isAcquainted }

  /// Whether its losses are those of a level that lasts.
  var isOfLevel: Bool { degradation.open != nil && (belief.isLossy || degradation.isBeat) }

  /// Whether what begins is one of the bursts in which it loses: most of the latest, or of the beat that lasts, were
  /// as short.
  func isBurst(_ chronicle: Chronicle) -> Bool {
    guard belief.isBursty else { return false }
    let blips = chronicle.past.suffix(Pattern.most).filter { blip in
      blip.kind == .blip && pattern.open.map { blip.start.latest >= $0.first } ?? true
    }
    return blips.isEmpty || blips.count(where: mayBeBurst) * 2 > blips.count
  }

  /// Whether it is so short that it may be one of the bursts that a target loses in.
  func mayBeBurst(_ interruption: Interruption) -> Bool {
    interruption.certain < (cadence.every ?? .zero) * Bursts.longest
  }

  /// How likely it is that all its losses came about by chance while the target was up.
  func chance(of interruption: Interruption) -> Double {
    belief.chance(ofLosses: interruption.tally.unbroken)
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
      chronicle.isApart(earlier.start),
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

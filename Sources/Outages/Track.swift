/// What the monitor keeps of one target to judge its next probe. Of a fixed size, however long it is watched.
struct Track: Sendable, Equatable, Codable {
  // In an order that leaves few gaps.
  private(set) var cadence: Cadence
  private(set) var belief = Belief()
  private(set) var latest = LatestAnswer()
  private(set) var pattern = Pattern()
  private(set) var latency = Latency()
  private(set) var degradation = Degradation()
  private(set) var reachability = Reachability.unseen
  /// How many probes had come before the first answer after the latest interruption; 0 when there was none.
  private(set) var probesAtReturn: Int32 = 0
  /// How much of the vantage's lost time was over at the latest probe.
  private var lost = Duration.zero

  init(every: Duration?) { cadence = Cadence(every: every) }

  mutating func adopt(every: Duration?) { cadence.adopt(every: every) }

  /// A probe of which nothing is known since something of ours was lost at `since`.
  mutating func pass(
    _ time: Instant, since: Instant?, _ chronicle: inout Chronicle, _ detection: Detection
  ) {
    chronicle.note(time)
    // A hole before it counts with what is lost until the next probe.
    let gap = since.flatMap { cadence.hole(until: $0, detection: detection) }
    if let gap { lost = lost - miss(gap, &chronicle, detection) }
    cadence.pass(time)
  }

  /// A hole, whose length it returns. What a doubt or a brown-out came to while nobody looked for long, nobody knows.
  private mutating func miss(
    _ gap: Range<Instant>, _ chronicle: inout Chronicle, _ detection: Detection
  ) -> Duration {
    chronicle.holes.append(gap)
    let length = gap.upperBound - gap.lowerBound
    if length > (cadence.every ?? .zero) * Track.longHole {
      if reachability.forgetDoubt() { belief.absolve() }
      close(degradation: Bounds(earliest: gap.lowerBound, latest: gap.upperBound), &chronicle)
    }
    return length
  }

  /// Takes in the next observation; observations of one target come in the order of their times. `lost` is all time so
  /// far that the vantage's uplink was lost. `isCalm`: nothing speaks for a loss of ours. `isRestated`: something else than
  /// an interruption began or ended, what is degraded or unstable.
  mutating func observe(
    _ outcome: Outcome, at time: Instant, lost: Duration, isCalm: Bool,
    _ chronicle: inout Chronicle, _ line: inout Line, detection: Detection
  ) -> (change: Change?, isRestated: Bool) {
    chronicle.note(time)
    let isAnswered = outcome.isAnswered
    if chronicle.count == 1 { pattern.watch(from: time) }
    var hole = lost - self.lost
    self.lost = lost
    if let gap = cadence.probe(at: time, failed: !isAnswered, detection: detection) {
      hole += miss(gap, &chronicle, detection)
    }
    if hole > .zero { pattern.skip(hole) }
    belief.update(
      answered: isAnswered, rise: chronicle.chanceOfRise(within: cadence.every, at: time),
      detection: detection)
    var isRestated = false
    if let dissolved = watchLevels(outcome, at: time, &isRestated, &chronicle, detection) {
      return (.dissolved(dissolved), true)
    }
    if let ended = pattern.pass(time) {
      chronicle.instabilities.append(ended)
      isRestated = true
    }
    if isAnswered, let before = reachability.stayUp(at: time) {
      latest.take(time, after: before, hole: hole)
      return (belief.bursts.calm(belief.reliability) ? late(chronicle, detection) : nil, isRestated)
    }
    let ended = reachability.isOutage && !isAnswered ? reachability.ended : nil
    let change = reachability.step(
      outcome, at: time, belief: belief, hole: hole, every: cadence.every, detection: detection)
    if let ended, let open = reachability.interruption { chronicle.weigh(open, ended: ended) }
    return (follow(change, at: time, isCalm, &chronicle, &line, detection), isRestated)
  }

  /// Loss and latency against the usual. Returns the open interruption if it proves to be a brown-out.
  @inline(__always)
  private mutating func watchLevels(
    _ outcome: Outcome, at time: Instant, _ isRestated: inout Bool, _ chronicle: inout Chronicle,
    _ detection: Detection
  ) -> Interruption? {
    var isOdd = !outcome.isAnswered
    let (isLossy, isUsual) = loss(chronicle, at: time)
    if case .answered(let milliseconds?) = outcome {
      isOdd = latency.isOdd(milliseconds)
      latency.observe(milliseconds, isUsual: degradation.isUsual && !latency.isSlow)
    }
    // What is down is not degraded.
    if reachability.isOutage { return nil }
    let change = degradation.step(
      at: time, isAnswered: outcome.isAnswered, isOdd: isOdd, isDegraded: isLossy || latency.isSlow,
      isUsual: isUsual && latency.isUsual, every: cadence.every, detection: detection)
    if change == nil, degradation.isUsual { return nil }
    isRestated = change != nil
    switch change {
    case .ended(let stretch): keep(stretch, &chronicle)
    case .began:
      belief.bursts.brownOut()
      takeIn(at: time, &chronicle)
      return dissolve(at: time)
    case nil: if pattern.open == nil { isRestated = degradation.findBeat(at: time) }
    }
    if let open = degradation.open,
      time - open.lasting(after: chronicle, every: cadence.every) > detection.settling
    {
      // What lasts is the new usual.
      belief.settle()
      latency.settle()
      close(degradation: Bounds(earliest: time, latest: time), &chronicle)
      isRestated = true
    }
    return nil
  }

  /// The open interruption that is none, if it has so few losses that they may be those of a brown-out.
  private mutating func dissolve(at time: Instant) -> Interruption? {
    guard let open = reachability.interruption, open.mayBeLoss else { return nil }
    degradation.extend(to: open.start, at: time)
    // It is told with an answer.
    reachability = .up(lastGood: time)
    latest.forget()
    belief.resume(afterShort: true)
    if open.kind == .blip, !open.isLoss { pattern.cancel() }
    return open
  }

  /// A brown-out often begins with a run of losses that looks like an interruption of its own.
  private mutating func takeIn(at time: Instant, _ chronicle: inout Chronicle) {
    for index in chronicle.past.indices.reversed() {
      let interruption = chronicle.past[index]
      guard let open = degradation.open, let end = interruption.end,
        interruption.mayBeBeginning, !chronicle.hasEnded(with: interruption.start),
        open.start.latest - end.latest <= (cadence.every ?? .zero) * 20
      else { return }
      degradation.extend(to: interruption.start, at: time)
      // It is not certain any more that it lasted, since it may have been loss.
      chronicle.past[index].kind = .blip
      chronicle.past[index].declared = interruption.began
      chronicle.past[index].isLoss = true
      pattern.dissolve(since: interruption.start)
    }
  }

  private mutating func close(degradation end: Bounds, _ chronicle: inout Chronicle) {
    if let stretch = degradation.close(at: end) { keep(stretch, &chronicle) }
  }

  private mutating func keep(_ stretch: Degradation.Stretch, _ chronicle: inout Chronicle) {
    chronicle.degraded.append(stretch)
    if stretch.beats != nil, let end = stretch.end { pattern.settle(until: end.latest) }
  }

  /// What follows from a change, or from a further probe of an interruption.
  private mutating func follow(
    _ change: Reachability.Change?, at time: Instant, _ isCalm: Bool, _ chronicle: inout Chronicle,
    _ line: inout Line, _ detection: Detection
  ) -> Change? {
    switch change {
    case .suspected(var interruption):
      if !isBrownOut {
        belief.bursts.begin(
          belief.reliability, at: time, every: cadence.every ?? .zero, &line)
      }
      if probesAtReturn > 0 {
        interruption.probesBefore = Int8(clamping: chronicle.count - 1 - Int(probesAtReturn))
        reachability.open = interruption
      }
      return .suspected(interruption)
    case .cleared(let interruption):
      latest.take(
        time, clearing: interruption, longest: (cadence.every ?? .zero) * detection.gap)
      belief.resume(afterShort: true)
      if !isBrownOut {
        belief.bursts.end(
          losses: interruption.tally.losses, hadStrays: false, answers: 1, belief.reliability)
      }
      return .cleared(interruption)
    case .ended(var interruption, let since):
      probesAtReturn = Int32(clamping: chronicle.count - Int(since))
      belief.resume(afterShort: interruption.mayBeLoss)
      // It came up for the first time: only now is it certain that it had been down.
      if interruption.lastGood == nil { interruption.declared = time }
      interruption = interruption.told(after: latest)
      latest.forget()
      chronicle.past.append(interruption)
      if let end = interruption.end { degradation.resume(at: end.latest) }
      if interruption.kind == .blip, let end = interruption.end {
        pattern.end(end, isNear: isNearOutage(interruption, detection))
        if !isBrownOut, mayBeBurst(interruption) {
          belief.learnBurst()
          belief.bursts.end(
            losses: interruption.tally.losses, hadStrays: interruption.tally.strays > 0, answers: 2,
            belief.reliability)
        }
      }
      if interruption.tally.strays > 0 { belief.suspectBrownOut() }
      return .ended(interruption)
    case .dissolved(let interruption):
      if let whole = chronicle.takeWhole(of: interruption, detection.sustained),
        let end = whole.end
      {
        // It was one, and became a brown-out.
        let since = interruption.tally.probes - whole.tally.probes
        let news = follow(
          .ended(whole, since: since), at: time, isCalm, &chronicle, &line, detection)
        belief.brownOut()
        degradation.extend(to: end, at: time)
        return news
      }
      belief.brownOut()
      latest.forget()
      degradation.extend(to: interruption.start, at: time)
      if interruption.kind == .blip, !interruption.isLoss { pattern.cancel() }
      return .dissolved(interruption)
    case .began, nil:
      guard var interruption = reachability.interruption, interruption.kind == .blip else {
        return nil
      }
      let isOutage = self.isOutage(interruption, at: time, isCalm, chronicle, detection)
      if isOutage {
        interruption.kind = .outage
        interruption.declared = time
        reachability.interruption = interruption
      } else if change != nil, isOfLevel || isBurst(chronicle) {
        // Runs of losses in a brown-out, or of a target that loses in bursts, are no beat of their own.
        interruption.isLoss = true
        reachability.interruption = interruption
      }
      if isNeverUp { return nil }
      if change != nil {
        if isOutage {
          end(by: interruption, wasBlip: false, at: time, &chronicle)
        } else if interruption.isLoss {
          if isBurst(chronicle) { pattern.dissolve() }
        } else {
          pattern.begin(
            interruption.start, declared: time, watchedSince: chronicle.first,
            after: chronicle.latestBlips)
          if pattern.open != nil { belief.beat() }
        }
        return .began(interruption)
      }
      if !isOutage { return nil }
      end(by: interruption, at: time, &chronicle)
      return .escalated(interruption)
    }
  }

  /// An outage ends what there was of instability and degradation.
  private mutating func end(
    by outage: Interruption, wasBlip: Bool = true, at time: Instant, _ chronicle: inout Chronicle
  ) {
    if !outage.isLoss, let ended = pattern.escalate(outage.start, wasBlip: wasBlip) {
      chronicle.instabilities.append(ended)
    }
    close(degradation: outage.start, &chronicle)
  }

  /// The interruption before is part of the outage that lasts: the answers between were stray ones.
  mutating func mend(_ whole: Interruption, _ chronicle: inout Chronicle, _ detection: Detection) {
    guard let earlier = chronicle.past.popLast() else { return }
    reachability.interruption = whole
    latest.forget()
    if earlier.kind == .blip { pattern.cancel(wasNear: isNearOutage(earlier, detection)) }
  }

  /// The latest blip was an outage. Returns it.
  mutating func prove(
    _ blip: Interruption, at time: Instant, _ chronicle: inout Chronicle, _ detection: Detection
  ) -> Interruption {
    pattern.cancel(wasNear: isNearOutage(blip, detection))
    var outage = blip
    (outage.kind, outage.declared) = (.outage, time)
    _ = chronicle.past.popLast()
    chronicle.past.append(outage)
    return outage
  }

  /// Whether something explains its outage, as far as a failed probe tells. Returns whether that has changed.
  mutating func excuse(_ isExplained: Bool, at time: Instant) -> Bool {
    reachability.interruption?.excuse(isExplained, at: time) ?? false
  }

  /// Forgets the open interruption, and returns it, if nothing proves that it began before `instant`: it was not its own.
  mutating func absolve(after instant: Instant) -> Interruption? {
    guard let open = reachability.open, open.isUnproved(by: instant) else { return nil }
    let wasBelieved = reachability.interruption != nil
    reachability.absolve()
    belief.absolve()
    if wasBelieved, open.kind == .blip, !open.isLoss { pattern.cancel() }
    return open
  }
}

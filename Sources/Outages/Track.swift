/// What the monitor keeps of one target: its cadence, its belief, where it stands, and what happened.
struct Track: Sendable, Equatable {
  private(set) var cadence: Cadence
  private(set) var belief = Belief()
  private(set) var reachability = Reachability.unseen
  /// The time of the first probe.
  private(set) var first: Instant?
  /// Interruptions that are over, in order.
  private(set) var past: [Interruption] = []
  /// Holes between probes, in order.
  private(set) var holes: [Range<Instant>] = []

  enum Change: Sendable, Equatable {
    case began(Interruption)
    /// A blip has become an outage.
    case escalated(Interruption)
    case ended(Interruption)
  }

  init(every: Duration?) { cadence = Cadence(every: every) }

  mutating func adopt(every: Duration?) { cadence.adopt(every: every) }

  /// Takes in the next observation; observations of one target come in the order of their times.
  mutating func observe(_ observation: Observation, detection: Detection) -> Change? {
    let (time, outcome) = (observation.time, observation.outcome)
    if first == nil { first = time }
    let hole = cadence.probe(at: time, detection: detection)
    if let hole { holes.append(hole) }
    belief.update(answered: outcome.isAnswered, detection: detection)
    let change = reachability.step(
      outcome, at: time, belief: belief.up,
      hole: hole.map { $0.upperBound - $0.lowerBound } ?? .zero, detection: detection)

    switch change {
    case .ended(var interruption):
      // It came up for the first time: only now is it certain that it had been down.
      if interruption.lastGood == nil { interruption.declared = time }
      past.append(interruption)
      return .ended(interruption)
    case .began, nil:
      guard var interruption = reachability.interruption, interruption.kind == .blip else {
        return nil
      }
      let kind = Pattern.kind(of: interruption, detection: detection)
      if kind == .outage {
        interruption.kind = .outage
        interruption.declared = time
        reachability.interruption = interruption
      }
      if isNeverUp { return nil }
      if change != nil { return .began(interruption) }
      return kind == .outage ? .escalated(interruption) : nil
    }
  }

  /// Whether it was probed and never answered.
  var isNeverUp: Bool {
    switch reachability {
    case .doubtful(let open), .down(let open), .recovering(let open, _, _): open.lastGood == nil
    case .unseen, .up: false
    }
  }

  /// Whether it answered at some time.
  var wasEverUp: Bool { first != nil && !isNeverUp }

  /// Its interruptions, the one that lasts last. What was never up has none.
  var interruptions: [Interruption] {
    isNeverUp ? past : past + (reachability.interruption.map { [$0] } ?? [])
  }
}

/// What happened between two instants, as far as it was seen: the fold of a probe log that every
/// report prints.
public struct Timeline: Sendable, Equatable {
  public var span: Range<Instant>
  public var vantage: String
  public var detection: Detection
  /// How many probes of these targets the timeline was folded from; nil when it shows a part of
  /// their time, since they are counted as a whole.
  public var probes: Int?
  public var targets: [History]
  public var groups: [History]
  /// In the order of their starts; of those that start together, the wider scope first.
  public var episodes: [Episode]

  /// How time is counted.
  public var policy = Policy.everyInterruption
}

/// What happened to one target or group.
public struct History: Sendable, Equatable {
  public enum State: String, Sendable {
    case up
    case down
    /// It was probed and never answered: a fault of the plan more likely than of the network.
    case neverUp = "never-up"
    /// It is not probed any more.
    case retired
    /// It was not probed at all.
    case unobserved
  }

  public var name: String
  public var title: String
  /// Names of a group's members; nil for a target.
  public var members: [String]?
  public var isSentinel = false
  public var state: State
  /// These four are disjoint and fill the timeline's span.
  public var up: Spans
  public var down: Spans
  public var unobserved: Spans
  public var maintenance = Spans()
  /// Whether what nobody saw counts as down.
  public var isUnobservedDown = false
  /// How many probes of it there were in all.
  public var probes = 0
  public var blips = 0
  /// What each outage is likely to have lasted as a whole, unobserved time taken off, in order; an
  /// open one so far.
  public var outages: [Duration] = []
  /// Of `outages`, those that are over by the end of the span.
  public var repaired: [Duration] = []

  public var scope: Episode.Scope { members == nil ? .target(name) : .group(name) }

  public var observed: Duration { up.total + down.total }

  /// The fraction of the time that counts that it was up, nil when there is none: of observed time,
  /// unless unobserved time counts as down.
  public var availability: Double? {
    let counted = isUnobservedDown ? observed + unobserved.total : observed
    return counted > .zero ? up.total.seconds / counted.seconds : nil
  }

  /// The fraction of the span that was observed.
  public var coverage: Double? {
    let whole = observed + unobserved.total
    return whole > .zero ? observed.seconds / whole.seconds : nil
  }

  /// Mean time to repair: of the outages that are over, how long they lasted.
  public var meanTimeToRepair: Duration? {
    repaired.isEmpty ? nil : repaired.reduce(.zero, +) / Int64(repaired.count)
  }

  /// Mean time between outages: observed time up for each outage.
  public var meanTimeBetweenOutages: Duration? {
    outages.isEmpty || up.ranges.isEmpty ? nil : up.total / Int64(outages.count)
  }
}

extension Timeline {
  /// What part of a timeline is wanted. Names choose targets and groups; a group brings its
  /// members.
  public struct Selection: Sendable {
    public var since: Instant?
    public var until: Instant?
    public var targets: [String]
    public var groups: [String]
    public var policy: Policy

    public init(
      since: Instant? = nil, until: Instant? = nil, targets: [String] = [], groups: [String] = [],
      policy: Policy = .everyInterruption
    ) {
      (self.since, self.until, self.targets, self.groups) = (since, until, targets, groups)
      self.policy = policy
    }
  }

  /// The part that was selected. Episodes of the vantage belong to everybody's.
  public func selecting(_ selection: Selection) -> Timeline {
    if selection.targets.isEmpty && selection.groups.isEmpty { return self }
    var part = self
    part.groups = groups.filter { selection.groups.contains($0.name) }
    let names = Set(selection.targets + part.groups.flatMap { $0.members ?? [] })
    part.targets = targets.filter { names.contains($0.name) }
    if probes != nil { part.probes = part.targets.reduce(0) { $0 + $1.probes } }
    let groupNames = Set(selection.groups)
    part.episodes = episodes.filter {
      switch $0.scope {
      case .target(let name): names.contains(name)
      case .group(let name): groupNames.contains(name)
      case .vantage: true
      }
    }
    return part
  }
}

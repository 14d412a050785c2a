public import Outages

/// What really happened in a simulated world: the measure of every report of it.
public struct Truth: Sendable, Equatable {
  public struct Target: Sendable, Equatable {
    public var name: String
    public var every: Duration
    public var isSentinel: Bool
    public var probes: Int

    public init(name: String, every: Duration, isSentinel: Bool = false, probes: Int = 0) {
      (self.name, self.every, self.isSentinel, self.probes) = (name, every, isSentinel, probes)
    }
  }

  /// One thing that happened.
  public struct Event: Sendable, Equatable {
    /// Blip or outage by how long it really lasted; a beat is an instability and its blips.
    public var kind: Episode.Kind
    public var scope: Episode.Scope
    /// What scores call its like.
    public var family: String
    /// Of a group's event, who fell; of any other, nil.
    public var members: [String]?
    public var isPartial: Bool
    /// Targets that are behind it, and went down with it.
    public var dependents: [String]
    public var start: Instant
    public var end: Instant
    /// When it began to show, where that is not at its start.
    public var onset: Instant?
    /// What an observer could tell who knows all this, and sees only what the probes saw.
    public var seen: Sight

    /// The true time of it.
    public var span: Range<Instant> { start..<max(start, end) }

    public init(
      kind: Episode.Kind, scope: Episode.Scope, family: String, members: [String]? = nil,
      isPartial: Bool = false, dependents: [String] = [], start: Instant, end: Instant,
      onset: Instant? = nil, seen: Sight = Sight()
    ) {
      (self.kind, self.scope, self.family, self.members) = (kind, scope, family, members)
      (self.isPartial, self.dependents) = (isPartial, dependents)
      (self.start, self.end, self.onset, self.seen) = (start, end, onset, seen)
    }
  }

  /// The oracle's view of an event: the best that any detector could say.
  public struct Sight: Sendable, Equatable {
    /// How many probes of each member fell into it, of the member with the fewest.
    public var probes = 0
    public var start: Bounds?
    public var end: Bounds?
    /// The first probe at which it had certainly lasted `sustained`; nil when it never had.
    public var declared: Instant?

    public init(
      probes: Int = 0, start: Bounds? = nil, end: Bounds? = nil, declared: Instant? = nil
    ) {
      (self.probes, self.start, self.end, self.declared) = (probes, start, end, declared)
    }
  }

  public var title: String
  public var seed: UInt64
  public var vantage: String
  public var span: Range<Instant>
  public var sustained: Duration
  public var targets: [Target]
  public var groups: [Group]
  /// In the order of their starts.
  public var events: [Event]

  public init(
    title: String = "", seed: UInt64 = 0, vantage: String = "local", span: Range<Instant>,
    sustained: Duration, targets: [Target], groups: [Group] = [], events: [Event]
  ) {
    (self.title, self.seed, self.vantage, self.span) = (title, seed, vantage, span)
    (self.sustained, self.targets, self.groups, self.events) = (sustained, targets, groups, events)
  }

  /// How many probes were sent, those out of turn among them.
  public var probes: Int { targets.reduce(0) { $0 + $1.probes } }

  /// When nobody watched, or our own uplink was lost.
  public var unobserved: Spans { Spans(events.filter { $0.kind == .unobserved }.map(\.span)) }
}

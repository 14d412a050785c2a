/// One line of a timeline: something that happened to a target, a group or the vantage.
public struct Episode: Sendable, Equatable, Codable {
  public enum Kind: String, Sendable, CaseIterable, Codable {
    /// An interruption shorter than `Detection.sustained`.
    case blip
    /// An interruption that certainly lasted that long.
    case outage
    /// A stretch in which blips come far more often than is usual.
    case instability
    /// Loss or latency far above the usual, without interruption.
    case degraded
    /// Nobody watched.
    case unobserved

    /// Whether something was believed unreachable.
    public var isInterruption: Bool { self == .blip || self == .outage }
  }

  /// Why nobody watched.
  public enum Cause: String, Sendable, Codable {
    /// There are no probes, and nobody says why.
    case noProbes = "no-probes"
    case suspended
    case clockStepped = "clock-stepped"
    case overload
    /// The daemon was off: another recording session begins after it.
    case daemonOff = "daemon-off"
    /// Our own uplink was lost, by what the sentinels say.
    case uplink
    // What kept the prober from probing some targets, with the words of `Trouble`.
    case noRoute = "no-route"
    case resolver, descriptors, ports, memory

    /// What reports say of it.
    public var text: String {
      switch self {
      case .noProbes: "no probes"
      case .suspended: "the host was suspended"
      case .clockStepped: "the clock was set"
      case .overload: "the prober was overloaded"
      case .daemonOff: "the daemon was off"
      case .uplink: "our own uplink was lost"
      case .noRoute: Trouble.noRoute.text
      case .resolver: Trouble.resolver.text
      case .descriptors: Trouble.descriptors.text
      case .ports: Trouble.ports.text
      case .memory: Trouble.memory.text
      }
    }
  }

  /// Whom it happened to, by name.
  public enum Scope: Sendable, Hashable, Codable {
    case target(String)
    case group(String)
    case vantage(String)

    public var name: String {
      switch self {
      case .target(let name), .group(let name), .vantage(let name): name
      }
    }
  }

  public var kind: Kind
  public var scope: Scope
  /// The id of the episode that explains this one and speaks for it.
  public var parent: String?
  public var start: Bounds
  /// Nil while it lasts.
  public var end: Bounds?
  /// The send time of the probe whose outcome decided.
  public var declared: Instant
  /// What an interruption certainly lasted, less what nobody watched; of a group, what its most
  /// certain member's did.
  public var certain: Duration?
  /// How the first failed probe failed.
  public var failure: Failure?
  /// The title of the maintenance in which it fell, but for less than `sustained` before and after.
  public var maintenance: String?
  /// Why it is unobserved.
  public var cause: Cause?
  /// The first evidence as it was when it was declared, where that can have changed since.
  var key: Instant?
  /// How many blips an instability has.
  public var blips: Int?
  /// Of a group's episode.
  public var group: GroupPart?

  /// What only a group's episode has to tell.
  public struct GroupPart: Sendable, Equatable, Codable {
    /// The members that fell together, in the group's order.
    public var members: [String]
    /// When the quorum was down: from its last member's fall to its first member's return. Nil when
    /// only a part of the group was.
    public var fullStart: Bounds?
    public var fullEnd: Bounds?

    public var isPartial: Bool { fullStart == nil }
  }

  /// Whether another episode or a maintenance speaks for it, so that it raises no alarm of its own.
  public var isExplained: Bool { parent != nil || maintenance != nil }

  /// A short name that stays the same over restarts and later lines of the log: it depends on the
  /// scope and on the first evidence alone. Fifty bits of FNV-1a in Crockford's base 32.
  public var id: String { Episode.id(of: scope, kind, key ?? start.latest) }

  static func id(of scope: Scope, _ kind: Kind, _ key: Instant) -> String {
    var hash = FNV1a()
    switch scope {
    case .target: hash.mix("target")
    case .group: hash.mix("group")
    case .vantage: hash.mix("vantage")
    }
    hash.mix(scope.name)
    // A blip that becomes an outage stays the same episode.
    hash.mix(kind.isInterruption ? "interruption" : kind.rawValue)
    hash.mix("\(key.milliseconds)")
    let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
    return String((0..<10).map { alphabet[Int(hash.value >> UInt64(5 * $0 + 14) & 31)] })
  }

  /// The time that counts as its own: from the middle of its start to the middle of its end.
  public func likelySpan(now: Instant) -> Range<Instant> {
    start.span(to: end, now: now)
  }

  /// The least and the most it can have lasted, with an open end at `now`.
  public func duration(now: Instant) -> (shortest: Duration, longest: Duration) {
    let shortest = max((end?.earliest ?? now) - start.latest, .zero)
    return (shortest, max((end?.latest ?? now) - (start.earliest ?? start.latest), shortest))
  }
}

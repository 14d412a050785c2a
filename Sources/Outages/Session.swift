/// What is being watched, by whom, and how it is judged: everything a verdict depends on besides
/// the observations. A plan begins one, and the header of every recording repeats it.
public struct Session: Sendable, Equatable, Codable {
  /// Where the probes start from.
  public var vantage: String
  /// Observations name their target by its index here. Targets are only ever added.
  public private(set) var targets: [Target]
  public var groups: [Group]
  public var detection: Detection
  public var maintenance: [Maintenance]
  private var indices: [String: Int]
  /// Indices of targets that the latest plan does not name any more.
  private var retired: Set<Int> = []

  public init(
    vantage: String = "local", targets: [Target] = [], groups: [Group] = [],
    detection: Detection = Detection(), maintenance: [Maintenance] = []
  ) {
    self.vantage = vantage
    self.targets = []
    self.groups = groups
    self.detection = detection
    self.maintenance = maintenance
    indices = [:]
    for target in targets { add(target) }
  }

  public func index(of name: String) -> Int? { indices[name] }

  /// Whether a target has this name and is still watched, as far as the plans say.
  public func isPlanned(_ name: String) -> Bool {
    indices[name].map { !retired.contains($0) } ?? false
  }

  /// Adds a target, or renews what is known of one that is already there, and returns its index.
  @discardableResult
  public mutating func add(_ target: Target) -> Int {
    if let index = indices[target.name] {
      targets[index] = target
      retired.remove(index)
      return index
    }
    indices[target.name] = targets.count
    targets.append(target)
    return targets.count - 1
  }

  /// Goes on under a newer session: its targets join ours and keep our indices, and its groups and
  /// parameters replace ours. Ours that it does not name stay, so that their history keeps its
  /// place.
  public mutating func adopt(_ newer: Session) {
    vantage = newer.vantage
    groups = newer.groups
    detection = newer.detection
    maintenance = newer.maintenance
    for target in newer.targets { add(target) }
    retired = Set(targets.indices.filter { !newer.isPlanned(targets[$0].name) })
  }
}

/// One thing that is probed.
public struct Target: Sendable, Equatable, Codable {
  public var name: String
  /// The time between two probes; nil when it has to be learned from the log.
  public var every: Duration?
  /// A well-known far host that tells whether we are online ourselves.
  public var isSentinel: Bool
  /// The target or group whose failure explains this one's.
  public var behind: String?

  public init(
    name: String, every: Duration? = nil, isSentinel: Bool = false, behind: String? = nil
  ) {
    (self.name, self.every, self.isSentinel, self.behind) = (name, every, isSentinel, behind)
  }
}

/// Targets that share a fate: a country, a network, a site.
public struct Group: Sendable, Equatable, Codable {
  public var name: String
  /// What reports call it.
  public var title: String
  /// Names of targets.
  public var members: [String]
  /// The target or group whose failure explains this one's.
  public var behind: String?

  public init(name: String, title: String? = nil, members: [String], behind: String? = nil) {
    (self.name, self.title, self.members, self.behind) = (name, title ?? name, members, behind)
  }
}

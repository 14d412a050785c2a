/// A time zone: how far its clocks are ahead of UTC, and when that changes.
public struct Zone: Sendable, Equatable, Codable {
  public struct Change: Sendable, Equatable, Codable {
    public var at: Instant
    public var offset: Duration

    public init(at: Instant, offset: Duration) { (self.at, self.offset) = (at, offset) }
  }

  /// The name in the IANA database, which is also what reports call it.
  public let name: String
  /// In order; the first holds for all time before it too.
  private let changes: [Change]

  public static let utc = Zone(name: "UTC", changes: [])

  public init(name: String, changes: [Change]) { (self.name, self.changes) = (name, changes) }

  /// How far its clocks are ahead of UTC at an instant.
  public func offset(at instant: Instant) -> Duration {
    let next = changes.partitionPoint { $0.at > instant }
    return changes.isEmpty ? .zero : changes[max(0, next - 1)].offset
  }

  /// The instant at which its clocks show what `wall` is in UTC. What they show twice is the
  /// earlier; what they never show, since they were put forward over it, is as much later.
  public func instant(wall: Instant) -> Instant {
    let early = wall - offset(at: wall - .days(1))
    if early + offset(at: early) == wall { return early }
    let late = wall - offset(at: wall + .days(1))
    return late + offset(at: late) == wall ? late : early
  }
}

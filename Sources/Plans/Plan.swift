public import Outages

/// What to watch: a session, and how each of its targets is asked.
public struct Plan: Sendable, Equatable {
  public var session: Session
  /// One for each of the session's targets, in their order.
  public var probes: [Probe]
  public var limits = Limits()
  /// Whether the log leaves out what no verdict needs.
  public var isBrief = false

  public init(session: Session, probes: [Probe]) {
    (self.session, self.probes) = (session, probes)
  }
}

/// Something that the monitor has just understood.
public struct Event: Sendable, Equatable {
  public enum Kind: String, Sendable, Codable {
    /// A probe failed; it may be the first of an interruption.
    case suspected
    /// The failed probe was a stray loss.
    case cleared
    /// An episode has begun.
    case declared
    /// It has become worse: a blip an outage, or an instability ended in one.
    case escalated
    /// It is over.
    case ended
    /// It is not over after all: the answers between were stray ones.
    case resumed
    /// It was another's: our own uplink's, or part of something wider.
    case reclassified
    /// Nobody watches it any more, and it had not ended.
    case dropped
  }

  public var kind: Kind
  /// The send time of the probe that decided.
  public var time: Instant
  public var episode: Episode

  /// Whether it is about single probes that no verdict stands on yet.
  public var isMereDoubt: Bool { kind == .suspected || kind == .cleared }
}

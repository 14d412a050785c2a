/// Where a target stands and what it is held against: what an explanation shows after each probe.
public struct Standing: Sendable, Equatable {
  public enum State: String, Sendable {
    case unseen
    case up
    case doubtful
    case down
    case recovering
    /// Our own uplink is lost: its probes say nothing.
    case unheard
  }

  public var state: State
  /// B(up), the belief that it is up.
  public var belief: Double
  /// The part of that belief in which it loses far more than is usual.
  public var lossy: Double
  /// A: how often it answers while it is up as usual.
  public var reliability: Double
  /// How many blips a day are usual for it.
  public var blipsPerDay: Double
  /// Whether its losses come in bursts.
  public var isBursty: Bool
  /// How many of its probes failed since the first that is not explained yet, and how likely it is that
  /// all of these were lost by chance while it was up; nil when there is none.
  public var unexplained: Losses?

  public struct Losses: Sendable, Equatable {
    public var count: Int
    public var chance: Double
  }
}

extension Monitor {
  public func standing(of target: Int) -> Standing {
    let track = tracks[target]
    let state: Standing.State =
      switch track.reachability {
      case _ where vantage.isLost: .unheard
      case .unseen: .unseen
      case .up: .up
      case .doubtful: .doubtful
      case .down: .down
      case .recovering: .recovering
      }
    let (belief, open) = (track.belief, track.reachability.open)
    return Standing(
      state: state, belief: belief.up, lossy: belief.lossy, reliability: belief.reliability,
      blipsPerDay: track.pattern.usual.perSecond * Duration.days(1).seconds,
      isBursty: belief.isBursty,
      unexplained: open.map { .init(count: Int($0.tally.losses), chance: track.chance(of: $0)) })
  }
}

extension Track {
  /// Whether it was probed and never answered.
  var isNeverUp: Bool { reachability.open.map { $0.lastGood == nil } ?? false }

  /// The interruption that is believed to last, of a target that was up before.
  var interruption: Interruption? { isNeverUp ? nil : reachability.interruption }

  /// Whether it answered at some time.
  var wasEverUp: Bool { !isNeverUp && reachability != .unseen }
}

// Asked after each probe: of a track as a whole they would copy it.
extension Reachability {
  /// Whether it is believed to be up, and nothing since speaks against it.
  @inline(__always)
  var isUp: Bool {
    if case .up = self { true } else { false }
  }
}

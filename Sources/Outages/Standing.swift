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

  /// The beat that it is in; nil when there is none.
  public var beat: Beat?
  /// Whether its losses keep their distance; nil when they are as usual.
  public var distances: Distances?
  /// How long its answers take.
  public var latency: Pace

  public struct Losses: Sendable, Equatable {
    public var count: Int
    public var chance: Double
    /// Whether chance makes so many so seldom that they would prove an outage.
    public var areProof: Bool
  }

  /// Milliseconds: what answers take now and usually, and from how many on they are slow.
  public struct Pace: Sendable, Equatable {
    public var now: Double
    public var usual: Double
    public var slow: Double
  }

  /// Losses that come one by one.
  public struct Distances: Sendable, Equatable {
    /// How many times it lost probes so far.
    public var count: Int
    /// How much likelier it is that they come so in a beat than by chance.
    public var likelihood: Double
  }

  /// Blips that come far more often than is usual.
  public struct Beat: Sendable, Equatable {
    public var count: Int
    /// From the first to the last.
    public var window: Duration
    /// How many such sets of blips one should expect after a blip at the usual rate.
    public var expected: Double
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
      unexplained: open.map { track.losses(of: $0, chronicles[target]) },
      beat: track.pattern.surprise, distances: track.degradation.distances,
      latency: track.latency.pace)
  }
}

extension Track {
  fileprivate func losses(of open: Interruption, _ chronicle: Chronicle) -> Standing.Losses {
    Standing.Losses(
      count: Int(open.tally.losses), chance: chance(of: open),
      areProof: areProof(open, at: open.lastFailed, chronicle))
  }

  /// Whether it was probed and never answered.
  var isNeverUp: Bool { reachability.open.map { $0.lastGood == nil } ?? false }

  /// The interruption that is believed to last, of a target that was up before.
  var believed: Interruption? { isNeverUp ? nil : reachability.interruption }

  /// The same as it is told; a group reckons with bounds of its own.
  var interruption: Interruption? { believed?.told(after: latest) }

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

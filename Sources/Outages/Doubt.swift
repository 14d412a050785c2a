/// What is worth asking out of turn, and who is worth believing.
extension Monitor {
  /// Whether it is not certain where a target stands.
  func isDoubtful(_ member: Int) -> Bool {
    tracks[member].reachability.isInDoubt(
      answerRate: tracks[member].belief.answerRate, session.detection)
  }

  /// The sentinel that has been silent for longest, of those that are probed and were up.
  func sentinelToAsk(besides member: Int, at time: Instant) -> Int? {
    sentinels.filter { $0 != member && tracks[$0].reachability.isUp && isAlive($0, at: time) }
      .compactMap { sentinel in tracks[sentinel].cadence.last.map { (last: $0, sentinel) } }
      .min { $0 < $1 }?.1
  }

  /// The sentinels that are witnesses when one of them is probed; its first probe is one too, before any was
  /// answered.
  func alive(asking sentinel: Int, at time: Instant) -> Set<Int> {
    Set(
      sentinels.filter { isAlive($0, at: time) || vantage.lastGood == nil && $0 == sentinel })
  }

  /// Whether a sentinel is a witness: one that is probed, and not dead on its own while others
  /// answered, nor never alive while others were.
  func isAlive(_ sentinel: Int, at time: Instant) -> Bool {
    let track = tracks[sentinel]
    if track.cadence.hole(until: time, detection: session.detection) != nil { return false }
    guard let open = track.reachability.open else {
      // While our uplink is lost, or was never there, nobody is known to be down.
      return track.reachability != .unseen
        || track.cadence.last != nil && (vantage.isLost || vantage.lastGood == nil)
    }
    if open.lastGood == nil { return vantage.lastGood == nil || open.tally.losses == 1 }
    return open.kind != .outage || vantage.lastGood.map { open.firstFailed > $0 } ?? true
  }
}

extension Reachability {
  /// Whether it is not certain where it stands: whether it is down or up, or, of what has failed for
  /// `sustained`, whether that was no chance. One loss of a target that loses one in ten is no doubt.
  func isInDoubt(answerRate: Double, _ detection: Detection) -> Bool {
    switch self {
    case .doubtful(let interruption): interruption.tally.losses > 1 || answerRate > 0.9
    case .recovering: true
    case .unseen, .up: false
    case .down(let interruption):
      interruption.kind == .blip
        && (interruption.mayBeLoss
          || interruption.lastFailed - interruption.firstFailed >= detection.sustained)
    }
  }
}

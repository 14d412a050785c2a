/// What the targets say when sentinels fail: witnesses for these when they are too few or not of one mind,
/// and against them when they answer.
struct Testimony: Sendable, Equatable {
  /// Those that began to fail since all was as usual, and the first failure.
  private(set) var failing: Set<Int> = []
  private(set) var firstFailed: Instant?
  /// Those that are up, and how many of them answered since sentinels fail.
  private(set) var up = 0
  private(set) var answering = 0

  /// What part of all that were up fails.
  var share: Double {
    failing.isEmpty ? 0 : Double(failing.count) / Double(failing.count + up)
  }

  /// Whether nearly all answer: then we are online, whoever else is not.
  var isOnline: Bool { Testimony.isOnline(answering: answering, failing: failing.count, of: up) }

  /// Some may need no uplink of ours, and answer all the while: for one that fails there must be more than
  /// eight who answer, and four in five must have been heard.
  fileprivate static func isOnline(answering: Int, failing: Int, of up: Int) -> Bool {
    answering > 8 * failing && answering * 5 >= up * 4
  }

  struct Times {
    /// When the sentinels were as usual last, and when nothing spoke for a loss of ours.
    var usual: Instant?
    var calm: Instant?
    /// When sentinels began to fail.
    var failed: Instant

    /// When all was well, whatever else.
    var before: Instant? { usual.flatMap { usual in calm.map { min(usual, $0) } } ?? usual ?? calm }
  }

  /// Of all targets of a session that are watched.
  init(of tracks: [Track], in session: Session, _ times: Times) {
    for (index, target) in session.targets.enumerated()
    where !target.isSentinel && session.isPlanned(target.name) {
      let track = tracks[index]
      if track.reachability.isUp {
        up += 1
        if let last = track.cadence.last, last >= times.failed { answering += 1 }
      } else if let open = track.reachability.open, open.lastGood != nil {
        // Who was down before is so on its own.
        if let before = open.kind == .outage ? times.calm : times.before,
          open.firstFailed <= before
        {
          continue
        }
        failing.insert(index)
        firstFailed = min(firstFailed ?? open.firstFailed, open.firstFailed)
      }
    }
  }
}

/// What the targets that are up say while our uplink is lost.
struct Absence: Sendable, Equatable, Codable {
  /// What part of their latest probes failed: of one of each, or of sixteen.
  private(set) var failing = 0.0
  /// The first failure with it.
  private(set) var firstFailed: Instant?
  /// How many were up before.
  private var count = 0
  /// Those that failed since, which need our uplink, and those that have answered all the while.
  private var needy: Set<Int> = []
  private var steadfast: Set<Int> = []
  /// What speaks for the uplink's return, by those that need it: Page's cumulative sum of
  /// ln P(r | one in five is lost) − ln P(r | three in five are).
  private var sum = 0.0
  /// When nothing spoke for it last, and the first answer since.
  private var before: Instant?
  private var first: Instant?

  init() {}

  init(_ testimony: Testimony) {
    (failing, firstFailed) = (testimony.share, testimony.firstFailed)
    count = testimony.failing.count + testimony.up
    needy = testimony.failing
  }

  mutating func take(_ target: Int, answered: Bool, at time: Instant) {
    failing += ((answered ? 0 : 1) - failing) / Double(min(max(2, count), 16))
    if !answered {
      firstFailed = firstFailed ?? time
      needy.insert(target)
      steadfast.remove(target)
    }
    guard needy.contains(target) else {
      steadfast.insert(target)
      return
    }
    sum = max(0, sum + (answered ? 0.69 : -1.1))
    if sum == 0 { (before, first) = (time, nil) } else if first == nil { first = time }
  }

  /// Whether they answer as if there was no loss at all.
  var isNone: Bool {
    Testimony.isOnline(answering: steadfast.count, failing: needy.count, of: count)
  }

  /// When the uplink was back, if they prove it: one in five thousand by chance, whoever else of them.
  var end: Bounds? {
    let proof = 8.5 + 0.7 * Double(Double(max(1, needy.count)).exponent)
    return sum > proof ? first.map { Bounds(earliest: before, latest: $0) } : nil
  }
}

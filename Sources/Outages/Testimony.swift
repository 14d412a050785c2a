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

  /// Whether chance makes such failures of all sentinels in a row, which are so likely, less than once in ten
  /// months: together with those of the targets that began to fail, in a probe or two of each, when hardly anybody
  /// answers.
  func isProof(with chance: Double, _ every: Duration?) -> Bool {
    let count = answering * 8 > failing.count ? 0 : Int32(clamping: failing.count)
    return Interruption.isRare(
      chance * Outages.chance(0.02, times: count), in: Interruption.proof, every: every)
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
  /// What speaks for the uplink's return, by those that need it: the sum of ln P(r | one in five is lost) −
  /// ln P(r | three in five are).
  private var back = CumulativeSum()

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
    back.take(answered ? 0.69 : -1.1, at: time)
  }

  /// Whether they answer as if there was no loss at all.
  var isNone: Bool {
    Testimony.isOnline(answering: steadfast.count, failing: needy.count, of: count)
  }

  /// When the uplink was back, if they prove it: one in five thousand by chance, whoever else of them.
  var end: Bounds? {
    let proof = 8.5 + 0.7 * Double(Double(max(1, needy.count)).exponent)
    return back.sum > proof ? back.first.map { Bounds(earliest: back.before, latest: $0) } : nil
  }
}

/// What the targets that are up say between the probes of sentinels.
struct Witnesses: Sendable, Equatable, Codable {
  /// The latest answer, and the first failure since then.
  var lastGood: Instant?
  var firstFailed: Instant?
  /// Since a sentinel failed last: the first answer, and the latest failure before it.
  var firstGood: Instant?
  var lastFailed: Instant?
  /// Whether some answered between failures of sentinels: they do not need our uplink, and date nothing.
  var areMixed = false

  mutating func see(answered: Bool, at time: Instant) {
    if answered {
      if firstGood == nil { firstGood = time }
      (lastGood, firstFailed) = (time, nil)
    } else {
      if firstFailed == nil { firstFailed = time }
      if firstGood == nil { lastFailed = time }
    }
  }

  /// A sentinel fails; `isFurther` if one did before, and none answered since.
  mutating func sentinelFails(isFurther: Bool) {
    areMixed = isFurther && (areMixed || firstGood != nil)
    firstGood = nil
  }
}

/// Answers in a row of one sentinel: another may have died meanwhile.
struct SentinelRun: Sendable, Equatable, Codable {
  var failed: Instant?
  var firstGood: Instant?
  var answers: Int32 = 0

  /// So many hardly pass an uplink that loses six in ten.
  var isProof: Bool { chance(0.4, times: answers) < 0.0002 }
}

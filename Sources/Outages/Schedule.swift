/// Which target is due when. Counts from the time due, not from the time done, so nothing drifts.
public struct Schedule: Sendable {
  private struct Entry: Comparable, Sendable {
    var due: Instant
    var target: Int

    static func < (a: Entry, b: Entry) -> Bool { (a.due, a.target) < (b.due, b.target) }
  }

  /// The targets of one interval. They take turns for ever in the same order, so that a turn costs
  /// the same among ten and among ten thousand.
  private struct Lane: Sendable {
    var every: Duration
    /// In the order of their turns, from `head` around to the one before it.
    var entries: [Entry] = []
    var head = 0
    var isSorted = true
    /// Whether who was handed out last comes last. If not, those due are still in order.
    var isRing = true

    var first: Entry { entries[head] }

    mutating func sort() {
      entries.sort()
      (head, isSorted, isRing) = (0, true, true)
    }

    /// Hands out the first and gives the turn to the next. After a stall, who comes next may have
    /// been put off further than this one: then they are no ring until they are sorted again.
    mutating func take() -> Int {
      let target = entries[head].target
      entries[head].due = entries[head].due + every
      let last = head > 0 ? head - 1 : entries.count - 1
      if entries[last].due > entries[head].due { isRing = false }
      head = head + 1 < entries.count ? head + 1 : 0
      return target
    }

    /// Leaves out all turns that were to be an interval before `now`. Returns who lost how many, and
    /// when his next is due, which is not the lane's any more.
    mutating func skip(at now: Instant) -> [(next: Entry, turns: Int)] {
      var lost: [(next: Entry, turns: Int)] = []
      for index in entries.indices where now - entries[index].due >= every {
        let turns = (now - entries[index].due).milliseconds / every.milliseconds + 1
        entries[index].due = entries[index].due + .milliseconds(every.milliseconds * turns)
        lost.append((entries[index], Int(turns)))
        entries[index].due = entries[index].due + every
      }
      sort()
      return lost
    }
  }

  private var lanes: [Lane] = []
  /// Probes out of turn, each once.
  private var once = Heap<Entry>()
  /// The next turns of those that have lost one: without, the same might lose all of them.
  private var owed = Heap<Entry>()
  private var isOwed: Set<Int> = []
  /// How many turns were left out, since their time had passed.
  public private(set) var skipped = 0

  public init() {}

  /// Adds a target whose first probe is due at `due`.
  public mutating func add(_ target: Int, every: Duration, due: Instant) {
    let every = max(every, .milliseconds(1))
    var index = lanes.firstIndex { $0.every == every }
    if index == nil {
      lanes.append(Lane(every: every))
      index = lanes.count - 1
    }
    guard let index else { return }
    lanes[index].entries.append(Entry(due: due, target: target))
    lanes[index].isSorted = false
  }

  /// Adds a target at its own place in the interval. The place depends on its name alone: first
  /// probes are spread, and a restart neither bursts nor shifts.
  public mutating func add(_ target: Int, named name: String, every: Duration, from now: Instant) {
    var hash = FNV1a()
    hash.mix(name)
    let every = max(every, .milliseconds(1))
    let phase = Int64(hash.mixed % UInt64(every.milliseconds))
    let wait = (phase - now.milliseconds) % every.milliseconds
    let due = now + .milliseconds(wait < 0 ? wait + every.milliseconds : wait)
    add(target, every: every, due: due)
  }

  /// Adds one probe out of a target's turn.
  public mutating func addOnce(_ target: Int, due: Instant) {
    once.insert(Entry(due: due, target: target))
  }

  /// When the next probe is due; nil when there are no targets.
  public var next: Instant? {
    mutating get {
      closeRings()
      let turn = lane().map { lanes[$0].first.due }
      guard let other = Schedule.earlier(owed.first?.due, once.first?.due) else { return turn }
      return Schedule.earlier(turn, other)
    }
  }

  /// Time has passed in which nobody could be asked: no turn is owed for it, or all would come at once.
  public mutating func forgive() {
    owed = Heap()
    isOwed.removeAll()
  }

  private static func earlier(_ a: Instant?, _ b: Instant?) -> Instant? {
    guard let a, let b else { return a ?? b }
    return min(a, b)
  }

  private mutating func skip(lane index: Int, at now: Instant) {
    for (next, turns) in lanes[index].skip(at: now) {
      skipped += turns
      if isOwed.insert(next.target).inserted { owed.insert(next) } else { skipped += 1 }
    }
  }

  private mutating func closeRings() {
    for index in lanes.indices where !lanes[index].isRing { lanes[index].sort() }
  }

  /// The lane whose turn is next.
  private mutating func lane() -> Int? {
    if lanes.count == 1, lanes[0].isSorted { return 0 }
    var next: Int?
    for index in lanes.indices {
      if !lanes[index].isSorted { lanes[index].sort() }
      if let best = next, lanes[best].first < lanes[index].first { continue }
      next = index
    }
    return next
  }

  /// A target whose time has come.
  public struct Turn: Sendable {
    public var target: Int
    public var due: Instant
    /// Whether it is asked out of turn, because of a doubt.
    public var isExtra = false

    public init(target: Int, due: Instant, isExtra: Bool = false) {
      (self.target, self.due, self.isExtra) = (target, due, isExtra)
    }
  }

  /// Hands out the next target due at `now`, those out of turn first; nil when there is none. Who is
  /// late by an interval or more, as all are after a suspend, is not made up for: his turn comes
  /// with his next time, and then he goes before who has lost none.
  public mutating func takeDue(at now: Instant) -> Turn? {
    if let entry = once.first, entry.due <= now {
      _ = once.removeFirst()
      return Turn(target: entry.target, due: entry.due, isExtra: true)
    }
    if let entry = owed.first, entry.due <= now {
      _ = owed.removeFirst()
      isOwed.remove(entry.target)
      return Turn(target: entry.target, due: entry.due)
    }
    while let index = lane(), lanes[index].first.due <= now {
      let due = lanes[index].first.due
      if now - due >= lanes[index].every {
        skip(lane: index, at: now)
        continue
      }
      let target = lanes[index].take()
      if isOwed.isEmpty || !isOwed.contains(target) { return Turn(target: target, due: due) }
      skipped += 1
    }
    closeRings()
    return nil
  }
}

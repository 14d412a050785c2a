/// Which target is due when. Counts from the time due, not from the time done, so nothing drifts.
public struct Schedule: Sendable {
  private struct Entry: Comparable, Sendable {
    var due: Instant
    var target: Int
    var every: Duration

    static func < (a: Entry, b: Entry) -> Bool { (a.due, a.target) < (b.due, b.target) }
  }

  private var entries = Heap<Entry>()
  /// Probes out of turn, each once.
  private var once = Heap<Entry>()

  public init() {}

  /// Adds a target whose first probe is due at `due`.
  public mutating func add(_ target: Int, every: Duration, due: Instant) {
    entries.insert(Entry(due: due, target: target, every: max(every, .milliseconds(1))))
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
    once.insert(Entry(due: due, target: target, every: .zero))
  }

  /// When the next probe is due; nil when there are no targets.
  public var next: Instant? {
    guard let turn = entries.first?.due else { return once.first?.due }
    return min(turn, once.first?.due ?? turn)
  }

  /// The targets due at `now`, those out of turn first, each other put off to its next time. Who is
  /// late by an interval or more, as all are after a suspend, is not made up for: his turn comes
  /// with his next time.
  public mutating func takeDue(at now: Instant) -> [Int] {
    var due: [Int] = []
    while let entry = once.first, entry.due <= now {
      _ = once.removeFirst()
      due.append(entry.target)
    }
    while var entry = entries.first, entry.due <= now {
      let missed = (now - entry.due).milliseconds / entry.every.milliseconds
      if missed == 0 { due.append(entry.target) }
      entry.due = entry.due + entry.every * Double(missed + 1)
      entries.replaceFirst(with: entry)
    }
    return due
  }
}

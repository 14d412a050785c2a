import Outages

/// Keeps the number of probes to one host in bounds: who finds the door shut waits until one to the
/// same host comes back, and is then sent. A doubt goes before the turns.
struct Gate {
  /// A probe that waits, and since when.
  struct Waiting {
    var target: Int
    var due: Instant
    /// What has kept it from being sent before.
    var after: Lapse?
    var isUrgent = false
  }

  /// Targets from `head` on: taking one out costs the same however many there are.
  private struct Queue {
    private var targets: [Int] = []
    private var head = 0

    mutating func append(_ target: Int) { targets.append(target) }

    mutating func next() -> Int? {
      if head == targets.count { return nil }
      defer { head += 1 }
      if head > 64, head * 2 > targets.count {
        targets.removeFirst(head)
        head = 0
      }
      return targets[head]
    }
  }

  private let most: Int
  private var inside: [Int]
  private var queues: [Int: (urgent: Queue, others: Queue)] = [:]
  /// Those that wait. A queue may name some that do not any more.
  private var waiting: [Int: Waiting] = [:]
  /// How many turns were left out, since the one before was still waiting.
  private(set) var skipped = 0

  /// For so many hosts, by their numbers.
  init(hosts: Int, most: Int) {
    (inside, self.most) = (Array(repeating: 0, count: hosts), most)
  }

  /// A further host.
  mutating func add() -> Int {
    inside.append(0)
    return inside.count - 1
  }

  /// Whether a probe may be sent now. If not, it waits.
  mutating func enter(_ host: Int, _ probe: Waiting) -> Bool {
    if inside[host] < most {
      inside[host] += 1
      return true
    }
    var kept = probe
    if let before = waiting[probe.target] {
      // One of the two is asked, and says what became of the other.
      skipped += 1
      kept = before
      kept.after = before.after ?? probe.after ?? .overload
      kept.isUrgent = before.isUrgent || probe.isUrgent
    }
    if kept.isUrgent != waiting.updateValue(kept, forKey: probe.target)?.isUrgent {
      if kept.isUrgent {
        queues[host, default: (Queue(), Queue())].urgent.append(probe.target)
      } else {
        queues[host, default: (Queue(), Queue())].others.append(probe.target)
      }
    }
    return false
  }

  /// Who waits is not sent any more.
  mutating func close() {
    queues.removeAll()
    waiting.removeAll()
  }

  /// A probe has come back. Returns the one that may be sent in its place, to the same host.
  mutating func leave(_ host: Int) -> Waiting? {
    inside[host] -= 1
    while let target = queues[host]?.urgent.next() ?? queues[host]?.others.next() {
      guard let next = waiting.removeValue(forKey: target) else { continue }
      inside[host] += 1
      return next
    }
    queues[host] = nil
    return nil
  }
}

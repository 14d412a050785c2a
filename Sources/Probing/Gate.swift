import Outages

/// Keeps the number of probes to one host in bounds: who finds the door shut waits until one to the
/// same host comes back, and is then sent.
struct Gate {
  /// A probe that waits, and since when.
  struct Waiting {
    var target: Int
    var after: Lapse?
    var due: Instant
  }

  private let most: Int
  private var inside: [Int]
  private var queues: [Int: [Waiting]] = [:]
  private var isWaiting: Set<Int> = []
  /// How many turns were left out, since the one before was still waiting.
  private(set) var skipped = 0

  /// For so many hosts, by their numbers.
  init(hosts: Int, most: Int) {
    (inside, self.most) = (Array(repeating: 0, count: hosts), most)
  }

  /// Whether a probe may be sent now. If not, it waits.
  mutating func enter(_ host: Int, _ probe: Waiting) -> Bool {
    if inside[host] < most {
      inside[host] += 1
      return true
    }
    if isWaiting.insert(probe.target).inserted {
      queues[host, default: []].append(probe)
    } else {
      skipped += 1
    }
    return false
  }

  /// Who waits is not sent any more.
  mutating func close() {
    queues.removeAll()
    isWaiting.removeAll()
  }

  /// A probe has come back. Returns the one that may be sent in its place.
  mutating func leave(_ host: Int) -> Waiting? {
    inside[host] -= 1
    guard var queue = queues[host] else { return nil }
    let next = queue.removeFirst()
    queues[host] = queue.isEmpty ? nil : queue
    isWaiting.remove(next.target)
    inside[host] += 1
    return next
  }
}

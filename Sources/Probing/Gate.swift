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

  /// Who waits for one host, from `head` on: taking one out costs the same however many there are.
  private struct Queue {
    var probes: [Waiting] = []
    var head = 0

    var isEmpty: Bool { head == probes.count }

    mutating func next() -> Waiting? {
      if isEmpty { return nil }
      defer { head += 1 }
      if head > 64, head * 2 > probes.count {
        probes.removeFirst(head)
        head = 0
      }
      return probes[head]
    }
  }

  private let most: Int
  private var inside: [Int]
  private var queues: [Int: Queue] = [:]
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
      queues[host, default: Queue()].probes.append(probe)
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
    guard let next = queues[host]?.next() else { return nil }
    if queues[host]?.isEmpty ?? true { queues[host] = nil }
    isWaiting.remove(next.target)
    inside[host] += 1
    return next
  }
}

/// The probes that have no outcome yet, in the order of sending, each with what the network keeps of
/// it.
@frozen public struct InFlight<Probe: Sendable>: Sendable {
  @usableFromInline struct Entry: Sendable {
    @usableFromInline var time: Instant
    @usableFromInline var probe: Probe

    @usableFromInline init(time: Instant, probe: Probe) { (self.time, self.probe) = (time, probe) }
  }

  /// From `head` on; nil once the outcome came.
  @usableFromInline var entries: [Entry?] = []
  @usableFromInline var head = 0
  /// The ticket of the probe at `entries[0]`.
  @usableFromInline var base = 0
  /// How many there are.
  @usableFromInline var living = 0

  @inlinable public var count: Int { living }

  public init() {}

  /// Takes in a probe sent now, not before any other, and returns its ticket.
  @inlinable public mutating func begin(_ probe: Probe, at time: Instant) -> Int {
    entries.append(Entry(time: time, probe: probe))
    living += 1
    return base + entries.count - 1
  }

  /// What is kept of the probe with this ticket; nil when its outcome came.
  @inlinable public subscript(ticket: Int) -> Probe? {
    get {
      entries.indices.contains(ticket - base) ? entries[ticket - base]?.probe : nil
    }
    set {
      guard let newValue, entries.indices.contains(ticket - base) else { return }
      entries[ticket - base]?.probe = newValue
    }
  }

  /// The probe with this ticket has an outcome. Returns what was kept of it; nil when it had one.
  @discardableResult
  @inlinable public mutating func end(_ ticket: Int) -> Probe? {
    guard entries.indices.contains(ticket - base), let ended = entries[ticket - base] else {
      return nil
    }
    entries[ticket - base] = nil
    living -= 1
    while head < entries.count, entries[head] == nil { head += 1 }
    if head >= 1024, head * 2 >= entries.count {
      entries.removeFirst(head)
      base += head
      head = 0
    }
    return ended.probe
  }

  /// The send time of the oldest.
  @inlinable public var oldest: Instant? { head < entries.count ? entries[head]?.time : nil }
}

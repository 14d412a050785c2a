/// An event of a group: several of its members fell together.
struct GroupEvent: Sendable, Equatable, Codable {
  /// A member's interruption that this event explains.
  struct Part: Sendable, Hashable, Codable {
    var member: Int
    var key: Instant
  }

  private(set) var parts: Set<Part> = []
  /// The members that fell.
  private(set) var members: Set<Int> = []
  /// What the most certain of its members' interruptions certainly lasted.
  private(set) var certain = Duration.zero
  /// The members that are not back yet, with what they are in.
  private(set) var away: [Int: Interruption] = [:]
  /// The first evidence when it was declared: its id hangs on it.
  let key: Instant
  /// The latest fall that was part of it.
  private(set) var lastFall: Bounds
  /// The members' first falls, and, seen backwards, their returns.
  private var falls = Front()
  private var returns = Front()
  /// When the quorum was down.
  private(set) var fullStart: Bounds?
  private(set) var fullEnd: Bounds?
  private(set) var failure: Failure
  private(set) var kind = Episode.Kind.blip
  private(set) var declared: Instant
  /// When it was declared first, as a blip or already as an outage.
  private let began: Instant
  private var excuse = Excuse()

  /// Begins with the members that fell, at least one. `lossRate` is how often a member loses a probe by
  /// chance; `every` is how far apart probes are.
  init?(
    _ fallen: [(member: Int, interruption: Interruption)], declared: Instant,
    lossRate: (Int) -> Double, every: Duration
  ) {
    let inOrder = fallen.sorted { $0.interruption.start.latest < $1.interruption.start.latest }
    guard let first = inOrder.first?.interruption else { return nil }
    (key, lastFall, failure) = (first.start.latest, first.start, first.failure)
    (self.declared, began) = (declared, declared)
    for (member, interruption) in inOrder {
      join(member, interruption, lossRate: lossRate(member), every: every)
    }
  }

  /// The first member's fall.
  var start: Bounds {
    let first = falls.first ?? lastFall
    return Bounds(earliest: first.earliest, latest: min(first.latest, began))
  }

  /// The first evidence as it stood when it was declared, by which instabilities know it.
  var begun: Bounds { Bounds(earliest: start.earliest, latest: key) }

  /// The last member's return so far.
  var end: Bounds? { returns.first?.reversed }

  var isOver: Bool { away.isEmpty }

  /// Whether at least half of those who fell are still away.
  var isMostlyAway: Bool { away.count * 2 >= members.count }

  /// Whether so many are still away that what they are in is one thing: two, and half of those who fell.
  var isShared: Bool { away.count >= max(min(2, members.count), (members.count + 1) / 2) }

  func has(_ member: Int, _ interruption: Interruption) -> Bool {
    parts.contains(Part(member: member, key: interruption.key))
  }

  mutating func join(
    _ member: Int, _ interruption: Interruption, lossRate: Double, every: Duration
  ) {
    parts.insert(Part(member: member, key: interruption.key))
    // Who fell later than the others says nothing of their start.
    let mayBeFirst = (interruption.start.earliest ?? key) - lastFall.latest <= every
    if members.insert(member).inserted, mayBeFirst {
      falls.add(interruption.start, lossRate: lossRate, every: every)
    }
    away[member] = interruption
    take(interruption)
    lastFall = lastFall.combined(with: interruption.start, by: max)
  }

  /// A member's interruption is known better now.
  mutating func update(_ member: Int, _ interruption: Interruption) {
    guard away[member] != nil else { return }
    away[member] = interruption
    take(interruption)
  }

  private mutating func take(_ interruption: Interruption) {
    certain = max(certain, interruption.certain)
  }

  mutating func leave(
    _ member: Int, _ interruption: Interruption, lossRate: Double, every: Duration
  ) {
    away[member] = nil
    take(interruption)
    if let back = interruption.end?.reversed {
      returns.add(back, lossRate: lossRate, every: every)
    }
  }

  /// Whether the losses of those that are away prove an outage together: some member's certainly
  /// lasts `sustained`, and as many losses at once would hardly come about by chance in twenty
  /// months, if members lose independently.
  func isProved(
    every: Duration, sustained: Duration, _ chance: (Int, Interruption) -> Double
  ) -> Bool {
    guard away.values.contains(where: { $0.certain >= sustained }) else { return false }
    let chance = away.sorted { $0.key < $1.key }.reduce(1.0) { $0 * chance($1.key, $1.value) }
    return Interruption.isRare(chance, in: Interruption.proof, every: every)
  }

  /// Members that are away are not waited for.
  mutating func abandon(_ members: Set<Int>) {
    for member in members { away[member] = nil }
  }

  /// The same, and what they are in outlasts this event, and is their own. Returns them.
  mutating func release(_ members: Set<Int>) -> Set<Int> {
    for (member, interruption) in away where members.contains(member) {
      parts.remove(Part(member: member, key: interruption.key))
    }
    abandon(members)
    return members
  }

  /// The latest that is known of it.
  var lastKnown: Instant { max(end?.latest ?? lastFall.latest, lastFall.latest) }

  /// A member's part proved to be none of its own.
  mutating func cancel(_ member: Int, _ interruption: Interruption) {
    away[member] = nil
    parts.remove(Part(member: member, key: interruption.key))
    if !parts.contains(where: { $0.member == member }) { members.remove(member) }
  }

  /// The quorum is down since the fall with these bounds.
  mutating func fill(since fall: Bounds) { if fullStart == nil { fullStart = fall } }

  /// The quorum is not down any more, since a return with these bounds.
  mutating func empty(at back: Bounds) {
    guard let start = fullStart, fullEnd == nil else { return }
    // Who is known to be back only now may have been so before the last fell.
    if back.latest > start.latest { fullEnd = back } else { fullStart = nil }
  }

  mutating func escalate(at time: Instant) { (kind, declared) = (.outage, time) }

  /// Takes in whether something explains it. Returns whether that has changed.
  mutating func excuse(_ isExplained: Bool, at time: Instant) -> Bool {
    excuse.take(isExplained, at: time, &declared)
  }

  /// Whether this event speaks for a member's interruption: a blip of all does not explain the
  /// outage of the one that stayed away.
  func explains(_ interruption: Interruption) -> Bool {
    kind == .outage || interruption.kind == .blip
  }
}

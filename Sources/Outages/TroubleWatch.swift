/// What kept us from probing several targets, told as one event: a dead resolver is no outage of ten
/// thousand. What concerns one target alone is a hole in its time, and no event of the vantage.
struct TroubleWatch: Sendable, Equatable, Codable {
  /// A stretch in which one trouble kept us from probing some targets.
  struct Spell: Sendable, Equatable, Codable {
    var trouble: Trouble
    var start: Bounds
    var end: Bounds?
    /// When a second target had been prevented; nil until then.
    var declared: Instant?
    /// All whom it has concerned.
    var members: Set<Int>
  }

  private struct Open: Sendable, Equatable, Codable {
    var spell: Spell
    /// Whom it still keeps us from, and when each was tried last.
    var kept: [Int: Instant]
    /// When somebody new was prevented last, and anybody.
    var joined: Instant
    var last: Instant
  }

  private var open: [Open] = []
  private(set) var past: [Spell] = []

  var isCalm: Bool { open.isEmpty }

  /// All spells that are told, those that last in the end.
  var spells: [Spell] { past + open.map(\.spell).filter { $0.declared != nil } }

  /// All spells, also those of one target alone that last.
  var all: [Spell] { past + open.map(\.spell) }

  /// Those that last, and as many that were over latest as there are kinds.
  var latest: [Spell] {
    past.suffix(Trouble.allCases.count) + spells.suffix(spells.count - past.count)
  }

  /// What keeps us from a target now.
  func trouble(of member: Int) -> Trouble? {
    open.first { $0.kept[member] != nil }?.spell.trouble
  }

  /// A probe was prevented; `before` is the latest of that target that was not, `every` its interval.
  /// Who is prevented long after the others belongs to another spell. Returns whether there is
  /// something new to tell.
  mutating func prevent(
    _ member: Int, by trouble: Trouble, at time: Instant, after before: Instant?, every: Duration
  ) -> Bool {
    let own = open.firstIndex { $0.spell.trouble == trouble && $0.kept[member] != nil }
    let others = open.firstIndex {
      $0.spell.trouble == trouble && time - $0.joined <= every * TroubleWatch.burst
    }
    guard let index = own ?? others else {
      let start = Bounds(earliest: before, latest: time)
      let spell = Spell(trouble: trouble, start: start, members: [member])
      open.append(Open(spell: spell, kept: [member: time], joined: time, last: time))
      return false
    }
    open[index].last = time
    open[index].kept[member] = time
    guard open[index].spell.members.insert(member).inserted else { return false }
    open[index].joined = time
    if open[index].spell.declared != nil { return false }
    open[index].spell.declared = time
    return true
  }

  /// Who is prevented within so many intervals of the others is so for their reason.
  private static let burst = 2.5

  /// A probe was not prevented. Returns whether that ends something that was told.
  mutating func pass(_ member: Int, at time: Instant) -> Bool {
    var isNews = false
    for index in open.indices.reversed() where open[index].kept.removeValue(forKey: member) != nil {
      if open[index].kept.isEmpty, close(index, at: time) { isNews = true }
    }
    return isNews
  }

  /// Ends the spells of targets that are not asked any more.
  mutating func keep(_ isKept: (Int) -> Bool) {
    for index in open.indices.reversed() {
      open[index].kept = open[index].kept.filter { isKept($0.key) }
      if open[index].kept.isEmpty { _ = close(index, at: open[index].last) }
    }
  }

  /// Our whole uplink was lost: what began with that was a part of it.
  mutating func forget(since start: Instant) {
    open.removeAll { $0.spell.start.latest >= start }
  }

  private mutating func close(_ index: Int, at time: Instant) -> Bool {
    var over = open.remove(at: index)
    if over.spell.declared == nil { return false }
    over.spell.end = Bounds(earliest: over.last, latest: time)
    past.append(over.spell)
    return true
  }
}

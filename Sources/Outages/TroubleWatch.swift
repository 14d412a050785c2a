/// What kept us from probing, told as one event however many targets it keeps us from: a dead
/// resolver is no outage of ten thousand.
struct TroubleWatch: Sendable, Equatable, Codable {
  /// A stretch in which one trouble kept us from probing some targets.
  struct Spell: Sendable, Equatable, Codable {
    var trouble: Trouble
    var start: Bounds
    var end: Bounds?
    /// When a second probe had been prevented.
    var declared: Instant?
  }

  private struct Open: Sendable, Equatable, Codable {
    var spell: Spell
    /// Whom it keeps us from.
    var members: Set<Int>
    var last: Instant
  }

  private var open: [Open] = []
  private(set) var past: [Spell] = []

  var isCalm: Bool { open.isEmpty }

  /// All spells that are told, those that last in the end.
  var spells: [Spell] { past + open.map(\.spell).filter { $0.declared != nil } }

  /// Those that last, and as many that were over latest as there are kinds.
  var latest: [Spell] {
    past.suffix(Trouble.allCases.count) + spells.suffix(spells.count - past.count)
  }

  func isPrevented(_ member: Int) -> Bool { open.contains { $0.members.contains(member) } }

  /// A probe was prevented; `before` is the latest of that target that was not. Returns whether
  /// there is something new to tell.
  mutating func prevent(
    _ member: Int, by trouble: Trouble, at time: Instant, after before: Instant?
  ) -> Bool {
    guard let index = open.firstIndex(where: { $0.spell.trouble == trouble }) else {
      let spell = Spell(trouble: trouble, start: Bounds(earliest: before, latest: time))
      open.append(Open(spell: spell, members: [member], last: time))
      return false
    }
    open[index].members.insert(member)
    open[index].last = time
    if open[index].spell.declared != nil { return false }
    open[index].spell.declared = time
    return true
  }

  /// A probe was not prevented. Returns whether that ends something that was told.
  mutating func pass(_ member: Int, at time: Instant) -> Bool {
    var isNews = false
    for index in open.indices.reversed() where open[index].members.remove(member) != nil {
      if !open[index].members.isEmpty { continue }
      var over = open.remove(at: index)
      if over.spell.declared == nil { continue }
      over.spell.end = Bounds(earliest: over.last, latest: time)
      past.append(over.spell)
      isNews = true
    }
    return isNews
  }

  /// Our whole uplink was lost, and no way was a part of that.
  mutating func forgetRoutes(since start: Instant) {
    open.removeAll { $0.spell.trouble == .noRoute && $0.spell.start.latest >= start }
  }
}

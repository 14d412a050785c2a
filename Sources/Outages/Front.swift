/// When the first of several members changed, each known only between bounds: the first fall of a group's,
/// or, looked at backwards, the last return.
///
/// The more members there are, the likelier one of them loses a probe by chance just before all fall.
/// Its bounds then contradict those of the others, which may all hold one instant: if chance is likely enough
/// to have done that, the first change may be theirs too.
struct Front: Sendable, Equatable, Codable {
  /// The bounds of the first change.
  private(set) var first: Bounds?
  /// After when all changed, if they did at once.
  private var common: Instant?
  /// By when the first few had.
  private var firsts: [Instant] = []
  private var count = 0
  /// How many of the members lose a probe by chance, of one each.
  private var lossesByChance = 0.0

  /// So many of the first are kept.
  private static let most = 4

  /// Takes in a member's change. `lossRate` is how often it loses a probe by chance; its probes are `every`
  /// apart.
  mutating func add(_ change: Bounds, lossRate: Double, every: Duration) {
    count += 1
    lossesByChance += lossRate
    common = [common, change.earliest].compactMap(\.self).max()
    firsts = (firsts + [change.latest]).sorted().prefix(Front.most).map(\.self)
    let whole = first?.combined(with: change, by: min) ?? change
    first = firsts.first.map { Bounds(earliest: whole.earliest, latest: edge(every) ?? $0) }
  }

  /// By when the first change is certain, if it was not that of the very first.
  private func edge(_ every: Duration) -> Instant? {
    guard let first = firsts.first, let common, common >= first else { return nil }
    var chance = 1.0
    for (number, next) in firsts.enumerated().dropFirst() {
      chance *= lossesByChance / Double(number)
      guard chance > Interruption.unlikely, count - number > 1, common - first <= every else {
        return nil
      }
      if common < next { return next }
    }
    return nil
  }
}

extension Bounds {
  /// The same in time that runs backwards.
  var reversed: Bounds? {
    earliest.map {
      Bounds(
        earliest: Instant(milliseconds: -latest.milliseconds),
        latest: Instant(milliseconds: -$0.milliseconds))
    }
  }
}

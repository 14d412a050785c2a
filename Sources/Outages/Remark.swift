/// Something that a timeline shows and no verdict says: a regularity, or a common cause that nobody
/// declared. A pattern, never a cause.
public enum Remark: Sendable, Equatable {
  /// Interruptions of a scope come at a fixed time of each period.
  case regular(scope: Episode.Scope, every: Duration, count: Int, first: Instant, last: Instant)
  /// Targets fell together, as chance would hardly make them, and no group speaks for it.
  case together(targets: [String], start: Bounds)
  /// Two targets fall together again and again, as chance would hardly make them: so many times, of
  /// so many falls of each.
  case pair(targets: [String], count: Int, falls: [Int])
}

extension Remark {
  /// How often it happened.
  fileprivate var count: Int {
    switch self {
    case .regular(_, _, let count, _, _), .pair(_, let count, _): count
    case .together: 1
    }
  }
}

extension Timeline {
  /// What is worth a remark, regularities first.
  public var remarks: [Remark] { regularities + commonFalls }

  // MARK: Regular

  private static let periods: [Duration] = [.days(7), .days(1), .hours(1)]
  /// So seldom may chance make what is remarked.
  private static let surprise = 0.01

  private var regularities: [Remark] {
    let interruptions = Dictionary(
      grouping: episodes.filter { $0.kind.isInterruption }, by: \.scope)
    let scopes = (targets + groups).map(\.scope)
    return scopes.compactMap { scope in
      guard let all = interruptions[scope], !isExplained(all) else { return nil }
      return Timeline.periods.compactMap { regularity(of: all, scope, every: $0) }
        .max { $0.count < $1.count }
    }
  }

  /// Whether a wider scope speaks for most of a scope's interruptions.
  private func isExplained(_ episodes: [Episode]) -> Bool {
    episodes.count { $0.parent != nil } * 2 > episodes.count
  }

  /// The interruptions at the time of the period at which most begin, if that can hardly be chance
  /// and most periods have one.
  private func regularity(
    of episodes: [Episode], _ scope: Episode.Scope, every period: Duration
  ) -> Remark? {
    func phase(_ episode: Episode) -> Int64 {
      let time = episode.start.latest.milliseconds % period.milliseconds
      return time < 0 ? time + period.milliseconds : time
    }
    let width = max(period.milliseconds / 200, Duration.minutes(1).milliseconds)
    let inPhase = episodes.map { (phase: phase($0), start: $0.start.latest) }
      .sorted { ($0.phase, $0.start) < ($1.phase, $1.start) }
    var best: ArraySlice<(phase: Int64, start: Instant)> = []
    var low = 0
    for high in inPhase.indices {
      while inPhase[high].phase - inPhase[low].phase > width { low += 1 }
      if high - low + 1 > best.count { best = inPhase[low...high] }
    }
    let starts = best.map(\.start).sorted()
    guard starts.count >= 3, let first = starts.first, let last = starts.last else { return nil }
    let cycles = (last - first).milliseconds / period.milliseconds + 1
    guard cycles >= 3, Int64(starts.count) * 5 >= cycles * 3, Int64(starts.count) <= cycles + 1
    else {
      return nil
    }
    let share = Double(width) / Double(period.milliseconds)
    guard
      Timeline.expectedSets(of: starts.count, among: episodes.count, each: share)
        < Timeline.surprise
    else { return nil }
    return .regular(scope: scope, every: period, count: starts.count, first: first, last: last)
  }

  /// How many sets of `size` among `count` things fall together by chance, each with `share` for
  /// the next.
  private static func expectedSets(of size: Int, among count: Int, each share: Double) -> Double {
    var expected = Double(count)
    for number in 1..<max(1, size) {
      expected *= Double(count - number) / Double(number) * share
    }
    return expected
  }

  // MARK: Together

  /// Falls of single targets that nothing explains, within an interval of each other: a binomial
  /// test, as Padmanabhan et al. (PAM 2019) hold simultaneous dropouts against the dropouts of
  /// each.
  private var commonFalls: [Remark] {
    let sentinels = Set(targets.filter(\.isSentinel).map(\.name))
    let falls = episodes.filter { episode in
      guard case .target(let name) = episode.scope, !sentinels.contains(name) else { return false }
      return episode.kind.isInterruption && !episode.isExplained
    }
    let watched = targets.count { !$0.isSentinel && $0.observed > .zero }
    let span = (span.upperBound - span.lowerBound).seconds
    var remarks: [Remark] = []
    var pairs: [[String]: (count: Int, bin: Double)] = [:]
    var cluster: [Episode] = []
    func close() {
      defer { cluster.removeAll() }
      guard let first = cluster.first, let last = cluster.last, cluster.count >= 2 else { return }
      let names = Set(cluster.map(\.scope.name)).sorted()
      if names.count == 2 {
        let bin = cluster.map { $0.start.latest - ($0.start.earliest ?? $0.start.latest) }.max()
        let before = pairs[names] ?? (0, 0)
        pairs[names] = (before.count + 1, max(before.bin, bin?.seconds ?? 0))
      }
      if cluster.count < 3 { return }
      let width = cluster.map { $0.start.latest - ($0.start.earliest ?? $0.start.latest) }.max()
      let bin = max((last.start.latest - first.start.latest).seconds, width?.seconds ?? 0, 1)
      let perTarget = Double(falls.count) / Double(max(1, watched)) * bin / max(span, 1)
      // In any of all bins, so many of the targets.
      var expected = span / bin
      for number in 0..<names.count {
        expected *= Double(watched - number) / Double(number + 1) * perTarget
      }
      guard names.count >= 3, expected < Timeline.surprise else { return }
      let start = cluster.dropFirst().reduce(first.start) { $0.combined(with: $1.start, by: min) }
      remarks.append(.together(targets: names, start: start))
    }
    for fall in falls {
      if let last = cluster.last,
        fall.start.earliest ?? fall.start.latest > last.start.latest
      {
        close()
      }
      cluster.append(fall)
    }
    close()
    let counts = Dictionary(grouping: falls, by: \.scope.name).mapValues(\.count)
    for (names, pair) in pairs.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      let own = names.map { counts[$0] ?? 0 }
      // Each fall of one has a fall of the other within a bin to either side with this chance.
      let share = min(1, Double(own[1]) * 2 * max(pair.bin, 1) / max(span, 1))
      var expected = Double(watched * (watched - 1) / 2)
      for number in 0..<pair.count {
        expected *= Double(own[0] - number) / Double(number + 1) * share
      }
      guard pair.count >= 3, expected < Timeline.surprise else { continue }
      remarks.append(.pair(targets: names, count: pair.count, falls: own))
    }
    return remarks
  }
}

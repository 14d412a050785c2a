public import Outages
import Plans

extension Scenario {
  /// Where a timeline is not what the scenario must yield: a sentence each. Nil when the scenario
  /// demands nothing.
  public func mismatches(with timeline: Timeline) -> [String]? {
    switch expected {
    case nil: nil
    case .drawn(let drawing): mismatches(with: timeline, drawn: drawing)
    case .written(let written):
      mismatches(with: timeline, written.episodes)
        + mismatches(with: timeline, blips: written.blips)
    }
  }

  /// Draws what the timeline says in the expected rows' place and compares the strips. Scopes that
  /// have no row may have no episodes but those that another one speaks for.
  private func mismatches(with timeline: Timeline, drawn: Drawing) -> [String] {
    var mismatches: [String] = []
    for row in drawn.rows {
      let expected = String(row.cells).padding(to: width)
      let found = strip(of: row.name, in: timeline)
      if found != expected {
        mismatches.append("\(row.name): expected \(expected)\n\(row.name): but found \(found)")
      }
    }
    let drawnNames = Set(drawn.rows.map(\.name))
    for episode in timeline.episodes
    where episode.parent == nil && !drawnNames.contains(episode.scope.name) {
      mismatches.append(
        "\(episode.scope.name): not expected: \(episode.kind.rawValue) at \(episode.start.latest)")
    }
    return mismatches
  }

  private var width: Int { Int((span.upperBound - span.lowerBound).milliseconds / every) }
  private var every: Int64 { (plan.session.targets.first?.every ?? .seconds(30)).milliseconds }

  /// A scope's episodes as a strip: from the first failed probe to the last.
  public func strip(of name: String, in timeline: Timeline) -> String {
    var cells = Array(repeating: Character("."), count: width)
    func column(_ instant: Instant) -> Int {
      let distance = (instant - span.lowerBound).milliseconds
      return Int((distance + every - 1) / every)
    }
    for episode in timeline.episodes where episode.scope.name == name {
      let mark: Character =
        switch episode.kind {
        case .blip: "B"
        case .instability: "I"
        case .degraded: "D"
        case .outage: "O"
        case .unobserved: "_"
        }
      let first = column(episode.start.latest)
      let end = episode.end.map { end in
        episode.kind == .unobserved ? column(end.latest) : column(end.earliest ?? end.latest) + 1
      }
      for index in max(first, 0)..<max(first, min(end ?? width, width)) { cells[index] = mark }
    }
    return String(cells)
  }

  private func mismatches(with timeline: Timeline, _ expected: [Written.Episode]) -> [String] {
    var found = timeline.episodes.filter { $0.kind != .blip && $0.parent == nil }
    var mismatches: [String] = []
    for episode in expected {
      let match = found.firstIndex {
        $0.kind == episode.kind && $0.scope.name == episode.scope
          && $0.agrees(with: episode.span, now: timeline.span.upperBound)
      }
      if let match {
        found.remove(at: match)
      } else {
        mismatches.append(
          "\(episode.scope): no \(episode.kind.rawValue) from \(episode.span.lowerBound) to "
            + "\(episode.span.upperBound)")
      }
    }
    return mismatches
      + found.map { "\($0.scope.name): not expected: \($0.kind.rawValue) at \($0.start.latest)" }
  }

  private func mismatches(
    with timeline: Timeline, blips: [String: ClosedRange<Int>]
  ) -> [String] {
    blips.sorted { $0.key < $1.key }.compactMap { name, range in
      let count = timeline.episodes.count { $0.kind == .blip && $0.scope.name == name }
      return range.contains(count)
        ? nil : "\(name): \(count) blips, expected \(range.lowerBound) to \(range.upperBound)"
    }
  }
}

extension Scenario {
  /// Episodes as they are written down: all that explain themselves but blips, and how many blips.
  struct Written: Sendable, Equatable {
    struct Episode: Sendable, Equatable {
      var kind: Outages.Episode.Kind
      var scope: String
      var span: Range<Instant>
    }

    var episodes: [Episode] = []
    var blips: [String: ClosedRange<Int>] = [:]

    /// The keys that list them.
    static let kinds: [(key: String, kind: Outages.Episode.Kind)] = [
      ("outages", .outage), ("instabilities", .instability), ("degraded", .degraded),
      ("unobserved", .unobserved),
    ]
  }
}

extension Episode {
  /// Whether this is what a span of time says: an interruption's bounds hold both ends; whatever
  /// has no sharp ends overlaps it by four fifths.
  fileprivate func agrees(with span: Range<Instant>, now: Instant) -> Bool {
    if kind == .outage {
      return start.contain(span.lowerBound)
        && (end?.contain(span.upperBound) ?? (span.upperBound >= now))
    }
    let own = likelySpan(now: now)
    let common = min(own.upperBound, span.upperBound) - max(own.lowerBound, span.lowerBound)
    let whole = max(own.upperBound, span.upperBound) - min(own.lowerBound, span.lowerBound)
    return common.seconds >= 0.8 * whole.seconds
  }
}

extension Bounds {
  /// Whether a change at this instant is within the bounds.
  fileprivate func contain(_ instant: Instant) -> Bool {
    (earliest.map { $0 < instant } ?? true) && instant <= latest
  }
}

extension String {
  fileprivate func padding(to width: Int) -> String {
    self + String(repeating: ".", count: max(0, width - count))
  }
}

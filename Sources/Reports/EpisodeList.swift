import Outages

/// The episodes in order, one line each. What another episode speaks for has no line of its own, and
/// many blips of one scope in a row share one, unless the style is verbose.
struct EpisodeList {
  private let timeline: Timeline
  private let style: Style
  private let titles: [Episode.Scope: String]
  private let unobserved: [Episode.Scope: Spans]
  /// The blips and outages of each scope, in order.
  private let interruptions: [Episode.Scope: [Episode]]

  /// So many blips of one scope between two other episodes share a line.
  private static let many = 5

  init(_ timeline: Timeline, _ style: Style) {
    (self.timeline, self.style) = (timeline, style)
    var titles: [Episode.Scope: String] = [:]
    var unobserved: [Episode.Scope: Spans] = [:]
    for target in timeline.targets { unobserved[.target(target.name)] = target.unobserved }
    for group in timeline.groups {
      titles[.group(group.name)] = group.title
      unobserved[.group(group.name)] = group.unobserved
    }
    (self.titles, self.unobserved) = (titles, unobserved)
    interruptions = Dictionary(
      grouping: timeline.episodes.filter { $0.kind != .unobserved }, by: \.scope)
  }

  private struct Line {
    var start: String
    var kind: String
    var mark: Mark
    var who: String
    var lasted: String
    var before: String
  }

  var text: String {
    let lines = entries.map { $0.count == 1 ? line($0[0]) : line($0) }
    if lines.isEmpty { return "No interruption was seen.\n" }
    func widest(_ title: String, _ texts: [String]) -> Int {
      max(title.count, texts.map(\.count).max() ?? 0)
    }
    let titles = Line(
      start: "start, \(style.zone.name)", kind: "what", mark: .up, who: "who", lasted: "lasted",
      before: "before it")
    let start = widest(titles.start, lines.map(\.start))
    let kind = widest(titles.kind, lines.map(\.kind))
    let lasted = widest(titles.lasted, lines.map(\.lasted))
    // What is left is for the names first; what came before is the first to be cut.
    let room = style.width - start - kind - lasted - 4 * 2
    let who = min(widest(titles.who, lines.map(\.who)), max(12, room))
    let before = min(widest(titles.before, lines.map(\.before)), max(0, room - who))

    func set(_ line: Line, _ colour: Style.Colour?) -> String {
      (line.start.fitted(start) + "  " + style.paint(line.kind.fitted(kind), colour) + "  "
        + line.who.fitted(who) + "  " + line.lasted.rightAligned(lasted) + "  "
        + line.before.fitted(before)).trimmed
    }
    return style.paint(set(titles, nil), .grey) + "\n"
      + lines.map { set($0, $0.mark.colour) + "\n" }.joined()
  }

  /// The episodes that have a line, those that share one together.
  private var entries: [[Episode]] {
    let episodes = timeline.episodes.filter { $0.parent == nil }
    if style.isVerbose { return episodes.map { [$0] } }
    var entries: [[Episode]] = []
    var stretch: [Episode] = []
    func closeStretch() {
      let counts = Dictionary(grouping: stretch, by: \.scope)
      var told = Set<Episode.Scope>()
      for blip in stretch {
        let all = counts[blip.scope] ?? []
        if all.count < EpisodeList.many {
          entries.append([blip])
        } else if told.insert(blip.scope).inserted {
          entries.append(all)
        }
      }
      stretch.removeAll()
    }
    for episode in episodes {
      if episode.kind == .blip {
        stretch.append(episode)
      } else {
        closeStretch()
        entries.append([episode])
      }
    }
    closeStretch()
    return entries
  }

  private func line(_ episode: Episode) -> Line {
    Line(
      start: style.moment(episode.start, year: isOverYears), kind: episode.kind.rawValue,
      mark: Mark(episode.kind),
      who: who(episode), lasted: lasted(episode), before: before(episode))
  }

  private func line(_ blips: [Episode]) -> Line {
    let durations = blips.map { $0.duration(now: timeline.span.upperBound).likely }
    let longest = durations.max() ?? .zero
    let last = style.moment(
      blips[blips.count - 1].start.midpoint, year: isOverYears, seconds: false)
    return Line(
      start: style.moment(blips[0].start, year: isOverYears), kind: "\(blips.count) blips",
      mark: .blip, who: who(blips[0]),
      lasted: "to \(longest.brief)",
      before: "until \(last)")
  }

  private var isOverYears: Bool {
    timeline.span.lowerBound.civil().date.year != timeline.span.upperBound.civil().date.year
  }

  private func who(_ episode: Episode) -> String {
    let title = titles[episode.scope] ?? episode.scope.name
    guard let group = episode.group,
      let all = timeline.groups.first(where: { $0.name == episode.scope.name })?.members
    else { return title }
    let isWhole = group.members.count == all.count
    return isWhole ? title : "\(title), \(group.members.count) of \(all.count)"
  }

  /// What it lasted; from the least to the most when they are far apart.
  private func lasted(_ episode: Episode) -> String {
    let (shortest, likely, longest) = episode.duration(now: timeline.span.upperBound)
    if episode.end == nil { return "\(likely.brief) so far" }
    let isVague = (longest - shortest).milliseconds * 10 > likely.milliseconds
    let length = isVague ? "\(shortest.brief)–\(longest.brief)" : likely.brief
    guard episode.kind != .unobserved, let spans = unobserved[episode.scope] else { return length }
    let within =
      episode.start
      .midpoint..<max(
        episode.start.midpoint, episode.end?.midpoint ?? timeline.span.upperBound)
    let unseen = spans.clipped(to: within).total
    return unseen == .zero ? length : "\(length), \(unseen.brief) unseen"
  }

  /// What preceded it: many blips, or a time of calm.
  private func before(_ episode: Episode) -> String {
    if episode.kind == .unobserved { return "" }
    let start = episode.start.latest
    let all = interruptions[episode.scope] ?? []
    let earlier = all[..<all.partitionPoint { $0.start.latest >= start }]
    let recent = earlier[earlier.partitionPoint { $0.start.latest >= start - .days(1) }...]
    let blips = recent.count { $0.kind == .blip }
    if blips > 0, episode.kind == .outage {
      return "\(blips) blip\(blips == 1 ? "" : "s") in 24h"
    }
    guard episode.start.earliest != nil else { return "never seen up" }
    guard let end = earlier.last?.end else {
      let seen = episode.start.midpoint - timeline.span.lowerBound
      return "up \(max(seen, .zero).brief) or more"
    }
    return "up \((episode.start.midpoint - end.midpoint).brief)"
  }
}

extension RandomAccessCollection {
  /// The first place whose element satisfies a condition that holds from some place on to the end.
  fileprivate func partitionPoint(where holds: (Element) -> Bool) -> Index {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = index(low, offsetBy: distance(from: low, to: high) / 2)
      if holds(self[middle]) { high = middle } else { low = index(after: middle) }
    }
    return low
  }
}

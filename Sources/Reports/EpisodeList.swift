import Outages

/// The episodes in order, one line each. What another episode speaks for has no line of its own,
/// and many blips or holes of one scope between two outages share one, unless the style is verbose.
struct EpisodeList {
  private let timeline: Timeline
  private let style: Style
  private let titles: [Episode.Scope: String]
  private let unobserved: [Episode.Scope: Spans]
  /// The blips and outages of each scope, in order.
  private let interruptions: [Episode.Scope: [Episode]]

  /// So many share a line.
  private static let many = 5

  init(_ timeline: Timeline, _ style: Style) {
    (self.timeline, self.style) = (timeline, style)
    var titles: [Episode.Scope: String] = [:]
    var unobserved: [Episode.Scope: Spans] = [:]
    for history in timeline.targets + timeline.groups {
      titles[history.scope] = history.title
      unobserved[history.scope] = history.unobserved
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
      max(title.columns, texts.map(\.columns).max() ?? 0)
    }
    let titles = Line(
      start: style.zone.name.count > 16 ? "start" : "start, \(style.zone.name)", kind: "what",
      mark: .up, who: "who", lasted: "lasted",
      before: "before it")
    let start = widest(titles.start, lines.map(\.start))
    let kind = widest(titles.kind, lines.map(\.kind))
    let lasted = widest(titles.lasted, lines.map(\.lasted))
    // What is left is for the names first; what came before is the first to be cut.
    let room = style.width - start - kind - lasted - 4 * 2
    let who = min(widest(titles.who, lines.map(\.who)), max(8, room))
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
    let told = Set(timeline.episodes.map(\.id))
    let episodes = timeline.episodes.filter { $0.parent.map { !told.contains($0) } ?? true }
    if style.isVerbose { return episodes.map { [$0] } }
    var entries: [[Episode]] = []
    var stretch: [Episode] = []
    for episode in episodes {
      if episode.kind == .outage {
        entries += shared(stretch) + [[episode]]
        stretch.removeAll()
      } else {
        stretch.append(episode)
      }
    }
    return entries + shared(stretch)
  }

  /// The lines of a stretch without outages.
  private func shared(_ stretch: [Episode]) -> [[Episode]] {
    struct Sort: Hashable {
      var scope: Episode.Scope
      var kind: Episode.Kind
    }
    let sorts = Dictionary(grouping: stretch) { Sort(scope: $0.scope, kind: $0.kind) }
    var told = Set<Sort>()
    return stretch.compactMap { episode in
      let sort = Sort(scope: episode.scope, kind: episode.kind)
      let all = sorts[sort] ?? []
      if all.count < EpisodeList.many { return [episode] }
      return told.insert(sort).inserted ? all : nil
    }
  }

  private func line(_ episode: Episode) -> Line {
    Line(
      start: style.moment(episode.start, year: isOverYears), kind: episode.kind.rawValue,
      mark: Mark(episode.kind),
      who: who(episode), lasted: lasted(episode), before: before(episode))
  }

  private func line(_ episodes: [Episode]) -> Line {
    let (first, last) = (episodes[0], episodes[episodes.count - 1])
    let durations = episodes.map(length)
    let areHoles = first.kind == .unobserved
    let until = style.moment(last.start.midpoint, year: isOverYears, seconds: false)
    return Line(
      start: style.moment(first.start, year: isOverYears),
      kind: "\(episodes.count) \(EpisodeList.plural(first.kind))", mark: Mark(first.kind),
      who: who(first),
      lasted: areHoles
        ? "\(durations.reduce(.zero, +).brief) in all" : "to \((durations.max() ?? .zero).brief)",
      before: "until \(until)")
  }

  private static func plural(_ kind: Episode.Kind) -> String {
    switch kind {
    case .unobserved: "holes"
    case .instability: "instabilities"
    case .degraded: "degraded"
    case .blip, .outage: "\(kind.rawValue)s"
    }
  }

  private var isOverYears: Bool {
    timeline.span.lowerBound.civil().date.year != timeline.span.upperBound.civil().date.year
  }

  private func who(_ episode: Episode) -> String {
    let title = (titles[episode.scope] ?? episode.scope.name).printable
    guard let group = episode.group,
      let all = timeline.groups.first(where: { $0.name == episode.scope.name })?.members
    else { return title }
    let isWhole = group.members.count == all.count
    return isWhole ? title : "\(title), \(group.members.count) of \(all.count)"
  }

  /// What it lasted; from the least to the most when they are far apart.
  private func lasted(_ episode: Episode) -> String {
    let length = length(episode)
    let unseen = unseen(episode)
    let rest = inFull(episode) + (unseen == .zero ? "" : ", \(unseen.brief) unseen")
    if episode.end == nil { return "\((length + unseen).brief) so far\(rest)" }
    let (shortest, longest) = episode.duration(now: timeline.span.upperBound)
    let isVague = (longest - shortest).milliseconds * 10 > (length + unseen).milliseconds
    return (isVague ? "\(shortest.brief)–\(longest.brief)" : (length + unseen).brief) + rest
  }

  /// How long a group was down in full, if a few members drew its event out.
  private func inFull(_ episode: Episode) -> String {
    guard let start = episode.group?.fullStart, let end = episode.group?.fullEnd else { return "" }
    let length = end.midpoint - start.midpoint
    let whole = episode.likelySpan(now: timeline.span.upperBound)
    let isMost = length <= .zero || length * 2 > whole.upperBound - whole.lowerBound
    return isMost ? "" : ", \(length.brief) in full"
  }

  /// What it is likely to have lasted, without the time that nobody saw.
  private func length(_ episode: Episode) -> Duration {
    let own = episode.likelySpan(now: timeline.span.upperBound)
    return own.upperBound - own.lowerBound - unseen(episode)
  }

  private func unseen(_ episode: Episode) -> Duration {
    guard episode.kind != .unobserved, let spans = unobserved[episode.scope] else { return .zero }
    return spans.total(in: episode.likelySpan(now: timeline.span.upperBound))
  }

  /// What preceded it: many blips, or a time of calm.
  private func before(_ episode: Episode) -> String {
    if let maintenance = episode.maintenance { return "maintenance: \(maintenance.printable)" }
    if episode.kind == .unobserved { return episode.cause?.text ?? "" }
    let start = episode.start.latest
    let all = interruptions[episode.scope] ?? []
    let earlier = all[..<all.partitionPoint { $0.start.latest >= start }]
    let recent = earlier[earlier.partitionPoint { $0.start.latest >= start - .days(1) }...]
    let blips = recent.count { $0.kind == .blip }
    if episode.kind == .outage,
      let restless = earlier.last(where: { $0.kind == .instability || $0.kind == .degraded }),
      let end = restless.end, end.latest >= episode.start.earliest ?? start
    {
      let own = restless.likelySpan(now: start)
      let what = restless.kind == .instability ? "unstable" : "degraded"
      return "\(what) \((own.upperBound - own.lowerBound).brief)"
    }
    if blips > 0, episode.kind == .outage {
      return "\(blips) blip\(blips == 1 ? "" : "s") in 24h"
    }
    guard episode.start.earliest != nil else { return "never seen up" }
    // Events of a group may overlap.
    let ends = earlier.suffix(8).map(\.end)
    if ends.contains(nil) { return "" }
    let from = ends.compactMap { $0?.midpoint }.max() ?? timeline.span.lowerBound
    guard from < episode.start.midpoint else { return "" }
    let calm = from..<episode.start.midpoint
    let seen =
      calm.upperBound - calm.lowerBound
      - (unobserved[episode.scope]?.total(in: calm) ?? .zero)
    return "up \(seen.brief)\(earlier.isEmpty ? " or more" : "")"
  }
}

/// What the monitor announces when something has changed.
extension Monitor {
  /// What was announced and lasts: who takes up a log can say it, and does not announce it again.
  public var announced: [Episode] { announcer?.lasting ?? [] }

  mutating func announceVantage(at time: Instant) -> [Event] {
    guard announcer != nil else { return [] }
    let episodes =
      (vantage.past.suffix(1) + (vantage.open.map { [$0] } ?? [])).map(episode)
      + troubles.latest.map(episode)
    return announcer?.update(.vantage(session.vantage), with: episodes, at: time) ?? []
  }

  mutating func announce(
    members: [Int], groups changed: [Int], at time: Instant
  ) -> [Event] {
    guard var announcer else { return [] }
    self.announcer = nil  // so that it is changed in its place
    var events: [Event] = []
    // Of a group that is planned no more leave was taken.
    for index in changed where !groups[index].isRetired {
      let scope = Episode.Scope.group(groups[index].group.name)
      let latest = latestEpisodes(of: groups[index], since: announcer.since(scope))
      events += announcer.update(scope, with: latest, at: time)
    }
    for member in members {
      let scope = Episode.Scope.target(session.targets[member].name)
      events += announcer.update(scope, with: latestEpisodes(of: member), at: time)
    }
    self.announcer = announcer
    return events
  }

  /// What lasts for a target, and what was over latest.
  private func latestEpisodes(of member: Int) -> [Episode] {
    let (track, chronicle) = (tracks[member], chronicles[member])
    let interruptions = chronicle.past.suffix(1) + (track.interruption.map { [$0] } ?? [])
    return interruptions.map { episode($0, of: member) }
      + (chronicle.instabilities.suffix(1) + (track.pattern.open.map { [$0] } ?? []))
      .map { episode($0, .target(session.targets[member].name), member: member) }
      + (chronicle.degraded.suffix(1) + (track.degradation.open.map { [$0] } ?? []))
      .map { episode($0, of: member) }
  }

  /// The same of a group, whose events may end together.
  private func latestEpisodes(of watch: GroupWatch, since first: Instant?) -> [Episode] {
    let ended = first.map { first in
      watch.past[watch.past.partitionPoint { $0.lastKnown >= first }...].filter { $0.end != nil }
    }
    return ((ended ?? []) + watch.open).map { episode($0, of: watch) }
      + (watch.instabilities.suffix(1) + (watch.pattern.open.map { [$0] } ?? []))
      .map { episode($0, .group(watch.group.name), member: nil) }
  }
}

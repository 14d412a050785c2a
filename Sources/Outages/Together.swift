/// Which falls of members are one event.
extension GroupWatch {
  /// So seldom may members fall together by chance.
  private static let surprise = 0.01
  /// An event spreads for so many times what makes an outage.
  private static let spreading = 6.0

  /// Whether a fall belongs to an event that lasts: soon enough after the others, or after it was
  /// part of it before, and most of those who fell are still away.
  func accepts(
    _ event: GroupEvent, _ member: Int, _ interruption: Interruption,
    _ circumstances: Circumstances
  ) -> Bool {
    guard event.away[member] == nil, event.isMostlyAway else { return false }
    if event.members.contains(member) {
      return isSoon(interruption.start, after: event, circumstances)
    }
    return mayFollow(event.lastFall, interruption.start, circumstances)
  }

  /// Whether a fall comes so soon after what is known of an event that more may have fallen by it.
  func isSoon(
    _ fall: Bounds, after event: GroupEvent, _ circumstances: Circumstances
  ) -> Bool {
    (fall.earliest ?? fall.latest) - event.lastKnown
      <= circumstances.detection.sustained * GroupWatch.spreading
  }

  /// Whether a fall may belong to one event with the one before it: as their bounds are, they may
  /// lie no further apart than `sustained`. Time that nobody watched is so no distance.
  private func mayFollow(_ earlier: Bounds, _ later: Bounds, _ circumstances: Circumstances) -> Bool
  {
    (later.earliest ?? later.latest) - earlier.latest <= circumstances.detection.sustained
  }

  /// The members whose falls no event explains yet and that are a chain with this one, each within
  /// reach of the next.
  func fallenWith(
    _ interruption: Interruption, _ circumstances: Circumstances
  ) -> [(member: Int, interruption: Interruption)] {
    var together = down.filter { member, fall in
      !alone.contains(member) && !open.contains { $0.has(member, fall) }
    }
    .map { (member: $0.key, interruption: $0.value) }
    together.sort {
      ($0.interruption.start.latest, $0.member) > ($1.interruption.start.latest, $1.member)
    }
    var chain: [(member: Int, interruption: Interruption)] = []
    for fall in together {
      if let last = chain.last,
        !mayFollow(fall.interruption.start, last.interruption.start, circumstances)
      {
        break
      }
      chain.append(fall)
    }
    return chain
  }

  /// Whether members that fell together are one event: all that count did, or a quorum, or so many
  /// in so short a time that chance would hardly do it at their usual rates.
  func isOneEvent(
    _ fallen: [(member: Int, interruption: Interruption)], _ circumstances: Circumstances
  ) -> Bool {
    let counted = counted(circumstances)
    if fallen.count < min(2, counted.count) { return false }
    if fallen.count >= Self.quorum(of: counted.count, circumstances.detection) { return true }
    let falls = fallen.map(\.interruption.start.latest)
    guard let first = falls.min(), let last = falls.max() else { return false }
    let window = max(last - first, every)
    // Of the others, how many sets as large as this one would fall within the window by chance?
    var expected = 1.0
    for (number, fall) in fallen.dropFirst().enumerated() {
      let others = Double(counted.count - 1 - number) / Double(number + 1)
      // A blip has been learned of already.
      let rate = circumstances.usual(fall.member)
        .perSecond(without: fall.interruption.kind == .blip ? 1 : 0)
      expected *= others * 2 * window.seconds * rate
    }
    return expected < GroupWatch.surprise
  }

  func counted(_ circumstances: Circumstances) -> [Int] {
    members.filter(circumstances.counts)
  }

  /// How many of the members that count must be down for the group to be.
  static func quorum(of count: Int, _ detection: Detection) -> Int {
    let share = Double(count) * detection.quorum
    let whole = Int(share)
    return max(1, Double(whole) < share ? whole + 1 : whole)
  }
}

extension Monitor {
  /// The groups of which one is a part.
  func wider(than index: Int) -> [Int] {
    let members = groups[index].members
    let others = members.first.map { memberships[$0] } ?? []
    return others.filter { other in
      groups[other].members.count > members.count
        && members.allSatisfy { memberships[$0].contains(other) }
    }
  }

  func circumstances(of watch: GroupWatch, at time: Instant) -> GroupWatch.Circumstances {
    GroupWatch.Circumstances(
      counts: { [tracks] in tracks[$0].wasEverUp },
      usual: { [tracks] in tracks[$0].pattern.usual },
      chance: { [tracks] in tracks[$0].chance(of: $1) },
      lossRate: { [tracks] in 1 - tracks[$0].belief.answerRate },
      first: watch.members.first.flatMap { chronicles[$0].first },
      detection: session.detection,
      isCalm: vantage.isCalm(at: time, session.detection))
  }

}

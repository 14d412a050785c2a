/// What is told of a group: its events and instabilities.
extension GroupWatch {
  /// Its instabilities, the one that lasts last.
  var allInstabilities: [Pattern.Instability] {
    instabilities + (pattern.open.map { [$0] } ?? [])
  }

  /// Its events, in the order of their starts.
  var events: [GroupEvent] {
    (past + open).sorted { ($0.start.latest, $0.key) < ($1.start.latest, $1.key) }
  }

  /// The event that explains a member's interruption: one that is over does no more when this outlasts it by
  /// `slack`.
  func event(explaining interruption: Interruption, of member: Int, slack: Duration) -> GroupEvent?
  {
    let isIt = { (event: GroupEvent) in
      event.has(member, interruption)
        && (!event.isOver || interruption.lastFailed < event.lastKnown + slack)
    }
    // It ended after the fall, and no later than the longest could have.
    let key = interruption.key
    let after = past[past.partitionPoint { $0.lastKnown >= key }...]
      .prefix { $0.lastKnown <= key + longest }
    return (open.first(where: isIt) ?? after.first(where: isIt))
      .flatMap { $0.explains(interruption) ? $0 : nil }
  }

  /// What reports say of an event.
  func episode(_ event: GroupEvent, name: (Int) -> String) -> Episode {
    let fallen = event.members
    return Episode(
      kind: event.kind, scope: .group(group.name), parent: nil, start: event.start,
      end: event.isOver ? event.end : nil, declared: event.declared, certain: event.certain,
      failure: event.failure,
      key: event.key,
      group: Episode.GroupPart(
        members: members.filter(fallen.contains).map(name), fullStart: event.fullStart,
        fullEnd: event.fullEnd))
  }
}

extension GroupWatch {
  /// Whether a change of a member can change anything for the group.
  func needs(_ change: Track.Change) -> Bool {
    switch change {
    case .suspected, .cleared, .proved: false
    case .began, .escalated, .ended, .dissolved: true
    }
  }
}

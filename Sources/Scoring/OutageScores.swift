import Outages
import Reports
import Simulation

/// Outages and the alarms of them.
extension Scorer {
  func scoreOutages(_ score: inout Score) {
    let outages = claims.filter { $0.claim.kind == .outage }
    let alarms = outages.filter { !$0.claim.isExplained }
    var used: Set<Int> = []
    for event in all(.outage) {
      if setsAside(event, &score) { continue }
      score.events += 1
      let own = outages.filter { $0.isTold && isOf($0, event) }
      let related = alarms.filter {
        areRelated($0, event) && overlap($0.span, event.event.span) > 0
      }
      let isTold = !own.isEmpty || !related.isEmpty
      score.outageRecall.count(isTold)
      score.families[event.event.family, default: Score.Ratio()].count(isTold)
      if case .group = event.event.scope { score.groupRecall.count(!own.isEmpty) }
      score.splits += max(0, own.count - 1)
      if !isTold { score.note("missed", event) }
      for claim in own.dropFirst() { score.note("split", claim) }
      let half = alarms.indices.filter {
        !used.contains($0) && areRelated(alarms[$0], event)
          && likeness(alarms[$0], event) >= 0.5
      }.max { rank(alarms[$0], event) < rank(alarms[$1], event) }
      if let half { used.insert(half) }
      score.single.count(half != nil)
      let best = (own.isEmpty ? related : own).max {
        likeness($0, event) < likeness($1, event)
      }
      if let best { scoreEnds(of: best, event, &score) }
    }
    for claim in alarms {
      let same = all(.outage).filter { !$0.isSetAside && isOf(claim, $0) }
      score.merges += max(0, same.count - 1)
      if same.count > 1 { score.note("merged", claim) }
    }
  }

  /// An alarm of the event's own scope before others, then the more alike.
  private func rank(_ claim: Claim, _ event: Event) -> Double {
    (claim.claim.scope == event.event.scope ? 1 : 0) + likeness(claim, event)
  }

  private func scoreEnds(of claim: Claim, _ event: Event, _ score: inout Score) {
    let (start, end) = (event.event.start, event.event.end)
    if isClear(start, event.every) {
      if let earliest = claim.claim.start.earliest, earliest < claim.claim.start.latest {
        let isIn = earliest <= start && (event.event.onset ?? start) <= claim.claim.start.latest
        score.bounds.count(isIn)
        if !isIn { score.note("start out of bounds", claim, event) }
      }
      // What decays begins at no one instant, and nobody can be off from it by less than its decay.
      if event.event.onset == nil {
        score.onsetErrors.append(abs((claim.claim.start.midpoint - start).seconds))
      }
      score.delays.append((claim.claim.declared - start).seconds)
      score.delayIntervals.append(
        (claim.claim.declared - start).seconds / max(event.every.seconds, 0.001))
      if let earliest = event.event.seen.declared {
        let lateness = claim.claim.declared - earliest
        score.lateness.append(lateness.seconds)
        if lateness > max(.minutes(2), event.every) {
          score.note("late by \(lateness)", claim, event)
        }
      }
    }
    if isClear(end, event.every), let told = claim.claim.end {
      if let earliest = told.earliest, earliest < told.latest {
        let isIn = earliest <= end && end <= told.latest
        score.bounds.count(isIn)
        if !isIn { score.note("end out of bounds", claim, event) }
      }
      score.endErrors.append(abs((told.midpoint - end).seconds))
    }
  }

  func scoreGroups(_ score: inout Score) {
    let events = all(.outage).filter { $0.event.members != nil }
    for claim in claims where claim.claim.kind == .outage && !claim.claim.isExplained {
      guard case .group = claim.claim.scope else { continue }
      let matters = events.filter { meet(claim, $0) }
      if matters.isEmpty || !matters.allSatisfy(\.isSetAside) {
        score.groupPrecision.count(!matters.isEmpty)
      }
    }
  }

  func scoreAlarms(_ score: inout Score) {
    let outages = all(.outage) + all(.blip).filter { $0.aside == .nearTheLine }
    for claim in claims where claim.claim.kind == .outage && !claim.claim.isExplained {
      let matters = outages.filter { meet(claim, $0) }
      if !matters.isEmpty, matters.allSatisfy(\.isSetAside) { continue }
      score.alarms += 1
      score.outagePrecision.count(!matters.isEmpty)
      if matters.isEmpty {
        score.falseAlarms += 1
        score.note("false alarm", claim)
      }
    }
  }
}

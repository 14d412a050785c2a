import Outages
import Reports
import Simulation

/// What is no outage: blips, stretches, the vantage; and what is of all time.
extension Scorer {
  func scoreBlips(_ score: inout Score) {
    let interruptions = claims.filter(\.claim.kind.isInterruption)
    for event in all(.blip) {
      if setsAside(event, &score) { continue }
      let wide = event.event.start - event.every * 2..<event.event.end + event.every * 2
      if unobserved.total(in: wide) > .zero {
        score.unseeable += 1
        continue
      }
      let told = interruptions.filter { meet($0, event) }
      let isTold = !told.isEmpty
      score.blipRecall.count(isTold)
      if !isTold { score.note("missed", event) }
      score.families[event.event.family, default: Score.Ratio()].count(isTold)
      let others = all(.outage)
      let promoted = told.first { claim in
        claim.claim.kind == .outage && !others.contains { meet(claim, $0) }
      }
      score.promoted.count(promoted != nil)
      if let promoted { score.note("promoted", promoted, event) }
    }
    let matters = events.filter { [.blip, .outage, .instability].contains($0.event.kind) }
    for claim in claims where claim.claim.kind == .blip && !claim.claim.isExplained {
      let isTrue = matters.contains { meet(claim, $0) }
      score.blipPrecision.count(isTrue)
      if !isTrue { score.note("false", claim) }
    }
  }

  /// Instability and brown-outs.
  func scoreStretches(_ score: inout Score) {
    let unstable = claims.filter { $0.claim.kind == .instability }
    let degraded = claims.filter { $0.claim.kind == .degraded }
    let outages = claims.filter { $0.claim.kind == .outage }
    let beats = all(.blip).filter { $0.event.family == "beat" && !$0.isSetAside }
    for event in all(.instability) {
      // A beat that few probes saw is none that anybody could tell.
      let seen = beats.filter {
        $0.event.scope == event.event.scope && event.event.span.contains($0.event.start)
      }
      if setsAside(event, &score) { continue }
      if seen.count < 6 {
        score.unseeable += 1
        continue
      }
      let own = unstable.filter { isOf($0, event) }
      score.instabilityRecall.count(!own.isEmpty)
      if own.isEmpty { score.note("missed", event) }
      score.families[event.event.family, default: Score.Ratio()].count(!own.isEmpty)
      if let best = own.map({ likeness($0.span, event.event.span) }).max() {
        score.instabilityOverlaps.append(best)
      }
    }
    let restless = all(.instability) + all(.degraded)
    for claim in unstable where !claim.claim.isExplained {
      let isTrue = restless.contains { meet(claim, $0) }
      score.instabilityPrecision.count(isTrue)
      if !isTrue { score.note("false", claim) }
    }
    for event in all(.degraded) {
      if setsAside(event, &score) { continue }
      let own = (degraded + unstable).filter { isOf($0, event) }
      let isTold = !own.isEmpty
      let isOutage = outages.contains { isOf($0, event) }
      if let best = own.map({ likeness($0.span, event.event.span) }).max() {
        score.degradedOverlaps.append(best)
      }
      score.degradedRecall.count(isTold && !isOutage)
      if isOutage {
        score.note("told as an outage", event)
      } else if !isTold {
        score.note("missed", event)
      }
      score.families[event.event.family, default: Score.Ratio()].count(isTold && !isOutage)
    }
    let decays = all(.outage).filter { $0.event.onset != nil }
    for claim in degraded where !claim.claim.isExplained {
      let isTrue =
        restless.contains { meet(claim, $0) }
        || decays.contains { event in
          areRelated(claim, event)
            && overlap(claim.span, (event.event.onset ?? event.event.start)..<event.event.end) > 0
        }
      score.degradedPrecision.count(isTrue)
      if !isTrue { score.note("false", claim) }
    }
  }

  func scoreVantage(_ score: inout Score) {
    let told = claims.filter { $0.claim.kind == .unobserved }
    let alarms = claims.filter { $0.claim.kind == .outage && !$0.claim.isExplained }
    let every = truth.targets.map(\.every).max() ?? .zero
    for event in all(.unobserved) where event.event.span.upperBound - event.event.start > every * 2
    {
      let half = (event.event.end - event.event.start).seconds / 2
      let isTold = told.contains { $0.hits.isEmpty && overlap($0.span, event.event.span) >= half }
      score.families[event.event.family, default: Score.Ratio()].count(isTold)
      guard event.event.family == "uplink" else { continue }
      score.uplinkRecall.count(isTold)
      if !isTold { score.note("missed", event) }
      let around = event.event.start - every..<event.event.end + every
      let blamed = alarms.first { claim in
        around.contains(claim.span.lowerBound) && !all(.outage).contains { meet(claim, $0) }
      }
      score.uplinkBlamed.count(blamed != nil)
      if let blamed { score.note("blamed", blamed, event) }
    }
    let dark = Spans(told.filter(\.hits.isEmpty).map(\.span))
    for target in truth.targets where !target.isSentinel {
      let own = Spans(told.filter { $0.hits == [target.name] }.map(\.span)).union(dark)
      let whole = (truth.span.upperBound - truth.span.lowerBound).seconds
      score.seen += whole - unobserved.total.seconds
      score.overlooked += own.clipped(to: truth.span).subtracting(unobserved).total.seconds
      score.unseen += unobserved.total.seconds
      score.miscounted += unobserved.subtracting(own).total.seconds
    }
  }

  func scoreRanges(_ score: inout Score) {
    func seconds(_ span: Range<Instant>) -> Range<Double> {
      let from = (span.lowerBound - truth.span.lowerBound).seconds
      return from..<max(from, (span.upperBound - truth.span.lowerBound).seconds)
    }
    for target in truth.targets where !target.isSentinel {
      let outages = all(.outage).filter { $0.hits.contains(target.name) }
      guard !outages.contains(where: \.isSetAside) else { continue }
      let told = claims.filter {
        $0.claim.kind == .outage && $0.claim.scope == .target(target.name)
      }
      score.ranges.count(
        truth: Spans(outages.map(\.event.span)).ranges.map(seconds),
        told: Spans(told.map(\.span)).ranges.map(seconds), whole: seconds(truth.span))
    }
  }
}

import Outages
public import Reports
public import Simulation

extension Score {
  /// Holds a report against the truth.
  ///
  /// A claim and an event are of one matter when their scopes share a target and their times
  /// overlap, give or take an interval. Outages within two intervals of the `sustained` line, once
  /// what nobody could see is taken off, are ambiguous; what no two probes of a target fell into,
  /// nobody can tell; what was told as maintenance was planned: all are set aside, with what was told of them.
  public init(of report: SavedReport, against truth: Truth) {
    self.init()
    let scorer = Scorer(report, truth)
    probes = truth.probes
    targetMonths =
      Double(truth.targets.count { !$0.isSentinel })
      * (truth.span.upperBound - truth.span.lowerBound).seconds / 2_592_000
    scorer.scoreOutages(&self)
    scorer.scoreAlarms(&self)
    scorer.scoreGroups(&self)
    scorer.scoreBlips(&self)
    scorer.scoreStretches(&self)
    scorer.scoreVantage(&self)
    scorer.scoreRanges(&self)
  }
}

/// A report and the truth, laid side by side.
struct Scorer {
  struct Claim {
    var claim: SavedReport.Claim
    var span: Range<Instant>
    var hits: Set<String>
    /// Whether it is told as something that happened to its scope: by itself, or as a part of
    /// something wider, and not as maintenance or as our own.
    var isTold: Bool
  }

  struct Event {
    var event: Truth.Event
    var hits: Set<String>
    /// The longest interval of the targets it hit.
    var every: Duration
    /// Why it is not scored, if it is not.
    var aside: Aside?

    var isSetAside: Bool { aside != nil }
  }

  enum Aside {
    /// It is too near the line between blip and outage.
    case nearTheLine
    /// It was told as maintenance.
    case planned
    case unseeable
  }

  let truth: Truth
  let unobserved: Spans
  let sentinels: Set<String>
  let claims: [Claim]
  let events: [Event]

  init(_ report: SavedReport, _ truth: Truth) {
    self.truth = truth
    let unobserved = truth.unobserved
    self.unobserved = unobserved
    sentinels = Set(truth.targets.filter(\.isSentinel).map(\.name))
    let sentinels = self.sentinels
    let members = Dictionary(
      truth.groups.map { ($0.name, Set($0.members)) }, uniquingKeysWith: { first, _ in first })
    let everies = Dictionary(
      truth.targets.map { ($0.name, $0.every) }, uniquingKeysWith: { first, _ in first })
    func hits(_ scope: Episode.Scope, _ names: [String]?) -> Set<String> {
      switch scope {
      case .target(let name): [name]
      case .group(let name): names.map { Set($0) } ?? members[name] ?? []
      case .vantage: []
      }
    }
    let ids = Dictionary(
      report.claims.map { ($0.id, $0.scope) }, uniquingKeysWith: { first, _ in first })
    let claims = report.claims.map {
      Claim(
        claim: $0, span: $0.span(until: report.span.upperBound),
        hits: hits($0.scope, $0.members),
        isTold: !$0.isExplained || $0.parent.flatMap { ids[$0] }.map { !$0.isVantage } ?? false)
    }.filter { !$0.hits.isSubset(of: sentinels) || $0.hits.isEmpty }
    self.claims = claims
    let planned = claims.filter(\.claim.isMaintenance)
    events = truth.events.compactMap { event in
      let hits = hits(event.scope, event.members).union(event.dependents)
      // Sentinels are witnesses: what happens to them is not scored.
      if !hits.isEmpty, hits.isSubset(of: sentinels) { return nil }
      let every = hits.compactMap { everies[$0] }.max() ?? .zero
      let span = event.span
      let visible = span.upperBound - span.lowerBound - unobserved.total(in: span)
      let distance = visible - truth.sustained
      let isNearTheLine =
        event.kind == .outage && distance < every * 2
        || event.kind == .blip && distance > every * -2
      let isUnseen =
        event.kind != .unobserved && event.seen.probes < 2
        || event.kind == .outage && event.seen.declared == nil
      let isPlanned = planned.contains { claim in
        claim.claim.scope == event.scope
          && claim.claim.kind.isInterruption == event.kind.isInterruption
          && claim.span.clamped(to: span).seconds * 2 >= span.seconds
      }
      return Event(
        event: event, hits: hits, every: every,
        aside: isNearTheLine
          ? .nearTheLine : isPlanned ? .planned : isUnseen ? .unseeable : nil)
    }
  }

  // MARK: Matching

  func areRelated(_ claim: Claim, _ event: Event) -> Bool {
    claim.claim.scope == event.event.scope || !claim.hits.isDisjoint(with: event.hits)
  }

  func overlap(_ a: Range<Instant>, _ b: Range<Instant>) -> Double {
    a.clamped(to: b).seconds
  }

  /// The time in common over the time of either.
  func likeness(_ a: Range<Instant>, _ b: Range<Instant>) -> Double {
    let whole = (max(a.upperBound, b.upperBound) - min(a.lowerBound, b.lowerBound)).seconds
    return whole > 0 ? overlap(a, b) / whole : 0
  }

  /// The same of a claim and an event. What decayed before it fell began when the claim says.
  func likeness(_ claim: Claim, _ event: Event) -> Double {
    let onset = event.event.onset ?? event.event.start
    let start = min(max(onset, claim.span.lowerBound), event.event.start)
    return likeness(claim.span, start..<max(start, event.event.end))
  }

  /// Whether they are of one matter.
  func meet(_ claim: Claim, _ event: Event) -> Bool {
    areRelated(claim, event)
      && claim.span.lowerBound <= event.event.end + event.every
      && claim.span.upperBound >= (event.event.onset ?? event.event.start) - event.every
  }

  func isOf(_ claim: Claim, _ event: Event) -> Bool {
    claim.claim.scope == event.event.scope && overlap(claim.span, event.event.span) > 0
  }

  /// Whether nobody was kept from seeing an instant and what is around it.
  func isClear(_ instant: Instant, _ every: Duration) -> Bool {
    unobserved.total(in: instant - every * 2..<instant + every * 2) == .zero
  }

  /// Counts an event that is not scored. Returns whether it is one.
  func setsAside(_ event: Event, _ score: inout Score) -> Bool {
    switch event.aside {
    case nil: return false
    case .nearTheLine: score.ambiguous += 1
    case .planned: score.planned += 1
    case .unseeable: score.unseeable += 1
    }
    return true
  }

  func all(_ kind: Episode.Kind) -> [Event] { events.filter { $0.event.kind == kind } }
}

extension Episode.Scope {
  fileprivate var isVantage: Bool {
    if case .vantage = self { true } else { false }
  }
}

extension Score {
  mutating func note(_ mishap: String, _ claim: Scorer.Claim, _ event: Scorer.Event? = nil) {
    let truth = event.map { ", in truth \($0.event.start) to \($0.event.end)" } ?? ""
    let end = claim.claim.end.map { "\($0.midpoint)" } ?? "now"
    mishaps.append(
      "\(mishap): \(claim.claim.kind.rawValue) of \(claim.claim.scope.name), "
        + "\(claim.claim.start.midpoint) to \(end)\(truth)")
  }

  mutating func note(_ mishap: String, _ event: Scorer.Event) {
    mishaps.append(
      "\(mishap): \(event.event.kind.rawValue) (\(event.event.family)) of "
        + "\(event.event.scope.name), \(event.event.start) to \(event.event.end)")
  }
}

extension Range<Instant> {
  fileprivate var seconds: Double { (upperBound - lowerBound).seconds }
}

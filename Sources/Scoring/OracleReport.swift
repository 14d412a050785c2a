import Outages
public import Reports
public import Simulation

extension SavedReport {
  /// The oracle's report: of all that could be seen, with the bounds and at the times at which it
  /// could.
  public init(oracle truth: Truth) {
    let sentinels = Set(truth.targets.filter(\.isSentinel).map(\.name))
    let claims = truth.events.flatMap { event -> [Claim] in
      if case .target(let name) = event.scope, sentinels.contains(name) { return [] }
      if event.kind != .unobserved, event.seen.probes == 0 { return [] }
      let isInterruption = event.kind.isInterruption
      let exact = { (instant: Instant) in Bounds(earliest: instant, latest: instant) }
      let start = isInterruption ? event.seen.start ?? exact(event.start) : exact(event.start)
      let end = isInterruption ? event.seen.end : exact(event.end)
      // What had not certainly lasted long enough is a blip even to those who know better.
      let kind = event.kind == .outage && event.seen.declared == nil ? .blip : event.kind
      let whole = Claim(
        kind: kind, scope: event.scope, members: event.members, start: start, end: end,
        declared: event.seen.declared ?? start.latest)
      let children = (event.scope.isGroup ? event.members ?? [] : []).map { name in
        Claim(
          kind: kind, scope: .target(name), start: exact(event.start), end: exact(event.end),
          declared: whole.declared, isExplained: true)
      }
      return [whole] + children
    }
    self.init(span: truth.span, probes: truth.probes, claims: claims)
  }
}

extension Episode.Scope {
  fileprivate var isGroup: Bool {
    if case .group = self { true } else { false }
  }
}

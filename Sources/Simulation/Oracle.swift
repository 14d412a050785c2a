import Outages

extension Forecast.Happening {
  /// What can be known of it by who knows the truth and sees only these probes: its bounds, and when
  /// it had certainly lasted `sustained`. What was sent while `hidden` shows nothing.
  func sight(_ times: [[Instant]], hidden: Spans, sustained: Duration) -> Truth.Sight {
    var sight = Truth.Sight(probes: .max)
    for (target, span) in falls {
      let all = times[target]
      let shows = { (index: Int) in !hidden.contains(all[index]) }
      let first = all.partitionPoint { $0 >= span.lowerBound }
      let last = all.partitionPoint { $0 >= span.upperBound }
      let inside = (first..<last).filter(shows)
      sight.probes = min(sight.probes, inside.count)
      if let fall = inside.first, let rise = inside.last {
        let before = (0..<first).last(where: shows).map { all[$0] }
        sight.start = earlier(Bounds(earliest: before, latest: all[fall]), sight.start)
        if let after = (last..<all.count).first(where: shows) {
          sight.end = later(Bounds(earliest: all[rise], latest: all[after]), sight.end)
        }
        let firm = inside.first {
          all[$0] - all[fall] - hidden.total(in: all[fall]..<all[$0]) >= sustained
        }
        if let firm { sight.declared = min(all[firm], sight.declared ?? all[firm]) }
      }
    }
    if falls.isEmpty { sight.probes = 0 }
    return sight
  }

  /// A group's event runs from its first member's fall to its last one's return.
  private func earlier(_ a: Bounds, _ b: Bounds?) -> Bounds {
    guard let b else { return a }
    return Bounds(
      earliest: a.earliest.flatMap { x in b.earliest.map { min(x, $0) } },
      latest: min(a.latest, b.latest))
  }

  private func later(_ a: Bounds, _ b: Bounds?) -> Bounds {
    guard let b else { return a }
    return Bounds(
      earliest: a.earliest.flatMap { x in b.earliest.map { max(x, $0) } },
      latest: max(a.latest, b.latest))
  }
}

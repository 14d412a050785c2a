/// A set of instants: ranges in order that neither touch nor overlap. The arithmetic of timelines.
public struct Spans: Sendable, Equatable {
  public private(set) var ranges: [Range<Instant>] = []

  public init() {}

  /// The union of ranges in any order; empty ones vanish.
  public init(_ ranges: some Sequence<Range<Instant>>) {
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) where !range.isEmpty {
      if let last = self.ranges.last, range.lowerBound <= last.upperBound {
        let end = max(last.upperBound, range.upperBound)
        self.ranges[self.ranges.count - 1] = last.lowerBound..<end
      } else {
        self.ranges.append(range)
      }
    }
  }

  public var total: Duration {
    ranges.reduce(.zero) { $0 + ($1.upperBound - $1.lowerBound) }
  }

  public func union(_ other: Spans) -> Spans { Spans(ranges + other.ranges) }

  public func intersection(_ other: Spans) -> Spans {
    var result = Spans()
    var (i, j) = (0, 0)
    while i < ranges.count, j < other.ranges.count {
      let (a, b) = (ranges[i], other.ranges[j])
      let common = a.clamped(to: b)
      if !common.isEmpty, a.overlaps(b) { result.ranges.append(common) }
      if a.upperBound < b.upperBound { i += 1 } else { j += 1 }
    }
    return result
  }

  public func subtracting(_ other: Spans) -> Spans {
    guard let first = ranges.first, let last = ranges.last else { return self }
    return intersection(other.complement(in: first.lowerBound..<last.upperBound))
  }

  /// What of `whole` is not in here.
  public func complement(in whole: Range<Instant>) -> Spans {
    var result = Spans()
    var from = whole.lowerBound
    for range in ranges where range.upperBound > from && range.lowerBound < whole.upperBound {
      if range.lowerBound > from { result.ranges.append(from..<range.lowerBound) }
      from = max(from, range.upperBound)
    }
    if from < whole.upperBound { result.ranges.append(from..<whole.upperBound) }
    return result
  }

  /// How much of a range is in here.
  public func total(in whole: Range<Instant>) -> Duration {
    var total = Duration.zero
    for range in ranges[ranges.partitionPoint { $0.upperBound > whole.lowerBound }...] {
      if range.lowerBound >= whole.upperBound { break }
      let common = range.clamped(to: whole)
      total += common.upperBound - common.lowerBound
    }
    return total
  }

  public func contains(_ instant: Instant) -> Bool {
    let next = ranges.partitionPoint { $0.upperBound > instant }
    return next < ranges.count && ranges[next].contains(instant)
  }

  public func clipped(to whole: Range<Instant>) -> Spans {
    intersection(Spans([whole]))
  }
}

extension RandomAccessCollection {
  /// The first place whose element satisfies a condition that, once it holds, holds to the end;
  /// found by bisection.
  public func partitionPoint(where holds: (Element) -> Bool) -> Index {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = index(low, offsetBy: distance(from: low, to: high) / 2)
      if holds(self[middle]) { high = middle } else { low = index(after: middle) }
    }
    return low
  }
}
